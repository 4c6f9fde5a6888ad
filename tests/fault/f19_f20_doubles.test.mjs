// F19: a double click acts once, and its second answer is the first one's.
// F20: of many hand-overs of one package at once one wins, and is paid once.
// Both for every other form of the counter, too, a row each.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { jpeg_photo } from '../helpers/image.mjs';
import { poll } from '../helpers/poll.mjs';
import { all_routes, to_pattern } from '../helpers/routes.mjs';
import { Crowd, busy_shop, hand_over } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';

const doubles = Number(process.env.FAULT_DOUBLES ?? 50);
const hand_overs = Number(process.env.FAULT_HANDOVERS ?? 60);
const people = 12;               // they ask for the same thing at once, each by a click of their own

let system, crowd, resident, clerk, counter;

before(async () => {
    system = await busy_shop();
    resident = system.client();
    clerk = await system.as('OPERADOR');
    counter = await system.token('OPERADOR');
    crowd = new Crowd(system, counter, { email: 10 });
});
after(() => system?.stop());

const at_once = (n, send) => Promise.all(Array.from({ length: n }, (_, i) => send(i)));

// Two clicks on the same form, as it stands in the page.
async function click_twice(browser, address, action, fields, { files, status = 303, to } = {}) {
    const form = (await browser.get(address)).form(action);
    const [one, two] = await at_once(2, () => browser.post(to ?? form.action, {
        form: { ...form.fields, ...fields }, files: files ?? (form.multipart ? {} : undefined) }));
    assert.equal(one.status, status, one.words);
    assert.equal(two.status, status, two.words);
    assert.equal(two.location, one.location);
    return one;
}

// Two calls with the same key: one of them says that it only repeats.
async function call_twice(op, parcel, client, address, json) {
    const headers = { 'Idempotency-Key': `doble-${op}-${String(parcel.n).padStart(8, '0')}` };
    const [one, two] = await at_once(2, () => client.post(address, { json, headers }));
    assert.ok(one.status < 300, one.text);
    assert.equal(two.status, one.status, two.text);
    assert.deepEqual(two.json, one.json);
    assert.equal([one, two].filter((a) => a.headers['idempotent-replayed'] === 'true').length, 1);
    return one;
}

async function by_pages(p) {
    const here = (answer) => crowd.acknowledged(answer.op, p, answer);
    const announced = await click_twice(resident, '/announce', '/announce', { name: p.name,
        phone: p.phone, guides: p.guide, email: p.email ?? '', consent: '1' });
    here(Object.assign(announced, { op: 'announce' }));
    const received = await click_twice(clerk, `/receive?guide=${p.guide}`, '/receive', {});
    here(Object.assign(received, { op: 'receive' }));
    const id = Number(new URLSearchParams(received.location.split('?')[1]).get('done'));
    const { ids, ...rest } = hand_over(id);
    const delivered = await click_twice(clerk, `/deliver?package=${id}`, '/deliver',
        { ...rest, ids, identity_checked: '1' });
    here(Object.assign(delivered, { op: 'deliver' }));
}

async function by_calls(p) {
    const json = { name: p.name, phone: p.phone, guides: [p.guide], consent: true };
    crowd.acknowledged('announce', p, await call_twice('announce', p, crowd.public,
        '/api/v1/announcements', p.email ? { ...json, email: p.email } : json));
    const received = await call_twice('receive', p, counter, '/api/v1/packages/receive', { guide: p.guide });
    crowd.acknowledged('receive', p, received);
    crowd.acknowledged('deliver', p, await call_twice('deliver', p, counter, '/api/v1/deliveries',
        hand_over(received.json.id)));
}

