/** The header by which the front door tells what is behind it where a request comes from; clients cannot set it. */
export const ADDRESS_HEADER = "x-city-address";

/** The address that limits are counted by. `headers` as `fetch` has them, or plain, as next-auth hands them on. */
export function callerAddress(headers: Headers | Record<string, string | undefined> = {}): string {
  const address = isPlain(headers) ? headers[ADDRESS_HEADER] : headers.get(ADDRESS_HEADER);
  return address ?? "unknown";
}

function isPlain(headers: Headers | Record<string, string | undefined>): headers is Record<string, string | undefined> {
  return typeof headers.get !== "function";
}
