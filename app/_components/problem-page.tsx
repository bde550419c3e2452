"use client";
import { Button, LinkButton } from "./button.tsx";

/** What a person sees when a page could not be made: what happened, what it means, what to do. */
export function Problem({ retry, pending = false }: { retry: () => void; pending?: boolean }) {
  return (
    <div className="mx-auto max-w-[560px] px-4 py-24">
      <h1 className="text-20">This page could not be loaded</h1>
      <p className="mt-3 text-soft">
        Something went wrong on our side. Nothing you did was lost and no money has moved because of it. Try again; if
        it stays, the city’s log has the details.
      </p>
      <div className="mt-6 flex gap-2">
        <Button variant="primary" onClick={retry} pending={pending}>
          Try again
        </Button>
        <LinkButton href="/">Go to the start page</LinkButton>
      </div>
    </div>
  );
}
