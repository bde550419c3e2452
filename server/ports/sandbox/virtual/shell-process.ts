/**
 * Program of the process that holds one virtual sandbox. The server starts it with Node's permission model: it may
 * read the project's code, write one folder, and start nothing. Arguments: snapshot file, bytes, files.
 */
import { posix } from "node:path";
import { Bash } from "just-bash";
import { CityError, isCityError, wrongField } from "../../../kernel/errors.ts";
import { type FileContent, type FileEntry, REPO_PATH, type WorkspaceDiff } from "../../sandbox.ts";
import { asText, MAX_READ_BYTES } from "../file-content.ts";
import { cutPatch, MAX_PATCH_BYTES } from "../patch.ts";
import { absoluteInRepo, wrongPath } from "../paths.ts";
import { patchOf } from "./git-patch.ts";
import type { Ask, Request, StoredFile } from "./protocol.ts";
import { readPack } from "./read-pack.ts";
import { readCommitFiles, type TreeFile } from "./read-tree.ts";
import { BoundedFiles } from "./virtual-files.ts";

const [snapshot = "", maxBytes = "0", maxFiles = "0"] = process.argv.slice(2);
const files = new BoundedFiles(Number(maxBytes), Number(maxFiles));
const shell = new Bash({ fs: files, cwd: REPO_PATH, env: { HOME: "/home/user", USER: "user", LANG: "C.UTF-8" } });
const ready = files.load(snapshot);

async function answer(ask: Ask): Promise<unknown> {
  await ready;
  switch (ask.do) {
    case "unpack": {
      const objects = readPack(Buffer.from(ask.pack), ask.limits.diskBytes);
      return readCommitFiles(objects, ask.commit, ask.limits.files);
    }
    case "lay out":
      return layOut(ask.files);
    case "list":
      return list(ask.path);
    case "read":
      return read(ask.path);
    case "write":
      return write(ask.path, ask.data);
    case "exec":
      return exec(ask);
    case "diff":
      return diff(ask.pristine);
  }
}

async function layOut(stored: readonly StoredFile[]): Promise<null> {
  await files.mkdir(REPO_PATH, { recursive: true });
  for (const { path, data, mode } of stored) {
    const absolute = absoluteInRepo(path);
    await files.mkdir(posix.dirname(absolute), { recursive: true });
    if (mode === "symlink") await files.symlink(Buffer.from(data).toString(), absolute);
    else await files.writeFile(absolute, data);
    if (mode === "program") await files.chmod(absolute, 0o755);
  }
  return null;
}

/** The real place of a path, which must lie in the repository. There are no other processes to race with. */
async function resolve(path: string, what: string): Promise<string> {
  const real = await files.realpath(absoluteInRepo(path)).catch(() => null);
  if (real === null) throw new CityError("FILE_NOT_FOUND", `There is no such ${what}.`);
  if (real !== REPO_PATH && !real.startsWith(`${REPO_PATH}/`)) {
    throw wrongPath(`The path leads out of ${REPO_PATH}.`);
  }
  return real;
}

