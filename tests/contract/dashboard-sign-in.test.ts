import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";

let city: TestCity;
let owner: TestOwner;
beforeAll(async () => {
  city = await startTestCity({ settings: { limits: { signInPerAccount: 5 } } });
  owner = await city.owner();
});
afterAll(() => city?.stop());

/** What next-auth gets to hear of a sign-in; it passes the message of an error on to anyone. */
async function signIn(password: string): Promise<unknown> {
  const [provider] = city.authOptions.providers;
  if (provider?.type !== "credentials") throw new Error("There is no sign-in by password.");
  return provider.authorize({ email: owner.email, password }, { headers: {} });
}

test("only a wrong password is called wrong: a failure of ours and too many tries are codes, and no more than codes", async () => {
  expect(await signIn(owner.password)).toMatchObject({ id: expect.any(String) });
  expect(await signIn("not the password")).toBeNull();
  await city.database.pool.query("alter table session rename to session_away");
  try {
    await expect(signIn(owner.password)).rejects.toThrow(/^UNAVAILABLE$/);
  } finally {
    await city.database.pool.query("alter table session_away rename to session");
  }
  await signIn("not the password");
  await expect(signIn(owner.password)).rejects.toThrow(/^RATE_LIMITED$/);
});
