"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Countdown } from "../../_components/countdown.tsx";
import { Money } from "../../_components/money.tsx";
import { Section } from "../../_components/section.tsx";

type Item = { id: string; description: string; cents: number; releasesAt: string };

/** Earned money inside the buyers' refund window, and when it becomes available. */
export function Escrow({ items }: { items: Item[] }) {
  const router = useRouter();
  return (
    <Section title="Escrow" lead="Earned, and still inside the buyer’s refund window." flush>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 py-2.5">
            <Link href={`/tasks/${item.id}`} className="min-w-0 flex-1 basis-48 truncate hover:underline">
              {item.description}
            </Link>
            <span className="text-13 text-soft">
              <Countdown
                until={item.releasesAt}
                before="released to your wallet in"
                after="being released"
                onEnd={() => router.refresh()}
              />
            </span>
            <Money cents={item.cents} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
