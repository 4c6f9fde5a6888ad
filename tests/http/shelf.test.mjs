// The shelf: the map, boxes moved by scan, positions, audits; and what a scanner or a hand
// gets wrong.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { key, new_guide, received, row } from '../helpers/shop.mjs';

let s, admin, oper, reader, api, chief;
before(async () => {
    s = await System.start();
    admin = await s.as('ADMIN');
    oper = await s.as('OPERADOR');
    reader = await s.as('USUARIO');
    api = await s.token('OPERADOR');
    chief = await s.token('ADMIN');
});
after(() => s?.stop());

const on = (position, guide = new_guide()) => received(s, oper, guide, { position });
const audited = (action) => s.value('SELECT count(*) FROM audit_log WHERE action = ?1', action);
const events = (p, kind) => s.value('SELECT count(*) FROM package_events WHERE package_id = ?1 AND kind = ?2', p.id, kind);
const where = (p) => s.value('SELECT code FROM positions WHERE id = (SELECT position_id FROM packages WHERE id = ?1)', p.id);
// The two steps of the page: the box, then the position.
const move = async (box, position) => oper.submit(await oper.get(`/shelf/move?box=${encodeURIComponent(box)}`),
    '/shelf/move', { position });
const add = async (fields) => admin.submit(await admin.get('/shelf/positions/new'), '/shelf/positions',
    { zone: 'Pared', capacity: '1', ...fields });

describe('the map', () => {
    test('shows what lies where and for how long, by zone, as the list and the API do', async () => {
        const p = await on('41');
        await s.sql('UPDATE packages SET received_at = received_at - 20 * 86400 - 3600 WHERE id = ?1', p.id);
        const page = await reader.get('/shelf');
        assert.equal(page.status, 200);
        assert.match(page.words, /Estante 3 1 paquete · 1 de 20 ocupados · 19 libres/);
        assert.match(page.words, /Posición 41 20 días Posición 42 libre/);
        assert.match(page.text, new RegExp(`class="slot age-4" href="/packages/${p.id}"`));
        assert.doesNotMatch(page.words, /Mover una caja/);
        const zone = await reader.get('/shelf?zone=Estante+3&view=lista');
        assert.match(zone.words, /41 Cualquiera 1 paquete caben 1 20 días/);
        assert.doesNotMatch(zone.words, /Posición 00/);
        const json = (await (await s.token('USUARIO')).get('/api/v1/positions?zone=Estante+3&limit=2')).json;
        assert.deepEqual(json.items.map((o) => [o.code, o.used, o.capacity, o.package_id]), [['40', 0, 1, null], ['41', 1, 1, p.id]]);
    });

    test('of a position says what is in it, and pages of the API follow each other', async () => {
        const p = await on('PISO');
        assert.match((await reader.get('/shelf/PISO')).words, new RegExp(`Desborde · Cualquiera · 1 paquete, sin límite .*${p.guide_number}`));
        assert.match((await reader.get('/shelf/piso')).words, /Posición PISO/);
        assert.equal((await reader.get('/shelf/Z9')).status, 404);
        const codes = (await api.pages('/api/v1/positions?limit=40')).flat().map((o) => o.code);
        assert.equal(codes.length, 101);
        assert.equal(codes.at(-1), 'PISO');
    });
});

