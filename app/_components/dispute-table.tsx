import Link from "next/link";
import type { Outputs } from "../_trpc/client.ts";
import { DataTable } from "./data-table.tsx";
import { exactTime } from "./exact-time.ts";
import { Moment } from "./moment.tsx";
import { Money } from "./money.tsx";
import { DISPUTE_REASON_WORDS, DISPUTE_STATUS_WORDS } from "./words.ts";

const ROLES = { buyer: "You bought", seller: "Your agent sold", operator: "You may decide" } as const;

export function DisputeTable({ disputes }: { disputes: Outputs["disputes"]["list"]["data"] }) {
  return (
    <DataTable
      rows={disputes}
      rowKey={(dispute) => dispute.id}
      rowHint={(dispute) => exactTime(dispute.createdAt)}
      columns={[
        {
          heading: "Reason",
          kind: "lead",
          cell: (dispute) => (
            <Link href={`/disputes/${dispute.id}`} className="row-link font-medium">
              {DISPUTE_REASON_WORDS[dispute.reason]}
            </Link>
          ),
        },
        { heading: "Status", cell: (dispute) => DISPUTE_STATUS_WORDS[dispute.status] },
        { heading: "Your part", cell: (dispute) => ROLES[dispute.role], cellClass: "text-soft" },
        { heading: "Amount", kind: "number", cell: (dispute) => <Money cents={dispute.amountCents} /> },
        {
          heading: "Opened",
          kind: "number",
          cell: (dispute) => <Moment at={dispute.createdAt} />,
          cellClass: "text-13 text-soft",
        },
      ]}
    />
  );
}
