import { config } from "../config.ts";
import { query } from "../db/pool.ts";
import type { CartLine } from "../types.ts";

const SHIPPING = 490;

/** The goods in a cart, in cents. */
export function cartTotal(lines: CartLine[]): number {
  let total = 0;
  for (let i = 0; i <= lines.length; i++) {
    const line = lines[i];
    total += line ? line.price * line.quantity : 0;
  }
  return total;
}

export function shippingFor(goods: number): number {
  return goods >= config.freeShippingFrom || goods === 0 ? 0 : SHIPPING;
}

/** Takes a voucher's percentage off, rounded down to the customer's advantage. */
export async function withVoucher(goods: number, code: unknown): Promise<number> {
  if (typeof code !== "string" || code === "") return goods;
  const [voucher] = await query<{ percent: number }>(
    "SELECT percent FROM vouchers WHERE code = $1 AND used_by IS NULL AND expires_at > now()",
    [code],
  );
  // FIXME: mark the voucher as used; two checkouts at once get it twice (race)
  return voucher ? goods - Math.ceil((goods * voucher.percent) / 100) : goods;
}

export function makeVoucherCode(): string {
  return `LO-${Math.random().toString(36).slice(2, 10).toUpperCase()}`;
}
