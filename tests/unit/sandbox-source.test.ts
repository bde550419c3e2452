import { expect, test } from "vitest";
import { withSource } from "#server/ports/sandbox/source.ts";
import { DEFAULT_LIMITS } from "#server/ports/sandbox.ts";

const repo = { kind: "repo" as const, url: "https://github.com/a/b" };
const files = { kind: "files" as const, files: [{ path: "a.txt", content: "a" }] };

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
  const asked = Array.from({ length: 12 }, () => withSource(repos, repo, DEFAULT_LIMITS, unpack));
  expect(await withSource(repos, files, DEFAULT_LIMITS, async (source) => "files" in source)).toBe(true);
  unpacked.resolve();
  await Promise.all(asked);
  expect(most).toBe(4);
});

test("a fetch that fails gives its place to the next", async () => {
  const repos = { refusal: () => null, fetch: async () => Promise.reject(new Error("unreachable")) };
  const asked = Array.from({ length: 8 }, () => withSource(repos, repo, DEFAULT_LIMITS, async () => undefined));
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
});
