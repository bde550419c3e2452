import type { SandboxAbilities } from "../../sandbox.ts";

/** The table of what an E2B machine can do. Its size is the template's. */
export const E2B_ABILITIES: SandboxAbilities = {
  exec: "real",
  git: true,
  tests: true,
  egress: "none",
  limits: ["memory", "processes", "cpu", "disk", "output", "time"],
  survivesRestart: true,
  isolation:
    "A virtual machine of E2B's with a kernel of its own, its internet access off and tried; inside it, Linux namespaces without any network, an ordinary user, no capabilities.",
  gaps: [
    "Memory, processor and disk are those of the E2B template, not of this city's settings; files are not counted.",
    "This adapter is tested against a server that speaks E2B's protocol; it has not been run against E2B itself.",
  ],
};
