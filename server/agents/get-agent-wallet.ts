import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { readWallet } from "../ledger/read-wallet.ts";
import { findAgent } from "./find-agents.ts";
import type { walletView } from "./schema.ts";

/** The wallet of one of the calling owner's agents. */
export async function getAgentWallet(ctx: Ctx<OwnerActor>, input: { id: string }): Promise<z.infer<typeof walletView>> {
  const agent = await findAgent(ctx, { id: input.id, ownerId: ctx.actor.ownerId });
  return readWallet(ctx, agent.id);
}
