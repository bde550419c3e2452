import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, isAcceptable, verifyPassword } from "../src/auth/passwords.ts";

test("a password verifies against its own hash only", async () => {
  const hash = hashPassword("correct horse");
  assert.equal(await verifyPassword("correct horse", hash), true);
  assert.equal(await verifyPassword("battery staple", hash), false);
});

test("passwords have 8 to 200 characters", () => {
  assert.equal(isAcceptable("short"), false);
  assert.equal(isAcceptable("long enough"), true);
  assert.equal(isAcceptable("x".repeat(201)), false);
});
