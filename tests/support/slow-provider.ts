/** A sandbox provider that is slow, or does not answer, for as long as a test wants. */
import type { SandboxProvider } from "#server/ports/sandbox.ts";

/** Holds every sandbox back, once it is made, until it is released. */
export function slowSandboxes(provider: SandboxProvider) {
  const { create } = provider;
  const made = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  provider.create = async (spec) => {
    const sandbox = await create.call(provider, spec);
    made.resolve();
    await released.promise;
    return sandbox;
  };
  return {
    made: made.promise,
    release() {
      provider.create = create;
      released.resolve();
    },
  };
}

/** While this call runs, the provider makes no sandbox. */
export async function withoutProvider(provider: SandboxProvider, call: () => Promise<unknown>) {
  const { create } = provider;
  provider.create = async () => {
    throw new Error("The provider did not answer.");
  };
  try {
    return await call();
  } finally {
    provider.create = create;
  }
}

/**
 * After the next delivery, which opens its sandbox itself, the gate gets no tree before `until`.
 * @returns what undoes it
 */
export function holdGate(provider: SandboxProvider, until: Promise<unknown>): () => void {
  const { open } = provider;
  let delivered = false;
  provider.open = async (id) => {
    if (delivered) await until;
    delivered = true;
    return open.call(provider, id);
  };
  return () => {
    provider.open = open;
  };
}
