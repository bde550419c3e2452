-- The ledger's core: what every move of money is made of. Nothing outside this schema's functions writes its tables.
--
-- A posting moves an amount FROM one account TO another, so it cannot be unbalanced. Accounts that stand for the outside
-- (cash, promo) or for a debt (receivable:*) go below zero; everyone else's never do.
--
--   pool:<owner>  held:<owner>  payout_in_flight:<owner>  receivable:owner:<owner>
--   wallet:<agent>  escrow:<agent>  disputed:<agent>      receivable:agent:<agent>
--   cash:00..15  promo:00..15  fees:00..15                (spread, so that no single row is hot)
--
-- Error codes (SQLSTATE): LG400 malformed, LG402 not enough money, LG404 no such transaction, LG409 reference used for
-- something else, LG410 the money has already gone another way, LG405 an attempt to change history.

-- ---------------------------------------------------------------------------------------------- accounts

-- Which of the 16 rows of a system account serves this business id; undoing hits the same row.
CREATE OR REPLACE FUNCTION ledger.shard(kind text, key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT kind || ':' || lpad((('x' || left(md5(key), 1))::bit(4)::int)::text, 2, '0')
$$;

-- An account that nobody has used yet has nothing in it.
CREATE OR REPLACE FUNCTION ledger.balance_of(account_name text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT balance FROM ledger.account WHERE name = account_name), 0)
$$;

-- Accounts come into being with their first move, in the order of names.
CREATE OR REPLACE FUNCTION ledger.open_accounts(names text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger.account (name, kind)
    SELECT DISTINCT n COLLATE "C", split_part(n, ':', 1) FROM unnest(names) AS n ORDER BY 1
    ON CONFLICT (name) DO NOTHING
$$;

-- Call it before any lock is taken: two first moves that each held one account and opened the other would wait for each
-- other.
CREATE OR REPLACE FUNCTION ledger.open_missing(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(names) AS n WHERE NOT EXISTS (SELECT 1 FROM ledger.account a WHERE a.name = n)) THEN
    PERFORM ledger.open_accounts(names);
  END IF;
END
$$;

-- Locks accounts in the order of their names, always, so that two moves cannot wait for each other.
CREATE OR REPLACE FUNCTION ledger.lock_accounts(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.open_missing(names);
  PERFORM 1 FROM ledger.account WHERE name = ANY (names) ORDER BY name FOR UPDATE;
END
$$;

-- ---------------------------------------------------------------------------------------------- transactions

-- The transfer of one amount between two accounts, without arrays: twice as fast as ledger.post for the commonest case.
-- Same promises: accounts are locked in the order of their names, the reference counts once, a repeat returns the first.
-- It looks for the reference only when it could not post: most are new, and the unique index refuses the others anyway.
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

-- Posts one transaction of any number of legs. With a reference that was posted before it changes nothing and returns
-- the first; if that one was asked for differently: LG409. Balances are judged after all legs.
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

-- Refuses when another transaction has already used this one up. Call it under the lock of an account both touch.
CREATE OR REPLACE FUNCTION ledger.refuse_if_closed(p_id bigint, p_reference text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_other text := (SELECT reference FROM ledger.transaction WHERE closes = p_id AND reference <> p_reference);
BEGIN
  IF v_other IS NOT NULL THEN
    RAISE EXCEPTION '% came first', v_other USING ERRCODE = 'LG410';
  END IF;
END
$$;

-- Lists of legs (ledger.legs) are built up one by one; amounts of zero are left out.
CREATE OR REPLACE FUNCTION ledger.add_leg(legs ledger.legs, source text, target text, amount bigint, reason text)
RETURNS ledger.legs LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN amount = 0 THEN legs ELSE ROW(
    (legs).sources || source, (legs).targets || target, (legs).amounts || amount, (legs).reasons || reason)::ledger.legs END
$$;

CREATE OR REPLACE FUNCTION ledger.no_legs() RETURNS ledger.legs LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW('{}'::text[], '{}'::text[], '{}'::bigint[], '{}'::text[])::ledger.legs
$$;

-- ---------------------------------------------------------------------------------------------- debts

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

-- Money has come to a pool by the transaction with this reference; what its owner owes after a chargeback is repaid from it.
-- Call it under the pool's lock. A debt of the owner sorts after the pool, and only wallets after that.
CREATE OR REPLACE FUNCTION ledger.fill_pool(p_owner text, p_reference text) RETURNS void LANGUAGE sql AS $$
  SELECT ledger.repay_debts('owner:' || p_owner || ':debt_repaid:' || p_reference,
    ARRAY['pool:' || p_owner], ARRAY['receivable:owner:' || p_owner])
$$;
