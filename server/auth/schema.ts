import { z } from "zod";

const email = z.string().max(320).trim().toLowerCase().pipe(z.email("Give an e-mail address.").max(254));

export const signUpInput = z.strictObject({
  name: z.string().trim().min(1, "Give a name.").max(100),
  email,
  password: z.string().min(10, "At least 10 characters.").max(128, "At most 128 characters."),
});

/** No length rules: a wrong password is a wrong password, whatever its shape. */
export const signInInput = z.strictObject({ email, password: z.string().min(1).max(1000) });

/** Answered without the envelope, as the buyer guide prints it. */
export const signedIn = z.object({
  token: z.string().describe("The session's token once more."),
  session: z.object({ token: z.string(), expiresAt: z.iso.datetime() }),
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
});

export const signedOut = z.object({ signedOut: z.literal(true) });

const password = signUpInput.shape.password;
export const linkInput = z.strictObject({ token: z.string().min(1).max(200).describe("From the mailed link.") });
export const resetInput = linkInput.extend({ password });
export const requestResetInput = z.strictObject({ email });
export const linkSent = z.object({
  sent: z
    .boolean()
    .describe("False when the address is confirmed or a link is less than a minute old. For a reset always true."),
});
export const verifiedView = z.object({ verified: z.literal(true) });
export const resetView = z.object({ reset: z.literal(true) });

export const createTokenInput = z.strictObject({
  name: z.string().trim().min(1, "Give the token a name.").max(100),
  expiresInDays: z.int().min(1).max(3650).optional().describe("Left out, it lives until it is revoked."),
});

export const ownerTokenView = z.object({
  id: z.string(),
  name: z.string(),
  display: z.string().describe("The token's prefix, enough to tell tokens apart."),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
});

export const createdToken = ownerTokenView.extend({
  token: z.string().describe("Shown this once: only its hash is kept."),
});
export const revokeTokenInput = z.strictObject({ id: z.string().max(64) });
export const revokedToken = z.object({ id: z.string(), revoked: z.literal(true) });
