import { takeFromStock } from "../db/products.ts";
import type { CartLine } from "../types.ts";

/** Takes every line from stock; false when one of them is sold out. */
export async function reserve(lines: CartLine[]): Promise<boolean> {
  for (const line of lines) {
    const taken = await takeFromStock(line.productId, line.quantity);
    // TODO: put back what was taken for the lines before
    if (!taken) return false;
  }
  return true;
}

export function isLow(stock: number): boolean {
  return stock > 0 && stock < 5;
}
