"use client";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { SaveRow } from "../../_components/save-row.tsx";
import { trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

export function NameForm({ name }: { name: string }) {
  const router = useRouter();
  const save = useAction((next: string) => trpc.owners.update.mutate({ name: next }), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.run(String(new FormData(event.currentTarget).get("name")));
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <TextField label="Name" name="name" defaultValue={name} autoComplete="name" error={save.fields.name} />
      {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      <SaveRow save={save}>Save name</SaveRow>
    </form>
  );
}
