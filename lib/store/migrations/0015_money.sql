-- A position that two administrators change at once is changed by the first (If-Match).
ALTER TABLE positions ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