test(`${doubles} double clicks at once have one effect each`, async () => {
    await at_once(doubles, async (i) => {
        const parcel = crowd.parcel();
        await crowd.known(parcel);
        await (i % 2 ? by_pages : by_calls)(parcel);
    });
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F19', { doubles, ...crowd.stats, ...figures, drain_ms });
    assert.equal(await system.value("SELECT count(*) FROM packages WHERE state = 'ENTREGADO'"), doubles);
    assert.equal(await system.value('SELECT count(*) FROM package_events'), 3 * doubles);
    assert.equal(await system.value('SELECT count(*) FROM payments'), doubles);
    // Messages that were no longer true when they would have left were taken back; the last was true.
    const sms = (what) => system.value(`SELECT count(*) FROM notifications WHERE channel = 'sms' AND state = 'sent'${what}`);
    assert.equal(await sms(" AND event = 'package_delivered'"), doubles);
    assert.equal(system.sms().length, await sms(''));
    assert.equal(figures.unknown, 0);
});

test(`of ${hand_overs} hand-overs of one package at once one wins`, async () => {
    const parcel = crowd.parcel();
    await crowd.announce(parcel);
    await crowd.receive(parcel);
    const sms = await poll('the pickup code', () => system.sms().find((line) =>
        `+${line.number}` === parcel.phone && /: recibimos .* Codigo/.test(line.message)));
    const code = sms.message.match(/Codigo (\d{6})/)[1];
    const answers = await at_once(hand_overs, (i) => counter.post('/api/v1/deliveries', {
        headers: { 'Idempotency-Key': `carrera-${String(i).padStart(12, '0')}` },
        json: { ids: [parcel.id], code, method: 'efectivo', amount: 1500 } }));
    const won = answers.filter((a) => a.status === 201);
    const conflicts = answers.filter((a) => a.status === 409);
    assert.equal(won.length, 1, answers.map((a) => a.status).join(' '));
    crowd.acknowledged('deliver', parcel, won[0]);
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const payments = await system.value('SELECT count(*) FROM payments WHERE package_id = ?1', parcel.id);
    say('F20', { hand_overs, won: won.length, conflicts: conflicts.length, payments, ...figures });
    assert.equal(conflicts.length, hand_overs - 1, answers.map((a) => a.status).join(' '));
    assert.equal(payments, 1);
});

// ---- every other form ----

// A shop of its own: it has drawers, and a printer that is never there.
async function with_shop(work) {
    const shop = await busy_shop({ undo_s: 300, label_printer: '127.0.0.1:1', webhook_loopback: 'yes' });
    try {
        const oper = await shop.as('OPERADOR'), boss = await shop.as('ADMIN');
        const api = await shop.token('OPERADOR'), chief = await shop.token('ADMIN');
        let n = 0;
        const post = (who, address, json, headers = {}) => who.post(`/api/v1${address}`,
            { json, headers: { 'Idempotency-Key': `forma-${String(n++).padStart(16, '0')}`, ...headers } });
        const shelved = async (fields = {}) => (await post(api, '/packages/receive',
            { guide: `OTRA${String(n).padStart(4, '0')}`, name: 'Rosa Prueba', phone: '3005550000', ...fields })).json.id;
        const pdf = async (kind, id) => {
            const { json } = await post(api, '/documents', { kind, subject_id: id });
            await poll('the PDF', async () => (await api.get(`/api/v1/documents/${json.id}`)).json.state === 'ready', 20000);
            return json.id;
        };
        await work({ shop, oper, boss, api, chief, post, shelved, pdf });
    } finally {
        await shop.stop();
    }
}

const DRAWER = { note_50000: '1', note_1000: '1' };
const UNDONE = "package_events WHERE kind = 'ANULACION'", COUNTED = "package_events WHERE kind = 'INVENTARIO'";
const day = (n) => new Date(Date.now() - 5 * 3600e3 + n * 864e5).toISOString().slice(0, 10);

