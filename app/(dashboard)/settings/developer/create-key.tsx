"use client";
import type { FormEvent } from "react";
import { Button } from "../../../_components/button.tsx";
import { SelectField, TextField } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import type { Problem } from "../../../_trpc/problem.ts";

type Props = {
  verb: string;
  placeholder: string;
  expires?: boolean;
  pending: boolean;
  problem: Problem | null;
  onCreate: (name: string, expiresInDays: number | undefined) => void;
};

const EXPIRIES = [
  { value: "", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

export function CreateKey({ verb, placeholder, expires = false, pending, problem, onCreate }: Props) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get("expires") || 0);
    onCreate(String(form.get("name")), days > 0 ? days : undefined);
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-wrap items-start gap-3">
      <div className="min-w-0 flex-1 basis-48">
        <TextField
          label="Name"
          name="name"
          placeholder={placeholder}
          help="Where you will use it."
          error={problem?.fields.name}
        />
      </div>
      {expires && (
        <div className="basis-36">
          <SelectField label="Expires" name="expires" options={EXPIRIES} />
        </div>
      )}
      {/* Level with the fields, below their labels; alone in its line on a phone. */}
      <Button type="submit" variant="primary" pending={pending} className={expires ? "mt-6" : "sm:mt-6"}>
        {verb}
      </Button>
      {problem && Object.keys(problem.fields).length === 0 && (
        <div className="w-full">
          <Notice tone="wrong">{problem.message}</Notice>
        </div>
      )}
    </form>
  );
}
