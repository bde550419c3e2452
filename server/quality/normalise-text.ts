/** Characters no reader sees: zero-width, bidirectional controls, tag characters, variation selectors, soft hyphens. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the parts of combined characters are what is removed here
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\u034f|\u180b|\u180c|\u180d|\u180f/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is removed here
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

type NormalisedText = { text: string; hidden: number };

/**
 * Brings text to one form before anything reads it: one kind of line end, compatibility characters folded (full-width
 * letters, ligatures), nothing invisible, no HTML comments. What a person cannot see earns nothing.
 */
export function normaliseText(raw: string): NormalisedText {
  let hidden = 0;
  const visible = raw
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(INVISIBLE, () => {
      hidden++;
      return "";
    })
    .replace(CONTROL, () => {
      hidden++;
      return "";
    });
  const text = dropComments(visible);
  hidden += visible.length - text.length;
  return { text: foldCharacters(text), hidden };
}

/**
 * Compatibility characters folded. Only so many marks on one letter, as Unicode's stream-safe form has it: putting
 * longer runs in order takes the square of their length.
 */
export function foldCharacters(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  return text.replace(/(\p{M}{30})\p{M}+/gu, "$1").normalize("NFKC");
}

/**
 * What decides whether "<!--" begins a comment: the line that opens a fence, a character that is escaped, a run of
 * back-ticks with the code span it opens on its line, and "<!--" itself.
 */
const MARK = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^`\n]*$|\\[\\`<]|(`+)(?:[^\n]{1,1000}?(?<!`)\2(?!`))?|<!--/gm;

/**
 * Markdown renders HTML comments as nothing, except in code, where "<!--" is what it says. Each part of the text is
 * searched once, for an end that is not there no second time: an unclosed one must stay linear.
 */
function dropComments(text: string): string {
  if (!text.includes("<!--")) return text;
  let kept = "";
  let last = 0;
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(text); mark; mark = MARK.exec(text)) {
    const [found, fence] = mark;
    if (fence) {
      const end = endOfFence(text, fence, MARK.lastIndex);
      if (end < 0) break;
      MARK.lastIndex = end;
    } else if (found === "<!--") {
      const end = text.indexOf("-->", MARK.lastIndex);
      if (end < 0) break;
      kept += text.slice(last, mark.index);
      last = end + 3;
      MARK.lastIndex = last;
    }
  }
  return kept + text.slice(last);
}

/** The end of the line that closes a fence: its own mark or a longer one, alone. -1: it stays open. */
function endOfFence(text: string, mark: string, from: number): number {
  const closing = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`, "gm");
  closing.lastIndex = from;
  return closing.test(text) ? closing.lastIndex : -1;
}
