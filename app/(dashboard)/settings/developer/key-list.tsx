"use client";
import { useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { ConfirmByName } from "../../../_components/confirm-by-name.tsx";
import { DataTable } from "../../../_components/data-table.tsx";
import { Moment } from "../../../_components/moment.tsx";

type Key = {
  id: string;
  name: string;
  display: string;
  createdAt: string;
  lastUsedAt?: string | null;
  expiresAt?: string | null;
};
type Props = {
  label: string;
  keys: Key[];
  /** What stops working when one is revoked. */
  consequence: string;
  pending: boolean;
  problem: string | undefined;
  /** Before each confirmation: forgets what came of the one before. */
  reset: () => void;
  onRevoke: (id: string, done: () => void) => void;
};

/** Secrets that work now, by name and first characters. */
export function KeyList({ label, keys, consequence, pending, problem, reset, onRevoke }: Props) {
  const [asking, setAsking] = useState<Key | null>(null);
  const ask = (key: Key) => {
    reset();
    setAsking(key);
  };
  return (
    <>
      <DataTable
        label={label}
        rows={keys}
        rowKey={(key) => key.id}
        columns={[
          {
            heading: "Name",
            kind: "lead",
            cell: (key) => (
              <>
                {key.name}
                {key.expiresAt && (
                  <span className="block text-12 font-normal text-faint">
                    expires <Moment at={key.expiresAt} />
                  </span>
                )}
              </>
            ),
            cellClass: "font-medium wrap-anywhere",
          },
          { heading: "Starts with", cell: (key) => key.display, cellClass: "figure text-13" },
          { heading: "Created", cell: (key) => <Moment at={key.createdAt} />, cellClass: "text-13 text-soft" },
          {
            heading: "Last used",
            cell: (key) => (key.lastUsedAt ? <Moment at={key.lastUsedAt} /> : "Not yet"),
            cellClass: "text-13 text-soft",
          },
          {
            heading: "Revoke",
            kind: "action",
            cell: (key) => (
              <Button variant="danger" aria-label={`Revoke ${key.name}`} onClick={() => ask(key)}>
                Revoke
              </Button>
            ),
          },
        ]}
      />
      <ConfirmByName
        open={asking !== null}
        onOpenChange={() => setAsking(null)}
        title={`Revoke ${asking?.name ?? ""}?`}
        lead={consequence}
        name={asking?.name ?? ""}
        verb="Revoke"
        pending={pending}
        problem={problem}
        onConfirm={() => asking && onRevoke(asking.id, () => setAsking(null))}
      />
    </>
  );
}
