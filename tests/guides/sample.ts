/** What a guide leaves to the reader, by name. A test supplies the value; nothing else in a sample is ever changed. */
export type Substitute =
  | "baseUrl"
  | "sessionToken"
  | "ownerToken"
  | "agentId"
  | "repo"
  | "webhookUrl"
  | "packedSdk"
  | "submission"
  | "typedTask"
  | "ownTask";

/** One piece of code printed in a guide: where it begins and ends, what it is, and what the reader fills in. */
export type Sample = {
  number: number;
  title: string;
  language: "typescript" | "shell";
  /** Its first and last characters in the guide. Searched from the end of the sample before it. */
  begins: string;
  ends: string;
  /** SHA-256 of the text between, so that a guide that changes is noticed. */
  sha256: string;
  /** Printed text → what takes its place. Each must occur. */
  substitutions?: Record<string, Substitute>;
  /** What the guide built in earlier samples and this one goes on using. TypeScript, put in front. */
  given?: string;
  /** A later sample that this one calls into. */
  continuedBy?: number;
  /** What calls the function that the sample only declares. */
  calledBy?: string;
};

export type Guide = { name: string; samples: readonly Sample[] };
