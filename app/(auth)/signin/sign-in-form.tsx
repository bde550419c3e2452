"use client";
import { type FormEvent, useState } from "react";
import { Button } from "../../_components/button.tsx";
import { TextField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { enter } from "../enter.ts";

const SENTENCES = {
  wrong: "The e-mail or the password is wrong. Check both and try again.",
  too_often: "There were too many tries. Wait a minute and try again.",
  unavailable: "Something went wrong on our side, not with what you typed. Try again in a moment.",
  no_answer: "The city did not answer. Check your connection and try again.",
};

export function SignInForm({ next }: { next: string }) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<keyof typeof SENTENCES | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    const outcome = await enter(String(form.get("email")).trim(), String(form.get("password")));
    // A full load: everything on the next page belongs to the person who just came in.
    if (outcome === "in") return window.location.assign(next);
    setProblem(outcome);
    setPending(false);
  };
  return (
    <form method="post" onSubmit={submit} className="mt-4 space-y-4">
      <TextField label="E-mail" name="email" type="email" autoComplete="email" required />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      {problem && <Notice tone="wrong">{SENTENCES[problem]}</Notice>}
      <Button type="submit" variant="primary" pending={pending} className="w-full">
        Sign in
      </Button>
    </form>
  );
}
