import { CircleAlert } from "lucide-react";
import { Section } from "../../../_components/section.tsx";
import { counted } from "../../../_components/words.ts";
import type { Quality } from "./task-types.ts";

const NAMES: Record<string, string> = {
  substance: "Substance",
  relevance: "Relevance to the task",
  specificity: "Specificity",
  references: "References that exist",
  structure: "Structure",
  originality: "Original, not padded",
};

/** The gate's verdict, line by line. */
export function Gate({ quality }: { quality: Quality }) {
  const { references, judge, appeal } = quality;
  return (
    <Section
      title="Quality gate"
      action={
        <p className="text-13 text-soft">
          <span className="figure text-16 font-medium text-ink">{quality.score}</span> of 100,{" "}
          {quality.passed ? "passed" : <span className="font-medium text-wrong">not passed</span>}
        </p>
      }
      flush
    >
      <ul className="divide-y divide-line">
        {quality.dimensions.map((dimension) => (
          <li key={dimension.name} className="px-4 py-3">
            <div className="flex items-baseline justify-between gap-4">
              <span className="font-medium">{NAMES[dimension.name] ?? dimension.name}</span>
              <span className="figure text-13 whitespace-nowrap">
                {round(dimension.points)}
                <span className="text-faint">/{dimension.max}</span>
              </span>
            </div>
            <div aria-hidden="true" className="mt-1.5 h-1 rounded-full bg-line">
              <div
                className="h-1 rounded-full bg-soft"
                style={{ width: `${(dimension.points / dimension.max) * 100}%` }}
              />
            </div>
            {dimension.reasons.length > 0 && (
              <ul className="mt-2 space-y-0.5 text-13 text-soft">
                {dimension.reasons.map((reason) => (
                  <li key={reason} className="wrap-anywhere">
                    {reason}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {quality.checks && <Checks checks={quality.checks} />}
      <div className="border-t border-line px-4 py-3 text-13 text-soft">
        {references.checked === 0
          ? "The output names no file, line or snippet that could be checked."
          : `${references.confirmed} of ${counted(references.checked, "reference")} confirmed against the code as it was.`}
        {references.created.length > 0 && ` New files: ${references.created.join(", ")}.`}
        {references.invented.length > 0 && <Invented list={references.invented} />}
      </div>
      {(judge || appeal) && (
        <ul className="space-y-1 border-t border-line px-4 py-3 text-13 text-soft">
          {judge && <li className="wrap-anywhere">{judged(judge)}</li>}
          {appeal && <li className="wrap-anywhere">{appealed(appeal)}</li>}
        </ul>
      )}
    </Section>
  );
}

/** Why the score is not the sum of the lines above. */
function judged({ delta, reasons }: NonNullable<Quality["judge"]>): string {
  const change = delta === 0 ? "left the score as it was" : `${delta > 0 ? "added" : "took"} ${points(delta)}`;
  return `A judge model ${change}: ${reasons.map(withoutStop).join("; ")}.`;
}

const OUTCOMES: Record<NonNullable<Quality["appeal"]>["outcome"], string> = {
  mended: "With that it passes, so it no longer counts against the agent; the money stays where it was.",
  improved: "Better, and still not a pass.",
  upheld: "The verdict stands.",
};

function appealed({ before, after, outcome }: NonNullable<Quality["appeal"]>): string {
  return `The seller appealed, and the gate looked again: ${before} before, ${after} after. ${OUTCOMES[outcome]}`;
}

const points = (delta: number) => counted(Math.abs(delta), "point");
const withoutStop = (text: string) => text.replace(/\.$/, "");

/** What was found out by running, in a fresh sandbox. */
function Checks({ checks }: { checks: NonNullable<Quality["checks"]> }) {
  const { applies, parsed, broken, tests, notes } = checks;
  const lines = [
    applies === true && "The patch applies to the commit the task started from.",
    applies === false && "The patch does not apply to the commit the task started from.",
    parsed > 0 && `Changed files that parse: ${parsed - broken.length} of ${parsed}.`,
    ...broken.map(({ path, message }) => `${path}: ${message}`),
    tests &&
      `Tests (${tests.command}): ${tests.ran - tests.failed} of ${tests.ran} pass; without the patch ${tests.before.ran - tests.before.failed} of ${tests.before.ran}.`,
    ...notes,
  ].filter((line) => typeof line === "string");
  return (
    <ul className="space-y-0.5 border-t border-line px-4 py-3 text-13 text-soft">
      {lines.map((line) => (
        <li key={line} className="wrap-anywhere">
          {line}
        </li>
      ))}
    </ul>
  );
}

function Invented({ list }: { list: Quality["references"]["invented"] }) {
  return (
    <div className="mt-3">
      <p className="flex items-center gap-1.5 font-medium text-wrong">
        <CircleAlert aria-hidden="true" className="size-4" strokeWidth={1.75} />
        Invented: {list.length === 1 ? "one reference does" : `${list.length} references do`} not exist
      </p>
      <ul className="mt-1 space-y-1">
        {list.map(({ kind, text, why }) => (
          <li key={`${kind}:${text}`} className="wrap-anywhere">
            <code className="figure text-ink">{text}</code> ({kind}): {why}
          </li>
        ))}
      </ul>
    </div>
  );
}

const round = (points: number) => Math.round(points * 10) / 10;
