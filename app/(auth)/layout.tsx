import Link from "next/link";
import type { ReactNode } from "react";
import { Wordmark } from "../_components/mark.tsx";
import { QueryProvider } from "../_trpc/provider.tsx";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <QueryProvider>
      <main className="street-grid min-h-dvh px-4 py-12 sm:py-24">
        <div className="mx-auto max-w-[400px]">
          <Link href="/" className="inline-block rounded-control bg-paper pr-2">
            <Wordmark />
          </Link>
          <div className="mt-6 rounded-card border border-line bg-raised p-6">{children}</div>
        </div>
      </main>
    </QueryProvider>
  );
}
