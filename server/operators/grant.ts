import { readConfig } from "../config.ts";
import { databaseName, openCityDatabase } from "../db/open-city-database.ts";
import { inTerminal } from "../kernel/start-problem.ts";
import { makeLog } from "../log.ts";
import { refuseOtherMode } from "../start-mode.ts";

/**
 * `npm run operator:grant -- <e-mail>`: makes an owner an operator. `--revoke` takes it back. The address must be confirmed:
 * anyone can sign up with the one of the person who is to be operator, and would be it.
 */
async function main(args: string[]): Promise<number> {
  const email = args.find((arg) => !arg.startsWith("--"))?.toLowerCase();
  if (!email) {
    console.error("Say whom: npm run operator:grant -- someone@example.com [--revoke]");
    return 2;
  }
  const config = readConfig();
  const { database, close } = await openCityDatabase(config, makeLog(config), {
    beside: true,
    beforeMigrations: (database) => refuseOtherMode(database, config.production),
  });
  try {
    const role = args.includes("--revoke") ? "owner" : "operator";
    const { owner } = database.prisma;
    const confirmed = role === "operator" ? { emailVerifiedAt: { not: null } } : {};
    const { count } = await owner.updateMany({ where: { email, ...confirmed }, data: { role } });
    if (count === 1) return say(`${email} is now ${role}.`, 0);
    return (await owner.count({ where: { email } })) === 0
      ? say(`There is no owner with the e-mail ${email} in ${databaseName(config)}.`, 1)
      : say(`${email} has not been confirmed: its owner opens the link in the mail first, then try again.`, 1);
  } finally {
    await close();
  }
}

function say(line: string, exitCode: number): number {
  console.log(line);
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(inTerminal(error));
  return 1;
});
