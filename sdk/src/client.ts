import { backoff, retryAfterSeconds, type Sleep, startTimer } from "./backoff.ts";
import type { Audience, Credentials } from "./credentials.ts";
import { AgentCityError, errorFromAnswer, NetworkError, TimeoutError } from "./errors.ts";
import { queryString } from "./path.ts";
import { randomId } from "./platform.ts";

/** What any single call may be told. */
export type RequestOptions = {
  /** Aborts the call, its retries and its waits; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, tries and waits together. */
  timeout?: number | undefined;
  /** Tries after the first one. */
  retries?: number | undefined;
  /** Your own key, so that the same call from another process has its effect once. */
  idempotencyKey?: string | undefined;
  /** Which credential to use where agent and owner may both call. */
  as?: "agent" | "owner" | undefined;
};

/** One line for your log about one try. Holds no secret and no body. */
export type LogEntry = {
  method: string;
  path: string;
  /** 1 for the first try. */
  attempt: number;
  durationMs: number;
  status?: number;
  requestId?: string;
  error?: string;
  /** Set when another try follows. */
  retryInMs?: number;
};

export type Call = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  audience: Audience;
  query?: object | undefined;
  body?: unknown;
  /** Overrides the client's timeout for slow endpoints. */
  timeout?: number;
  options?: RequestOptions | undefined;
};

export type Transport = {
  baseUrl: string;
  timeout: number;
  retries: number;
  fetch: typeof fetch;
  log: ((entry: LogEntry) => void) | undefined;
  sleep: Sleep;
  random: () => number;
  now: () => number;
  userAgent: string | undefined;
};

type Answer = { status: number; headers: Headers; body: unknown };

/** What came of one try. `retryAfter` is in seconds; of all errors only `RateLimitError` shows it to callers. */
type Outcome = { answer: Answer } | { error: AgentCityError; retryAfter?: number | undefined };

/** Sends calls: credentials, deadline, retries with one idempotency key, errors. Knows nothing of any endpoint. */
export class Client {
  readonly transport: Transport;
  readonly credentials: Credentials;

  constructor(transport: Transport, credentials: Credentials) {
    this.transport = transport;
    this.credentials = credentials;
  }

  /** The `data` of the answer's envelope. */
  async data<T>(call: Call): Promise<T> {
    return (await this.envelope(call)).data as T;
  }

  /** The whole envelope: `data`, and `pagination` on lists. A body without an envelope counts as `data`. */
  async envelope(call: Call): Promise<{ data: unknown; pagination?: unknown }> {
    const { body } = await this.#send(call);
    const enveloped = typeof body === "object" && body !== null && "success" in body;
    return enveloped ? (body as unknown as { data: unknown }) : { data: body };
  }

