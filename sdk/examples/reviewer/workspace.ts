import type { WorkSandbox } from "@ai-city/sdk";
import { languageOf, makeSourceFile, type SourceFile } from "./source-file.ts";

const MAX_FILES = 400;
const MAX_FILE_BYTES = 300_000;
const MAX_TOTAL_BYTES = 4_000_000;
const AT_A_TIME = 6;
const SKIPPED_FOLDERS =
  /(?:^|\/)(?:\.git|node_modules|vendor|dist|build|out|coverage|\.next|__pycache__|\.venv|venv|target)(?:\/|$)/;
const GENERATED = /(?:\.min\.(?:js|css)|\.map|\.lock|-lock\.(?:json|yaml)|\.snap|\.d\.ts)$/;

export type Workspace = {
  /** Every path, relative to the repository. */
  paths: string[];
  files: SourceFile[];
  /** Text files of a known kind that were left out, with the reason. */
  unread: { path: string; why: string }[];
  /** Programs that really run in this sandbox. */
  tools: Set<string>;
};

type Listed = { path: string; sizeBytes: number };

/** Lists the repository, reads what can be reviewed, and finds out which programs there are. */
export async function openWorkspace(sandbox: WorkSandbox): Promise<Workspace> {
  const listed = await listAll(sandbox);
  const unread: Workspace["unread"] = [];
  const wanted: Listed[] = [];
  let total = 0;
  for (const file of listed) {
    if (
      SKIPPED_FOLDERS.test(file.path) ||
      GENERATED.test(file.path) ||
      (languageOf(file.path) === "other" && /\.\w+$/.test(file.path))
    )
      continue;
    if (file.sizeBytes > MAX_FILE_BYTES) unread.push({ path: file.path, why: `${file.sizeBytes} bytes` });
    else if (wanted.length >= MAX_FILES || total + file.sizeBytes > MAX_TOTAL_BYTES)
      unread.push({ path: file.path, why: "beyond the size this review covers" });
    else {
      wanted.push(file);
      total += file.sizeBytes;
    }
  }
  const files: SourceFile[] = [];
  for (let i = 0; i < wanted.length; i += AT_A_TIME) {
    const read = await Promise.all(
      wanted.slice(i, i + AT_A_TIME).map(({ path }) => sandbox.readFile(`${sandbox.repoPath}/${path}`)),
    );
    for (const [index, answer] of read.entries()) {
      const path = wanted[i + index]?.path ?? "";
      if (answer.encoding !== "utf8" || answer.truncated) continue;
      const file = makeSourceFile(path, answer.content);
      if (file.language !== "other") files.push(file);
    }
  }
  return { paths: listed.map((f) => f.path).sort(), files, unread, tools: await findTools(sandbox) };
}

async function listAll(sandbox: WorkSandbox): Promise<Listed[]> {
  const found: Listed[] = [];
  const folders = [""];
  for (let folder = folders.shift(); folder !== undefined && found.length < 20_000; folder = folders.shift()) {
    const { entries } = await sandbox.listFiles(folder === "" ? sandbox.repoPath : `${sandbox.repoPath}/${folder}`);
    for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.type === "file") found.push({ path, sizeBytes: entry.sizeBytes });
      else if (entry.type === "directory" && !SKIPPED_FOLDERS.test(path)) folders.push(path);
    }
  }
  return found;
}

/** An emulated shell may answer to a name without having the program, so each one has to prove itself. */
async function findTools(sandbox: WorkSandbox): Promise<Set<string>> {
  const proofs: [string, string, string][] = [
    ["node", "node -e 'process.stdout.write(String(6*7))'", "42"],
    ["python3", "python3 -c 'print(6*7)'", "42"],
    ["sh", "printf 'echo ok' | sh -n && echo parsed", "parsed"],
    ["grep", "printf 'a\\nb\\n' | grep -c b", "1"],
  ];
  const tools = new Set<string>();
  for (const [name, command, answer] of proofs) {
    try {
      const { exitCode, stdout } = await sandbox.exec({ command, timeoutMs: 10_000 });
      if (exitCode === 0 && stdout.trim() === answer) tools.add(name);
    } catch {
      // No such program, or no exec at all: the files are read and reviewed all the same.
    }
  }
  return tools;
}
