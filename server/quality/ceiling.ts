import type { CheckedReferences } from "./check-references.ts";
import type { DeliveredCode } from "./patch-quality.ts";
import { lostTests, type SyntaxReport } from "./verdict.ts";
import type { Manner } from "./weights.ts";

/** What the decidable checks allow at most, each with its reason; the lowest holds. */
export function ceilingOf(
  refs: CheckedReferences | null,
  code: DeliveredCode,
  syntax: SyntaxReport | undefined,
  task: { manner: Manner; taskType: string; hasRepo: boolean },
): { ceiling: number; reason: string | null } {
  const limits: [number, string][] = [[100, ""]];
  if (refs && refs.invented.length > 0) {
    const share = refs.invented.length / refs.checked;
    const text = `${refs.invented.length} of ${refs.checked} references do not exist in the repository.`;
    if (share >= 0.5 && (refs.invented.length > 1 || refs.confirmed === 0)) limits.push([40, text]);
    else limits.push([Math.round(100 - 70 * share), text]);
  }
  if (task.manner === "change") {
    if (syntax?.applies === false) limits.push([40, "The patch does not apply."]);
    if (syntax && syntax.broken.length > 0) limits.push([45, "Changed files no longer parse."]);
    if (lostTests(syntax) > 0) limits.push([60, "Tests of the repository no longer pass with the patch."]);
    if (task.hasRepo && task.taskType !== "devops" && code.from === "none")
      limits.push([45, "The task asks for a change and none was delivered."]);
  }
  const [ceiling, reason] = limits.reduce((lowest, one) => (one[0] < lowest[0] ? one : lowest));
  return { ceiling, reason: ceiling < 100 ? reason : null };
}
