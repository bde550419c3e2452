import type { Context, Hono } from "hono";
import { StripeAnswer } from "./errors.ts";
import type { Shape } from "./parameters.ts";
import { type Endpoint, serve } from "./request.ts";
import type { World } from "./world.ts";

/** Declares endpoints; each file under `api/` adds its own. */
export type Routes = {
  get: <S extends Shape>(path: string, endpoint: Endpoint<S>) => void;
  post: <S extends Shape>(path: string, endpoint: Endpoint<S>) => void;
  delete: <S extends Shape>(path: string, endpoint: Endpoint<S>) => void;
};

export function routesOn(app: Hono, world: World): Routes {
  return {
    get: (path, endpoint) => void app.get(path, (c) => serve(world, c, endpoint)),
    post: (path, endpoint) => void app.post(path, (c) => serve(world, c, endpoint)),
    delete: (path, endpoint) => void app.delete(path, (c) => serve(world, c, endpoint)),
  };
}

/** What Stripe says to a path it does not have, or one the stand-in does not play. */
export function unknownUrl(c: Context): Response {
  const message = `Unrecognized request URL (${c.req.method}: ${c.req.path}). The stand-in plays only what the city uses.`;
  const answer = new StripeAnswer(404, { type: "invalid_request_error", message }, false);
  return Response.json({ error: answer.body }, { status: 404 });
}
