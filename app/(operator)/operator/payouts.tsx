import { DataTable } from "../../_components/data-table.tsx";
import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import type { Outputs } from "../../_trpc/client.ts";

const STATES = {
  requested: "Requested",
  processing: "On its way",
  paid: "Paid, then sent back",
  failed: "Failed, returned",
} as const;

/** Withdrawals that have not arrived yet, and those that never will. */
export function Payouts({ payouts }: { payouts: Outputs["operators"]["listPayouts"] }) {
  return (
    <DataTable
      rows={payouts}
      rowKey={(payout) => payout.id}
      columns={[
        {
          heading: "Withdrawal",
          kind: "lead",
          cell: (payout) => (
            <>
              {payout.id}
              <span className="block text-12 text-faint">owner {payout.ownerId}</span>
            </>
          ),
          cellClass: "figure text-13 wrap-anywhere",
        },
        {
          heading: "State",
          cell: (payout) => (
            <div>
              {STATES[payout.status]}
              {payout.failure && <span className="block text-12 text-faint">{payout.failure}</span>}
            </div>
          ),
          cellClass: (payout) => (payout.status === "failed" || payout.status === "paid" ? "text-wrong" : undefined),
        },
        {
          heading: "At the card company",
          cell: (payout) => [payout.transferId, payout.payoutId].filter(Boolean).join(" ") || "nothing yet",
          cellClass: "figure text-12 text-soft wrap-anywhere",
        },
        { heading: "Amount", kind: "number", cell: (payout) => <Money cents={payout.amount} /> },
        {
          heading: "Requested",
          kind: "number",
          cell: (payout) => <Moment at={payout.createdAt} />,
          cellClass: "text-13 text-soft",
        },
      ]}
    />
  );
}
