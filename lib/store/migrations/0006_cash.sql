-- Drawers (domain.md §1): opened with a base, counted blind, closed with what differs explained, approved by
-- somebody else.  What was counted takes no more money, whatever writes.

ALTER TABLE cash_sessions ADD COLUMN counted_at INTEGER;      -- from here on it takes nothing
ALTER TABLE cash_sessions ADD COLUMN counted_by INTEGER REFERENCES users(id);
ALTER TABLE cash_sessions ADD COLUMN counted INTEGER CHECK (counted >= 0);
ALTER TABLE cash_sessions ADD COLUMN expected INTEGER CHECK (expected >= 0);
ALTER TABLE cash_sessions ADD COLUMN closed_by INTEGER REFERENCES users(id);
ALTER TABLE cash_sessions ADD COLUMN explanation TEXT;
ALTER TABLE cash_sessions ADD COLUMN approved_at INTEGER;
ALTER TABLE cash_sessions ADD COLUMN approved_by INTEGER REFERENCES users(id);
ALTER TABLE cash_sessions ADD COLUMN approval_note TEXT;
-- One open drawer a person.
CREATE UNIQUE INDEX cash_sessions_open ON cash_sessions(opened_by) WHERE closed_at IS NULL;
CREATE INDEX cash_sessions_person ON cash_sessions(opened_by, id);
CREATE INDEX cash_sessions_closed ON cash_sessions(closed_at) WHERE closed_at IS NOT NULL;

CREATE TRIGGER cash_sessions_kept BEFORE DELETE ON cash_sessions
BEGIN
    SELECT RAISE(ABORT, 'drawers are never deleted');
END;
CREATE TRIGGER cash_sessions_close BEFORE UPDATE ON cash_sessions
WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL
 AND (NEW.counted IS NULL OR NEW.expected IS NULL OR NEW.closed_by IS NULL
      OR (NEW.counted <> NEW.expected AND NEW.explanation IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'a drawer closes with a count, and what differs explained');
END;
CREATE TRIGGER cash_sessions_fixed BEFORE UPDATE ON cash_sessions
WHEN OLD.opened_by IS NOT NEW.opened_by OR OLD.opened_at IS NOT NEW.opened_at OR OLD.base IS NOT NEW.base
 OR (OLD.counted_at IS NOT NULL AND NEW.counted_at IS NULL)
 OR (OLD.closed_at IS NOT NULL AND (OLD.closed_at IS NOT NEW.closed_at OR OLD.closed_by IS NOT NEW.closed_by
      OR OLD.counted_at IS NOT NEW.counted_at OR OLD.counted_by IS NOT NEW.counted_by
      OR OLD.counted IS NOT NEW.counted OR OLD.expected IS NOT NEW.expected
      OR OLD.explanation IS NOT NEW.explanation))
 OR OLD.approved_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'what a drawer was closed with stays');
END;
CREATE TRIGGER cash_sessions_approve BEFORE UPDATE OF approved_at ON cash_sessions
WHEN NEW.approved_at IS NOT NULL
 AND (OLD.closed_at IS NULL OR NEW.approved_by IS NULL
      OR NEW.approved_by IN (OLD.opened_by, OLD.counted_by, OLD.closed_by))
BEGIN
    SELECT RAISE(ABORT, 'a closing is approved by somebody else');
END;

CREATE TABLE cash_movements (
    id INTEGER PRIMARY KEY,
    cash_session_id INTEGER NOT NULL REFERENCES cash_sessions(id),
    amount INTEGER NOT NULL CHECK (amount <> 0),              -- negative: it went out
    reason TEXT NOT NULL,
    reference TEXT,
    made_by INTEGER NOT NULL REFERENCES users(id),
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_movements_session ON cash_movements(cash_session_id, id);
CREATE TRIGGER cash_movements_kept BEFORE DELETE ON cash_movements
BEGIN
    SELECT RAISE(ABORT, 'movements of a drawer are append-only');
END;
CREATE TRIGGER cash_movements_same BEFORE UPDATE ON cash_movements
BEGIN
    SELECT RAISE(ABORT, 'movements of a drawer are append-only');
END;
CREATE TRIGGER cash_movements_open BEFORE INSERT ON cash_movements
WHEN (SELECT counted_at FROM cash_sessions WHERE id = NEW.cash_session_id) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a drawer that was counted takes no more');
END;

-- Every count, also one that was repeated after the difference was seen.
CREATE TABLE cash_counts (
    id INTEGER PRIMARY KEY,
    cash_session_id INTEGER NOT NULL REFERENCES cash_sessions(id),
    counted INTEGER NOT NULL CHECK (counted >= 0),
    counted_by INTEGER NOT NULL REFERENCES users(id),
    counted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_counts_session ON cash_counts(cash_session_id, id);
CREATE TABLE cash_pieces (
    cash_count_id INTEGER NOT NULL REFERENCES cash_counts(id),
    kind TEXT NOT NULL CHECK (kind IN ('billete', 'moneda')),
    value INTEGER NOT NULL CHECK (value > 0),
    pieces INTEGER NOT NULL CHECK (pieces > 0),
    PRIMARY KEY (cash_count_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cash_counts_kept BEFORE DELETE ON cash_counts
BEGIN
    SELECT RAISE(ABORT, 'counts of a drawer are append-only');
END;
CREATE TRIGGER cash_counts_same BEFORE UPDATE ON cash_counts
BEGIN
    SELECT RAISE(ABORT, 'counts of a drawer are append-only');
END;

CREATE INDEX payments_session ON payments(cash_session_id, id) WHERE cash_session_id IS NOT NULL;
CREATE TRIGGER payments_drawer BEFORE INSERT ON payments
WHEN (SELECT counted_at FROM cash_sessions WHERE id = NEW.cash_session_id) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a drawer that was counted takes no more');
END;
CREATE TRIGGER payments_cash BEFORE INSERT ON payments
WHEN NEW.method = 'efectivo' AND NEW.reverses IS NULL AND NEW.cash_session_id IS NULL
 AND EXISTS (SELECT 1 FROM cash_sessions)
BEGIN
    SELECT RAISE(ABORT, 'cash goes into a drawer');
END;
