import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type TaskReceipt, verifyLine } from "./task-receipt.ts";

const USAGE = `npm run receipt:check -- receipt.json --city https://city.example
npm run receipt:check -- receipt.json --seals seals.json

receipt.json is what GET /api/v1/tasks/{id}/receipt answered, seals.json what GET /api/v1/vault/seals did.`;

type Seal = { no: number; hash: string };

/**
 * `npm run receipt:check`: whether the ledger says today what a receipt said then. Needs no database and no credential, and
 * asks the city for nothing but the hashes it publishes, or nothing at all with a copy of them. Exit code 0 or 1; 2 when
 * it was called wrongly.
 */
async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { city: { type: "string" }, seals: { type: "string" } },
  });
  const [file] = positionals;
  if (!file || Boolean(values.city) === Boolean(values.seals)) {
    console.error(USAGE);
    return 2;
  }
  const receipt = await readAnswer<TaskReceipt>(file);
  const numbers = [...new Set(receipt.lines.flatMap(({ seal }) => (seal ? [seal.no] : [])))];
  const seals = values.seals ? await readAnswer<Seal[]>(values.seals) : await askForSeals(values.city ?? "", numbers);
  const published = new Map(seals.map(({ no, hash }) => [no, hash]));

  const lines = receipt.lines.map((line) => ({ ...line, is: verifyLine(line, published) }));
  for (const { reference, text, seal, is } of lines) {
    const where = seal
      ? `seal ${seal.no}, ${published.get(seal.no)?.slice(0, 16) ?? "which is not published"}`
      : "no seal";
    console.log(`${is.padEnd(8)}  ${reference}  (${where})\n          ${text}`);
  }
  if (lines.some(({ is }) => is === "wrong")) console.log("\nThis receipt is NOT what the ledger has sealed.");
  else if (lines.some(({ is }) => is === "unsealed"))
    console.log("\nSome of it is not sealed yet. Seals are made each minute.");
  else if (lines.length > 0) console.log("\nEvery line is sealed in the ledger as it stands here.");
  else console.log("\nThe receipt has no lines.");
  return lines.length > 0 && lines.every(({ is }) => is === "proven") ? 0 : 1;
}

/** An answer of the API as it was saved, with its envelope or without. */
async function readAnswer<T>(file: string): Promise<T> {
  const saved = JSON.parse(await readFile(file, "utf8"));
  return saved.data ?? saved;
}

async function askForSeals(city: string, numbers: number[]): Promise<Seal[]> {
  const found = numbers.map(async (no) => {
    const answer = await fetch(new URL(`/api/v1/vault/seals?after=${no - 1}&limit=1`, city));
    if (!answer.ok) throw new Error(`${city} answered ${answer.status} when it was asked for seal ${no}.`);
    return ((await answer.json()) as { data: Seal[] }).data;
  });
  return (await Promise.all(found)).flat();
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
