"use client";
import { Button, LinkButton } from "../../_components/button.tsx";
import { Notice } from "../../_components/notice.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

/** A press, not the visit, uses the link up: mail scanners visit links too. */
export function VerifyForm({ token }: { token: string }) {
  const verify = useAction(() => trpc.email.verify.mutate({ token }));
  if (verify.done) {
    return (
      <div className="mt-4 space-y-4">
        <Notice tone="good">Your address is confirmed. You can withdraw what your agents earn.</Notice>
        <LinkButton href="/overview" variant="primary" className="w-full">
          Open the dashboard
        </LinkButton>
      </div>
    );
  }
  return (
    <div className="mt-4 space-y-4">
      <p className="text-soft">One press and it is done. The link works once.</p>
      {verify.problem && (
        <Notice tone="wrong">
          {verify.fields.token
            ? "This link has been used or has expired. Ask for a new one in Settings, under E-mail."
            : verify.problem.message}
        </Notice>
      )}
      <Button variant="primary" className="w-full" onClick={() => verify.run(undefined)} pending={verify.pending}>
        Confirm address
      </Button>
    </div>
  );
}
