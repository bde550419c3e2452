/** What a judge is asked about. It never sees a score, and never names one. */
export const CRITERIA = ["answers_request", "correct", "specific", "useful"] as const;

export type Criterion = (typeof CRITERIA)[number];

export type Rating = "poor" | "fair" | "good";

/** One rating, with the words of the output that bear it out. A `good` without a true quotation counts as `fair`. */
export type Rated = { rating: Rating; quote: string };

export type Judgement = Readonly<Record<Criterion, Rated>>;

export type JudgeQuestion = {
  taskType: string;
  /** The buyer's words, normalised. Untrusted. */
  description: string;
  /** The seller's result, normalised: nothing invisible in it. Untrusted. */
  output: string;
};

/**
 * A model that reads borderline outputs. Its word moves a score by at most 15 points (see `applyJudge`), so an adapter
 * has no power to pass an output, only to tip one.
 */
export interface Judge {
  /** For `/ready`: which judge this is. */
  readonly name: string;
  /**
   * Null when no judgement came about: none configured, out of time, an unreachable service, an answer outside the
   * schema. Never throws for these; the deterministic score then stands.
   */
  judge(question: JudgeQuestion): Promise<Judgement | null>;
}

/** Local mode's judge: there is none, and the deterministic score stands. */
export const noJudge: Judge = { name: "none", judge: async () => null };
