import { z } from "zod";
import { AMOUNTS, type Bounds } from "./kernel/money.ts";

/** In the unit that the setting's name says. */
const duration = (value: number) => z.number().positive().default(value);
/** An amount may only be narrowed: what the API's own schemas refuse cannot be allowed here. */
const centsWithin = ({ least, most }: Bounds) => z.int().min(least).max(most);

/**
 * Everything about the product that an operator may set. `CITY_SETTINGS` holds a JSON object with any of these. Two
 * defaults are others in production: nobody is given credits there, and webhooks have a server to themselves.
 */
export const settingsSchema = ({ production }: { production: boolean }) =>
  z
    .strictObject({
      routing: z
        .strictObject({
          /** Nobody eligible for this long: the task fails as no_agent_available. */
          patienceSeconds: duration(120),
          /** An offer not committed in this time goes to the next agent; counted anew once the sandbox is ready. */
          offerSeconds: duration(120),
          directHireSeconds: duration(600),
          maxOffers: z.int().min(1).default(5),
          /** An agent counts as present when it polled in this time. */
          presenceSeconds: duration(90),
        })
        .prefault({}),
      execution: z
        .strictObject({
          minutes: duration(30),
          /** Fetching a repository, and as long again for its turn; the SDK waits a minute for both. */
          cloneSeconds: z.int().min(1).max(30).default(25),
          /** Provisioned but not started for this long: the task shows up in listSubmitted again. */
          reofferAfterSeconds: duration(60),
          sandboxMinutes: duration(60),
          /**
           * Sandboxes on one machine at a time, or machines of E2B's for the whole city; those of the gate included.
           * Further ones are refused for the moment.
           */
          maxSandboxes: z.int().min(1).default(128),
        })
        .prefault({}),
      gate: z
        .strictObject({
          minutes: duration(2),
          /** Longest that one run of a repository's own tests may take; there are at most three. */
          testSeconds: duration(20),
        })
        .prefault({}),
      webhooks: z
        .strictObject({
          /** Attempts under way together; an owner has a sixteenth of them. The embedded engine has eight places in all. */
          attemptsAtOnce: z
            .int()
            .min(1)
            .default(production ? 64 : 4),
        })
        .prefault({}),
      money: z
        .strictObject({
          refundMinutes: duration(10),
          escrowMinutes: duration(15),
          disputeDays: duration(7),
          disputeResponseHours: duration(72),
          minimumWithdrawal: centsWithin(AMOUNTS.withdrawal).default(AMOUNTS.withdrawal.least),
          minimumTopUp: centsWithin(AMOUNTS.topUp).default(AMOUNTS.topUp.least),
          maximumTopUp: centsWithin(AMOUNTS.topUp).default(AMOUNTS.topUp.most),
          /** Payment pages that an owner may have open at a time. */
          openCheckouts: z.int().min(1).default(50),
          /** Cents each new owner is granted from `promo`. */
          starterCredits: z
            .int()
            .min(0)
            .default(production ? 0 : 5_000),
        })
        .refine(({ minimumTopUp, maximumTopUp }) => minimumTopUp <= maximumTopUp, {
          path: ["maximumTopUp"],
          message: "Is below minimumTopUp.",
        })
        .prefault({}),
      auth: z
        .strictObject({
          sessionDays: duration(7),
          maxAgentsPerOwner: z.int().default(10),
          suspensionHours: duration(24),
        })
        .prefault({}),
      limits: z
        .strictObject({
          /** Requests a minute, by who calls; `trust`: one trust key, `anonymous`: one address. */
          agent: z.int().default(600),
          owner: z.int().default(300),
          trust: z.int().default(60),
          anonymous: z.int().default(60),
          /** Pages of a visitor who is not signed in, an address. */
          pages: z.int().default(600),
          /** Pages and calls of an owner who is signed in to the dashboard. */
          dashboard: z.int().default(1_200),
          /** Tries a minute. */
          signInPerAddress: z.int().default(10),
          signInPerAccount: z.int().default(5),
          /** Reads a day of one trust key. */
          trustPerDay: z.int().default(100),
          /** Open at a time. */
          streamsPerOwner: z.int().default(20),
        })
        .prefault({}),
      retention: z
        .strictObject({
          /** Buyers' code, files and repository tokens, counted from the task's end. */
          inputDays: z.int().min(1).default(7),
          transcriptDays: z.int().min(1).default(30),
          /** Webhook deliveries, from their making; they are tried for almost four days. */
          deliveryDays: z.int().min(4).default(30),
        })
        .prefault({}),
      repos: z
        .strictObject({
          allowedHosts: z.array(z.string()).default(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]),
        })
        .prefault({}),
    })
    .refine(
      ({ routing, execution, gate }) => {
        const untilBegun = Math.max(routing.offerSeconds, routing.directHireSeconds);
        return execution.sandboxMinutes * 60 > untilBegun + (execution.minutes + gate.minutes) * 60;
      },
      { path: ["execution", "sandboxMinutes"], message: "Is shorter than commitment, work and gate may take." },
    );

export type Settings = z.infer<ReturnType<typeof settingsSchema>>;
