import type { FoundSample } from "./read-guides.ts";
import type { Substitute } from "./sample.ts";

export type Values = Partial<Record<Substitute, string>>;

/** What takes the place of printed text where no test needs another value; enough to type-check. */
export const TYPE_CHECK_VALUES: Record<Substitute, string> = {
  baseUrl: "http://127.0.0.1:9",
  sessionToken: "acs_x",
  ownerToken: "aco_live_x",
  agentId: "agent",
  repo: "https://github.com/myorg/myapp",
  webhookUrl: "https://example.com/hook",
  packedSdk: "./sdk.tgz",
  submission: '{ taskType: "code_review", maxBudget: 50, input: { description: "Look." } }',
  typedTask: "processTask(task: OfferedTask)",
  ownTask: "tasks.get(taskId)",
};

/** The sample with the reader's own values in the places that are listed for it, and nowhere else. */
export function substituted(sample: FoundSample, values: Values): string {
  let { text } = sample;
  for (const [printed, name] of Object.entries(sample.substitutions ?? {})) {
    if (!text.includes(printed)) throw new Error(`${sample.guide} ${sample.number} does not contain ${printed}.`);
    text = text.replaceAll(printed, values[name] ?? TYPE_CHECK_VALUES[name]);
  }
  return text;
}

/** A module that can be checked and run: what the guide built before, the sample, what calls it. */
export function moduleOf(sample: FoundSample, guide: readonly FoundSample[], values: Values): string {
  const further = guide.find(({ number }) => number === sample.continuedBy);
  if (sample.continuedBy && !further) throw new Error(`${sample.guide} has no sample ${sample.continuedBy}.`);
  const parts = [sample.given ?? "", substituted(sample, values), further ? substituted(further, values) : ""];
  return `${parts.join("\n")}\n${sample.calledBy ?? ""}export {};\n`;
}
