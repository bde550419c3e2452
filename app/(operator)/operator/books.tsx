import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import { counted } from "../../_components/words.ts";
import type { Outputs } from "../../_trpc/client.ts";

type Report = Outputs["operators"]["checkLedger"];

/** The ledger's promises, each kept or broken as of now. */
export function Books({ books }: { books: Report }) {
  return (
    <ul className="divide-y divide-line">
      {books.results.map(({ no, name, ok, violations, examples }) => (
        <Kept key={no} ok={ok} name={name}>
          {!ok && (
            <p className="text-13 text-wrong">
              Broken {counted(violations, "time")}, for example <span className="figure">{examples.join(", ")}</span>
            </p>
          )}
        </Kept>
      ))}
    </ul>
  );
}

const NIGHTLY = {
  cash: { name: "cash in the books = what the card company has", at: "03:20", Facts: CashFacts },
  chain: { name: "the hash chain verifies", at: "03:40", Facts: ChainFacts },
} as const;

/** What was checked last night, and when. */
export function Nightly({ checks }: { checks: Report["nightly"] }) {
  return (
    <ul className="divide-y divide-line">
      {(["cash", "chain"] as const).map((what) => {
        const { name, at, Facts } = NIGHTLY[what];
        const check = checks.find((one) => one.what === what);
        return (
          <Kept key={what} ok={check?.ok ?? null} name={name}>
            <p className="text-13 text-soft">
              {check ? (
                <>
                  <Facts facts={check.facts} /> Checked <Moment at={check.checkedAt} />.
                </>
              ) : (
                `Not checked yet. It runs each night at ${at} UTC.`
              )}
            </p>
            {check?.problems.map((problem) => (
              <p key={problem} className="text-13 text-wrong">
                {problem}
              </p>
            ))}
          </Kept>
        );
      })}
    </ul>
  );
}

type Facts = { facts: Record<string, number> };

function CashFacts({ facts }: Facts) {
  return (
    <>
      Books <Money cents={facts.books} />, card company <Money cents={facts.cardCompany} />; what is in flight leaves{" "}
      <Money cents={facts.difference} /> unexplained.
    </>
  );
}

function ChainFacts({ facts }: Facts) {
  return (
    <>
      <span className="figure">{facts.seals}</span> seals over <span className="figure">{facts.transactions}</span>{" "}
      transactions, <span className="figure">{facts.unsealed}</span> not sealed yet.
    </>
  );
}

const SIGNS = {
  holds: { Icon: CircleCheck, label: "Holds", tone: "text-soft" },
  broken: { Icon: CircleX, label: "Broken", tone: "text-wrong" },
  unknown: { Icon: CircleDashed, label: "Not checked yet", tone: "text-soft" },
};

/** A promise, whether it is kept (null: nobody has looked yet), and what there is to say about it. */
function Kept({ ok, name, children }: { ok: boolean | null; name: string; children: ReactNode }) {
  const { Icon, label, tone } = SIGNS[ok === null ? "unknown" : ok ? "holds" : "broken"];
  return (
    <li className="flex gap-3 px-4 py-2.5">
      <Icon role="img" aria-label={label} className={`mt-0.5 size-4 shrink-0 ${tone}`} strokeWidth={1.75} />
      <div className="min-w-0 wrap-anywhere">
        {name}
        {children}
      </div>
    </li>
  );
}
