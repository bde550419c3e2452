-- Accounts come into being before any lock is taken. Until now the first moves of an owner could lock an existing account,
-- find the other missing, and then wait for each other over the new one (found by 64 submissions at once): a deadlock,
-- which PostgreSQL resolved by refusing one of them.
CREATE FUNCTION ledger.open_missing(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(names) AS n WHERE NOT EXISTS (SELECT 1 FROM ledger.account a WHERE a.name = n)) THEN
    PERFORM ledger.open_accounts(names);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION ledger.lock_accounts(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.open_missing(names);
  PERFORM 1 FROM ledger.account WHERE name = ANY (names) ORDER BY name FOR UPDATE;
END
$$;

CREATE OR REPLACE FUNCTION ledger.post(
  p_reference text, p_kind text, p_from text[], p_to text[], p_amounts bigint[], p_reasons text[],
  p_closes bigint DEFAULT NULL, p_reverses bigint DEFAULT NULL, p_request text DEFAULT NULL,
  OUT transaction_id bigint, OUT fresh boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_names text[];
  v_ids bigint[];
  v_balances bigint[];
  v_versions bigint[];
  v_from bigint[];
  v_to bigint[];
  v_from_balances bigint[];
  v_from_versions bigint[];
  v_to_balances bigint[];
  v_to_versions bigint[];
  v_legs integer := cardinality(p_amounts);
  v_request text := coalesce(p_request, array_to_string(p_from || p_to || p_amounts::text[], ' '));
  v_first_request text;
  f integer;
  t integer;
BEGIN
  PERFORM ledger.open_missing(p_from || p_to);
  SELECT array_agg(id), array_agg(name), array_agg(balance), array_agg(version)
    INTO v_ids, v_names, v_balances, v_versions
    FROM (SELECT id, name, balance, version FROM ledger.account
          WHERE name = ANY (p_from || p_to) ORDER BY name FOR UPDATE) locked;

  -- The id is drawn under the locks: for every account the order of ids is the order of versions.
  INSERT INTO ledger.transaction (reference, kind, request, closes, reverses)
    VALUES (p_reference, p_kind, v_request, p_closes, p_reverses)
    ON CONFLICT (reference) DO NOTHING
    RETURNING id INTO transaction_id;
  fresh := transaction_id IS NOT NULL;
  IF NOT fresh THEN
    SELECT id, request INTO transaction_id, v_first_request FROM ledger.transaction WHERE reference = p_reference;
    IF v_first_request IS DISTINCT FROM v_request THEN
      RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG409';
    END IF;
    RETURN;
  END IF;

  FOR i IN 1..v_legs LOOP
    IF p_amounts[i] IS NULL OR p_amounts[i] <= 0 THEN
      RAISE EXCEPTION 'an amount of %', p_amounts[i] USING ERRCODE = 'LG400';
    END IF;
    f := array_position(v_names, p_from[i]);
    t := array_position(v_names, p_to[i]);
    v_balances[f] := v_balances[f] - p_amounts[i];
    v_versions[f] := v_versions[f] + 1;
    v_balances[t] := v_balances[t] + p_amounts[i];
    v_versions[t] := v_versions[t] + 1;
    v_from[i] := v_ids[f];
    v_to[i] := v_ids[t];
    v_from_balances[i] := v_balances[f];
    v_from_versions[i] := v_versions[f];
    v_to_balances[i] := v_balances[t];
    v_to_versions[i] := v_versions[t];
  END LOOP;

  FOR i IN 1..coalesce(cardinality(v_ids), 0) LOOP
    IF v_balances[i] < 0 AND split_part(v_names[i], ':', 1) NOT IN ('cash', 'promo', 'receivable') THEN
      DECLARE
        v_available bigint := (SELECT balance FROM ledger.account WHERE id = v_ids[i]);
      BEGIN
        RAISE EXCEPTION 'insufficient account=% required=% available=%',
          v_names[i], v_available - v_balances[i], v_available USING ERRCODE = 'LG402';
      END;
    END IF;
  END LOOP;

  UPDATE ledger.account a SET balance = moved.balance, version = moved.version
    FROM unnest(v_ids, v_balances, v_versions) AS moved (id, balance, version)
    WHERE a.id = moved.id AND a.version <> moved.version;
  INSERT INTO ledger.posting (transaction_id, leg, from_account, to_account, amount, reason,
      from_balance, from_version, to_balance, to_version)
    SELECT post.transaction_id, l.n, l.f, l.t, l.amount, l.reason, l.fb, l.fv, l.tb, l.tv
    FROM unnest(v_from, v_to, p_amounts, p_reasons, v_from_balances, v_from_versions, v_to_balances, v_to_versions)
      WITH ORDINALITY AS l (f, t, amount, reason, fb, fv, tb, tv, n);
END
$$;

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
  FOR attempt IN 1..2 LOOP
    SELECT id, request INTO transaction_id, v_first_request FROM ledger.transaction WHERE reference = p_reference;
    IF transaction_id IS NOT NULL THEN
      EXIT;
    END IF;
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
