-- People are found by few keys (docs/search.md): people found by the words of their name, by their home and by the end
-- of their phone.  Only people whom a clerk has met or written down, and those who have a parcel to collect: whoever is
-- only named by an announcement, a stranger may have invented.
CREATE INDEX packages_waiting ON packages(customer_id) WHERE state = 'RECIBIDO';

-- The number says the order in which people are found, the greatest first: those with a parcel to collect, then the others
-- whom we know, 2 << 40 and above; below them who is not known and has a parcel here.
CREATE VIEW person_rows AS
SELECT c.id AS customer_id,
    ((c.known_at IS NOT NULL) * 2 + EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO')) << 40
        | c.id AS number,
    replace(replace(c.search_key, '-', ' '), '''', ' ') || ' ' || coalesce(c.building, '')
    || ' ' || coalesce(c.tower, '') || ' ' || ltrim(lower(coalesce(c.tower, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(c.apartment, '') || ' ' || ltrim(lower(coalesce(c.apartment, '')), 'abcdefghijklmnopqrstuvwxyz .#-')
    || ' ' || coalesce(substr(c.phone, 2) || ' ' || substr(c.phone, -4), '') AS words
FROM customers c
WHERE c.is_active = 1 AND c.search_key <> ''
    AND (c.known_at IS NOT NULL OR EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO'));

CREATE VIRTUAL TABLE person_words USING fts5(words, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3 4 5 6', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows ORDER BY number;
INSERT INTO person_words (person_words) VALUES ('optimize');
INSERT INTO person_words (person_words, rank) VALUES ('automerge', 8);

CREATE TRIGGER person_words_add AFTER INSERT ON customers WHEN NEW.known_at IS NOT NULL
BEGIN
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.id;
END;
CREATE TRIGGER person_words_change AFTER UPDATE OF search_key, phone, building, tower, apartment, known_at, is_active ON customers
WHEN OLD.search_key <> NEW.search_key OR OLD.phone IS NOT NEW.phone OR OLD.building IS NOT NEW.building
    OR OLD.tower IS NOT NEW.tower OR OLD.apartment IS NOT NEW.apartment OR OLD.known_at IS NOT NEW.known_at
    OR OLD.is_active <> NEW.is_active
BEGIN
    DELETE FROM person_words WHERE rowid IN (1 << 40 | NEW.id, 2 << 40 | NEW.id, 3 << 40 | NEW.id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.id;
END;
-- A parcel comes to the shelf, leaves it, or becomes another person's: the others' numbers stay.
CREATE TRIGGER person_words_package AFTER UPDATE OF state, customer_id ON packages
WHEN (OLD.state = 'RECIBIDO' OR NEW.state = 'RECIBIDO') AND (OLD.state <> NEW.state OR OLD.customer_id IS NOT NEW.customer_id)
BEGIN
    DELETE FROM person_words WHERE rowid IN (1 << 40 | OLD.customer_id, 2 << 40 | OLD.customer_id, 3 << 40 | OLD.customer_id,
        1 << 40 | NEW.customer_id, 2 << 40 | NEW.customer_id, 3 << 40 | NEW.customer_id);
    INSERT INTO person_words (rowid, words)
    SELECT number, words FROM person_rows WHERE customer_id IN (OLD.customer_id, NEW.customer_id);
END;
CREATE TRIGGER person_words_package_new AFTER INSERT ON packages WHEN NEW.state = 'RECIBIDO' AND NEW.customer_id IS NOT NULL
BEGIN
    DELETE FROM person_words WHERE rowid IN (1 << 40 | NEW.customer_id, 2 << 40 | NEW.customer_id, 3 << 40 | NEW.customer_id);
    INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows WHERE customer_id = NEW.customer_id;
END;
