/** Where the card company sends its events: an address that is open to all, so that nothing but a signature counts. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { signatureHeader } from "#server/ports/payments/stand-in/delivery.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** Of a kind that the city takes, about nobody's account: it is recorded, and calls for nothing. */
const eventOf = (id: string) =>
  JSON.stringify({ id, object: "event", type: "payout.paid", created: 1, livemode: false, data: { object: {} } });

async function send(body: string, signature: string): Promise<number> {
  const headers = { "stripe-signature": signature };
  const answer = await fetch(`${city.url}/api/webhooks/stripe`, { method: "POST", body, headers });
  await answer.body?.cancel();
  return answer.status;
}

test("an event without its signature, or changed after it was signed, is refused and not recorded; as signed it is", async () => {
  // As the stand-in's is made from the city's own key.
  const secret = `whsec_${createHash("sha256").update(`${city.config.masterKey}:stripe webhooks`).digest("hex")}`;
  const [id, otherId] = [`evt_${newId()}`, `evt_${newId()}`];
  const body = eventOf(id);
  const signature = signatureHeader(body, secret);
  const now = Math.floor(Date.now() / 1_000);
  for (const forged of ["", "t=1,v1=00", `t=${now},v1=${"0".repeat(64)}`, signatureHeader(body, "whsec_another")]) {
    expect(await send(body, forged), forged).toBe(400);
  }
  expect(await send(eventOf(otherId), signature)).toBe(400);
  const recorded = () =>
    city.database.prisma.stripeEvent.findMany({ where: { id: { in: [id, otherId] } }, select: { id: true } });
  expect(await recorded()).toEqual([]);
  expect(await send(body, signature)).toBe(200);
  expect(await recorded()).toEqual([{ id }]);
});
