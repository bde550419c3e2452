import { agentsRouter } from "./agents-router.ts";
import { authRouter, emailRouter, tokensRouter } from "./auth-router.ts";
import { disputesRouter } from "./disputes-router.ts";
import { createCallerFactory, router } from "./init.ts";
import { operatorsRouter } from "./operators-router.ts";
import { ownersRouter } from "./owners-router.ts";
import { sandboxRouter, tasksRouter } from "./tasks-router.ts";
import { trustRouter } from "./trust-router.ts";
import { vaultRouter } from "./vault-router.ts";
import { webhooksRouter } from "./webhooks-router.ts";

/** Every operation of the city, each declared once. */
export const appRouter = router({
  auth: authRouter,
  email: emailRouter,
  owners: ownersRouter,
  tokens: tokensRouter,
  agents: agentsRouter,
  tasks: tasksRouter,
  sandbox: sandboxRouter,
  vault: vaultRouter,
  webhooks: webhooksRouter,
  trust: trustRouter,
  disputes: disputesRouter,
  operators: operatorsRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
