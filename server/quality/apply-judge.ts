import { CRITERIA, type Judgement, type JudgeQuestion } from "#server/ports/judge.ts";
import { foldCharacters, normaliseText } from "./normalise-text.ts";
import { bandOf, type GateInput, type GateVerdict, PASS_MARK } from "./verdict.ts";

/** The most a judge can move a score, up or down. */
const JUDGE_REACH = 15;

const MIN_QUOTE = 12;

/** What a judge is shown: the request and the result, with nothing invisible in either. */
export function judgeQuestion(input: Pick<GateInput, "taskType" | "description" | "output">): JudgeQuestion {
  return {
    taskType: input.taskType,
    description: normaliseText(input.description).text,
    output: normaliseText(input.output).text,
  };
}

/**
 * Moves a borderline score by what the judge found, at most 15 points and never above what the hard checks allow.
 * Praise counts only with a quotation that stands in the output; outside the band nothing happens.
 */
export function applyJudge(verdict: GateVerdict, judgement: Judgement | null, question: JudgeQuestion): GateVerdict {
  if (!judgement || verdict.band !== "borderline") return verdict;
  const text = squeezeWords(question.output);
  const reasons: string[] = [];
  let sum = 0;
  for (const criterion of CRITERIA) {
    const { rating, quote } = judgement[criterion];
    const wanted = squeezeWords(quote);
    const stands = wanted.length >= MIN_QUOTE && text.includes(wanted);
    const counted = rating === "good" && !stands ? "fair" : rating;
    if (counted !== rating) reasons.push(`${criterion}: the judge's quotation does not stand in the output.`);
    reasons.push(`${criterion}: ${counted}`);
    sum += counted === "good" ? 1 : counted === "poor" ? -1 : 0;
  }
  const wish = verdict.exact + (JUDGE_REACH * sum) / CRITERIA.length;
  const exact = Math.max(0, Math.min(wish, Math.max(verdict.ceiling, 0), 100));
  const score = Math.round(exact);
  const delta = score - verdict.score;
  return { ...verdict, score, exact, passed: score >= PASS_MARK, band: bandOf(score), judge: { delta, reasons } };
}

function squeezeWords(text: string): string {
  return foldCharacters(text).toLowerCase().replace(/\s+/g, " ").trim();
}
