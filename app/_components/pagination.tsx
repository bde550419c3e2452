import { LinkButton } from "./button.tsx";

type Props = { page: number; totalPages: number; total: number; hrefOf: (page: number) => string };

export function Pagination({ page, totalPages, total, hrefOf }: Props) {
  if (totalPages <= 1) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex items-center justify-between gap-3 text-13 text-soft">
      <span>
        Page {page} of {totalPages}, {total.toLocaleString("en-US")} in all
      </span>
      <span className="flex gap-2">
        {page > 1 && <LinkButton href={hrefOf(page - 1)}>Previous</LinkButton>}
        {page < totalPages && <LinkButton href={hrefOf(page + 1)}>Next</LinkButton>}
      </span>
    </nav>
  );
}
