-- A hand-over is known by its operation, as its payments and its signature are, and not by the second in which one
-- person did it for one customer: two hand-overs in one second are two.
ALTER TABLE packages ADD COLUMN operation_id TEXT;    -- of the hand-over; NULL unless ENTREGADO
UPDATE packages SET operation_id = coalesce(
    (SELECT y.operation_id FROM payments y WHERE y.package_id = packages.id AND y.reverses IS NULL
     AND y.reason IS NULL AND y.taken_at >= delivered_at ORDER BY y.id DESC LIMIT 1),
    (SELECT s.operation_id FROM delivery_signature_packages s WHERE s.package_id = packages.id))
    WHERE state = 'ENTREGADO';
-- A parcel whose whole price was discounted went with the paid ones of its second, or with the other free ones.
UPDATE packages SET operation_id = (SELECT min(b.operation_id) FROM packages b
    WHERE b.delivered_at = packages.delivered_at AND b.delivered_by = packages.delivered_by
    AND b.customer_id = packages.customer_id AND b.state = 'ENTREGADO')
    WHERE state = 'ENTREGADO' AND operation_id IS NULL;
UPDATE packages SET operation_id = 'entrega-' || delivered_at || '-' || coalesce(delivered_by, 0) || '-'
    || coalesce(customer_id, 'p' || id) WHERE state = 'ENTREGADO' AND operation_id IS NULL;
CREATE INDEX packages_operation ON packages(operation_id) WHERE operation_id IS NOT NULL;