// Rows: what it is, who clicks, on which page, in which form, the fields typed, and a count that is one higher
// afterwards.  Options: the button's own address (to), the answer's status, files, and what is done first, which
// may give fields.  p, q, nobodys, old: parcels; ready: a PDF; sent: a message.
const LIST = { name: 'lista.csv', type: 'text/csv', data: 'Nombre;Celular\nXiomara Lista;3005550078\n' };
const FORMS = ({ p, q, nobodys, tray, old, ready, sent, box, claimed, known, missed, rights, listed }) => [
    ['whose it is that two announced', 'oper', `/packages/${q}`, `/packages/${q}/claims`, { claim: '0', compared: 'etiqueta' },
        'claims WHERE settled_at IS NOT NULL', { first: claimed }],
    ['that a box is not there', 'oper', `/deliver?package=${p}`, `/packages/${p}/incidents`, { outcome: 'no_encontrado' },
        'incidents'],
    ['how that ended', 'oper', '/incidents', `/packages/${p}/incidents/resolve`, { how: 'apareció' },
        'incidents WHERE resolved_at IS NOT NULL'],
    ['a correction', 'boss', `/packages/${p}/correct`, `/packages/${p}/correct`, { carrier: 'TCC', reason: 'así dice la caja' },
        "package_events WHERE kind = 'MODIFICACION'"],
    ['another place', 'oper', `/packages/${p}`, `/packages/${p}/move`, { position: '88' }, "package_events WHERE kind = 'REUBICACION'"],
    ['a note', 'oper', `/packages/${p}`, `/packages/${p}/notes`, { note: 'Llamar antes' }, "package_events WHERE kind = 'NOTA_AGREGADA'"],
    ['a photo', 'oper', `/packages/${p}`, `/packages/${p}/files`, { kind: 'RECEPCION' }, 'package_files', { files: { photos: jpeg_photo() } }],
    ['a label', 'oper', `/packages/labels?ids=${p}`, '/packages/labels', {}, "jobs WHERE kind = 'label.print'"],
    ['a PDF', 'oper', `/packages/${p}`, '/documents', {}, 'documents'],
    ['its mail', 'oper', `/documents/${ready}`, `/documents/${ready}/mail`, { email: 'fiscal@example.com' },
        "notifications WHERE event = 'report_ready'"],
    ['a drawer', 'oper', '/cash', '/cash', { base: '50000' }, 'cash_sessions'],
    ['money in', 'oper', '/cash/1', '/cash/1/movements', { kind: 'entrada', amount: '1000', reason: 'Sencillo' }, 'cash_movements'],
    ['a hand-over that is signed', 'oper', `/deliver?package=${p}`, '/deliver', { ...hand_over(p), identity_checked: '1',
        method: 'nequi', reference: 'N-1', signature: 'M10 10L20 20' }, 'delivery_signatures', { files: { photos: jpeg_photo() } }],
    ['a payment given back', 'boss', `/packages/${p}`, `/packages/${p}/payments/reverse`, { payment: '1', reverse_reason: 'Cobro doble' },
        'payments WHERE reverses IS NOT NULL'],
    ['what is missing then', 'oper', `/packages/${p}/payments`, `/packages/${p}/payments`,
        { method: 'nequi', reference: 'N-9', amount: '1500', reason: 'Pagó por otro medio' }, 'payments WHERE reason IS NOT NULL AND reverses IS NULL'],
    ['a count', 'oper', '/cash/1', '/cash/1/count', DRAWER, 'cash_counts'],
    ['a closing', 'oper', '/cash/1', '/cash/1/close', {}, 'cash_sessions WHERE closed_at IS NOT NULL'],
    ['its approval', 'boss', '/cash/1', '/cash/1/approve', {}, 'cash_sessions WHERE approved_at IS NOT NULL'],
    ['one of many', 'oper', '/receive/rapid', '/receive/rapid', { scan: 'SERIE0001', carrier: 'Envía' }, 'packages'],
    ['one that is not taken', 'oper', '/receive/rapid', '/receive/rapid/refuse', { guide: 'SERIE0002', refused: 'danado' },
        'courier_batch_lines WHERE refused IS NOT NULL'],
    ['that it was not', 'oper', '/receive/rapid', '/receive/rapid/refuse/2/undo', {}, 'courier_batch_lines WHERE withdrawn_at IS NOT NULL'],
    ['the end of a drop', 'oper', '/receive/batch/1', '/receive/batch/1/close', { courier_name: 'Pedro R.' },
        'courier_batches WHERE closed_at IS NOT NULL'],
    ['a hand-over', 'oper', `/deliver?package=${q}`, '/deliver', { ...hand_over(q), identity_checked: '1', method: 'nequi', reference: 'N-2' },
        "packages WHERE state = 'ENTREGADO'"],
    ['that undone', 'oper', `/deliver/done/${q}`, `/deliver/${q}/undo`, {}, UNDONE],
    ['a cancellation', 'oper', `/packages/${q}`, `/packages/${q}/cancel`, { reason: 'error_operador' }, "packages WHERE state = 'CANCELADO'"],
    ['that undone, too', 'oper', `/packages/${q}`, `/packages/${q}/undo`, {}, UNDONE],
    ['that it is not wanted', 'oper', `/deliver?package=${q}`, `/packages/${q}/incidents`, { outcome: 'rechazado' }, 'incidents'],
    ['that undone as well', 'oper', `/deliver?package=${q}`, `/packages/${q}/incidents`, {}, UNDONE,
        { to: `/packages/${q}/incidents/undo` }],
    ['whose it is', 'oper', `/packages/${nobodys}`, `/packages/${nobodys}/identify`, { name: 'Ana Ríos', phone: '3005550003' },
        "package_events WHERE kind = 'MODIFICACION'"],
    ['whose one of many is', 'oper', '/receive/rapid', '/receive/rapid/0/whose', {}, "package_events WHERE kind = 'MODIFICACION'",
        { to: `/receive/rapid/${tray}/whose`, first: known }],
    ['a place, with the scanner', 'oper', '/shelf/move?box=OTRAQ', '/shelf/move', { position: '89' }, "package_events WHERE kind = 'REUBICACION'"],
    ['a call', 'oper', `/ageing/${q}`, `/packages/${q}/contacts`, { outcome: 'no_contesto' }, "package_events WHERE kind = 'CONTACTO'"],
    ['what nobody comes for', 'boss', `/ageing/${old}`, `/ageing/${old}/abandon`, {}, "packages WHERE cancel_reason = 'cliente_no_reclama'"],
    ['a message', 'oper', `/notifications/new?package_id=${q}`, '/notifications', { text: 'Cerramos a las seis' }, "notifications WHERE event = 'custom_message'"],
    ['the same message again', 'oper', `/notifications/${sent}`, `/notifications/${sent}/resend`, {}, 'notifications WHERE resend_of IS NOT NULL'],
    ['a position', 'boss', '/shelf/positions/new', '/shelf/positions', { code: 'Z01', zone: 'Pared', capacity: '1' }, 'positions'],
    ['an audit', 'oper', '/shelf/audit', '/shelf/audit', {}, 'shelf_audits'],
    ['where it was seen', 'oper', '/shelf/audit/1', '/shelf/audit/1/place', {}, COUNTED, { first: () => box(q, '75', 'OTRAQ') }],
    ['that it is not there', 'oper', '/shelf/audit/1?position=77', '/shelf/audit/1/absent', {}, COUNTED, { first: () => box(nobodys, '77') }],
    ['the end of an audit', 'oper', '/shelf/audit/1', '/shelf/audit/1/finish', { partial: '1' }, 'shelf_audits WHERE finished_at IS NOT NULL'],
    ['a tariff', 'boss', '/rates/new', '/rates', { package_type: 'NORMAL', base_fee: '1800', storage_per_day: '1200', free_hours: '48',
        valid_from: day(20) }, 'rates'],
    ['a closed day', 'boss', '/rates', '/closures', { day: day(9), reason: 'Inventario' }, 'closures'],
    ['what the customer does not want', 'oper', `/deliver?package=${q}`, `/packages/${q}/incidents`, {}, "packages WHERE state = 'CANCELADO'",
        { to: `/packages/${q}/incidents/cancel` }],
    ['an answer', 'oper', '/messages/1', '/inquiries/1/answer', { answer: 'Lo estamos buscando' }, 'inquiry_texts', { first: () => missed(1) }],
    ['what was found', 'oper', '/messages/2', '/inquiries/2/found', { found: 'OTRA0002' }, "inquiries WHERE outcome = 'ENCONTRADO'",
        { first: () => missed(2) }],
    ['what is not here', 'oper', '/messages/3', '/inquiries/3/not-found', {}, "inquiries WHERE outcome = 'NO_ENCONTRADO'",
        { first: () => missed(3) }],
    ['a customer', 'oper', '/customers/new', '/customers', { name: 'Quiteria Nueva', phone: '3005550077' }, 'customers'],
    ['a sheet of customers', 'boss', '/customers/manage', '/customers/export', {}, 'customer_exports'],
    ['a file of customers', 'boss', '/customers/import', '/customers/import', {}, 'customer_imports', { files: { file: [LIST] } }],
    ['what it brings', 'boss', '/customers/imports/1', '/customers/imports/1/start', {}, "jobs WHERE kind = 'customers.import'", { first: listed }],
    ['two who are one', 'boss', '/customers/1/merge?with=2', '/customers/1/merge', { reason: 'Mostró la misma cédula' }, 'customer_merges'],
    ['a program of others', 'boss', '/admin/webhooks/new', '/admin/webhooks', { url: 'https://localhost:9/', all: '1' }, 'webhook_endpoints',
        { status: 200 }],
    ['the end of what somebody asks about their data', 'boss', '/admin/privacy/1', '/admin/privacy/1/close', { outcome: 'DESISTIDA',
        done: 'respuesta', answer: 'Nunca probó quién es' }, "privacy_requests WHERE outcome = 'DESISTIDA'", { first: rights }],
    ['an incident of security', 'boss', '/admin/incidents/new', '/admin/incidents', { what: 'Se perdió un celular', noticed_day: day(0),
        data: 'Nombres y celulares' }, 'security_incidents'],
    ['its secret', 'boss', '/admin/webhooks/1', '/admin/webhooks/1/rotate', {}, "audit_log WHERE action = 'webhook_rotate'", { status: 200 }],
];

