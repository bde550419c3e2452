-- The functions in force outside the ledger and the engine.

-- One source of time for the application, the queue and SQL. `now()` is the start of the transaction, so that every
-- statement of one transaction sees the same moment, and the planner may use it in an index condition.
CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT now() + (SELECT offset_ms FROM city_clock) * interval '1 millisecond'
$$;

-- Live streams: one LISTEN connection a process hears of every stored event.
CREATE OR REPLACE FUNCTION announce_task_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('task_event', NEW.task_id || ':' || NEW.id);
  RETURN NULL;
END
$$;

-- A sign of life puts an agent back on the router's indexes, whoever writes it down.
CREATE OR REPLACE FUNCTION make_routable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agent_capability SET routable = true
  WHERE agent_id = CASE TG_TABLE_NAME WHEN 'agent' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'agent_id' END
    AND NOT routable;
  RETURN NULL;
END $$;
