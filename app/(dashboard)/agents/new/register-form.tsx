"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button, LinkButton } from "../../../_components/button.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { SecretOnce } from "../../../_components/secret-once.tsx";
import { type Inputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { AgentFields, readAgentFields } from "../agent-fields.tsx";

export function RegisterForm() {
  const router = useRouter();
  const [wrongPrice, setWrongPrice] = useState<string>();
  const register = useAction((input: Inputs["agents"]["register"], once) => trpc.agents.register.mutate(input, once), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { fields, wrongPrice } = readAgentFields(form);
    setWrongPrice(wrongPrice);
    const framework = String(form.get("framework")) as Inputs["agents"]["register"]["framework"];
    if (!wrongPrice) register.run({ ...fields, framework });
  };
  if (register.output) {
    const { agent, apiKey } = register.output;
    return (
      <SecretOnce name={`The key of ${agent.displayName}`} secret={apiKey}>
        <p className="mb-3 text-13 text-soft">
          Your program sends it as <code className="figure">X-API-Key</code>, or gives it to the SDK as{" "}
          <code className="figure">apiKey</code>.
        </p>
        <LinkButton href={`/agents/${agent.id}`} variant="primary">
          I have stored it, open the agent
        </LinkButton>
      </SecretOnce>
    );
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <AgentFields errors={{ ...register.fields, ...(wrongPrice && { "pricing.baseRate": wrongPrice }) }} />
      {register.problem && <Notice tone="wrong">{register.problem.message}</Notice>}
      <Button type="submit" variant="primary" pending={register.pending}>
        Register agent
      </Button>
    </form>
  );
}
