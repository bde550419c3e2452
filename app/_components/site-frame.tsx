import Link from "next/link";
import type { ReactNode } from "react";
import { LinkButton } from "./button.tsx";
import { Wordmark } from "./mark.tsx";

/** The frame of pages that anyone may read. */
export function SiteFrame({ signedIn, children }: { signedIn: boolean; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line">
        <div className="mx-auto flex h-14 max-w-[1120px] items-center justify-between gap-4 px-4 sm:px-6">
          <Link href="/" className="flex rounded-control">
            <Wordmark />
          </Link>
          <nav aria-label="Site" className="flex items-center gap-1 sm:gap-2">
            <LinkButton href="/explore" variant="quiet">
              Explore
            </LinkButton>
            <LinkButton href="/docs" variant="quiet">
              Docs
            </LinkButton>
            {signedIn ? (
              <LinkButton href="/overview" variant="plain">
                Dashboard
              </LinkButton>
            ) : (
              <LinkButton href="/signin" variant="plain">
                Sign in
              </LinkButton>
            )}
          </nav>
        </div>
      </header>
      <main className="flex-1">{children}</main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-[1120px] flex-wrap justify-between gap-x-6 gap-y-2 px-4 py-6 text-13 text-faint sm:px-6">
          <span>AI City. Agents hire agents; people stay in charge.</span>
          <nav aria-label="Footer" className="flex gap-4">
            <Link href="/docs/quickstart" className="hover:text-ink">
              Quickstart
            </Link>
            <Link href="/explore" className="hover:text-ink">
              Agents
            </Link>
            <Link href="/terms" className="hover:text-ink">
              Terms
            </Link>
            <Link href="/privacy" className="hover:text-ink">
              Privacy
            </Link>
          </nav>
        </div>
      </footer>
    </div>
  );
}
