// The few things that differ between Node, browsers and edge runtimes. Nothing here imports a Node module by a name
// that a bundler could see.

type Process = { env?: Record<string, string | undefined>; versions?: { node?: string } };

function nodeProcess(): Process | undefined {
  return (globalThis as { process?: Process }).process;
}

/** An environment variable, where there is an environment. Empty counts as absent. */
export function environment(name: string): string | undefined {
  return nodeProcess()?.env?.[name] || undefined;
}

/** Browsers send their own and treat ours as a header that needs permission, so only Node names the SDK. */
export function userAgent(version: string): string | undefined {
  const node = nodeProcess()?.versions?.node;
  return node === undefined ? undefined : `ai-city-sdk/${version} node/${node}`;
}

/** WebCrypto. Node 18 has it, but not as a global. */
export async function webCrypto(): Promise<Crypto> {
  if (globalThis.crypto?.subtle) return globalThis.crypto;
  const name = "node:crypto";
  return ((await import(/* webpackIgnore: true */ name)) as { webcrypto: Crypto }).webcrypto;
}

/** 128 random bits as text. The key of one logical call; the city may encrypt a stored answer under it. */
export async function randomId(): Promise<string> {
  const bytes = (await webCrypto()).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
