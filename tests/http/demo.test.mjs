// The shop of ./dev up --demo: what it shows is made by the counter's own functions, so it adds up.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { address_of, all_routes } from '../helpers/routes.mjs';

// Where each {parameter} of a page comes from, or its whole query; '' : the page has no row in the demo.
const ROWS = {
    '/ageing/{id}': "SELECT max(id) FROM packages WHERE state = 'RECIBIDO' AND received_at < unixepoch() - 3000000",
    '/cash/{id}': 'SELECT min(id) FROM cash_sessions',
    '/deliver/{customer}': "SELECT max(customer_id) FROM packages WHERE state = 'RECIBIDO'",
    '/deliver/quotes/{quote}': '',
    '/deliver/done/{id}': "SELECT max(id) FROM packages WHERE state = 'ENTREGADO'",
    '/deliver': "SELECT '?package=' || max(id) FROM packages WHERE state = 'RECIBIDO'",
    '/deliver/box': "SELECT '?scan=' || max(guide_key) FROM packages WHERE state = 'RECIBIDO'",
    '/documents/{id}': '',
    '/admin/jobs/{id}': "SELECT max(id) FROM jobs WHERE state = 'dead'",
    '/notifications/new': "SELECT '?customer_id=' || max(id) FROM customers",
    '/notifications/{id}': "SELECT max(id) FROM notifications WHERE state = 'failed'",
    '/find': "SELECT '?q=Rojas'",
    '/packages/labels': "SELECT '?ids=' || max(id) FROM packages WHERE state = 'RECIBIDO'",
    '/packages/{id}': "SELECT max(id) FROM packages WHERE condition <> 'BUENO'",
    '/packages/{id}/receipt': "SELECT max(id) FROM packages WHERE state = 'ENTREGADO'",
    '/packages/{id}/payments': "SELECT max(id) FROM packages WHERE state = 'CANCELADO'",
    '/packages/{id}/correct': "SELECT max(id) FROM packages WHERE state = 'RECIBIDO'",
    '/receive/batch/{id}': 'SELECT max(id) FROM courier_batches',
    '/shelf/{position}': "SELECT '00'",
    '/shelf/positions/{id}': 'SELECT min(id) FROM positions',
    '/shelf/audit/{id}': 'SELECT max(id) FROM shelf_audits',
    '/customers/{id}': 'SELECT max(id) FROM customers WHERE is_active = 1',
    '/customers/{id}/edit': 'SELECT max(id) FROM customers WHERE is_active = 1',
    '/customers/{id}/merge': 'SELECT max(id) FROM customers WHERE is_active = 1',
    '/admin/users/{id}': 'SELECT min(id) FROM users',
    '/customers/imports/{id}': '',
    '/customers/exports/{id}': '',
    '/photo-links/{form}': '',
    '/messages/{id}': '',
    '/messages/answers/{id}': '',
    '/admin/privacy/{id}': '',
    '/admin/incidents/{id}': '',
    '/admin/webhooks/{id}': '',
    '/admin/webhooks/{id}/edit': '',
    '/admin/webhooks/{id}/deliveries/{delivery}': '',
};
const MOVED = ['/admin', '/customers', '/customers/check-duplicate', '/customers/suggest', '/deliver/box', '/deliver/quote', '/deliver/{customer}'];     // answer with the address of another page

let s, said;
const accounts = [];
before(async () => {
    s = await System.start();
    // The worker is stopped, as ./dev start --demo does: it would find messages of days gone by too late to send.
    const worker = s.pid('worker');
    process.kill(worker);
    await poll('no worker', () => !fs.existsSync(`/proc/${worker}`));
    said = await s.paqueteria(['demo']);
    await s.dev('restart', 'worker');
    assert.match(said, /\d+ paquetes de muestra en 30 días/);
    for (const [, role, username, password] of said.matchAll(/^ {2}(ADMIN|OPERADOR|USUARIO) +(\S+) +(\S+) /gm))
        accounts.push({ role, username, password });
});
after(() => s?.stop());

const count = (what) => s.value(`SELECT count(*) FROM ${what}`);

