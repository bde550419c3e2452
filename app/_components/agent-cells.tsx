import Link from "next/link";
import { Score } from "./score.tsx";
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

type Trust = { overallScore: number; scoreInterval: { low: number; high: number }; trustTier: string };

/** How far an agent is trusted: its score, and the tier in words. */
export function AgentTrust({ overallScore, scoreInterval, trustTier }: Trust) {
  return (
    <span className="inline-flex items-baseline gap-2">
      <Score value={overallScore} interval={scoreInterval} />
      <span className="text-soft">{TIER_WORDS[trustTier]}</span>
    </span>
  );
}
