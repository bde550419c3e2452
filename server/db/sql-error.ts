/** What PostgreSQL raised, whether it came through `pg` or through Prisma; where Prisma failed by itself, its own code. */
export function sqlError(error: unknown): { code: string; message: string } | null {
  const { code, message = "", meta } = (error ?? {}) as { code?: unknown; message?: string; meta?: DriverMeta };
  const raised = meta?.driverAdapterError?.cause;
  if (typeof raised?.originalCode === "string") {
    return { code: raised.originalCode, message: raised.originalMessage ?? raised.message ?? "" };
  }
  return typeof code === "string" ? { code, message } : null;
}

/** Where Prisma 7 keeps what the driver said. */
type DriverMeta = {
  driverAdapterError?: {
    cause?: { kind?: unknown; originalCode?: unknown; originalMessage?: string; message?: string };
  };
};

const BUSY = new Set(
  "P2024 P2028 P2034 P1001 P1017 40001 40P01 57P01 57P02 57P03 53300 ECONNREFUSED ECONNRESET EPIPE".split(" "),
);

/** Of raw statements, Prisma's adapter tells these by a name of its own. */
const BUSY_KINDS = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout"]);

/** No free connection, a deadlock, a serialization failure, a database that restarts: nothing happened, try again. */
export function isBusy(error: unknown): boolean {
  const { code, message, meta } = (error ?? {}) as { code?: unknown; message?: unknown; meta?: DriverMeta };
  // `pg` has no code for a connection that ended, while it waited for an answer or before, nor for one that was not to be
  // had.
  return (
    BUSY_KINDS.has(String(meta?.driverAdapterError?.cause?.kind)) ||
    [code, sqlError(error)?.code].some((one) => BUSY.has(String(one))) ||
    /Connection terminated|is not queryable|timeout exceeded when trying to connect/.test(String(message))
  );
}
