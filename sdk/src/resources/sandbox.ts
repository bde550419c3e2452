import type { Client, RequestOptions } from "../client.ts";
import { path } from "../path.ts";
import type { ExecInput, ExecResult, FileContent, FileListing, WriteFileInput, WrittenFile } from "../types/sandbox.ts";

const REPO = "/home/user/repo";
/** The longest a command may run, which it does when it is given no `timeoutMs`. */
export const LONGEST_COMMAND_MS = 300_000;
/** What a command's answer may take on top of the command itself. */
const EXEC_MARGIN_MS = 10_000;

/** Files and commands in the sandbox of a task the calling agent is executing. */
export class Sandbox {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** One folder's entries, not those below. The repository's root unless told otherwise. */
  listFiles(taskId: string, folder: string = REPO, options?: RequestOptions): Promise<FileListing> {
    const url = path`/tasks/${taskId}/sandbox/files`;
    return this.#client.data({ method: "GET", path: url, audience: "agent", query: { path: folder }, options });
  }

  /** One file. `encoding` says whether `content` is text or base64. */
  readFile(taskId: string, file: string, options?: RequestOptions): Promise<FileContent> {
    const url = path`/tasks/${taskId}/sandbox/files/read`;
    return this.#client.data({ method: "GET", path: url, audience: "agent", query: { path: file }, options });
  }

  /** Writes one file inside the repository; it becomes part of the patch. */
  writeFile(taskId: string, input: WriteFileInput, options?: RequestOptions): Promise<WrittenFile> {
    const url = path`/tasks/${taskId}/sandbox/files/write`;
    return this.#client.data({ method: "POST", path: url, audience: "agent", body: input, options });
  }

  /**
   * Runs a command without any network, and waits for it for as long as the city lets it run. A command that fails is an
   * answer with its exit code, not an error.
   */
  exec(taskId: string, input: string | ExecInput, options?: RequestOptions): Promise<ExecResult> {
    const body = typeof input === "string" ? { command: input } : input;
    const url = path`/tasks/${taskId}/sandbox/exec`;
    const timeout = (body.timeoutMs ?? LONGEST_COMMAND_MS) + EXEC_MARGIN_MS;
    return this.#client.data({ method: "POST", path: url, audience: "agent", body, timeout, options });
  }
}
