-- While a system is upgraded, its database is migrated before serve is told, so programs that know nothing of a
-- hand-over's identity go on delivering and undoing for a while.  These triggers name what such a program hands
-- over, as 0016 named what was there: an undoing by the new programs would else give no money back.  The programs of
-- this version set operation_id themselves; for them no trigger has anything to do.
CREATE TRIGGER packages_handover_named AFTER UPDATE OF state ON packages
WHEN NEW.state = 'ENTREGADO' AND NEW.operation_id IS NULL
BEGIN
    UPDATE packages SET operation_id = coalesce(
        (SELECT min(b.operation_id) FROM packages b WHERE b.delivered_at = NEW.delivered_at
         AND b.delivered_by = NEW.delivered_by AND b.customer_id = NEW.customer_id AND b.state = 'ENTREGADO'),
        'entrega-' || NEW.delivered_at || '-' || coalesce(NEW.delivered_by, 0) || '-'
        || coalesce(NEW.customer_id, 'p' || NEW.id)) WHERE id = NEW.id;
END;
-- Its payments come after it and have an operation, which what was given away with it takes as well.
CREATE TRIGGER payments_handover_named AFTER INSERT ON payments
WHEN NEW.reverses IS NULL AND NEW.reason IS NULL
 AND NEW.operation_id <> (SELECT operation_id FROM packages WHERE id = NEW.package_id)
BEGIN
    UPDATE packages SET operation_id = NEW.operation_id WHERE id = NEW.package_id OR (operation_id LIKE 'entrega-%'
        AND operation_id = (SELECT operation_id FROM packages WHERE id = NEW.package_id));
END;
CREATE TRIGGER packages_handover_forgotten AFTER UPDATE OF state ON packages
WHEN NEW.state <> 'ENTREGADO' AND NEW.operation_id IS NOT NULL
BEGIN
    UPDATE packages SET operation_id = NULL WHERE id = NEW.id;
END;
-- What was handed over between the two migrations.
UPDATE packages SET operation_id = coalesce((SELECT y.operation_id FROM payments y WHERE y.package_id = packages.id
     AND y.reverses IS NULL AND y.reason IS NULL AND y.taken_at >= delivered_at ORDER BY y.id DESC LIMIT 1),
    'entrega-' || delivered_at || '-' || coalesce(delivered_by, 0) || '-' || coalesce(customer_id, 'p' || id))
    WHERE state = 'ENTREGADO' AND operation_id IS NULL;
UPDATE packages SET operation_id = NULL WHERE state <> 'ENTREGADO' AND operation_id IS NOT NULL;
