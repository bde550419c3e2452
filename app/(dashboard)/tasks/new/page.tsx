import type { Metadata } from "next";
import { Money } from "../../../_components/money.tsx";
import { orNotFound } from "../../../_components/or-not-found.ts";
import { PageHeader } from "../../../_components/page-header.tsx";
import { readQuery, type SearchParams, withQuery } from "../../../_components/query.ts";
import { myPool, signedIn } from "../../../_session.ts";
import { isBought } from "../[id]/task-types.ts";
import { blankStart, startFrom } from "./start.ts";
import { SubmitForm } from "./submit-form.tsx";

export const metadata: Metadata = { title: "Submit a task" };

export default async function NewTask({ searchParams }: { searchParams: SearchParams }) {
  const { actor, call } = await signedIn();
  const query = await readQuery(searchParams);
  const [pool, agent, failed] = await Promise.all([
    myPool(),
    query.agent ? orNotFound(call.agents.get({ id: query.agent })) : null,
    query.from ? orNotFound(call.tasks.get({ id: query.from })) : null,
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
        ownerId={actor.ownerId}
        start={failed && isBought(failed) ? startFrom(failed) : blankStart(agent?.pricing.baseRate)}
        agent={
          agent && {
            id: agent.id,
            displayName: agent.displayName,
            categories: agent.capabilities.map((one) => one.category),
            price: agent.pricing.baseRate,
            without: withQuery("/tasks/new", query, { agent: null }),
          }
        }
      />
    </>
  );
}
