-- A customer is a person and not a phone: several people share one, and some have none.  The programs of
-- before know a customer by the phone alone; until serve is told of the new ones, announcing answers that it
-- did not work, and writes nothing.
PRAGMA defer_foreign_keys = ON;

-- For the checks of foreign keys while the table is made anew.
CREATE INDEX customers_old_consents ON consents(customer_id);
CREATE INDEX customers_old_notifications ON notifications(customer_id);

-- A stored e-mail is one that its owner or a clerk has said to be theirs.
CREATE TABLE customers_old AS SELECT * FROM customers;
DROP TABLE customers;
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    phone TEXT CHECK (phone GLOB '+[0-9]*'),      -- where messages go; NULL: they have none
    email TEXT,
    document_type TEXT CHECK (document_type IN ('CC', 'CE', 'TI', 'NIT', 'PAS', 'PPT')),
    document_number TEXT,
    building TEXT,
    tower TEXT,
    apartment TEXT,
    floor TEXT,
    address TEXT,
    city TEXT,
    notes TEXT,
    is_vip INTEGER NOT NULL DEFAULT 0 CHECK (is_vip IN (0, 1)),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    search_key TEXT NOT NULL,
    sms_opt_out INTEGER NOT NULL DEFAULT 0 CHECK (sms_opt_out IN (0, 1)),
    email_opt_out INTEGER NOT NULL DEFAULT 0 CHECK (email_opt_out IN (0, 1)),
    created_at INTEGER NOT NULL,
    email_confirmed_at INTEGER,
    CHECK ((email IS NULL) = (email_confirmed_at IS NULL))
) STRICT;
INSERT INTO customers SELECT id, full_name, phone, iif(email_confirmed_at IS NULL, NULL, email), document_type,
    document_number, building, tower, apartment, floor, address, city, notes, is_vip, is_active, search_key,
    sms_opt_out, email_opt_out, created_at, iif(email IS NULL, NULL, email_confirmed_at) FROM customers_old;
CREATE INDEX customers_phone ON customers(phone) WHERE phone IS NOT NULL;
CREATE INDEX customers_without_phone ON customers(search_key) WHERE phone IS NULL;
CREATE UNIQUE INDEX customers_document ON customers(document_type, document_number)
    WHERE document_number IS NOT NULL;
CREATE INDEX customers_search ON customers(search_key);
-- The triggers of 0008_search.sql went with the table.
CREATE TRIGGER package_names_forget_customer BEFORE UPDATE OF search_key ON customers
WHEN OLD.search_key <> NEW.search_key
BEGIN
    DELETE FROM package_names WHERE rowid IN
        (SELECT number FROM package_name_rows WHERE customer_id = OLD.id);
    DELETE FROM name_words WHERE word IN (SELECT word FROM package_name_words WHERE customer_id = OLD.id)
        AND NOT EXISTS (SELECT 1 FROM package_names WHERE package_names MATCH '"' || word || '"');
END;
CREATE TRIGGER package_names_rename_customer AFTER UPDATE OF search_key ON customers
WHEN OLD.search_key <> NEW.search_key
BEGIN
    INSERT INTO package_names (rowid, name)
    SELECT number, name FROM package_name_rows WHERE customer_id = NEW.id;
    INSERT INTO name_words SELECT word FROM package_name_words WHERE customer_id = NEW.id
    ON CONFLICT DO NOTHING;
END;
DROP INDEX customers_old_consents;
DROP INDEX customers_old_notifications;

-- What an announcement says belongs to it.  Its e-mail gets news once somebody has proved whose it is: by a
-- link sent to it (enlace), by typing it whole on the page that only the phone got (celular), or by a clerk
-- who wrote it (mostrador).
ALTER TABLE packages ADD COLUMN announced_email TEXT;
ALTER TABLE packages ADD COLUMN email_proof TEXT CHECK (email_proof IN ('enlace', 'celular', 'mostrador'));
ALTER TABLE packages ADD COLUMN announced_address TEXT;
UPDATE packages SET announced_email = (SELECT o.email FROM customers_old o WHERE o.id = packages.customer_id)
WHERE state IN ('ANUNCIADO', 'RECIBIDO') AND customer_id IN
    (SELECT id FROM customers_old WHERE email IS NOT NULL AND email_confirmed_at IS NULL);
