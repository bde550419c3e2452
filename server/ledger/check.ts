import { readConfig } from "#server/config.ts";
import { databaseName, openCityDatabase } from "#server/db/open-city-database.ts";
import { inTerminal } from "#server/kernel/start-problem.ts";
import { makeLog } from "#server/log.ts";
import { type CheckReport, checkInvariants } from "./check-invariants.ts";
import { type ChainReport, verifyChain } from "./verify-chain.ts";

/**
 * `npm run ledger:check`: the books of the city whose data folder or database the environment names. Exit code 0 or 1.
 * It reads only, and so asks for no mode: a restored backup is checked without production's keys.
 */
async function main(): Promise<number> {
  const config = readConfig();
  const { database, close } = await openCityDatabase(config, makeLog(config), { beside: true });
  try {
    const books = await checkInvariants({ db: database.prisma });
    const chain = await verifyChain({ db: database.prisma });
    print(books, chain, databaseName(config));
    return books.ok && chain.ok ? 0 : 1;
  } finally {
    await close();
  }
}

function print(books: CheckReport, chain: ChainReport, where: string): void {
  console.log(`The ledger in ${where}:\n`);
  for (const { no, name, ok, violations, examples } of books.results) {
    console.log(`${ok ? "ok  " : "FAIL"}  (${no}) ${name}${ok ? "" : `: ${violations} violations`}`);
    for (const example of examples) console.log(`          ${example}`);
  }
  const covered = `${chain.seals} seals over ${chain.transactions} transactions, ${chain.unsealed} not sealed yet`;
  console.log(`${chain.ok ? "ok  " : "FAIL"}  (9) the hash chain verifies: ${covered}`);
  for (const problem of chain.problems) console.log(`          ${problem}`);
  const found = chain.transactions + chain.unsealed === 0 ? "empty: nothing was ever posted to it" : "clean";
  console.log(`\nThe ledger is ${books.ok && chain.ok ? found : "NOT clean"}.`);
}

if (import.meta.main) {
  process.exitCode = await main().catch((error) => {
    console.error(inTerminal(error));
    return 1;
  });
}
