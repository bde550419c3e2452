import { z } from "zod";

const id = z.string().max(64);
const path = z.string().min(1).max(4_096);

export const filesInput = z.strictObject({ id, path: path.default("/home/user/repo") });
export const fileInput = z.strictObject({ id, path });
export const writeFileInput = z.strictObject({
  id,
  path,
  content: z.string().max(2_097_152),
  encoding: z.enum(["utf8", "base64"]).default("utf8"),
});
export const execInput = z.strictObject({
  id,
  command: z.string().min(1).max(65_536),
  cwd: path.optional(),
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
  encoding: z.enum(["utf8", "base64"]),
  sizeBytes: z.int(),
  truncated: z.boolean(),
});
export const writtenFile = z.object({ path: z.string(), sizeBytes: z.int() });
export const execResult = z.object({
  exitCode: z.int(),
  stdout: z.string(),
  stderr: z.string(),
  durationMs: z.int(),
  timedOut: z.boolean(),
  truncated: z.boolean(),
});
export const destroySandboxInput = z.strictObject({ id, sandboxId: id });
export const destroyedSandbox = z.object({ sandboxId: z.string(), destroyed: z.boolean() });
