-- Money that the city already holds for an owner settles what the owner owes. Until now only top-ups did: holds, refunds and
-- returns filled a pool beside its owner's debt, where they could neither be spent nor sent back, and one agent's earnings
-- could not be withdrawn for another's debt.
--
-- A pool settles at once: whatever brings money to it repays in the same transaction, so a pool with money in it has an owner
-- without debt. Wallets settle what their owner's agents and the owner owe when a withdrawal is requested.

-- Repays debts from the sources, each in the order of names, as far as the money goes; whether anything was posted. It counts
-- once a reference. Call it under the locks that keep new debts from appearing.
CREATE FUNCTION ledger.repay_debts(p_reference text, p_sources text[], p_debts text[]) RETURNS boolean LANGUAGE plpgsql AS $$
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
    FROM (SELECT name, balance, sum(balance) OVER (ORDER BY name) AS upto
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

-- Money has come to a pool by the transaction with this reference; what its owner owes after a chargeback is repaid from it.
-- Call it under the pool's lock. A debt of the owner sorts after the pool, and only wallets after that.
CREATE FUNCTION ledger.fill_pool(p_owner text, p_reference text) RETURNS void LANGUAGE sql AS $$
  SELECT ledger.repay_debts('owner:' || p_owner || ':debt_repaid:' || p_reference,
    ARRAY['pool:' || p_owner], ARRAY['receivable:owner:' || p_owner])
$$;

-- Before a withdrawal: what lies in the wallets of an owner's agents repays what any of them owes, then what the owner owes.
-- `debt` is what is left. Locks what ledger.start_payout will, and in its order.
CREATE FUNCTION ledger.repay_from_wallets(p_owner text, p_withdrawal text, p_agents text[], OUT fresh boolean, OUT debt bigint)
LANGUAGE plpgsql AS $$
DECLARE
  v_wallets text[] := ARRAY(SELECT 'wallet:' || a FROM unnest(p_agents) AS a);
  v_debts text[] := ARRAY(SELECT 'receivable:agent:' || a FROM unnest(p_agents) AS a) || ('receivable:owner:' || p_owner);
BEGIN
  PERFORM ledger.lock_accounts(v_wallets || v_debts || ('payout_in_flight:' || p_owner));
  fresh := ledger.repay_debts('owner:' || p_owner || ':debt_repaid:withdrawal:' || p_withdrawal, v_wallets, v_debts);
  debt := (SELECT -sum(balance) FROM ledger.account WHERE name = ANY (v_debts));
END
$$;

-- ---------------------------------------------------------------------------------------------- whatever fills a pool

-- Everything that was held goes back to the pool.
CREATE OR REPLACE FUNCTION ledger.release_hold(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT released bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':hold_release';
  v_hold record;
BEGIN
  SELECT * INTO v_hold FROM ledger.hold_of(p_task);
  PERFORM ledger.lock_accounts(ARRAY['held:' || v_hold.owner, 'pool:' || v_hold.owner]);
  PERFORM ledger.refuse_if_closed(v_hold.id, v_reference);
  released := v_hold.amount;
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'hold_release',
    ARRAY['held:' || v_hold.owner], ARRAY['pool:' || v_hold.owner], ARRAY[v_hold.amount], ARRAY['hold_release'], v_hold.id) p;
  PERFORM ledger.fill_pool(v_hold.owner, v_reference);
END
$$;

-- Charge, fee and the return of the rest: one transaction.
CREATE OR REPLACE FUNCTION ledger.charge_task(p_task text, p_agent text, p_price bigint,
  OUT transaction_id bigint, OUT fresh boolean, OUT fee bigint, OUT seller_share bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':charge';
  v_hold record;
  v_held text;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  SELECT * INTO v_hold FROM ledger.hold_of(p_task);
  IF p_price <= 0 OR p_price > v_hold.amount THEN
    RAISE EXCEPTION 'price % is not within the hold of %', p_price, v_hold.amount USING ERRCODE = 'LG400';
  END IF;
  v_held := 'held:' || v_hold.owner;
  fee := ledger.fee_of(p_price);
  seller_share := p_price - fee;
  v_legs := ledger.add_leg(v_legs, v_held, 'escrow:' || p_agent, seller_share, 'charge');
  v_legs := ledger.add_leg(v_legs, v_held, ledger.shard('fees', p_task), fee, 'fee');
  v_legs := ledger.add_leg(v_legs, v_held, 'pool:' || v_hold.owner, v_hold.amount - p_price, 'hold_release');
  PERFORM ledger.lock_accounts(v_legs.sources || v_legs.targets);
  PERFORM ledger.refuse_if_closed(v_hold.id, v_reference);
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh
    FROM ledger.post(v_reference, 'charge', v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, v_hold.id) p;
  PERFORM ledger.fill_pool(v_hold.owner, v_reference);
END
$$;

-- Locks everything a charged task's money can be in, and what a refund may repay, and returns what is known under that lock.
CREATE OR REPLACE FUNCTION ledger.lock_charge(p_task text, OUT id bigint, OUT owner text, OUT agent text, OUT share bigint, OUT fee bigint,
  OUT released boolean, OUT refunded boolean, OUT frozen boolean, OUT frozen_cents bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_charge record;
BEGIN
  SELECT * INTO v_charge FROM ledger.charge_of(p_task);
  PERFORM ledger.lock_accounts(ARRAY['pool:' || v_charge.owner, 'escrow:' || v_charge.agent, 'disputed:' || v_charge.agent,
    'wallet:' || v_charge.agent, 'receivable:agent:' || v_charge.agent, 'receivable:owner:' || v_charge.owner,
    ledger.shard('fees', p_task)]);
  SELECT c.* INTO id, owner, agent, share, fee, released, refunded, frozen, frozen_cents FROM ledger.charge_of(p_task) c;
END
$$;

-- The whole charge back to the buyer, the fee too. The seller's share comes from where it is: escrow or frozen money,
-- then the wallet; what is no longer there the city pays now and books as the seller's debt.
CREATE OR REPLACE FUNCTION ledger.refund_charge(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT refunded bigint, OUT debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':refund';
  c record;
  v_pool text;
  v_left bigint;
  v_part bigint;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  refunded := c.share + c.fee;
  IF c.refunded THEN
    fresh := false;
    SELECT t.id, coalesce(sum(p.amount) FILTER (WHERE a.kind = 'receivable'), 0) INTO transaction_id, debt
      FROM ledger.transaction t JOIN ledger.posting p ON p.transaction_id = t.id
      JOIN ledger.account a ON a.id = p.from_account WHERE t.reference = v_reference GROUP BY t.id;
    RETURN;
  END IF;
  v_pool := 'pool:' || c.owner;
  v_left := c.share;
  v_part := c.frozen_cents;
  v_legs := ledger.add_leg(v_legs, 'disputed:' || c.agent, v_pool, v_part, 'refund');
  v_left := v_left - v_part;
  IF NOT c.released AND NOT c.frozen THEN
    v_legs := ledger.add_leg(v_legs, 'escrow:' || c.agent, v_pool, v_left, 'refund');
    v_left := 0;
  END IF;
  v_part := least(v_left, ledger.balance_of('wallet:' || c.agent));
  v_legs := ledger.add_leg(v_legs, 'wallet:' || c.agent, v_pool, v_part, 'refund');
  debt := v_left - v_part;
  v_legs := ledger.add_leg(v_legs, 'receivable:agent:' || c.agent, v_pool, debt, 'refund');
  v_legs := ledger.add_leg(v_legs, ledger.shard('fees', p_task), v_pool, c.fee, 'fee_refund');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'refund',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, c.id, NULL, refunded::text) p;
  PERFORM ledger.fill_pool(c.owner, v_reference);
END
$$;

-- Takes a transaction back by a new one with every leg turned round; once, however often it is asked for.
CREATE OR REPLACE FUNCTION ledger.undo(p_reference text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_id bigint;
  v_from text[];
  v_to text[];
  v_amounts bigint[];
  v_reasons text[];
BEGIN
  SELECT t.id, array_agg(d.name ORDER BY p.leg DESC), array_agg(s.name ORDER BY p.leg DESC),
         array_agg(p.amount ORDER BY p.leg DESC), array_agg(p.reason || '_undone' ORDER BY p.leg DESC)
    INTO v_id, v_from, v_to, v_amounts, v_reasons
    FROM ledger.transaction t JOIN ledger.posting p ON p.transaction_id = t.id
    JOIN ledger.account s ON s.id = p.from_account JOIN ledger.account d ON d.id = p.to_account
    WHERE t.reference = p_reference GROUP BY t.id;
  IF v_id IS NULL THEN
    RAISE EXCEPTION 'no transaction %', p_reference USING ERRCODE = 'LG404';
  END IF;
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh
    FROM ledger.post(p_reference || ':undo', 'undo', v_from, v_to, v_amounts, v_reasons, NULL, v_id) p;
  PERFORM ledger.fill_pool(substr(n, 6), p_reference || ':undo') FROM unnest(v_to) AS n WHERE starts_with(n, 'pool:');
END
$$;

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
DROP FUNCTION ledger.credit_top_up(text, text, bigint, text, text);
CREATE FUNCTION ledger.credit_top_up(p_top_up text, p_owner text, p_amount bigint, p_kind text DEFAULT 'top_up',
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

-- Whoever owes is frozen: no second record of it, which every repayment would have to keep in line.
ALTER TABLE owner DROP COLUMN frozen_at;

-- What lies in pools beside a debt today.
SELECT ledger.fill_pool(substr(name, 18), 'since 20261127000510')
  FROM ledger.account WHERE starts_with(name, 'receivable:owner:') AND balance < 0;
