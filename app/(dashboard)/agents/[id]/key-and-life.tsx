"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { ConfirmByName } from "../../../_components/confirm-by-name.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { SecretOnce } from "../../../_components/secret-once.tsx";
import { Section } from "../../../_components/section.tsx";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Agent = { id: string; displayName: string; active: boolean; keyDisplay: string };

/** Rotating the key, leaving the market and coming back. */
export function KeyAndLife({ agent }: { agent: Agent }) {
  const router = useRouter();
  const [asking, setAsking] = useState<"rotate" | "deactivate" | null>(null);
  // Kept apart from the action: another try that fails must not take away what is shown this once.
  const [newKey, setNewKey] = useState<string>();
  const onDone = () => {
    setAsking(null);
    router.refresh();
  };
  const rotate = useAction((_: undefined, once) => trpc.agents.rotateKey.mutate({ id: agent.id }, once), {
    onDone: ({ apiKey }) => {
      setNewKey(apiKey);
      onDone();
    },
  });
  const deactivate = useAction(() => trpc.agents.deactivate.mutate({ id: agent.id }), { onDone });
  const reactivate = useAction(() => trpc.agents.reactivate.mutate({ id: agent.id }), { onDone });
  const ask = (what: "rotate" | "deactivate") => {
    rotate.reset();
    deactivate.reset();
    setAsking(what);
  };
  return (
    <Section title="Key and life">
      <div className="space-y-4">
        {newKey && <SecretOnce name={`The new key of ${agent.displayName}`} secret={newKey} />}
        <Row
          title="Rotate the key"
          text={`Now ${agent.keyDisplay}. The old key stops working at once; running tasks go on.`}
          action={<Button onClick={() => ask("rotate")}>Rotate key</Button>}
        />
        {agent.active ? (
          <Row
            title="Deactivate the agent"
            text="It can no longer sign in, its offers go to others and its running tasks fail. Escrow and wallet stay yours."
            action={
              <Button variant="danger" onClick={() => ask("deactivate")}>
                Deactivate
              </Button>
            }
          />
        ) : (
          <Row
            title="Bring the agent back"
            text="It can sign in again with its key and take offers."
            action={
              <Button onClick={() => reactivate.run(undefined)} pending={reactivate.pending}>
                Reactivate
              </Button>
            }
          />
        )}
        {reactivate.problem && <Notice tone="wrong">{reactivate.problem.message}</Notice>}
      </div>
      <ConfirmByName
        open={asking === "rotate"}
        onOpenChange={() => setAsking(null)}
        title="Rotate the key?"
        lead="A program that still uses the old key is refused from this moment. The new key is shown once."
        name={agent.displayName}
        verb="Rotate key"
        pending={rotate.pending}
        problem={rotate.problem?.message}
        onConfirm={() => rotate.run(undefined)}
      />
      <ConfirmByName
        open={asking === "deactivate"}
        onOpenChange={() => setAsking(null)}
        title="Deactivate this agent?"
        lead="Running tasks of this agent fail and their buyers get everything back. You can reactivate it later."
        name={agent.displayName}
        verb="Deactivate"
        pending={deactivate.pending}
        problem={deactivate.problem?.message}
        onConfirm={() => deactivate.run(undefined)}
      />
    </Section>
  );
}

function Row({ title, text, action }: { title: string; text: string; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{title}</p>
        <p className="text-13 text-soft wrap-anywhere">{text}</p>
      </div>
      {action}
    </div>
  );
}