describe('moving by scan', () => {
    test('a box and then a position put it there, shown large', async () => {
        const p = await on('50');
        const found = await oper.get(`/shelf/move?box=${p.tracking_code}`);
        assert.match(found.words, /Está en 50/);
        const answer = await oper.submit(found, '/shelf/move', { position: '51' });
        assert.equal(answer.status, 303, answer.words);
        const done = await oper.follow(answer);
        assert.match(done.text, /<p class="giant">51<\/p>/);
        assert.match(done.text, /name="box"[^>]*autofocus/);
        assert.equal(await where(p), '51');
        assert.equal(await events(p, 'REUBICACION'), 1);
    });

    test('a form that the scanner sends twice moves once', async () => {
        const p = await on('52');
        const form = await oper.get(`/shelf/move?box=${p.guide_number}`);
        const [one, two] = await Promise.all([1, 2].map(() => oper.submit(form, '/shelf/move', { position: '53' })));
        assert.deepEqual([one.status, two.status], [303, 303]);
        assert.equal(one.location, two.location);
        assert.equal(await events(p, 'REUBICACION'), 1);
    });

    test('what the scanner adds is taken away, and nothing at all is told', async () => {
        const p = await on('54');
        assert.equal((await move(`]C1${p.guide_number}\r\n`, '55\r\n')).status, 303);
        assert.equal(await where(p), '55');
        const empty = await move(p.guide_number, '');
        assert.equal(empty.status, 422);
        assert.match(empty.text, /href="#f-position"/);
        assert.match(empty.words, /Está en 55/);
        assert.equal(await where(p), '55', 'not to the first free one');
    });

    test('an unknown box, a full, an unknown and a switched off position are told apart', async () => {
        const p = await on('56');
        await on('57');
        const off = (await s.sql("SELECT * FROM positions WHERE code = '58'"))[0];
        assert.equal((await chief.request('PATCH', `/api/v1/positions/${off.id}`, { json: { zone: off.zone, walk_order: off.walk_order,
            size_class: off.size_class, capacity: 1, is_active: false } })).status, 200);
        for (const [position, status, words] of [['57', 409, /La posición 57 está ocupada/], ['58', 409, /La posición 58 no está en uso/],
            ['Z9', 422, /No existe la posición Z9/], ['56', 409, new RegExp(`${p.guide_number} ya está en la posición 56`)]]) {
            const answer = await move(p.guide_number, position);
            assert.equal(answer.status, status, position);
            assert.match(answer.words, words);
            assert.equal(answer.form('/shelf/move').fields.box, p.guide_number);
            assert.equal(answer.form('/shelf/move').fields.position, position);
        }
        const none = await oper.get('/shelf/move?box=NADIE98765');
        assert.equal(none.status, 404);
        assert.match(none.words, /Ningún paquete tiene la guía ni el código «NADIE98765»/);
        assert.equal(none.form('/shelf/move').fields.box, 'NADIE98765');
        assert.equal((await reader.get('/shelf/move')).status, 403);
    });
});

