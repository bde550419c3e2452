-- A transaction as the bytes that are hashed: everything that says what happened, in a form that never changes.
CREATE FUNCTION ledger.transaction_text(t ledger.transaction) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array('v1', t.id, t.reference, t.kind, t.request, t.closes, t.reverses,
    to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    coalesce((SELECT jsonb_agg(jsonb_build_array(f.name, d.name, p.amount, p.reason, p.from_version, p.to_version) ORDER BY p.leg)
      FROM ledger.posting p JOIN ledger.account f ON f.id = p.from_account JOIN ledger.account d ON d.id = p.to_account
      WHERE p.transaction_id = t.id), '[]'::jsonb))::text
$$;
