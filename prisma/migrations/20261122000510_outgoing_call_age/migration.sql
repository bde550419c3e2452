-- When an outgoing call was first tried. The card company forgets its keys after a day: an older call is looked up
-- before it is made again.
ALTER TABLE payments.outgoing_call ADD COLUMN first_at timestamptz NOT NULL DEFAULT city_now();
