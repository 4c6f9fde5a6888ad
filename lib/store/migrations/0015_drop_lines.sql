-- A line of a courier's drop says by itself what was left: how it came, and whether that was undone
-- while the drop was open.  Until now it was read off the parcel, which goes on changing.
ALTER TABLE courier_batch_lines ADD COLUMN guide_key TEXT NOT NULL DEFAULT '';
ALTER TABLE courier_batch_lines ADD COLUMN condition TEXT CHECK (condition IN ('BUENO', 'ABIERTO', 'REGULAR'));
ALTER TABLE courier_batch_lines ADD COLUMN withdrawn_at INTEGER;
UPDATE courier_batch_lines SET guide_key = upper(replace(replace(replace(guide_number, ' ', ''), '-', ''), '/', ''));
UPDATE courier_batch_lines SET condition = (SELECT p.condition FROM packages p WHERE p.id = package_id)
    WHERE refused IS NULL;
-- Undone: received at another time since, or at none; taken back as a slip before it was signed for.
UPDATE courier_batch_lines SET withdrawn_at = at WHERE refused IS NULL AND EXISTS (SELECT 1 FROM packages p
    JOIN courier_batches b ON b.id = batch_id WHERE p.id = package_id AND (p.received_at IS NOT at
    OR p.state = 'CANCELADO' AND (p.cancel_reason = 'anuncio_expirado' OR p.cancel_reason = 'error_operador'
    AND p.cancelled_at <= coalesce(b.closed_at, p.cancelled_at))));
UPDATE courier_batch_lines SET withdrawn_at = at WHERE refused IS NOT NULL AND EXISTS (SELECT 1 FROM packages p
    WHERE p.id = package_id AND (p.state <> 'CANCELADO' OR p.cancel_reason <> 'rechazado_en_recepcion'));
CREATE INDEX courier_batch_lines_guide ON courier_batch_lines(batch_id, guide_key, id) WHERE withdrawn_at IS NULL;

-- What the series said last stays for its next parcel; whose drop it is, is another matter.
ALTER TABLE courier_batches ADD COLUMN kept_carrier TEXT;

-- An administrator may close what somebody else left open.
ALTER TABLE courier_batches ADD COLUMN closed_by INTEGER REFERENCES users(id);
UPDATE courier_batches SET closed_by = opened_by WHERE closed_at IS NOT NULL;
