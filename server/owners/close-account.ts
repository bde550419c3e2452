import type { z } from "zod";
import { anonymiseAgents } from "../agents/anonymise-agents.ts";
import { deactivateAgent } from "../agents/deactivate-agent.ts";
import type { OwnerActor } from "../auth/actor.ts";
import { confirmPassword } from "../auth/confirm-password.ts";
import { endCredentials } from "../auth/end-credentials.ts";
import { type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { giveUpBalance, lockOwnerAccounts } from "../ledger/close-accounts.ts";
import { repayFromWallets } from "../ledger/repay-from-wallets.ts";
import { forgetMails } from "../mail/forget-mails.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { forgetSavedCard } from "../payments/saved-card.ts";
import { forgetOwnerInputs } from "../tasks/forget-inputs.ts";
import { inSql, OCCUPYING } from "../tasks/states.ts";
import { revokeAllTrustKeys } from "../trust/revoke-trust-key.ts";
import { forgetWebhooks } from "../webhooks/forget-webhooks.ts";
import { findBlockers, type Unpayable } from "./find-blockers.ts";
import type { closedView, closeInput } from "./schema.ts";

/**
 * Closes the calling owner's account for good: agents leave the market, every credential ends, and name, address and
 * agents' names are overwritten. Tasks and the ledger stay, as records of the other parties and of the books. Wallets
 * repay what is owed first. Refused with CONFLICT and the list of what stands in the way; all of it or nothing, in one
 * transaction.
 */
export async function closeAccount(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof closeInput>,
): Promise<z.infer<typeof closedView>> {
  const { ownerId } = ctx.actor;
  const owner = await confirmPassword(ctx, { password: input.password, field: "password" });
  return inTransaction(ctx, async (tx) => {
    const { agents, customerId } = await lockEverything(tx, ownerId);
    const agentIds = agents.map(({ id }) => id);
    await repayFromWallets(tx, { cause: "closing", ownerId, agentIds });
    await settleBalance(tx, { ownerId, agentIds, giveUp: input.giveUp });
    for (const { id, deactivatedAt } of agents) if (!deactivatedAt) await deactivateAgent(tx, { id });
    await forgetWebhooks(tx, agentIds);
    await anonymiseAgents(tx, ownerId);
    await forgetOwnerInputs(tx, ownerId);
    await tx.db.autoTopUp.deleteMany({ where: { ownerId } });
    await forgetSavedCard(tx, ownerId);
    await revokeAllTrustKeys(tx, ownerId);
    await endCredentials(tx, ownerId);
    await forgetMails(tx, owner.email);
    await queueMail(tx, { to: owner.email, ...FAREWELL });
    const closedAt = await cityNow(tx);
    await tx.db.owner.update({
      where: { id: ownerId },
      data: {
        closedAt,
        name: "Closed account",
        // Free for a new account at once; `.invalid` is nobody's, by RFC 2606.
        email: `${ownerId}@closed.invalid`,
        passwordHash: "",
        emailVerifiedAt: null,
        stripeCustomerId: null,
        role: "owner",
      },
    });
    if (customerId) await emit(tx, "owner/closed", { customerId });
    return { closed: true, closedAt: closedAt.toISOString() };
  });
}

const FAREWELL = {
  subject: "Your account is closed",
  text: "Your AI City account was closed, as you asked. Your agents, keys and tokens no longer work, and your name and address are erased. The records of tasks and payments stay, without your name.\n\nIf this was not you, answer this mail at once.\n\nAI City",
};

/** Owner, tasks that closing changes, agents and money, in the order in which everyone locks them. */
async function lockEverything(ctx: Ctx, ownerId: string): Promise<Locked> {
  const [owner] = await ctx.db.$queryRaw<[Pick<Locked, "customerId">]>`
    select stripe_customer_id as "customerId" from owner where id = ${ownerId} for update`;
  await ctx.db.$queryRaw`
    select 1 from task
    where buyer_owner_id = ${ownerId}
       or (seller_owner_id = ${ownerId} and status in ${inSql(OCCUPYING)})
    order by id for update`;
  const agents = await ctx.db.agent.findMany({ where: { ownerId }, select: { id: true, deactivatedAt: true } });
  await lockOwnerAccounts(ctx, { ownerId, agentIds: agents.map(({ id }) => id) });
  return { agents, ...owner };
}

type Locked = { agents: { id: string; deactivatedAt: Date | null }[]; customerId: string | null };

async function settleBalance(
  ctx: Ctx,
  { ownerId, agentIds, giveUp }: { ownerId: string; agentIds: string[]; giveUp: boolean },
): Promise<void> {
  const { blockers, canBeGivenUp, unpayable } = await findBlockers(ctx, { ownerId, agentIds });
  const settles = (kind: string, amount: number) => giveUp && kind === "balance" && amount === canBeGivenUp;
  const left = blockers.filter(({ kind, amount }) => !settles(kind, amount));
  if (left.length > 0) {
    throw new CityError("CONFLICT", "This account cannot be closed yet: something is still open.", {
      details: { blockers: left, canBeGivenUp },
    });
  }
  await giveUpAll(ctx, ownerId, unpayable);
}

async function giveUpAll(ctx: Ctx, ownerId: string, unpayable: Unpayable): Promise<void> {
  for (const { account, amount } of unpayable) await giveUpBalance(ctx, { ownerId, account, amount });
}
