import type { ComponentProps, ReactNode } from "react";

type Node = { type: string; tagName?: string; value?: string; properties?: Record<string, unknown>; children?: Node[] };

/** Tells each cell of a table its column's name, so that on a phone a row can be read as a card. */
export function labelCells() {
  return (tree: Node): void => {
    for (const table of within(tree, "table")) {
      const labels = within(table, "th").map(textOf);
      for (const row of within(table, "tr")) {
        within(row, "td").forEach((cell, column) => {
          cell.properties = { ...cell.properties, "data-label": labels[column] ?? "" };
        });
      }
    }
  };
}

/** Where it is narrow each row becomes a card: the first cell on top, the others with their column's name. */
export const TABLE = {
  table: ({ children }: { children?: ReactNode }) => (
    <div className="@container overflow-x-auto rounded-card border border-line bg-raised">
      <table className="table w-full border-0 @max-[560px]:block">{children}</table>
    </div>
  ),
  thead: ({ children }: { children?: ReactNode }) => <thead className="@max-[560px]:sr-only">{children}</thead>,
  tbody: ({ children }: { children?: ReactNode }) => (
    <tbody className="divide-y divide-line @max-[560px]:block">{children}</tbody>
  ),
  tr: ({ children }: { children?: ReactNode }) => (
    <tr className="@max-[560px]:block @max-[560px]:py-2.5">{children}</tr>
  ),
  th: ({ children }: { children?: ReactNode }) => (
    <th className="border-0 border-b border-line px-4 py-2 text-12 font-medium text-faint">{children}</th>
  ),
  td: ({ children, ...rest }: ComponentProps<"td">) => {
    const label = String((rest as Record<string, unknown>)["data-label"] ?? "");
    const isEmpty = children === undefined || children === null || (Array.isArray(children) && children.length === 0);
    return (
      <td
        className={`group border-0 px-4 py-2 @max-[560px]:gap-3 @max-[560px]:py-0.5 ${isEmpty ? "@max-[560px]:hidden" : "@max-[560px]:flex"}`}
      >
        {label !== "" && (
          <span
            aria-hidden="true"
            className="hidden w-20 shrink-0 text-12 text-faint group-first:hidden! @max-[560px]:block"
          >
            {label}
          </span>
        )}
        <div className="min-w-0">{children}</div>
      </td>
    );
  },
};

function within(node: Node, tagName: string): Node[] {
  return (node.children ?? []).flatMap((child) => (child.tagName === tagName ? [child] : within(child, tagName)));
}

function textOf(node: Node): string {
  return node.value ?? (node.children ?? []).map(textOf).join("");
}
