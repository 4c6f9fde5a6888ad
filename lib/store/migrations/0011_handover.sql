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

-- What came up about a parcel when it was to be handed over.  Of each one at most is open:
-- what was said last holds.
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    outcome TEXT NOT NULL CHECK (outcome IN ('rechazado', 'no_encontrado', 'equivocado')),
    event_id INTEGER NOT NULL REFERENCES package_events(id),     -- its note is a value of that event
    reported_at INTEGER NOT NULL,
    reported_by INTEGER NOT NULL REFERENCES users(id),
    resolved_at INTEGER,
    resolved_by INTEGER REFERENCES users(id),
    resolution TEXT CHECK (resolution IN ('entregado', 'encontrado', 'cancelado', 'a_mano', 'deshecho',
        'otra_novedad')),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents(package_id) WHERE resolved_at IS NULL;
CREATE INDEX incidents_package ON incidents(package_id, resolved_at);
CREATE UNIQUE INDEX incidents_event ON incidents(event_id);
