-- Whose phone it is, for the people who use that of another: the first of its people whom a clerk has written
-- down or who has collected a parcel.  Whom only an announcement names, a stranger may have invented.
ALTER TABLE customers ADD COLUMN known_at INTEGER;
ALTER TABLE customers ADD COLUMN phone_of INTEGER REFERENCES customers(id);
UPDATE customers SET known_at = (SELECT min(p.delivered_at) FROM packages p WHERE p.customer_id = customers.id);
CREATE INDEX customers_known ON customers(phone, known_at, id) WHERE phone IS NOT NULL AND known_at IS NOT NULL;
UPDATE customers SET phone_of = nullif((SELECT f.id FROM customers f WHERE f.phone = customers.phone
    AND f.known_at IS NOT NULL ORDER BY f.known_at, f.id LIMIT 1), id);
CREATE TRIGGER customer_phone_new AFTER INSERT ON customers WHEN NEW.phone IS NOT NULL
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.id FROM customers f WHERE f.phone = NEW.phone
        AND f.known_at IS NOT NULL ORDER BY f.known_at, f.id LIMIT 1), id)
    WHERE CASE WHEN NEW.known_at IS NULL THEN id = NEW.id ELSE phone = NEW.phone END;
END;
CREATE TRIGGER customer_phone_change AFTER UPDATE OF phone, known_at ON customers
WHEN OLD.phone IS NOT NEW.phone OR OLD.known_at IS NOT NEW.known_at
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.id FROM customers f WHERE f.phone = customers.phone
        AND f.known_at IS NOT NULL ORDER BY f.known_at, f.id LIMIT 1), id)
    WHERE id = NEW.id OR phone IN (OLD.phone, NEW.phone);
END;

-- Whether a package has a claim that nobody has settled, beside its row: each list of packages asks for each of them.
ALTER TABLE packages ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1));
UPDATE packages SET disputed = 1 WHERE id IN (SELECT package_id FROM claims WHERE settled_at IS NULL);
CREATE INDEX packages_disputed ON packages(id) WHERE disputed = 1;
CREATE TRIGGER package_disputed_new AFTER INSERT ON claims WHEN NEW.settled_at IS NULL
BEGIN
    UPDATE packages SET disputed = 1 WHERE id = NEW.package_id;
END;
CREATE TRIGGER package_disputed_change AFTER UPDATE OF settled_at ON claims
BEGIN
    UPDATE packages SET disputed = EXISTS (SELECT 1 FROM claims WHERE package_id = NEW.package_id AND settled_at IS NULL)
    WHERE id = NEW.package_id;
END;
