export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The query of an address as single, non-empty values. */
export async function readQuery(searchParams: SearchParams): Promise<Record<string, string>> {
  const entries = Object.entries(await searchParams).flatMap(([key, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first ? [[key, first] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The page an address asks for; the first when it asks for none that can be. */
export function pageOf({ page = "" }: Record<string, string>): number {
  return /^[1-9]\d{0,4}$/.test(page) ? Number(page) : 1;
}

/** The same address with some values changed; an empty one is left out. */
export function withQuery(
  path: string,
  query: Record<string, string>,
  changes: Record<string, string | number | null>,
): string {
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, String(value));
  }
  const text = next.toString();
  return text ? `${path}?${text}` : path;
}
