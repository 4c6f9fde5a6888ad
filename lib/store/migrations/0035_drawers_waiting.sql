-- Drawers that were short or over wait for an approval on every page of an administrator.
CREATE INDEX cash_sessions_waiting ON cash_sessions(id)
WHERE closed_at IS NOT NULL AND approved_at IS NULL AND counted <> expected;
