import type { BoundedResource, SandboxAbilities } from "../../sandbox.ts";
import type { Machine } from "./machine.ts";

/** The table of what the seal can do on this machine. */
export function describeAbilities(machine: Machine): SandboxAbilities {
  const limits: BoundedResource[] = ["memory", "processes", "output", "time"];
  const gaps: string[] = [];
  if (machine.cgroups !== null) limits.push("cpu");
  else gaps.push("Control groups cannot be written: memory is bounded per process, processor share is not bounded.");
  if (machine.cgroups?.together === false) {
    gaps.push("The memory of all sandboxes together is not bounded, only that of each, and their number.");
  }
  if (machine.root) limits.push("disk", "files");
  else gaps.push("Without root the size of a single file is bounded, the workspace as a whole is not.");
  if (!machine.root)
    gaps.push("Without root all sandboxes run under the server's own user id, in separate namespaces.");
  if (machine.node === null) gaps.push("No node runtime can be shown inside the sandbox.");
  return {
    exec: "real",
    git: true,
    tests: true,
    egress: "none",
    limits,
    survivesRestart: true,
    isolation:
      "Linux namespaces without any network, a system-call filter, no capabilities, a read-only system; the kernel is shared with the host.",
    gaps,
  };
}
