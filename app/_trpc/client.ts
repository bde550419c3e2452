import { createTRPCClient, httpBatchLink, httpLink, splitLink } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/root.ts";

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

/** Names one try of an action, so that a try whose answer got lost can be repeated and still acts once. */
export type Once = { context: { idempotencyKey: string } };

const url = "/api/trpc";

/**
 * The dashboard's client: same origin, the session cookie says who asks. A call with a key has a request to itself; of
 * the others the server takes no larger batches.
 */
export const trpc = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ context }) => context.idempotencyKey !== undefined,
      true: httpLink({ url, headers: ({ op }) => ({ "idempotency-key": String(op.context.idempotencyKey) }) }),
      false: httpBatchLink({ url, maxItems: 10 }),
    }),
  ],
});
