import type { Pool } from "pg";

/**
 * The stand-in keeps its own books, as an outside service would: nothing here refers to the city's tables, and the
 * city never reads these. Created at start, kept across restarts.
 */
const SCHEMA = `
create schema if not exists stripe_stand_in;

create table if not exists stripe_stand_in.object (
  seq     bigint generated always as identity,
  id      text primary key,
  kind    text not null,
  account text not null,
  created bigint not null,
  data    jsonb not null,
  hidden  jsonb not null default '{}'
);
create index if not exists object_listing on stripe_stand_in.object (kind, account, seq desc);

create table if not exists stripe_stand_in.balance (
  account   text primary key,
  available bigint not null default 0,
  pending   bigint not null default 0
);

create table if not exists stripe_stand_in.idempotency (
  account     text not null,
  key         text not null,
  fingerprint text not null,
  status      integer not null,
  body        text not null,
  created     bigint not null,
  primary key (account, key)
);

create table if not exists stripe_stand_in.job (
  id        bigint generated always as identity primary key,
  kind      text not null,
  object_id text not null,
  due       timestamptz not null,
  attempts  integer not null default 0,
  -- Taken by the loop; whoever starts next gives it back, so that a crash delays nothing and loses nothing.
  leased    boolean not null default false,
  held      boolean not null default false
);
create index if not exists job_due on stripe_stand_in.job (due) where not held;

create table if not exists stripe_stand_in.fault (
  id      bigint generated always as identity primary key,
  kind    text not null,
  path    text not null default '',
  times   integer not null,
  options jsonb not null default '{}'
);

create table if not exists stripe_stand_in.setting (name text primary key, value jsonb not null);
`;

/** Creates what is missing. The lock keeps two that start at once from tripping over each other. */
export async function createSchema(pool: Pool): Promise<void> {
  const db = await pool.connect();
  try {
    await db.query("begin");
    await db.query("select pg_advisory_xact_lock(hashtext('stripe_stand_in.schema'))");
    await db.query(SCHEMA);
    await db.query("commit");
  } catch (error) {
    await db.query("rollback");
    throw error;
  } finally {
    db.release();
  }
}
