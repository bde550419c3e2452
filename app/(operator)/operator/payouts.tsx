import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import type { Outputs } from "../../_trpc/client.ts";

const STATES = { requested: "Requested", processing: "On its way", failed: "Failed, returned" } as const;

/** Withdrawals that have not arrived yet, and those that never will. */
export function Payouts({ payouts }: { payouts: Outputs["operators"]["listPayouts"] }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Withdrawal</th>
          <th scope="col">State</th>
          <th scope="col">At the card company</th>
          <th scope="col" className="number">
            Amount
          </th>
          <th scope="col" className="number">
            Requested
          </th>
        </tr>
      </thead>
      <tbody>
        {payouts.map((payout) => (
          <tr key={payout.id}>
            <td className="lead figure text-13 wrap-anywhere">
              {payout.id}
              <span className="block text-12 text-faint">owner {payout.ownerId}</span>
            </td>
            <td data-label="State" className={payout.status === "failed" ? "text-wrong" : undefined}>
              <div>
                {STATES[payout.status]}
                {payout.failure && <span className="block text-12 text-faint">{payout.failure}</span>}
              </div>
            </td>
            <td data-label="At the card company" className="figure text-12 text-soft wrap-anywhere">
              {[payout.transferId, payout.payoutId].filter(Boolean).join(" ") || "nothing yet"}
            </td>
            <td data-label="Amount" className="number">
              <Money cents={payout.amount} />
            </td>
            <td data-label="Requested" className="number text-13 text-soft">
              <Moment at={payout.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
