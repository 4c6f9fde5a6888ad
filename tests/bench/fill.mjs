// A few thousand plausible packages, in one statement each: what is measured is
// reading them.
import { createHash } from 'node:crypto';

// The number of packages; with as many a person has one on the shelf at most, as most have.
export const PACKAGES = 5000;

const CODE = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const code = (bits) => Array.from({ length: 6 }, (_, i) => `substr('${CODE}', 1 + ${bits} / ${31 ** i} % 31, 1)`)
    .join(' || ');

// The token of a package's link, of which the database has the hash.
const token = (i) => String(i).padStart(22, '0');
const hash = (text) => createHash('sha256').update(text).digest('hex');

// Fills an empty database.  Gives the tracking code and the token of each package.
export async function fill(s, packages) {
    const links = Array.from({ length: packages }, (_, n) => hash(token(n + 1)));
    await s.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${packages / 3 | 0})
        INSERT INTO customers (full_name, phone, email, email_confirmed_at, search_key, created_at)
        SELECT 'María Pérez ' || i, printf('+57300555%04d', i), 'maria' || i || '@example.com', unixepoch(),
            'maria perez ' || i, unixepoch() - 90 * 86400 FROM n`);
    // A third waits on the shelf, a tenth is still to come; codes are spread by a factor
    // without common divisor with 31^6.
    await s.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${packages}),
        p AS (SELECT i, i * 611953 % ${31 ** 6} AS bits, 1 + i % ${packages / 3 | 0} AS customer,
            CASE WHEN i % 10 = 0 THEN 'ANUNCIADO' WHEN i % 3 = 0 THEN 'RECIBIDO' ELSE 'ENTREGADO' END AS state,
            unixepoch() - 86400 * (1 + i % 30) AS at FROM n)
        INSERT INTO packages (tracking_code, public_token, link_version, guide_number, guide_key, carrier, state, type,
            condition, customer_id, announced_name, announced_phone, rate_id, base_fee, storage_per_day,
            free_hours, announced_at, received_at, delivered_at, storage_days, storage_fee, total_fee, proof)
        SELECT ${code('bits')}, link.value, 1, 'GUIA-' || i, 'GUIA' || i, 'Servientrega', state,
            iif(state = 'ANUNCIADO', NULL, 'NORMAL'), iif(state = 'ANUNCIADO', NULL, 'BUENO'), customer,
            'María Pérez ' || customer, printf('+57300555%04d', customer), iif(state = 'ANUNCIADO', NULL, 1),
            iif(state = 'ANUNCIADO', NULL, 1500), iif(state = 'ANUNCIADO', NULL, 1000),
            iif(state = 'ANUNCIADO', NULL, 24), at, iif(state = 'ANUNCIADO', NULL, at + 3600),
            iif(state = 'ENTREGADO', at + 40000, NULL), iif(state = 'ENTREGADO', 0, NULL),
            iif(state = 'ENTREGADO', 0, NULL), iif(state = 'ENTREGADO', 1500, NULL),
            iif(state = 'ENTREGADO', 'codigo', NULL)
        FROM json_each(?1) link CROSS JOIN p ON i = link.key + 1`, JSON.stringify(links));
    const rows = await s.sql("SELECT tracking_code AS code, guide_number FROM packages ORDER BY id");
    return rows.map((p) => ({ code: p.code, token: token(p.guide_number.slice('GUIA-'.length)) }));
}
