import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { callOnce } from "./call-once.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import type { connectLinkView } from "./schema.ts";
import { recordAccount } from "./sync-connect-account.ts";

/** A page of the card company where the owner connects a bank account; for one use, always made anew. */
export async function connectLink(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof connectLinkView>> {
  const accountId = await ensureAccount(ctx);
  const { url } = await reachPayments(ctx).createAccountLink(
    {
      accountId,
      refreshUrl: `${ctx.publicUrl}/wallet?connect=again`,
      returnUrl: `${ctx.publicUrl}/wallet?connect=done`,
    },
    `account-link:${newId()}`,
  );
  return { url };
}

async function ensureAccount(ctx: Ctx<OwnerActor>): Promise<string> {
  const { ownerId } = ctx.actor;
  const known = await ctx.db.connectAccount.findUnique({ where: { ownerId } });
  if (known) return known.stripeAccountId;
  const owner = await ctx.db.owner.findUniqueOrThrow({ where: { id: ownerId } });
  if (owner.closedAt) throw new CityError("CONFLICT", "This account is closed.");
  const account = await callOnce(ctx, {
    intent: `account:${ownerId}`,
    call: (key) => reachPayments(ctx).createAccount({ email: owner.email, metadata: { ownerId } }, key),
    find: () => findListed(ctx, "account", { createdAt: owner.createdAt, metadata: { ownerId } }),
  });
  await recordAccount(ctx, account);
  // Where two were made, payouts go to the one that was recorded first: that one is to be onboarded.
  return (await ctx.db.connectAccount.findUniqueOrThrow({ where: { ownerId } })).stripeAccountId;
}
