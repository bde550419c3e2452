/** What the small reader inside a seal printed, as the port's values and errors. */
import { CityError } from "../../../kernel/errors.ts";
import { type FileContent, type FileEntry, REPO_PATH } from "../../sandbox.ts";
import { asText } from "../file-content.ts";
import { wrongPath } from "../paths.ts";
import { NO_SPACE, NOT_FOLDER, NOT_FOUND, NOT_REGULAR, OUTSIDE } from "./file-scripts.ts";

/** The shell's own exit code when it cannot open what a script names. */
const SHELL_ERROR = 2;

type ReaderRun = { readonly exitCode: number; readonly stderr: Buffer };

/** @throws what a reader's exit code means: FILE_NOT_FOUND, VALIDATION_ERROR with the reason, or UNAVAILABLE. */
export function checkReader(run: ReaderRun, what: "file" | "folder"): void {
  if (run.exitCode === 0) return;
  if (run.exitCode === NOT_FOUND) throw new CityError("FILE_NOT_FOUND", `There is no such ${what}.`);
  const reasons: Readonly<Record<number, string>> = {
    [OUTSIDE]: `The path leads out of ${REPO_PATH}.`,
    [NOT_REGULAR]: "The path is not a regular file.",
    [NOT_FOLDER]: "The path is not a folder.",
    [SHELL_ERROR]: `The ${what} cannot be opened.`,
    [NO_SPACE]: "The sandbox is full.",
  };
  const reason = reasons[run.exitCode];
  if (reason !== undefined) throw wrongPath(reason, run.exitCode === NO_SPACE ? "content" : "path");
  const log = { exitCode: run.exitCode, stderr: run.stderr.toString().slice(0, 500) };
  throw new CityError("UNAVAILABLE", `The ${what} could not be reached in time.`, { log });
}

/** The entries that the list script printed, by name. A list that was cut off ends inside an entry, which is dropped. */
export function readEntries(stdout: Buffer): FileEntry[] {
  const types: Readonly<Record<string, FileEntry["type"]>> = { f: "file", d: "directory", l: "symlink" };
  const entries = stdout.toString().split("\0").slice(0, -1);
  return entries
    .map((entry): FileEntry => {
      const [type = "", size, ...name] = entry.split("\t");
      return { name: name.join("\t"), type: types[type] ?? "other", sizeBytes: type === "f" ? Number(size) : 0 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The file that the read script printed: its size, a newline, its first bytes. */
export function readContent(path: string, stdout: Buffer): FileContent {
  const end = stdout.indexOf("\n");
  const sizeBytes = Number(stdout.subarray(0, end).toString());
  return { path, sizeBytes, ...asText(stdout.subarray(end + 1), sizeBytes) };
}

/** What the diff script printed: the created paths, each with a NUL, one more NUL, and the patch. */
export function readDiff(stdout: Buffer): { createdPaths: string[]; patch: Buffer } {
  const start = stdout[0] === 0 ? 1 : stdout.indexOf("\0\0") + 2;
  const names = stdout.subarray(0, Math.max(0, start - 2)).toString();
  return { createdPaths: names === "" ? [] : names.split("\0"), patch: stdout.subarray(start) };
}
