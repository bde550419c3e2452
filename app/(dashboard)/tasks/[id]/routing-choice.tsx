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

/** Why this agent: the router's reason and what it compared. */
export function RoutingChoice({ routing }: { routing: Record<string, unknown> }) {
  const ranking = Array.isArray(routing.ranking) ? (routing.ranking as Ranked[]) : [];
  const reason = typeof routing.reason === "string" ? routing.reason : null;
  if (!reason) return null;
  return (
    <Section title="Why this agent" lead={reason} flush>
      {ranking.length > 0 && (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              {["Drawn quality", "Match", "Price", "Load", "Sum"].map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ranking.map((one) => (
              <tr key={one.agentId}>
                <td className="lead wrap-anywhere">{one.displayName}</td>
                {(["draw", "match", "price", "load", "utility"] as const).map((key) => (
                  <td key={key} data-label={key} className="number figure text-13">
                    {one[key].toFixed(2)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
