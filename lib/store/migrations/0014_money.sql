-- A position that two administrators change at once is changed by the first (If-Match).
ALTER TABLE positions ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- What a parcel costs tomorrow is told when it arrives, by SMS as by mail.  One part with a usual guide.  Whoever
-- has written a version of their own keeps it.
INSERT INTO notification_templates (event, channel, version, body, class, is_active, created_at)
SELECT event, channel, 2,
    '{punto}: llegó {guia}. Hoy paga {costo}; desde {desde}, {manana}. Código {entrega}. {enlace}', class, is_active,
    unixepoch()
FROM notification_templates t WHERE event = 'package_received' AND channel = 'sms' AND language = 'es' AND version = 1
 AND NOT EXISTS (SELECT 1 FROM notification_templates o WHERE o.event = t.event AND o.channel = t.channel
                 AND o.language = t.language AND o.version > 1);

-- What leaves a drawer for the bank is told apart from what is spent, and can be found there by its reference.
CREATE TABLE cash_moves (
    id INTEGER PRIMARY KEY,
    cash_session_id INTEGER NOT NULL REFERENCES cash_sessions(id),
    kind TEXT NOT NULL CHECK (kind IN ('entrada', 'salida', 'traslado')),
    amount INTEGER NOT NULL CHECK (amount <> 0),              -- negative: it went out
    reason TEXT NOT NULL,
    reference TEXT,
    made_by INTEGER NOT NULL REFERENCES users(id),
    made_at INTEGER NOT NULL,
    CHECK ((kind = 'entrada') = (amount > 0)),
    CHECK (kind <> 'traslado' OR reference IS NOT NULL)
) STRICT;
INSERT INTO cash_moves (id, cash_session_id, kind, amount, reason, reference, made_by, made_at)
SELECT id, cash_session_id, iif(amount > 0, 'entrada', 'salida'), amount, reason, reference, made_by, made_at
FROM cash_movements ORDER BY id;
DROP TRIGGER cash_movements_kept;
DROP TABLE cash_movements;
ALTER TABLE cash_moves RENAME TO cash_movements;
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

-- Money that is in no drawer, by day.
CREATE INDEX payments_outside ON payments(taken_at, id) WHERE cash_session_id IS NULL;
