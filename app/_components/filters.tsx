"use client";
import { Search } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useOptimistic, useTransition } from "react";
import { classNames } from "./class-names.ts";
import { CONTROL } from "./field.tsx";
import { withQuery } from "./query.ts";

export type Filter = { name: string; label: string; any: string; options: { value: string; label: string }[] };
type Props = {
  filters: Filter[];
  query: Record<string, string>;
  search?: { name: string; label: string };
};

/** Filters live in the address: they survive a reload, the back button and a link sent to somebody. */
export function Filters({ filters, query, search }: Props) {
  const router = useRouter();
  const path = usePathname();
  const [pending, start] = useTransition();
  // What was chosen counts at once: the next choice adds to it, also before the page for it has arrived.
  const [chosen, choose] = useOptimistic(query);
  const change = (changes: Record<string, string>) =>
    start(() => {
      choose({ ...chosen, ...changes });
      router.replace(withQuery(path, chosen, { ...changes, page: null }), { scroll: false });
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (search) change({ [search.name]: String(new FormData(event.currentTarget).get(search.name) ?? "").trim() });
  };
  return (
    <search>
      <form
        onSubmit={submit}
        aria-busy={pending}
        className={classNames("mb-4 grid grid-cols-2 gap-2", search ? "sm:grid-cols-4" : "sm:flex sm:flex-wrap")}
      >
        {search && (
          <div className="relative col-span-full">
            <Search aria-hidden="true" className="absolute top-2.5 left-3 size-4 text-faint" />
            <input
              key={query[search.name] ?? ""}
              name={search.name}
              type="search"
              aria-label={search.label}
              placeholder={search.label}
              defaultValue={query[search.name] ?? ""}
              maxLength={200}
              className={classNames(CONTROL, "h-9 w-full pl-9")}
            />
          </div>
        )}
        {filters.map((filter) => (
          <Choice
            key={filter.name}
            filter={filter}
            value={chosen[filter.name] ?? ""}
            onChange={(value) => change({ [filter.name]: value })}
          />
        ))}
      </form>
    </search>
  );
}

function Choice({ filter, value, onChange }: { filter: Filter; value: string; onChange: (value: string) => void }) {
  return (
    <select
      aria-label={filter.label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classNames(CONTROL, "h-9 min-w-0 pr-8", value && "border-ink font-medium")}
    >
      <option value="">{filter.any}</option>
      {filter.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
