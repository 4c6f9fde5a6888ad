-- Free texts and personal values of the audit log, beside the row as event_values are beside an event: the row has
-- the salted hash of each, so that it can be erased and the log stays whole.  Rows of before keep their texts.
CREATE TABLE audit_values (
    id INTEGER PRIMARY KEY,
    audit_id INTEGER NOT NULL REFERENCES audit_log(id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    salt BLOB NOT NULL,
    UNIQUE (audit_id, name)
) STRICT;
