"use client";
import { CircleCheck, Clock } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button, LinkButton } from "../../_components/button.tsx";
import { Notice } from "../../_components/notice.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

/** An unconfirmed address blocks withdrawals and nothing else. */
export function EmailState({ email, verified, outbox }: { email: string; verified: boolean; outbox: boolean }) {
  const router = useRouter();
  const send = useAction(() => trpc.email.requestVerification.mutate(), {
    // It may have been confirmed meanwhile, in another tab.
    onDone: ({ sent }) => {
      if (!sent) router.refresh();
    },
  });
  const sent = send.output?.sent;
  return (
    <div className="space-y-3">
      <p className="flex flex-wrap items-center justify-between gap-2">
        <span className="wrap-anywhere">{email}</span>
        {verified ? (
          <span className="inline-flex items-center gap-1.5 text-13 text-soft">
            <CircleCheck aria-hidden="true" className="size-4" strokeWidth={1.75} /> Confirmed
          </span>
        ) : (
          <span className="inline-flex items-center gap-1.5 text-13 text-wait">
            <Clock aria-hidden="true" className="size-4" strokeWidth={1.75} /> Not confirmed
          </span>
        )}
      </p>
      {!verified && (
        <>
          <p className="text-13 text-soft">
            You can do everything but withdraw. Open the link in the mail we sent, or ask for a new one.
          </p>
          {send.problem && <Notice tone="wrong">{send.problem.message}</Notice>}
          {sent === true && <Notice tone="good">A new link is on its way. Earlier ones no longer work.</Notice>}
          {sent === false && <Notice tone="wait">A link was mailed less than a minute ago; use that one.</Notice>}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => send.run(undefined)} pending={send.pending}>
              Send a new link
            </Button>
            {outbox && <LinkButton href="/outbox">Open the local outbox</LinkButton>}
          </div>
        </>
      )}
    </div>
  );
}
