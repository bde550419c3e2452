"use client";
import type { FormEvent } from "react";
import { Button } from "../../_components/button.tsx";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { type Inputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";
import { enter } from "../enter.ts";

export function SignUpForm({ next }: { next: string }) {
  const signUp = useAction(async (input: Inputs["auth"]["signUp"]) => {
    await trpc.auth.signUp.mutate(input);
    // From here on there is an account: whatever goes wrong, signing up again would be refused.
    const outcome = await enter(input.email, input.password);
    window.location.assign(outcome === "in" ? next : `/signin?made=1&next=${encodeURIComponent(next)}`);
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    signUp.run({ name: text("name"), email: text("email").trim(), password: text("password") });
  };
  const taken = signUp.problem?.code === "EMAIL_TAKEN";
  const busy = signUp.pending || signUp.done;
  return (
    <form method="post" noValidate onSubmit={submit} className="mt-4 space-y-4">
      <TextField label="Name" name="name" autoComplete="name" error={signUp.fields.name} />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="email"
        error={taken ? "There is already an account with this e-mail. Sign in instead." : signUp.fields.email}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        help="At least 10 characters."
        error={signUp.fields.password}
      />
      {signUp.problem && !taken && <Notice tone="wrong">{signUp.problem.message}</Notice>}
      <Button type="submit" variant="primary" pending={busy} className="w-full">
        Create account
      </Button>
    </form>
  );
}
