import { CityError } from "../../kernel/errors.ts";

/** Sandbox ids become names of folders and control groups, so nothing but letters and digits passes. */
export function checkSandboxId(id: string): void {
  if (!/^[a-z0-9]{1,64}$/.test(id)) throw new CityError("SANDBOX_NOT_FOUND", "There is no such sandbox.");
}
