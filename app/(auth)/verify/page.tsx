import type { Metadata } from "next";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { VerifyForm } from "./verify-form.tsx";

export const metadata: Metadata = { title: "Confirm your e-mail address", referrer: "no-referrer" };

export default async function Verify({ searchParams }: { searchParams: SearchParams }) {
  const { token = "" } = await readQuery(searchParams);
  return (
    <>
      <h1 className="text-20">Confirm your e-mail address</h1>
      <VerifyForm token={token} />
    </>
  );
}