// Clicked twice by all parcels of the first test.
const ABOVE = ['/receive', '/deliver'];
// Routes that take no operation key: asking for what is so already is answered with that, or they change nothing; a second
// invitation to one e-mail is refused, and of two tokens that were made by one double click neither does harm.
const WITHOUT = ['/admin/jobs/bulk', '/admin/jobs/queues/{name}/pause', '/admin/jobs/queues/{name}/resume',
    '/admin/jobs/{id}/discard', '/admin/jobs/{id}/retry', '/admin/jobs/{id}/run', '/admin/incidents/{id}',
    '/admin/incidents/{id}/close', '/admin/incidents/{id}/report', '/admin/privacy/{id}/extend',
    '/admin/privacy/{id}/identify', '/admin/settings/{group}',
    '/admin/settings/{group}/logo', '/admin/settings/{group}/remove', '/admin/settings/{group}/test', '/admin/tokens',
    '/admin/tokens/{id}/revoke', '/admin/users', '/admin/users/{id}', '/admin/users/{id}/disable',
    '/admin/users/{id}/enable', '/admin/users/{id}/link', '/admin/users/{id}/sessions/end',
    '/admin/users/{id}/totp/clear', '/admin/webhooks/{id}', '/admin/webhooks/{id}/deliveries/{delivery}/replay',
    '/admin/webhooks/{id}/replay', '/admin/webhooks/{id}/test', '/auth/pin', '/closures/{day}/remove',
    '/customers/imports/{id}/cancel', '/customers/{id}/channels', '/customers/{id}/apart/{with}', '/customers/{id}/edit', '/customers/{id}/erase', '/customers/{id}/opt-out', '/customers/{id}/together/{with}', '/customers/{id}/unmerge',
    '/dashboard/clock', '/dashboard/pins', '/dashboard/steps/hide', '/deliver/quote', '/documents',
    '/files/{id}/delete', '/inquiries/close', '/inquiries/{id}/assign', '/inquiries/{id}/close',
    '/inquiries/{id}/read', '/inquiries/{id}/reopen', '/inquiries/{id}/sort', '/inquiries/{id}/steps', '/logout', '/messages/answers',
    '/messages/answers/{id}', '/messages/answers/{id}/remove', '/notifications/templates/{event}/{channel}',
    '/notifications/templates/{event}/{channel}/preview', '/notifications/{id}/settle', '/packages/{id}/opt-out',
    '/photo-links', '/photo-links/{form}/photos/{id}/delete', '/profile/change-password', '/profile/edit',
    '/profile/pin', '/profile/pin/{id}/clear', '/profile/sessions/end-others', '/profile/sessions/{id}/end',
    '/profile/totp/begin', '/profile/totp/codes', '/profile/totp/confirm', '/profile/totp/end',
    '/rates/{id}/withdraw', '/settings', '/shelf/audit/{id}/discard', '/shelf/audit/{id}/scan',
    '/shelf/audit/{id}/unread', '/shelf/positions/{id}'];

