"use client";
import { type FormEvent, useRef } from "react";
import { Button } from "../../_components/button.tsx";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

export function PasswordForm({ email }: { email: string }) {
  const form = useRef<HTMLFormElement>(null);
  const change = useAction((input: { current: string; next: string }) => trpc.owners.changePassword.mutate(input), {
    onDone: () => form.current?.reset(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    change.run({ current: String(data.get("current")), next: String(data.get("next")) });
  };
  return (
    <form ref={form} noValidate onSubmit={submit} className="space-y-4">
      <input type="hidden" name="username" autoComplete="username" defaultValue={email} />
      <TextField
        label="Current password"
        name="current"
        type="password"
        autoComplete="current-password"
        error={change.fields.current}
      />
      <TextField
        label="New password"
        name="next"
        type="password"
        autoComplete="new-password"
        help="At least 10 characters."
        error={change.fields.next}
      />
      {change.problem && <Notice tone="wrong">{change.problem.message}</Notice>}
      {change.done && !change.pending && (
        <Notice tone="good">The password is changed. All other sessions have ended.</Notice>
      )}
      <Button type="submit" pending={change.pending}>
        Change password
      </Button>
    </form>
  );
}
