-- People whose data were erased when they asked for it.  A restored copy of the database may have them again, so this list is
-- kept away from it as well and replayed (docs/operating.md): number and age of their row say who it was, and nothing else.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL UNIQUE REFERENCES customers(id),
    customer_since INTEGER NOT NULL,      -- created_at of their row
    at INTEGER NOT NULL,
    erased_by INTEGER REFERENCES users(id)
) STRICT;
CREATE INDEX erasures_by ON erasures(erased_by) WHERE erased_by IS NOT NULL;
