import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fixture, fixtures } from "./isolation/fixtures.ts";
import { directly, type Knock, overRest, type Procedure, procedures } from "./isolation/transports.ts";
import { type CredentialName, DEAD, kindOf, LIVING, type Living, makeWorld, type World } from "./isolation/world.ts";

/** Every operation × every credential × ids of others and ids of nobody, with the rightful caller as the control. */
let world: World;
const made = { attempts: 0, controls: 0 };
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);
afterAll(async () => {
  console.log(
    `isolation: ${procedures.length} procedures, ${made.attempts} attempts refused, ${made.controls} controls`,
  );
  await world?.city.stop();
});

const NOBODYS = [
  "nope",
  "0",
  "clx0000000000000000000000",
  "../../agents/me",
  "' or 1=1 --",
  "%00",
  "a".repeat(64),
  "é\u202e",
];

test("every procedure has a fixture, and no fixture is left over", () => {
  expect(Object.keys(fixtures).sort()).toEqual(procedures.map(({ name }) => name).sort());
});

describe.each(procedures)("$name", (procedure) => {
  const fixture = fixtures[procedure.name] as Fixture;
  const transports = procedure.rest ? ["REST", "tRPC"] : ["tRPC"];

  test.each(transports)(
    "by %s: everyone else is refused and learns nothing; the rightful caller succeeds",
    async (via) => {
      const input = (await fixture.input?.(world)) ?? {};
      const knock = via === "REST" ? overRest(world, procedure) : directly(world, procedure, Boolean(fixture.input));
      const isPublic = procedure.auth.includes("anonymous");

      for (const who of DEAD) await refused(knock, who, input, [401]);
      if (!isPublic) await refused(knock, "none", input, [401]);
      for (const who of LIVING.filter((name) => name !== fixture.by))
        await tryLiving(procedure, fixture, knock, who, input);
      if (fixture.ids && fixture.by !== "anyone" && fixture.by !== "newcomer") {
        await tryStrangeIds(knock, fixture.by, fixture.ids, input);
      }

      const rightful = fixture.by === "anyone" ? "none" : fixture.by;
      const control = await knock(
        rightful === "newcomer" ? { token: (await world.newcomer()).token } : rightful,
        input,
      );
      expect(control.status, `the rightful caller: ${control.text.slice(0, 300)}`).toBeLessThan(300);
      made.controls += 1;
    },
    60_000,
  );
});

async function tryLiving(procedure: Procedure, fixture: Fixture, knock: Knock, who: Living, input: object) {
  const given = input as Record<string, unknown>;
  if (procedure.auth.includes("anonymous")) return;
  if (!procedure.auth.includes(kindOf(who))) return refused(knock, who, given, [403]);
  if (fixture.refused?.includes(who)) return refused(knock, who, given, [403, 404, 409]);
  if (fixture.open || fixture.by === "newcomer") return;
  if (fixture.ids) return fixture.parties?.includes(who) ? undefined : refused(knock, who, given, [404]);
  // About the caller alone: others get what is theirs, and nothing of the rightful caller's.
  if (procedure.type !== "query") return;
  const outcome = await knock(who, given);
  expect(outcome.status).toBeLessThan(500);
  expectNoLeak(who, outcome.text);
}

/** The rightful caller, with ids of rows that are not there or are somebody else's. */
async function tryStrangeIds(knock: Knock, who: Living, ids: string[], input: Record<string, unknown>) {
  for (const field of ids) {
    for (const id of [...world.foreignRows, ...NOBODYS])
      await refused(knock, who, { ...input, [field]: id }, [400, 404]);
  }
}

async function refused(knock: Knock, who: CredentialName, input: Record<string, unknown>, allowed: number[]) {
  const outcome = await knock(who, input);
  made.attempts += 1;
  expect(allowed, `${who} got ${outcome.status}: ${outcome.text.slice(0, 300)}`).toContain(outcome.status);
  if ((LIVING as readonly string[]).includes(who)) expectNoLeak(who as Living, outcome.text);
}

function expectNoLeak(who: Living, text: string): void {
  const own = who === "operator" || who === "trust" ? "" : who.replace(/(Owner|OwnerToken|Agent|Sibling)$/, "");
  for (const [group, canaries] of Object.entries(world.canaries)) {
    if (group === own) continue;
    for (const canary of canaries) expect(text, `${who} saw something of ${group}'s`).not.toContain(canary);
  }
}

describe("the dashboard's door", () => {
  test.each(procedures.filter(({ auth }) => !auth.includes("anonymous")))(
    "$name: takes no header for a session cookie, and no call from another site",
    async ({ name, type }) => {
      const call = (headers: Record<string, string>) =>
        fetch(`${world.city.url}/api/trpc/${name}`, {
          method: type === "mutation" ? "POST" : "GET",
          headers: { ...(type === "mutation" && { "content-type": "application/json" }), ...headers },
          ...(type === "mutation" && { body: "{}" }),
        });
      const { buyerOwner, seller } = world.credentials;
      const headers = { authorization: `Bearer ${buyerOwner.token}`, "x-api-key": seller.key ?? "" };
      const answer = await call({ ...headers, "sec-fetch-site": "same-origin" });
      // A subscription answers 200 and tells of the refusal in its first event.
      const text = await answer.text();
      if (type === "subscription") expect(text).toContain("MISSING_API_KEY");
      else expect(answer.status).toBe(401);
      const crossSite = await call({ ...headers, "sec-fetch-site": "cross-site" });
      await crossSite.body?.cancel();
      expect(crossSite.status).toBe(403);
    },
  );
});
