import { z } from "zod";
import { createToken } from "../auth/create-token.ts";
import { listTokens } from "../auth/list-tokens.ts";
import { revokeToken } from "../auth/revoke-token.ts";
import * as schema from "../auth/schema.ts";
import { signIn } from "../auth/sign-in.ts";
import { signOut } from "../auth/sign-out.ts";
import { signUp } from "../auth/sign-up.ts";
import { by, router } from "./init.ts";

export const authRouter = router({
  signUp: by("anonymous", "owner", "agent")
    .meta({
      rest: { route: "POST /auth/sign-up", summary: "Open an owner account", shape: "bare", idempotency: "none" },
    })
    .input(schema.signUpInput)
    .output(schema.signedIn)
    .mutation(({ ctx, input }) => signUp(ctx, input)),

  signIn: by("anonymous", "owner", "agent")
    .meta({ rest: { route: "POST /auth/sign-in", summary: "Get a session token", shape: "bare", idempotency: "none" } })
    .input(schema.signInInput)
    .output(schema.signedIn)
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: by("owner")
    .meta({ rest: { route: "POST /auth/sign-out", summary: "End this session", idempotency: "none" } })
    .output(schema.signedOut)
    .mutation(({ ctx }) => signOut(ctx)),
});

export const tokensRouter = router({
  create: by("owner")
    .meta({ rest: { route: "POST /tokens", summary: "Create a long-lived owner token", status: 201, secret: true } })
    .input(schema.createTokenInput)
    .output(schema.createdToken)
    .mutation(({ ctx, input }) => createToken(ctx, input)),

  list: by("owner")
    .meta({ rest: { route: "GET /tokens", summary: "List owner tokens" } })
    .output(z.array(schema.ownerTokenView))
    .query(({ ctx }) => listTokens(ctx)),

  revoke: by("owner")
    .meta({ rest: { route: "DELETE /tokens/{id}", summary: "Revoke an owner token" } })
    .input(schema.idInput)
    .output(schema.revoked)
    .mutation(({ ctx, input }) => revokeToken(ctx, input)),
});
