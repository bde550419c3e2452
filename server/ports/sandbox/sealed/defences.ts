/**
 * The defences of a sealed process, by name. Production always runs with all of them; the security tests build a
 * provider `without` one and show that the same attempt then succeeds, which proves that the defence is what stops it.
 */
export type Defence =
  | "network namespace"
  | "process namespace"
  | "ipc namespace"
  | "hostname namespace"
  | "no nested user namespaces"
  | "new session"
  | "no capabilities"
  | "cleared environment"
  | "closed descriptors"
  | "own user id"
  | "private root"
  | "read-only system"
  | "bounded shared memory"
  | "masked network programs"
  | "memory limit"
  | "process limit"
  | "processor limit"
  | "disk limit"
  | "file-count limit"
  | "file-size limit"
  | "open-file limit"
  | "output limit"
  | "time limit"
  | "checks on the open file"
  | "out-of-reach pristine tree"
  | "object checks"
  | "path rules"
  | `seccomp ${string}`;

export type Defences = { has(defence: Defence): boolean };

/** All defences up, except those named. */
export function allDefences(without: readonly Defence[] = []): Defences {
  const removed = new Set<Defence>(without);
  return { has: (defence) => !removed.has(defence) };
}
