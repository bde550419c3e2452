import ipaddr from "ipaddr.js";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Actor } from "../auth/actor.ts";
import type { Try } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import type { Settings } from "../settings.ts";

const WINDOW_SECONDS = 60;

/** What a caller's budget of requests looks like after this one; draft-ietf-httpapi-ratelimit-headers-11. */
export type Budget = { policy: string; quota: number; remaining: number; resetSeconds: number };

export type Limits = {
  /** Counts one request of this caller; RATE_LIMITED when there were too many. */
  count(actor: Actor, address: string): Promise<Budget>;
  /** Counts one try of a kind, by address and by whom it is about; RATE_LIMITED when there were too many. */
  countTry(of: Try, address: string, about: string): Promise<void>;
};

/**
 * Requests a minute, counted in this process: with several processes each has its own count, so a limit is a bound per
 * process. Money and budgets are never decided here.
 */
export function makeLimits(quotas: Settings["limits"]): Limits {
  const limiter = (name: string, points: number) => ({
    name,
    points,
    counter: new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECONDS }),
  });
  const perKind = {
    agent: limiter("agent", quotas.agent),
    owner: limiter("owner", quotas.owner),
    trust: limiter("trust", quotas.trust),
    anonymous: limiter("anonymous", quotas.anonymous),
  };
  const address = limiter("sign-in-address", quotas.signInPerAddress);
  const account = limiter("sign-in-account", quotas.signInPerAccount);

  async function consume({ name, points, counter }: ReturnType<typeof limiter>, key: string): Promise<Budget> {
    try {
      const state = await counter.consume(key);
      const resetSeconds = Math.ceil(state.msBeforeNext / 1000);
      return { policy: name, quota: points, remaining: state.remainingPoints, resetSeconds };
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
      throw new CityError("RATE_LIMITED", `Too many requests. Try again in ${retryAfter} s.`, {
        retryAfter,
        details: { policy: name, quota: points, windowSeconds: WINDOW_SECONDS },
      });
    }
  }

  return {
    count(actor, from) {
      if (actor.kind === "agent") return consume(perKind.agent, actor.agentId);
      if (actor.kind === "owner") return consume(perKind.owner, actor.ownerId);
      if (actor.kind === "trust") return consume(perKind.trust, actor.keyId);
      return consume(perKind.anonymous, networkOf(from));
    },
    async countTry(of, from, about) {
      await consume(address, `${of} ${networkOf(from)}`);
      await consume(account, `${of} ${about}`);
    },
  };
}

/** The key an address is counted under: IPv6 by its /64, which one subscriber controls. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv6" ? parsed.toByteArray().slice(0, 8).join(".") : parsed.toString();
}

/** The two header fields that announce a budget. */
export function limitHeaders(budget: Budget): Record<string, string> {
  return {
    "ratelimit-policy": `"${budget.policy}";q=${budget.quota};w=${WINDOW_SECONDS}`,
    ratelimit: `"${budget.policy}";r=${budget.remaining};t=${budget.resetSeconds}`,
  };
}

/** The same two for a refusal: nothing is left of the budget that refused. */
export function exhausted(refusal: CityError): Record<string, string> {
  const { policy, quota } = (refusal.details ?? {}) as { policy?: string; quota?: number };
  if (policy === undefined || quota === undefined) return {};
  return limitHeaders({ policy, quota, remaining: 0, resetSeconds: refusal.retryAfter ?? WINDOW_SECONDS });
}
