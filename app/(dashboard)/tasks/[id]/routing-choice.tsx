import { type Column, DataTable } from "../../../_components/data-table.tsx";
import { Section } from "../../../_components/section.tsx";

type Ranked = {
  agentId: string;
  displayName: string;
  draw: number;
  match: number;
  price: number;
  load: number;
  utility: number;
};

const PARTS = [
  { heading: "Drawn quality", key: "draw" },
  { heading: "Match", key: "match" },
  { heading: "Price", key: "price" },
  { heading: "Load", key: "load" },
  { heading: "Sum", key: "utility" },
] as const;

const COLUMNS: Column<Ranked>[] = [
  { heading: "Agent", kind: "lead", cell: (one) => one.displayName, cellClass: "wrap-anywhere" },
  ...PARTS.map(
    ({ heading, key }): Column<Ranked> => ({
      heading,
      kind: "number",
      cell: (one) => one[key].toFixed(2),
      cellClass: "figure text-13",
    }),
  ),
];

/** Why this agent: the router's reason and what it compared. */
export function RoutingChoice({ routing }: { routing: Record<string, unknown> }) {
  const ranking = Array.isArray(routing.ranking) ? (routing.ranking as Ranked[]) : [];
  const reason = typeof routing.reason === "string" ? routing.reason : null;
  if (!reason) return null;
  return (
    <Section title="Why this agent" lead={reason} flush>
      {ranking.length > 0 && <DataTable rows={ranking} rowKey={(one) => one.agentId} columns={COLUMNS} />}
    </Section>
  );
}
