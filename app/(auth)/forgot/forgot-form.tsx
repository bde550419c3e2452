"use client";
import type { FormEvent } from "react";
import { Button } from "../../_components/button.tsx";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

export function ForgotForm() {
  const request = useAction((email: string) => trpc.email.requestReset.mutate({ email }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    request.run(String(new FormData(event.currentTarget).get("email")).trim());
  };
  return (
    <form noValidate onSubmit={submit} className="mt-4 space-y-4">
      <TextField label="E-mail" name="email" type="email" autoComplete="email" error={request.fields.email} />
      {request.problem && Object.keys(request.fields).length === 0 && (
        <Notice tone="wrong">{request.problem.message}</Notice>
      )}
      {request.done && (
        <Notice tone="good">If there is an account with this address, a mail is on its way to it.</Notice>
      )}
      <Button type="submit" variant="primary" className="w-full" pending={request.pending}>
        Send the link
      </Button>
    </form>
  );
}