describe('positions', () => {
    test('are added in a range by an administrator, once', async () => {
        const page = await admin.get('/shelf/positions/new');
        const fields = { code: 'a01', last: 'a20', zone: 'Pared', capacity: '2' };
        for (let i = 0; i < 2; i++)
            assert.equal((await admin.submit(page, '/shelf/positions', fields)).status, 303);
        assert.equal(await s.value("SELECT count(*) FROM positions WHERE zone = 'Pared'"), 20);
        assert.equal(await audited('position_add'), 1);
        const twice = await add({ code: 'A20', last: 'A25' });
        assert.equal(twice.status, 409);
        assert.match(twice.words, /Ya existe la posición A20\. No se agregó ninguna/);
        assert.equal(twice.form('/shelf/positions').fields.last, 'A25');
        assert.equal(await s.value("SELECT count(*) FROM positions WHERE code = 'A21'"), 0);
        assert.match((await reader.get('/shelf?zone=Pared')).words, /0 de 40 ocupados · 40 libres/);
        assert.equal((await oper.get('/shelf/positions')).status, 403);
        assert.equal((await api.post('/api/v1/positions', { json: {} })).status, 403);
    });

    test('bad ones are named and nothing typed is lost', async () => {
        for (const [field, value, words] of [['code', 'ESTANTE 1', /letras, cifras o guiones/], ['code', 'ABC234', /código de consulta/],
            ['last', 'D5', /Escriba hasta dónde va la serie/], ['capacity', '-1', /entre 0 y 1000/],
            ['zone', '', /hace falta/], ['size_class', 'ENORME', /Elija una/]]) {
            const page = await add({ code: 'C01', zone: 'Nueva', [field]: value });
            assert.equal(page.status, 422, `${field} ${value}: ${page.words}`);
            assert.match(page.text, new RegExp(`href="#f-${field}"`));
            assert.match(page.words, words);
            assert.equal(page.form('/shelf/positions').fields[field === 'zone' ? 'code' : 'zone'], field === 'zone' ? 'C01' : 'Nueva');
        }
    });

    test('what is received goes by itself to a position of its size', async () => {
        const page = await add({ code: 'G01', zone: 'Grandes', size_class: 'EXTRA_DIMENSIONADO', capacity: '1' });
        assert.equal(page.status, 303);
        assert.match((await admin.get('/shelf/positions?zone=Grandes')).words, /G01 Grandes orden \d+ Extra/);
        assert.equal(await where(await received(s, oper, new_guide(), { type: 'EXTRA_DIMENSIONADO' })), 'G01');
    });

    test('never hold less than what lies there, and one without limit stays in use', async () => {
        await on('60');
        const id = await s.value("SELECT id FROM positions WHERE code = '60'");
        const edit = async (of, fields) => admin.submit(await admin.get(`/shelf/positions/${of}`), `/shelf/positions/${of}`, fields);
        const off = await edit(id, { is_active: '0' });
        assert.equal(off.status, 409);
        assert.match(off.words, /En la posición 60 hay 1 paquetes: muévalos antes de sacarla de uso/);
        const saved = await edit(id, { zone: 'Frío', capacity: '4' });
        assert.equal(saved.status, 303);
        assert.match((await admin.follow(saved)).words, /Posición 60 guardada/);
        await s.sql('UPDATE positions SET used = 3 WHERE id = ?1', id);
        const less = await edit(id, { capacity: '2' });
        assert.match(less.words, /hay 3 paquetes: la capacidad no puede ser menor/);
        await s.sql('UPDATE positions SET used = 1 WHERE id = ?1', id);
        const piso = await s.value("SELECT id FROM positions WHERE code = 'PISO'");
        assert.match((await edit(piso, { is_active: '0' })).words, /PISO es la única posición sin límite en uso/);
        const change = JSON.parse(await s.value("SELECT details FROM audit_log WHERE action = 'position_change' ORDER BY id DESC LIMIT 1"));
        assert.deepEqual([change.before.zone, change.after.zone], ['Estante 4', 'Frío']);
    });

    test('PATCH changes what it is given, if nobody came before', async () => {
        const { id } = (await s.sql("SELECT id FROM positions WHERE code = '61'"))[0], path = `/api/v1/positions/${id}`;
        const patch = (json, headers = {}) => chief.request('PATCH', path, { json, headers });
        const read = await api.get(path);
        assert.match(read.headers.etag, /^"\d+"$/);
        const done = await patch({ capacity: 0 }, { 'If-Match': read.headers.etag });
        assert.equal(done.status, 200, done.text);
        assert.deepEqual(done.json, { ...read.json, capacity: null, version: read.json.version + 1 });
        assert.deepEqual((await patch({ capacity: 3, is_active: false }, { 'If-Match': `W/${done.headers.etag}` })).json,
            { ...read.json, capacity: 3, is_active: false, version: read.json.version + 2 });
        for (const tag of [read.headers.etag, done.headers.etag, '"abc"', 'x'])
            assert.equal((await patch({ zone: 'Tarde' }, { 'If-Match': tag })).status, 412, tag);
        assert.equal((await patch({ code: '99' })).status, 422);
        assert.equal((await patch({ is_active: true })).json.zone, read.json.zone);
    });

    test('of two who change one the second is told, with what is there now', async () => {
        const id = await s.value("SELECT id FROM positions WHERE code = '62'"), path = `/shelf/positions/${id}`;
        const page = await admin.get(path);
        assert.equal((await admin.submit(await admin.get(path), path, { zone: 'Primera' })).status, 303);
        const late = await admin.submit(page, path, { zone: 'Segunda' });
        assert.equal(late.status, 412);
        assert.match(late.words, /Alguien cambió esta posición mientras usted lo hacía.*Como está ahora: zona Primera/);
        assert.equal(late.form(path).fields.zone, 'Segunda');
        assert.equal((await admin.submit(late, path, {})).status, 303);
    });
});