test('each day that was open has its drawer, counted, closed and approved by somebody else; today\'s is open', async () => {
    const past = await s.sql('SELECT * FROM cash_sessions WHERE closed_at IS NOT NULL ORDER BY id');
    const days = await s.sql(`SELECT DISTINCT (taken_at - 18000) / 86400 AS day FROM payments WHERE method = 'efectivo'
        AND taken_at < (unixepoch() - 18000) / 86400 * 86400 + 18000`);
    assert.ok(past.length >= 24 && past.length <= 27, `${past.length}`);
    assert.deepEqual(past.filter((d) => d.approved_at === null || d.approved_by === d.opened_by), []);
    assert.ok(days.length > 20 && days.length <= past.length);
    assert.equal(await s.value('SELECT count(*) FROM cash_sessions WHERE counted_at IS NULL'), 1);
});

test('cash lies in the drawer that was open, and the counts agree with it but for one that is explained', async () => {
    assert.equal(await s.value("SELECT count(*) FROM payments WHERE method = 'efectivo' AND cash_session_id IS NULL"), 0);
    assert.equal(await s.value(`SELECT count(*) FROM payments p JOIN cash_sessions d ON d.id = p.cash_session_id
        WHERE p.taken_at < d.opened_at OR p.taken_at > d.counted_at`), 0);
    const gaps = await s.sql('SELECT counted - expected AS gap, explanation FROM cash_sessions WHERE counted <> expected');
    assert.equal(gaps.length, 1);
    assert.equal(gaps[0].gap, -2000);
    assert.match(gaps[0].explanation, /cambio mal dado/);
});

test('the administrator sees them in the list of drawers, and its report', async () => {
    const admin = await s.as('ADMIN'), page = await admin.get('/cash');
    assert.match(page.words, /Olga Mostrador/);
    const id = await s.value('SELECT id FROM cash_sessions WHERE counted <> expected');
    assert.match((await admin.get(`/cash/${id}`)).words, /cambio mal dado[\s\S]*Conversado con Olga/);
});

// Things that a demo shop shows, and at least how often.
for (const [what, least, of] of [
    ['parcels that wait on the shelf', 15, "packages WHERE state = 'RECIBIDO'"],
    ['parcels that are awaited', 3, "packages WHERE state = 'ANUNCIADO'"],
    ['parcels that came damaged', 3, "packages WHERE condition IN ('ABIERTO', 'REGULAR')"],
    ['declared values', 30, 'packages WHERE declared_value > 0'],
    ['parcels of nobody known', 1, "packages WHERE state = 'RECIBIDO' AND customer_id IS NULL"],
    ['photos', 20, 'package_files'],
    ['photos of damage', 3, "package_files WHERE kind = 'DANO'"],
    ['photos of a hand-over', 3, "package_files WHERE kind = 'ENTREGA'"],
    ['drops that a courier signed', 10, 'courier_batches WHERE closed_at IS NOT NULL AND signature IS NOT NULL'],
    ['drops that are open', 1, 'courier_batches WHERE closed_at IS NULL'],
    ['boxes that were not taken in', 3, 'courier_batch_lines WHERE refused IS NOT NULL'],
    ['stocktakes that ended', 2, 'shelf_audits WHERE finished_at IS NOT NULL'],
    ['stocktakes under way', 1, 'shelf_audits WHERE finished_at IS NULL'],
    ['missing boxes', 1, "shelf_audit_boxes WHERE result = 'FALTA'"],
    ['misplaced boxes', 1, "shelf_audit_boxes WHERE result = 'MAL_PUESTA'"],
    ['open incidents', 3, 'incidents WHERE resolved_at IS NULL'],
    ['incidents that were settled', 1, 'incidents WHERE resolved_at IS NOT NULL'],
    ['calls', 10, "package_events WHERE kind = 'CONTACTO'"],
    ['what was undone', 1, "package_events WHERE kind = 'ANULACION'"],
    ['corrections', 2, "package_events WHERE kind = 'MODIFICACION'"],
    ['authorisations that were used', 3, 'pickup_authorizations WHERE used_at IS NOT NULL'],
    ['authorisations that are good', 1, 'pickup_authorizations WHERE used_at IS NULL AND revoked_at IS NULL'],
    ['hand-overs without a code', 3, "packages WHERE proof = 'excepcion'"],
    ['signatures of customers', 3, 'delivery_signatures'],
    ['discounts', 1, 'packages WHERE discount > 0'],
    ['cancellations by customers', 2, "packages WHERE cancel_reason = 'cliente_solicita'"],
    ['announcements that expired', 1, "packages WHERE cancel_reason = 'anuncio_expirado'"],
    ['parcels that were given up', 1, "packages WHERE cancel_reason = 'cliente_no_reclama'"],
    ['reminders', 5, "notifications WHERE event = 'pickup_reminder'"],
    ['e-mails that failed', 1, "notifications WHERE channel = 'email' AND state = 'failed'"],
    ['messages that may have gone', 1, "notifications WHERE state = 'unknown'"],
    ['dead jobs', 1, "jobs WHERE state = 'dead'"],
    ['tariffs to come', 1, 'rates WHERE valid_from > unixepoch()'],
    ['people at the counter', 2, `users WHERE role = 'OPERADOR' AND id IN (SELECT user_id FROM package_events)`],
])
    test(`there are ${what}`, async () => {
        const found = await count(of);
        assert.ok(found >= least, `${found}, and ${least} were expected`);
    });

