// Very many plausible packages, made in the database: what is measured is finding them.
// Names are Colombian, with accents and ñ; a few words are in a great many of them, most
// in a few, as people are called.

const GIVEN = `María Luz Ana José Juan Carlos Luis Andrés Camila Sofía Valentina Santiago Sebastián Daniela Óscar
    Jorge Claudia Martha Gloria Diana Paola Mónica Sandra Adriana Ángela Álvaro Germán Hernán Nelson Wilson Yolanda
    Esperanza Nubia Fabián Iván Raúl Tomás Nicolás Julián Mateo Samuel Emilio Íngrid Yeison Brayan Duván Marlén
    Begoña Iñaki Zoraida Ximena Úrsula Piedad Consuelo Rocío Lucía Inés Beatriz Amparo Elvira`.split(/\s+/);
const FAMILY = `Rodríguez Gómez González Martínez García López Hernández Sánchez Ramírez Pérez Díaz Muñoz Rojas
    Moreno Jiménez Vargas Castro Ortiz Gutiérrez Suárez Ruiz Álvarez Romero Quintero Cárdenas Peña Ospina Núñez
    Ordóñez Zúñiga Avendaño Castañeda Bolaños Patiño Londoño Marín Restrepo Giraldo Arango Mejía Zapata Vélez
    Echeverri Uribe Henao Cifuentes Buitrago Bustos Pulido Barragán Bermúdez Cañón Caicedo Mosquera Palacios
    Murillo Hinestroza Benítez Güiza Agüero Yépez Fajardo Escobar Tabares Villegas Zuluaga`.split(/\s+/);
const SYLLABLES = 'ba cu che da fe gua hi ja ka lo ma ni ño pa que ra sá ti ví za'.split(' ');

// A surname that few have, the same for a number: 8,000 of them.
function rare(n) {
    const s = [n % 20, Math.floor(n / 20) % 20, Math.floor(n / 400) % 20].map((i) => SYLLABLES[i]).join('');
    return s[0].toUpperCase() + s.slice(1) + ['', 'no', 'res', 'tá'][n % 4];
}

// Spread numbers, of which the small ones come most.
const spread = (i, factor, n) => (i * factor) % n;
const often = (i, factor, n) => Math.floor(n * (spread(i, factor, 9973) / 9973) ** 2);

// The name of person i, with one or two given names and surnames.
export function name_of(i) {
    const family = i % 4 === 0 ? rare(spread(Math.floor(i / 4), 7919, 8000)) : FAMILY[often(i, 389, FAMILY.length)];
    return [GIVEN[often(i, 6133, GIVEN.length)], i % 3 && GIVEN[often(i, 2741, GIVEN.length)], family,
        i % 2 && FAMILY[often(i, 8111, FAMILY.length)]].filter(Boolean).join(' ');
}

export const fold = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// Towers of twenty floors with ten apartments each.
export const home_of = (i) => [String(1 + Math.floor(i / 200)), `${1 + Math.floor(i / 10) % 20}${String(1 + i % 10).padStart(2, '0')}`];
export const phone_of = (i) => `+57300${String(i).padStart(7, '0')}`;

const CODE = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const code = (bits) => Array.from({ length: 6 }, (_, i) => `substr('${CODE}', 1 + ${bits} / ${31 ** i} % 31, 1)`)
    .join(' || ');

