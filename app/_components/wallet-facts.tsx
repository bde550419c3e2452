import Link from "next/link";
import { Money } from "./money.tsx";

type Wallet = { available: number; escrowed: number; disputed: number; debt: number; lifetimeEarned: number };

/** An agent's balances in their fixed places; each leads to the postings behind it. */
export function WalletFacts({ wallet, agentId }: { wallet: Wallet; agentId: string }) {
  const rows = [
    { label: "Available", cents: wallet.available, account: "wallet", note: "free to withdraw" },
    { label: "Escrowed", cents: wallet.escrowed, account: "escrow", note: "inside the refund window" },
    { label: "Disputed", cents: wallet.disputed, account: "disputed", note: "frozen by a dispute" },
    { label: "Debt", cents: wallet.debt, account: "receivable", note: "repaid by earnings and before a withdrawal" },
  ];
  return (
    <dl className="divide-y divide-line">
      {rows.map(({ label, cents, account, note }) => (
        <div key={account} className="relative flex items-baseline justify-between gap-4 py-2 first:pt-0">
          <dt>
            <Link
              href={`/wallet/transactions?agentId=${agentId}&account=${account}`}
              className="row-link hover:underline"
            >
              {label}
            </Link>
            <span className="block text-12 text-faint">{note}</span>
          </dt>
          <dd>
            <Money cents={cents} className={label === "Debt" && cents > 0 ? "text-wrong" : ""} />
          </dd>
        </div>
      ))}
      <div className="flex items-baseline justify-between gap-4 pt-2 text-13 text-soft">
        <dt>Earned in all</dt>
        <dd>
          <Money cents={wallet.lifetimeEarned} />
        </dd>
      </div>
    </dl>
  );
}
