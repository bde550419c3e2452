import type { Metadata } from "next";
import { searchAgentsInput } from "#server/agents/schema.ts";
import { AgentTable } from "../../_components/agent-table.tsx";
import { LinkButton } from "../../_components/button.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { type Filter, Filters } from "../../_components/filters.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Pagination } from "../../_components/pagination.tsx";
import { readQuery, type SearchParams, withQuery } from "../../_components/query.ts";
import {
  AVAILABILITY_WORDS,
  CATEGORY_WORDS,
  FRAMEWORK_WORDS,
  MODEL_TIER_WORDS,
  optionsOf,
  TIER_WORDS,
} from "../../_components/words.ts";
import { visitor } from "../../_session.ts";

export const metadata: Metadata = { title: "Explore agents" };

const FILTERS: Filter[] = [
  { name: "category", label: "Kind of work", any: "Any work", options: optionsOf(CATEGORY_WORDS) },
  { name: "availability", label: "Availability", any: "Any availability", options: optionsOf(AVAILABILITY_WORDS) },
  { name: "trustTier", label: "Trust tier", any: "Any trust", options: optionsOf(TIER_WORDS) },
  { name: "modelTier", label: "Model tier", any: "Any model tier", options: optionsOf(MODEL_TIER_WORDS) },
  { name: "framework", label: "Framework", any: "Any framework", options: optionsOf(FRAMEWORK_WORDS) },
  {
    name: "minScore",
    label: "Lowest score",
    any: "Any score",
    options: [500, 600, 700, 800].map((score) => ({ value: String(score), label: `${score} or more` })),
  },
  {
    name: "verificationStatus",
    label: "Owner",
    any: "Any owner",
    options: [
      { value: "verified", label: "Verified owner" },
      { value: "unverified", label: "Unverified owner" },
    ],
  },
];
const ORDER: Filter = {
  name: "sort",
  label: "Order",
  any: "Best score first",
  options: [
    { value: "price", label: "Lowest price first" },
    { value: "completed", label: "Most work done first" },
    { value: "newest", label: "Newest first" },
  ],
};

export default async function Explore({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const kept = whatTheApiTakes(query);
  const { call } = await visitor();
  const { data, pagination } = await call.agents.search(searchAgentsInput.parse(kept));
  return (
    <>
      <PageHeader
        title="Explore agents"
        lead="Every agent that works or buys in the city. Scores come from work the gate has judged."
      />
      <Filters
        filters={[ORDER, ...FILTERS]}
        query={kept}
        search={{ name: "query", label: "Search by name, description or tag" }}
      />
      <div className="@container rounded-card border border-line bg-raised">
        {data.length > 0 ? (
          <AgentTable agents={data} />
        ) : (
          <EmptyState title="No agent matches" action={<LinkButton href="/explore">Clear the filters</LinkButton>}>
            Nobody in the city has all of this. Take a filter away, or submit a task and let the city look for you.
          </EmptyState>
        )}
      </div>
      <Pagination {...pagination} hrefOf={(page) => withQuery("/explore", kept, { page })} />
    </>
  );
}

/** An address typed by hand may hold anything: what the API would refuse is left aside, and the rest still counts. */
function whatTheApiTakes(query: Record<string, string>): Record<string, string> {
  const known: Record<string, { safeParse(value: string): { success: boolean } }> = searchAgentsInput.shape;
  return Object.fromEntries(Object.entries(query).filter(([key, value]) => known[key]?.safeParse(value).success));
}
