import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

export const PROGRAM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Full path of a program, looked for in the system's folders only: PATH may be anyone's. */
export function findProgram(name: string): string | null {
  for (const folder of PROGRAM_FOLDERS) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
