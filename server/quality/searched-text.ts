/** Characters that all searches of one text may run through together: about a second. */
const EFFORT = 1_000_000_000;
/** Runs of so many characters are remembered, once a text was searched so often. */
const RUN = 6;
const OFTEN = 8;

const BASE = 0x01000193;
const LEAVING = Array.from({ length: RUN }).reduce((power: number) => Math.imul(power, BASE), 1);

/**
 * A text in which many strings are looked for, all of them a stranger's. The runs of characters it holds are remembered,
 * so that a string with any other run is told without reading the text again; what is left has an effort to spend.
 */
export class SearchedText {
  private readonly text: string;
  private effort = EFFORT;
  private searches = 0;
  private runs: Uint8Array | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** Does the string stand in the text? Null when the effort is spent and it may. */
  has(wanted: string): boolean | null {
    if (wanted.length > this.text.length) return false;
    if (++this.searches > OFTEN && !this.mayHold(wanted)) return false;
    if (this.effort <= 0) return null;
    const at = this.text.indexOf(wanted);
    this.effort -= at < 0 ? this.text.length : at + wanted.length;
    return at >= 0;
  }

  private mayHold(wanted: string): boolean {
    this.runs ??= runsOf(this.text);
    const { runs } = this;
    const bits = runs.length * 8 - 1;
    let hash = 0;
    for (let i = 0; i < wanted.length; i++) {
      hash = roll(hash, wanted, i);
      if (i >= RUN - 1 && !((runs[(hash & bits) >>> 3] ?? 0) & (1 << (hash & 7)))) return false;
    }
    return true;
  }
}

/** A bit for every run of the text, at its hash: eight bits or more for each, so that few fall together. */
function runsOf(text: string): Uint8Array {
  const runs = new Uint8Array(2 ** Math.ceil(Math.log2(text.length + 1)));
  const bits = runs.length * 8 - 1;
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = roll(hash, text, i);
    if (i >= RUN - 1) runs[(hash & bits) >>> 3] = (runs[(hash & bits) >>> 3] ?? 0) | (1 << (hash & 7));
  }
  return runs;
}

/** The hash of the run that ends here, from that of the run before. */
function roll(hash: number, text: string, at: number): number {
  const left = at >= RUN ? Math.imul(text.charCodeAt(at - RUN), LEAVING) : 0;
  return (Math.imul(hash, BASE) + text.charCodeAt(at) - left) | 0;
}
