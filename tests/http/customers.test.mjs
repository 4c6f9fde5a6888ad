// Customers: the pages and the API of the people of the point.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { unzip, xlsx, zip } from '../helpers/xlsx.mjs';
import { e164, hand_over, new_guide, new_phone, on_shelf, pickup_code } from '../helpers/shop.mjs';

let s, pub, admin, oper, reader, api, chief;
before(async () => {
    s = await System.start({ announce_per_hour: 1000, undo_s: 2 });
    pub = s.client();
    ({ admin, oper } = await s.browsers());
    reader = await s.as('USUARIO');
    api = await s.token('OPERADOR');
    chief = await s.token('ADMIN');
});
after(() => s?.stop());

const create = async (fields) => oper.submit(await oper.get('/customers/new'), '/customers', fields);
const id_in = (answer) => Number(/\/customers\/(\d+)$/.exec(answer.headers.location)[1]);
const made = async (fields) => {
    const answer = await create(fields);
    assert.equal(answer.status, 303, answer.words);
    return id_in(answer);
};

test('a customer is created, found without accents by what a clerk types, and shown with their home', async () => {
    const id = await made({ name: 'Íngrid Ñáñez', phone: '300 555 7001', tower: '7', apartment: '701', document_type: 'CC',
        document_number: '1.090.001' });
    for (const q of ['nanez', 'ÍNGRID', '7001', '1090001', 'torre 7 apto 701', '300 555 7001']) {
        const page = await reader.get(`/customers/manage?q=${encodeURIComponent(q)}`);
        assert.match(page.text, new RegExp(`href="/customers/${id}"`), q);
    }
    const page = await reader.get(`/customers/${id}`);
    assert.match(page.words, /Íngrid Ñáñez/);
    assert.match(page.words, /torre 7 · apto 701/);
    assert.doesNotMatch(page.text, /\/edit"/, 'who may only read sees no way to change');
    assert.equal((await reader.get('/customers/new')).status, 403);
    assert.equal((await oper.get('/customers')).headers.location, '/customers/manage');
});

test('what is wrong is named at its field, and nothing typed is lost', async () => {
    const wrong = await create({ name: 'X', phone: '123', email: 'nada', notes: 'Timbre dañado\nTocar', is_vip: '1' });
    assert.equal(wrong.status, 422);
    for (const field of ['name', 'phone', 'email'])
        assert.match(wrong.text, new RegExp(`href="#f-${field}"`), field);
    const fields = wrong.form('/customers').fields;
    assert.deepEqual([fields.name, fields.phone, fields.email, fields.notes, fields.is_vip],
        ['X', '123', 'nada', 'Timbre dañado\nTocar', '1']);
});

test('who may be there already is shown as one types, and refused until the clerk says that it is another', async () => {
    const first = await made({ name: 'Rosa Peña', phone: '300 555 7010', tower: '2', apartment: '301' });
    const hint = await oper.request('GET', '/customers/check-duplicate?name=rosa%20pena&tower=2&apartment=301',
        { headers: { 'HX-Request': 'true' } });
    assert.match(hint.words, /Ya existe: Rosa Peña, torre 2 · apto 301.*usar/);
    assert.match(hint.text, new RegExp(`href="/customers/${first}"`));
    const refused = await create({ name: 'Rosa Peña Ríos', phone: '300 555 7010' });
    assert.equal(refused.status, 409);
    assert.match(refused.words, /Ya existe: Rosa Peña, torre 2 · apto 301/);
    const again = await oper.submit(refused, '/customers', { another: '1' });
    assert.equal(again.status, 303, again.words);
    const listed = await reader.get('/customers/duplicates');
    assert.match(listed.words, /Rosa Peña .*Rosa Peña Ríos .*El mismo celular/);
    const page = await oper.get('/customers/duplicates'), second = Number(again.location.split('/').pop());
    const said = await oper.follow(await oper.submit(page, `/customers/${first}/apart/${second}`));
    assert.match(said.words, /Anotado: son dos personas/);
    assert.doesNotMatch(said.words, /Rosa Peña Ríos/);
    const back = await oper.follow(await oper.submit(said, `/customers/${first}/together/${second}`));
    assert.match(back.words, /Rosa Peña .*Rosa Peña Ríos .*El mismo celular/);
    const program = await s.token('OPERADOR');
    assert.equal((await program.post(`/api/v1/customers/${second}/apart/${first}`)).status, 200, 'in either order');
    assert.doesNotMatch((await oper.get('/customers/duplicates')).words, /Rosa Peña Ríos/);
    assert.equal((await program.post(`/api/v1/customers/${second}/apart/${second}`)).status, 422);
    assert.match((await admin.get('/admin/audit?action=customer_apart')).words, /personas distintas.*Otra ficha/);
});

test('the detail has parcels, money and messages, and a phone that changes leads all to the new one', async () => {
    const p = await on_shelf(s, pub, oper), { customer_id: id } = await s.sql('SELECT customer_id FROM packages WHERE id = ?1', p.id).then((r) => r[0]);
    const page = await oper.get(`/customers/${id}`);
    assert.match(page.words, new RegExp(`Debe hoy ?\\$1\\.500`));
    assert.match(page.text, new RegExp(`href="/packages/${p.id}"`));
    assert.match(page.text, new RegExp(`href="/deliver\\?customer=${id}"`));
    const to = new_phone(), edit = await oper.get(`/customers/${id}/edit`);
    assert.equal((await oper.submit(edit, `/customers/${id}/edit`, { phone: to })).status, 303);
    assert.match((await s.sms_soon(to, /recibimos/)).message, /Codigo \d{6}/);
    assert.match((await oper.get(`/packages/${p.id}`)).words, /Cambió el celular de su dueño/);
});

test('what somebody else changed meanwhile is 412, and then can be saved', async () => {
    const id = await made({ name: 'Nora Doble', no_phone: '1', phone: '' }), page = await oper.get(`/customers/${id}/edit`);
    assert.equal(page.form(`/customers/${id}/edit`).fields.no_phone, '1');
    assert.equal((await oper.submit(page, `/customers/${id}/edit`, { tower: '1' })).status, 303);
    const late = await oper.submit(page, `/customers/${id}/edit`, { tower: '2' });
    assert.equal(late.status, 412);
    assert.match(late.words, /Otra persona cambió a este cliente/);
    assert.equal((await oper.submit(late, `/customers/${id}/edit`, {})).status, 303);
    assert.equal(await s.value('SELECT tower FROM customers WHERE id = ?1', id), '2');
});

test('the API creates once, changes what it is given with If-Match, and gives packages', async () => {
    const key = { 'Idempotency-Key': `cliente-${new_guide()}-0001` }, json = { name: 'Abel Api', phone: '300 555 7020', tower: '9' };
    const one = await api.request('POST', '/api/v1/customers', { json, headers: key });
    assert.equal(one.status, 201, one.text);
    const twice = await api.request('POST', '/api/v1/customers', { json, headers: key });
    assert.equal(twice.json.id, one.json.id);
    const other = await api.request('POST', '/api/v1/customers', { json });
    assert.equal(other.status, 409);
    const read = await api.get(`/api/v1/customers/${one.json.id}`);
    assert.deepEqual([read.json.full_name, read.json.home, read.json.account.waiting], ['Abel Api', 'torre 9', 0]);
    const patch = (body, etag) => api.request('PATCH', `/api/v1/customers/${one.json.id}`, { json: body, headers: { 'If-Match': etag } });
    const done = await patch({ is_vip: true, tower: '' }, read.headers.etag);
    assert.equal(done.status, 200, done.text);
    assert.deepEqual([done.json.is_vip, done.json.tower, done.json.phone], [true, null, e164('3005557020')]);
    assert.equal((await patch({ tower: '1' }, read.headers.etag)).status, 412);
    assert.equal((await patch({ tower: '1' }, '"nada"')).status, 412);
    assert.equal((await patch({ torre: '1' }, done.headers.etag)).status, 422);
    assert.deepEqual((await api.get(`/api/v1/customers/${one.json.id}/packages`)).json, { items: [], next: null });
    assert.equal((await api.get('/api/v1/customers/99999999')).status, 404);
});

test('a list of the API is paged to its end, each customer once', async () => {
    const seen = [];
    for (let next = 0; next !== null;) {
        const { json } = await api.get(`/api/v1/customers?limit=2${next ? `&before=${next}` : ''}`);
        seen.push(...json.items.map((c) => c.id));
        next = json.next;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, await s.value("SELECT count(*) FROM customers WHERE is_active = 1 AND search_key <> ''"));
});

test('the sheet is for administrators, and takes no formula from a name', async () => {
    await made({ name: '=SUMA(A1) Hoja', phone: '300 555 7030' });
    assert.equal((await oper.get('/customers/sheet')).status, 403);
    const sheet = await admin.get('/customers/sheet?q=hoja');
    assert.match(sheet.headers['content-type'], /^text\/csv/);
    assert.match(sheet.text, /'=SUMA\(A1\) Hoja;\+573005557030/);
});

test('a customer opts out and in again from their page', async () => {
    const id = await made({ name: 'Olga Callada', phone: '300 555 7040' });
    assert.equal((await oper.submit(await oper.get(`/customers/${id}`), `/customers/${id}/opt-out`, { is_out: '1' })).status, 303);
    assert.match((await oper.get(`/customers/${id}`)).words, /Pidió no recibir SMS/);
    assert.equal((await api.get(`/api/v1/customers/${id}`)).json.sms_opt_out, true);
});

test('two customers are compared, merged and taken apart again by an administrator, and a former address leads on', async () => {
    const kept = await made({ name: 'Sara Unida', phone: '300 555 7050' }), gone = await made({ name: 'Sara Unida Ríos', phone: '300 555 7051', another: '1' });
    assert.equal((await oper.get(`/customers/${kept}/merge`)).status, 403);
    assert.doesNotMatch((await oper.get(`/customers/${kept}`)).text, /\/merge"/);
    assert.match((await admin.get(`/customers/${kept}/merge?q=unida`)).text, new RegExp(`/customers/${kept}/merge\\?with=${gone}"`));
    const page = await admin.get(`/customers/${kept}/merge?with=${gone}`);
    assert.match(page.words, /Queda esta .*Sara Unida .*Se une a ella .*Sara Unida Ríos/);
    const blank = await admin.submit(page, `/customers/${kept}/merge`, { reason: '' });
    assert.equal(blank.status, 422, blank.words);
    assert.match(blank.words, /Se une a ella .*Sara Unida Ríos/);
    const done = await admin.submit(blank, `/customers/${kept}/merge`, { reason: 'Mostró la misma cédula' });
    assert.equal(done.status, 303, done.words);
    assert.equal((await admin.get(`/customers/${gone}`)).headers.location, `/customers/${kept}`);
    assert.equal((await api.get(`/api/v1/customers/${gone}`)).status, 404);
    const detail = await admin.follow(done);
    assert.match(detail.words, /Otra ficha se unió a esta .*300 555 7051/);
    const back = await admin.submit(detail, `/customers/${kept}/unmerge`, {});
    assert.equal(back.status, 303, back.words);
    assert.match((await admin.follow(back)).words, /Sara Unida Ríos/);
});

test('a merge with oneself is a clear error, and the API merges once for a key', async () => {
    const one = await made({ name: 'Tomás Uno', phone: '300 555 7060' }), two = await made({ name: 'Tomás Dos', phone: '300 555 7061' });
    const merge = (json, key = `union-${new_guide()}-000001`) => chief.request('POST', '/api/v1/customers/merge',
        { json, headers: { 'Idempotency-Key': key } });
    const self = await merge({ id: one, with: one, reason: 'no puede ser' });
    assert.equal(self.status, 422);
    assert.match(self.text, /Es la misma ficha/);
    const key = `union-${new_guide()}-000002`, json = { id: one, with: two, reason: 'misma cédula' };
    const first = await merge(json, key), again = await merge(json, key);
    assert.deepEqual([first.status, again.status, again.json.id], [200, 200, first.json.id], first.text);
    assert.equal((await chief.request('POST', `/api/v1/customers/merges/${first.json.id}/undo`, { json: {} })).status, 200);
    assert.equal((await chief.request('POST', `/api/v1/customers/merges/${first.json.id}/undo`, { json: {} })).status, 409);
});

test('who asks for it is erased, but not with a parcel on the shelf, and the money stays', async () => {
    const phone = new_phone(), p = await on_shelf(s, pub, oper, { name: 'Elsa Borrada', phone });
    const id = await s.value('SELECT customer_id FROM packages WHERE id = ?1', p.id), page = `/customers/${id}`;
    assert.equal((await oper.post(`${page}/erase`, { form: { csrf: 'x', sure: '1' } })).status, 403);
    const unsure = await admin.submit(await admin.get(page), `${page}/erase`, {});
    assert.equal(unsure.status, 422);
    const open = await admin.submit(await admin.get(page), `${page}/erase`, { sure: '1' });
    assert.equal(open.status, 409);
    assert.match(open.words, /Tiene 1 paquete en camino o por recoger/);
    await s.settled();
    assert.equal((await hand_over(oper, await pickup_code(pub, p), { method: 'nequi', reference: 'N-77' })).status, 303);
    const done = await admin.submit(await admin.get(page), `${page}/erase`, { sure: '1' });
    assert.equal(done.status, 303, done.words);
    assert.equal((await admin.get(page)).status, 404);
    assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 1);
    assert.doesNotMatch((await admin.get(`/packages/${p.id}`)).text, /Elsa|Borrada/);
    // No text of any table, asked from the schema, says name or phone any longer.
    const said = [];
    for (const { name: table } of await s.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"))
        for (const { name: column } of await s.sql(`SELECT name FROM pragma_table_info('${table}')`))
            if (await s.value(`SELECT count(*) FROM "${table}" WHERE CAST("${column}" AS TEXT) LIKE '%Elsa%' OR CAST("${column}" AS TEXT) LIKE '%${phone}%'`) > 0)
                said.push(`${table}.${column}`);
    assert.deepEqual(said, []);
    const list = await s.paqueteria(['customer', 'erased']);
    assert.match(list, new RegExp(`^${id} \\d+$`, 'm'));
    assert.equal((await chief.request('POST', `/api/v1/customers/${id}/erase`, { json: { sure: true } })).status, 404);
});

// ---- what somebody asks about their own data ----

const ask_for = (client, fields) => client.get('/privacy/request').then((page) => client.submit(page, '/privacy/request',
    { kind: 'CONSULTA', name: 'Petra Pide', content: 'Quiero saber qué datos míos tienen', consent: '1', ...fields }));
// The path of the link that a request's letter had.
const link_of = async (phone) => /\/privacy\/requests\/\w+/.exec((await s.sms_comes(phone, /privacy\/requests\//)).message)[0];
const newest = () => s.value('SELECT max(id) FROM privacy_requests');
const act = async (id, what, fields) => admin.submit(await admin.get(`/admin/privacy/${id}`), `/admin/privacy/${id}/${what}`, fields);
// Asked and proved by its link, whose address comes with the number.
const asked_and_proved = async (client, fields) => {
    assert.equal((await ask_for(client, fields)).status, 303);
    const id = await newest(), link = await link_of(fields.phone);
    assert.equal((await client.submit(await client.get(link), link)).status, 303);
    return { id, link };
};

test('whoever asks about their data proves by the link who they are, follows the request there, and gets the data from there', async () => {
    const phone = new_phone(), guide = new_guide();
    const p = await on_shelf(s, pub, oper, { name: 'Petra Pide', phone, guides: guide });
    const page = await pub.get('/privacy/request'), fields = { kind: 'CONSULTA', name: 'Petra Pide', phone, content: 'Secreto: qué saben de mí',
        consent: '1' };
    const twice = await Promise.all([1, 2].map(() => pub.submit(page, '/privacy/request', fields)));
    assert.deepEqual(twice.map((a) => a.location), ['/privacy/request/sent?by=sms', '/privacy/request/sent?by=sms']);
    assert.match((await pub.follow(twice[0])).words, /Recibimos su solicitud .*abra el enlace que le enviamos por SMS/);
    assert.equal(await s.value('SELECT count(*) FROM privacy_requests WHERE phone = ?1', e164(phone)), 1);
    const id = await newest(), link = await link_of(phone), closed = await pub.get(link);
    assert.match(closed.words, /¿Pidió usted esto\?/);
    assert.doesNotMatch(closed.text, /Secreto|Petra/, 'who has proved nothing reads nothing');
    assert.match((await admin.get('/admin/privacy?state=SIN_PROBAR')).words, /Petra Pide.*no ha probado quién es/);
    assert.equal((await act(id, 'close', { outcome: 'ATENDIDA', done: 'respuesta', answer: 'Aquí está todo' })).status, 409);
    assert.match((await pub.follow(await pub.submit(closed, link))).words, /Sabemos que es suya\. Le respondemos a más tardar el \d\d\/\d\d\/\d{4}/);
    assert.match((await admin.get(`/admin/privacy/${id}`)).words, /Secreto: qué saben de mí.*quedan 10 días hábiles|quedan 10 días hábiles.*Secreto/s);
    assert.equal((await act(id, 'identify', { customer_id: String(p.customer_id) })).status, 303);
    const end = await act(id, 'close', { outcome: 'ATENDIDA', done: 'datos', answer: 'Estos son todos sus datos.' });
    assert.equal(end.status, 303, end.words);
    await s.settled();
    await s.sms_comes(phone, /sus datos personales est.n listos/);
    const answered = await pub.get(link);
    assert.match(answered.words, /Estos son todos sus datos\..*Bajarlos en PDF/s);
    const data = await pub.get(`${link}/data`), pdf = await pub.get(`${link}/file`);
    assert.equal(data.json.person.full_name, 'Petra Pide');
    assert.deepEqual(data.json.parcels.map((k) => k.guide), [guide]);
    assert.ok(data.json.messages.length > 0 && data.json.consents.length > 0);
    assert.match(data.headers['content-disposition'], /^attachment/);
    assert.match(pdf.body.subarray(0, 5).toString('latin1'), /%PDF-/);
    for (const other of [`${link}x/data`, `${link.slice(0, -1)}/file`, `${link.slice(0, -2)}`])
        assert.equal((await pub.get(other)).status, 404, other);
    await s.sql('UPDATE privacy_requests SET data_until = 1 WHERE id = ?1', id);
    for (const way of ['data', 'file'])
        assert.equal((await pub.get(`${link}/${way}`)).status, 404, 'its time is over');
    assert.match((await admin.get('/admin/audit?action=privacy_close')).words, /Cerró una solicitud de datos personales/);
});

test('a request that is not complete says what is wrong and keeps what was typed', async () => {
    const bad = await ask_for(pub, { kind: 'RECLAMO', name: 'Ana 3', phone: '12', content: 'corto', consent: '' });
    assert.equal(bad.status, 422);
    for (const kept of ['value="12"', 'corto</textarea>', 'value="RECLAMO" checked'])
        assert.ok(bad.text.includes(kept), kept);
    assert.match(bad.words, /diez letras o más/);
    const nowhere = await ask_for(pub, { phone: '', email: '' });
    assert.match(nowhere.words, /comprobamos que es usted/);
    const api_bad = await pub.post('/api/v1/privacy-requests', { json: { kind: 'CONSULTA', content: 'Qué saben de mí', name: 'Ana Ruiz' } });
    assert.deepEqual(api_bad.json.errors.map((x) => x.pointer).sort(), ['#/consent', '#/phone']);
});

test('a phone that several have is not enough for the data of one; a clerk writes down the document that they showed', async () => {
    const phone = new_phone();
    const [mine] = [await on_shelf(s, pub, oper, { name: 'Quirina Una', phone }), await on_shelf(s, pub, oper, { name: 'Roque Dos', phone })];
    const { id, link } = await asked_and_proved(s.client(), { name: 'Quirina Una', phone });
    await act(id, 'identify', { customer_id: String(mine.customer_id) });
    const refused = await act(id, 'close', { outcome: 'ATENDIDA', done: 'datos', answer: 'Estos son sus datos' });
    assert.equal(refused.status, 409);
    assert.match(refused.words, /es de varias personas\. Pídale su documento/);
    assert.ok(refused.text.includes('Estos son sus datos</textarea>'));
    await act(id, 'identify', { customer_id: String(mine.customer_id), seen: 'cédula terminada en 5678' });
    assert.equal((await act(id, 'close', { outcome: 'ATENDIDA', done: 'datos', answer: 'Estos son sus datos' })).status, 303);
    const copy = (await pub.get(`${link}/data`)).text;
    assert.match(copy, /Quirina Una/);
    assert.doesNotMatch(copy, /Roque|Dos/);
});

test('a term is extended once, with a reason that the person reads; what was done is looked up in the audit log', async () => {
    const phone = new_phone(), mine = await on_shelf(s, pub, oper, { name: 'Sara Cambia', phone });
    const { id, link } = await asked_and_proved(s.client(), { kind: 'RECTIFICACION', name: 'Sara Cambia', phone });
    await act(id, 'identify', { customer_id: String(mine.customer_id) });
    assert.equal((await act(id, 'extend', { why: 'Esperamos su documento nuevo' })).status, 303);
    assert.match((await pub.get(link)).words, /Esperamos su documento nuevo/);
    assert.doesNotMatch((await admin.get(`/admin/privacy/${id}`)).text, /\/extend"/);
    assert.match((await act(id, 'close', { outcome: 'ATENDIDA', done: 'correccion', answer: 'Ya lo corregimos' })).words, /no consta que eso se hiciera/);
    const edit = await admin.get(`/customers/${mine.customer_id}/edit`);
    assert.equal((await admin.submit(edit, `/customers/${mine.customer_id}/edit`, { apartment: '909' })).status, 303);
    assert.equal((await act(id, 'close', { outcome: 'ATENDIDA', done: 'correccion', answer: 'Ya lo corregimos' })).status, 303);
    assert.match((await pub.get(link)).words, /Ya lo corregimos/);
});

test('an administrator takes out all that is known of a customer, by page, API and command; nobody else does', async () => {
    const mine = await on_shelf(s, pub, oper, { name: 'Tomasa Toda' }), at = `/customers/${mine.customer_id}`;
    const file = await admin.submit(await admin.get(at), `${at}/export`);
    assert.equal(file.json.person.full_name, 'Tomasa Toda');
    assert.equal((await chief.post(`/api/v1${at}/export`, { json: {} })).json.parcels.length, 1);
    assert.equal((await api.post(`/api/v1${at}/export`, { json: {} })).status, 403);
    assert.equal(JSON.parse(await s.paqueteria(['customer', 'export', String(mine.customer_id)])).person.id, mine.customer_id);
    for (const [who, status] of [[chief, 202], [api, 403]])
        assert.equal((await who.post('/api/v1/documents', { json: { kind: 'datos', subject_id: mine.customer_id } })).status, status);
    assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'privacy_data' AND object_id = ?1", mine.customer_id), 4);
});

test('nobody but an administrator sees the desk, and one link opens no other request', async () => {
    const phone = new_phone(), { id, link } = await asked_and_proved(s.client(), { phone, content: 'Solo para mis ojos' });
    for (const who of [oper, reader, pub])
        for (const path of ['/admin/privacy', `/admin/privacy/${id}`])
            assert.ok([303, 403].includes((await who.get(path)).status), path);
    for (let n = 1; n <= id + 1; n++)
        assert.equal((await pub.get(`/privacy/requests/${n}`)).status, 404);
    const other = await asked_and_proved(s.client(), { phone: new_phone(), content: 'Cosa de otra persona' });
    assert.doesNotMatch((await pub.get(other.link)).text, /Solo para mis ojos/);
    assert.match((await pub.get(link)).text, /Solo para mis ojos/);
});

test('what retention deleted last, and will tomorrow, stands on a page, which tells what is paused', async () => {
    assert.equal((await ask_for(s.client(), { phone: new_phone() })).status, 303);
    assert.match((await admin.get('/admin/retention')).words, /Fotos de paquetes que salieron se borran 30 días/);
    assert.doesNotMatch((await admin.get('/admin/retention')).words, /En pausa/);
    await s.sql('UPDATE privacy_requests SET at = at - 61 * 86400 WHERE due_day IS NULL AND closed_at IS NULL');
    await s.cron('retention');           // the clock may have done so too: who deletes is all the same
    await s.settled();
    assert.equal(await s.value('SELECT count(*) FROM privacy_requests WHERE due_day IS NULL AND closed_at IS NULL'), 0);
    assert.ok(await s.value("SELECT total FROM retention_runs WHERE name = 'unproved'") > 0);
    assert.match((await admin.get('/admin/retention')).words, /Solicitudes de datos sin identificar se borran 60 días \d+ · (hoy|ayer) \d\d:\d\d Mañana: 0/);
    const page = await admin.get('/admin/settings/policy');
    assert.equal((await admin.submit(page, '/admin/settings/policy', { 'retention.photo_days': '0' })).status, 303);
    assert.match((await admin.get('/admin/retention')).words, /Hay borrados en pausa.*Fotos de paquetes que salieron se borran En pausa/s);
    assert.equal((await admin.submit(await admin.get('/admin/settings/policy'), '/admin/settings/policy', { 'retention.photo_days': '30' })).status, 303);
    assert.equal((await oper.get('/admin/retention')).status, 403);
});

test('an incident of security is written down once, has its term, is reported and closed by an administrator alone', async () => {
    const today = new Date(Date.now() - 5 * 36e5).toISOString().slice(0, 10), form = await admin.get('/admin/incidents/new');
    const bad = await admin.submit(form, '/admin/incidents', { what: 'Se perdió el celular del mostrador', data: 'x', noticed_day: '2999-01-01' });
    assert.equal(bad.status, 422);
    assert.ok(bad.text.includes('Se perdió el celular del mostrador</textarea>'));
    const fields = { what: 'Se perdió el celular del mostrador', data: 'Nombres y celulares', noticed_day: today, people: '12' };
    const twice = await Promise.all([1, 2].map(() => admin.submit(form, '/admin/incidents', fields)));
    assert.equal(twice[0].location, twice[1].location);
    const at = twice[0].location;
    assert.match((await admin.get(at)).words, /Informar a la autoridad hasta el \d\d\/\d\d\/\d{4} quedan 1[45] días hábiles/);
    const stale = await admin.get(at);
    assert.equal((await admin.submit(await admin.get(at), at, { measures: 'Se cerró la sesión' })).status, 303);
    assert.equal((await admin.submit(stale, at, { measures: 'Otra cosa' })).status, 412);
    assert.match((await admin.submit(await admin.get(at), `${at}/close`, { ending: 'El celular apareció' })).words, /No se ha informado a la autoridad/);
    assert.equal((await admin.submit(await admin.get(at), `${at}/report`, { day: today, ref: '26-12345' })).status, 303);
    assert.match((await admin.get('/admin/incidents')).words, /Informado a la autoridad/);
    assert.equal((await admin.submit(await admin.get(at), `${at}/close`, { ending: 'El celular apareció, sin señas de uso' })).status, 303);
    assert.match((await admin.get('/admin/incidents?closed=1')).words, /Se perdió el celular del mostrador/);
    for (const who of [oper, reader])
        for (const path of ['/admin/incidents', at])
            assert.equal((await who.get(path)).status, 403, path);
    assert.deepEqual((await s.sql("SELECT action FROM audit_log WHERE object = 'security_incident' ORDER BY id")).map((x) => x.action),
        ['security_add', 'security_change', 'security_report', 'security_close']);
});

// ---- by file ----

const file = (data, name = 'residentes.csv') => ({ file: [{ name, type: 'text/csv', data }] });
const ended = (id) => poll(`import ${id}`, async () => {
    const im = (await chief.get(`/api/v1/customer-imports/${id}`)).json;
    return ['reading', 'writing'].includes(im.state) ? null : im;
}, 120000);
const read = async (data, name) => {
    const answer = await chief.post('/api/v1/customers/import', { form: {}, files: file(data, name) });
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.headers.location, `/api/v1/customer-imports/${answer.json.id}`);
    return ended(answer.json.id);
};
const rows_of = async (im, fate = '') => (await chief.pages(`/api/v1/customer-imports/${im.id}/rows?limit=200${fate && `&fate=${fate}`}`)).flat();
const write = async (im, json = {}) => {
    const answer = await chief.post(`/api/v1/customer-imports/${im.id}/start`, { json });
    assert.equal(answer.status, 202, answer.text);
    return ended(im.id);
};
// Processes of isolated jobs of this system.
const isolated = () => fs.readdirSync('/proc').filter((pid) => {
    try {
        return /^\d+$/.test(pid) && /paqueteria-job\0/.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
            && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(s.dir);
    } catch {
        return false;
    }
}).map(Number);
const person = (phone) => s.sql('SELECT * FROM customers WHERE phone = ?1 ORDER BY id', phone);

test('a file is looked at row by row, the errors first, and nothing is written before somebody says so', async () => {
    assert.equal((await oper.get('/customers/import')).status, 403);
    const form = await admin.get('/customers/import');
    const sent = await admin.submit(form, '/customers/import', {}, file('Residentes de la torre 5;;;\nNombre completo;Teléfono 1;Torre;Apto.\n'
        + 'Elena Archivo;300 555 7101;5;501\nX;12;5;502\n"Sin cierre;3005557102;5;503\nElena Archivo Ruiz;3005557101;5;501\n'));
    assert.equal(sent.status, 303, sent.words);
    const id = Number(/\/customers\/imports\/(\d+)$/.exec(sent.location)[1]);
    const im = await ended(id);
    assert.deepEqual([im.state, im.rows, im.errors, im.twins, im.fresh, im.written], ['read', 4, 2, 1, 1, 0]);
    assert.equal((await person('+573005557101')).length, 0);
    const page = await admin.get(sent.location);
    assert.match(page.words, /Todavía no se ha escrito nada.*Con error 2.*Puede estar ya 1.*Nuevo 1/);
    assert.match(page.words, /4 X Con error Celular: .*Nombre: .*5 .*abre comillas y no las cierra.*6 Elena Archivo Ruiz Puede estar ya Parece la misma persona de la fila 3/);
    const sheet = await admin.get(`/customers/imports/${id}/sheet`);
    assert.match(sheet.text, /Fila;Nombre completo;Teléfono 1;Torre;Apto\.;Qué pasa;Por qué\r\n4;X;12;5;502;Con error;/);
    const done = await admin.submit(page, `/customers/imports/${id}/start`);
    assert.equal(done.status, 303, done.words);
    assert.deepEqual(((x) => [x.state, x.written, x.skipped])(await ended(id)), ['done', 1, 0]);
    const [elena] = await person('+573005557101');
    assert.deepEqual([elena.full_name, elena.tower, elena.apartment, elena.known_at !== null], ['Elena Archivo', '5', '501', true]);
    assert.match((await admin.get('/admin/audit?action=customer_import')).words, /Importó clientes de un archivo/);
    assert.equal((await admin.submit(page, `/customers/imports/${id}/start`)).location, done.location, 'a second click does nothing');
    assert.equal((await chief.post(`/api/v1/customer-imports/${id}/start`, { json: {} })).status, 409);
});

test('each way in which programs write a list is read: letters, separators, quotes and ends of lines', async () => {
    const text = 'Nombre;Celular;Notas\r\nÑandú Peña;3005557110;"Timbre ""dañado""; tocar"\r\nJosé Muñoz;3005557111;\r\n';
    const utf16 = (big) => { const b = Buffer.from(`\ufeff${text}`, 'utf16le'); return big ? b.swap16() : b; };
    const ways = { 'utf-8': Buffer.from(text), marked: Buffer.from(`\ufeff${text}`), latin: Buffer.from(text, 'latin1'), le: utf16(false), be: utf16(true),
        unmarked: Buffer.from(text, 'utf16le'), comma: Buffer.from('Nombre,Celular,Notas\nÑandú Peña,3005557110,"Timbre ""dañado""; tocar"\nJosé Muñoz,3005557111,\n'),
        tab: Buffer.from('Nombre\tCelular\tNotas\nÑandú Peña\t3005557110\tTimbre "dañado"; tocar\nJosé Muñoz\t3005557111\t\n'),
        old: Buffer.from('sep=;\rNombre;Celular;Notas\rÑandú Peña;3005557110;"Timbre ""dañado""; tocar"\rJosé Muñoz;3005557111;\r') };
    for (const [way, data] of Object.entries(ways)) {
        const im = await read(data);
        assert.deepEqual([im.state, im.fresh, im.errors], ['read', 2, 0], `${way}: ${im.error} ${JSON.stringify(await rows_of(im))}`);
        assert.deepEqual((await rows_of(im)).map((r) => r.name), ['Ñandú Peña', 'José Muñoz'], way);
        if (way === 'be')
            await write(im);
        else
            assert.equal((await chief.post(`/api/v1/customer-imports/${im.id}/cancel`)).json.state, 'cancelled');
        if (way === 'be')
            assert.equal((await person('+573005557110'))[0].notes, 'Timbre "dañado"; tocar');
        if (way === 'be')
            await s.sql("UPDATE customers SET phone = NULL, search_key = '', is_active = 0 WHERE phone IN ('+573005557110', '+573005557111')");
    }
});

test('a workbook is read: numbers that Excel shortens, merged cells, texts that cells share', async () => {
    const im = await read(xlsx([['Conjunto Los Robles'], [], ['Nombres', 'Apellidos', 'Celular', 'Bloque', 'Casa', 'Cédula'],
        ['Amalia', 'Libro', { v: '3.005557120E9' }, 'B1', 101, 1090000001], ['Bruno', 'Libro', 3005557121, null, 102, null],
        ['Ciro', 'Libro', '3.00555E+09', null, 103, null], ['Dora', 'Libro', { v: '3005557123.0' }, 'B2', 201, null]],
    { merges: ['A1:F1', 'D4:D6'] }), 'residentes.xlsx');
    assert.deepEqual([im.state, im.fresh, im.errors], ['read', 3, 1], `${im.error} ${JSON.stringify(await rows_of(im))}`);
    assert.match(im.format, /XLSX · hoja «Residentes»/);
    assert.match((await rows_of(im, 'error'))[0].words, /Celular: La hoja guardó 3\.00555E\+09 y perdió dígitos/);
    await write(im);
    const [bruno] = await person('+573005557121'), [amalia] = await person('+573005557120');
    assert.deepEqual([bruno.full_name, bruno.tower, bruno.apartment, amalia.document_type, amalia.document_number],
        ['Bruno Libro', 'B1', '102', 'CC', '1090000001']);
    assert.equal((await person('+573005557123')).length, 1);
});

test('what is no spreadsheet, or would be a bomb, is refused with a sentence', async () => {
    for (const [name, data] of [['lista.pdf', '%PDF-1.7'], ['lista.xlsx', 'Nombre;Celular\nA B;3005557130\n'], ['lista.csv', xlsx([['Nombre']])], ['lista', 'x']])
        assert.equal((await chief.post('/api/v1/customers/import', { form: {}, files: file(data, name) })).status, 422, name);
    const sheet = (xml) => xlsx([['Nombre', 'Celular']], { parts: { 'xl/worksheets/sheet1.xml': xml } });
    const good = xlsx([['Nombre', 'Celular'], ['Ana Zip', 3005557131]]);
    const bad = {
        pages: ['a.csv', Buffer.from('%PDF-1.7 no'), /Es un PDF/], excel: ['a.csv', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /Excel antiguo/],
        nothing: ['a.csv', '\n\n  \n', /no tiene filas/], titles: ['a.csv', 'hola;mundo\n1;2\n', /fila de los títulos/],
        bare: ['a.csv', 'Nombre;Celular\n', /Debajo de los títulos no hay filas/],
        cut: ['a.xlsx', good.subarray(0, good.length / 2), /dañado/],
        bomb: ['a.xlsx', xlsx([['Nombre', 'Celular']], { parts: { 'xl/worksheets/sheet1.xml': Buffer.alloc(20 << 20, 'a') } }), /demasiado grande por dentro/],
        huge: ['a.xlsx', xlsx([['Nombre', 'Celular']], { parts: { 'xl/x.xml': 'x' }, said: { 'xl/x.xml': 60 << 20 } }), /demasiado grande por dentro/],
        many: ['a.xlsx', zip(Object.fromEntries([...Array(1100).keys()].map((i) => [`${i}.xml`, 'x']))), /demasiado grande por dentro/],
        slip: ['a.xlsx', xlsx([['Nombre', 'Celular']], { parts: { '../../etc/x': 'x' } }), /dañado/],
        nested: ['a.xlsx', xlsx([['Nombre', 'Celular']], { parts: { 'xl/otro.zip': zip({ a: 'a' }) } }), /dañado/],
        entities: ['a.xlsx', sheet('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'), /dañado/],
        broken: ['a.xlsx', sheet('<worksheet><sheetData><row>'), /dañado/],
    };
    for (const [what, [name, data, why]] of Object.entries(bad)) {
        const im = await read(data, name);
        assert.equal(im.state, 'failed', what);
        assert.match(im.error, why, what);
        assert.match((await admin.get(`/customers/imports/${im.id}`)).words, why, what);
    }
    assert.deepEqual((await s.sql("SELECT count(*) AS n FROM customer_imports WHERE spool_path IS NOT NULL"))[0].n, 0);
});

test('an import changes nobody\'s name, phone, document or confirmed e-mail, and says what it leaves and what it fills in', async () => {
    const id = await made({ name: 'Fermín Lista', phone: '300 555 7140', tower: '1', apartment: '11', document_type: 'CC', document_number: '1090714' });
    await s.sql("UPDATE customers SET email = 'fermin@example.com', email_confirmed_at = 5 WHERE id = ?1", id);
    const csv = 'Nombre;Celular;Correo;Torre;Apto;Tipo de documento;Documento;VIP\n'
        + 'Fermin Lista Gil;3005557140;otro@example.com;2;;;;sí\nFermín Lista;3005557149;;;;C.C.;1.090.714;\nOtra Persona;3005557141;;;;CC;1090714;\n';
    const im = await read(csv);
    const found = await rows_of(im);
    assert.deepEqual(found.map((r) => [r.line, r.fate]), [[4, 'error'], [2, 'cambia'], [3, 'igual']]);
    assert.match(found[0].words, /Documento: ya es de Fermín Lista/);
    assert.match(found[1].words, /Torre: 1 → 2; ahora VIP\. Se deja el nombre Fermín Lista\. Se deja el correo confirmado fermin@example\.com/);
    assert.match(found[2].words, /Se deja el celular 300 555 7140/);
    assert.deepEqual((await write(im)).written, 1);
    const [now] = await s.sql('SELECT * FROM customers WHERE id = ?1', id);
    assert.deepEqual([now.full_name, now.phone, now.email, now.email_confirmed_at, now.tower, now.apartment, now.is_vip],
        ['Fermín Lista', '+573005557140', 'fermin@example.com', 5, '2', '11', 1]);
    const again = await read(csv);
    assert.deepEqual([again.same, again.changes, again.errors], [2, 0, 1], 'the same file once more changes nothing');
});

test('who was changed after the file was looked at, or came by another way, is left out and said', async () => {
    const id = await made({ name: 'Gala Tarde', phone: '300 555 7150', tower: '1' });
    const im = await read('Nombre;Celular;Torre\nGala Tarde;3005557150;3\nHugo Tarde;3005557151;3\n');
    assert.deepEqual([im.changes, im.fresh], [1, 1]);
    await s.sql("UPDATE customers SET notes = 'Llamar' WHERE id = ?1", id);
    await made({ name: 'Hugo Tarde', phone: '300 555 7151' });
    const done = await write(im);
    assert.deepEqual([done.state, done.written, done.skipped], ['done', 0, 2]);
    assert.match((await rows_of(im)).map((r) => `${r.state} ${r.words}`).join(), /omitida La ficha cambió.*omitida Mientras tanto/);
    assert.equal((await person('+573005557151')).length, 1);
});

test('a thousand rows, every third broken, go in once though the process that writes them is killed, and out as a workbook', async () => {
    const line = (i) => (i % 3 === 2 ? `N${i};12345;9;${i}` : `Persona ${String.fromCharCode(65 + i % 26)}${i} Mil;30055${String(60000 + i)};9;${i}`);
    const im = await read(`Nombre;Celular;Torre;Apto\n${[...Array(1000).keys()].map(line).join('\n')}\n`);
    assert.deepEqual([im.rows, im.errors], [1000, 333]);
    assert.equal((await chief.post(`/api/v1/customer-imports/${im.id}/start`, { json: { with_twins: true } })).status, 202);
    await poll('some are written', async () => (await chief.get(`/api/v1/customer-imports/${im.id}`)).json.written > 0, 120000);
    for (const pid of isolated())
        process.kill(pid, 'SIGKILL');
    const done = await ended(im.id);
    assert.deepEqual([done.state, done.written, done.skipped], ['done', 667, 0]);
    assert.equal(await s.value("SELECT count(*) FROM customers WHERE tower = '9' AND full_name LIKE 'Persona%Mil'"), 667);
    const asked = await chief.post('/api/v1/customers/export', { json: { q: 'persona mil' } });
    assert.equal(asked.status, 202, asked.text);
    const out = await poll('the workbook', async () => {
        const x = (await chief.get(`/api/v1/customer-exports/${asked.json.id}`)).json;
        return x.state === 'pending' ? null : x;
    }, 120000);
    assert.deepEqual([out.state, out.rows, out.format], ['ready', 667, 'xlsx']);
    const book = await chief.get(`/api/v1/customer-exports/${out.id}/file`);
    const parts = unzip(book.body), sheet = parts['xl/worksheets/sheet1.xml'];
    assert.equal((sheet.match(/<row /g) ?? []).length, 668);
    assert.match(sheet, /state="frozen"/);
    assert.doesNotMatch(sheet, /<f>/);
    const back = await read(book.body, 'clientes.xlsx');
    assert.deepEqual([back.rows, back.same, back.errors], [667, 667, 0], 'the sheet that goes out comes in, and changes nobody');
});
