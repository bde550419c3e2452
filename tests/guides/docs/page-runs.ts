import { expect } from "vitest";
import { type Ran, type Running, start, startModule } from "../workspace.ts";
import { type DocSample, matchesPrinted } from "./read-samples.ts";
import type { World } from "./world.ts";

/** Runs samples as the page prints them, and holds what they print against the page. */
export type Runner = {
  world: World;
  /** To its end; what it printed. */
  run(name: string, env: Record<string, string>): Promise<string>;
  /** One that does not end by itself; stop it. */
  begin(name: string, env: Record<string, string>): Running;
  /** Waits until a begun one has printed what the page says. */
  printed(name: string, running: Running): Promise<void>;
};

/** How the samples of one page are run, in this order: each with what its reader has at hand by then. */
export type PageRuns = {
  /** TypeScript in front of a sample: the clients and things that the page speaks of. */
  given: Record<string, string>;
  /** A test for one sample or for several that belong together. */
  tests: { samples: string[]; guarantee: string; test(runner: Runner): Promise<void> }[];
  /** Samples that are only type-checked, each with the reason. */
  notRun: Record<string, string>;
};

const SDK = 'import * as sdk from "@ai-city/sdk";\n';
/** Named apart, so that a sample may import what it likes. */
export const asAgent = "const city = new sdk.AgentCity({ apiKey: process.env.AICITY_API_KEY });\n";
export const asOwner = "const owner = new sdk.AgentCity({ ownerToken: process.env.OWNER_TOKEN });\n";
export const withTask = `${asAgent}const task = { id: process.env.TASK_ID ?? "" };\n`;
export const withAgentId = 'const agentId = process.env.AGENT_ID ?? "";\n';
/** Your own work: the reader's. Ours says true things about the repository of the tests. */
export const withReview = 'const review = (..._seen: string[]): string => process.env.REVIEW ?? "";\n';

/** A module that can be checked and run. */
export function moduleOf(sample: DocSample, runs: PageRuns): string {
  return `${SDK}${runs.given[sample.name] ?? ""}${sample.text}\nexport { sdk as _sdk };\n`;
}

/** `note` hears the name of each sample that is started. */
export function makeRunner(
  world: World,
  slug: string,
  samples: DocSample[],
  runs: PageRuns,
  note: (name: string) => unknown,
): Runner {
  const find = (name: string): DocSample => {
    const sample = samples.find((candidate) => candidate.name === name);
    if (!sample) throw new Error(`${slug} has no sample ${name}.`);
    return sample;
  };
  const begin: Runner["begin"] = (name, given) => {
    const sample = find(name);
    note(name);
    const env = { AICITY_BASE_URL: world.city.url, ...given };
    if (sample.language === "sh") return start("bash", ["-c", sample.text], { cwd: world.workspace.folder, env });
    return startModule(world.workspace, `docs-${slug}-${name}`, moduleOf(sample, runs), env);
  };
  return {
    world,
    begin,
    async run(name, env) {
      const ran: Ran = await begin(name, env).done;
      if (ran.code !== 0) throw new Error(`${slug}/${name} ended with ${ran.code}: ${ran.stderr || ran.stdout}`);
      const { prints } = find(name);
      if (prints !== null && !matchesPrinted(ran.stdout, prints)) expect(ran.stdout).toBe(prints);
      return ran.stdout;
    },
    async printed(name, running) {
      const prints = find(name).prints ?? "";
      await expect.poll(() => matchesPrinted(running.stdout(), prints), { timeout: 20_000 }).toBe(true);
    },
  };
}
