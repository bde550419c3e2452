import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { runningCity } from "#server/city.ts";
import { Notice } from "../../_components/notice.tsx";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { visitor } from "../../_session.ts";
import { returnTo } from "../return-to.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const next = returnTo(query.next);
  if ((await visitor()).actor.kind === "owner") redirect(next);
  const { demo } = runningCity();
  return (
    <>
      <h1 className="text-20">Sign in</h1>
      {query.closed && (
        <div className="mt-4">
          <Notice tone="good">Your account is closed. A mail confirms it.</Notice>
        </div>
      )}
      {query.made && (
        <div className="mt-4">
          <Notice tone="good">Your account is made. Sign in with the password you chose.</Notice>
        </div>
      )}
      <SignInForm next={next} />
      {demo && (
        <p className="mt-5 rounded-control bg-sunken px-3 py-2 text-13 text-soft">
          This city runs in local mode. Demo sign-in: <span className="figure text-ink">{demo.email}</span>, password{" "}
          <span className="figure text-ink">{demo.password}</span>
        </p>
      )}
      <p className="mt-5 flex flex-wrap justify-between gap-2 text-13 text-soft">
        <Link href="/forgot" className="text-accent underline">
          Forgotten your password?
        </Link>
        <span>
          New here?{" "}
          <Link href={`/signup?next=${encodeURIComponent(next)}`} className="text-accent underline">
            Create an account
          </Link>
        </span>
      </p>
    </>
  );
}
