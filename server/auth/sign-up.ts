import type { z } from "zod";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { grantStarterCredits } from "../ledger/grant-starter-credits.ts";
import { mailLink } from "./email-links.ts";
import { openApiSession } from "./open-session.ts";
import { hashPassword } from "./passwords.ts";
import type { signedIn, signUpInput } from "./schema.ts";

/** Opens an account, grants the starter credits where there are any, and signs the new owner in. */
export async function signUp(ctx: Ctx, input: z.infer<typeof signUpInput>): Promise<z.infer<typeof signedIn>> {
  await ctx.countTry("sign-in", input.email);
  const passwordHash = await hashPassword(input.password);
  return inTransaction(ctx, async (tx) => {
    const id = newId();
    const created = await tx.db.owner.createMany({
      data: { id, name: input.name, email: input.email, passwordHash, createdAt: await cityNow(tx) },
      skipDuplicates: true,
    });
    if (created.count === 0) throw new CityError("EMAIL_TAKEN", "There is already an account with this e-mail.");
    const { starterCredits } = tx.settings.money;
    if (starterCredits > 0) await grantStarterCredits(tx, { ownerId: id, amount: starterCredits });
    await mailLink(tx, { id, name: input.name, email: input.email }, "verify");
    const session = await openApiSession(tx, id);
    return { token: session.token, session, user: { id, name: input.name, email: input.email } };
  });
}
