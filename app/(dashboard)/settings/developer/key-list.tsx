"use client";
import { useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { ConfirmByName } from "../../../_components/confirm-by-name.tsx";
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
  onRevoke: (id: string, done: () => void) => void;
};

/** Secrets that work now, by name and first characters. */
export function KeyList({ label, keys, consequence, pending, problem, onRevoke }: Props) {
  const [asking, setAsking] = useState<Key | null>(null);
  return (
    <>
      <table className="data-table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Starts with</th>
            <th scope="col">Created</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="sr-only">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td className="lead font-medium wrap-anywhere">
                {key.name}
                {key.expiresAt && (
                  <span className="block text-12 font-normal text-faint">
                    expires <Moment at={key.expiresAt} />
                  </span>
                )}
              </td>
              <td data-label="Starts with" className="figure text-13">
                {key.display}
              </td>
              <td data-label="Created" className="text-13 text-soft">
                <Moment at={key.createdAt} />
              </td>
              <td data-label="Last used" className="text-13 text-soft">
                {key.lastUsedAt ? <Moment at={key.lastUsedAt} /> : "Not yet"}
              </td>
              <td className="number">
                <Button variant="danger" aria-label={`Revoke ${key.name}`} onClick={() => setAsking(key)}>
                  Revoke
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ConfirmByName
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
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
