const NUMBERS = "(\\d{1,7}(?:\\s{0,2}(?:-|–|—|to|through|and|or|,|&|/)\\s{0,2}(?:lines?\\s+|L)?\\d{1,7}){0,8})";
const AFTER = new RegExp(
  `^[\\s\`*_"'\\])|]{0,6}(?:[,:;(\\[@–—-]\\s{0,2}){0,3}(?:(?:on|at|in|around|near|from|see|starting)\\s+){0,2}(?:the\\s+)?(?:lines?|ln\\.?|L|rows?)\\s{0,2}[#:.*\`]{0,2}\\s{0,2}${NUMBERS}`,
  "i",
);
/** "`a.ts`:3": the number stands behind the mark that closes. */
const BEHIND = /^[`*_]{1,4}(?::|#)L?(\d{1,7})(?:[-–—]L?(\d{1,7}))?(?![\w.])/;
const BEFORE = new RegExp(
  `\\b(?:lines?|ln\\.?|L)\\s{0,2}[#:.*\`]{0,2}${NUMBERS}[\`*_)\\]]{0,3},?\\s+(?:of|in|from|at|within|inside)\\s+(?:the\\s+)?(?:file\\s+|module\\s+)?[\`*_"'(\\[]{0,4}$`,
  "i",
);
const LOOSE = new RegExp(`(?:\\blines?\\s{1,2}[#:]?|\\bL)${NUMBERS}`, "gi");

function numbersIn(text: string | undefined): number[] {
  return (text?.match(/\d{1,7}/g) ?? []).map(Number);
}

/** The line numbers said right after a path: "`a.ts`, lines 3–9", "a.ts (line 3)", "`a.ts`:3". */
export function linesAfter(after: string): number[] {
  return numbersIn((BEHIND.exec(after) ?? AFTER.exec(after))?.slice(1).join(" "));
}

/** The line numbers said right before a path: "line 3 of `a.ts`". */
export function linesBefore(before: string): number[] {
  return numbersIn(BEFORE.exec(before)?.[1]);
}

/** Every line number said in a paragraph: for text under a heading that names one file. */
export function linesAnywhere(text: string): number[] {
  return [...text.matchAll(LOOSE)].flatMap((match) => numbersIn(match[1]));
}
