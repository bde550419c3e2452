/**
 * Which network addresses the city may reach on someone else's behalf. Shared by the repo broker and by outgoing
 * webhooks. The rule is an allow-list: only globally routable unicast passes, whatever way the address is written.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** NAT64 (RFC 6052, RFC 8215), 6to4, Teredo and IPv4-compatible addresses carry an IPv4 address inside. */
const CARRIERS = ["64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"].map((range) =>
  ipaddr.parseCIDR(range),
);

/** Blocks that `range()` of ipaddr.js calls unicast, or that vendors use inside their networks. */
const REFUSED = [
  ...["0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "168.63.129.16/32"],
  ...["2001:db8::/32", "3fff::/20", "5f00::/16", "100::/64", "fec0::/10", "fd00:ec2::254/128"],
].map((range) => ipaddr.parseCIDR(range));

/**
 * @param address as the resolver or the socket gives it, without brackets.
 * @returns true only for a public unicast address; false also for text that is not an address.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "");
  // A zone ("fe80::1%eth0") only makes sense on a local link.
  if (bare.includes("%") || isIP(bare) === 0) return false;
  // `process` turns an IPv4-mapped address into the IPv4 address it is.
  const parsed = ipaddr.process(bare);
  const within = (ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]) =>
    ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
  if (within(CARRIERS) || within(REFUSED)) return false;
  return parsed.range() === "unicast";
}

/**
 * Judges a host by its text, before any look-up: an address in any notation (decimal, octal, hexadecimal, short) must
 * be public, and a name must be one that public DNS can know.
 * @param host as `URL.hostname` gives it; the WHATWG parser has then turned every IPv4 notation into dotted decimal.
 */
export function isPublicHost(host: string): boolean {
  const name = host.replace(/\.$/, "").toLowerCase();
  if (name.startsWith("[")) return isPublicAddress(name);
  if (isIP(name) !== 0) return isPublicAddress(name);
  if (!/^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(name)) return false;
  return !/(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|onion|test|invalid|example|home\.arpa)$/.test(
    name,
  );
}