DROP TABLE customers_old;

-- Until now whoever announced first under a phone gave all its parcels their name.  Parcels whose announced
-- name shares no word with it are another person's, of the same phone, and that person has no e-mail yet.
CREATE TABLE strangers (package_id INTEGER PRIMARY KEY, former INTEGER NOT NULL, name TEXT NOT NULL,
    key TEXT NOT NULL, customer_id INTEGER) STRICT;
INSERT INTO strangers (package_id, former, name, key)
SELECT s.package_id, s.former, s.name, s.key FROM (SELECT p.id AS package_id, c.id AS former, c.search_key AS theirs,
    p.announced_name AS name,
    lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(p.announced_name,
        'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'), 'ú', 'u'), 'ü', 'u'), 'ñ', 'n'), 'ç', 'c'),
        'Á', 'a'), 'É', 'e'), 'Í', 'i'), 'Ó', 'o'), 'Ú', 'u'), 'Ü', 'u'), 'Ñ', 'n'), '-', ' '), '''', ' ')) AS key
    FROM packages p JOIN customers c ON c.id = p.customer_id
    WHERE p.announced_name IS NOT NULL AND p.announced_name <> c.full_name) s
WHERE s.key <> s.theirs AND NOT EXISTS (
    SELECT 1 FROM json_each('[' || replace(json_quote(s.key), ' ', '","') || ']') mine,
        json_each('[' || replace(json_quote(replace(replace(s.theirs, '-', ' '), '''', ' ')), ' ', '","') || ']') other
    WHERE mine.value = other.value AND length(mine.value) >= 3 AND mine.value NOT IN ('del', 'las', 'los'));
INSERT INTO customers (full_name, search_key, phone, created_at)
SELECT s.name, s.key, coalesce(p.announced_phone, c.phone), min(p.announced_at) FROM strangers s
JOIN packages p ON p.id = s.package_id JOIN customers c ON c.id = s.former
GROUP BY s.key, coalesce(p.announced_phone, c.phone);
UPDATE strangers SET customer_id = (SELECT max(c.id) FROM customers c JOIN packages p ON p.id = strangers.package_id
    JOIN customers f ON f.id = strangers.former WHERE c.phone = coalesce(p.announced_phone, f.phone) AND c.search_key = strangers.key);
UPDATE packages SET customer_id = s.customer_id, announced_email = NULL FROM strangers s
WHERE s.package_id = packages.id;
UPDATE consents SET customer_id = s.customer_id FROM strangers s
WHERE s.package_id = consents.package_id AND s.former = consents.customer_id;
UPDATE pickup_authorizations SET customer_id = s.customer_id FROM strangers s
WHERE s.package_id = pickup_authorizations.package_id;
-- What waits for them by SMS goes on, under the right person; a letter would go to the former one's e-mail.
CREATE TABLE strangers_waiting AS SELECT n.id, n.channel, min(s.customer_id) AS customer_id
    FROM strangers s JOIN notification_packages np ON np.package_id = s.package_id
    JOIN notifications n ON n.id = np.notification_id
    WHERE n.state = 'queued' AND n.customer_id = s.former GROUP BY n.id
    HAVING count(DISTINCT s.customer_id) = 1 AND count(*) = (SELECT count(*) FROM notification_packages o
        WHERE o.notification_id = n.id);
UPDATE notifications SET customer_id = w.customer_id FROM strangers_waiting w
WHERE w.id = notifications.id AND w.channel = 'sms';
UPDATE notifications SET state = 'cancelled' WHERE id IN (SELECT id FROM strangers_waiting WHERE channel = 'email');
DROP TABLE strangers_waiting;
DROP TABLE strangers;
