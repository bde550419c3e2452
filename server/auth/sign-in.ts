import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { openApiSession } from "./open-session.ts";
import { checkPassword } from "./passwords.ts";
import type { signedIn, signInInput } from "./schema.ts";

type SignIn = z.infer<typeof signInInput>;

/** Signs an owner in for the API. The answer to a wrong e-mail and to a wrong password is the same, in text and time. */
export async function signIn(ctx: Ctx, input: SignIn): Promise<z.infer<typeof signedIn>> {
  const owner = await checkCredentials(ctx, input);
  const session = await openApiSession(ctx, owner.id);
  return { token: session.token, session, user: owner };
}

/** The owner with this e-mail and password, or INVALID_CREDENTIALS. A try, whichever way it comes. */
export async function checkCredentials(ctx: Ctx, input: SignIn): Promise<{ id: string; name: string; email: string }> {
  await ctx.countTry("sign-in", input.email);
  const owner = await ctx.db.owner.findUnique({
    where: { email: input.email, closedAt: null },
    select: { id: true, name: true, email: true, passwordHash: true },
  });
  const right = await checkPassword(owner?.passwordHash ?? null, input.password);
  if (!owner || !right) throw new CityError("INVALID_CREDENTIALS", "The e-mail or the password is wrong.");
  return { id: owner.id, name: owner.name, email: owner.email };
}
