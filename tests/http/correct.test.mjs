// Corrections after the time to undo: the form, PATCH with its ETag, and what both refuse.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { announced, e164, new_guide, new_phone, on_shelf, pickup_code, quote, row } from '../helpers/shop.mjs';

let s, pub, admin, oper, chief, api;
before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    pub = s.client();
    admin = await s.as('ADMIN');
    oper = await s.as('OPERADOR');
    chief = await s.token('ADMIN');
    api = await s.token('OPERADOR');
});
after(() => s?.stop());

const form = (p) => admin.get(`/packages/${p.id}/correct`);
const correct = async (p, fields) => admin.submit(await form(p), `/packages/${p.id}/correct`, fields);
const patch = (p, json, headers = {}) => chief.request('PATCH', `/api/v1/packages/${p.id}`, { json, headers });
const events = (p) => s.value("SELECT count(*) FROM package_events WHERE package_id = ?1 AND kind = 'MODIFICACION'", p.id);

test('the type is corrected by an administrator: the fee follows and the history says so', async () => {
    const p = await on_shelf(s, pub, oper);
    assert.match((await admin.get(`/packages/${p.id}`)).text, new RegExp(`href="/packages/${p.id}/correct"`));
    const done = await correct(p, { type: 'EXTRA_DIMENSIONADO', reason: 'se midió otra vez' });
    assert.equal(done.status, 303, done.words);
    const page = await admin.follow(done);
    assert.match(page.words, /Paquete corregido\./);
    assert.match(page.words, /Corregido: tipo NORMAL → EXTRA_DIMENSIONADO · se midió otra vez/);
    assert.match(page.words, /Debe hoy ?\$2\.000/);
    assert.equal(await events(p), 1, 'nothing else was touched');
});

test('it is for administrators alone', async () => {
    const p = await on_shelf(s, pub, oper);
    assert.equal((await oper.get(`/packages/${p.id}/correct`)).status, 403);
    assert.doesNotMatch((await oper.get(`/packages/${p.id}`)).text, /\/correct"/);
    assert.equal((await api.request('PATCH', `/api/v1/packages/${p.id}`, { json: { carrier: 'TCC', reason: 'no puede' } })).status, 403);
});

test('what is wrong is named at its field, and nothing typed is lost', async () => {
    const p = await on_shelf(s, pub, oper), other = await on_shelf(s, pub, oper);
    for (const [fields, status, field, words] of [
        [{ reason: 'nada cambió' }, 422, null, /No hay nada que corregir/],
        [{ carrier: 'TCC', reason: '' }, 422, 'reason', /hace falta/],
        [{ carrier: 'TCC', guide: other.guide_number, reason: 'mal leída' }, 409, 'guide', /ya está anunciada o recibida/],
        [{ carrier: 'TCC', name: 'Sin Celular', reason: 'es de otra' }, 422, 'phone', /celular/],
        [{ carrier: 'TCC', condition: 'ABIERTO', observations: 'Esquina abierta', reason: 'se vio después' }, 422, 'condition', /al menos una foto/],
    ]) {
        const answer = await correct(p, fields);
        assert.equal(answer.status, status, answer.words);
        assert.match(answer.words, words);
        if (field)
            assert.match(answer.text, new RegExp(`href="#f-${field}"`));
        const again = answer.form(`/packages/${p.id}/correct`).fields;
        assert.equal(again.carrier, fields.carrier ?? '');
    }
    assert.equal(await events(p), 0);
});

test('what somebody else changed meanwhile is 412, shown beside what was typed, and then can be saved', async () => {
    const p = await on_shelf(s, pub, oper), page = await form(p);
    assert.equal((await correct(p, { carrier: 'Envía', reason: 'la otra persona' })).status, 303);
    const late = await admin.submit(page, `/packages/${p.id}/correct`, { carrier: 'TCC', reason: 'yo también' });
    assert.equal(late.status, 412);
    assert.match(late.words, /Alguien cambió este paquete mientras usted lo corregía/);
    assert.match(late.words, /Como está ahora .*Envía/);
    assert.equal(late.form(`/packages/${p.id}/correct`).fields.carrier, 'TCC');
    assert.equal((await admin.submit(late, `/packages/${p.id}/correct`, {})).status, 303);
    assert.equal((await row(s, p.guide_number)).carrier, 'TCC');
});

test('PATCH changes what it is given, if nobody came before', async () => {
    const p = await on_shelf(s, pub, oper), read = await chief.get(`/api/v1/packages/${p.id}`);
    assert.match(read.headers.etag, /^"\d+"$/);
    const done = await patch(p, { carrier: 'Envía', declared_value: 80000, reason: 'de la caja' }, { 'If-Match': read.headers.etag });
    assert.equal(done.status, 200, done.text);
    assert.deepEqual([done.json.carrier, done.json.declared_value, done.json.type], ['Envía', 80000, 'NORMAL']);
    assert.notEqual(done.headers.etag, read.headers.etag);
    for (const tag of [read.headers.etag, `W/${read.headers.etag}`, '"abc"', 'x'])
        assert.equal((await patch(p, { carrier: 'TCC', reason: 'tarde' }, { 'If-Match': tag })).status, 412, tag);
    assert.equal((await patch(p, { clear: ['carrier'], reason: 'no se sabe' }, { 'If-Match': `W/${done.headers.etag}` })).json.carrier, null);
    assert.equal((await patch(p, { state: 'ENTREGADO', reason: 'no puede' })).status, 422);
    const final = await patch(p, { receiver_name: 'Nadie Aún', reason: 'no puede' });
    assert.equal(final.status, 409);
    assert.match(final.json.detail, /ya no se corrige: el paquete está RECIBIDO/);
});

test('another customer gets the message; the former code and link are dead', async () => {
    const p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p), phone = new_phone();
    const done = await correct(p, { name: 'Nueva Dueña', phone, reason: 'se anotó otro celular' });
    assert.equal(done.status, 303, done.words);
    assert.match((await admin.follow(done)).words, /Nueva Dueña/);
    assert.equal((await pub.get(`/t/${p.public_token}`)).status, 404);
    assert.equal((await quote(oper, code)).status, 404);
    const now = await row(s, p.guide_number);
    assert.equal((await quote(oper, await pickup_code(pub, now))).status, 200);
    assert.equal(await s.value(`SELECT count(*) FROM notifications n JOIN notification_packages np ON np.notification_id = n.id
        WHERE np.package_id = ?1 AND n.recipient = ?2`, p.id, e164(phone)), 1);
    const details = await s.value("SELECT details FROM package_events WHERE package_id = ?1 AND kind = 'MODIFICACION'", p.id);
    assert.doesNotMatch(details, /Nueva|300 ?555|celular/);
});

test('of an announcement and of a closed parcel the form has what can still be corrected', async () => {
    const waiting = await announced(s, pub), closed = await announced(s, pub);
    await oper.submit(await oper.get(`/packages/${closed.id}`), `/packages/${closed.id}/cancel`, { reason: 'cliente_solicita' });
    const names = async (p) => Object.keys((await form(p)).form(`/packages/${p.id}/correct`).fields);
    assert.ok((await names(waiting)).includes('guide'));
    assert.ok(!(await names(waiting)).includes('type'));
    assert.ok(!(await names(closed)).includes('guide'));
    const guide = new_guide();
    assert.equal((await correct(waiting, { guide, reason: 'mal escrita' })).status, 303);
    assert.equal((await row(s, guide)).id, waiting.id);
    assert.equal((await correct(closed, { observations: 'Quedó en el punto.', reason: 'para saber' })).status, 303);
});
