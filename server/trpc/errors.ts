import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { isBusy } from "../db/sql-error.ts";
import { CityError, isCityError } from "../kernel/errors.ts";

/** Every error as ours: use cases' own pass, wrong input becomes VALIDATION_ERROR, anything else hides behind 500. */
export function toCityError(error: unknown): CityError {
  if (isCityError(error)) return error;
  if (error instanceof TRPCError) {
    if (isCityError(error.cause)) return error.cause;
    // A failed *output* check also has a ZodError as its cause, and is our fault, not the client's.
    if (error.code === "BAD_REQUEST" && error.cause instanceof ZodError) return validationError(error.cause);
    if (error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR") {
      return new CityError("VALIDATION_ERROR", "The request could not be read.");
    }
    if (error.code === "METHOD_NOT_SUPPORTED") return new CityError("METHOD_NOT_ALLOWED", error.message);
    if (error.code === "UNSUPPORTED_MEDIA_TYPE") {
      return new CityError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
    }
    if (error.code === "NOT_FOUND") return new CityError("ROUTE_NOT_FOUND", "There is no such operation.");
    return ourFault(error.cause ?? error);
  }
  return error instanceof ZodError ? validationError(error) : ourFault(error);
}

function ourFault(cause: unknown): CityError {
  return isBusy(cause)
    ? new CityError("UNAVAILABLE", "The city is busy. Try again in a moment.", { retryAfter: 2, cause })
    : new CityError("INTERNAL_ERROR", "Something went wrong on our side. The request id leads to the log.", { cause });
}

function validationError(error: ZodError): CityError {
  const fields = error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const [first] = fields;
  const where = first?.path ? `${first.path}: ` : "";
  return new CityError("VALIDATION_ERROR", `${where}${first?.message ?? "The input is not valid."}`, {
    details: { fields },
  });
}
