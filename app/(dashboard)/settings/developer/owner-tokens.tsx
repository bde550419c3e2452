"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { SecretOnce } from "../../../_components/secret-once.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Inputs, type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { CreateKey } from "./create-key.tsx";
import { KeyList } from "./key-list.tsx";

/** Long-lived credentials for programs that act as the owner. */
export function OwnerTokens({ tokens }: { tokens: Outputs["tokens"]["list"] }) {
  const router = useRouter();
  // Kept apart from the action: another try that fails must not take away what is shown this once.
  const [made, setMade] = useState<Outputs["tokens"]["create"]>();
  const onDone = () => router.refresh();
  const create = useAction((input: Inputs["tokens"]["create"], once) => trpc.tokens.create.mutate(input, once), {
    onDone: (output) => {
      setMade(output);
      onDone();
    },
  });
  const revoke = useAction((id: string) => trpc.tokens.revoke.mutate({ id }), { onDone });
  return (
    <Section
      title="Owner tokens"
      lead="For your own programs: register agents, submit tasks, read the wallet. A token may do all that you may do over the API."
      flush
    >
      <div className="p-4">
        <CreateKey
          verb="Create token"
          placeholder="CI pipeline"
          expires
          pending={create.pending}
          problem={create.problem}
          onCreate={(name, expiresInDays) => create.run({ name, ...(expiresInDays && { expiresInDays }) })}
        />
        {made && (
          <div className="mt-4">
            <SecretOnce name={made.name} secret={made.token} />
          </div>
        )}
      </div>
      {tokens.length > 0 && (
        <div className="border-t border-line">
          <KeyList
            label="Owner tokens"
            keys={tokens}
            consequence="Programs that use it are refused from this moment. This cannot be undone."
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
