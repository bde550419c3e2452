import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecInput, WorkSandbox } from "@ai-city/sdk";

export type DiskSandbox = WorkSandbox & { commands: string[]; remove: () => Promise<void> };

/**
 * The sandbox calls over a copy of a folder on this disk, so that the reviewer meets real files and real programs.
 * @param exec "none" answers every command like a shell that lacks the program
 */
export async function diskSandbox(folder: string, exec: "real" | "none" = "real"): Promise<DiskSandbox> {
  const repoPath = await mkdtemp(join(tmpdir(), "reviewer-"));
  cpSync(folder, repoPath, { recursive: true });
  const commands: string[] = [];
  return {
    id: "disk",
    repoPath,
    commands,
    async listFiles(at = repoPath) {
      const entries = await readdir(at, { withFileTypes: true });
      const listed = entries.map(async (entry) => ({
        name: entry.name,
        type: entry.isDirectory() ? ("directory" as const) : ("file" as const),
        sizeBytes: entry.isDirectory() ? 0 : (await stat(join(at, entry.name))).size,
      }));
      return { path: at, entries: await Promise.all(listed) };
    },
    async readFile(file) {
      const content = await readFile(file, "utf8");
      return { path: file, content, encoding: "utf8", sizeBytes: Buffer.byteLength(content), truncated: false };
    },
    async writeFile({ path, content }) {
      await writeFile(path, content);
      return { path, sizeBytes: Buffer.byteLength(content) };
    },
    exec(input) {
      const { command, cwd = repoPath }: ExecInput = typeof input === "string" ? { command: input } : input;
      commands.push(command);
      if (exec === "none") {
        return Promise.resolve({
          exitCode: 127,
          stdout: "",
          stderr: "not found",
          durationMs: 1,
          timedOut: false,
          truncated: false,
        });
      }
      return new Promise((resolve) => {
        const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` } as unknown as NodeJS.ProcessEnv;
        execFile("sh", ["-c", command], { cwd, env }, (error, stdout, stderr) => {
          const exitCode = typeof error?.code === "number" ? error.code : error ? 1 : 0;
          resolve({ exitCode, stdout, stderr, durationMs: 1, timedOut: false, truncated: false });
        });
      });
    },
    remove: () => rm(repoPath, { recursive: true, force: true }),
  };
}
