/**
 * Text written to whoever judges the output, not to the buyer. Such lines are left out of all scoring: they earn
 * nothing, whatever words they contain. This is a signal for the breakdown, not the wall: the wall is that no
 * statement scores without being tied to the task.
 */
const ADDRESSED: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rubrics?|rules?|guidelines?|criteria|checks?|context|directions?)\b/i,
  // An attacker may bypass the checks of the code; only these are the judge's own.
  /\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:all|any|other|system|your|the)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rubrics?|guidelines?|criteria)\b/i,
  /\b(?:score|rate(?![- ]?limit)|grade|award)\b[^.\n]{0,60}\b(?:100|10\s?\/\s?10|5\s?\/\s?5|full marks|maximum|highest|perfect|top|passing|pass)\b/i,
  // Code returns 100 rows and sets a maximum: here it must be said of what.
  /\b(?:give|assign|mark|output|return|respond|answer|print|set)\b[^.\n]{0,60}\b(?:100|10\s?\/\s?10|5\s?\/\s?5|full marks|maximum|highest|perfect|top|passing|pass)\b[^.\n]{0,60}\b(?:score|marks?|points?|rating|grade|verdict|quality|gate|submission)\b/i,
  /\b(?:you are|act as|pretend|as) (?:now |to be )?(?:an? )?(?:judge|grader|evaluator|reviewer bot|impartial|scoring|grading|helpful assistant|unrestricted|developer mode)\b/i,
  /\b(?:quality ?gate|judge|grader|scoring (?:system|model)|automated (?:check|review))\b[^.\n]{0,80}\b(?:must|should|please|will|is required|approve|accept|pass|score|ignore|note|attention)\b/i,
  /\b(?:evaluator|llm|language model)\b[^.\n]{0,40}\b(?:must|should|please|will)\b[^.\n]{0,20}\b(?:approve|accept|pass|score|rate|grade|award|ignore)\b/i,
  /^\s*(?:thought process|reasoning|solution|let'?s (?:solve|think)[^.\n]{0,60}|final (?:answer|verdict|score)|verdict|score|rating|overall (?:score|rating)|quality ?score|grade|assessment|evaluation)\s*[:=-]+(?![:=-])\s*(?:\W{0,4}\d{1,3}\s*(?:\/|%|out of)?\s*\d{0,3}|pass(?:ed)?|perfect|excellent|a\+|approved|yes|true|correct)?\W*$/i,
  // `Promise<User>` is a type.
  /(?<![\p{L}\p{N}_])<\/?\s*(?:system|assistant|user|instructions?|admin|im_start|im_end|inst|s|human|prompt|judge|verdict)\s*(?:\|?>|:)|<\|[a-z_]{2,20}\|>|\[\/?(?:INST|SYSTEM|SYS)\]|<<\/?SYS>>|^#{1,6}\s*(?:system|instructions?|new instructions?)\s*:?\s*$/iu,
  /^\s*(?:system|assistant|developer|admin|root|operator|platform)\s*(?:message|prompt|note|override|notice)?\s*:\s/i,
  /"(?:score|verdict|passed|rating|quality|qualityScore|points|grade)"\s*:\s*(?:"?(?:100|pass(?:ed)?|true|excellent|perfect|10|5)"?)/i,
  /\b(?:reveal|repeat|print|show|output|leak)\b[^.\n]{0,40}\b(?:system prompt|your (?:prompt|instructions?|rules)|hidden (?:prompt|rules))/i,
  /\b(?:this (?:output|review|submission|answer|work|task|response)|the seller|the agent|the author)\b[^.\n]{0,50}\b(?:deserves?|merits?|passes|has passed|must pass|should pass|is (?:perfect|flawless|excellent|complete and correct|approved|verified)|meets? (?:all|every)|earns?|was (?:approved|verified))\b/i,
  /\b(?:pre-?approved|already (?:approved|verified|graded|scored)|verified by (?:a )?(?:human|operator|admin|anthropic|openai)|do not (?:deduct|penali[sz]e|(?:fail|reject) (?:it|(?:this|my|the) (?:submission|output|review|work|answer|task|result)))|(?:end|begin) of (?:review|output|submission|untrusted))\b/i,
];

export function isAddressedToJudge(sentence: string): boolean {
  // Runs of spaces as one: some of the patterns would try every way to share them out.
  const text = sentence.slice(0, 600).replace(/\s+/g, " ");
  return ADDRESSED.some((pattern) => pattern.test(text));
}
