-- Lists of positions, of all and of one zone, in walking order.
CREATE INDEX positions_order ON positions(walk_order, id);
CREATE INDEX positions_zone ON positions(zone, walk_order, id);
-- On the shelf, and nobody knows where: an audit did not find it where the books had it.
CREATE INDEX packages_placeless ON packages(state, id) WHERE state = 'RECIBIDO' AND position_id IS NULL;

-- An audit of the shelf: of one zone, of one position, or (both NULL) of all of it.
CREATE TABLE shelf_audits (
    id INTEGER PRIMARY KEY,
    zone TEXT,
    position_code TEXT,
    started_by INTEGER NOT NULL REFERENCES users(id),
    started_at INTEGER NOT NULL,
    finished_by INTEGER REFERENCES users(id),
    finished_at INTEGER,
    -- the result; 0 until it is finished
    positions INTEGER NOT NULL DEFAULT 0,
    counted INTEGER NOT NULL DEFAULT 0,
    expected INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    missing INTEGER NOT NULL DEFAULT 0,
    misplaced INTEGER NOT NULL DEFAULT 0,
    extra INTEGER NOT NULL DEFAULT 0,
    fixed INTEGER NOT NULL DEFAULT 0,
    CHECK ((finished_at IS NULL) = (finished_by IS NULL))
) STRICT;
CREATE INDEX shelf_audits_open ON shelf_audits(id) WHERE finished_at IS NULL;
CREATE INDEX shelf_audits_finished ON shelf_audits(finished_at) WHERE finished_at IS NOT NULL;

-- What it is of.  A position is in one open audit at most, so that no box is counted twice.
CREATE TABLE shelf_audit_positions (
    audit_id INTEGER NOT NULL REFERENCES shelf_audits(id),
    position_id INTEGER NOT NULL REFERENCES positions(id),
    opened_at INTEGER,            -- its label was scanned; NULL: not counted yet
    opened_by INTEGER REFERENCES users(id),
    is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1)),
    PRIMARY KEY (audit_id, position_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shelf_audit_positions_open ON shelf_audit_positions(position_id) WHERE is_open = 1;

-- A box that was expected when its position was opened, or that was read somewhere.
CREATE TABLE shelf_audit_boxes (
    id INTEGER PRIMARY KEY,
    audit_id INTEGER NOT NULL REFERENCES shelf_audits(id),
    package_id INTEGER REFERENCES packages(id),   -- NULL: no package has what was read
    text TEXT NOT NULL,           -- its guide, or what was read
    expected_id INTEGER REFERENCES positions(id),
    read_id INTEGER REFERENCES positions(id),     -- where it was read last; NULL: not yet
    recorded_id INTEGER REFERENCES positions(id), -- where the books had it then
    state TEXT,                   -- of the package then
    result TEXT NOT NULL CHECK (result IN ('FALTA', 'EN_SU_SITIO', 'MAL_PUESTA', 'SOBRA')),
    read_at INTEGER,
    read_by INTEGER REFERENCES users(id),
    fixed_at INTEGER,             -- MAL_PUESTA: put where it was read; FALTA: taken off its position
    fixed_by INTEGER REFERENCES users(id),
    CHECK ((result = 'FALTA') = (read_id IS NULL)),
    CHECK (package_id IS NOT NULL OR result = 'SOBRA')
) STRICT;
CREATE UNIQUE INDEX shelf_audit_boxes_package ON shelf_audit_boxes(audit_id, package_id)
    WHERE package_id IS NOT NULL;
CREATE UNIQUE INDEX shelf_audit_boxes_text ON shelf_audit_boxes(audit_id, text) WHERE package_id IS NULL;
CREATE INDEX shelf_audit_boxes_expected ON shelf_audit_boxes(audit_id, expected_id);
CREATE INDEX shelf_audit_boxes_read ON shelf_audit_boxes(audit_id, read_id);
