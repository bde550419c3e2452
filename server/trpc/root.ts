import { agentsRouter } from "./agents-router.ts";
import { authRouter, tokensRouter } from "./auth-router.ts";
import { createCallerFactory, router } from "./init.ts";
import { sandboxRouter, tasksRouter } from "./tasks-router.ts";

/** Every operation of the city, each declared once. */
export const appRouter = router({
  auth: authRouter,
  tokens: tokensRouter,
  agents: agentsRouter,
  tasks: tasksRouter,
  sandbox: sandboxRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