test('every form of the staff is clicked twice here, or says why it need not be', () => {
    const forms = all_routes().filter((r) => r.method === 'POST' && r.answer.includes('PAGE') && r.role !== 'PUBLIC');
    const clicked = FORMS({ p: 1, q: 1, nobodys: 1, tray: 1, old: 1, ready: 1, sent: 1 }).map(([, , , action, , , more]) => more?.to ?? action);
    const has_key = (r) => r.answer.includes('IDEMPOTENT') || r.answer.includes('OPTIONAL_KEY');
    const is_clicked = (r) => ABOVE.includes(r.path) || clicked.some((action) => to_pattern(r.path).test(action));
    assert.ok(forms.length > 60, `only ${forms.length} forms`);
    assert.deepEqual(forms.filter((r) => has_key(r) && !is_clicked(r)).map((r) => r.name), [], 'FORMS needs a row for each of these');
    assert.deepEqual(forms.filter((r) => !has_key(r)).map((r) => r.path).sort(), [...WITHOUT].sort(), 'no form lost its key, or got one');
});

// Seen on that position in the first audit, or, with no guide to scan, missed there.
async function box_of({ shop, oper }, package_id, position, guide) {
    let page = await oper.get('/shelf/audit/1');
    for (const scan of [position, guide].filter(Boolean))
        page = await oper.follow(await oper.submit(page, '/shelf/audit/1/scan', { scan }));
    return { box: await shop.value('SELECT id FROM shelf_audit_boxes WHERE audit_id = 1 AND package_id = ?1', package_id), position };
}

