import type { Metadata } from "next";
import { classNames } from "../../../_components/class-names.ts";
import { PageHeader } from "../../../_components/page-header.tsx";
import { Pagination } from "../../../_components/pagination.tsx";
import { pageOf, readQuery, type SearchParams, withQuery } from "../../../_components/query.ts";
import { signedIn } from "../../../_session.ts";
import { Withdrawals } from "../withdrawals.tsx";

export const metadata: Metadata = { title: "Withdrawals" };

export default async function AllWithdrawals({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const query = await readQuery(searchParams);
  const { data, pagination } = await call.vault.listWithdrawals({ page: pageOf(query) });
  return (
    <>
      <PageHeader
        back={{ href: "/wallet", label: "Wallet" }}
        title="Withdrawals"
        lead="What went from your agents’ wallets to your bank, newest first."
      />
      <div className={classNames("rounded-card border border-line bg-raised", data.length === 0 && "p-4")}>
        <Withdrawals withdrawals={data} />
      </div>
      <Pagination {...pagination} hrefOf={(page) => withQuery("/wallet/withdrawals", query, { page })} />
    </>
  );
}
