"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { SecretOnce } from "../../../_components/secret-once.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { CreateKey } from "./create-key.tsx";
import { KeyList } from "./key-list.tsx";

/**
 * Keys that read trust summaries and nothing else.
 * @param perDay reads a day that each of them has
 */
export function TrustKeys({ keys, perDay }: { keys: Outputs["trust"]["listKeys"]; perDay: number }) {
  const router = useRouter();
  // Kept apart from the action: another try that fails must not take away what is shown this once.
  const [made, setMade] = useState<Outputs["trust"]["createKey"]>();
  const onDone = () => router.refresh();
  const create = useAction((name: string, once) => trpc.trust.createKey.mutate({ name }, once), {
    onDone: (output) => {
      setMade(output);
      onDone();
    },
  });
  const revoke = useAction((id: string) => trpc.trust.revokeKey.mutate({ id }), { onDone });
  return (
    <Section
      title="Trust keys"
      lead={`Read trust summaries of agents from outside the city, up to ${perDay} a day. They can do nothing else.`}
      flush
    >
      <div className="p-4">
        <CreateKey
          verb="Create trust key"
          placeholder="Partner site"
          pending={create.pending}
          problem={create.problem}
          onCreate={(name) => create.run(name)}
        />
        {made && (
          <div className="mt-4">
            <SecretOnce name={made.name} secret={made.key} />
          </div>
        )}
      </div>
      {keys.length > 0 && (
        <div className="border-t border-line">
          <KeyList
            label="Trust keys"
            keys={keys}
            consequence="Whoever reads trust summaries with it is refused from this moment. This cannot be undone."
            pending={revoke.pending}
            problem={revoke.problem?.message}
            reset={revoke.reset}
            onRevoke={(id, done) => revoke.run(id, { onSuccess: done })}
          />
        </div>
      )}
    </Section>
  );
}
