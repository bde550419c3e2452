/** What an ordinary user's server does with sandboxes, as a process of its own: unprivileged.test.ts starts it under another user id. */
import { readdirSync } from "node:fs";
import { startBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";

const [dataDir = "", flagFile = ""] = process.argv.slice(2);
const repos = { refusal: () => null, fetch: () => Promise.reject(new Error("No repository is fetched here.")) };
const provider = await startBubblewrap({ dataDir, repos });
if ("missing" in provider) {
  console.log(JSON.stringify({ missing: provider.missing }));
  process.exit();
}
const source = { kind: "files" as const, files: [{ path: "a.txt", content: "one\n" }] };
const [mine, other] = [await provider.create({ id: "mine", source }), await provider.create({ id: "other", source })];
await other.writeFile("secret.txt", "FLAG-of-another\n");
const fork = `python3 -c '
import os, time
n = 0
try:
    while n < 400:
        if os.fork() == 0: time.sleep(5); os._exit(0)
        n += 1
except OSError: pass
print(n)'`;
const said = {
  uid: process.getuid?.(),
  can: provider.can,
  who: (await mine.exec("id -u; cut -d: -f1 -s /proc/net/dev; grep CapEff /proc/self/status")).stdout,
  host: (
    await mine.exec(`cat ${flagFile} /host${flagFile}; find / -name secret.txt 2>/dev/null; touch /x && echo made`)
  ).stdout,
  link: await mine.exec(`ln -s ${flagFile} link`).then(() => mine.readFile("link").catch((error) => error.code)),
  forks: Number((await mine.exec(fork, { timeoutMs: 20_000 })).stdout),
  late: await mine.exec("(setsid sleep 61.61 &) ; sleep 60", { timeoutMs: 500 }),
  change: await mine.exec("echo two > a.txt").then(() => mine.diff()),
  pristine: await (await mine.pristine()).readText("a.txt"),
};
// A folder that nobody may enter would keep an ordinary user from removing what is in it.
await mine.exec("mkdir -p closed/deep; echo x > closed/deep/x; chmod 000 closed/deep closed");
await provider.destroy("mine");
const swept = await provider.sweep(new Set());
console.log(
  JSON.stringify({
    ...said,
    swept,
    left: readdirSync(dataDir, { recursive: true }).filter((name) => /mine|other/.test(String(name))),
  }),
);
