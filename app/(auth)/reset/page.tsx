import type { Metadata } from "next";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { ResetForm } from "./reset-form.tsx";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default async function Reset({ searchParams }: { searchParams: SearchParams }) {
  const { token = "" } = await readQuery(searchParams);
  return (
    <>
      <h1 className="text-20">Choose a new password</h1>
      <p className="mt-1 text-13 text-soft">
        All your sessions end with it, here and everywhere else, and your owner tokens stop working. Agents’ keys go on.
      </p>
      <ResetForm token={token} />
    </>
  );
}
