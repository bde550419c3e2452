import { expect } from "vitest";
import { sealLedger } from "#server/ledger/seal-ledger.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";

/**
 * Seals until nothing is left. What was posted can be sealed once no older transaction of the whole cluster is open, and
 * the tests beside this one have theirs.
 */
export async function sealAll(ctx: Parameters<typeof sealLedger>[0]): Promise<void> {
  const unsealed = async () => {
    await sealLedger(ctx);
    return (await verifyChain(ctx)).unsealed;
  };
  await expect.poll(unsealed, { timeout: 20_000 }).toBe(0);
}
