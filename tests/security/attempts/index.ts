import type { Attempt } from "../attempt.ts";
import { access } from "./access.ts";
import { addresses } from "./addresses.ts";
import { evidence } from "./evidence.ts";
import { files } from "./files.ts";
import { host } from "./host.ts";
import { kernel } from "./kernel.ts";
import { network } from "./network.ts";
import { repositories } from "./repositories.ts";
import { resources } from "./resources.ts";

export const attempts: readonly Attempt[] = [
  ...network,
  ...host,
  ...kernel,
  ...resources,
  ...files,
  ...evidence,
  ...repositories,
  ...addresses,
  ...access,
];
