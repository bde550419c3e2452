-- A dispute puts the seller's whole share out of reach. What the wallet no longer has of it is booked as the seller's debt,
-- at once: until now it was not, and what the seller earned until the decision could be withdrawn, at the city's cost. A
-- dispute opened before this froze what there was; ledger.refund_charge still takes the rest from the wallet, then as debt.
DROP FUNCTION ledger.freeze_for_dispute(text);
CREATE FUNCTION ledger.freeze_for_dispute(p_task text,
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
