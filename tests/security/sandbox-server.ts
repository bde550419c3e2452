// A server of its own with one sandbox and one command, to be killed or to be started in a bad place. Arguments: data
// folder, sandbox id, command, and a defence to go without. Says which processes it started, then what the command said.
import { readFileSync } from "node:fs";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { buildBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";
import { allDefences, type Defence } from "#server/ports/sandbox/sealed/defences.ts";

const [dataDir = "", id = "", command = "", ...without] = process.argv.slice(2);
const repos = repoBroker({ allowedHosts: [], localRemotes: [] });
const built = await buildBubblewrap({ dataDir, repos, defences: allDefences(without as Defence[]) });
if ("missing" in built) throw new Error(built.missing);
const sandbox = await built.provider.create({ id, source: { kind: "files", files: [{ path: "a", content: "x" }] } });
process.send?.(readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number));
const { stdout } = await sandbox.exec(command);
await built.provider.sweep(new Set());
process.send?.(stdout);
process.disconnect?.();
