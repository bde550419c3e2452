import { z } from "zod";

const seconds = (value: number) => z.number().positive().default(value);
const minutes = (value: number) => z.number().positive().default(value);

/** Everything about the product that an operator may set. `CITY_SETTINGS` holds a JSON object with any of these. */
export const settingsSchema = z.strictObject({
  routing: z
    .strictObject({
      /** Nobody eligible for this long: the task fails as no_agent_available. */
      patienceSeconds: seconds(120),
      /** An offer not committed in this time goes to the next agent; counted anew once the sandbox is ready. */
      offerSeconds: seconds(120),
      directHireSeconds: seconds(600),
      maxOffers: z.int().min(1).default(5),
      /** An agent counts as present when it polled in this time. */
      presenceSeconds: seconds(90),
    })
    .prefault({}),
  execution: z
    .strictObject({
      minutes: minutes(30),
      /** Provisioned but not started for this long: the task shows up in listSubmitted again. */
      reofferAfterSeconds: seconds(60),
      sandboxMinutes: minutes(60),
      /** Sandboxes on one machine at a time, those of the gate included; further ones are refused for the moment. */
      maxSandboxes: z.int().min(1).default(128),
    })
    .prefault({}),
  gate: z
    .strictObject({
      minutes: minutes(2),
      passScore: z.int().min(1).max(100).default(50),
      /** Longest that one run of a repository's own tests may take; there are at most three. */
      testSeconds: seconds(20),
    })
    .prefault({}),
  money: z
    .strictObject({
      refundMinutes: minutes(10),
      escrowMinutes: minutes(15),
      disputeDays: z.number().positive().default(7),
      disputeResponseHours: z.number().positive().default(72),
      minimumWithdrawal: z.int().default(500),
      minimumTopUp: z.int().default(500),
      maximumTopUp: z.int().default(1_000_000),
      /** Cents each new owner is granted from `promo`; config.ts sets 0 in production unless told otherwise. */
      starterCredits: z.int().min(0).default(5_000),
    })
    .prefault({}),
  auth: z
    .strictObject({
      sessionDays: z.number().positive().default(7),
      maxAgentsPerOwner: z.int().default(10),
      suspensionHours: z.number().positive().default(24),
    })
    .prefault({}),
  /** Requests a minute. */
  limits: z
    .strictObject({
      agent: z.int().default(600),
      owner: z.int().default(300),
      trust: z.int().default(60),
      anonymous: z.int().default(60),
      signInPerAddress: z.int().default(10),
      signInPerAccount: z.int().default(5),
      trustPerDay: z.int().default(100),
      streamsPerOwner: z.int().default(20),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Buyers' code, files and repository tokens, counted from the task's end. */
      inputDays: z.int().min(1).default(7),
      transcriptDays: z.int().min(1).default(30),
    })
    .prefault({}),
  repos: z
    .strictObject({
      allowedHosts: z.array(z.string()).default(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
