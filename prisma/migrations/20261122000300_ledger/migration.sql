-- The ledger: append-only double entry. Nothing outside this schema's functions writes these tables.
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
CREATE SCHEMA ledger;

CREATE TABLE ledger.account (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text COLLATE "C" NOT NULL UNIQUE,
  kind       text NOT NULL,
  balance    bigint NOT NULL DEFAULT 0,
  version    bigint NOT NULL DEFAULT 0,
  CONSTRAINT account_kind CHECK (kind IN
    ('pool', 'held', 'payout_in_flight', 'wallet', 'escrow', 'disputed', 'receivable', 'cash', 'promo', 'fees')),
  CONSTRAINT account_kind_is_prefix CHECK (kind = split_part(name, ':', 1)),
  CONSTRAINT account_not_below_zero CHECK (balance >= 0 OR kind IN ('cash', 'promo', 'receivable')),
  CONSTRAINT account_debt_not_overpaid CHECK (balance <= 0 OR kind <> 'receivable')
) WITH (fillfactor = 50);

CREATE TABLE ledger.transaction (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Business identity, for example task:<id>:charge: the same event can be posted once.
  reference  text COLLATE "C" NOT NULL UNIQUE,
  kind       text NOT NULL,
  -- What was asked for; a repeat must ask for the same.
  request    text NOT NULL,
  -- The transaction this one uses up (a charge or a release closes a hold), or takes back. Each only once.
  closes     bigint,
  reverses   bigint,
  at         timestamptz NOT NULL DEFAULT city_now(),
  -- Lets the sealer know that nothing older can still appear.
  xid        bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE UNIQUE INDEX transaction_closes_once ON ledger.transaction (closes) WHERE closes IS NOT NULL;
CREATE UNIQUE INDEX transaction_reverses_once ON ledger.transaction (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX transaction_xid ON ledger.transaction USING brin (xid);

-- No foreign keys: they would need the right to lock, and so to update, what nobody may update. The checker looks instead.
CREATE TABLE ledger.posting (
  transaction_id bigint NOT NULL,
  leg            smallint NOT NULL,
  from_account   bigint NOT NULL,
  to_account     bigint NOT NULL,
  amount         bigint NOT NULL,
  reason         text NOT NULL,
  from_balance   bigint NOT NULL,
  from_version   bigint NOT NULL,
  to_balance     bigint NOT NULL,
  to_version     bigint NOT NULL,
  PRIMARY KEY (transaction_id, leg),
  CONSTRAINT posting_amount_positive CHECK (amount > 0),
  CONSTRAINT posting_moves CHECK (from_account <> to_account)
);
CREATE UNIQUE INDEX posting_from_version ON ledger.posting (from_account, from_version);
CREATE UNIQUE INDEX posting_to_version ON ledger.posting (to_account, to_version);

-- Sealed batches, each hash covering the one before: a changed row is found even if every trigger was off.
CREATE TABLE ledger.seal (
  no           bigint PRIMARY KEY,
  from_xid     bigint NOT NULL,
  to_xid       bigint NOT NULL,
  transactions integer NOT NULL,
  root         bytea NOT NULL,
  previous     bytea NOT NULL,
  hash         bytea NOT NULL,
  sealed_at    timestamptz NOT NULL
);

-- Every posting seen from each of its two accounts.
CREATE VIEW ledger.entry AS
  SELECT from_account AS account_id, from_version AS version, transaction_id, leg, -amount AS amount,
         from_balance AS balance, reason, to_account AS other_account_id FROM ledger.posting
  UNION ALL
  SELECT to_account, to_version, transaction_id, leg, amount, to_balance, reason, from_account FROM ledger.posting;

INSERT INTO ledger.account (name, kind)
  SELECT kind || ':' || lpad(n::text, 2, '0'), kind
  FROM unnest(ARRAY['cash', 'promo', 'fees']) AS kind, generate_series(0, 15) AS n;

-- ---------------------------------------------------------------------------------------------- append-only

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG405';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transaction
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
-- An account's name is for ever; only its balance and version move. (Column triggers cost the hot path nothing.)
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF id, name, kind ON ledger.account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON ledger.transaction, ledger.posting, ledger.seal FROM CURRENT_USER;
REVOKE DELETE, TRUNCATE ON ledger.account FROM CURRENT_USER;

-- Tries to change history and says which tables let it happen; none is the right answer. Changes nothing.
CREATE FUNCTION ledger.writable_history() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['UPDATE ledger.transaction SET id = DEFAULT', 'DELETE FROM ledger.transaction',
    'UPDATE ledger.posting SET amount = 0', 'DELETE FROM ledger.posting', 'UPDATE ledger.seal SET no = 0',
    'DELETE FROM ledger.seal', 'DELETE FROM ledger.account', 'UPDATE ledger.account SET name = name'] LOOP
    BEGIN
      EXECUTE target || ' WHERE false';
      RETURN NEXT target;
    EXCEPTION WHEN SQLSTATE 'LG405' OR insufficient_privilege THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- ---------------------------------------------------------------------------------------------- the core

-- Which of the 16 rows of a system account serves this business id; undoing hits the same row.
CREATE FUNCTION ledger.shard(kind text, key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT kind || ':' || lpad((('x' || left(md5(key), 1))::bit(4)::int)::text, 2, '0')
$$;

-- The city's share: 15 %, rounded half up to the cent.
CREATE FUNCTION ledger.fee_of(charge bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (charge * 15 + 50) / 100
$$;

CREATE FUNCTION ledger.balance_of(account_name text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT balance FROM ledger.account WHERE name = account_name), 0)
$$;

CREATE FUNCTION ledger.open_accounts(names text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger.account (name, kind)
    SELECT DISTINCT n COLLATE "C", split_part(n, ':', 1) FROM unnest(names) AS n ORDER BY 1
    ON CONFLICT (name) DO NOTHING
$$;

-- Locks accounts in the order of their names, always, so that two moves cannot wait for each other.
CREATE FUNCTION ledger.lock_accounts(names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_locked text[];
BEGIN
  v_locked := ARRAY(SELECT name FROM ledger.account WHERE name = ANY (names) ORDER BY name FOR UPDATE);
  IF NOT v_locked @> names THEN
    PERFORM ledger.open_accounts(names);
    PERFORM 1 FROM ledger.account WHERE name = ANY (names) ORDER BY name FOR UPDATE;
  END IF;
END
$$;

-- Posts one transaction of any number of legs. With a reference that was posted before it changes nothing and returns
-- the first; if that one was asked for differently: LG409. Balances are judged after all legs.
CREATE FUNCTION ledger.post(
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
  FOR attempt IN 1..2 LOOP
    SELECT array_agg(id), array_agg(name), array_agg(balance), array_agg(version)
      INTO v_ids, v_names, v_balances, v_versions
      FROM (SELECT id, name, balance, version FROM ledger.account
            WHERE name = ANY (p_from || p_to) ORDER BY name FOR UPDATE) locked;
    EXIT WHEN v_names @> p_from AND v_names @> p_to;
    PERFORM ledger.open_accounts(p_from || p_to);
  END LOOP;

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
CREATE FUNCTION ledger.undo(p_reference text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
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
END
$$;

-- Refuses when another transaction has already used this one up. Call it under the lock of an account both touch.
CREATE FUNCTION ledger.refuse_if_closed(p_id bigint, p_reference text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_other text := (SELECT reference FROM ledger.transaction WHERE closes = p_id AND reference <> p_reference);
BEGIN
  IF v_other IS NOT NULL THEN
    RAISE EXCEPTION '% came first', v_other USING ERRCODE = 'LG410';
  END IF;
END
$$;

-- Lists of legs, built up one by one; amounts of zero are left out.
CREATE TYPE ledger.legs AS (sources text[], targets text[], amounts bigint[], reasons text[]);
CREATE FUNCTION ledger.add_leg(legs ledger.legs, source text, target text, amount bigint, reason text)
RETURNS ledger.legs LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN amount = 0 THEN legs ELSE ROW(
    (legs).sources || source, (legs).targets || target, (legs).amounts || amount, (legs).reasons || reason)::ledger.legs END
$$;
CREATE FUNCTION ledger.no_legs() RETURNS ledger.legs LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW('{}'::text[], '{}'::text[], '{}'::bigint[], '{}'::text[])::ledger.legs
$$;

-- ---------------------------------------------------------------------------------------------- tasks

CREATE FUNCTION ledger.hold_budget(p_task text, p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.post('task:' || p_task || ':hold', 'hold',
    ARRAY['pool:' || p_owner], ARRAY['held:' || p_owner], ARRAY[p_amount], ARRAY['hold'])
$$;

-- The hold of a task: its transaction, the owner whose money it is, and how much. LG404 without one.
CREATE FUNCTION ledger.hold_of(p_task text, OUT id bigint, OUT owner text, OUT amount bigint) LANGUAGE plpgsql STABLE AS $$
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
CREATE FUNCTION ledger.release_hold(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT released bigint)
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
END
$$;

-- Charge, fee and the return of the rest: one transaction.
CREATE FUNCTION ledger.charge_task(p_task text, p_agent text, p_price bigint,
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
END
$$;

-- What is known of a charged task: who gets which share, and where the seller's share is now. LG404 without a charge.
-- Read it under the lock of the seller's accounts.
CREATE FUNCTION ledger.charge_of(p_task text, OUT id bigint, OUT owner text, OUT agent text, OUT share bigint, OUT fee bigint,
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

-- Locks everything a charged task's money can be in, and returns what is known under that lock.
CREATE FUNCTION ledger.lock_charge(p_task text, OUT id bigint, OUT owner text, OUT agent text, OUT share bigint, OUT fee bigint,
  OUT released boolean, OUT refunded boolean, OUT frozen boolean, OUT frozen_cents bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_charge record;
BEGIN
  SELECT * INTO v_charge FROM ledger.charge_of(p_task);
  PERFORM ledger.lock_accounts(ARRAY['pool:' || v_charge.owner, 'escrow:' || v_charge.agent, 'disputed:' || v_charge.agent,
    'wallet:' || v_charge.agent, 'receivable:agent:' || v_charge.agent, ledger.shard('fees', p_task)]);
  SELECT c.* INTO id, owner, agent, share, fee, released, refunded, frozen, frozen_cents FROM ledger.charge_of(p_task) c;
END
$$;

-- Adds the legs that pay a seller: an open debt first, the rest into the wallet.
CREATE FUNCTION ledger.pay_seller(legs ledger.legs, source text, agent text, amount bigint, debt bigint, reason text)
RETURNS ledger.legs LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  legs := ledger.add_leg(legs, source, 'receivable:agent:' || agent, least(amount, debt), 'debt_repaid');
  RETURN ledger.add_leg(legs, source, 'wallet:' || agent, amount - least(amount, debt), reason);
END
$$;

-- The seller's share becomes available; debts are repaid from it first.
CREATE FUNCTION ledger.release_escrow(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT released bigint)
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

-- Puts the seller's share out of reach while a dispute is open: from escrow, or as much as is available of it.
CREATE FUNCTION ledger.freeze_for_dispute(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT frozen bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := 'task:' || p_task || ':freeze';
  c record;
  v_source text;
  v_legs ledger.legs;
BEGIN
  SELECT * INTO c FROM ledger.lock_charge(p_task);
  IF c.refunded THEN
    RAISE EXCEPTION 'task % is refunded', p_task USING ERRCODE = 'LG410';
  END IF;
  SELECT id INTO transaction_id FROM ledger.transaction WHERE reference = v_reference;
  IF transaction_id IS NOT NULL THEN
    fresh := false;
    SELECT coalesce(sum(amount), 0) INTO frozen FROM ledger.posting p WHERE p.transaction_id = freeze_for_dispute.transaction_id;
    RETURN;
  END IF;
  v_source := CASE WHEN c.released THEN 'wallet:' ELSE 'escrow:' END || c.agent;
  frozen := least(c.share, ledger.balance_of(v_source));
  v_legs := ledger.add_leg(ledger.no_legs(), v_source, 'disputed:' || c.agent, frozen, 'dispute_freeze');
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, 'freeze',
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, c.share::text) p;
END
$$;

-- The dispute ended for the seller: frozen money goes back to where it was.
CREATE FUNCTION ledger.unfreeze(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT unfrozen bigint)
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
CREATE FUNCTION ledger.refund_charge(p_task text, OUT transaction_id bigint, OUT fresh boolean, OUT refunded bigint, OUT debt bigint)
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
END
$$;

-- ---------------------------------------------------------------------------------------------- money in

CREATE FUNCTION ledger.grant_starter_credits(p_owner text, p_amount bigint, OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.post('owner:' || p_owner || ':starter_credits', 'starter_credits',
    ARRAY[ledger.shard('promo', p_owner)], ARRAY['pool:' || p_owner], ARRAY[p_amount], ARRAY['starter_credits'])
$$;

-- Money that arrived for a top-up: pays the owner's debt first. `p_key` tells apart several arrivals for one top-up.
CREATE FUNCTION ledger.credit_top_up(p_top_up text, p_owner text, p_amount bigint, p_kind text DEFAULT 'top_up',
  p_key text DEFAULT NULL, OUT transaction_id bigint, OUT fresh boolean, OUT debt_repaid bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reference text := concat_ws(':', 'topup', p_top_up, p_kind, p_key);
  v_cash text := ledger.shard('cash', p_top_up);
  v_debt text := 'receivable:owner:' || p_owner;
  v_legs ledger.legs := ledger.no_legs();
BEGIN
  IF p_amount <= 0 THEN
    RAISE EXCEPTION 'a top-up of %', p_amount USING ERRCODE = 'LG400';
  END IF;
  PERFORM ledger.lock_accounts(ARRAY[v_cash, v_debt, 'pool:' || p_owner]);
  debt_repaid := least(p_amount, -ledger.balance_of(v_debt));
  v_legs := ledger.add_leg(v_legs, v_cash, v_debt, debt_repaid, 'debt_repaid');
  v_legs := ledger.add_leg(v_legs, v_cash, 'pool:' || p_owner, p_amount - debt_repaid, p_kind);
  SELECT p.transaction_id, p.fresh INTO transaction_id, fresh FROM ledger.post(v_reference, p_kind,
    v_legs.sources, v_legs.targets, v_legs.amounts, v_legs.reasons, NULL, NULL, p_owner || ' ' || p_amount) p;
END
$$;

-- Money of a top-up that the card company took back. What the pool no longer has becomes the owner's debt.
CREATE FUNCTION ledger.charge_back_top_up(p_top_up text, p_key text, p_owner text, p_amount bigint,
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
CREATE FUNCTION ledger.return_top_up(p_top_up text, p_key text, p_owner text, p_amount bigint,
  OUT transaction_id bigint, OUT fresh boolean)
LANGUAGE sql AS $$
  SELECT transaction_id, fresh FROM ledger.post(concat_ws(':', 'topup', p_top_up, 'return', p_key), 'return',
    ARRAY['pool:' || p_owner], ARRAY[ledger.shard('cash', p_top_up)], ARRAY[p_amount], ARRAY['top_up_returned'])
$$;

-- ---------------------------------------------------------------------------------------------- money out

-- Available earnings of one or more agents set aside for a payout. Refused while there is debt (LG410).
CREATE FUNCTION ledger.start_payout(p_withdrawal text, p_owner text, p_agents text[], p_amounts bigint[],
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
CREATE FUNCTION ledger.payout_of(p_withdrawal text, OUT id bigint, OUT owner text, OUT amount bigint) LANGUAGE plpgsql STABLE AS $$
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
CREATE FUNCTION ledger.settle_payout(p_withdrawal text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
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
CREATE FUNCTION ledger.fail_payout(p_withdrawal text, OUT transaction_id bigint, OUT fresh boolean) LANGUAGE plpgsql AS $$
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

-- ---------------------------------------------------------------------------------------------- reading

-- Balances of sellers in the order asked for. Everything a seller ever earned enters through escrow, and a refund is the
-- only way back, wherever the money is by then.
CREATE FUNCTION ledger.wallets(p_agents text[]) RETURNS TABLE (
  "agentId" text, available bigint, escrowed bigint, disputed bigint, debt bigint, "lifetimeEarned" bigint
) LANGUAGE sql STABLE AS $$
  SELECT agent, ledger.balance_of('wallet:' || agent), ledger.balance_of('escrow:' || agent),
    ledger.balance_of('disputed:' || agent), -ledger.balance_of('receivable:agent:' || agent),
    coalesce((SELECT sum(p.amount)::bigint FROM ledger.account a JOIN ledger.posting p ON p.to_account = a.id
              WHERE a.name = 'escrow:' || agent AND p.reason = 'charge'), 0)
    - coalesce((SELECT sum(p.amount)::bigint FROM ledger.account a JOIN ledger.posting p ON p.from_account = a.id
              WHERE a.name = ANY (ARRAY['escrow:' || agent, 'disputed:' || agent, 'wallet:' || agent, 'receivable:agent:' || agent])
                AND p.reason = 'refund'), 0)
  FROM unnest(p_agents) WITH ORDINALITY AS asked (agent, n) ORDER BY n
$$;
