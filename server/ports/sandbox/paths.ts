/** Rules for the paths that callers name, before anything is opened. What they lead to is checked on the open file. */
import { posix } from "node:path";
import { type CityError, wrongField } from "../../kernel/errors.ts";
import { REPO_PATH } from "../sandbox.ts";

const MAX_PATH = 1024;
const MAX_NAME = 255;
const CONTROL = /\p{Cc}/u;

/** A path that is refused, by the input's field that named it. */
export function wrongPath(problem: string, field = "path"): CityError {
  return wrongField(field, problem, problem);
}

/**
 * Turns a path of the API into one relative to the repository ("" is the repository itself).
 * @throws VALIDATION_ERROR for NUL and control characters, `..`, `~`, and absolute paths outside the repository.
 */
export function insideRepo(path: string, field = "path"): string {
  if (path.length > MAX_PATH) throw wrongPath(`The path is longer than ${MAX_PATH} characters.`, field);
  if (CONTROL.test(path)) throw wrongPath("The path contains a control character.", field);
  if (path.split("/").includes("..")) throw wrongPath("The path must not contain '..'.", field);
  const absolute = posix.normalize(path.startsWith("/") ? path : posix.join(REPO_PATH, path));
  const trimmed = absolute.length > 1 ? absolute.replace(/\/+$/, "") : absolute;
  if (trimmed !== REPO_PATH && !trimmed.startsWith(`${REPO_PATH}/`))
    throw wrongPath(`The path must lie in ${REPO_PATH}.`, field);
  const relative = trimmed.slice(REPO_PATH.length + 1);
  if (relative.split("/").some((name) => Buffer.byteLength(name) > MAX_NAME))
    throw wrongPath("A name in the path is too long.", field);
  return relative;
}

/** Absolute path inside the sandbox for one that `insideRepo` answered. */
export function absoluteInRepo(relative: string): string {
  return relative === "" ? REPO_PATH : `${REPO_PATH}/${relative}`;
}

/**
 * Checks the path of a file that a buyer hands in (`input.files`).
 * @throws VALIDATION_ERROR also for `.git` in any spelling that some file system takes for it.
 */
export function safeFilePath(path: string): string {
  if (path.startsWith("/") || path.includes("\\")) throw wrongPath("File paths must be relative and use '/'.");
  const relative = insideRepo(path);
  if (relative === "" || path.endsWith("/")) throw wrongPath("A file path must name a file.");
  for (const name of relative.split("/")) {
    if (/^(\.git|git~\d+)[. ]*$/i.test(name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, ""))) {
      throw wrongPath("A file path must not contain '.git'.");
    }
  }
  return relative;
}
