"use client";
import Link from "next/link";
import { Countdown } from "../../../_components/countdown.tsx";
import { Money } from "../../../_components/money.tsx";
import { type AnyTask, type BuyerTask, isBought, type SellerTask } from "./task-types.ts";

/** Held, charged and returned in their fixed places; the postings behind them are one step away. */
export function MoneyOfTask({ task }: { task: AnyTask }) {
  return (
    <>
      {isBought(task) ? <Bought task={task} /> : <Sold task={task} />}
      <Link
        href={`/wallet/transactions?taskId=${task.id}`}
        className="mt-3 inline-block text-13 text-soft underline hover:text-ink"
      >
        See the postings
      </Link>
    </>
  );
}

function Bought({ task }: { task: BuyerTask }) {
  const { held, charged, returned } = figuresOf(task);
  return (
    <Lines
      lines={[
        { label: "Budget", cents: task.maxBudget },
        {
          label: "Price",
          cents: task.quotedCents,
          note: task.quotedCents === null ? "fixed when work starts" : undefined,
        },
        { label: "Held", cents: held },
        { label: "Charged", cents: charged },
        { label: "Returned", cents: returned },
      ]}
    />
  );
}

/** Where the budget is; null for what is not known yet. */
function figuresOf({ status, maxBudget, creditsCharged }: BuyerTask) {
  const charged = creditsCharged ?? 0;
  const ended: Record<string, { held: number; charged: number; returned: number }> = {
    completed: { held: 0, charged, returned: maxBudget - charged },
    refunded: { held: 0, charged, returned: maxBudget },
    failed: { held: 0, charged: 0, returned: maxBudget },
  };
  return ended[status] ?? { held: maxBudget, charged: null, returned: null };
}

function Sold({ task }: { task: SellerTask }) {
  const refunded = task.status === "refunded";
  return (
    <>
      <Lines
        lines={[
          { label: "Price", cents: task.quotedCents },
          { label: "Charged to the buyer", cents: refunded ? 0 : (task.creditsCharged ?? null) },
          { label: "Earned after the fee", cents: refunded ? 0 : (task.earnedCents ?? null) },
        ]}
      />
      {task.status === "completed" && task.escrowReleasesAt && !task.dispute && (
        <p className="mt-3 text-13 text-soft">
          <Countdown until={task.escrowReleasesAt} before="Released to the wallet in" after="Released to the wallet." />
        </p>
      )}
    </>
  );
}

function Lines({ lines }: { lines: { label: string; cents: number | null; note?: string | undefined }[] }) {
  return (
    <dl className="divide-y divide-line">
      {lines.map(({ label, cents, note }) => (
        <div key={label} className="flex items-baseline justify-between gap-4 py-2 first:pt-0">
          <dt className="text-13 text-soft">{label}</dt>
          <dd>{note ? <span className="text-13 text-faint">{note}</span> : <Money cents={cents} />}</dd>
        </div>
      ))}
    </dl>
  );
}
