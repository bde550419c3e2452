import type { CityError } from "../kernel/errors.ts";
import type { Page } from "../kernel/pages.ts";
import type { Rest } from "../trpc/init.ts";

/** A use case's result in the shape the operation declares. */
export function envelope(shape: Rest["shape"], output: unknown): string {
  if (shape === "bare") return JSON.stringify(output);
  if (shape === "page") return JSON.stringify({ success: true, ...(output as Page<unknown>) });
  return JSON.stringify({ success: true, data: output ?? null });
}

/** Seconds after which what is away for a moment is asked for again, where nobody knows better. */
const AWAY_SECONDS = 1;

/** An error as the envelope, or as RFC 9457's problem document for clients that ask for it. */
export function errorAnswer(error: CityError, requestId: string, accept: string | null): Response {
  const { code, message, details, status } = error;
  const asProblem = accept?.includes("application/problem+json") ?? false;
  const body = asProblem
    ? { type: "about:blank", title: code, status, detail: message, code, requestId, ...(details && { details }) }
    : { success: false, error: { code, message, ...(details && { details }), requestId } };
  const headers = new Headers({
    "content-type": asProblem ? "application/problem+json" : "application/json",
    "cache-control": "no-store",
  });
  const retryAfter = error.retryAfter ?? (code === "UNAVAILABLE" ? AWAY_SECONDS : undefined);
  if (retryAfter !== undefined) headers.set("retry-after", String(Math.ceil(retryAfter)));
  return new Response(JSON.stringify(body), { status, headers });
}
