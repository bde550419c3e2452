import { readConfig } from "#server/config.ts";
import { openDatabase } from "#server/db/client.ts";
import { startEmbedded } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { makeLog } from "#server/log.ts";
import { type CheckReport, checkInvariants } from "./check-invariants.ts";
import { type ChainReport, verifyChain } from "./verify-chain.ts";

/** `npm run ledger:check`: the books of the city whose data folder or database the environment names. Exit code 0 or 1. */
async function main(): Promise<number> {
  const config = readConfig();
  const log = makeLog(config);
  const postgres = config.databaseUrl ? null : await startEmbedded({ dataDir: config.dataDir, log });
  const url = config.databaseUrl ?? postgres?.url ?? "";
  try {
    await migrate(url, { log });
    const database = openDatabase(url, log);
    try {
      const books = await checkInvariants({ db: database.prisma });
      const chain = await verifyChain({ db: database.prisma });
      print(books, chain);
      return books.ok && chain.ok ? 0 : 1;
    } finally {
      await database.close();
    }
  } finally {
    await postgres?.stop();
  }
}

function print(books: CheckReport, chain: ChainReport): void {
  for (const { no, name, ok, violations, examples } of books.results) {
    console.log(`${ok ? "ok  " : "FAIL"}  (${no}) ${name}${ok ? "" : `: ${violations} violations`}`);
    for (const example of examples) console.log(`          ${example}`);
  }
  const covered = `${chain.seals} seals over ${chain.transactions} transactions, ${chain.unsealed} not sealed yet`;
  console.log(`${chain.ok ? "ok  " : "FAIL"}  (9) the hash chain verifies: ${covered}`);
  for (const problem of chain.problems) console.log(`          ${problem}`);
  console.log(books.ok && chain.ok ? "\nThe ledger is clean." : "\nThe ledger is NOT clean.");
}

if (import.meta.main) process.exitCode = await main();