// Makes a parcel that has been on the shelf for 46 days and whose owner was called on two of them.
async function forgotten({ shop, api, post, shelved }) {
    const id = await shelved({ phone: '3005550002' });
    const call = async () => assert.ok((await post(api, `/packages/${id}/contacts`, { outcome: 'no_contesto', channel: 'llamada' })).status < 300);
    await shop.sql('UPDATE packages SET received_at = received_at - 46 * 86400 - 3600 WHERE id = ?1', id);
    await call();
    await shop.sql('DROP TRIGGER package_events_fixed');
    await shop.sql("UPDATE package_events SET at = at - 4 * 86400 WHERE kind = 'CONTACTO' AND package_id = ?1", id);
    await call();
    return id;
}

async function to_click(who) {
    const { shop, shelved, pdf } = who, p = await shelved();
    const q = await shelved({ guide: 'OTRAQ', phone: '3005550001' }), nobodys = await shelved({ name: '', phone: '', position: '77' });
    const sent = await shop.value("SELECT max(n.id) FROM notifications n JOIN notification_packages x ON x.notification_id = n.id WHERE x.package_id = ?1", q);
    await shop.sql("UPDATE notifications SET state = 'unknown' WHERE id = ?1", sent);
    const claimed = async () => {
        const answer = await shop.client().post('/api/v1/announcements',
            { json: { name: 'Pedro Gil', phone: '3005550003', guides: ['OTRAQ'], consent: true } });
        assert.ok(answer.status < 300, answer.text);
    };
    const known = async () => ({ customer_id: await shop.value('SELECT id FROM customers WHERE known_at IS NOT NULL LIMIT 1') });
    const rights = async () => assert.equal((await shop.client().post('/api/v1/privacy-requests', { json: { kind: 'CONSULTA',
        name: 'Zoraida Gil', phone: '3005550004', content: 'Qué saben de mí', consent: true } })).status, 201);
    const missed = async (n) => {
        const json = { guide: `PERDIDA000${n}`, carrier: 'Envía', day: day(0), name: 'Zoraida Gil', phone: '3005550004', consent: true };
        assert.equal((await shop.client().post('/api/v1/missing-parcels', { json })).status, 201);
        await shop.sql("INSERT INTO inquiry_steps SELECT ?1, value, 1, 1 FROM json_each('[\"guia\",\"nombre\",\"bandeja\",\"entregas\"]')", n);
        return n === 2 ? { found: await shop.value("SELECT guide_number FROM packages WHERE state = 'RECIBIDO' LIMIT 1") } : {};
    };
    const tray = await shelved({ name: '', phone: '' });
    const listed = () => shop.sql("UPDATE customer_imports SET state = 'read', fresh = fresh + 1 WHERE id = 1").then(() => ({}));
    return { p, q, nobodys, tray, claimed, known, missed, rights, listed, old: await forgotten(who), ready: await pdf('custodia', p), sent, box: (...a) => box_of(who, ...a) };
}

