import { plainStems } from "./concepts.ts";
import { stem } from "./words.ts";

const terms = (words: string): ReadonlySet<string> => new Set(words.split(" ").map(stem));

/** What people ask for in one word, and the terms in which an answer to it speaks. */
const FIELDS: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [
    /\b(?:secur|vulnerab|owasp|attack|exploit|harden|pentest|safe)/i,
    terms(
      "injection sql xss csrf ssrf traversal token password hash salt secret credential auth authentication authorization session cookie sanitize escape encrypt md5 permission attacker leak forge signature untrusted header tls eval upload parameter query concatenates concatenated",
    ),
  ],
  [
    /\b(?:bug|error|correct|defect|problem|issue|fault|wrong|fail|review|quality|check)/i,
    terms(
      "undefined null throws exception crash off-by-one index loop race condition overflow leak never missing unhandled await promise boundary empty negative zero divide undefined nan retry timeout duplicate stale swallowed ignored returns",
    ),
  ],
  [
    /\b(?:perform|speed|slow|fast|latency|optimi|scal)/i,
    terms("cache loop query memory allocation latency blocking quadratic index batch pool cpu n+1 stream throughput"),
  ],
  [
    /\b(?:architect|maintain|practice|clean|structure|readab|refactor|quality|review)/i,
    terms(
      "coupling duplicate duplicated naming unused complexity dependency type dead magic constant hardcoded fixed environment configuration interface layer global state comment",
    ),
  ],
  [
    /\b(?:test|coverage|qa)/i,
    terms("test assert mock fixture coverage edge case regression suite flaky expect snapshot"),
  ],
];

/** How many different technical terms of the fields asked about an output uses; all fields where none is named. */
export function domainTermsUsed(description: string, taskType: string, text: string): number {
  const asked = FIELDS.filter(([field]) => field.test(`${taskType.replace("_", " ")} ${description}`));
  const said = plainStems(text);
  const used = new Set<string>();
  for (const [, words] of asked.length > 0 ? asked : FIELDS)
    for (const word of words) if (said.has(word)) used.add(word);
  return used.size;
}
