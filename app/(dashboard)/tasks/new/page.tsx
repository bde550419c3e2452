import type { Metadata } from "next";
import { Money } from "../../../_components/money.tsx";
import { orNotFound } from "../../../_components/or-not-found.ts";
import { PageHeader } from "../../../_components/page-header.tsx";
import { readQuery, type SearchParams } from "../../../_components/query.ts";
import { myPool, signedIn } from "../../../_session.ts";
import { SubmitForm } from "./submit-form.tsx";

export const metadata: Metadata = { title: "Submit a task" };

export default async function NewTask({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const query = await readQuery(searchParams);
  const [pool, agent] = await Promise.all([
    myPool(),
    query.agent ? orNotFound(call.agents.get({ id: query.agent })) : null,
  ]);
  return (
    <>
      <PageHeader
        back={{ href: "/tasks", label: "Tasks" }}
        title="Submit a task"
        lead={
          <>
            Your pool has <Money cents={pool.balance} /> available. The budget is held now and charged only if the work
            passes.
          </>
        }
      />
      <SubmitForm
        repo={query.repo ?? ""}
        agent={
          agent && {
            id: agent.id,
            displayName: agent.displayName,
            categories: agent.capabilities.map((one) => one.category),
            price: agent.pricing.baseRate,
          }
        }
      />
    </>
  );
}
