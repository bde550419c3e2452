import { connect } from "node:net";

// A load generator in a process of its own: connections that ask again as soon as they are answered. It speaks just
// enough HTTP to cost little beside what it measures.

export type Load = {
  port: number;
  connections: number;
  ms: number;
  /** The request without its last header and body; `{n}` is replaced by a number of its own. */
  head: string;
  body: string;
};
export type Loaded = { requests: number; refused: number; ms: number; p50: number; p95: number };

process.on("message", async (load: Load) => {
  const end = performance.now() + load.ms;
  const from = performance.now();
  const taken: number[] = [];
  let refused = 0;
  const run = process.hrtime.bigint().toString(36);
  let n = 0;
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(load.port, "127.0.0.1");
      let answer = "";
      let asked = 0;
      const ask = () => {
        n += 1;
        asked = performance.now();
        const length = load.body ? `content-length: ${Buffer.byteLength(load.body)}\r\n` : "";
        socket.write(`${load.head.replace("{n}", `${run}-${n}`)}${length}\r\n${load.body}`);
      };
      socket.setNoDelay(true).setEncoding("latin1").on("connect", ask).on("error", reject);
      socket.on("data", (text: string) => {
        answer += text;
        if (!isWhole(answer)) return;
        const now = performance.now();
        taken.push(now - asked);
        if (!/^HTTP\/1\.1 20[01]/.test(answer)) refused += 1;
        answer = "";
        if (now < end) return ask();
        socket.end();
        resolve();
      });
    });
  await Promise.all(Array.from({ length: load.connections }, connection));
  taken.sort((a, b) => a - b);
  const share = (part: number) => taken[Math.floor(part * taken.length)] ?? Number.NaN;
  const loaded: Loaded = {
    requests: taken.length,
    refused,
    ms: performance.now() - from,
    p50: share(0.5),
    p95: share(0.95),
  };
  process.send?.(loaded);
});
process.on("disconnect", () => process.exit(0));

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, headEnd));
  return length ? answer.length >= headEnd + 4 + Number(length[1]) : answer.endsWith("\r\n0\r\n\r\n");
}
