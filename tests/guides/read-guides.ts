import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Guide, Sample } from "./sample.ts";
import { agentsReference } from "./samples/agents-reference.ts";
import { buyerGuide } from "./samples/buyer-guide.ts";
import { earningGuide } from "./samples/earning-guide.ts";

export const guides: readonly Guide[] = [buyerGuide, earningGuide, agentsReference];

/** Beside the repository; `GUIDES_DIR` for a checkout that lies elsewhere. */
const FOLDER = process.env.GUIDES_DIR ?? join(import.meta.dirname, "../../../shared/seeds");
export const guidesPresent = existsSync(FOLDER);
/** Where this is set, a run without the guides is no run. */
export const guidesRequired = process.env.CI === "true";

if (!guidesPresent) {
  console.warn(`\n*** THE GUIDES ARE NOT AT ${FOLDER}: THEIR SAMPLES ARE LEFT OUT OF THIS RUN ***\n`);
}

export type FoundSample = Sample & { guide: string; text: string };

/**
 * Every sample of a guide, cut out of its text by the checked-in boundaries.
 * @throws when one is not there, or is not what was checked in
 */
export function readGuide({ name, samples }: Guide): FoundSample[] {
  const text = readFileSync(join(FOLDER, `${name}.txt`), "utf8");
  let from = 0;
  return samples.map((sample) => {
    const what = `${name} ${sample.number} (${sample.title})`;
    const begin = text.indexOf(sample.begins, from);
    const end = begin < 0 ? -1 : text.indexOf(sample.ends, begin + sample.begins.length - sample.ends.length);
    if (begin < 0 || end < 0) throw new Error(`${what} is not in the guide any more.`);
    from = end + sample.ends.length;
    const found = text.slice(begin, from);
    const sha256 = createHash("sha256").update(found).digest("hex");
    if (sha256 !== sample.sha256) throw new Error(`${what} has changed; its SHA-256 is now ${sha256}.`);
    return { ...sample, guide: name, text: found };
  });
}

/** One sample, by guide and number. */
export function sampleOf(guide: Guide, number: number): FoundSample {
  const found = readGuide(guide).find((sample) => sample.number === number);
  if (!found) throw new Error(`${guide.name} has no sample ${number}.`);
  return found;
}
