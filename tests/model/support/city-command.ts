import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import type { Answer, CallOptions } from "#tests/support/city.ts";
import { type CityWorld, compareWorld, type ModelTask } from "./city-world.ts";
import { count } from "./tally.ts";

/** The model lives in the world, next to the city it is compared with. */
export type CityCommand = fc.AsyncCommand<CityWorld, CityWorld>;

/**
 * One thing someone does. `ready` says whether there is anything to do it to; `run` does it, checks the answer against the
 * model, waits for the money to arrive where it must, and changes the model. After it everything is compared.
 */
export function cityCommand(
  name: string,
  ready: (world: CityWorld) => boolean,
  run: (world: CityWorld) => Promise<void>,
): CityCommand {
  return {
    check: (world) => ready(world),
    run: async (_model, world) => {
      await run(world).catch((error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      });
      await compareWorld(world, name);
    },
    toString: () => name,
  };
}

/** The first of some commands there is something to do for: a drawn plan then wastes little. */
export function firstOf(commands: CityCommand[]): CityCommand {
  const find = (world: CityWorld) => commands.find((command) => command.check(world));
  return {
    check: (world) => find(world) !== undefined,
    run: async (model, world) => find(world)?.run(model, world),
    toString: () => commands.map(String).join(" or "),
  };
}

/**
 * Sends a request and holds its answer against what the model expects: a success, or one stable code. Requests that change
 * something carry a key, so that they can be sent again later.
 */
export async function request(
  world: CityWorld,
  name: string,
  expected: "ok" | string,
  call: { method: string; path: string } & CallOptions,
): Promise<Answer> {
  const { method, path, ...options } = call;
  const headers = { ...options.headers, "idempotency-key": randomUUID() };
  const send = () => world.city.call(method, path, { ...options, headers });
  const answer = await untilHeard(send);
  const outcome = answer.status < 300 ? "ok" : (answer.body.error?.code ?? String(answer.status));
  if (outcome !== expected) {
    throw new Error(`${name}: expected ${expected}, got ${outcome} ${JSON.stringify(answer.body).slice(0, 500)}`);
  }
  count(world.tally, name, outcome === "ok" ? null : outcome);
  if (outcome === "ok") {
    const again = async () => {
      const repeat = await send();
      const replayed = repeat.headers.get("idempotent-replayed") === "true";
      return { status: repeat.status, body: repeat.body, replayed };
    };
    world.keyed.push({ name, at: world.now(), again, status: answer.status, body: answer.body });
    if (world.keyed.length > 20) world.keyed.shift();
  }
  return answer;
}

/** A city that is too busy says so, and nothing has happened: the same request is sent again, as clients do. */
async function untilHeard(send: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await send();
    if (answer.body.error?.code !== "UNAVAILABLE" || tries === 10) return answer;
    await pause(500 * tries);
  }
}

export const always = () => true;
export const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
export const index = fc.nat(1_000);
export const times = (n: number, arbitrary: fc.Arbitrary<CityCommand>) => ({ weight: n, arbitrary });

export const some = (fits: (task: ModelTask) => boolean) => (world: CityWorld) => world.tasks.some(fits);
/** Nearly always a task the deed is for; now and then any, whose refusal must change nothing. */
export const choose = (world: CityWorld, at: number, fits: (task: ModelTask) => boolean) =>
  at % 12 === 0 ? pick(world.tasks, at) : pick(world.tasks.filter(fits), at);
/** Charged and not refunded. */
export const done = (task: ModelTask) => task.life === "over" && task.state === "charged";
/** With a dispute to be decided. */
export const open = (task: ModelTask) => done(task) && task.dispute?.open === true;
