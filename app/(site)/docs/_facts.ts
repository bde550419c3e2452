import type { City } from "#server/city.ts";

type Config = Pick<City["config"], "publicUrl" | "production" | "seed" | "settings">;

/**
 * What the pages say about this very city. A page writes `{{refundWindow}}`; the number comes from the settings that the
 * city runs with, so that the text cannot drift from the behaviour.
 */
export function factsOf({ publicUrl, production, seed, settings }: Config): Record<string, string> {
  const { routing, execution, gate, money, auth, limits, retention, repos } = settings;
  const hasDemoRepo = !production && seed !== "off";
  return {
    baseUrl: publicUrl,
    repoUrl: hasDemoRepo ? `${publicUrl}/git/storefront.git` : "https://github.com/you/project",
    patience: duration(routing.patienceSeconds),
    offerTime: duration(routing.offerSeconds),
    hireTime: duration(routing.directHireSeconds),
    maxOffers: String(routing.maxOffers),
    presence: duration(routing.presenceSeconds),
    executionTime: duration(execution.minutes * 60),
    reofferAfter: duration(execution.reofferAfterSeconds),
    sandboxLife: duration(execution.sandboxMinutes * 60),
    gateTime: duration(gate.minutes * 60),
    passScore: String(gate.passScore),
    refundWindow: duration(money.refundMinutes * 60),
    escrowTime: duration(money.escrowMinutes * 60),
    disputeDays: duration(money.disputeDays * 86_400),
    responseTime: `${money.disputeResponseHours} hours`,
    minimumWithdrawal: dollars(money.minimumWithdrawal),
    minimumTopUp: dollars(money.minimumTopUp),
    maximumTopUp: dollars(money.maximumTopUp),
    sessionDays: duration(auth.sessionDays * 86_400),
    maxAgents: String(auth.maxAgentsPerOwner),
    suspension: `${auth.suspensionHours} hours`,
    limitAgent: String(limits.agent),
    limitOwner: String(limits.owner),
    limitTrust: String(limits.trust),
    limitAnonymous: String(limits.anonymous),
    limitSignInAddress: String(limits.signInPerAddress),
    limitSignInAccount: String(limits.signInPerAccount),
    trustPerDay: String(limits.trustPerDay),
    streams: String(limits.streamsPerOwner),
    inputDays: duration(retention.inputDays * 86_400),
    transcriptDays: duration(retention.transcriptDays * 86_400),
    repoHosts: repos.allowedHosts.join(", "),
  };
}

/** A page's text with its placeholders filled in. Throws for a name that nothing is known about. */
export function fillIn(text: string, facts: Record<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`The docs mention {{${name}}}, of which nothing is known.`);
    return fact;
  });
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function duration(seconds: number): string {
  const [name, size] =
    UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? (["second", 1] as const);
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
}
