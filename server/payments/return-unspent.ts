import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { formatCents } from "../kernel/money.ts";
import { readPool } from "../ledger/read-pool.ts";
import { lockReturns } from "../ledger/return-top-up.ts";
import { startReturn } from "./card-returns.ts";
import { readReturnable } from "./read-returnable.ts";
import type { returnUnspentInput, returnUnspentView } from "./schema.ts";
import { switchOffAutoTopUp } from "./switch-off-auto-top-up.ts";

/**
 * Sends unspent card money back to the cards it came from, newest top-up first. It leaves the pool now; the card company
 * is asked afterwards, and a refusal puts it back. An automatic top-up that would charge it anew is switched off.
 */
export async function returnUnspent(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof returnUnspentInput>,
): Promise<z.infer<typeof returnUnspentView>> {
  const { ownerId } = ctx.actor;
  return inTransaction(ctx, async (tx) => {
    await tx.db.$queryRaw`select 1 from owner where id = ${ownerId} for no key update`;
    const sources = await readReturnable(tx, ownerId);
    await lockReturns(tx, { ownerId, topUpIds: sources.map(({ topUpId }) => topUpId) });
    const { balance, debt } = await readPool(tx, ownerId);
    if (debt > 0) throw new CityError("CONFLICT", "There is a debt to settle first.", { details: { debt } });
    const available = Math.min(
      balance,
      sources.reduce((sum, { returnable }) => sum + returnable, 0),
    );
    if (input.amount > available) {
      throw new CityError("INSUFFICIENT_CREDITS", `At most ${formatCents(available)} can go back to a card.`, {
        details: { required: input.amount, available },
      });
    }
    let left = input.amount;
    for (const { topUpId, returnable } of sources) {
      const amount = Math.min(left, returnable);
      if (amount === 0) break;
      left -= amount;
      await startReturn(tx, { topUpId, key: newId(), ownerId, amount });
    }
    const newBalance = balance - input.amount;
    const auto = await tx.db.autoTopUp.findUnique({ where: { ownerId } });
    if (auto && newBalance < auto.threshold) await switchOffAutoTopUp(tx, { ownerId, why: "sent_back" });
    return { returned: input.amount, newBalance };
  });
}
