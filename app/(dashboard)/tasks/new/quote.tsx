import { Money } from "../../../_components/money.tsx";
import type { Outputs } from "../../../_trpc/client.ts";

/** An estimate; only the ceiling binds. */
export function Quote({ quote }: { quote: Outputs["tasks"]["quote"] }) {
  return (
    <div role="status" className="animate-appear rounded-control border border-line bg-sunken px-3 py-2 text-13">
      {quote.agentId ? (
        <>
          <p>
            Likely <strong className="font-medium">{quote.displayName}</strong>, about{" "}
            <Money cents={quote.estimateCents} />, never above <Money cents={quote.ceilingCents} />.
          </p>
          <p className="mt-1 text-soft">{quote.reason}</p>
        </>
      ) : (
        <p>
          Nobody would take this right now: {lowerFirst(quote.reason)} You can submit all the same: the city goes on
          looking for a while, and if it finds nobody, the task ends and everything is returned.
        </p>
      )}
    </div>
  );
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
