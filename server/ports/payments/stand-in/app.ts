import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { accountRoutes } from "./api/accounts.ts";
import { checkoutSessionRoutes } from "./api/checkout-sessions.ts";
import { customerRoutes } from "./api/customers.ts";
import { eventRoutes } from "./api/events.ts";
import { paymentIntentRoutes } from "./api/payment-intents.ts";
import { payoutRoutes } from "./api/payouts.ts";
import { refundRoutes } from "./api/refunds.ts";
import { transferRoutes } from "./api/transfers.ts";
import { controlDoor } from "./control.ts";
import { checkoutPages } from "./pages/checkout.ts";
import { message } from "./pages/layout.ts";
import { onboardingPages } from "./pages/onboarding.ts";
import { routesOn, unknownUrl } from "./routes.ts";
import type { World } from "./world.ts";

const BODY_LIMIT = 256 * 1024;

/** Everything the stand-in serves: Stripe's API under `/v1`, the hosted pages, and the control door. */
export function createStandInApp(world: World): Hono {
  const app = new Hono();
  app.post("*", bodyLimit({ maxSize: BODY_LIMIT }));

  const routes = routesOn(app, world);
  customerRoutes(routes);
  checkoutSessionRoutes(routes);
  paymentIntentRoutes(routes);
  refundRoutes(routes);
  accountRoutes(routes);
  transferRoutes(routes);
  payoutRoutes(routes);
  eventRoutes(routes);
  app.all("/v1/*", unknownUrl);

  checkoutPages(app, world);
  onboardingPages(app, world);
  controlDoor(app, world);

  app.get("/", () =>
    message("Stripe stand-in", "This server plays Stripe for one AI City on this machine. No money moves here.", null),
  );
  app.notFound(() => message("Page not found", "There is nothing at this address.", null, 404));
  app.onError((error) => {
    world.log.error({ error }, "stripe stand-in: page failed");
    return message("Something went wrong", "The stand-in could not show this page. Nothing was charged.", null, 500);
  });
  return app;
}
