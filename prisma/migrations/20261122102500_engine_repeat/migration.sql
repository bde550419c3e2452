-- Takes up a run that failed for good at the step it failed at: what its finished steps brought stays, everything else
-- is done anew. Its time limit and the events that would have cancelled it are gone; use cases refuse what is too late.
-- False: there is no such run, or it has not failed.
CREATE FUNCTION engine.repeat_run(p_run text) RETURNS boolean LANGUAGE plpgsql AS $$
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
