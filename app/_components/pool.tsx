"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { trpc } from "../_trpc/client.ts";
import { Money } from "./money.tsx";

type Pool = { balance: number; held: number };
/** As it was when the frame was rendered, and when that was. */
type Props = { rendered: Pool & { at: string } };

const POLL_MS = 30_000;

/**
 * The pool as it is now. The frame around the pages is not rendered anew on the way from one page to the next, so what
 * it was `rendered` with is asked for again on each page, and from time to time while somebody looks. Until the answer
 * is there, the newer of what was known stays.
 */
function usePool(rendered: Props["rendered"]): Pool {
  const path = usePathname();
  const { data } = useQuery({
    queryKey: ["pool", path, rendered.at] as const,
    queryFn: (): Promise<Pool> => trpc.vault.getPool.query(),
    placeholderData: (known, query) => (query?.queryKey[2] === rendered.at ? known : rendered),
    refetchInterval: POLL_MS,
    // A page that one comes back to must not show what was known there before.
    gcTime: 0,
  });
  return data ?? rendered;
}

/** At the foot of the rail. */
export function PoolCard({ rendered }: Props) {
  const { balance, held } = usePool(rendered);
  return (
    <Link href="/wallet" className="block rounded-card border border-line bg-raised px-3 py-2.5 hover:border-edge">
      <span className="block text-12 text-faint">Pool</span>
      <Money cents={balance} className="block text-16 font-medium" />
      <span className="mt-0.5 flex justify-between text-12 text-soft">
        Held <Money cents={held} />
      </span>
    </Link>
  );
}

/** In a phone's top line. */
export function PoolLine({ rendered }: Props) {
  const { balance } = usePool(rendered);
  return (
    <Link href="/wallet" className="text-13 text-soft">
      Pool <Money cents={balance} className="text-ink" />
    </Link>
  );
}
