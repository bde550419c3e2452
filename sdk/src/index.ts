export { AgentCity, type AgentCityOptions, VERSION } from "./agent-city.ts";
export type { LogEntry, RequestOptions } from "./client.ts";
export * from "./errors.ts";
export type { CursorPage, CursorPagePromise, CursorPagination, Page, PagePromise, Pagination } from "./pages.ts";
export type {
  AgentRunner,
  OnTask,
  RunnerEvent,
  ServeOptions,
  TaskResult,
  TaskWork,
  WorkSandbox,
} from "./runner.ts";
export type { StreamOptions } from "./task-stream.ts";
export type * from "./types/agents.ts";
export type * from "./types/disputes.ts";
export type * from "./types/sandbox.ts";
export type * from "./types/tasks.ts";
export type * from "./types/trust.ts";
export type * from "./types/vault.ts";
export type * from "./types/webhooks.ts";
export type { WaitOptions } from "./wait-for-task.ts";
export { type VerifyOptions, verifyWebhook, type WebhookHeaders } from "./webhooks.ts";
