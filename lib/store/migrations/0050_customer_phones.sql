-- A person may have several phones.  customers.phone is the first, where messages go; the others stand here, each written by
-- a clerk or taken over from somebody who turned out to be the same person.  A phone may stand with several people.
CREATE TABLE customer_phones (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id),
    phone TEXT NOT NULL CHECK (phone GLOB '+[0-9]*'),
    at INTEGER NOT NULL,
    added_by INTEGER REFERENCES users(id),
    UNIQUE (customer_id, phone)
) STRICT;
CREATE INDEX customer_phones_phone ON customer_phones(phone);
CREATE INDEX customer_phones_added_by ON customer_phones(added_by) WHERE added_by IS NOT NULL;

-- Whose phone it is: the first of its people whom a clerk knows, by whichever of their phones.
CREATE VIEW phone_people AS
SELECT phone, id AS customer_id, known_at FROM customers WHERE known_at IS NOT NULL
UNION ALL
SELECT k.phone, k.customer_id, k.at FROM customer_phones k JOIN customers c ON c.id = k.customer_id WHERE c.known_at IS NOT NULL;
DROP TRIGGER customer_phone_new;
DROP TRIGGER customer_phone_change;
CREATE TRIGGER customer_phone_new AFTER INSERT ON customers WHEN NEW.phone IS NOT NULL
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = NEW.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id)
    WHERE CASE WHEN NEW.known_at IS NULL THEN id = NEW.id ELSE phone = NEW.phone END;
END;
CREATE TRIGGER customer_phone_change AFTER UPDATE OF phone, known_at ON customers
WHEN OLD.phone IS NOT NEW.phone OR OLD.known_at IS NOT NEW.known_at
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = customers.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id)
    WHERE id = NEW.id OR phone IN (OLD.phone, NEW.phone);
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = customers.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id)
    WHERE phone IN (SELECT k.phone FROM customer_phones k WHERE k.customer_id = NEW.id);
END;
CREATE TRIGGER customer_phones_new AFTER INSERT ON customer_phones
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = customers.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id) WHERE phone = NEW.phone;
    DELETE FROM person_words WHERE rowid IN (NEW.customer_id, 1 << 40 | NEW.customer_id, 2 << 40 | NEW.customer_id,
        3 << 40 | NEW.customer_id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.customer_id;
    UPDATE customers SET version = version + 1 WHERE id = NEW.customer_id;
END;
CREATE TRIGGER customer_phones_gone AFTER DELETE ON customer_phones
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = customers.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id) WHERE phone = OLD.phone;
    DELETE FROM person_words WHERE rowid IN (OLD.customer_id, 1 << 40 | OLD.customer_id, 2 << 40 | OLD.customer_id,
        3 << 40 | OLD.customer_id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = OLD.customer_id;
    UPDATE customers SET version = version + 1 WHERE id = OLD.customer_id;
END;
-- Whose name is forgotten has no phones either.
CREATE TRIGGER customer_phones_forget AFTER UPDATE OF search_key ON customers WHEN NEW.search_key = '' AND OLD.search_key <> ''
BEGIN
    DELETE FROM customer_phones WHERE customer_id = NEW.id;
END;

-- People are found by each of their phones.
DROP VIEW person_rows;
CREATE VIEW person_rows AS
SELECT c.id AS customer_id,
    ((c.known_at IS NOT NULL) * 2 + EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO')) << 40
        | c.id AS number,
    replace(replace(c.search_key, '-', ' '), '''', ' ') || ' ' || coalesce(c.building, '')
    || ' ' || coalesce(c.tower, '') || ' ' || ltrim(lower(coalesce(c.tower, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(c.apartment, '') || ' ' || ltrim(lower(coalesce(c.apartment, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(substr(c.phone, 2) || ' ' || substr(c.phone, -4), '') || ' ' || coalesce(c.document_number, '')
    || ' ' || coalesce((SELECT group_concat(substr(k.phone, 2) || ' ' || substr(k.phone, -4), ' ') FROM customer_phones k
        WHERE k.customer_id = c.id), '') AS words
FROM customers c WHERE c.is_active = 1 AND c.search_key <> '';
