import type { Refund } from "#server/ports/payments.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { type MoneyCity, newSeller, type Seller } from "./money-city.ts";

/** A buyer with $100 and a seller with one agent, both new. */
export async function makeScene(city: MoneyCity, rate = 1_000): Promise<{ buyer: TestOwner; seller: Seller }> {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, rate);
  await city.topUp(buyer, 10_000);
  return { buyer, seller };
}

export const walletOf = (seller: Seller) => seller.agent.client.vault.getBalance();

/** Asks for the money of a charged task back, under an Idempotency-Key if one is given. */
export const rateDown = (city: MoneyCity, buyer: TestOwner, taskId: string, key?: string) =>
  city.call("POST", `/tasks/${taskId}/feedback`, {
    token: buyer.token,
    body: { rating: "down" },
    ...(key && { headers: { "idempotency-key": key } }),
  });

/** Connects a bank and withdraws everything; `leave` does not let the bank pay yet. Returns the withdrawal's id. */
export async function withdrawAll(city: MoneyCity, seller: Seller, end: "pay" | "leave" = "pay"): Promise<string> {
  await city.connectBank(seller.owner);
  const { available } = await walletOf(seller);
  const { id } = await seller.owner.client.vault.withdraw({ amount: available });
  await city.idle();
  if (end === "leave") return id;
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
  await city.deliver();
  return id;
}

/** What Stripe has sent, or tried to send, back to the card of a top-up. */
export async function refundsOf(city: MoneyCity, topUpId: string): Promise<Refund[]> {
  const refunds: Refund[] = [];
  const mine = { since: "2020-01-01T00:00:00Z", metadata: { topUpId } };
  for await (const refund of city.ctx().ports.payments.list("refund", mine)) refunds.push(refund);
  return refunds;
}
