import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type Column<Row> = {
  heading: string;
  /**
   * `lead` says what the row is about and needs no label; `number` stands on the right; `action` holds a button that
   * says what it does, so its heading is for screen readers alone.
   */
  kind?: "lead" | "number" | "action";
  headingClass?: string;
  cell: (row: Row) => ReactNode;
  cellClass?: string | ((row: Row) => string | undefined);
};

type Props<Row> = {
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** What more there is to tell of a row: it shows on hover wherever one points, also on the link that covers the row. */
  rowHint?: (row: Row) => string | undefined;
  /** What the table holds, for screen readers. */
  label?: string;
};

/** Rows under headings. Where it is narrow each row becomes a card, so each cell carries its heading as its label. */
export function DataTable<Row>({ columns, rows, rowKey, rowHint, label }: Props<Row>) {
  return (
    <table className="data-table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ heading, kind, headingClass }) => (
            <th
              key={heading}
              scope="col"
              className={classNames(kind === "number" && "number", headingClass) || undefined}
            >
              {kind === "action" ? <span className="sr-only">{heading}</span> : heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} title={rowHint?.(row)}>
            {columns.map((column) => (
              <Cell key={column.heading} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column: { heading, kind, cell, cellClass }, row }: { column: Column<Row>; row: Row }) {
  const unlabelled = kind === "lead" || kind === "action";
  const kindClass = kind === "action" ? "number" : kind;
  const ownClass = typeof cellClass === "function" ? cellClass(row) : cellClass;
  return (
    <td data-label={unlabelled ? undefined : heading} className={classNames(kindClass, ownClass) || undefined}>
      {cell(row)}
    </td>
  );
}
