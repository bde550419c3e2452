/**
 * Every advisory lock the city takes. PostgreSQL knows them by number alone, one space of bigints and one of pairs for
 * each database, so that two uses of a number would wait for each other.
 */

/** Held by the process that runs the embedded PostgreSQL, in its `postgres` database. */
export const OWNER_LOCK = 4_211_000_001n;
/** Held while migrations are applied. Ours, not Prisma's (72707369): its engine takes that one meanwhile. */
export const MIGRATION_LOCK = 4_211_000_002n;
/** Held by the one sealer of the ledger. */
export const SEALER_LOCK = 4_211_000_003n;
/** Held by the round of reconciliation under way. */
export const RECONCILIATION_LOCK = 4_211_000_004n;
/** Held by the one server whose sandboxes no other could reach. */
export const ONLY_SERVER_LOCK = 4_211_000_005n;

/** Seeds of `hashtextextended`, for locks on things that have an id: one seed for each kind of lock. */
export const LOCK_SEEDS = { idempotencyKey: 7, agentsLastPlace: 11 } as const;

/**
 * First number of the engine's pairs; `prisma/functions/engine.sql` has it too. The second is a worker's own, held as
 * long as it lives, or 0: shared while a timer is set, exclusive while the city's clock is moved.
 */
export const ENGINE_LOCKS = 4672;
