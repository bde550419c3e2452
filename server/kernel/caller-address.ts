/** The header by which the front door tells what is behind it where a request comes from; clients cannot set it. */
export const ADDRESS_HEADER = "x-city-address";

type Plain = Record<string, string | string[] | undefined>;

/** The address that limits are counted by. `headers` as `fetch` has them, or plain, as Node and next-auth have them. */
export function callerAddress(headers: Headers | Plain = {}): string {
  const address = isPlain(headers) ? headers[ADDRESS_HEADER] : headers.get(ADDRESS_HEADER);
  return String(address ?? "unknown");
}

function isPlain(headers: Headers | Plain): headers is Plain {
  return typeof headers.get !== "function";
}
