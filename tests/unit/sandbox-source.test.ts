import { expect, onTestFinished, test, vi } from "vitest";
import { Alive } from "#server/ports/sandbox/alive.ts";
import { withSource } from "#server/ports/sandbox/source.ts";
import { DEFAULT_LIMITS } from "#server/ports/sandbox.ts";

const repo = { kind: "repo" as const, url: "https://github.com/a/b" };
const files = { kind: "files" as const, files: [{ path: "a.txt", content: "a" }] };
const { signal: dropped } = new AbortController();
const limits = DEFAULT_LIMITS;

test("however many repositories are asked for, four packs at most lie in memory; files wait for none of them", async () => {
  let held = 0;
  let most = 0;
  const unpacked = Promise.withResolvers<void>();
  const repos = {
    refusal: () => null,
    fetch: async () => {
      most = Math.max(most, ++held);
      return { commit: "c", pack: Buffer.from("PACK") };
    },
  };
  const unpack = async () => {
    await unpacked.promise;
    held--;
  };
  const asked = Array.from({ length: 12 }, () => withSource(repos, { source: repo, limits, dropped }, unpack));
  const handedIn = withSource(repos, { source: files, limits, dropped }, async (source) => "files" in source);
  expect(await handedIn).toBe(true);
  unpacked.resolve();
  await Promise.all(asked);
  expect(most).toBe(4);
});

test("a fetch that fails gives its place to the next", async () => {
  const repos = { refusal: () => null, fetch: async () => Promise.reject(new Error("unreachable")) };
  const asked = Array.from({ length: 8 }, () =>
    withSource(repos, { source: repo, limits, dropped }, async () => undefined),
  );
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
});

/** Four fetches that hold every place until they are let go. */
function everyPlaceTaken() {
  const over = Promise.withResolvers<void>();
  const repos = { refusal: () => null, fetch: async () => ({ commit: "c", pack: Buffer.from("PACK") }) };
  const held = Array.from({ length: 4 }, () =>
    withSource(repos, { source: repo, limits, dropped }, () => over.promise),
  );
  return { repos, end: () => Promise.all([over.resolve(), ...held]) };
}

test("a turn that does not come in the time for a sandbox is refused for now, and is not the repository's fault", async () => {
  const { repos, end } = everyPlaceTaken();
  const waiting = withSource(repos, { source: repo, limits: { ...limits, createMs: 1 }, dropped }, async () => "made");
  await expect(waiting).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfter: expect.any(Number) });
  await end();
  expect(await withSource(repos, { source: repo, limits, dropped }, async () => "made")).toBe("made");
});

test("destroying a sandbox that waits for its turn does not wait for it", async () => {
  const { repos, end } = everyPlaceTaken();
  const alive = new Alive<{ lost: boolean }>({
    reopen: async () => null,
    build: (spec, signal) =>
      withSource(repos, { source: spec.source, limits, dropped: signal }, async () => ({ lost: false })),
  });
  const refused = expect(alive.create({ id: "a1", source: repo })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  // Its look for one that was made before is over, and it stands in line.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await alive.drop("a1")).toBeNull();
  await refused;
  await end();
});

test("a sandbox nobody asks for any more is not held for ever: another server may have destroyed it", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const reopen = vi.fn(async (id: string) => ({ id, lost: false }));
  const alive = new Alive({ reopen, build: () => Promise.reject(new Error("Nothing is made here.")) }, 1_000);
  const [idle, used] = [await alive.open("idle"), await alive.open("used")];
  vi.advanceTimersByTime(900);
  expect(await alive.open("used")).toBe(used);
  vi.advanceTimersByTime(900);
  await alive.open("another");
  expect(await alive.open("used")).toBe(used);
  expect(await alive.open("idle")).not.toBe(idle);
  expect(reopen.mock.calls.flat()).toEqual(["idle", "used", "another", "idle"]);
});
