-- The card an owner paid with last on the payment page, as far as people need it to tell cards apart. The card company
-- keeps the card itself; here it is what the wallet shows next to "automatic top-up".
CREATE TABLE payments.saved_card (
  owner_id text PRIMARY KEY REFERENCES owner (id) ON DELETE CASCADE,
  brand    text NOT NULL,
  last4    text NOT NULL
);
