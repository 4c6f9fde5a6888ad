-- What an operation was: its key, sent with a form of another kind, told what the ids of its answer are not.
ALTER TABLE idempotency_keys ADD COLUMN kind TEXT;           -- as the metric of operations names it; NULL: before 0061
