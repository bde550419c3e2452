import { expect, test } from "vitest";
import { routes } from "#server/rest/routes.ts";
import { compared, refused } from "./operations.ts";

/** Public operations that the SDK leaves to people and their browsers. */
const WITHOUT_A_METHOD = [
  "auth.signUp",
  "auth.signIn",
  "auth.signOut",
  "email.requestVerification",
  "email.verify",
  "email.requestReset",
  "email.reset",
  "operators.checkLedger",
  "operators.listOverdue",
];

test("every public operation has an SDK method whose types the compiler compares with the server's schemas", () => {
  const names = compared.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect([...names, ...WITHOUT_A_METHOD].sort()).toEqual(routes.map(({ name }) => name).sort());
});

test("what is compared without is in the path", () => {
  for (const { name, inPath } of compared) {
    const path = routes.find((route) => route.name === name)?.path ?? "";
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)).toEqual(inPath);
  }
});

test("the comparison refuses each kind of difference", () => {
  expect(refused).toHaveLength(6);
});
