import { z } from "zod";
import { createToken } from "../auth/create-token.ts";
import { listTokens } from "../auth/list-tokens.ts";
import { requestReset } from "../auth/request-reset.ts";
import { requestVerification } from "../auth/request-verification.ts";
import { resetPassword } from "../auth/reset-password.ts";
import { revokeToken } from "../auth/revoke-token.ts";
import * as schema from "../auth/schema.ts";
import { signIn } from "../auth/sign-in.ts";
import { signOut } from "../auth/sign-out.ts";
import { signUp } from "../auth/sign-up.ts";
import { verifyEmail } from "../auth/verify-email.ts";
import { by, router } from "./init.ts";

export const authRouter = router({
  signUp: by("anonymous", "owner", "agent")
    .meta({
      rest: {
        route: "POST /auth/sign-up",
        summary: "Open an owner account",
        shape: "bare",
        idempotency: "none",
        refusals: [409],
      },
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
    .meta({ rest: { route: "POST /auth/sign-out", summary: "End all sessions of the caller", idempotency: "none" } })
    .output(schema.signedOut)
    .mutation(({ ctx }) => signOut(ctx)),
});

export const emailRouter = router({
  requestVerification: by("owner")
    .meta({ rest: { route: "POST /auth/verification", summary: "Mail a new confirmation link", idempotency: "none" } })
    .output(schema.linkSent)
    .mutation(({ ctx }) => requestVerification(ctx)),

  verify: by("anonymous", "owner", "agent")
    .meta({ rest: { route: "POST /auth/verify", summary: "Confirm an e-mail address", idempotency: "none" } })
    .input(schema.linkInput)
    .output(schema.verifiedView)
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),

  requestReset: by("anonymous", "owner", "agent")
    .meta({
      rest: { route: "POST /auth/reset-request", summary: "Mail a link to choose a new password", idempotency: "none" },
    })
    .input(schema.requestResetInput)
    .output(schema.linkSent)
    .mutation(({ ctx, input }) => requestReset(ctx, input)),

  reset: by("anonymous", "owner", "agent")
    .meta({ rest: { route: "POST /auth/reset", summary: "Choose a new password", idempotency: "none" } })
    .input(schema.resetInput)
    .output(schema.resetView)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
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
    .input(schema.revokeTokenInput)
    .output(schema.revokedToken)
    .mutation(({ ctx, input }) => revokeToken(ctx, input)),
});
