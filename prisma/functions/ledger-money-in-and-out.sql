-- Money that comes from outside or goes there: starter credits, cards, banks.

-- ---------------------------------------------------------------------------------------------- in

-- What the city gives a new owner to begin with; once.
CREATE OR REPLACE FUNCTION ledger.grant_starter_credits(p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'owner:' || p_owner || ':starter_credits';
BEGIN
  SELECT t.transaction_id, t.fresh INTO transaction_id, fresh FROM ledger.transfer(v_reference, 'starter_credits',
    ledger.shard('promo', p_owner), 'pool:' || p_owner, p_amount, 'starter_credits') t;
  PERFORM ledger.fill_pool(p_owner, v_reference);
END
$$;

-- Money that arrived for a top-up. `p_key` tells apart several arrivals for one top-up.
CREATE OR REPLACE FUNCTION ledger.credit_top_up(p_top_up text, p_owner text, p_amount bigint, p_kind text DEFAULT 'top_up',
  p_key text DEFAULT NULL, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := concat_ws(':', 'topup', p_top_up, p_kind, p_key);
BEGIN
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, p_kind,
    ARRAY[ledger.shard('cash', p_top_up)], ARRAY['pool:' || p_owner], ARRAY[p_amount], ARRAY[p_kind],
    NULL, NULL, p_owner || ' ' || p_amount) p;
  PERFORM ledger.fill_pool(p_owner, v_reference);
END
$$;

-- Money of a top-up that the card company took back. What the pool no longer has becomes the owner's debt.
CREATE OR REPLACE FUNCTION ledger.charge_back_top_up(p_top_up text, p_key text, p_owner text, p_amount bigint,
  OUT transaction_id bigint, OUT fresh boolean, OUT debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_cash text := ledger.shard('cash', p_top_up);
  v_debt text := 'receivable:owner:' || p_owner;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  IF p_amount <= 0 THEN
    RAISE EXCEPTION 'a chargeback of %', p_amount USING ERRCODE = 'LG400';
  END IF;
  PERFORM ledger.lock_accounts(ARRAY[v_cash, v_debt, 'pool:' || p_owner]);
  debt := p_amount - least(p_amount, ledger.balance_of('pool:' || p_owner));
  v_legs := ledger.add_leg(v_legs, 'pool:' || p_owner, v_cash, p_amount - debt, 'chargeback');
  v_legs := ledger.add_leg(v_legs, v_debt, v_cash, debt, 'chargeback');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh
    FROM ledger.post(concat_ws(':', 'topup', p_top_up, 'chargeback', p_key), 'chargeback',
      v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, p_owner || ' ' || p_amount) p;
END
$$;

-- Unspent card money on its way back to the card. Undo it if the card company refuses.
CREATE OR REPLACE FUNCTION ledger.return_top_up(p_top_up text, p_key text, p_owner text, p_amount bigint,
  OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.transfer(concat_ws(':', 'topup', p_top_up, 'return', p_key), 'return',
    'pool:' || p_owner, ledger.shard('cash', p_top_up), p_amount, 'top_up_returned')
$$;

-- ---------------------------------------------------------------------------------------------- out

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

-- Available earnings of one or more agents set aside for a payout. Refused while there is debt (LG410).
CREATE OR REPLACE FUNCTION ledger.start_payout(p_withdrawal text, p_owner text, p_agents text[], p_amounts bigint[],
  OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_wallets text[] := ARRAY(SELECT 'wallet:' || a FROM unnest(p_agents) WITH ORDINALITY AS s (a, n) ORDER BY n);
  v_debts text[] := ARRAY(SELECT 'receivable:agent:' || a FROM unnest(p_agents) AS a) || ('receivable:owner:' || p_owner);
  v_in_flight text := 'payout_in_flight:' || p_owner;
BEGIN
  PERFORM ledger.lock_accounts(v_wallets || v_debts || v_in_flight);
  IF EXISTS (SELECT 1 FROM ledger.account WHERE name = ANY (v_debts) AND balance < 0)
     AND NOT EXISTS (SELECT 1 FROM ledger.transaction WHERE reference = 'withdrawal:' || p_withdrawal || ':start') THEN
    RAISE EXCEPTION 'debt before payout' USING ERRCODE = 'LG410';
  END IF;
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post('withdrawal:' || p_withdrawal || ':start',
    'payout_start', v_wallets, array_fill(v_in_flight, ARRAY[cardinality(v_wallets)]), p_amounts,
    array_fill('withdrawal'::text, ARRAY[cardinality(v_wallets)])) p;
END
$$;

-- The sum and the owner of a started payout. LG404 without one.
CREATE OR REPLACE FUNCTION ledger.payout_of(p_withdrawal text, OUT id bigint, OUT owner text, OUT amount bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  SELECT t.id, substr(max(d.name), 18), sum(p.amount) INTO id, owner, amount
    FROM ledger.transaction t JOIN ledger.posting p ON p.transaction_id = t.id JOIN ledger.account d ON d.id = p.to_account
    WHERE t.reference = 'withdrawal:' || p_withdrawal || ':start' GROUP BY t.id;
  IF id IS NULL THEN
    RAISE EXCEPTION 'no payout %', p_withdrawal USING ERRCODE = 'LG404';
  END IF;
END
$$;

-- The bank has it.
CREATE OR REPLACE FUNCTION ledger.settle_payout(p_withdrawal text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'withdrawal:' || p_withdrawal || ':paid';
  v_payout record;
BEGIN
  SELECT * INTO v_payout FROM ledger.payout_of(p_withdrawal);
  PERFORM ledger.lock_accounts(ARRAY[ledger.shard('cash', p_withdrawal), 'payout_in_flight:' || v_payout.owner]);
  PERFORM ledger.refuse_if_closed(v_payout.id, v_reference);
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'payout_paid',
    ARRAY['payout_in_flight:' || v_payout.owner], ARRAY[ledger.shard('cash', p_withdrawal)],
    ARRAY[v_payout.amount], ARRAY['withdrawal_paid'], v_payout.id) p;
END
$$;

-- The money came back: to the wallets it was taken from, debts first. Also after it was reported paid, since banks return
-- payouts days later.
CREATE OR REPLACE FUNCTION ledger.fail_payout(p_withdrawal text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'withdrawal:' || p_withdrawal || ':failed';
  v_payout record;
  v_paid bigint;
  v_source text;
  s record;
  v_debts jsonb := '{}';
  v_debt bigint;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  SELECT * INTO v_payout FROM ledger.payout_of(p_withdrawal);
  PERFORM ledger.lock_accounts(ARRAY(
    SELECT unnest(ARRAY[w.name, 'receivable:agent:' || substr(w.name, 8)]) FROM ledger.posting p
      JOIN ledger.account w ON w.id = p.from_account WHERE p.transaction_id = v_payout.id)
    || ledger.shard('cash', p_withdrawal) || ('payout_in_flight:' || v_payout.owner));
  SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
  fresh := transaction_id IS NULL;
  IF NOT fresh THEN RETURN; END IF;
  SELECT id INTO v_paid FROM ledger.transaction WHERE reference = 'withdrawal:' || p_withdrawal || ':paid';
  v_source := CASE WHEN v_paid IS NULL THEN 'payout_in_flight:' || v_payout.owner ELSE ledger.shard('cash', p_withdrawal) END;
  FOR s IN SELECT substr(w.name, 8) AS agent, p.amount FROM ledger.posting p
      JOIN ledger.account w ON w.id = p.from_account WHERE p.transaction_id = v_payout.id ORDER BY p.leg LOOP
    v_debt := coalesce((v_debts ->> s.agent)::bigint, -ledger.balance_of('receivable:agent:' || s.agent));
    v_legs := ledger.pay_seller(v_legs, v_source, s.agent, s.amount, v_debt, 'withdrawal_failed');
    v_debts := v_debts || jsonb_build_object(s.agent, v_debt - least(v_debt, s.amount));
  END LOOP;
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'payout_failed',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, coalesce(v_paid, v_payout.id), NULL, v_payout.amount::text) p;
END
$$;
