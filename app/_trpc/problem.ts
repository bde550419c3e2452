import { TRPCClientError } from "@trpc/client";

export type Problem = {
  code: string;
  /** What happened, what it means, what to do. */
  message: string;
  /** Messages by the path of the field, as the API's own schema found them. */
  fields: Record<string, string>;
};

/** Whether the thing may have been done all the same, so that only the very same try may be repeated. */
export function isOutcomeUnknown({ code }: Problem): boolean {
  return ["NO_ANSWER", "IDEMPOTENCY_IN_FLIGHT", "UNAVAILABLE", "INTERNAL_ERROR"].includes(code);
}

/** What an operation refuses with when nobody is signed in any more. */
export const SIGNED_OUT: readonly string[] = ["MISSING_API_KEY", "INVALID_TOKEN", "TOKEN_EXPIRED"];

type CityData = { city?: { code?: string; details?: Record<string, unknown> } };

/** Any failure of a call as a sentence for a person, and its fields. */
export function problemOf(error: unknown): Problem {
  const data = error instanceof TRPCClientError ? (error.data as CityData | null) : null;
  const code = data?.city?.code;
  if (!code) {
    return { code: "NO_ANSWER", message: "The city did not answer. Check your connection and try again.", fields: {} };
  }
  const fields = fieldsOf(data.city?.details ?? {});
  return { code, fields, message: sentence(code, (error as Error).message, Object.values(fields)) };
}

function fieldsOf(details: Record<string, unknown>): Record<string, string> {
  const list = Array.isArray(details.fields) ? (details.fields as { path: string; message: string }[]) : [];
  return Object.fromEntries(list.filter(({ path }) => path).map(({ path, message }) => [path, message]));
}

function sentence(code: string, message: string, marked: string[]): string {
  // The first one is repeated, in case it is about something that has no field of its own.
  if (code === "VALIDATION_ERROR" && marked[0]) return `Please check what is marked. ${marked[0]}`;
  if (code === "RATE_LIMITED") return "That was too often in a short time. Wait a minute and try again.";
  if (SIGNED_OUT.includes(code)) {
    return "Your session has ended. Sign in again in another tab, then try once more: what you typed here stays.";
  }
  if (code === "IDEMPOTENCY_IN_FLIGHT") return "This is still being done. Give it a moment, then try again.";
  if (code === "INTERNAL_ERROR")
    return "Something went wrong on our side. What you typed is still here. Try again in a moment; if it stays, tell the operator of this city.";
  return message;
}
