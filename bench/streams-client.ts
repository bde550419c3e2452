import { request } from "node:http";

// The readers of the streams bench, in a process of their own, so that their cost is not the city's.

export type Order = { url: string; headers: Record<string, string>; paths: string[] };
/** `at`: milliseconds since the epoch, by the clock that `performance` has. */
export type News = { type: "open" } | { type: "event"; path: string; at: number } | { type: "end" };

const tell = (news: News) => process.send?.(news);

process.on("message", ({ url, headers, paths }: Order) => {
  for (const path of paths) {
    const asked = request(`${url}${path}`, { headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
      let opened = false;
      answer.setEncoding("utf8").on("data", (text: string) => {
        const at = performance.timeOrigin + performance.now();
        if (!text.includes("event: ")) return;
        // The first is what was stored already: from then on the stream is idle.
        tell(opened ? { type: "event", path, at } : { type: "open" });
        opened = true;
      });
      answer.on("close", () => tell({ type: "end" }));
    });
    asked.on("error", () => tell({ type: "end" }));
    asked.end();
  }
});
process.on("disconnect", () => process.exit(0));