// Fills the database up to `to` packages, with a fifth as many people.  The newest hundredth
// is on the shelf, but for a twentieth that is still to come.  The triggers of search are off
// meanwhile, and what they would have written is made as the migration makes it.
export async function scale_fill(s, from, to) {
    const triggers = await s.sql(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'
        AND (name LIKE 'package_names_%' OR name LIKE 'person_words_%')`);
    for (const { name } of triggers)
        await s.sql(`DROP TRIGGER ${name}`);
    for (let at = from / 5; at < to / 5; at += 10000) {
        const list = Array.from({ length: Math.min(10000, to / 5 - at) }, (_, i) => {
            const name = name_of(at + i);
            return [at + i + 1, name, fold(name), phone_of(at + i), ...home_of(at + i)];
        });
        await s.sql(`INSERT INTO customers (id, full_name, search_key, phone, tower, apartment, created_at, known_at)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, unixepoch(), unixepoch() FROM json_each(?1)`,
            JSON.stringify(list));
    }
    await s.sql(`UPDATE packages SET state = 'ENTREGADO', position_id = NULL, delivered_at = received_at + 40000, total_fee = 1500,
        storage_days = 0, storage_fee = 0, proof = 'codigo' WHERE state = 'RECIBIDO'`);
    await s.sql(`WITH RECURSIVE n(i) AS (SELECT ${from + 1} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}),
        p AS (SELECT i, i * 611953 % ${31 ** 6} AS bits, 1 + i * 7919 % ${to / 5} AS customer, CASE
                WHEN i > ${to * 0.99} THEN iif(i % 20 = 0, 'ANUNCIADO', 'RECIBIDO')
                WHEN i % 30 = 0 THEN 'CANCELADO' ELSE 'ENTREGADO' END AS state,
            unixepoch() - (${to} - i) * 20 - 86400 AS at FROM n)
        INSERT INTO packages (id, tracking_code, public_token, guide_number, guide_key, carrier, state, type,
            condition, customer_id, position_id, announced_name, announced_phone, rate_id, base_fee, storage_per_day,
            free_hours, announced_at, received_at, delivered_at, cancelled_at, cancel_reason, storage_days,
            storage_fee, total_fee, proof)
        SELECT i, ${code('bits')}, printf('%022d', i), printf('SRV-%010d', i * 7368787 % 9999999967),
            printf('SRV%010d', i * 7368787 % 9999999967), 'Servientrega', state,
            iif(state = 'ANUNCIADO', NULL, iif(i % 20 = 1, 'EXTRA_DIMENSIONADO', 'NORMAL')),
            iif(state = 'ANUNCIADO', NULL, 'BUENO'), c.id,
            iif(state = 'RECIBIDO' AND i > ${to - 100}, 1 + i % 100, NULL), c.full_name,
            c.phone, iif(state = 'ANUNCIADO', NULL, 1), iif(state = 'ANUNCIADO', NULL, 1500),
            iif(state = 'ANUNCIADO', NULL, 1000), iif(state = 'ANUNCIADO', NULL, 24), at,
            iif(state = 'ANUNCIADO', NULL, at + 3600), iif(state = 'ENTREGADO', at + 40000, NULL),
            iif(state = 'CANCELADO', at + 40000, NULL), iif(state = 'CANCELADO', 'otro', NULL),
            iif(state = 'ENTREGADO', 0, NULL), iif(state = 'ENTREGADO', 0, NULL),
            iif(state = 'ENTREGADO', 1500, NULL), iif(state = 'ENTREGADO', 'codigo', NULL)
        FROM p JOIN customers c ON c.id = p.customer`);
    await s.sql("INSERT INTO package_names (package_names) VALUES ('delete-all')");
    await s.sql('INSERT INTO package_names (rowid, name) SELECT number, name FROM package_name_rows ORDER BY number');
    await s.sql('INSERT INTO name_words SELECT DISTINCT word FROM package_name_words WHERE true ON CONFLICT DO NOTHING');
    await s.sql("INSERT INTO package_names (package_names) VALUES ('optimize')");
    await s.sql("INSERT INTO person_words (person_words) VALUES ('delete-all')");
    await s.sql('INSERT INTO person_words (rowid, words) SELECT number, words FROM person_rows ORDER BY number');
    await s.sql("INSERT INTO person_words (person_words) VALUES ('optimize')");
    for (const { sql } of triggers)
        await s.sql(sql);
}
