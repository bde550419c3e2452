import { type Ctx, inTransaction } from "../context.ts";
import { useLink } from "./email-links.ts";

/** Confirms an address by the secret of a mailed link. */
export async function verifyEmail(ctx: Ctx, input: { token: string }): Promise<{ verified: true }> {
  return inTransaction(ctx, async (tx) => {
    const ownerId = await useLink(tx, "verify", input.token);
    await tx.db
      .$executeRaw`update owner set email_verified_at = coalesce(email_verified_at, city_now()) where id = ${ownerId}`;
    return { verified: true };
  });
}
