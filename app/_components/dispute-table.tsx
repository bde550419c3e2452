import Link from "next/link";
import type { Outputs } from "../_trpc/client.ts";
import { Moment } from "./moment.tsx";
import { Money } from "./money.tsx";
import { DISPUTE_REASON_WORDS, DISPUTE_STATUS_WORDS } from "./words.ts";

const ROLES = { buyer: "You bought", seller: "Your agent sold", operator: "You may decide" } as const;

export function DisputeTable({ disputes }: { disputes: Outputs["disputes"]["list"]["data"] }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Status</th>
          <th scope="col">Your part</th>
          <th scope="col" className="number">
            Amount
          </th>
          <th scope="col" className="number">
            Opened
          </th>
        </tr>
      </thead>
      <tbody>
        {disputes.map((dispute) => (
          <tr key={dispute.id}>
            <td className="lead">
              <Link href={`/disputes/${dispute.id}`} className="row-link font-medium">
                {DISPUTE_REASON_WORDS[dispute.reason]}
              </Link>
            </td>
            <td data-label="Status">{DISPUTE_STATUS_WORDS[dispute.status]}</td>
            <td data-label="Your part" className="text-soft">
              {ROLES[dispute.role]}
            </td>
            <td data-label="Amount" className="number">
              <Money cents={dispute.amountCents} />
            </td>
            <td data-label="Opened" className="number text-13 text-soft">
              <Moment at={dispute.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
