/** How many sandboxes one machine makes at a time, across restarts of its server. E2B's: `e2b.test.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { destroyEach } from "#server/ports/sandbox/destroy-each.ts";
import { startSandbox } from "#server/ports/sandbox/start.ts";
import { findTools } from "#server/tools.ts";

const dataDir = mkdtempSync(join(tmpdir(), "city-capacity-"));
const repos = { refusal: () => null, fetch: () => Promise.reject(new Error("No repository is fetched here.")) };
const source = { kind: "files" as const, files: [{ path: "a.txt", content: "one\n" }] };
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const present = (["bubblewrap", "virtual"] as const).filter((only) => only === "virtual" || findTools().bwrap !== null);

describe.each(present)("a machine for three sandboxes (%s)", (only) => {
  const start = async () => (await startSandbox({ dataDir, repos, only, maxSandboxes: 3 })).provider;
  const full = { code: "UNAVAILABLE", retryAfter: expect.any(Number) };

  it("makes three, and another only when one is gone; what failed takes no place", async () => {
    const city = await start();
    const ids = [newId(), newId(), newId(), newId(), newId()];
    const made = await Promise.allSettled(ids.map((id) => city.create({ id, source })));
    expect(made.map(({ status }) => status).sort()).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    const [first = "", ...others] = ids.filter((_, i) => made[i]?.status === "fulfilled");
    await expect(city.create({ id: newId(), source })).rejects.toMatchObject(full);
    expect(await city.create({ id: first, source })).toBe(await city.open(first));

    const restarted = await start();
    await restarted.sweep(new Set([first, ...others]));
    await expect(restarted.create({ id: newId(), source })).rejects.toMatchObject(full);
    await restarted.destroy(first);
    const repo = { kind: "repo" as const, url: "https://github.com/a/b" };
    await expect(restarted.create({ id: newId(), source: repo })).rejects.toThrow("No repository is fetched here.");
    await restarted.create({ id: newId(), source });
    await restarted.sweep(new Set());
  });
});

it("destroying many goes on after one that fails, and says so at the end", async () => {
  const destroyed: string[] = [];
  const destroy = async (id: string) => {
    if (id === "b") throw new Error("busy");
    destroyed.push(id);
  };
  await expect(destroyEach(["a", "b", "c"], destroy)).rejects.toMatchObject({ errors: [new Error("busy")] });
  expect(destroyed).toEqual(["a", "c"]);
  expect(await destroyEach(["a", "c"], destroy)).toEqual(["a", "c"]);
});
