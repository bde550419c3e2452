import { notFound } from "../../kernel/errors.ts";

/** False also for what others may have put beside our folders and groups. */
export function isSandboxId(id: string): boolean {
  return /^[a-z0-9]{1,64}$/.test(id);
}

/** Sandbox ids become names of folders and control groups, so nothing but letters and digits passes. */
export function checkSandboxId(id: string): void {
  if (!isSandboxId(id)) throw notFound("sandbox");
}
