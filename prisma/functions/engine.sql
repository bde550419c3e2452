-- The functions in force of the embedded engine: what happens to a run is decided here, under its row's lock. Those that
-- call graphile_worker are plpgsql, so that they may exist before that schema does.

-- ---------------------------------------------------------------------------------------------- a run, from its first drive to its end

-- Puts a drive of the run on the queue, at once or at a city time. Shares a lock with advance_clock, so that no timer
-- is set with an offset that is about to change.
CREATE OR REPLACE FUNCTION engine.enqueue(p_run text, p_at timestamptz DEFAULT NULL, p_key text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF p_at IS NULL THEN
    PERFORM graphile_worker.add_job('run', json_build_object('run', p_run));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(4672, 0);
    PERFORM graphile_worker.add_job('run', json_build_object('run', p_run), run_at := now() + (p_at - city_now()), job_key := p_key);
  END IF;
END
$$;

-- Creates the run, its cancellation waits and its deadline, and queues its first drive. False: it exists already.
CREATE OR REPLACE FUNCTION engine.start_run(
  p_id text, p_function text, p_event_id text, p_event json, p_cancels json, p_finish_ms bigint,
  p_parent_run text DEFAULT NULL, p_parent_step text DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_finish_by timestamptz := city_now() + p_finish_ms * interval '1 millisecond';
BEGIN
  INSERT INTO engine.run (id, function_id, event_id, event, finish_by, parent_run, parent_step)
  VALUES (p_id, p_function, p_event_id, p_event, v_finish_by, p_parent_run, p_parent_step)
  ON CONFLICT (function_id, event_id) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO engine.wait (run_id, key, purpose, event_name, match_path, match_value)
  SELECT p_id, 'cancel:' || ordinality, 'cancel', c->>'event', c->>'path', c->>'value'
  FROM json_array_elements(p_cancels) WITH ORDINALITY AS t(c, ordinality);
  IF v_finish_by IS NOT NULL THEN PERFORM engine.enqueue(p_id, v_finish_by, 'finish:' || p_id); END IF;
  PERFORM engine.enqueue(p_id);
  RETURN true;
END
$$;

-- Ends a run once. p_dispatch NULL ends it whoever drives it. Tells the run that invoked it. False: it had ended.
CREATE OR REPLACE FUNCTION engine.end_run(
  p_run text, p_dispatch bigint, p_status text, p_output json, p_error json, p_announce json DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_run engine.run;
  v_step text;
BEGIN
  UPDATE engine.run
  SET status = p_status, output = p_output, error = p_error, driver = NULL, again = false, retry_at = NULL,
      updated_at = city_now(), ended_at = city_now()
  WHERE id = p_run AND status = 'running' AND (p_dispatch IS NULL OR dispatch = p_dispatch)
  RETURNING * INTO v_run;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM engine.wait WHERE run_id = p_run;
  IF v_run.finish_by IS NOT NULL THEN PERFORM graphile_worker.remove_job('finish:' || p_run); END IF;
  IF v_run.attempt > 0 THEN PERFORM graphile_worker.remove_job('retry:' || p_run); END IF;
  FOR v_step IN SELECT id FROM engine.step WHERE run_id = p_run AND state IN ('waiting', 'planned') AND wake_at IS NOT NULL LOOP
    PERFORM graphile_worker.remove_job('wake:' || p_run || ':' || v_step);
  END LOOP;
  IF v_run.parent_run IS NOT NULL THEN
    UPDATE engine.step
    SET state = CASE WHEN p_status = 'completed' THEN 'done' ELSE 'failed' END,
        data = CASE WHEN p_status = 'completed' THEN coalesce(p_output, 'null') END,
        error = p_error, position = nextval('engine.step_order')
    WHERE run_id = v_run.parent_run AND id = v_run.parent_step AND state = 'waiting';
    IF FOUND THEN PERFORM engine.enqueue(v_run.parent_run); END IF;
  END IF;
  IF p_announce IS NOT NULL THEN PERFORM graphile_worker.add_job('event', p_announce); END IF;
  RETURN true;
END
$$;

-- Takes up a run that failed for good at the step it failed at: what its finished steps brought stays, everything else
-- is done anew. Its time limit and the events that would have cancelled it are gone; use cases refuse what is too late.
-- False: there is no such run, or it has not failed.
CREATE OR REPLACE FUNCTION engine.repeat_run(p_run text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE engine.run
  SET status = 'running', attempt = 0, retry_at = NULL, error = NULL, finish_by = NULL, ended_at = NULL,
      updated_at = city_now()
  WHERE id = p_run AND status = 'failed';
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM engine.step WHERE run_id = p_run AND state <> 'done';
  PERFORM engine.enqueue(p_run);
  RETURN true;
END
$$;

-- ---------------------------------------------------------------------------------------------- one drive

-- Takes the run for one drive, after settling what time alone has decided. NULL: nothing to do here, because the run
-- has ended or another process drives it (which then looks again). Within one process the caller sees to that itself.
CREATE OR REPLACE FUNCTION engine.claim(p_run text, p_worker text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_run engine.run;
BEGIN
  SELECT * INTO v_run FROM engine.run WHERE id = p_run AND status = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF v_run.finish_by <= city_now() THEN
    PERFORM engine.end_run(p_run, NULL, 'cancelled', NULL,
      json_build_object('name', 'Timeout', 'message', 'The run did not finish in time.'));
    RETURN NULL;
  END IF;
  IF v_run.driver IS NOT NULL AND v_run.driver <> p_worker THEN
    UPDATE engine.run SET again = true WHERE id = p_run;
    RETURN NULL;
  END IF;
  RETURN engine.take(v_run, p_worker);
END
$$;

-- The state that a drive starts from. The caller holds the row.
CREATE OR REPLACE FUNCTION engine.take(p_run engine.run, p_worker text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_id text := p_run.id;
  v_run engine.run;
  v_state json;
BEGIN
  WITH settled AS (
    UPDATE engine.step
    SET state = CASE WHEN op = 'InvokeFunction' THEN 'failed' ELSE 'done' END,
        data = CASE WHEN op <> 'InvokeFunction' THEN 'null'::json END,
        error = CASE WHEN op = 'InvokeFunction' THEN '{"name":"InngestInvokeTimeoutError","message":"The invoked function did not finish in time."}'::json END,
        position = nextval('engine.step_order')
    WHERE run_id = v_id AND state = 'waiting' AND wake_at <= city_now()
    RETURNING id
  )
  DELETE FROM engine.wait w USING settled s WHERE w.run_id = v_id AND w.key = s.id;
  UPDATE engine.run SET driver = p_worker, dispatch = dispatch + 1, again = false, updated_at = city_now()
  WHERE id = v_id RETURNING * INTO v_run;
  SELECT json_build_object(
    'id', v_run.id, 'functionId', v_run.function_id, 'event', v_run.event, 'attempt', v_run.attempt,
    'dispatch', v_run.dispatch, 'backingOff', coalesce(v_run.retry_at > city_now(), false),
    'steps', coalesce((
      SELECT json_agg(json_build_object('id', s.id, 'state', s.state, 'data', s.data, 'error', s.error,
        'attempt', s.attempt, 'due', s.wake_at IS NULL OR s.wake_at <= city_now()) ORDER BY s.position NULLS LAST)
      FROM engine.step s WHERE s.run_id = v_id), '[]'::json)
  ) INTO v_state;
  RETURN v_state;
END
$$;

-- Records what a drive found. First come, first kept: a step that is done is never written again.
-- NULL: this drive is stale (409 to the SDK). Otherwise: how many steps are new or changed and can be acted on now.
CREATE OR REPLACE FUNCTION engine.record(p_run text, p_dispatch bigint, p_steps json) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  s json;
  v_wake timestamptz;
  v_changed int := 0;
  v_ended boolean := false;
BEGIN
  PERFORM 1 FROM engine.run WHERE id = p_run AND dispatch = p_dispatch AND status = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  FOR s IN SELECT * FROM json_array_elements(p_steps) LOOP
    v_wake := coalesce((s->>'wakeAt')::timestamptz, city_now() + (s->>'wakeInMs')::bigint * interval '1 millisecond');
    INSERT INTO engine.step AS old (run_id, id, name, op, state, data, error, attempt, wake_at, position)
    VALUES (p_run, s->>'id', s->>'name', s->>'op', s->>'state', s->'data', s->'error',
      coalesce((s->>'attempt')::int, 0), v_wake,
      CASE WHEN s->>'state' IN ('done', 'failed') THEN nextval('engine.step_order') END)
    ON CONFLICT (run_id, id) DO UPDATE
    SET state = excluded.state, data = excluded.data, error = excluded.error, attempt = excluded.attempt,
        wake_at = excluded.wake_at, position = excluded.position
    WHERE old.state = 'planned' AND (excluded.state IN ('done', 'failed') OR excluded.attempt > old.attempt);
    CONTINUE WHEN NOT FOUND;
    IF v_wake IS NOT NULL THEN PERFORM engine.enqueue(p_run, v_wake, 'wake:' || p_run || ':' || (s->>'id')); END IF;
    IF s->>'state' = 'waiting' AND s->>'event' IS NOT NULL THEN
      INSERT INTO engine.wait (run_id, key, purpose, event_name, match_path, match_value)
      VALUES (p_run, s->>'id', 'resume', s->>'event', s->>'path', s->>'value') ON CONFLICT DO NOTHING;
    END IF;
    IF s->>'state' IN ('done', 'failed') THEN v_ended := true; END IF;
    IF s->>'state' <> 'waiting' AND (v_wake IS NULL OR v_wake <= city_now()) THEN v_changed := v_changed + 1; END IF;
  END LOOP;
  IF v_ended THEN UPDATE engine.run SET attempt = 0, retry_at = NULL, updated_at = city_now() WHERE id = p_run; END IF;
  RETURN v_changed;
END
$$;

-- Sets the time of the next try of what comes next in the function. False: stale.
CREATE OR REPLACE FUNCTION engine.back_off(p_run text, p_dispatch bigint, p_attempt int, p_ms bigint, p_error json) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz := city_now() + p_ms * interval '1 millisecond';
BEGIN
  UPDATE engine.run SET attempt = p_attempt, retry_at = v_at, error = p_error, updated_at = city_now()
  WHERE id = p_run AND dispatch = p_dispatch AND status = 'running';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM engine.enqueue(p_run, v_at, 'retry:' || p_run);
  RETURN true;
END
$$;

-- Leaves the run, unless something happened meanwhile: then the next state to drive from is returned.
CREATE OR REPLACE FUNCTION engine.leave(p_run text, p_dispatch bigint, p_progress boolean) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_run engine.run;
BEGIN
  SELECT * INTO v_run FROM engine.run WHERE id = p_run AND dispatch = p_dispatch AND status = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF v_run.finish_by <= city_now() THEN
    PERFORM engine.end_run(p_run, NULL, 'cancelled', NULL,
      json_build_object('name', 'Timeout', 'message', 'The run did not finish in time.'));
    RETURN NULL;
  END IF;
  IF v_run.again OR p_progress THEN RETURN engine.take(v_run, v_run.driver); END IF;
  UPDATE engine.run SET driver = NULL WHERE id = p_run;
  RETURN NULL;
END
$$;

-- After a drive that failed: the run is nobody's any more, so that whoever comes next can take it. The failed drive's
-- own job is tried again by the queue; one for whoever looked in meanwhile, and left because of it, is queued here.
CREATE OR REPLACE FUNCTION engine.abandon(p_run text, p_worker text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_again boolean;
BEGIN
  SELECT again INTO v_again FROM engine.run WHERE id = p_run AND driver = p_worker FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE engine.run SET driver = NULL, again = false WHERE id = p_run;
  IF v_again THEN PERFORM engine.enqueue(p_run); END IF;
END
$$;

-- ---------------------------------------------------------------------------------------------- from outside

-- Gives an event to the runs that listen for it. p_values: [{path, value}], what the event holds at each path in use.
CREATE OR REPLACE FUNCTION engine.deliver(p_name text, p_event json, p_values json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  w engine.wait;
BEGIN
  FOR w IN
    SELECT * FROM engine.wait
    WHERE event_name = p_name AND (match_path IS NULL OR (match_path, match_value) IN
      (SELECT v->>'path', v->>'value' FROM json_array_elements(p_values) v))
    ORDER BY run_id, key
  LOOP
    IF w.purpose = 'cancel' THEN
      PERFORM engine.end_run(w.run_id, NULL, 'cancelled', NULL,
        json_build_object('name', 'Cancelled', 'message', 'Cancelled by ' || p_name || '.'));
    ELSE
      UPDATE engine.step SET state = 'done', data = p_event, position = nextval('engine.step_order')
      WHERE run_id = w.run_id AND id = w.key AND state = 'waiting';
      IF FOUND THEN
        PERFORM graphile_worker.remove_job('wake:' || w.run_id || ':' || w.key);
        PERFORM engine.enqueue(w.run_id);
      END IF;
      DELETE FROM engine.wait WHERE run_id = w.run_id AND key = w.key;
    END IF;
  END LOOP;
END
$$;

-- Takes over from workers whose lock is free, so who are gone. p_first: also from those that never registered.
-- Returns the number of runs that were left in the middle.
CREATE OR REPLACE FUNCTION engine.recover(p_first boolean) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  w engine.worker;
  v_run text;
  v_runs int := 0;
BEGIN
  FOR w IN SELECT * FROM engine.worker LOOP
    IF pg_try_advisory_xact_lock(4672, w.lock_key) THEN
      IF w.pool_id IS NOT NULL THEN PERFORM graphile_worker.force_unlock_workers(ARRAY[w.pool_id]); END IF;
      DELETE FROM engine.worker WHERE id = w.id;
    END IF;
  END LOOP;
  IF p_first THEN
    PERFORM graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM graphile_worker.jobs
    WHERE locked_by IS NOT NULL AND locked_by NOT IN (SELECT pool_id FROM engine.worker WHERE pool_id IS NOT NULL);
  END IF;
  FOR v_run IN
    UPDATE engine.run SET driver = NULL, dispatch = dispatch + 1
    WHERE driver IS NOT NULL AND driver NOT IN (SELECT id FROM engine.worker) RETURNING id
  LOOP
    PERFORM engine.enqueue(v_run);
    v_runs := v_runs + 1;
  END LOOP;
  RETURN v_runs;
END
$$;

-- Moves every pending timer, so that it keeps its city time when the city's clock moves by p_by.
CREATE OR REPLACE FUNCTION engine.shift_jobs(p_by interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE graphile_worker._private_jobs SET run_at = run_at - p_by WHERE locked_at IS NULL AND run_at > now();
  PERFORM pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":8}');
END
$$;

-- Moves the city's clock and all timers with it, in one transaction. For tests and demonstrations.
CREATE OR REPLACE FUNCTION engine.advance_clock(p_by interval) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4672, 0);
  UPDATE city_clock SET offset_ms = offset_ms + (extract(epoch FROM p_by) * 1000)::bigint WHERE id = 1;
  PERFORM engine.shift_jobs(p_by);
  RETURN city_now();
END
$$;
