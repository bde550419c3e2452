import type { PristineTree } from "../../server/ports/sandbox.ts";
import type { Random } from "./random.ts";

const DIRECTORIES = [
  "src",
  "lib",
  "app",
  "server",
  "client",
  "packages/core",
  "packages/ui",
  "internal",
  "cmd",
  "tests",
  "docs",
  "scripts",
  ".github/workflows",
  "app/(auth)",
  "pages/[id]",
  "config",
  "db/migrations",
  "web/static",
];
const INNER = [
  "auth",
  "billing",
  "http",
  "models",
  "views",
  "queue",
  "cache",
  "search",
  "users",
  "orders",
  "reports",
  "i18n",
  "common",
  "parser",
];
const NOUNS = [
  "session",
  "invoice",
  "router",
  "handler",
  "worker",
  "index",
  "schema",
  "client",
  "token",
  "report",
  "loader",
  "writer",
  "store",
  "event",
  "policy",
  "limit",
  "digest",
  "tenant",
  "ledger",
  "batch",
];
const VERBS = ["create", "load", "merge", "check", "parse", "render", "send", "split", "trace", "bind"];
const ENDINGS = [
  "ts",
  "tsx",
  "js",
  "py",
  "go",
  "rs",
  "java",
  "rb",
  "css",
  "md",
  "yml",
  "json",
  "sql",
  "vue",
  "kt",
  "test.ts",
  "spec.js",
  "d.ts",
  "sh",
  "toml",
];

export type SyntheticRepo = { tree: PristineTree; texts: Map<string, string>; paths: string[] };

/** A repository that never was: plausible names, plausible code, sizes between one line and a few hundred. */
export function makeRepo(random: Random, size: number): SyntheticRepo {
  const texts = new Map<string, string>([
    ["README.md", "# Demo\n\nA demo.\n"],
    ["package.json", '{\n  "name": "demo"\n}\n'],
    ["Makefile", "all:\n\tgo build\n"],
    ["Dockerfile", "FROM node:24\nCOPY . .\n"],
  ]);
  while (texts.size < size) {
    const middle = random.next() < 0.6 ? `${random.pick(INNER)}/` : "";
    const joint = random.pick(["", "-", "_"]);
    const name = `${random.pick(VERBS)}${joint}${random.pick(NOUNS)}${random.next() < 0.3 ? random.int(40) : ""}`;
    const path = `${random.pick(DIRECTORIES)}/${middle}${name}.${random.pick(ENDINGS)}`;
    if (!texts.has(path)) texts.set(path, makeText(random, 1 + random.int(120)));
  }
  return { tree: treeOf(texts), texts, paths: [...texts.keys()] };
}

function makeText(random: Random, lines: number): string {
  const out: string[] = [];
  for (let i = 0; i < lines; i++) {
    out.push(
      `  const ${random.pick(NOUNS)}${i} = ${random.pick(VERBS)}${random.pick(NOUNS)}(${random.pick(NOUNS)}, ${random.int(900)});`,
    );
  }
  return `${out.join("\n")}\n`;
}

/** Texts as the gate sees a repository. */
export function treeOf(texts: ReadonlyMap<string, string>): PristineTree {
  const paths = new Map(
    [...texts].map(([path, text]) => [path, { bytes: Buffer.byteLength(text), lines: lineCount(text) }] as const),
  );
  return { paths, readText: async (path) => texts.get(path) ?? null };
}

function lineCount(text: string): number {
  if (text === "") return 0;
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
