-- One agent's earnings can be withdrawn while another's cover a debt: wallets repay in the order they are given in, no longer
-- in the order of their names. Closing an account lets them repay too, so the cause is no longer always a withdrawal.

-- Repays debts, in the order of names, from the sources, in the order given, as far as the money goes; whether anything was
-- posted. It counts once a reference. Call it under the locks that keep new debts from appearing.
CREATE OR REPLACE FUNCTION ledger.repay_debts(p_reference text, p_sources text[], p_debts text[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_sources text[];
  v_debts text[];
  v_amounts bigint[];
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger.account WHERE name = ANY (p_debts) AND balance < 0) THEN
    RETURN false;
  END IF;
  PERFORM ledger.lock_accounts(p_sources || p_debts);
  -- Money and debts laid end to end: what lies over what repays it.
  SELECT array_agg(s.name ORDER BY s.upto, d.upto), array_agg(d.name ORDER BY s.upto, d.upto),
         array_agg((least(s.upto, d.upto) - greatest(s.upto - s.balance, d.upto - d.owed))::bigint ORDER BY s.upto, d.upto)
    INTO v_sources, v_debts, v_amounts
    FROM (SELECT name, balance, sum(balance) OVER (ORDER BY array_position(p_sources, name)) AS upto
          FROM ledger.account WHERE name = ANY (p_sources)) s
    JOIN (SELECT name, -balance AS owed, sum(-balance) OVER (ORDER BY name) AS upto
          FROM ledger.account WHERE name = ANY (p_debts)) d
      ON least(s.upto, d.upto) > greatest(s.upto - s.balance, d.upto - d.owed);
  IF v_amounts IS NULL THEN
    RETURN false;
  END IF;
  RETURN (SELECT fresh FROM ledger.post(p_reference, 'debt_repaid', v_sources, v_debts, v_amounts,
    array_fill('debt_repaid'::text, ARRAY[cardinality(v_amounts)]), NULL, NULL, p_reference));
END
$$;

DROP FUNCTION ledger.repay_from_wallets(text, text, text[]);
-- What lies in the wallets of an owner's agents, one agent after the other, repays what any of them owes, then what the owner
-- owes. `debt` is what is left. Locks what ledger.start_payout will, and in its order.
CREATE OR REPLACE FUNCTION ledger.repay_from_wallets(p_owner text, p_cause text, p_agents text[], OUT fresh boolean, OUT debt bigint)
LANGUAGE plpgsql AS $$
DECLARE
  v_wallets text[] := ARRAY(SELECT 'wallet:' || a FROM unnest(p_agents) AS a);
  v_debts text[] := ARRAY(SELECT 'receivable:agent:' || a FROM unnest(p_agents) AS a) || ('receivable:owner:' || p_owner);
BEGIN
  PERFORM ledger.lock_accounts(v_wallets || v_debts || ('payout_in_flight:' || p_owner));
  fresh := ledger.repay_debts('owner:' || p_owner || ':debt_repaid:' || p_cause, v_wallets, v_debts);
  debt := (SELECT -sum(balance) FROM ledger.account WHERE name = ANY (v_debts));
END
$$;
