import { readConfig } from "../config.ts";
import { openCityDatabase } from "../db/open-city-database.ts";
import { inTerminal } from "../kernel/start-problem.ts";
import { makeLog } from "../log.ts";

/** `npm run operator:grant -- <e-mail>`: makes an owner an operator. `--revoke` takes it back. */
async function main(args: string[]): Promise<number> {
  const email = args.find((arg) => !arg.startsWith("--"))?.toLowerCase();
  if (!email) {
    console.error("Say whom: npm run operator:grant -- someone@example.com [--revoke]");
    return 2;
  }
  const config = readConfig();
  const { database, close } = await openCityDatabase(config, makeLog(config));
  try {
    const role = args.includes("--revoke") ? "owner" : "operator";
    const { count } = await database.prisma.owner.updateMany({ where: { email }, data: { role } });
    console.log(count === 1 ? `${email} is now ${role}.` : `There is no owner with the e-mail ${email}.`);
    return count === 1 ? 0 : 1;
  } finally {
    await close();
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(inTerminal(error));
  return 1;
});
