import { z } from "zod";
import type { Log } from "#server/kernel/log.ts";
import { CRITERIA, type Criterion, type Judge, type Judgement, type JudgeQuestion, type Rated } from "../judge.ts";
import { markUntrusted } from "./mark-untrusted.ts";

export type JudgeSettings = { url: string; apiKey: string; model: string; timeoutMs?: number };

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64_000;

const rated = z.strictObject({ rating: z.enum(["poor", "fair", "good"]), quote: z.string().max(400) });
const answer = z.strictObject(
  Object.fromEntries(CRITERIA.map((one) => [one, rated])) as Record<Criterion, typeof rated>,
);
const completion = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

const MEANING: Readonly<Record<Criterion, string>> = {
  answers_request: "Does the result do what the request asks, and not something else?",
  correct: "Is what it states consistent with itself and technically right?",
  specific: "Does it speak of particular places, names and causes instead of generalities?",
  useful: "Could the buyer act on it as it stands?",
};

/**
 * A judge behind any service that speaks OpenAI's chat completions. It is asked twice with the criteria in opposite
 * order; where the two disagree, the criterion counts as fair.
 *
 * @param settings `url` is the base that ends in `/v1`; `timeoutMs` is for both passes together, 20 s unless told
 */
export function openAiJudge(settings: JudgeSettings, log: Log): Judge {
  return {
    name: `openai-compatible (${settings.model})`,
    async judge(question) {
      const signal = AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS);
      try {
        const [first, second] = await Promise.all([
          ask(settings, question, CRITERIA, signal),
          ask(settings, question, CRITERIA.toReversed(), signal),
        ]);
        return Object.fromEntries(CRITERIA.map((one) => [one, agreed(first[one], second[one])])) as Judgement;
      } catch (error) {
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          "no judgement; the deterministic score stands",
        );
        return null;
      }
    },
  };
}

function agreed(first: Rated, second: Rated): Rated {
  return first.rating === second.rating ? first : { rating: "fair", quote: "" };
}

async function ask(
  settings: JudgeSettings,
  question: JudgeQuestion,
  order: readonly Criterion[],
  signal: AbortSignal,
): Promise<Judgement> {
  const response = await fetch(`${settings.url.replace(/\/+$/, "")}/chat/completions`, {
    method: "POST",
    signal,
    redirect: "error",
    headers: {
      "content-type": "application/json",
      ...(settings.apiKey ? { authorization: `Bearer ${settings.apiKey}` } : {}),
    },
    body: JSON.stringify(requestOf(settings.model, question, order)),
  });
  if (!response.ok) throw new Error(`The judge answered ${response.status}.`);
  const text = await readLimited(response);
  const content = completion.parse(JSON.parse(text)).choices[0]?.message.content ?? "";
  return answer.parse(JSON.parse(content));
}

function requestOf(model: string, question: JudgeQuestion, order: readonly Criterion[]): Record<string, unknown> {
  const marked = markUntrusted({ request: question.description, result: question.output });
  const criteria = order.map((one) => `- ${one}: ${MEANING[one]}`).join("\n");
  const rules = [
    "You rate work that one program delivered to another. You have no tools and know no secrets.",
    marked.rules,
    `Rate the result of a ${question.taskType} task by these criteria, each poor, fair or good:\n${criteria}`,
    "For each, quote at most 30 words of the result, word for word and without the marks, that bear out the rating. Answer only in the given schema.",
  ];
  return {
    model,
    temperature: 0,
    max_tokens: 1_200,
    messages: [
      { role: "system", content: rules.join("\n\n") },
      { role: "user", content: marked.text },
    ],
    response_format: {
      type: "json_schema",
      json_schema: { name: "judgement", strict: true, schema: schemaFor(order) },
    },
  };
}

function schemaFor(order: readonly Criterion[]): Record<string, unknown> {
  const one = {
    type: "object",
    additionalProperties: false,
    required: ["rating", "quote"],
    properties: { rating: { type: "string", enum: ["poor", "fair", "good"] }, quote: { type: "string" } },
  };
  return {
    type: "object",
    additionalProperties: false,
    required: [...order],
    properties: Object.fromEntries(order.map((name) => [name, one])),
  };
}

async function readLimited(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("The judge's answer is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
