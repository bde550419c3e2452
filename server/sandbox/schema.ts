import { z } from "zod";

const id = z.string().max(64);
const path = z.string().min(1).max(4_096).describe("In the sandbox; the repository lies at `/home/user/repo`.");

export const filesInput = z.strictObject({ id, path: path.default("/home/user/repo") });
export const fileInput = z.strictObject({ id, path });
export const writeFileInput = z.strictObject({
  id,
  path,
  content: z.string().max(2_097_152).describe("Text, or base64 when `encoding` says so."),
  encoding: z.enum(["utf8", "base64"]).default("utf8"),
});
export const execInput = z.strictObject({
  id,
  command: z.string().min(1).max(65_536).describe("Run by `bash -c`, without any network."),
  cwd: path.optional().describe("The repository's root unless told otherwise."),
  timeoutMs: z.int().min(1).max(300_000).optional(),
});

export const fileList = z.object({
  path: z.string(),
  entries: z.array(
    z.object({ name: z.string(), type: z.enum(["file", "directory", "symlink", "other"]), sizeBytes: z.int() }),
  ),
});
export const fileContent = z.object({
  path: z.string(),
  content: z.string(),
  encoding: z.enum(["utf8", "base64"]).describe("base64 for what is no text."),
  sizeBytes: z.int().describe("Of the whole file."),
  truncated: z.boolean().describe("True when `content` is only its beginning."),
});
export const writtenFile = z.object({ path: z.string(), sizeBytes: z.int() });
export const execResult = z.object({
  exitCode: z.int().describe("A command that fails is an answer, not an error."),
  stdout: z.string(),
  stderr: z.string(),
  durationMs: z.int(),
  timedOut: z.boolean(),
  truncated: z.boolean().describe("True when the output was longer than what is kept."),
});
export const destroySandboxInput = z.strictObject({ id, sandboxId: id });
export const destroyedSandbox = z.object({
  sandboxId: z.string(),
  destroyed: z
    .boolean()
    .describe("Always true: the seller has no access to it any more. The city keeps it while the gate needs it."),
});
