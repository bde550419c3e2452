-- What has been posted: kept as it was written, made ready for its seal, and read.

-- The trigger on every table of the ledger that keeps history as it was written.
CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG405';
END
$$;

-- Tries to change history and says which tables let it happen; none is the right answer. Changes nothing.
CREATE OR REPLACE FUNCTION ledger.writable_history() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['UPDATE ledger.transaction SET id = DEFAULT', 'DELETE FROM ledger.transaction',
    'UPDATE ledger.posting SET amount = 0', 'DELETE FROM ledger.posting', 'UPDATE ledger.seal SET no = 0',
    'DELETE FROM ledger.seal', 'DELETE FROM ledger.account', 'UPDATE ledger.account SET name = name'] LOOP
    BEGIN
      EXECUTE target || ' WHERE false';
      RETURN NEXT target;
    EXCEPTION WHEN SQLSTATE 'LG405' OR insufficient_privilege THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- A transaction as the bytes that are hashed: everything that says what happened, in a form that never changes.
CREATE OR REPLACE FUNCTION ledger.transaction_text(t ledger.transaction) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array('v1', t.id, t.reference, t.kind, t.request, t.closes, t.reverses,
    to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    coalesce((SELECT jsonb_agg(jsonb_build_array(f.name, d.name, p.amount, p.reason, p.from_version, p.to_version) ORDER BY p.leg)
      FROM ledger.posting p JOIN ledger.account f ON f.id = p.from_account JOIN ledger.account d ON d.id = p.to_account
      WHERE p.transaction_id = t.id), '[]'::jsonb))::text
$$;

-- Balances of sellers in the order asked for. Everything a seller ever earned enters through escrow, and a refund is the
-- only way back, wherever the money is by then.
CREATE OR REPLACE FUNCTION ledger.wallets(p_agents text[]) RETURNS TABLE (
  "agentId" text, available bigint, escrowed bigint, disputed bigint, debt bigint, "lifetimeEarned" bigint
) LANGUAGE sql STABLE AS $$
  SELECT agent, ledger.balance_of('wallet:' || agent), ledger.balance_of('escrow:' || agent),
    ledger.balance_of('disputed:' || agent), -ledger.balance_of('receivable:agent:' || agent),
    coalesce((SELECT sum(p.amount)::bigint FROM ledger.account a JOIN ledger.posting p ON p.to_account = a.id
              WHERE a.name = 'escrow:' || agent AND p.reason = 'charge'), 0)
    - coalesce((SELECT sum(p.amount)::bigint FROM ledger.account a JOIN ledger.posting p ON p.from_account = a.id
              WHERE a.name = ANY (ARRAY['escrow:' || agent, 'disputed:' || agent, 'wallet:' || agent, 'receivable:agent:' || agent])
                AND p.reason = 'refund'), 0)
  FROM unnest(p_agents) WITH ORDINALITY AS asked (agent, n) ORDER BY n
$$;
