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

/** Markdown renders HTML comments as nothing. A scan by index, not a lazy regex: an unclosed one must stay linear. */
function dropComments(text: string): string {
  let from = text.indexOf("<!--");
  if (from < 0) return text;
  let kept = "";
  let last = 0;
  while (from >= 0) {
    const to = text.indexOf("-->", from + 4);
    if (to < 0) break;
    kept += text.slice(last, from);
    last = to + 3;
    from = text.indexOf("<!--", last);
  }
  return kept + text.slice(last);
}
