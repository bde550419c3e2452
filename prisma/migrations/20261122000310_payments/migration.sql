-- How often a call to the card company was refused for good under its key, so that the next try takes a new one.
-- The key of a call is its intent and this number; while the outcome is unknown the number, and so the key, stays.
CREATE SCHEMA payments;
CREATE TABLE payments.outgoing_call (
  intent  text PRIMARY KEY,
  refused integer NOT NULL DEFAULT 0
);
