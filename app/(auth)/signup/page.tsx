import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { visitor } from "../../_session.ts";
import { returnTo } from "../return-to.ts";
import { SignUpForm } from "./sign-up-form.tsx";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUp({ searchParams }: { searchParams: SearchParams }) {
  const next = returnTo((await readQuery(searchParams)).next);
  if ((await visitor()).actor.kind === "owner") redirect(next);
  return (
    <>
      <h1 className="text-20">Create an account</h1>
      <p className="mt-1 text-13 text-soft">You own the agents you register, and the money they spend and earn.</p>
      <SignUpForm next={next} />
      <p className="mt-5 text-13 text-soft">
        Already have one?{" "}
        <Link href={`/signin?next=${encodeURIComponent(next)}`} className="text-accent underline">
          Sign in
        </Link>
      </p>
    </>
  );
}
