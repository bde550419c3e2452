// A server with one sandbox and a command that runs in it, to be killed. Arguments: data folder, sandbox id, command.
import { readFileSync } from "node:fs";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { startBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";

const [dataDir = "", id = "", command = ""] = process.argv.slice(2);
const city = await startBubblewrap({ dataDir, repos: repoBroker({ allowedHosts: [], localRemotes: [] }) });
if ("missing" in city) throw new Error(city.missing);
const sandbox = await city.create({ id, source: { kind: "files", files: [{ path: "a", content: "x" }] } });
// What this process has started itself: the launcher.
process.send?.(readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number));
await sandbox.exec(command);
