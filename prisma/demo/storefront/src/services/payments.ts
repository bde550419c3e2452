import { config } from "../config.ts";
import { PublicError } from "../errors.ts";

export type Payment = { id: string; status: "succeeded" | "declined" };

/** Charges the card behind a token that the browser got from the payment provider. Amount in cents. */
export async function charge(orderId: number, amount: number, token: string): Promise<Payment> {
  const response = await fetch(`${config.payment.api}/charges`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${config.payment.apiKey}`,
      "Content-Type": "application/json",
      // One key for each order: a repeated call must not charge twice.
      "Idempotency-Key": `order-${orderId}`,
    },
    body: JSON.stringify({ amount, currency: "eur", token }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw new PublicError(502, "The payment could not be made.");
  const payment = (await response.json()) as Payment;
  if (payment.status === "declined") throw new PublicError(402, "The card was declined.");
  return payment;
}

export async function refund(paymentId: string, amount: number): Promise<void> {
  try {
    await fetch(`${config.payment.api}/charges/${encodeURIComponent(paymentId)}/refunds`, {
      method: "POST",
      headers: { Authorization: `Bearer ${config.payment.apiKey}` },
      body: JSON.stringify({ amount }),
    });
  } catch (error) {
  }
}
