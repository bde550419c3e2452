import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Together } from "#server/ports/sandbox/bubblewrap/together.ts";

const folder = mkdtempSync(join(tmpdir(), "city-together-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.runIf(process.platform === "linux")(
  "programs asked for together share a shell, each with its own outcome and its words taken literally",
  async () => {
    const programs = new Together();
    const note = (name: string) => programs.run("sh", "-c", 'echo $PPID > "$1"', "sh", join(folder, name));
    const hostile = "it's $(id) `id` ; exit 9\n";
    const outcomes = await Promise.allSettled([
      note("first"),
      note("a"),
      programs.run("sh", "-c", "echo said >&2; exit 3"),
      programs.run("sh", "-c", 'printf %s "$1" > "$2"', "sh", hostile, join(folder, "words")),
      note("b"),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(String((outcomes[2] as PromiseRejectedResult).reason)).toMatch(/exit 3.* ended with 3: said/);
    const shell = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(shell("a")).toBe(shell("b"));
    expect(shell("words")).toBe(hostile);
    // Nothing is left undone, and the next one starts anew.
    await note("later");
    expect(shell("later")).not.toBe(shell("a"));
  },
);
