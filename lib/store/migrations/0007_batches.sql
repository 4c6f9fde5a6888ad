-- A courier's drop: what one carrier left in one go, received and refused, closed with one
-- signature.  Each operator has at most one open.
CREATE TABLE courier_batches (
    id INTEGER PRIMARY KEY,
    carrier TEXT,                 -- of the last parcel, kept for the next
    package_type TEXT NOT NULL DEFAULT 'NORMAL' CHECK (package_type IN ('NORMAL', 'EXTRA_DIMENSIONADO')),
    opened_by INTEGER NOT NULL REFERENCES users(id),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    courier_name TEXT,            -- who left them
    signature TEXT,               -- strokes as a path of SVG: letters M and L, numbers
    CHECK ((closed_at IS NULL) = (courier_name IS NULL))
) STRICT;
CREATE UNIQUE INDEX courier_batches_open ON courier_batches(opened_by) WHERE closed_at IS NULL;

CREATE TABLE courier_batch_lines (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES courier_batches(id),
    at INTEGER NOT NULL,
    guide_number TEXT NOT NULL,
    package_id INTEGER REFERENCES packages(id),
    refused TEXT CHECK (refused IN ('danado', 'otra_direccion', 'con_cobro', 'otro')),
    note TEXT,
    CHECK (package_id IS NOT NULL OR refused IS NOT NULL)
) STRICT;
CREATE INDEX courier_batch_lines_batch ON courier_batch_lines(batch_id, id);
CREATE INDEX courier_batch_lines_package ON courier_batch_lines(package_id) WHERE package_id IS NOT NULL;
