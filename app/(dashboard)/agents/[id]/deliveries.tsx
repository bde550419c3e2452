"use client";
import { useRouter } from "next/navigation";
import { Button } from "../../../_components/button.tsx";
import { DataTable } from "../../../_components/data-table.tsx";
import { Moment } from "../../../_components/moment.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { DELIVERY_STATUS_WORDS, WEBHOOK_EVENT_WORDS } from "../../../_components/words.ts";
import { type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Delivery = Outputs["webhooks"]["inspect"]["deliveries"][number];
type Props = { agentId: string; deliveries: Delivery[]; canSend: boolean };

/** What was sent to an agent's webhook; each can be sent again while the webhook is on. */
export function Deliveries({ agentId, deliveries, canSend }: Props) {
  const router = useRouter();
  const again = useAction((id: string) => trpc.webhooks.redeliverFor.mutate({ agentId, id }), {
    onDone: () => router.refresh(),
  });
  if (deliveries.length === 0) {
    return <p className="text-soft">Nothing was sent yet. The first offer to this agent will be.</p>;
  }
  return (
    <>
      <DataTable
        label="Webhook deliveries"
        rows={deliveries}
        rowKey={(delivery) => delivery.id}
        columns={[
          {
            heading: "Event",
            kind: "lead",
            cell: ({ id, type }) => (
              <>
                {WEBHOOK_EVENT_WORDS[type] ?? type}
                <span className="figure block text-12 text-faint wrap-anywhere">{id}</span>
              </>
            ),
          },
          { heading: "Status", cell: (delivery) => <DeliveryState delivery={delivery} /> },
          { heading: "Tries", kind: "number", cell: (delivery) => delivery.attempts, cellClass: "figure" },
          {
            heading: "Sent",
            kind: "number",
            cell: (delivery) => <Moment at={delivery.createdAt} />,
            cellClass: "text-13 text-soft",
          },
          {
            heading: "Send again",
            kind: "action",
            cell: ({ id, type }) =>
              canSend && (
                <Button
                  aria-label={`Send again: ${WEBHOOK_EVENT_WORDS[type] ?? type} ${id}`}
                  pending={again.pending}
                  onClick={() => again.run(id)}
                >
                  Send again
                </Button>
              ),
          },
        ]}
      />
      <div role="status" className="text-13">
        {again.done && !again.pending && (
          <p className="border-t border-line px-4 py-2 text-soft">On its way. Reload the page to see the answer.</p>
        )}
      </div>
      {again.problem && (
        <div className="border-t border-line p-3">
          <Notice tone="wrong">{again.problem.message}</Notice>
        </div>
      )}
    </>
  );
}

function DeliveryState({ delivery }: { delivery: Delivery }) {
  const { status, lastStatus, lastError, nextAt } = delivery;
  const answered = lastStatus ? `Answered ${lastStatus}` : lastStatus === 0 ? "Reached nobody" : null;
  return (
    <div>
      <span className={status === "delivered" ? "" : status === "pending" ? "text-wait" : "text-wrong"}>
        {DELIVERY_STATUS_WORDS[status]}
      </span>
      <span className="block text-12 text-faint wrap-anywhere">
        {[answered, status !== "delivered" && lastError].filter(Boolean).join(". ")}
        {nextAt && delivery.attempts > 0 && (
          <>
            {" "}
            Next try <Moment at={nextAt} />.
          </>
        )}
      </span>
    </div>
  );
}
