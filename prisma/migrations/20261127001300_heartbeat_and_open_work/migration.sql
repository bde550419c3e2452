-- Whether local mode has ever used this database: production starts on none that it has.
ALTER TABLE "city_clock" ADD COLUMN "local_mode" BOOLEAN NOT NULL DEFAULT false;

-- When the city's work of each minute last began, by the machine's clock: a sign of life of whatever runs the functions.
CREATE TABLE engine.heartbeat (
  id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  at timestamptz NOT NULL
);

-- What is looked for each minute, or every few, among all that ever was.
CREATE INDEX task_escrow_open ON task (deadline_at) WHERE status = 'completed' AND escrow_released_at IS NULL;
CREATE INDEX sandbox_not_destroyed ON sandbox (expires_at) WHERE status <> 'destroyed';
CREATE INDEX stripe_event_unhandled ON stripe_event (received_at) WHERE handled_at IS NULL;
