import type { Pool, PoolClient } from "pg";

/** How the stand-in behaves until told otherwise through the control door; kept across restarts. */
export type StandInSettings = {
  /** `hold`: events are recorded and wait for `/stand-in/deliver`. */
  events: "send" | "hold";
  /** `manual`: payouts wait for `/stand-in/payouts/:id/pay` or `/fail`. */
  payouts: "auto" | "manual";
  /** Milliseconds until an automatic payout settles. */
  payoutDelayMs: number;
  /** `now`: charged money can be transferred at once, as with Stripe's card 4000000000000077. `pending`: after
   *  `/stand-in/funds/release`, as with all its other test cards. */
  funds: "now" | "pending";
};

const DEFAULT_SETTINGS: StandInSettings = { events: "send", payouts: "auto", payoutDelayMs: 1500, funds: "now" };

/** How it behaves now, and whether any fault is waiting for its turn. */
export async function readSettings(db: Pool | PoolClient): Promise<{ settings: StandInSettings; faults: boolean }> {
  const { rows } = await db.query<{ changes: Partial<StandInSettings> | null; faults: boolean }>(
    `select (select jsonb_object_agg(name, value) from stripe_stand_in.setting) as changes,
       exists (select from stripe_stand_in.fault where times > 0) as faults`,
  );
  return { settings: { ...DEFAULT_SETTINGS, ...rows[0]?.changes }, faults: rows[0]?.faults ?? false };
}

export async function changeSettings(db: Pool | PoolClient, changes: Partial<StandInSettings>): Promise<void> {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    await db.query(
      `insert into stripe_stand_in.setting (name, value) values ($1, $2)
       on conflict (name) do update set value = excluded.value`,
      [name, JSON.stringify(value)],
    );
  }
}
