-- After a drive that failed: the run is nobody's any more, so that whoever comes next can take it. The failed drive's
-- own job is tried again by the queue; one for whoever looked in meanwhile, and left because of it, is queued here.
CREATE FUNCTION engine.abandon(p_run text, p_worker text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_again boolean;
BEGIN
  SELECT again INTO v_again FROM engine.run WHERE id = p_run AND driver = p_worker FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE engine.run SET driver = NULL, again = false WHERE id = p_run;
  IF v_again THEN PERFORM engine.enqueue(p_run); END IF;
END
$$;
