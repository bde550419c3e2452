-- The transfer of one amount between two accounts, without arrays: twice as fast as ledger.post for the commonest case.
-- Same promises: accounts are locked in the order of their names, the reference counts once, a repeat returns the first.
CREATE FUNCTION ledger.transfer(
  p_reference text, p_kind text, p_from text, p_to text, p_amount bigint, p_reason text,
  OUT transaction_id bigint, OUT fresh boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_request text := concat_ws(' ', p_from, p_to, p_amount);
  v_first_request text;
  v_from bigint;
  v_to bigint;
  v_from_balance bigint;
  v_from_version bigint;
  v_to_balance bigint;
  v_to_version bigint;
BEGIN
  IF p_amount IS NULL OR p_amount <= 0 THEN
    RAISE EXCEPTION 'an amount of %', p_amount USING ERRCODE = 'LG400';
  END IF;
  FOR attempt IN 1..2 LOOP
    SELECT id, request INTO transaction_id, v_first_request FROM ledger.transaction WHERE reference = p_reference;
    IF transaction_id IS NOT NULL THEN
      EXIT;
    END IF;
    -- The guard keeps the balance from going below zero; the row stays locked until the caller's transaction ends.
    IF p_from COLLATE "C" < p_to COLLATE "C" THEN
      UPDATE ledger.account SET balance = balance - p_amount, version = version + 1
        WHERE name = p_from AND (balance >= p_amount OR kind IN ('cash', 'promo', 'receivable'))
        RETURNING id, balance, version INTO v_from, v_from_balance, v_from_version;
      UPDATE ledger.account SET balance = balance + p_amount, version = version + 1 WHERE name = p_to
        RETURNING id, balance, version INTO v_to, v_to_balance, v_to_version;
    ELSE
      UPDATE ledger.account SET balance = balance + p_amount, version = version + 1 WHERE name = p_to
        RETURNING id, balance, version INTO v_to, v_to_balance, v_to_version;
      UPDATE ledger.account SET balance = balance - p_amount, version = version + 1
        WHERE name = p_from AND (balance >= p_amount OR kind IN ('cash', 'promo', 'receivable'))
        RETURNING id, balance, version INTO v_from, v_from_balance, v_from_version;
    END IF;
    IF v_from IS NOT NULL AND v_to IS NOT NULL THEN
      -- Drawn under the locks: for every account the order of ids is the order of versions.
      INSERT INTO ledger.transaction (reference, kind, request) VALUES (p_reference, p_kind, v_request)
        ON CONFLICT (reference) DO NOTHING RETURNING id INTO transaction_id;
      IF transaction_id IS NOT NULL THEN
        fresh := true;
        INSERT INTO ledger.posting VALUES (transaction_id, 1, v_from, v_to, p_amount, p_reason,
          v_from_balance, v_from_version, v_to_balance, v_to_version);
        RETURN;
      END IF;
    END IF;
    -- Not to be, or not yet: put back what was moved, then see why. The rows are still ours.
    UPDATE ledger.account SET balance = balance + p_amount, version = version - 1 WHERE id = v_from;
    UPDATE ledger.account SET balance = balance - p_amount, version = version - 1 WHERE id = v_to;
    v_from := NULL;
    v_to := NULL;
    PERFORM ledger.open_accounts(ARRAY[p_from, p_to]);
  END LOOP;

  IF transaction_id IS NULL THEN
    SELECT id, request INTO transaction_id, v_first_request FROM ledger.transaction WHERE reference = p_reference;
  END IF;
  IF transaction_id IS NULL THEN
    RAISE EXCEPTION 'insufficient account=% required=% available=%', p_from, p_amount, ledger.balance_of(p_from)
      USING ERRCODE = 'LG402';
  END IF;
  IF v_first_request IS DISTINCT FROM v_request THEN
    RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG409';
  END IF;
  fresh := false;
END
$$;

CREATE OR REPLACE FUNCTION ledger.hold_budget(p_task text, p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.transfer('task:' || p_task || ':hold', 'hold',
    'pool:' || p_owner, 'held:' || p_owner, p_amount, 'hold')
$$;
CREATE OR REPLACE FUNCTION ledger.grant_starter_credits(p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.transfer('owner:' || p_owner || ':starter_credits', 'starter_credits',
    ledger.shard('promo', p_owner), 'pool:' || p_owner, p_amount, 'starter_credits')
$$;
CREATE OR REPLACE FUNCTION ledger.return_top_up(p_top_up text, p_key text, p_owner text, p_amount bigint,
  OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.transfer(concat_ws(':', 'topup', p_top_up, 'return', p_key), 'return',
    'pool:' || p_owner, ledger.shard('cash', p_top_up), p_amount, 'top_up_returned')
$$;
