-- A transfer looks for its reference only when it could not be posted: most are new, and the unique index refuses the others
-- anyway. One statement less on the hottest path of the ledger; the promises stay as they were.
CREATE OR REPLACE FUNCTION ledger.transfer(
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
  IF starts_with(p_to, 'receivable:') THEN
    -- How much of a debt is open has to be read under its lock first: that is ledger.post's work.
    RAISE EXCEPTION 'a transfer to %', p_to USING ERRCODE = 'LG400';
  END IF;
  FOR attempt IN 1..2 LOOP
    -- The guard keeps the balance from going below zero; the row stays locked until the caller's transaction ends.
    -- The second account is not touched before the first is locked, or two first moves could wait for each other.
    IF p_from COLLATE "C" < p_to COLLATE "C" THEN
      UPDATE ledger.account SET balance = balance - p_amount, version = version + 1
        WHERE name = p_from AND (balance >= p_amount OR kind IN ('cash', 'promo', 'receivable'))
        RETURNING id, balance, version INTO v_from, v_from_balance, v_from_version;
      IF v_from IS NOT NULL THEN
        UPDATE ledger.account SET balance = balance + p_amount, version = version + 1 WHERE name = p_to
          RETURNING id, balance, version INTO v_to, v_to_balance, v_to_version;
      END IF;
    ELSE
      UPDATE ledger.account SET balance = balance + p_amount, version = version + 1 WHERE name = p_to
        RETURNING id, balance, version INTO v_to, v_to_balance, v_to_version;
      IF v_to IS NOT NULL THEN
        UPDATE ledger.account SET balance = balance - p_amount, version = version + 1
          WHERE name = p_from AND (balance >= p_amount OR kind IN ('cash', 'promo', 'receivable'))
          RETURNING id, balance, version INTO v_from, v_from_balance, v_from_version;
      END IF;
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
    -- Done before, not to be, or not yet: put back what was moved, then see which. The rows are still ours.
    UPDATE ledger.account SET balance = balance + p_amount, version = version - 1 WHERE id = v_from;
    UPDATE ledger.account SET balance = balance - p_amount, version = version - 1 WHERE id = v_to;
    v_from := NULL;
    v_to := NULL;
    SELECT id, request INTO transaction_id, v_first_request FROM ledger.transaction WHERE reference = p_reference;
    IF transaction_id IS NOT NULL THEN
      IF v_first_request IS DISTINCT FROM v_request THEN
        RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG409';
      END IF;
      fresh := false;
      RETURN;
    END IF;
    PERFORM ledger.open_missing(ARRAY[p_from, p_to]);
  END LOOP;
  RAISE EXCEPTION 'insufficient account=% required=% available=%', p_from, p_amount, ledger.balance_of(p_from)
    USING ERRCODE = 'LG402';
END
$$;
