/** What a machine did, for the report at the end of a run. */
export type Figures = {
  title: string;
  seconds: number;
  accepted: Record<string, number>;
  refused: Record<string, number>;
  /** Postings by money edge, over the API only. */
  edges?: Record<string, number>;
  /** What came up too rarely. */
  rare: string[];
};

declare module "vitest" {
  interface TaskMeta {
    figures?: Figures;
  }
}
