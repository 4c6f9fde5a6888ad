-- Customers have pages of their own: who edits one says which version was read, lists go by what a person is, and a
-- search finds everybody, by their document too.
ALTER TABLE customers ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER customer_version AFTER UPDATE ON customers
WHEN OLD.version = NEW.version AND (OLD.full_name <> NEW.full_name OR OLD.phone IS NOT NEW.phone OR OLD.email IS NOT NEW.email
    OR OLD.document_type IS NOT NEW.document_type OR OLD.document_number IS NOT NEW.document_number
    OR OLD.building IS NOT NEW.building OR OLD.tower IS NOT NEW.tower OR OLD.apartment IS NOT NEW.apartment
    OR OLD.floor IS NOT NEW.floor OR OLD.address IS NOT NEW.address OR OLD.city IS NOT NEW.city
    OR OLD.notes IS NOT NEW.notes OR OLD.is_vip <> NEW.is_vip OR OLD.is_active <> NEW.is_active
    OR OLD.sms_opt_out <> NEW.sms_opt_out OR OLD.email_opt_out <> NEW.email_opt_out)
BEGIN
    UPDATE customers SET version = OLD.version + 1 WHERE id = NEW.id;
END;
CREATE INDEX customers_vip ON customers(id) WHERE is_vip = 1 AND is_active = 1;
CREATE INDEX customers_met ON customers(id) WHERE known_at IS NOT NULL AND is_active = 1;
CREATE INDEX customers_unmet ON customers(id) WHERE known_at IS NULL AND is_active = 1;
CREATE INDEX customers_home ON customers(apartment, tower) WHERE apartment IS NOT NULL AND is_active = 1;

-- The number of a row in person_words is as before; below 1 << 40 are those of whom nobody knows more than an
-- announcement says, and who have no parcel here.
DROP TRIGGER person_words_add;
DROP TRIGGER person_words_change;
DROP TRIGGER person_words_package;
DROP TRIGGER person_words_package_new;
DROP VIEW person_rows;
CREATE VIEW person_rows AS
SELECT c.id AS customer_id,
    ((c.known_at IS NOT NULL) * 2 + EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO')) << 40
        | c.id AS number,
    replace(replace(c.search_key, '-', ' '), '''', ' ') || ' ' || coalesce(c.building, '')
    || ' ' || coalesce(c.tower, '') || ' ' || ltrim(lower(coalesce(c.tower, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(c.apartment, '') || ' ' || ltrim(lower(coalesce(c.apartment, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(substr(c.phone, 2) || ' ' || substr(c.phone, -4), '') || ' ' || coalesce(c.document_number, '') AS words
FROM customers c WHERE c.is_active = 1 AND c.search_key <> '';
INSERT INTO person_words (person_words) VALUES ('delete-all');
INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows ORDER BY number;
INSERT INTO person_words (person_words) VALUES ('optimize');
CREATE TRIGGER person_words_add AFTER INSERT ON customers
BEGIN
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.id;
END;
CREATE TRIGGER person_words_change AFTER UPDATE OF search_key, phone, document_number, building, tower, apartment, known_at,
    is_active ON customers
WHEN OLD.search_key <> NEW.search_key OR OLD.phone IS NOT NEW.phone OR OLD.document_number IS NOT NEW.document_number
    OR OLD.building IS NOT NEW.building OR OLD.tower IS NOT NEW.tower OR OLD.apartment IS NOT NEW.apartment
    OR OLD.known_at IS NOT NEW.known_at OR OLD.is_active <> NEW.is_active
BEGIN
    DELETE FROM person_words WHERE rowid IN (NEW.id, 1 << 40 | NEW.id, 2 << 40 | NEW.id, 3 << 40 | NEW.id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.id;
END;
-- A parcel comes to the shelf, leaves it, or becomes another person's: the others' numbers stay.
CREATE TRIGGER person_words_package AFTER UPDATE OF state, customer_id ON packages
WHEN (OLD.state = 'RECIBIDO' OR NEW.state = 'RECIBIDO') AND (OLD.state <> NEW.state OR OLD.customer_id IS NOT NEW.customer_id)
BEGIN
    DELETE FROM person_words WHERE rowid IN (OLD.customer_id, 1 << 40 | OLD.customer_id, 2 << 40 | OLD.customer_id,
        3 << 40 | OLD.customer_id, NEW.customer_id, 1 << 40 | NEW.customer_id, 2 << 40 | NEW.customer_id,
        3 << 40 | NEW.customer_id);
    INSERT INTO person_words (rowid, words)
    SELECT number, words FROM person_rows WHERE customer_id IN (OLD.customer_id, NEW.customer_id);
END;
CREATE TRIGGER person_words_package_new AFTER INSERT ON packages WHEN NEW.state = 'RECIBIDO' AND NEW.customer_id IS NOT NULL
BEGIN
    DELETE FROM person_words WHERE rowid IN (NEW.customer_id, 1 << 40 | NEW.customer_id, 2 << 40 | NEW.customer_id,
        3 << 40 | NEW.customer_id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.customer_id;
END;
