-- Search (docs/search.md): names by any word, typos, and the end of a guide.  Triggers keep it,
-- so that it cannot drift, whatever writes.

-- Who a package is for: by the announcement and by the customer's own name, without marks.
-- search_key was folded by the program; Spanish names need no more than this of the other, and the
-- index's tokenizer takes away what is left.
-- The number says the order in which packages are found, the greatest first: on the shelf, then newest.
CREATE VIEW package_name_rows AS
SELECT p.id AS package_id, p.customer_id AS customer_id, (p.state = 'RECIBIDO') << 40 | p.id AS number,
    lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(coalesce(p.announced_name, ''),
        'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'), 'ú', 'u'), 'ü', 'u'), 'ñ', 'n'), 'ç', 'c'),
        'Á', 'a'), 'É', 'e'), 'Í', 'i'), 'Ó', 'o'), 'Ú', 'u'), 'Ü', 'u'), 'Ñ', 'n'), '-', ' '), '''', ' '))
    || ' ' || replace(replace(coalesce(c.search_key, ''), '-', ' '), '''', ' ') AS name
FROM packages p LEFT JOIN customers c ON c.id = p.customer_id
WHERE p.announced_name IS NOT NULL OR p.customer_id IS NOT NULL;

-- Each word and each beginning of it has its own list of numbers in order, so a search reads the few
-- that it shows: without the lists of beginnings, "maria" among 1,000,000 packages took 20 ms, with
-- them 0.1.  Words only, not their places nor the text itself.
CREATE VIRTUAL TABLE package_names USING fts5(name, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3 4 5 6 7 8 9 10', tokenize = 'unicode61 remove_diacritics 2');
-- The words of all names, each once: what a word with a typo is compared with.
CREATE TABLE name_words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE VIEW package_name_words AS
SELECT r.package_id AS package_id, r.customer_id AS customer_id, w.value AS word
FROM package_name_rows r, json_each('[' || replace(json_quote(r.name), ' ', '","') || ']') w
WHERE length(w.value) >= 3 AND w.value NOT GLOB '*[^a-z]*';

INSERT INTO package_names (rowid, name) SELECT number, name FROM package_name_rows ORDER BY number;
INSERT INTO name_words SELECT DISTINCT word FROM package_name_words;
-- One large segment for what is there, and of what comes eight small ones are merged at once: in 70,000
-- writes beside 1,000,000 packages none took longer than 24 ms, 0.2 as a rule.
INSERT INTO package_names (package_names) VALUES ('optimize');
INSERT INTO package_names (package_names, rank) VALUES ('automerge', 8);

CREATE TRIGGER package_names_add AFTER INSERT ON packages
WHEN NEW.announced_name IS NOT NULL OR NEW.customer_id IS NOT NULL
BEGIN
    INSERT INTO package_names (rowid, name)
    SELECT number, name FROM package_name_rows WHERE package_id = NEW.id;
    INSERT INTO name_words SELECT word FROM package_name_words WHERE package_id = NEW.id
    ON CONFLICT DO NOTHING;
END;

-- To the shelf or from it: another number, the same words.
CREATE TRIGGER package_names_move AFTER UPDATE OF state ON packages
WHEN (OLD.state = 'RECIBIDO') <> (NEW.state = 'RECIBIDO')
    AND OLD.announced_name IS NEW.announced_name AND OLD.customer_id IS NEW.customer_id
BEGIN
    DELETE FROM package_names WHERE rowid = (OLD.state = 'RECIBIDO') << 40 | OLD.id;
    INSERT INTO package_names (rowid, name)
    SELECT number, name FROM package_name_rows WHERE package_id = NEW.id;
END;

-- Another name: what only the former had is forgotten, first, since it can be read only now.
CREATE TRIGGER package_names_forget BEFORE UPDATE OF announced_name, customer_id ON packages
WHEN OLD.announced_name IS NOT NEW.announced_name OR OLD.customer_id IS NOT NEW.customer_id
BEGIN
    DELETE FROM package_names WHERE rowid = (OLD.state = 'RECIBIDO') << 40 | OLD.id;
    DELETE FROM name_words WHERE word IN (SELECT word FROM package_name_words WHERE package_id = OLD.id)
        AND NOT EXISTS (SELECT 1 FROM package_names WHERE package_names MATCH '"' || word || '"');
END;
CREATE TRIGGER package_names_rename AFTER UPDATE OF announced_name, customer_id ON packages
WHEN OLD.announced_name IS NOT NEW.announced_name OR OLD.customer_id IS NOT NEW.customer_id
BEGIN
    DELETE FROM package_names WHERE rowid = (NEW.state = 'RECIBIDO') << 40 | NEW.id;
    INSERT INTO package_names (rowid, name)
    SELECT number, name FROM package_name_rows WHERE package_id = NEW.id;
    INSERT INTO name_words SELECT word FROM package_name_words WHERE package_id = NEW.id
    ON CONFLICT DO NOTHING;
END;

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

-- People read the end of a label: the last eight of a guide, the last first.
CREATE INDEX packages_guide_end ON packages(substr(guide_key, -1, 1) || substr(guide_key, -2, 1)
    || substr(guide_key, -3, 1) || substr(guide_key, -4, 1) || substr(guide_key, -5, 1)
    || substr(guide_key, -6, 1) || substr(guide_key, -7, 1) || substr(guide_key, -8, 1));

-- Lists by size: else few of a size, or none, were looked for among all packages (75 ms at 1,000,000).
CREATE INDEX packages_type ON packages(type);
CREATE INDEX packages_type_state ON packages(type, state);