async function list(path: string): Promise<FileEntry[]> {
  const folder = await resolve(path, "folder");
  if (!(await files.stat(folder)).isDirectory) throw wrongPath("The path is not a folder.");
  const entries = (await files.readdir(folder)).map(async (name): Promise<FileEntry> => {
    const stat = await files.lstat(posix.join(folder, name));
    const type = stat.isSymbolicLink ? "symlink" : stat.isDirectory ? "directory" : "file";
    return { name, type, sizeBytes: type === "file" ? stat.size : 0 };
  });
  return (await Promise.all(entries)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function read(path: string): Promise<FileContent> {
  const real = await resolve(path, "file");
  if (!(await files.stat(real)).isFile) throw wrongPath("The path is not a regular file.");
  const data = Buffer.from(await files.readFileBuffer(real));
  return {
    path: absoluteInRepo(path),
    sizeBytes: data.length,
    ...asText(data.subarray(0, MAX_READ_BYTES), data.length),
  };
}

/** Goes down folder by folder, so that a link on the way is judged before anything is made behind it. */
async function makeFolder(path: string): Promise<string> {
  let real = REPO_PATH;
  let walked = "";
  for (const part of path.split("/").filter((step) => step !== "")) {
    walked = posix.join(walked, part);
    if (await files.lstat(posix.join(real, part)).then(Boolean, () => false)) {
      real = await resolve(walked, "folder");
      if (!(await files.stat(real)).isDirectory) throw wrongPath("The path is not a folder.");
    } else {
      real = posix.join(real, part);
      await files.mkdir(real);
    }
  }
  return real;
}

async function write(path: string, data: Uint8Array): Promise<{ sizeBytes: number }> {
  const { dir, base } = posix.parse(path);
  const target = posix.join(await makeFolder(dir), base);
  const existing = await files.lstat(target).catch(() => null);
  if (existing?.isDirectory) throw wrongPath("The path is not a regular file.");
  if (existing?.isSymbolicLink) await files.rm(target);
  try {
    await files.writeFile(target, data);
  } catch {
    const full = "The sandbox is full.";
    throw wrongField("content", full, full);
  }
  return { sizeBytes: data.length };
}

async function exec({ command, cwd, timeoutMs, outputBytes }: Extract<Ask, { do: "exec" }>) {
  const started = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const run = await shell.exec(command, { cwd, signal });
  const cut = (text: string, kind?: "text" | "bytes") => {
    const bytes = Buffer.from(text, kind === "bytes" ? "latin1" : "utf8");
    return { text: bytes.subarray(0, outputBytes).toString(), truncated: bytes.length > outputBytes };
  };
  const [out, err] = [cut(run.stdout, run.stdoutKind), cut(run.stderr)];
  return {
    exitCode: signal.aborted ? 137 : run.exitCode,
    stdout: out.text,
    stderr: err.text,
    durationMs: Math.round(performance.now() - started),
    timedOut: signal.aborted,
    truncated: out.truncated || err.truncated,
  };
}

async function diff(pristine: readonly StoredFile[]): Promise<WorkspaceDiff> {
  const before = new Map(
    pristine.map((file): [string, TreeFile] => [file.path, { ...file, data: Buffer.from(file.data) }]),
  );
  const after = new Map<string, TreeFile>();
  for (const absolute of files.getAllPaths()) {
    const path = absolute.slice(REPO_PATH.length + 1);
    if (!absolute.startsWith(`${REPO_PATH}/`) || path.split("/").includes(".git")) continue;
    const stat = await files.lstat(absolute);
    if (stat.isDirectory) continue;
    if (stat.isSymbolicLink) {
      after.set(path, { path, mode: "symlink", data: Buffer.from(await files.readlink(absolute)) });
    } else {
      const mode = stat.mode & 0o100 ? "program" : "file";
      after.set(path, { path, mode, data: Buffer.from(await files.readFileBuffer(absolute)) });
    }
  }
  const createdPaths: string[] = [];
  const parts: string[] = [];
  let bytes = 0;
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const change = { path, before: before.get(path) ?? null, after: after.get(path) ?? null };
    if (change.before === null) createdPaths.push(path);
    const same =
      change.before?.mode === change.after?.mode && change.before?.data.equals(change.after?.data ?? NOTHING);
    if (same || bytes > MAX_PATCH_BYTES) continue;
    const part = patchOf(change);
    parts.push(part);
    bytes += Buffer.byteLength(part);
  }
  const { patch, truncated } = cutPatch(Buffer.from(parts.join("")), true);
  return { patch: patch.toString(), truncated, createdPaths };
}

const NOTHING = Buffer.alloc(0);

process.on("message", async ({ id, ask }: Request) => {
  try {
    const value = await answer(ask);
    if (files.changed) await files.save("/home/user", snapshot);
    process.send?.({ id, ok: true, value });
  } catch (error) {
    const { code, details } = isCityError(error) ? error : { code: "FAILED", details: undefined };
    process.send?.({ id, ok: false, code, message: error instanceof Error ? error.message : "unknown", details });
  }
});
process.on("disconnect", () => process.exit());
