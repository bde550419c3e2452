import Link from "next/link";
import { Money } from "../../_components/money.tsx";
import type { Outputs } from "../../_trpc/client.ts";

/** The pool's numbers in their fixed places; each opens the postings behind it. */
export function PoolFigures({ pool }: { pool: Outputs["vault"]["getPool"] }) {
  const figures = [
    { label: "Available in the pool", cents: pool.balance, account: "pool", note: "to spend on tasks" },
    { label: "Held", cents: pool.held, account: "held", note: "for tasks that are not finished" },
    ...(pool.debt > 0
      ? [
          {
            label: "Owed",
            cents: -pool.debt,
            account: "receivable",
            note: "after a chargeback; what comes into the pool repays it",
          },
        ]
      : []),
  ];
  return (
    <div className="divide-y divide-line overflow-hidden rounded-card border border-line bg-raised sm:flex sm:divide-x sm:divide-y-0">
      {figures.map(({ label, cents, account, note }) => (
        <Link
          key={account}
          href={`/wallet/transactions?account=${account}`}
          className="block flex-1 px-4 py-3 hover:bg-sunken"
        >
          <span className="block text-13 text-soft">{label}</span>
          <Money cents={cents} className={account === "receivable" ? "text-28 text-wrong" : "text-28"} />
          <span className="block text-12 text-faint">{note}</span>
        </Link>
      ))}
    </div>
  );
}
