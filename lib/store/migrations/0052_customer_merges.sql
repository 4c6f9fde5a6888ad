-- Two people who turn out to be one: what was the one's is the other's from then on.  For a day that can be undone: which rows
-- were moved stands here, and the two as they were.
CREATE TABLE customer_merges (
    id INTEGER PRIMARY KEY,
    kept_id INTEGER NOT NULL REFERENCES customers(id),
    gone_id INTEGER NOT NULL REFERENCES customers(id),
    at INTEGER NOT NULL,
    merged_by INTEGER REFERENCES users(id),
    kept_before TEXT,             -- JSON of their row; nothing once it cannot be undone any more
    kept_after TEXT,
    gone_before TEXT,
    undone_at INTEGER,
    undone_by INTEGER REFERENCES users(id)
) STRICT;
CREATE INDEX customer_merges_kept ON customer_merges(kept_id);
CREATE INDEX customer_merges_gone ON customer_merges(gone_id);
CREATE INDEX customer_merges_open ON customer_merges(at) WHERE gone_before IS NOT NULL;
CREATE TABLE customer_merge_rows (
    merge_id INTEGER NOT NULL REFERENCES customer_merges(id),
    moved TEXT NOT NULL,          -- the table
    row ANY NOT NULL,             -- its key
    PRIMARY KEY (merge_id, moved, row)
) STRICT, WITHOUT ROWID;
ALTER TABLE customers ADD COLUMN merged_into INTEGER REFERENCES customers(id);
CREATE INDEX customers_merged ON customers(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX consents_customer ON consents(customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX notifications_of_customer ON notifications(customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX kept_quotes_customer ON kept_quotes(customer_id) WHERE customer_id IS NOT NULL;
