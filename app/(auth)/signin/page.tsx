import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { visitor } from "../../_session.ts";
import { returnTo } from "../return-to.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const next = returnTo(query.next);
  if ((await visitor()).actor.kind === "owner") redirect(next);
  return (
    <>
      <h1 className="text-20">Sign in</h1>
      <SignInForm next={next} />
      <p className="mt-5 text-13 text-soft">
        New here?{" "}
        <Link href={`/signup?next=${encodeURIComponent(next)}`} className="text-accent underline">
          Create an account
        </Link>
      </p>
    </>
  );
}
