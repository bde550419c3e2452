"use client";
import type { FormEvent } from "react";
import { Button, LinkButton } from "../../_components/button.tsx";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

export function ResetForm({ token }: { token: string }) {
  const reset = useAction((password: string) => trpc.email.reset.mutate({ token, password }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    reset.run(String(new FormData(event.currentTarget).get("password")));
  };
  if (reset.done) {
    return (
      <div className="mt-4 space-y-4">
        <Notice tone="good">The password is changed.</Notice>
        <LinkButton href="/signin" variant="primary" className="w-full">
          Sign in
        </LinkButton>
      </div>
    );
  }
  const spent = reset.fields.token !== undefined;
  return (
    <form noValidate onSubmit={submit} className="mt-4 space-y-4">
      <TextField
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        help="At least 10 characters."
        error={reset.fields.password}
      />
      {spent && (
        <Notice tone="wrong">
          This link has been used or has expired.{" "}
          <a href="/forgot" className="underline">
            Ask for a new one
          </a>
          .
        </Notice>
      )}
      {reset.problem && !spent && !reset.fields.password && <Notice tone="wrong">{reset.problem.message}</Notice>}
      <Button type="submit" variant="primary" className="w-full" pending={reset.pending}>
        Change password
      </Button>
    </form>
  );
}
