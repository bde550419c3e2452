/** Names of the accounts that belong to one owner. */
export function ownerAccounts(ownerId: string): string[] {
  return [`pool:${ownerId}`, `held:${ownerId}`, `payout_in_flight:${ownerId}`, `receivable:owner:${ownerId}`];
}

/** Names of the accounts that belong to one agent as a seller. */
export function agentAccounts(agentId: string): string[] {
  return [`wallet:${agentId}`, `escrow:${agentId}`, `disputed:${agentId}`, `receivable:agent:${agentId}`];
}
