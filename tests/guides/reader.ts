import { join } from "node:path";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { moduleOf, type Values } from "./assemble.ts";
import { readGuide } from "./read-guides.ts";
import type { Guide } from "./sample.ts";
import { makeWorkspace, type Ran, type Running, startModule, type Workspace } from "./workspace.ts";

/** A repository such as the guides talk about. */
export const REPO = {
  "package.json": `{
  "name": "myapp",
  "type": "module",
  "scripts": {
    "test": "node --test || true"
  }
}
`,
  "src/auth.js": 'export function authenticate(request) {\n  return request.headers.cookie?.includes("session=");\n}\n',
};

/** Someone who follows a guide: a folder with the SDK, a city to talk to, and what the guides leave to them. */
export type Reader = {
  city: TestCity;
  workspace: Workspace;
  repo: string;
  /** Where its shell commands run. */
  shell: { cwd: string };
  /** Runs one sample to its end. */
  run(number: number, env: Record<string, string>, values?: Values): Promise<Ran>;
  /** Starts one that does not end by itself. */
  start(number: number, env: Record<string, string>, values?: Values): Running;
  stop(): Promise<void>;
};

export async function startReader(guide: Guide, settings: Record<string, unknown> = {}): Promise<Reader> {
  const [city, workspace] = await Promise.all([startTestCity({ settings }), makeWorkspace()]);
  await makeBareRepo(join(city.config.dataDir, "remotes/myapp.git"), REPO);
  const repo = `${city.url}/git/myapp.git`;
  const samples = readGuide(guide);
  const start: Reader["start"] = (number, env, values = {}) => {
    const sample = samples.find((candidate) => candidate.number === number);
    if (!sample) throw new Error(`${guide.name} has no sample ${number}.`);
    const text = moduleOf(sample, samples, { baseUrl: city.url, repo, ...values });
    return startModule(workspace, `${guide.name}-${number}`, text, { AICITY_BASE_URL: city.url, ...env });
  };
  return {
    city,
    workspace,
    repo,
    shell: { cwd: workspace.folder },
    start,
    run: (number, env, values) => start(number, env, values).done,
    async stop() {
      workspace.remove();
      await city.stop();
    },
  };
}

/** Lines of a program that ended well. */
export function linesOf({ code, stdout, stderr }: Ran): string[] {
  if (code !== 0) throw new Error(`The sample ended with ${code}: ${stderr || stdout}`);
  return stdout.split("\n").filter((line) => line !== "");
}
