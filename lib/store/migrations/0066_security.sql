-- Retention notes of each kind of data what it deleted last.  Incidents of security are another thing than those of parcels (incidents).
CREATE TABLE retention_runs (
    name TEXT PRIMARY KEY,        -- a name in the table of lib/domain/law/retention_told.c
    at INTEGER NOT NULL,
    done INTEGER NOT NULL,        -- on that day
    total INTEGER NOT NULL        -- since it is counted
) STRICT, WITHOUT ROWID;
CREATE TABLE security_incidents (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,          -- when it was written down
    written_by INTEGER REFERENCES users(id),
    happened_day INTEGER,         -- day numbers; NULL: nobody knows
    noticed_day INTEGER NOT NULL, -- the term of the law begins the day after
    due_day INTEGER NOT NULL,
    what TEXT NOT NULL,
    data TEXT NOT NULL,           -- which data
    people INTEGER,               -- how many persons; NULL: nobody knows yet
    measures TEXT,
    reported_day INTEGER,         -- to the authority
    report_ref TEXT,              -- the number that it gave
    closed_at INTEGER,
    closed_by INTEGER REFERENCES users(id),
    ending TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((closed_at IS NULL) = (ending IS NULL))
) STRICT;
CREATE INDEX security_open ON security_incidents(due_day, id) WHERE closed_at IS NULL;
CREATE INDEX security_written_by ON security_incidents(written_by) WHERE written_by IS NOT NULL;
CREATE INDEX security_closed_by ON security_incidents(closed_by) WHERE closed_by IS NOT NULL;
