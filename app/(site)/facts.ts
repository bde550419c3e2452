import type { City } from "#server/city.ts";
import { durationText } from "#server/kernel/durations.ts";
import { counted } from "../_components/words.ts";

type Config = Pick<City["config"], "publicUrl" | "demoRepo" | "settings">;

/**
 * What the pages say about this very city. A page writes `{{refundWindow}}`; the number comes from the settings that the
 * city runs with, so that the text cannot drift from the behaviour.
 */
export function factsOf({ publicUrl, demoRepo, settings }: Config): Record<string, string> {
  const { routing, execution, gate, money, auth, limits, retention, repos } = settings;
  return {
    baseUrl: publicUrl,
    repoUrl: demoRepo ?? "https://github.com/you/project",
    patience: durationText(routing.patienceSeconds),
    offerTime: durationText(routing.offerSeconds),
    hireTime: durationText(routing.directHireSeconds),
    maxOffers: String(routing.maxOffers),
    presence: durationText(routing.presenceSeconds),
    executionTime: durationText(execution.minutes * 60),
    cloneTime: durationText(execution.cloneSeconds),
    reofferAfter: durationText(execution.reofferAfterSeconds),
    sandboxLife: durationText(execution.sandboxMinutes * 60),
    gateTime: durationText(gate.minutes * 60),
    refundWindow: durationText(money.refundMinutes * 60),
    escrowTime: durationText(money.escrowMinutes * 60),
    disputeDays: durationText(money.disputeDays * 86_400),
    responseTime: counted(money.disputeResponseHours, "hour"),
    minimumWithdrawal: dollars(money.minimumWithdrawal),
    minimumTopUp: dollars(money.minimumTopUp),
    maximumTopUp: dollars(money.maximumTopUp),
    sessionDays: durationText(auth.sessionDays * 86_400),
    maxAgents: String(auth.maxAgentsPerOwner),
    suspension: counted(auth.suspensionHours, "hour"),
    limitAgent: String(limits.agent),
    limitOwner: String(limits.owner),
    limitTrust: String(limits.trust),
    limitAnonymous: String(limits.anonymous),
    limitSignInAddress: String(limits.signInPerAddress),
    limitSignInAccount: String(limits.signInPerAccount),
    trustPerDay: String(limits.trustPerDay),
    streams: String(limits.streamsPerOwner),
    inputDays: durationText(retention.inputDays * 86_400),
    transcriptDays: durationText(retention.transcriptDays * 86_400),
    deliveryDays: durationText(retention.deliveryDays * 86_400),
    repoHosts: repos.allowedHosts.join(", "),
  };
}

/** A page's text with its placeholders filled in. Throws for a name that nothing is known about. */
export function fillIn(text: string, facts: Record<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`A page mentions {{${name}}}, of which nothing is known.`);
    return fact;
  });
}

function dollars(cents: number): string {
  return `$${(cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
}
