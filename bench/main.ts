import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What can be measured; each is a program of its own in this folder and prints its figures beside their targets. */
const PARTS = ["ledger", "engine", "adapter", "api", "streams", "routing", "sandbox", "gate"];

const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join(", ")}". There are: ${PARTS.join(", ")}.`);
  process.exit(2);
}

let missed = false;
for (const part of asked.length > 0 ? asked : PARTS) {
  const file = fileURLToPath(new URL(`./${part}.ts`, import.meta.url));
  console.log(`\n── ${part} ──`);
  // One after the other, each in a process of its own: nothing that one leaves behind slows the next.
  const code = await new Promise<number | null>((resolve) =>
    spawn(process.execPath, [file], { stdio: "inherit" }).once("exit", resolve),
  );
  missed ||= code !== 0;
}
process.exit(missed ? 1 : 0);