test('a double click on any other form has one effect, too', () => with_shop(async (who) => {
    const forms = FORMS(await to_click(who));
    const count = (of) => who.shop.value(`SELECT count(*) FROM ${of}`);
    for (const [what, by, address, action, fields, of, { first, ...more } = {}] of forms) {
        const found = await first?.(), before = await count(of);
        await click_twice(who[by], address, action, { ...fields, ...found }, more);
        assert.equal(await count(of), before + 1, what);
    }
    assert.equal(await count("package_files WHERE kind = 'ENTREGA'"), 1);
    say('F19', { forms: forms.length });
}));

// Rows: who asks, for what address, with what body; the status that one of them gets, and that of the others.
const RACES = (p, ready) => [
    ['api', `/packages/${p}/incidents`, { outcome: 'rechazado' }, 201, 409],
    ['api', `/packages/${p}/incidents/resolve`, { how: 'se lo lleva' }, 200, 409],
    ['api', `/documents/${ready}/mail`, { email: 'fiscal@example.com' }, 202, 409],
    ['api', '/cash-sessions', { base: 50000 }, 201, 409],
    ['api', '/cash-sessions/1/close', {}, 200, 409, () => ['/cash-sessions/1/count', { note_50000: 1 }]],
    ['chief', '/cash-sessions/1/approve', {}, 200, 409],
    ['api', '/courier-batches/1/close', { courier_name: 'Pedro R.' }, 200, 409,
        () => ['/packages/receive', { guide: 'SERIE0001', in_batch: true }]],
    ['api', '/packages/receive', { guide: 'SERIE0002' }, 200, 409],
    ['chief', `/packages/${p}`, { carrier: 'TCC', reason: 'así dice la caja' }, 200, 412, null, { method: 'PATCH' }],
];

