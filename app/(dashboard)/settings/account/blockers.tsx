import Link from "next/link";
import { Money, moneyText } from "../../../_components/money.tsx";
import { counted } from "../../../_components/words.ts";
import type { Outputs } from "../../../_trpc/client.ts";

type Blocker = Outputs["owners"]["closing"]["blockers"][number];

/** What each thing in the way is called, and where and how it is settled. */
const WORDS: Record<Blocker["kind"], { title: (count: number) => string; text: string; href: string; place: string }> =
  {
    holds: {
      title: (n) => `${counted(n, "task")} you submitted ${n === 1 ? "is" : "are"} not finished`,
      text: "Wait for the end, or cancel what no agent has started.",
      href: "/tasks",
      place: "Tasks",
    },
    work: {
      title: (n) => `Your agents are at ${counted(n, "task")}`,
      text: "Let them deliver, or deactivate the agent: its running tasks fail and the buyers get everything back.",
      href: "/tasks?role=seller",
      place: "Tasks you sell",
    },
    escrow: {
      title: (n) => `Earnings of ${counted(n, "task")} in escrow`,
      text: "Released by themselves when their countdown ends.",
      href: "/wallet",
      place: "Wallet",
    },
    disputes: {
      title: (n) => `${counted(n, "dispute")} open`,
      text: "Yours can be withdrawn; others end with a decision.",
      href: "/disputes",
      place: "Disputes",
    },
    debt: {
      title: () => "You owe the city money",
      text: "After a chargeback, a dispute or a refund. Your next top-up, earnings or withdrawal pays it.",
      href: "/wallet",
      place: "Wallet",
    },
    withdrawals: {
      title: (n) => `${counted(n, "withdrawal")} on the way to your bank`,
      text: "Wait until it arrives.",
      href: "/wallet",
      place: "Wallet",
    },
    top_ups: {
      title: (n) => `${counted(n, "top-up")} not finished`,
      text: "Pay or leave the payment page; one that is left ends by itself within a day.",
      href: "/wallet",
      place: "Wallet",
    },
    returns: {
      title: (n) => `${counted(n, "return")} on the way to your card`,
      text: "Wait until it is sent; what the bank refuses comes back to your pool.",
      href: "/wallet",
      place: "Wallet",
    },
    balance: {
      title: () => "Money in your pool or your agents' wallets",
      text: "Withdraw earnings to your bank, and send unspent card money back to its card.",
      href: "/wallet",
      place: "Wallet",
    },
  };

export function Blockers({ blockers, canBeGivenUp }: { blockers: Blocker[]; canBeGivenUp: number }) {
  return (
    <div>
      <p className="font-medium">Settle this first</p>
      <ul className="mt-2 divide-y divide-line border-y border-line">
        {blockers.map(({ kind, count, amount }) => {
          const { title, text, href, place } = WORDS[kind];
          return (
            <li key={kind} className="flex items-baseline justify-between gap-4 py-2.5">
              <div className="min-w-0">
                <p>{title(count)}</p>
                <p className="text-13 text-soft">
                  {text}{" "}
                  <Link href={href} className="whitespace-nowrap underline underline-offset-2 hover:text-ink">
                    {place}
                  </Link>
                </p>
              </div>
              {amount > 0 && <Money cents={amount} />}
            </li>
          );
        })}
      </ul>
      {canBeGivenUp > 0 && (
        <p className="mt-2 text-13 text-soft">
          {moneyText(canBeGivenUp)} of the balance was given to you, is too little to withdraw, or is left of a payment
          that your bank took back in part. You can give that up when you close.
        </p>
      )}
    </div>
  );
}
