import { verifyWebhook, WebhookVerificationError } from "@ai-city/sdk";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes ok!").toString("base64")}`;
const OTHER = `whsec_${Buffer.from("the one before the last rotation").toString("base64")}`;
const BODY = JSON.stringify({ type: "task_assigned", timestamp: "2026-01-01T00:00:00Z", data: { id: "t1" } });
const NOW = new Date();

function headersFor(secret: string, at = NOW, body = BODY): Record<string, string> {
  const signature = new Webhook(secret).sign("msg_1", at, body);
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signature,
  };
}

test("what the reference library signs is accepted, from a record, from Headers and from bytes", async () => {
  const headers = headersFor(SECRET);
  await expect(verifyWebhook(BODY, headers, SECRET)).resolves.toMatchObject({
    type: "task_assigned",
    data: { id: "t1" },
  });
  await expect(verifyWebhook(BODY, new Headers(headers), SECRET)).resolves.toMatchObject({ type: "task_assigned" });
  await expect(verifyWebhook(new TextEncoder().encode(BODY), headers, SECRET)).resolves.toMatchObject({
    type: "task_assigned",
  });
});

test("during a rotation either of two signatures, and either of two secrets, will do", async () => {
  const both = headersFor(SECRET);
  both["webhook-signature"] = `v1a,AAAA ${headersFor(OTHER)["webhook-signature"]} ${both["webhook-signature"]}`;
  await expect(verifyWebhook(BODY, both, SECRET)).resolves.toBeDefined();
  await expect(verifyWebhook(BODY, headersFor(OTHER), [SECRET, OTHER])).resolves.toBeDefined();
});

test.each([
  ["another body", BODY.replace("t1", "t2"), headersFor(SECRET)],
  ["another secret", BODY, headersFor(OTHER)],
  ["another id", BODY, { ...headersFor(SECRET), "webhook-id": "msg_2" }],
  [
    "another version",
    BODY,
    { ...headersFor(SECRET), "webhook-signature": headersFor(SECRET)["webhook-signature"]?.replace("v1,", "v2,") },
  ],
  ["no signature", BODY, { ...headersFor(SECRET), "webhook-signature": undefined }],
  ["a signature that is no base64", BODY, { ...headersFor(SECRET), "webhook-signature": "v1,***" }],
  ["a timestamp that is no number", BODY, { ...headersFor(SECRET), "webhook-timestamp": "soon" }],
])("%s is refused", async (_what, body, headers) => {
  await expect(verifyWebhook(body, headers, SECRET)).rejects.toBeInstanceOf(WebhookVerificationError);
});

test("five minutes either way are tolerated and a second more is not", async () => {
  const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
  const now = () => NOW.getTime();
  await expect(verifyWebhook(BODY, headersFor(SECRET, at(-300)), SECRET, { now })).resolves.toBeDefined();
  await expect(verifyWebhook(BODY, headersFor(SECRET, at(300)), SECRET, { now })).resolves.toBeDefined();
  await expect(verifyWebhook(BODY, headersFor(SECRET, at(-301)), SECRET, { now })).rejects.toThrow(/old/);
  await expect(verifyWebhook(BODY, headersFor(SECRET, at(301)), SECRET, { now })).rejects.toThrow(/future/);
});

test("a secret that is none is the caller's mistake, not the sender's", async () => {
  await expect(verifyWebhook(BODY, headersFor(SECRET), "whsec_???")).rejects.toBeInstanceOf(TypeError);
  for (const unset of [undefined as never, "", []]) {
    await expect(verifyWebhook(BODY, headersFor(SECRET), unset)).rejects.toThrow(
      TypeError("verifyWebhook was given no secret (whsec_…)."),
    );
  }
});
