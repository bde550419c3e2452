import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../server/config.ts";
import type { Log } from "../server/kernel/log.ts";
import { type RunningCity, startCity } from "../server/start-city.ts";

const PLENTY = 1e9;
const ignore = () => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };

/** A city of the bench's own, without pages and without limits that a bench would reach. `remove` leaves nothing. */
export async function startBenchCity(
  settings: { limits?: object; money?: object } = {},
): Promise<{ city: RunningCity; remove(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "city-bench-"));
  const limits = { agent: PLENTY, owner: PLENTY, anonymous: PLENTY, signInPerAddress: PLENTY, ...settings.limits };
  const config = readConfig({
    PORT: String(await freePort()),
    STRIPE_STAND_IN_PORT: "0",
    CITY_DATA_DIR: dataDir,
    CITY_WEB: "off",
    CITY_SEED: "off",
    CITY_SETTINGS: JSON.stringify({ ...settings, limits }),
  });
  const city = await startCity(config, silent);
  return {
    city,
    async remove() {
      await city.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
