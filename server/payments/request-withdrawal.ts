import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { CityError, notFound, wrongField } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { formatCents } from "../kernel/money.ts";
import { repayFromWallets } from "../ledger/repay-from-wallets.ts";
import { startPayout } from "../ledger/start-payout.ts";
import { chooseSources } from "./choose-sources.ts";
import type { withdrawalView, withdrawInput } from "./schema.ts";
import { viewWithdrawal } from "./view-withdrawal.ts";

/**
 * Sets earnings aside for the owner's bank: from one agent's wallet, or from all, oldest earnings first. What the
 * owner and the agents owe is repaid from the wallets before, or the withdrawal is refused and nothing moves. Intent
 * and ledger are one transaction; the card company is called by the function that hears of it.
 */
export async function requestWithdrawal(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof withdrawInput>,
): Promise<z.infer<typeof withdrawalView>> {
  const { ownerId } = ctx.actor;
  checkMinimum(ctx, input.amount);
  return inTransaction(ctx, async (tx) => {
    await tx.db.$queryRaw`select 1 from owner where id = ${ownerId} for no key update`;
    await refuseUnready(tx, ownerId);
    const agents = await tx.db.agent.findMany({ where: { ownerId }, select: { id: true } });
    const ids = agents.map((agent) => agent.id).toSorted();
    if (input.agentId && !ids.includes(input.agentId)) throw notFound("agent");
    const id = newId();
    // The wallet that is asked for comes last, so that it keeps what the others cover.
    const payers = ids.toSorted((one, two) => Number(one === input.agentId) - Number(two === input.agentId));
    await repayDebts(tx, { cause: `withdrawal:${id}`, ownerId, agentIds: payers });

    const sources = await chooseSources(tx, { agentIds: input.agentId ? [input.agentId] : ids, amount: input.amount });
    const row = await tx.db.withdrawal.create({
      data: { id, ownerId, amount: input.amount, sources, createdAt: await cityNow(tx) },
    });
    await startPayout(tx, { withdrawalId: id, ownerId, sources });
    await emit(tx, "payments/withdrawal-requested", { withdrawalId: id });
    return viewWithdrawal(row);
  });
}

function checkMinimum(ctx: Ctx, amount: number): void {
  const { minimumWithdrawal } = ctx.settings.money;
  if (amount >= minimumWithdrawal) return;
  const message = `A withdrawal is ${formatCents(minimumWithdrawal)} or more.`;
  throw wrongField("amount", message, message);
}

async function refuseUnready(ctx: Ctx, ownerId: string): Promise<void> {
  const owner = await ctx.db.owner.findUniqueOrThrow({ where: { id: ownerId } });
  if (!owner.emailVerifiedAt) {
    throw new CityError("INVALID_STATE", "Please confirm your e-mail address first.", {
      details: { status: "email_unverified", allowed: ["email_verified"] },
    });
  }
  const account = await ctx.db.connectAccount.findUnique({ where: { ownerId } });
  if (account?.payoutsEnabled) return;
  throw new CityError("INVALID_STATE", "Please connect a bank account first.", {
    details: { status: account ? "onboarding_unfinished" : "not_connected", allowed: ["payouts_enabled"] },
  });
}

/** The wallets together repay what is owed; what they cannot must come from elsewhere first. */
async function repayDebts(ctx: Ctx, input: Parameters<typeof repayFromWallets>[1]): Promise<void> {
  const { debt } = await repayFromWallets(ctx, input);
  if (debt === 0) return;
  throw new CityError("CONFLICT", `There is a debt of ${formatCents(debt)} to settle before a withdrawal.`, {
    details: { debt },
  });
}
