import { join } from "node:path";
import pino from "pino";
import type { Config } from "./config.ts";
import type { Log } from "./kernel/log.ts";

export const logFile = ({ dataDir }: Pick<Config, "dataDir">) => join(dataDir, "city.log");

/** JSON lines to stdout in production; in local mode to a file beside the data, off the terminal. */
export function makeLog(config: Pick<Config, "logLevel" | "production" | "dataDir">): Log {
  const redact = ["token", "apiKey", "password", "secret", "authorization", "*.token", "*.apiKey", "*.password"];
  const options = { level: config.logLevel, redact };
  if (config.production) return pino(options);
  return pino(options, pino.destination({ dest: logFile(config), sync: true }));
}
