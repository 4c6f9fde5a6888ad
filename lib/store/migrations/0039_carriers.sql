-- Carriers that are in no list of ours (lib/domain/parcel/courier.c), as a clerk wrote them first: never the same one in two
-- spellings.  key: lower case, without marks, letters and digits alone.
CREATE TABLE carriers (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_by INTEGER REFERENCES users(id),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A drop's carrier is said when it begins: it is no longer what the last of its parcels said.
UPDATE courier_batches SET carrier = coalesce(kept_carrier, carrier) WHERE closed_at IS NULL;
ALTER TABLE courier_batches DROP COLUMN kept_carrier;

-- Texts that were typed freely until now: those that are a carrier's name but for case, marks and signs are that name.
CREATE TABLE carrier_texts AS SELECT text, lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text,
    'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'), 'ú', 'u'), 'ü', 'u'), 'ñ', 'n'), 'ç', 'c'),
    'Á', 'a'), 'É', 'e'), 'Í', 'i'), 'Ó', 'o'), 'Ú', 'u'), 'Ü', 'u'), 'Ñ', 'n'), '-', ''), '''', ''), ' ', ''), '.', ''), ',', ''),
    '/', ''), '_', ''), char(9), '')) AS key, sum(n) AS n
FROM (SELECT carrier AS text, count(*) AS n FROM packages WHERE carrier IS NOT NULL GROUP BY carrier
    UNION ALL SELECT carrier, count(*) FROM courier_batches WHERE carrier IS NOT NULL GROUP BY carrier) GROUP BY text;
CREATE TABLE carrier_listed AS WITH listed(key, name) AS (VALUES
    ('servientrega', 'Servientrega'), ('interrapidisimo', 'Inter Rapidísimo'), ('inter', 'Inter Rapidísimo'),
    ('coordinadora', 'Coordinadora'), ('coordinadoramercantil', 'Coordinadora'), ('envia', 'Envía'), ('colvanes', 'Envía'),
    ('enviacolvanes', 'Envía'), ('deprisa', 'Deprisa'), ('aviancadeprisa', 'Deprisa'), ('tcc', 'TCC'),
    ('mercadolibre', 'Mercado Libre'), ('mercadoenvios', 'Mercado Libre'), ('meli', 'Mercado Libre'), ('472', '4-72'),
    ('serviciospostalesnacionales', '4-72'), ('amazon', 'Amazon'), ('dhl', 'DHL'), ('dhlexpress', 'DHL'), ('fedex', 'FedEx'),
    ('federalexpress', 'FedEx'), ('ups', 'UPS'), ('usps', 'USPS'), ('yunexpress', 'YunExpress'))
SELECT key, name FROM listed;
-- Carriers of no form have the spelling that stands most often.
INSERT INTO carriers (key, name, created_at)
SELECT key, trim(text), unixepoch() FROM (SELECT key, text, row_number() OVER (PARTITION BY key ORDER BY n DESC, text) AS place
    FROM carrier_texts WHERE key <> '' AND key NOT IN (SELECT key FROM carrier_listed)) WHERE place = 1;
CREATE TABLE carrier_names AS SELECT t.text, coalesce(l.name, c.name) AS name FROM carrier_texts t
    LEFT JOIN carrier_listed l ON l.key = t.key LEFT JOIN carriers c ON c.key = t.key;
CREATE UNIQUE INDEX carrier_names_text ON carrier_names(text);
UPDATE packages SET carrier = n.name FROM carrier_names n WHERE n.text = packages.carrier AND n.name IS NOT packages.carrier;
UPDATE courier_batches SET carrier = n.name FROM carrier_names n WHERE n.text = courier_batches.carrier
    AND n.name IS NOT courier_batches.carrier;
DROP TABLE carrier_names;
DROP TABLE carrier_listed;
DROP TABLE carrier_texts;