  /** Opens a stream without retries; the caller reads it and decides when to open it anew. */
  async open(call: Call, extra: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const headers = { ...(await this.#headers(call)), ...extra };
    let response: Response;
    try {
      response = await this.transport.fetch(this.#url(call), {
        method: call.method,
        headers,
        signal,
        redirect: "manual",
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new NetworkError("The city could not be reached.", { status: 0, code: "NETWORK_ERROR", cause: error });
    }
    if (response.ok) return response;
    const after = retryAfterSeconds(response.headers, this.transport.now());
    throw errorFromAnswer(
      response.status,
      parse(await response.text().catch(() => ""))?.value,
      response.headers,
      after,
    );
  }

  #url(call: Call): string {
    return `${this.transport.baseUrl}/api/v1${call.path}${queryString(call.query)}`;
  }

  async #headers(call: Call): Promise<Record<string, string>> {
    const headers: Record<string, string> = {
      Accept: "application/json",
      ...this.credentials.headers(call.audience, call.options?.as),
    };
    if (this.transport.userAgent !== undefined) headers["User-Agent"] = this.transport.userAgent;
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    // Even with retries off: a connection that closed early may hide a request that was carried out.
    if (call.method !== "GET") headers["Idempotency-Key"] = call.options?.idempotencyKey ?? (await randomId());
    return headers;
  }

  async #send(call: Call): Promise<Answer> {
    const { transport } = this;
    const retries = call.options?.retries ?? transport.retries;
    const timeout = call.options?.timeout ?? Math.max(call.timeout ?? 0, transport.timeout);
    const outer = call.options?.signal;
    outer?.throwIfAborted();

    const init: RequestInit = { method: call.method, headers: await this.#headers(call), redirect: "manual" };
    if (call.body !== undefined) init.body = JSON.stringify(call.body);
    const end = transport.now() + timeout;
    const deadline = new AbortController();
    const timer = startTimer(timeout, () => deadline.abort(timedOut(call, timeout)));
    const onAbort = () => deadline.abort(outer?.reason);
    outer?.addEventListener("abort", onAbort, { once: true });
    init.signal = deadline.signal;

    try {
      let retriesUsed = 0;
      for (let attempt = 1; ; attempt += 1) {
        const started = transport.now();
        const outcome = await this.#try(call, init);
        if ("answer" in outcome) {
          this.#log(call, attempt, started, outcome);
          return outcome.answer;
        }
        const { error, retryAfter = 0 } = outcome;
        // Our own first try is still at work on the server: its answer will be replayed, so this is no failed try.
        const inFlight = error.code === "IDEMPOTENCY_IN_FLIGHT";
        const worthwhile = inFlight || ((isTransient(error) || error.status === 429) && retriesUsed < retries);
        // What the city asks for is the least; a call that is tried for minutes slows down all the same.
        const wait = Math.max(retryAfter * 1000, backoff(inFlight ? 0 : retriesUsed, transport.random));
        // A wait that ends after the deadline cannot help: the caller learns at once how long to wait.
        const again = worthwhile && transport.now() + wait < end;
        this.#log(call, attempt, started, outcome, again ? wait : undefined);
        if (!again) throw error;
        if (!inFlight) retriesUsed += 1;
        await transport.sleep(wait, deadline.signal);
      }
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    }
  }

  /** One try. Answers with an error instead of throwing it; throws only what ends the call: abort and deadline. */
  async #try(call: Call, init: RequestInit): Promise<Outcome> {
    let response: Response;
    let text: string;
    try {
      response = await this.transport.fetch(this.#url(call), init);
      text = await response.text();
    } catch (cause) {
      if (init.signal?.aborted) throw init.signal.reason;
      return { error: new NetworkError("The city could not be reached.", { status: 0, code: "NETWORK_ERROR", cause }) };
    }
    const { status, headers } = response;
    if (status === 0 || (status >= 300 && status < 400)) {
      // Following it could carry the agent key to another host.
      const facts = { status, code: "UNEXPECTED_REDIRECT", details: { location: headers.get("location") } };
      return {
        error: new AgentCityError("The base URL redirects elsewhere; use the final address as baseUrl.", facts),
      };
    }
    const body = parse(text);
    if (!response.ok) {
      const retryAfter = retryAfterSeconds(headers, this.transport.now());
      return { error: errorFromAnswer(status, body?.value, headers, retryAfter), retryAfter };
    }
    if (body) return { answer: { status, headers, body: body.value } };
    const facts = { status, code: "BAD_ANSWER" };
    return { error: new AgentCityError("The answer is no JSON; is baseUrl the city's address?", facts) };
  }

  #log(call: Call, attempt: number, started: number, outcome: Outcome, retryInMs?: number): void {
    if (!this.transport.log) return;
    const failed = "error" in outcome;
    const { status } = failed ? outcome.error : outcome.answer;
    const requestId = failed ? outcome.error.requestId : (outcome.answer.headers.get("x-request-id") ?? undefined);
    const entry: LogEntry = {
      method: call.method,
      path: call.path,
      attempt,
      durationMs: this.transport.now() - started,
      ...(status > 0 && { status }),
      ...(requestId !== undefined && { requestId }),
      ...(failed && { error: outcome.error.code }),
      ...(retryInMs !== undefined && { retryInMs }),
    };
    try {
      this.transport.log(entry);
    } catch {
      // A log hook that throws must not break the call it reports on.
    }
  }
}

/** The value of a JSON text, undefined for an empty one; null for what is no JSON. */
function parse(text: string): { value: unknown } | null {
  if (text === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function isTransient(error: AgentCityError): boolean {
  return error instanceof NetworkError || (error.status >= 500 && !isSandboxLost(error));
}

/** The sandbox died while its task was being worked on. No repetition brings it back; provisioning makes a new one. */
export function isSandboxLost(error: unknown): boolean {
  return error instanceof AgentCityError && error.details?.reason === "sandbox_lost";
}

function timedOut(call: Call, timeout: number): TimeoutError {
  return new TimeoutError(`${call.method} ${call.path} took longer than ${timeout} ms.`, {
    status: 0,
    code: "TIMEOUT",
  });
}
