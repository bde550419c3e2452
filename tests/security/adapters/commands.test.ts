/** What a command is told, and that it ends with its sandbox. */
import { expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { eachAdapter, FILES } from "./each-adapter.ts";

eachAdapter((at) => {
  it("runs commands with exit code, both streams, folder and time limit", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    const run = await sandbox.exec("pwd; echo wrong >&2; exit 3", { cwd: "src" });
    expect(run).toMatchObject({
      exitCode: 3,
      stdout: "/home/user/repo/src\n",
      stderr: "wrong\n",
      timedOut: false,
      truncated: false,
    });
    expect(await sandbox.exec("sleep 60", { timeoutMs: 300 })).toMatchObject({ timedOut: true, exitCode: 137 });
    const loud = await sandbox.exec("seq 1 100000");
    expect(loud.truncated).toBe(true);
    expect(loud.stdout.length).toBeLessThanOrEqual(256 * 1024);
  });

  it("destroying ends a command that still runs", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    const running = sandbox.exec("sleep 60").then(
      (run) => run.exitCode,
      (error) => error.code,
    );
    await at.city.destroy(sandbox.id);
    expect(["UNAVAILABLE", 137]).toContain(await running);
  });

  it("closing ends commands and lets none begin; what is there can still be read", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    await sandbox.exec("echo mine > mine.txt");
    const running = sandbox.exec("echo said; sleep 60");
    // Time enough to be on its way; on some adapters anything asked of the sandbox would wait for it.
    await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    expect(await running).toMatchObject({ exitCode: 137, stdout: "", timedOut: false });
    await expect(sandbox.exec("true")).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await sandbox.diff()).createdPaths).toEqual(["mine.txt"]);
    expect(await (await sandbox.pristine()).readText("src/main.ts")).toBe(FILES["src/main.ts"]);
    await sandbox.reopen();
    expect((await sandbox.exec("cat mine.txt")).stdout).toBe("mine\n");
    await at.city.destroy(sandbox.id);
  });
});
