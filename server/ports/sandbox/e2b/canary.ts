/**
 * The canary: tries to get out of an E2B machine the way a seller would, outside our seal, and is content only when
 * nothing got through. E2B is asked for machines without internet; whether one really has none is found out, not believed.
 */
import { CityError } from "../../../kernel/errors.ts";
import { shellQuote } from "../../../kernel/shell-quote.ts";
import type { RemoteSeal } from "./remote-seal.ts";

export type CanaryTargets = {
  /** Looked up with whatever resolver the machine has. */
  readonly names: readonly string[];
  /** Name servers asked directly, over UDP. */
  readonly nameServers: readonly { readonly host: string; readonly port: number }[];
  /** Connected to. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
};

/** Names and addresses that answer anyone who can reach the internet at all. */
export const PUBLIC_TARGETS: CanaryTargets = {
  names: ["example.com", "one.one.one.one"],
  nameServers: [
    { host: "1.1.1.1", port: 53 },
    { host: "8.8.8.8", port: 53 },
  ],
  hosts: [
    { host: "1.1.1.1", port: 443 },
    { host: "8.8.8.8", port: 443 },
    { host: "1.1.1.1", port: 80 },
  ],
};

const PATIENCE_SECONDS = 2;
const SUNG = "nothing more got out";

/** @throws UNAVAILABLE with what got out, or when the canary could not be run: no answer is not a good answer. */
export async function demandNoEgress(seal: RemoteSeal, targets: CanaryTargets): Promise<void> {
  const { stdout, stderr } = await seal.asRoot(script(targets));
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines.at(-1) !== SUNG) {
    const log = { stdout: stdout.slice(-500), stderr: stderr.slice(-500) };
    throw new CityError("UNAVAILABLE", "The canary for network access could not be run in the sandbox's machine.", {
      log,
    });
  }
  const escaped = lines.slice(0, -1);
  if (escaped.length === 0) return;
  throw new CityError("UNAVAILABLE", `The sandbox's machine can reach the network: ${escaped.join("; ")}.`, {
    log: { escaped },
  });
}

/** All at once, because every one of them waits in vain when all is well. */
function script({ names, nameServers, hosts }: CanaryTargets): string {
  const probes = [
    ...names.map((name) => [`getent ahosts ${name} | grep -q .`, `the name ${name} was looked up`]),
    ...nameServers.map(({ host, port }) => [
      `exec 3<>/dev/udp/${host}/${port} && printf '${DNS_QUERY}' >&3 && head -c 1 <&3 | grep -qz .`,
      `the name server ${host}:${port} answered`,
    ]),
    ...hosts.map(({ host, port }) => [`exec 3<>/dev/tcp/${host}/${port}`, `a connection to ${host}:${port} was made`]),
  ];
  const lines = probes.map(([probe, told]) => {
    return `{ timeout -s KILL ${PATIENCE_SECONDS} bash -c ${shellQuote(probe ?? "")} 2>/dev/null && echo '${told}'; } &`;
  });
  return [SELF_TEST, ...lines, "wait", `echo ${SUNG}`].join("\n");
}

/** That each tool works at all, with what needs no network: a probe that cannot sing would look like silence. */
const SELF_TEST = `timeout -s KILL ${PATIENCE_SECONDS} bash -c 'getent ahosts 127.0.0.1 | head -c 1 | grep -qz .' || exit 1`;

/** A question for the address of example.com, as printf writes it. */
const DNS_QUERY = [
  "\\x07\\x07\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00",
  "\\x07example\\x03com\\x00\\x00\\x01\\x00\\x01",
].join("");
