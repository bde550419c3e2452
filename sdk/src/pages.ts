import type { Call, Client } from "./client.ts";

/** Where a numbered list stands. */
export type Pagination = { page: number; pageSize: number; total: number; totalPages: number };

/** Where a list that grows stands; pass `nextCursor` as `cursor` for what follows, null at the end. */
export type CursorPagination = { pageSize: number; nextCursor: string | null };

export type Page<T> = { data: T[]; pagination: Pagination };
export type CursorPage<T> = { data: T[]; pagination: CursorPagination };

/** Await it for one page, or `for await` over it for every item of this and all later pages. */
export type PagePromise<T> = Promise<Page<T>> & AsyncIterable<T>;
export type CursorPagePromise<T> = Promise<CursorPage<T>> & AsyncIterable<T>;

type AnyPage = { data: unknown[]; pagination: Partial<Pagination> & Partial<CursorPagination> };

/** Fetches a list's first page at once and the later ones only when somebody iterates that far. */
export function listPages<T>(client: Client, call: Call): PagePromise<T> {
  return iterable(client, call) as unknown as PagePromise<T>;
}

/** The same for lists that are read by cursor. */
export function listByCursor<T>(client: Client, call: Call): CursorPagePromise<T> {
  return iterable(client, call) as unknown as CursorPagePromise<T>;
}

function iterable(client: Client, call: Call): Promise<AnyPage> & AsyncIterable<unknown> {
  const first = fetchPage(client, call);
  async function* items() {
    let page = await first;
    while (true) {
      yield* page.data;
      const next = nextQuery(page);
      if (!next) return;
      page = await fetchPage(client, { ...call, query: { ...call.query, ...next } });
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: items });
}

async function fetchPage(client: Client, call: Call): Promise<AnyPage> {
  const { data, pagination } = await client.envelope(call);
  const rows = Array.isArray(data) ? data : [];
  const whole = { page: 1, pageSize: rows.length, total: rows.length, totalPages: 1 };
  return { data: rows, pagination: (pagination as AnyPage["pagination"] | undefined) ?? whole };
}

function nextQuery({ data, pagination }: AnyPage): object | undefined {
  if (pagination.nextCursor) return { cursor: pagination.nextCursor };
  if (data.length === 0 || pagination.page === undefined) return undefined;
  return pagination.page < (pagination.totalPages ?? 1) ? { page: pagination.page + 1 } : undefined;
}
