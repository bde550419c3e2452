/**
 * What a sandbox adapter promises is checked on each that this machine has: one that is added meets all of it. Every
 * file beside this one holds a part of the promises.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe } from "vitest";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { localRemote } from "#server/ports/repo-fetch/local-remote.ts";
import { startSandbox } from "#server/ports/sandbox/start.ts";
import type { SandboxName, SandboxProvider, SandboxSpec } from "#server/ports/sandbox.ts";
import { findTools } from "#server/tools.ts";
import { E2bStandIn } from "#tests/support/e2b/stand-in.ts";
import { HostileRemote } from "../hostile-remote.ts";

/** The demo repository. */
export const FILES = {
  "README.md": "# Demo\nno newline at the end",
  "src/main.ts": "export const answer = 42;\nconsole.log(answer);\n",
  "src/deep/er/x.txt": "x\n",
};

export const isRoot = process.getuid?.() === 0;

const onThisMachine: Record<SandboxName, boolean> = {
  bubblewrap: findTools().bwrap !== null,
  virtual: true,
  // The machines that stand in for E2B's need root here; E2B's own do not.
  e2b: process.platform === "linux" && isRoot,
};
const adapters = (Object.keys(onThisMachine) as SandboxName[]).filter((name) => onThisMachine[name]);

export type Adapter = {
  readonly name: SandboxName;
  /** There when the first test begins, as are the remotes. */
  readonly city: SandboxProvider;
  readonly remotes: Remotes;
  /** The demo repository, to make a sandbox of. */
  demo(ref?: string): SandboxSpec["source"];
};
type Remotes = Awaited<ReturnType<typeof openRemotes>>;

/** Checks these promises on each adapter, all against one set of remotes. */
export function eachAdapter(promises: (at: Adapter) => void): void {
  let remotes: Remotes;
  beforeAll(async () => {
    remotes = await openRemotes();
  });
  afterAll(() => remotes?.close());

  describe.each(adapters)("%s", (name) => {
    let city: SandboxProvider;
    beforeAll(async () => {
      city = await remotes.start(name);
    });
    afterAll(async () => {
      await city?.sweep(new Set());
    });
    promises({
      name,
      get city() {
        return city;
      },
      get remotes() {
        return remotes;
      },
      demo: (ref) => ({ kind: "repo", url: `${remotes.gitUrl}demo.git`, ...(ref && { ref }) }),
    });
  });
}

/** Where sandboxes get their content from, and what they are made on: all local, and one of them hostile. */
async function openRemotes() {
  const root = mkdtempSync(join(tmpdir(), "city-adapters-"));
  const [hostile, e2b] = [new HostileRemote(), new E2bStandIn()];
  const commit = await makeBareRepo(join(root, "git", "demo.git"), FILES, { tags: ["v1"] });
  const server = serve({ fetch: localRemote(join(root, "git")), port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const gitUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/git/`;
  const [hostileUrl, e2bUrl] = [await hostile.listen(), await e2b.listen()];
  return {
    root,
    commit,
    gitUrl,
    hostile,
    hostileUrl,
    e2b,
    /** A server's provider; the next one on the same data folder when called again. */
    async start(only: SandboxName): Promise<SandboxProvider> {
      const repos = repoBroker({ allowedHosts: ["github.com"], localRemotes: [gitUrl, hostileUrl] });
      const account = { apiKey: e2b.apiKey, template: "base", apiUrl: e2bUrl, sandboxUrl: e2bUrl };
      const options = { dataDir: join(root, only), repos, only, e2b: { account, city: only } };
      return (await startSandbox(options)).provider;
    },
    async close() {
      await e2b.close();
      server.close();
      hostile.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
