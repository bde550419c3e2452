import { CircleCheck, CircleX, Clock } from "lucide-react";
import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import type { Outputs } from "../../_trpc/client.ts";
import { Follow } from "./follow.tsx";

type Withdrawal = Outputs["vault"]["listWithdrawals"]["data"][number];

const STATES = {
  requested: { word: "Requested", icon: Clock, tone: "text-wait", note: "Being handed to the payment company." },
  processing: { word: "Processing", icon: Clock, tone: "text-wait", note: "On its way to your bank." },
  paid: { word: "Paid", icon: CircleCheck, tone: "text-ink", note: null },
  failed: {
    word: "Failed",
    icon: CircleX,
    tone: "text-wrong",
    note: "The money is back in the wallet it came from, less what that agent owed.",
  },
} as const;

/** What went to the bank; what is on its way is followed until it has arrived or come back. */
export function Withdrawals({ withdrawals }: { withdrawals: Withdrawal[] }) {
  const moving = withdrawals.some(({ status }) => status === "requested" || status === "processing");
  const states = withdrawals.map(({ id, status }) => `${id} ${status}`).join();
  if (withdrawals.length === 0)
    return <p className="text-13 text-soft">None yet. What you withdraw stands here until it is at your bank.</p>;
  return (
    <ul className="divide-y divide-line">
      {/* Anew when something has moved: the next step may be near again. */}
      {moving && <Follow key={states} />}
      {withdrawals.map((one) => {
        const { word, icon: Icon, tone, note } = STATES[one.status];
        // On its way, what it waits for stands in place of the usual; a failure is followed by where the money is.
        const said = one.status === "failed" ? [one.failure, note].filter(Boolean).join(" ") : (one.failure ?? note);
        return (
          <li key={one.id} className="px-4 py-2.5">
            <p className="flex items-baseline justify-between gap-3">
              <span className={`inline-flex items-center gap-1.5 font-medium ${tone}`}>
                <Icon aria-hidden="true" className="size-4 self-center" strokeWidth={1.75} />
                {word}
              </span>
              <Money cents={one.amount} />
            </p>
            <p className="mt-0.5 text-12 text-faint">
              <Moment at={one.paidAt ?? one.createdAt} />. {said}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
