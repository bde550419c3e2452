import assert from "node:assert/strict";
import { test } from "node:test";
import { cartTotal, shippingFor } from "../src/services/pricing.ts";

const line = (price: number, quantity: number) => ({ productId: 1, name: "Chair", price, quantity });

test("a cart's total is the sum of its lines", () => {
  assert.equal(cartTotal([line(1200, 2), line(500, 1)]), 2900);
});

test("an empty cart costs nothing and ships for nothing", () => {
  assert.equal(cartTotal([]), 0);
  assert.equal(shippingFor(0), 0);
});

test("shipping is free from the threshold on", () => {
  assert.equal(shippingFor(4899), 490);
  assert.equal(shippingFor(4900), 0);
});