test(`of ${people} who want the same at once one gets it`, () => with_shop(async ({ shop, api, chief, post, pdf, shelved }) => {
    const p = await shelved(), other = await shelved(), races = RACES(p, await pdf('custodia', p));
    for (const [by, address, json, won, lost, first, { method = 'POST' } = {}] of races) {
        if (first)
            assert.ok((await post(api, ...first())).status < 300, address);
        const { etag } = (await chief.get(`/api/v1/packages/${p}`)).headers;
        const answers = await at_once(people, () => (method === 'POST' ? post({ api, chief }[by], address, json)
            : chief.request(method, `/api/v1${address}`, { json, headers: { 'If-Match': etag } })));
        const statuses = answers.map((a) => a.status).sort();
        assert.deepEqual(statuses, [won, ...Array(people - 1).fill(lost)], `${address}: ${answers.find((a) => ![won, lost].includes(a.status))?.text}`);
    }
    await shop.paqueteria(['jobs', 'pause', 'default']);      // it is being made until all have asked
    const asked = await at_once(people, () => post(api, '/documents', { kind: 'expediente', subject_id: other }));
    assert.deepEqual([...new Set(asked.map((a) => a.json.id))].length, 1, 'one document for all who ask while it is made');
    await shop.paqueteria(['jobs', 'resume', 'default']);
    say('F20', { people, races: races.length + 1 });
}));

// Last, since it leaves nothing whole: each line breaks one promise more.
test('the checker itself notices what is lost, doubled or altered', async () => {
    const acts = crowd.ledger.read();
    const sms = system.sms()[0];
    const nth_sms = (n) => `(SELECT id FROM notifications WHERE channel = 'sms' AND state = 'sent' ORDER BY id LIMIT 1 OFFSET ${n})`;
    const faults = [
        [/lost: package NUNCA/, () => acts.push({ op: 'announce', guide: 'NUNCA' })],
        [/doubled: sms .* \(accepted 2 times\)/, () => system.liwa.ledger.add(sms)],
        [/lost: sms .* stayed queued/, "UPDATE notifications SET state = 'queued' WHERE id = " + nth_sms(4)],
        [/ is unknown without a crash/, "UPDATE notifications SET state = 'unknown' WHERE id = " + nth_sms(5)],
        [/ is failed and was accepted/, "UPDATE notifications SET state = 'failed' WHERE id = " + nth_sms(6)],
        [/doubled: FALLA0000 payment/, 'INSERT INTO payments (package_id, operation_id, amount, method,'
            + " taken_by, taken_at) SELECT id, 'x', 1500, 'efectivo', 1, 1 FROM packages WHERE guide_key = 'FALLA0000'"],
        [/lost: FALLA0001 ENTREGA/, 'DROP TRIGGER package_events_fixed', "UPDATE package_events SET kind = 'CONTACTO'"
            + " WHERE kind = 'ENTREGA' AND package_id = (SELECT id FROM packages WHERE guide_key = 'FALLA0001')"],
        [/FALLA0002: the chain of custody breaks/, 'UPDATE package_events'
            + " SET at = at + 1 WHERE package_id = (SELECT id FROM packages WHERE guide_key = 'FALLA0002')"],
        [/job 7 .* is ready/, "UPDATE jobs SET state = 'ready', run_at = unixepoch() + 9999 WHERE id = 7"],
        [/positions count 1 parcels, 0 are there/, 'UPDATE positions SET used = 1 WHERE id = 1'],
    ];
    await check(system, acts);
    for (const [seen, ...steps] of faults) {
        for (const step of steps)
            await (typeof step === 'string' ? system.sql(step) : step());
        await assert.rejects(check(system, acts), seen);
    }
});
