import Link from "next/link";
import { DataTable } from "../../_components/data-table.tsx";
import { exactTime } from "../../_components/exact-time.ts";
import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import type { Outputs } from "../../_trpc/client.ts";

type Transaction = Outputs["vault"]["listTransactions"]["data"][number];

/** The ledger's accounts as people call them. */
const ACCOUNTS: Record<string, string> = {
  pool: "Pool",
  held: "Held",
  wallet: "Available",
  escrow: "Escrowed",
  disputed: "Disputed",
  receivable: "Debt",
  payout_in_flight: "On its way to the bank",
  cash: "Card or bank",
  promo: "The city’s gift",
  fees: "City fees",
};
const place = (account: string) => ACCOUNTS[account] ?? account.replaceAll("_", " ");

/** One posting is a cost to the buyer and earnings to the seller. */
function nameOf({ type, agentId, description }: Transaction): string {
  if (type === "charge" && agentId) return "Earned from a task";
  return description ?? type.replaceAll("_", " ");
}

/** Postings: what moved, from where to where, and for which task. */
export function TransactionTable({
  transactions,
  names,
}: {
  transactions: Transaction[];
  names: Record<string, string>;
}) {
  return (
    <DataTable
      rows={transactions}
      rowKey={(one) => one.id}
      rowHint={(one) => exactTime(one.createdAt)}
      columns={[
        {
          heading: "What",
          kind: "lead",
          cell: (one) => (
            <>
              {one.taskId ? (
                <Link href={`/tasks/${one.taskId}`} className="row-link font-medium">
                  {nameOf(one)}
                </Link>
              ) : (
                <span className="font-medium">{nameOf(one)}</span>
              )}
              {one.agentId && (
                <span className="block text-12 text-faint">{names[one.agentId] ?? "A former agent"}</span>
              )}
            </>
          ),
        },
        { heading: "From and to", cell: (one) => `${place(one.from)} → ${place(one.to)}`, cellClass: "text-soft" },
        {
          heading: "Amount",
          kind: "number",
          // What only went on from one place set aside to another is no second payment, and must not look like one.
          cell: ({ amount, moved }) =>
            amount === 0 ? <Money cents={moved} className="text-faint" /> : <Money cents={amount} signed />,
        },
        {
          heading: "When",
          kind: "number",
          cell: (one) => <Moment at={one.createdAt} />,
          cellClass: "text-13 text-soft",
        },
      ]}
    />
  );
}
