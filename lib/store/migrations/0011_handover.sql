-- Who received a hand-over signed once for all of it; kept as long as its photos.
CREATE TABLE delivery_signatures (
    operation_id TEXT PRIMARY KEY,
    signature TEXT NOT NULL,      -- strokes as a path of SVG: letters M and L, numbers
    signed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_signatures_at ON delivery_signatures(signed_at);
-- Which parcels it stands for: one whose whole price was discounted has no payment to tell.
CREATE TABLE delivery_signature_packages (
    package_id INTEGER PRIMARY KEY REFERENCES packages(id),
    operation_id TEXT NOT NULL REFERENCES delivery_signatures(operation_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX delivery_signature_packages_operation ON delivery_signature_packages(operation_id);
