import type { Ctx } from "../context.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";

type OnceOnly<T> = {
  /** Business identity of the effect, made from the id of a committed row. */
  intent: string;
  call: (key: string) => Promise<T>;
  /** Looks for the effect by our metadata, for the cases in which no answer can be had under the key. */
  find: () => Promise<T | null>;
};

/**
 * Asks the card company for an effect that must happen once, however often this runs. The key stays the same while the
 * outcome is unknown. When the answer under a key is lost for ever (a server error that was stored, other values under
 * the same key), the effect is looked up, and only if it is not there a new key is taken.
 * The card company forgets keys after a day, so a call first tried long ago is looked up before it is made again.
 * It may also refuse a request before it looks at the key, so a refusal ends nothing that an earlier try has done.
 * Throws `PaymentError`; after `insufficient_balance` the next run takes a new key, as the port asks.
 */
export async function callOnce<T>(ctx: Ctx, { intent, call, find }: OnceOnly<T>): Promise<T> {
  const { refused, forgotten } = await recall(ctx, intent);
  if (forgotten) {
    const found = await find();
    if (found) return found;
  }
  try {
    return await call(keyOf(intent, refused));
  } catch (error) {
    if (!isPaymentError(error)) throw error;
    if (error.kind === "insufficient_balance") {
      await countRefusal(ctx, intent, refused);
      throw error;
    }
    const lost = error.kind === "idempotency" || (error.kind === "unavailable" && error.replayed);
    if (!lost && error.kind !== "invalid") throw error;
    const found = await find();
    if (found) return found;
    if (!lost) throw error;
    await countRefusal(ctx, intent, refused);
    return call(keyOf(intent, refused + 1));
  }
}

function keyOf(intent: string, refused: number): string {
  return refused === 0 ? intent : `${intent}:${refused}`;
}

/** Hours after which a key may have been forgotten; Stripe promises 24. */
const KEY_HOURS = 20;

/** What earlier tries of this call have left behind; remembers the first. */
async function recall(ctx: Ctx, intent: string): Promise<{ refused: number; forgotten: boolean }> {
  const [row] = await ctx.db.$queryRaw<[{ refused: number; forgotten: boolean }]>`
    insert into payments.outgoing_call as earlier (intent, refused) values (${intent}, 0)
    on conflict (intent) do update set refused = earlier.refused
    returning refused, first_at < city_now() - make_interval(hours => ${KEY_HOURS}) as forgotten`;
  return row;
}

/** The call under this number came to nothing for good. Racing callers count it once. */
async function countRefusal(ctx: Ctx, intent: string, refused: number): Promise<void> {
  await ctx.db.$executeRaw`
    insert into payments.outgoing_call (intent, refused) values (${intent}, ${refused + 1})
    on conflict (intent) do update set refused = ${refused + 1} where outgoing_call.refused = ${refused}`;
}
