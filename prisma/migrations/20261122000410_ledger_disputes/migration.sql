-- A refund uses up what a dispute froze. Unfreezing after it would have taken the same sum from another open dispute of
-- the same seller (found by the model test); now it is refused.
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

-- A repeat returns the first also when the money has gone back to the buyer since.
CREATE OR REPLACE FUNCTION ledger.freeze_for_dispute(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT frozen bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':freeze';
  c record;
  v_source text;
  v_legs ledger.legs;
BEGIN
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
  IF transaction_id IS NOT NULL THEN
    fresh := false;
    SELECT coalesce(sum(amount), 0) INTO frozen FROM ledger.posting p WHERE p.transaction_id = freeze_for_dispute.transaction_id;
    RETURN;
  END IF;
  IF c.refunded THEN
    RAISE EXCEPTION 'task % is refunded', p_task USING ERRCODE = 'LG410';
  END IF;
  v_source := CASE WHEN c.released THEN 'wallet:' ELSE 'escrow:' END || c.agent;
  frozen := least(c.share, ledger.balance_of(v_source));
  v_legs := ledger.add_leg(ledger.no_legs(), v_source, 'disputed:' || c.agent, frozen, 'dispute_freeze');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'freeze',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, c.share::text) p;
END
$$;
