-- The indexes of names keep the words of people who were erased before there was a job that cleans them (docs/search.md).
INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, state)
SELECT 'maintenance', 'search.clean', '{}', unixepoch(), 12, unixepoch(), 'ready'
WHERE EXISTS (SELECT 1 FROM erasures) OR EXISTS (SELECT 1 FROM packages WHERE anonymised_at IS NOT NULL);
