import { inspect } from "node:util";
import fc from "fast-check";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { compareCash } from "#server/payments/compare-cash.ts";
import { cardCommands } from "./city-card-commands.ts";
import { type CityCommand, firstOf } from "./city-command.ts";
import { type Night, night, playNight } from "./city-nights.ts";
import { payoutCommands } from "./city-payout-commands.ts";
import { type CityClock, makeClock, settleTime } from "./city-time.ts";
import { verdictCommands } from "./city-verdict-commands.ts";
import { workCommands } from "./city-work-commands.ts";
import { type CityWorld, compareWorld, makeCityWorld } from "./city-world.ts";
import { type MoneyCity, startMoneyCity } from "./money-city.ts";
import { LONG, type Tally, totalOf } from "./tally.ts";

/** Worlds side by side in one city: its work is what they share, and its accounts for fees and cash. */
const WORLDS = LONG ? 6 : 3;
const COMMANDS_A_DAY = 40;
const DAYS = 12;
const WHOLE_EVERY = 1_000;
/** Sellers count as present for 90 seconds. What was begun by then is finished. */
const LONGEST_DAY_MS = 60_000;

type Day = { commands: CityCommand[][]; late: "oldest" | "newest"; night: Night };

const command = fc.oneof(...workCommands, ...verdictCommands, ...cardCommands, ...payoutCommands);
const slot = fc.array(command, { minLength: 4, maxLength: 4 }).map(firstOf);
const plan = fc.array(slot, { minLength: COMMANDS_A_DAY, maxLength: COMMANDS_A_DAY });
const day: fc.Arbitrary<Day> = fc.record({
  commands: fc.array(plan, { minLength: WORLDS, maxLength: WORLDS }),
  late: fc.constantFrom("oldest", "newest"),
  night,
});

/**
 * What happens in one city from its first day on. By day the worlds go about their business at the same time, and the clock
 * stands (nearly) still: nothing falls due. By night the clock moves, for all of them. After each command the world's
 * balances and invariants are compared, after each night everyone's, and the whole ledger every thousand moves.
 */
export const life: fc.Arbitrary<Day[]> = fc.array(day, { minLength: DAYS, maxLength: DAYS });

export type LifeOptions = { tally: Tally; edges: Map<string, number>; enough: () => boolean };

export async function live(days: Day[], { tally, edges, enough }: LifeOptions): Promise<void> {
  const city = await startMoneyCity({ settings: { auth: { sessionDays: 100_000 } } });
  const errors = hearErrors(city);
  try {
    const clock = makeClock(city);
    const worlds = await settle(city, clock, tally);
    let nextWhole = totalOf(tally.accepted) + WHOLE_EVERY;
    for (const [at, { commands, late, night }] of days.entries()) {
      if (enough()) break;
      await named(`day ${at + 1}`, async () => {
        await dawn(city, clock, worlds);
        await goAboutBusiness(worlds, commands, enough);
      });
      await named(`night ${at + 1}`, async () => {
        await city.idle();
        await city.deliver({ order: late });
        await playNight(city, clock, worlds, night);
        await settleTime(city, clock, worlds);
        for (const world of worlds) await compareWorld(world, "the night");
      });
      if (totalOf(tally.accepted) < nextWhole) continue;
      nextWhole = totalOf(tally.accepted) + WHOLE_EVERY;
      await checkWhole(city);
      console.log(`${totalOf(tally.accepted)} accepted moves by the end of day ${at + 1}, the whole ledger is right`);
    }
    await checkWhole(city);
    const cash = await compareCash(city.ctx());
    if (!cash.ok) throw new Error(`cash is not what Stripe has: ${JSON.stringify(cash)}`);
    const { problems } = await verifyChain(city.ctx());
    if (problems.length > 0) throw new Error(`the hash chain: ${problems.join("; ")}`);
    await addEdges(city, edges);
  } catch (error) {
    throw new Error([(error as Error).message, ...errors].join("\n"), { cause: error });
  } finally {
    await city.stop();
  }
}

/** The last errors that the city wrote into its log: what stands behind an answer of 500. */
function hearErrors(city: MoneyCity): string[] {
  const heard: string[] = [];
  const error = (...said: unknown[]) => {
    heard.push(inspect(said, { depth: 4 }).slice(0, 2_000));
    if (heard.length > 5) heard.shift();
  };
  Object.assign(city, { log: { ...city.log, error } });
  return heard;
}

async function settle(city: MoneyCity, clock: CityClock, tally: Tally): Promise<CityWorld[]> {
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  // Withdrawals never wait for the city's own money here.
  await city.stripe("POST", "/funds/add", { amount: 90_000_000 });
  const place = { city, operator, now: clock.now, tally };
  const worlds = await Promise.all(Array.from({ length: WORLDS }, () => makeCityWorld(place)));
  await city.deliver();
  return worlds;
}

/** Sellers come back each morning, whatever they missed the day before: this is about money, not about presence. */
async function dawn(city: MoneyCity, clock: CityClock, worlds: CityWorld[]): Promise<void> {
  await settleTime(city, clock, worlds);
  await city.database.pool.query(
    "update agent set last_seen_at = city_now(), availability = 'available', suspended_until = null",
  );
}

/** Every world does what it has planned, one thing after the other; the worlds at the same time. */
async function goAboutBusiness(worlds: CityWorld[], plans: CityCommand[][], enough: () => boolean): Promise<void> {
  const evening = Date.now() + LONGEST_DAY_MS;
  const days = worlds.map((world, at) =>
    named(`world ${at + 1}`, async () => {
      const plan = plans[at] ?? [];
      // On a slow machine the day ends early: predictions hold as long as nothing falls due.
      const inTime = (function* () {
        for (const next of plan) if (Date.now() < evening && !enough()) yield next;
      })();
      await fc.asyncModelRun(() => ({ model: world, real: world }), inTime);
    }),
  );
  const ended = await Promise.allSettled(days);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

async function named(what: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error) => {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });
}

async function checkWhole(city: MoneyCity): Promise<void> {
  const violations = await city.violations();
  if (violations.length > 0) throw new Error(`the whole ledger: ${JSON.stringify(violations)}`);
}

async function addEdges(city: MoneyCity, edges: Map<string, number>): Promise<void> {
  const { rows } = await city.database.pool.query<{ edge: string; n: number }>(`
    select f.kind || ' → ' || t.kind || ' ' || p.reason as edge, count(*)::int as n
    from ledger.posting p join ledger.account f on f.id = p.from_account join ledger.account t on t.id = p.to_account group by 1`);
  for (const { edge, n } of rows) edges.set(edge, (edges.get(edge) ?? 0) + n);
}
