import { expect, test } from "vitest";
import { NOTHING_TO_COME } from "#server/kernel/streams.ts";
import { streamItems } from "#server/rest/stream.ts";

const never = new AbortController().signal;
const item = (id: number) => ({ id: String(id), type: "step", data: {} });

/** A source that counts what was taken from it, and tells when its reader has gone. */
function source(count: number, then: "ends" | "waits") {
  const state = { taken: 0, done: Promise.withResolvers<void>() };
  async function* items(signal: AbortSignal) {
    try {
      for (let id = 1; id <= count; id++) {
        state.taken = id;
        yield item(id);
      }
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      if (then === "waits" && !signal.aborted) await aborted;
    } finally {
      state.done.resolve();
    }
  }
  return { state, open: async (signal: AbortSignal) => items(signal) };
}

test("a quiet stream shows a sign of life again and again", async () => {
  const { open } = source(0, "waits");
  const response = await streamItems(open, never, { heartbeatMs: 2 });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const chunks = [];
  for (let i = 0; i < 4; i++) chunks.push((await reader?.read())?.value);
  expect(chunks).toEqual(["retry: 1000\n\n", ": still here\n\n", ": still here\n\n", ": still here\n\n"]);
  await reader?.cancel();
});

test("a reader that takes nothing costs nothing: items are asked for one at a time", async () => {
  const { state, open } = source(10_000, "ends");
  const response = await streamItems(open, never);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.read();
  expect(state.taken).toBe(1);
  await reader?.read();
  expect(state.taken).toBe(2);
  await reader?.cancel();
  await state.done.promise;
  expect(state.taken).toBe(2);
});

test("the source is closed when the client goes away, when the request is aborted and when its time is over", async () => {
  const left = source(2, "waits");
  const reader = (await streamItems(left.open, never)).body?.getReader();
  await reader?.read();
  await reader?.read();
  await reader?.cancel();
  await left.state.done.promise;

  const aborted = source(1, "waits");
  const abort = new AbortController();
  const second = (await streamItems(aborted.open, abort.signal)).text();
  abort.abort();
  expect(await second).toMatch(/^retry/);
  await aborted.state.done.promise;

  const old = source(1, "waits");
  const third = await streamItems(old.open, never, { lifetimeMs: 5 });
  expect(await third.text()).toMatch(/^retry/);
  await old.state.done.promise;
});

test("nothing to come answers 204, and a refusal is thrown before anything is sent", async () => {
  expect((await streamItems(async () => NOTHING_TO_COME, never)).status).toBe(204);
  const refused = streamItems(() => Promise.reject(new Error("no")), never);
  await expect(refused).rejects.toThrow("no");
});
