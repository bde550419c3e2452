/** What the server asks of the process that holds a virtual sandbox, and what it answers. */
import type { ExecResult, FileContent, FileEntry, SandboxLimits, WorkspaceDiff } from "../../sandbox.ts";

/** A pristine file as it goes over the channel. */
export type StoredFile = {
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode: "file" | "program" | "symlink";
};

export type Ask =
  | { readonly do: "unpack"; readonly pack: Uint8Array; readonly commit: string; readonly limits: SandboxLimits }
  | { readonly do: "lay out"; readonly files: readonly StoredFile[] }
  | { readonly do: "list"; readonly path: string }
  | { readonly do: "read"; readonly path: string }
  | { readonly do: "write"; readonly path: string; readonly data: Uint8Array }
  | {
      readonly do: "exec";
      readonly command: string;
      readonly cwd: string;
      readonly timeoutMs: number;
      readonly outputBytes: number;
    }
  | { readonly do: "diff"; readonly pristine: readonly StoredFile[] };

export type Answers = {
  unpack: StoredFile[];
  "lay out": null;
  list: FileEntry[];
  read: FileContent;
  write: { sizeBytes: number };
  exec: ExecResult;
  diff: WorkspaceDiff;
};

export type Request = { readonly id: number; readonly ask: Ask };

/** `code` is one of our error codes when the refusal is meant for the caller. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly details?: Details;
    };

/** Those of a CityError. */
type Details = Readonly<Record<string, unknown>>;
