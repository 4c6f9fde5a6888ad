-- The link of a parcel that turned out to be another person's is known for what it was: its page says so, and tells
-- nothing of the parcel.
CREATE TABLE former_links (
    hash TEXT PRIMARY KEY,        -- of the token, as packages.public_token
    package_id INTEGER NOT NULL REFERENCES packages(id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- No claim is open on a parcel that is gone.
UPDATE claims SET settled_at = unixepoch(), outcome = 'ajeno' WHERE settled_at IS NULL
 AND package_id IN (SELECT id FROM packages WHERE state IN ('ENTREGADO', 'CANCELADO'));
