const REAL_PARTS = [
  ...["DATABASE_URL", "STRIPE_SECRET_KEY", "INNGEST_EVENT_KEY", "INNGEST_DEV", "E2B_API_KEY", "SMTP_URL"],
  ...["JUDGE_URL", "JUDGE_MODEL"],
];

/** What the shell may name for a real city, which a city that is started to be tried must not touch: all unset. */
export const NO_REAL_PARTS = Object.fromEntries(REAL_PARTS.map((name) => [name, ""]));
