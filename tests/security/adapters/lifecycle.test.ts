/** From one creation to the next: repeated, found again, lost, destroyed, and what is left then. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { groupIds } from "#server/ports/sandbox/bubblewrap/cgroups.ts";
import { inspectMachine } from "#server/ports/sandbox/bubblewrap/machine.ts";
import { startBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";
import { processesWith } from "../arena.ts";
import { eachAdapter, FILES, isRoot } from "./each-adapter.ts";

eachAdapter((at) => {
  it("repeated and concurrent creation under one id gives one sandbox; destroying twice is no error", async () => {
    const id = newId();
    const made = await Promise.all([1, 2, 3].map(() => at.city.create({ id, source: at.demo() })));
    expect(new Set(made).size).toBe(1);
    await made[0]?.writeFile("mine.txt", "kept");
    expect((await (await at.city.create({ id, source: at.demo() })).readFile("mine.txt")).content).toBe("kept");
    await at.city.destroy(id);
    await at.city.destroy(id);
    expect(await at.city.open(id)).toBeNull();
    await expect(made[0]?.readFile("mine.txt")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("another server on the same data folder finds it again, and its sweep removes what nobody owns", async () => {
    const [kept, orphan] = [newId(), newId()];
    await (await at.city.create({ id: kept, source: at.demo() })).exec("echo later > found.txt");
    await at.city.create({ id: orphan, source: at.demo() });
    const restarted = await at.remotes.start(at.name);
    const found = await restarted.open(kept);
    expect((await found?.readFile("found.txt"))?.content).toBe("later\n");
    expect((await found?.diff())?.createdPaths).toEqual(["found.txt"]);
    at.remotes.e2b.age(10 * 60_000);
    expect(await restarted.sweep(new Set([kept]))).toContain(orphan);
    expect(await restarted.open(orphan)).toBeNull();
    await restarted.destroy(kept);
  });

  it.runIf(at.name === "bubblewrap" && isRoot)(
    "one whose memory went is lost, and is made anew; a command that only says so is a command",
    async () => {
      const sandbox = await at.city.create({ id: newId(), source: at.demo() });
      const said = await sandbox.exec("echo 'bwrap: gone' >&2; exit 1");
      expect(said).toMatchObject({ exitCode: 1, stderr: "bwrap: gone\n" });
      expect(await at.city.open(sandbox.id)).toBe(sandbox);
      const [, box = ""] = new RegExp(`(\\S+/${sandbox.id}/box) `).exec(readFileSync("/proc/mounts", "utf8")) ?? [];
      execFileSync("/bin/umount", ["-l", box]);
      await expect(sandbox.readFile("README.md")).rejects.toMatchObject({ details: { reason: "sandbox_lost" } });
      expect(await at.city.open(sandbox.id)).toBeNull();
      const again = await at.city.create({ id: sandbox.id, source: at.demo() });
      expect((await again.readFile("README.md")).content).toBe(FILES["README.md"]);
    },
  );

  it("an id that could be a path is no id", async () => {
    for (const id of ["../x", "", "a/b", "A", "x".repeat(65)])
      await expect(at.city.open(id)).rejects.toMatchObject({ code: "SANDBOX_NOT_FOUND" });
  });

  it.runIf(at.name === "bubblewrap" && isRoot)(
    "nothing is left of destroyed sandboxes: no process, file, mount or control group",
    async () => {
      const dataDir = join(at.remotes.root, "leftovers");
      const machine = inspectMachine(dataDir);
      const repos = repoBroker({ allowedHosts: [], localRemotes: [at.remotes.gitUrl] });
      const city = await startBubblewrap({ dataDir, repos });
      if ("missing" in machine || "missing" in city) throw new Error("There is no bubblewrap.");
      const mark = `300.${Math.floor(Math.random() * 1e9)}`;
      for (let i = 0; i < 5; i++) {
        const sandbox = await city.create({ id: newId(), source: at.demo() });
        await sandbox.exec(`echo x > y; (setsid sleep ${mark} >/dev/null 2>&1 &)`);
        await city.destroy(sandbox.id);
      }
      await city.sweep(new Set());
      await expect.poll(() => processesWith(mark)).toEqual([]);
      expect(existsSync(machine.home)).toBe(false);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(machine.home);
      expect(machine.cgroups ? groupIds(machine.cgroups) : []).toEqual([]);
    },
  );
});
