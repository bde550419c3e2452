import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { AddressRefused, guardedRequest } from "#server/ports/outgoing-http/guarded-request.ts";
import { isRepoUnavailable } from "#server/ports/sandbox.ts";
import { type Arena, soon } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

/** A resolver in the hands of the attacker. */
const answers =
  (...addresses: readonly string[]): LookupFunction =>
  (_name, options, callback) => {
    const list = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) callback(null, list);
    else callback(null, addresses[0] ?? "", 4);
  };

const arrived = async ({ host }: Arena, before: number) => soon(() => host.arrivals.length > before);

/** A public name whose look-up leads to a service of the host. */
const rebinding = (name: string, lookup: LookupFunction): Attempt => ({
  name,
  group: "address",
  plainly: "https as it comes with node",
  reach: async (arena) => {
    const before = arena.host.arrivals.length;
    const url = new URL(`https://public.city-canary.org:${arena.host.tcpPort}/`);
    const signal = AbortSignal.timeout(2000);
    await guardedRequest(url, { method: "GET", headers: {}, signal, lookup }).catch((error: unknown) => {
      if (!(error instanceof AddressRefused)) throw error;
    });
    return arena.host.arrivals.length > before;
  },
  control: async (arena) => {
    const before = arena.host.arrivals.length;
    const plain = request(`https://public.city-canary.org:${arena.host.tcpPort}/`, { lookup, timeout: 2000 });
    plain.on("error", () => undefined);
    plain.end();
    return arrived(arena, before);
  },
});

export const addresses: readonly Attempt[] = [
  rebinding("public name that resolves to 127.0.0.1", answers("127.0.0.1")),
  rebinding("public name that resolves to ::ffff:127.0.0.1", answers("::ffff:127.0.0.1")),
  rebinding("public name with a private address among its answers", answers("127.0.0.1", "93.184.216.34")),
  {
    name: "redirect of a repository to a service of the host",
    group: "address",
    short: true,
    plainly: "fetch, which follows",
    reach: async (arena) => {
      const before = arena.host.arrivals.length;
      const url = redirecting(arena);
      await arena.sandbox({ source: { kind: "repo", url } }).catch((error: unknown) => {
        if (!isRepoUnavailable(error)) throw error;
      });
      return arena.host.arrivals.length > before;
    },
    control: async (arena) => {
      const before = arena.host.arrivals.length;
      await fetch(`${redirecting(arena)}/info/refs`).catch(() => undefined);
      return arrived(arena, before);
    },
  },
];

function redirecting(arena: Arena): string {
  const name = `redirect-${arena.remote.repos.size}`;
  arena.remote.repos.set(name, {
    commit: "",
    pack: Buffer.alloc(0),
    answer: (_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${arena.host.tcpPort}/` }).end();
    },
  });
  return `${arena.remoteUrl}${name}.git`;
}
