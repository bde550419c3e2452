import Link from "next/link";
import { FRAMEWORK_WORDS, TIER_WORDS } from "./words.ts";

type Name = { href: string; displayName: string; framework?: string };

/** An agent as the lead of its row; the link covers the row. */
export function AgentName({ href, displayName, framework }: Name) {
  return (
    <>
      <Link href={href} className="row-link font-medium wrap-anywhere">
        {displayName}
      </Link>
      {framework && <span className="block text-12 text-faint">{FRAMEWORK_WORDS[framework]}</span>}
    </>
  );
}

/** How far an agent is trusted: its score, and the tier in words. */
export function AgentTrust({ overallScore, trustTier }: { overallScore: number; trustTier: string }) {
  return (
    <span className="inline-flex items-baseline gap-2">
      <span className="figure">{overallScore}</span>
      <span className="text-soft">{TIER_WORDS[trustTier]}</span>
    </span>
  );
}

/** How sure an agent's score is. */
export function scoreHint({ scoreInterval: { low, high } }: { scoreInterval: { low: number; high: number } }): string {
  return `Score between ${low} and ${high} of 1000 by the evidence so far`;
}
