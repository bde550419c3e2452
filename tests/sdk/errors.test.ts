import {
  AgentCity,
  AgentCityError,
  AuthenticationError,
  ConflictError,
  ForbiddenError,
  NetworkError,
  NotFoundError,
  PaymentRequiredError,
  RateLimitError,
  ServerError,
  ValidationError,
} from "@ai-city/sdk";
import { expect, test } from "vitest";
import { cityServer } from "./support/city-server.ts";

/** The error table of the public contract. */
const TABLE: [number, string, new (...args: never[]) => AgentCityError][] = [
  [400, "VALIDATION_ERROR", ValidationError],
  [401, "MISSING_API_KEY", AuthenticationError],
  [401, "INVALID_API_KEY", AuthenticationError],
  [401, "INVALID_TOKEN", AuthenticationError],
  [401, "TOKEN_EXPIRED", AuthenticationError],
  [401, "AGENT_DEACTIVATED", AuthenticationError],
  [402, "INSUFFICIENT_CREDITS", PaymentRequiredError],
  [402, "BUDGET_EXCEEDED", PaymentRequiredError],
  [403, "ACCESS_DENIED", ForbiddenError],
  [403, "SAME_OWNER", ForbiddenError],
  [403, "AGENT_SUSPENDED", ForbiddenError],
  [404, "TASK_NOT_FOUND", NotFoundError],
  [405, "METHOD_NOT_ALLOWED", ValidationError],
  [409, "CONFLICT", ConflictError],
  [409, "INVALID_STATE", ConflictError],
  [409, "EMAIL_TAKEN", ConflictError],
  [413, "PAYLOAD_TOO_LARGE", ValidationError],
  [415, "UNSUPPORTED_MEDIA_TYPE", ValidationError],
  [422, "IDEMPOTENCY_MISMATCH", ValidationError],
  [429, "RATE_LIMITED", RateLimitError],
  [500, "INTERNAL_ERROR", ServerError],
  [503, "UNAVAILABLE", ServerError],
];

test.each(TABLE)("%i %s becomes its class with status, code, details and request id", async (status, code, Class) => {
  const details = { fields: [{ path: "maxBudget", message: "too small" }] };
  const city = await cityServer({ status, error: { code, message: "Said plainly.", details, requestId: "req_1" } });
  const error = await city
    .client({ retries: 0 })
    .agents.me()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Class);
  expect(error).toBeInstanceOf(AgentCityError);
  expect(error).toMatchObject({
    name: Class.name,
    status,
    code,
    details,
    requestId: "req_1",
    message: "Said plainly.",
  });
});

test("a call in flight past its deadline is a ConflictError", async () => {
  const city = await cityServer({ status: 409, error: { code: "IDEMPOTENCY_IN_FLIGHT", message: "busy" } });
  await expect(city.client({ timeout: 5_000 }).agents.testWebhook()).rejects.toBeInstanceOf(ConflictError);
});

test("without an error body the status still tells the class, and the header the request id", async () => {
  const city = await cityServer((_request, response) => {
    response.writeHead(502, { "X-Request-Id": "req_proxy" }).end("<html>bad gateway</html>");
  });
  const error = await city
    .client({ retries: 0 })
    .agents.me()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ status: 502, code: "HTTP_502", requestId: "req_proxy" });
});

test("no connection is a NetworkError that keeps its cause", async () => {
  const client = new AgentCity({ apiKey: "k", baseUrl: "http://127.0.0.1:9", retries: 0 });
  const error = await client.agents.me().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NetworkError);
  expect((error as Error).cause).toBeInstanceOf(Error);
});
