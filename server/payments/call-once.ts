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
 * Throws `PaymentError`; after `insufficient_balance` the next run takes a new key, as the port asks.
 */
export async function callOnce<T>(ctx: Ctx, { intent, call, find }: OnceOnly<T>): Promise<T> {
  const refused = await readRefusals(ctx, intent);
  try {
    return await call(keyOf(intent, refused));
  } catch (error) {
    if (!isPaymentError(error)) throw error;
    if (error.kind === "insufficient_balance") {
      await countRefusal(ctx, intent, refused);
      throw error;
    }
    const lost = error.kind === "idempotency" || (error.kind === "unavailable" && error.replayed);
    if (!lost) throw error;
    const found = await find();
    if (found) return found;
    await countRefusal(ctx, intent, refused);
    return call(keyOf(intent, refused + 1));
  }
}

function keyOf(intent: string, refused: number): string {
  return refused === 0 ? intent : `${intent}:${refused}`;
}

async function readRefusals(ctx: Ctx, intent: string): Promise<number> {
  const [row] = await ctx.db.$queryRaw<{ refused: number }[]>`
    select refused from payments.outgoing_call where intent = ${intent}`;
  return row?.refused ?? 0;
}

/** The call under this number came to nothing for good. Racing callers count it once. */
async function countRefusal(ctx: Ctx, intent: string, refused: number): Promise<void> {
  await ctx.db.$executeRaw`
    insert into payments.outgoing_call (intent, refused) values (${intent}, ${refused + 1})
    on conflict (intent) do update set refused = ${refused + 1} where outgoing_call.refused = ${refused}`;
}
