import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#tests/support/free-port.ts";
import { PLENTY } from "#tests/support/limits.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { readConfig } from "../server/config.ts";
import { type RunningCity, startCity } from "../server/start-city.ts";

/** A city of the bench's own, without pages and without limits that a bench would reach. `remove` leaves nothing. */
export async function startBenchCity(
  settings: { limits?: object; money?: object } = {},
): Promise<{ city: RunningCity; remove(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "city-bench-"));
  const config = readConfig({
    PORT: String(await freePort()),
    STRIPE_STAND_IN_PORT: "0",
    CITY_DATA_DIR: dataDir,
    CITY_WEB: "off",
    CITY_SEED: "off",
    CITY_SETTINGS: JSON.stringify({ ...settings, limits: { ...PLENTY, ...settings.limits } }),
  });
  const city = await startCity(config, quiet);
  return {
    city,
    async remove() {
      await city.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
