import { sqlError } from "#server/db/sql-error.ts";
import { CityError } from "#server/kernel/errors.ts";
import { formatCents } from "#server/kernel/money.ts";

/**
 * What a ledger function refused, as a CityError; anything else is returned as it is. `prisma/functions/ledger-posting.sql`
 * says when each SQLSTATE is raised; LG404 and LG405 are faults of ours, for no client to see.
 */
export function ledgerRefusal(error: unknown): unknown {
  const { code, message } = sqlError(error) ?? { code: "", message: "" };
  if (code === "LG402") return shortfall(message, error);
  if (code === "LG410") {
    return new CityError("CONFLICT", "This money has already gone another way.", { cause: error, log: { message } });
  }
  if (code === "LG400") {
    return new CityError("VALIDATION_ERROR", "This is not an amount that can be moved.", {
      cause: error,
      log: { message },
    });
  }
  if (code === "LG409") {
    return new CityError("CONFLICT", "This was already done with other values.", { cause: error, log: { message } });
  }
  return error;
}

function shortfall(message: string, cause: unknown): CityError {
  const match = /account=(\S+) required=(\d+) available=(-?\d+)/.exec(message);
  const [account, required, available] = [match?.[1] ?? "", Number(match?.[2]), Number(match?.[3])];
  const place = account.startsWith("wallet:") ? "wallet" : "credit pool";
  return new CityError(
    "INSUFFICIENT_CREDITS",
    `This needs ${formatCents(required)}; the ${place} has ${formatCents(available)}.`,
    { details: { required, available }, log: { account }, cause },
  );
}
