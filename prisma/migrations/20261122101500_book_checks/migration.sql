-- What the nightly checks of the books found last, for the operator's page. One row a check.
CREATE TABLE payments.book_check (
  what       text PRIMARY KEY CHECK (what IN ('cash', 'chain')),
  ok         boolean NOT NULL,
  facts      jsonb NOT NULL,
  problems   text[] NOT NULL,
  checked_at timestamptz NOT NULL
);
