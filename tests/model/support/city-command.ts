import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Answer, CallOptions } from "#tests/support/city.ts";
import { type CityWorld, compareWorld, now, settleTime } from "./city-world.ts";
import { count } from "./tally.ts";

type Model = Record<string, never>;
export type CityCommand = fc.AsyncCommand<Model, CityWorld>;

/**
 * One thing someone does. `ready` says whether there is anything to do it to; `run` does it, checks the answer against the
 * model and changes the model. Around it: time is made quiet before, and everything is compared after.
 */
export function cityCommand(
  name: string,
  ready: (world: CityWorld) => boolean,
  run: (world: CityWorld) => Promise<void>,
): CityCommand {
  return {
    check: () => true,
    run: async (_model, world) => {
      if (!ready(world)) return;
      await settleTime(world);
      if (!ready(world)) return;
      await run(world);
      await settleTime(world);
      await compareWorld(world, name);
    },
    toString: () => name,
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
  const answer = await send();
  const outcome = answer.status < 300 ? "ok" : (answer.body.error?.code ?? String(answer.status));
  if (outcome !== expected) {
    throw new Error(`${name}: expected ${expected}, got ${outcome} ${JSON.stringify(answer.body).slice(0, 500)}`);
  }
  count(world.tally, name, outcome === "ok" ? null : outcome);
  if (outcome === "ok") {
    const again = async () => {
      const repeat = await send();
      return {
        status: repeat.status,
        body: repeat.body,
        replayed: repeat.headers.get("idempotent-replayed") === "true",
      };
    };
    world.keyed.push({ name, at: await now(world), again, status: answer.status, body: answer.body });
    if (world.keyed.length > 20) world.keyed.shift();
  }
  return answer;
}

export const always = () => true;
export const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
export const index = fc.nat(1_000);
export const times = (n: number, arbitrary: fc.Arbitrary<CityCommand>) => Array.from({ length: n }, () => arbitrary);
