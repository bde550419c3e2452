-- A task's money: held at submission, then released or charged; the seller's share escrowed, then released, frozen by a
-- dispute, or refunded.

-- ---------------------------------------------------------------------------------------------- hold and charge

-- A submission sets its whole budget aside.
CREATE OR REPLACE FUNCTION ledger.hold_budget(p_task text, p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.transfer('task:' || p_task || ':hold', 'hold',
    'pool:' || p_owner, 'held:' || p_owner, p_amount, 'hold')
$$;

-- The hold of a task: its transaction, the owner whose money it is, and how much. LG404 without one.
CREATE OR REPLACE FUNCTION ledger.hold_of(p_task text, OUT id bigint, OUT owner text, OUT amount bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  SELECT t.id, substr(a.name, 6), p.amount INTO id, owner, amount
    FROM ledger.transaction t JOIN ledger.posting p ON p.transaction_id = t.id AND p.leg = 1
    JOIN ledger.account a ON a.id = p.from_account
    WHERE t.reference = 'task:' || p_task || ':hold';
  IF id IS NULL THEN
    RAISE EXCEPTION 'no hold for task %', p_task USING ERRCODE = 'LG404';
  END IF;
END
$$;

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

-- The city's share: 15 %, rounded half up to the cent.
CREATE OR REPLACE FUNCTION ledger.fee_of(charge bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (charge * 15 + 50) / 100
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

-- ---------------------------------------------------------------------------------------------- after the charge

-- What is known of a charged task: who gets which share, and where the seller's share is now. LG404 without a charge.
-- Read it under the lock of the seller's accounts.
CREATE OR REPLACE FUNCTION ledger.charge_of(p_task text, OUT id bigint, OUT owner text, OUT agent text, OUT share bigint, OUT fee bigint,
  OUT released boolean, OUT refunded boolean, OUT frozen boolean, OUT frozen_cents bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  SELECT t.id, substr(s.name, 6),
         max(substr(d.name, 8)) FILTER (WHERE p.reason = 'charge'),
         coalesce(sum(p.amount) FILTER (WHERE p.reason = 'charge'), 0),
         coalesce(sum(p.amount) FILTER (WHERE p.reason = 'fee'), 0)
    INTO id, owner, agent, share, fee
    FROM ledger.transaction t JOIN ledger.posting p ON p.transaction_id = t.id
    JOIN ledger.account s ON s.id = p.from_account JOIN ledger.account d ON d.id = p.to_account
    WHERE t.reference = 'task:' || p_task || ':charge' GROUP BY t.id, s.name;
  IF id IS NULL THEN
    RAISE EXCEPTION 'no charge for task %', p_task USING ERRCODE = 'LG404';
  END IF;
  released := EXISTS (SELECT 1 FROM ledger.transaction WHERE reference = 'task:' || p_task || ':escrow_release');
  refunded := EXISTS (SELECT 1 FROM ledger.transaction WHERE reference = 'task:' || p_task || ':refund');
  frozen := EXISTS (SELECT 1 FROM ledger.transaction WHERE reference = 'task:' || p_task || ':freeze')
    AND NOT EXISTS (SELECT 1 FROM ledger.transaction WHERE reference = 'task:' || p_task || ':unfreeze');
  frozen_cents := CASE WHEN frozen THEN coalesce((SELECT sum(p.amount) FROM ledger.transaction t
    JOIN ledger.posting p ON p.transaction_id = t.id WHERE t.reference = 'task:' || p_task || ':freeze'), 0) ELSE 0 END;
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

-- Adds the legs that pay a seller: an open debt first, the rest into the wallet.
CREATE OR REPLACE FUNCTION ledger.pay_seller(legs ledger.legs, source text, agent text, amount bigint, debt bigint, reason text)
RETURNS ledger.legs LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  legs := ledger.add_leg(legs, source, 'receivable:agent:' || agent, least(amount, debt), 'debt_repaid');
  RETURN ledger.add_leg(legs, source, 'wallet:' || agent, amount - least(amount, debt), reason);
END
$$;

-- The seller's share becomes available; debts are repaid from it first.
CREATE OR REPLACE FUNCTION ledger.release_escrow(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT released bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':escrow_release';
  c record;
  v_legs ledger.legs;
BEGIN
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  released := c.share;
  IF c.released THEN
    fresh := false;
    SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
    RETURN;
  END IF;
  IF c.refunded OR c.frozen THEN
    RAISE EXCEPTION 'escrow of task % is %', p_task, CASE WHEN c.refunded THEN 'refunded' ELSE 'disputed' END
      USING ERRCODE = 'LG410';
  END IF;
  v_legs := ledger.pay_seller(ledger.no_legs(), 'escrow:' || c.agent, c.agent, c.share,
    -ledger.balance_of('receivable:agent:' || c.agent), 'escrow_release');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'escrow_release',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, c.share::text) p;
END
$$;

-- A dispute puts the seller's whole share out of reach: from escrow or the wallet, and what the wallet no longer has of it
-- is booked as the seller's debt.
CREATE OR REPLACE FUNCTION ledger.freeze_for_dispute(p_task text,
  OUT transaction_id bigint, OUT fresh boolean, OUT frozen bigint, OUT debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':freeze';
  c record;
  v_source text;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
  IF transaction_id IS NOT NULL THEN
    fresh := false;
    SELECT coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE reason = 'dispute_debt'), 0) INTO frozen, debt
      FROM ledger.posting p WHERE p.transaction_id = freeze_for_dispute.transaction_id;
    RETURN;
  END IF;
  IF c.refunded THEN
    RAISE EXCEPTION 'task % is refunded', p_task USING ERRCODE = 'LG410';
  END IF;
  v_source := CASE WHEN c.released THEN 'wallet:' ELSE 'escrow:' END || c.agent;
  frozen := c.share;
  debt := c.share - least(c.share, ledger.balance_of(v_source));
  v_legs := ledger.add_leg(v_legs, v_source, 'disputed:' || c.agent, c.share - debt, 'dispute_freeze');
  v_legs := ledger.add_leg(v_legs, 'receivable:agent:' || c.agent, 'disputed:' || c.agent, debt, 'dispute_debt');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'freeze',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, c.share::text) p;
END
$$;

-- The dispute ended for the seller: frozen money goes back to where it was. Refused after a refund, which has used up what
-- was frozen: the same sum would be taken from another open dispute of the seller.
CREATE OR REPLACE FUNCTION ledger.unfreeze(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT unfrozen bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':unfreeze';
  v_freeze bigint := (SELECT id FROM ledger.transaction WHERE reference = 'task:' || p_task || ':freeze');
  c record;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  IF v_freeze IS NULL THEN
    RAISE EXCEPTION 'nothing of task % is frozen', p_task USING ERRCODE = 'LG404';
  END IF;
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  PERFORM ledger.refuse_if_closed(v_freeze, v_reference);
  unfrozen := c.frozen_cents;
  IF NOT c.frozen THEN
    fresh := false;
    SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
    RETURN;
  END IF;
  IF c.refunded THEN
    RAISE EXCEPTION 'task % is refunded', p_task USING ERRCODE = 'LG410';
  END IF;
  v_legs := CASE WHEN c.released
    THEN ledger.pay_seller(v_legs, 'disputed:' || c.agent, c.agent, c.frozen_cents,
           -ledger.balance_of('receivable:agent:' || c.agent), 'dispute_unfreeze')
    ELSE ledger.add_leg(v_legs, 'disputed:' || c.agent, 'escrow:' || c.agent, c.frozen_cents, 'dispute_unfreeze') END;
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'unfreeze',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, v_freeze, NULL, v_freeze::text) p;
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
