-- Unspent card money on its way back to its card: open until the card company has sent it, or refused and it is in the pool
-- again. An account is not closed while one is open, and reconciliation asks after each.
CREATE TABLE payments.card_return (
  key        text PRIMARY KEY,
  top_up_id  text NOT NULL REFERENCES top_up (id),
  owner_id   text NOT NULL REFERENCES owner (id),
  amount     integer NOT NULL CHECK (amount > 0),
  asked_at   timestamptz NOT NULL,
  settled_at timestamptz
);
CREATE INDEX card_return_open ON payments.card_return (owner_id) WHERE settled_at IS NULL;

-- Those asked for before there was this table count as open; the next reconciliation finds out how each ended.
INSERT INTO payments.card_return (key, top_up_id, owner_id, amount, asked_at)
  SELECT split_part(t.reference, ':', 4), u.id, u.owner_id, p.amount, t.at
  FROM ledger.transaction t
  JOIN ledger.posting p ON p.transaction_id = t.id
  JOIN top_up u ON u.id = split_part(t.reference, ':', 2)
  WHERE t.kind = 'return' AND NOT EXISTS (SELECT FROM ledger.transaction undone WHERE undone.reverses = t.id);
