import { CityError } from "#server/kernel/errors.ts";
import { formatCents } from "#server/kernel/money.ts";

/** SQLSTATEs that the functions in schema `ledger` raise; `prisma/functions/ledger-posting.sql` says when. */
const LEDGER_CODES = ["LG400", "LG402", "LG404", "LG405", "LG409", "LG410"] as const;
/** PostgreSQL's own: serialization failure, deadlock. Trying again is right. */
const RETRYABLE = ["40001", "40P01"];

/**
 * Turns what PostgreSQL raised in a ledger function into a CityError, whether it came through Prisma or through `pg`.
 * Anything else is returned as it is.
 */
export function toCityError(error: unknown): unknown {
  const found = sqlError(error);
  if (!found) return error;
  const { code, message } = found;
  if (RETRYABLE.includes(code)) {
    return new CityError("UNAVAILABLE", "Too many changes at once. Please try again.", { cause: error, retryAfter: 1 });
  }
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

function sqlError(error: unknown): { code: string; message: string } | null {
  const known = (code: unknown): code is string =>
    typeof code === "string" && ((LEDGER_CODES as readonly string[]).includes(code) || RETRYABLE.includes(code));
  const direct = error as { code?: unknown; message?: string; meta?: DriverMeta };
  if (known(direct?.code)) return { code: direct.code, message: direct.message ?? "" };
  const driver = direct?.meta?.driverAdapterError?.cause;
  if (known(driver?.originalCode))
    return { code: driver.originalCode, message: driver.originalMessage ?? driver.message ?? "" };
  return null;
}

/** Where Prisma 7 keeps what the driver said. */
type DriverMeta = {
  driverAdapterError?: { cause?: { originalCode?: unknown; originalMessage?: string; message?: string } };
};
