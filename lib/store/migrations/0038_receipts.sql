-- A hand-over has a receipt, numbered without gaps: the number is given in the transaction that hands over, and stays
-- when the hand-over is undone.  Triggers give it, so that programs of before, which run on for the minute of an upgrade,
-- leave no hand-over without one.
CREATE TABLE receipts (
    number INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL UNIQUE,
    issued_at INTEGER NOT NULL
) STRICT;
INSERT INTO receipts (number, operation_id, issued_at)
SELECT row_number() OVER (ORDER BY at, operation_id), operation_id, at
FROM (SELECT operation_id, min(delivered_at) AS at FROM packages WHERE operation_id IS NOT NULL GROUP BY operation_id);
CREATE TRIGGER receipts_number AFTER UPDATE OF operation_id ON packages
WHEN NEW.operation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM receipts WHERE operation_id = NEW.operation_id)
BEGIN
    INSERT INTO receipts (number, operation_id, issued_at)
    VALUES ((SELECT coalesce(max(number), 0) + 1 FROM receipts), NEW.operation_id, NEW.delivered_at);
END;
CREATE TRIGGER receipts_kept BEFORE DELETE ON receipts
BEGIN
    SELECT RAISE(ABORT, 'numbers of receipts are never given again');
END;
CREATE TRIGGER receipts_same BEFORE UPDATE ON receipts
BEGIN
    SELECT RAISE(ABORT, 'a receipt keeps its number');
END;
