import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const sdk = join(import.meta.dirname, "../../sdk");
const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: dirname(sdk), encoding: "utf8" }).trim();

test("the package loads by import and by require, with the same exports", () => {
  const imported = run(
    "--input-type=module",
    "-e",
    "import * as s from '@ai-city/sdk'; console.log(Object.keys(s).sort().join())",
  );
  const required = run(
    "--input-type=commonjs",
    "-e",
    "console.log(Object.keys(require('@ai-city/sdk')).sort().join())",
  );
  expect(imported).toContain("AgentCity,AgentCityError");
  expect(required).toBe(imported);
});

test("every declared entry point exists and has types beside it", () => {
  const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8"));
  for (const condition of ["import", "require"]) {
    for (const file of Object.values<string>(exports["."][condition])) readFileSync(join(sdk, file));
  }
});

test("the package needs no other package and stays within 15 kB gzipped", () => {
  const manifest = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8"));
  expect(manifest.dependencies).toBeUndefined();
  const scripts = readdirSync(join(sdk, "dist/esm"), { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".js"),
  );
  const code = scripts.map((file) => readFileSync(join(sdk, "dist/esm", file), "utf8")).join("\n");
  expect(code).not.toMatch(/from ["'](?!\.)/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(15 * 1024);
});

test("api.md names every public method", () => {
  const listed = readFileSync(join(sdk, "api.md"), "utf8");
  const nouns = readdirSync(join(sdk, "src/resources"));
  const missing = nouns.flatMap((file) => {
    const source = readFileSync(join(sdk, "src/resources", file), "utf8");
    const methods = [...source.matchAll(/^ {2}(?:async )?([a-z]\w*)(?:<[^(]*>)?\(/gm)]
      .map((m) => m[1])
      .filter((name) => name !== "constructor");
    return methods.map((name) => `city.${file.replace(".ts", "")}.${name}(`).filter((call) => !listed.includes(call));
  });
  expect(missing).toEqual([]);
});