test('things have happened today', async () => {
    const today = '(unixepoch() - 18000) / 86400 * 86400 + 18000';
    for (const of of [`packages WHERE announced_at >= ${today}`, `packages WHERE received_at >= ${today}`,
        `packages WHERE delivered_at >= ${today}`, `courier_batches WHERE opened_at >= ${today}`, `incidents WHERE reported_at >= ${today}`])
        assert.ok(await count(of) > 0, of);
    assert.equal(await count('package_events WHERE at > unixepoch()'), 0);
});

test('the worker prepares the photos, and the broken one is a dead job', async () => {
    await poll('photos that are ready', async () => await count("package_files WHERE state = 'pending'") === 0, 90000);
    assert.equal(await count("package_files WHERE state = 'failed'"), 1);
    assert.equal(await count("jobs WHERE state = 'dead' AND kind = 'photo.process'"), 1);
});

test('its accounts sign in, and every page of the staff answers each of them', async () => {
    assert.deepEqual([...new Set(accounts.map((a) => a.role))].sort(), ['ADMIN', 'OPERADOR', 'USUARIO']);
    const roles = ['USUARIO', 'OPERADOR', 'ADMIN'];
    const pages = all_routes().filter((r) => r.method === 'GET' && roles.includes(r.role) && r.answer.includes('PAGE') && ROWS[r.path] !== '');
    assert.ok(pages.length > 25, `${pages.length}`);
    for (const r of pages) {
        const row = ROWS[r.path] ? String(await s.value(ROWS[r.path])) : '';
        r.address = row.startsWith('?') ? r.path + row
            : address_of(r, { id: row, customer: row, position: row, event: 'package_received', group: 'site', channel: 'sms' });
    }
    for (const { role, username, password } of accounts) {
        const person = await s.client().login(username, password);
        for (const r of pages.filter((one) => roles.indexOf(role) >= roles.indexOf(one.role))) {
            if (r.path === '/cash/{id}' && username === 'bodega')
                continue;                        // the drawer is somebody else's
            const answer = await person.get(r.address);
            assert.equal(answer.status, MOVED.includes(r.path) ? 303 : 200, `${username} ${r.address}`);
        }
    }
});

test('without development it makes nothing, and says why', async () => {
    const env = { ...s.env, PAQUETERIA_DEVELOPMENT: 'false' };
    const before = await count('packages');
    await assert.rejects(s.paqueteria(['demo'], undefined, env), /solo para desarrollo/);
    assert.equal(await count('packages'), before);
});

test('chains of custody and of the audit are whole, and a second time adds nothing', async () => {
    assert.match(await s.paqueteria(['package', 'verify']), /\S/);
    assert.match(await s.paqueteria(['audit', 'verify']), /\S/);
    assert.match(await s.paqueteria(['demo']), /no se agrega ninguno/);
});