describe('an audit', () => {
    const begin = async (fields) => {
        const answer = await oper.submit(await oper.get('/shelf/audit'), '/shelf/audit', fields);
        assert.equal(answer.status, 303, answer.words);
        return oper.follow(answer);
    };
    const id_of = (page) => Number(page.text.match(/action="\/shelf\/audit\/(\d+)\/scan"/)[1]);
    const scan = (page, text) => oper.submit(page, `/shelf/audit/${id_of(page)}/scan`, { scan: text });
    const scanned = async (page, text) => {
        const answer = await scan(page, text);
        assert.equal(answer.status, 303, answer.words);
        return oper.follow(answer);
    };
    // The button of one box among several that lead to the same address.
    const press = (page, what, box) => {
        const { csrf, operation_id } = page.form(`/shelf/audit/${id_of(page)}/${what}`).fields;
        return oper.post(`/shelf/audit/${id_of(page)}/${what}`, { form: { csrf, operation_id, box, position: page.form(`/shelf/audit/${id_of(page)}/scan`).fields.position } });
    };
    const box = (p, id) => s.value('SELECT id FROM shelf_audit_boxes WHERE package_id = ?1 AND audit_id = ?2', p.id, id);

    test('is scanned shelf by shelf and loses nothing with the page', async () => {
        const [a, b, c] = [await on('00'), await on('01'), await on('02')];
        let page = await begin({ zone: 'Estante 1' });
        assert.match(page.words, /0 de 20/);
        const early = await scan(page, a.guide_number);
        assert.equal(early.status, 409);
        assert.match(early.words, /Escanee primero la etiqueta de una posición/);
        page = await scanned(page, '00');
        assert.match(page.words, new RegExp(`Faltan ${a.guide_number}`));
        page = await scanned(page, a.guide_number);
        assert.match(page.words, /En su sitio · /);
        assert.match((await scanned(page, a.guide_number)).words, /Ya estaba contada aquí/);
        page = await scanned(page, c.guide_number);
        assert.match(page.text, /verdict-bad" role="alert" data-sound="bad"/);
        assert.match(page.words, /Es de la posición 02/);
        page = await scanned(page, 'NADIE55555');
        assert.match(page.words, /Ningún paquete tiene esa guía/);
        const id = id_of(page);
        const again = await oper.get(`/shelf/audit/${id}`);          // another window, or after a fall of the line
        assert.match(again.words, /Posición 00 .*1 en su sitio/);
        assert.match(again.words, new RegExp(`De otra posición ${c.guide_number}`));
        assert.match((await oper.get('/shelf/audit')).words, /Estante 1 Óscar Operador · hoy [\d:]+ · 1 de 20 posiciones/);
        assert.equal((await scan(page, '41')).status, 409);
        assert.match((await scan(page, 'x1')).words, /«x1» no es una posición ni una guía/);
        const full = await press(page, 'place', await box(c, id));
        assert.equal(full.status, 409);
        assert.match(full.words, /La posición 00 está ocupada/);
        assert.equal((await scan(full, a.guide_number)).status, 303, 'the page goes on');
        page = await scanned(again, '01');
        page = await oper.follow(await press(page, 'absent', await box(b, id)));
        assert.match(page.words, /no está: sin posición/);
        assert.equal(await where(b), undefined);
        page = await scanned(page, c.guide_number);
        assert.match(page.words, /Se había leído en 00/);
        page = await oper.follow(await press(page, 'place', await box(c, id)));
        assert.match(page.words, /registrada aquí/);
        assert.equal(await where(c), '01');
        assert.equal(await events(c, 'INVENTARIO'), 1);
        const left = await oper.submit(page, `/shelf/audit/${id}/finish`);
        assert.equal(left.status, 422);
        assert.match(left.words, /Quedan 18 posiciones sin contar/);
        const done = await oper.submit(page, `/shelf/audit/${id}/finish`, { partial: '1' });
        assert.equal(done.status, 303, done.words);
        const result = await oper.follow(done);
        assert.match(result.words, /2 de 20 posiciones contadas 1 de 2 en su sitio 1 faltaron 1 de otra posición 1 no eran del estante 2 corregidas/);
        assert.equal((await oper.submit(page, `/shelf/audit/${id}/finish`, { partial: '1' })).status, 303, 'a twin');
        assert.equal((await scan(page, '02')).status, 409, 'it is over');
        assert.match((await reader.get('/dashboard')).words, /Último inventario .*Óscar Operador · Estante 1, 2 de 20 posiciones · 3 diferencias ?, 2 corregidas/);
        assert.match((await reader.get('/shelf')).words, new RegExp(`Un paquete sin posición .*${b.guide_number}`));
        assert.match((await oper.get(`/packages/${b.id}`)).words, /No estaba en su posición en el inventario · posición 01/);
        await s.paqueteria(['package', 'verify']);
    });

    test('of the API does the same, and a twin is answered as the first', async () => {
        const p = await on('20');
        const start = await api.post('/api/v1/shelf-audits', { json: { position: '20' } });
        assert.equal(start.status, 201, start.text);
        const base = `/api/v1/shelf-audits/${start.json.id}`;
        assert.equal((await api.post('/api/v1/shelf-audits', { json: { zone: 'Estante 2' } })).status, 409);
        assert.equal((await api.post('/api/v1/shelf-audits', { json: {} })).status, 409);
        const unopened = await api.post(`${base}/scans`, { json: { scan: p.guide_number, position: '20' } });
        assert.deepEqual([unopened.json.position, unopened.json.box.kind, unopened.json.again], ['20', 'EN_SU_SITIO', false]);
        assert.equal((await api.post(`${base}/scans`, { json: { scan: p.tracking_code } })).json.again, true);
        assert.equal((await api.post(`${base}/scans`, { json: { scan: '' } })).json.errors[0].pointer, '#/scan');
        assert.equal((await api.post(`${base}/finish`, { json: {} })).status, 400, 'it needs a key');
        const headers = key();
        const done = await api.post(`${base}/finish`, { json: {}, headers });
        assert.deepEqual([done.json.counted, done.json.seen, done.json.differences], [1, 1, 0], done.text);
        const twin = await api.post(`${base}/finish`, { json: {}, headers });
        assert.equal(twin.headers['idempotent-replayed'], 'true');
        assert.deepEqual(twin.json, done.json);
        assert.equal((await api.get('/api/v1/shelf-audits')).json.items[0].id, start.json.id);
        assert.equal((await (await s.token('USUARIO')).get('/api/v1/shelf-audits')).status, 403);
    });

    test('two people scan the same box at once and it counts once', async () => {
        const p = await on('21');
        const { id } = (await api.post('/api/v1/shelf-audits', { json: { position: '21' } })).json;
        const answers = await Promise.all([api, chief, api, chief].map((who) =>
            who.post(`/api/v1/shelf-audits/${id}/scans`, { json: { scan: p.guide_number, position: '21' } })));
        assert.deepEqual(answers.map((a) => a.status), [200, 200, 200, 200]);
        assert.equal(answers.filter((a) => a.json.again).length, 3);
        assert.equal(await s.value('SELECT count(*) FROM shelf_audit_boxes WHERE audit_id = ?1', id), 1);
        await api.post(`/api/v1/shelf-audits/${id}/finish`, { json: {}, headers: key() });
    });

    test('in which nothing was counted is thrown away', async () => {
        const page = await begin({ position: '30' });
        const id = id_of(page);
        assert.equal((await oper.submit(page, `/shelf/audit/${id}/discard`)).status, 303);
        assert.equal((await oper.get(`/shelf/audit/${id}`)).status, 404);
        const both = await oper.submit(await oper.get('/shelf/audit'), '/shelf/audit', { zone: 'Estante 2', position: '30' });
        assert.equal(both.status, 422);
        assert.match(both.words, /Elija una zona o una posición, no las dos/);
        assert.equal(both.form('/shelf/audit').fields.zone, 'Estante 2');
        assert.equal((await reader.get('/shelf/audit')).status, 403);
    });
});

test('a parcel more than the shelf holds goes to the overflow, and without one is refused by name', async () => {
    const free = await s.sql('SELECT code FROM positions WHERE is_active = 1 AND used < capacity');
    await s.sql('UPDATE positions SET is_active = 0 WHERE used < capacity');
    assert.equal(await where(await received(s, oper, new_guide())), 'PISO');
    await s.sql("UPDATE positions SET is_active = 0 WHERE code = 'PISO'");
    const guide = new_guide();
    const page = await oper.submit(await oper.get(`/receive?guide=${guide}`), '/receive');
    assert.equal(page.status, 409);
    assert.match(page.words, /No hay posiciones libres/);
    assert.equal(await row(s, guide), undefined);
    assert.ok(free.length > 0);
});
