// A third person whom the customer names by the link: a code of their own, for all ready
// parcels, once, with their document; both are told.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { announced, e164, hand_over, key, new_phone, on_shelf, pickup_code, quote,
    row } from '../helpers/shop.mjs';

let s, pub, oper;

before(async () => {
    s = await System.start({ undo_s: 30, exempt_address: '127.0.0.1' });
    pub = s.client();
    oper = await s.as('OPERADOR');
});
after(() => s.stop());

const link = (p) => pub.get(`/t/${p.public_token}`);
const PERSON = { name: 'Pedro Ruíz', document_type: 'CC', document_number: '1.020.304' };
const authorize = async (p, fields = {}) => pub.submit(await pub.get(`/t/${p.public_token}/authorize`), `/t/${p.public_token}/authorizations`, { ...PERSON, ...fields });
const code_on = (page) => page.text.match(/id="authorized-title"[\s\S]*?<p class="code code-large">(\d{3}) (\d{3})</).slice(1).join('');

async function authorized(p, fields) {
    const answer = await authorize(p, fields);
    assert.equal(answer.status, 303, answer.words);
    return code_on(await link(p));
}

describe('making one', () => {
    test('shows the code of that person first, alone, with the way to send it', async () => {
        const p = await on_shelf(s, pub, oper), phone = new_phone(), mine = await pickup_code(pub, p), done = await authorize(p, { phone });
        const page = await pub.follow(done), [, code] = page.text.match(/<p class="code code-large">(\d{3} \d{3})</);
        assert.equal(code.replace(' ', ''), code_on(await link(p)));
        assert.ok(!page.text.includes(mine) && !page.text.includes(mine.replace(/^.../, '$& ')), 'not the code of the owner');
        assert.doesNotMatch(page.text, /data-toast/);
        const [, text] = page.text.match(new RegExp(`href="https://wa\\.me/57${phone}\\?text=([^"]+)"`));
        assert.match(decodeURIComponent(text), new RegExp(`Hola, Pedro Ruíz\\. .* Lleve su documento y diga este código: ${code}\\. Sirve una vez, hasta el `));
        assert.equal((await pub.get(`/t/${(await on_shelf(s, pub, oper)).public_token}${done.location.slice(`/t/${p.public_token}`.length)}`)).status, 404, 'by another link');
        const other = await pub.follow(await authorize(p, { phone: '' }));
        assert.match(other.text, /href="https:\/\/wa\.me\/\?text=/, 'to whom they choose');
        assert.equal((await pub.submit(other, `${other.path}/revoke`)).status, 303);
        assert.equal((await pub.get(other.path)).status, 404);
    });

    test('shows who may, with a code of their own, and tells both by SMS', async () => {
        const mine = new_phone(), theirs = new_phone(), p = await on_shelf(s, pub, oper, { phone: mine });
        const code = await authorized(p, { phone: theirs });
        assert.notEqual(code, await pickup_code(pub, p));
        await s.settled();
        for (const [phone, name] of [[mine, 'Rosa P\\.'], [theirs, '"Rosa P\\."']]) {
            const sms = s.sms(phone).find((m) => /puede recoger/.test(m.message));
            assert.ok(sms, `nobody told ${phone}`);
            assert.match(sms.message, new RegExp(`"Pedro R\\." puede recoger los paquetes de ${name} con el codigo ${code}`));
        }
        const stored = JSON.stringify(await s.sql('SELECT * FROM notifications')) + JSON.stringify(await s.sql('SELECT id, name FROM pickup_authorizations'));
        assert.ok(!stored.includes(code), 'the code is stored nowhere');
        assert.match((await oper.get(`/packages/${p.id}`)).words, /Persona autorizada/);
    });

    test('carries no words of a stranger to another phone, neither as the name of who may nor as that of who says so', async () => {
        const victim = new_phone(), names = ['Su Nequi fue bloqueado, entre ya a nequi-seguro.vip', 'Llame ya al 300_555_1234'];
        for (const name of names)
            await authorized(await announced(s, pub, { name: 'Malo Malin' }), { name, phone: victim });
        await authorized(await announced(s, pub, { name: 'Su cuenta fue suspendida hoy' }), { name: 'Fiscalia lo busca urgente', phone: victim });
        await authorized(await announced(s, pub, { name: 'N E Q U I' }), { name: 'Pedro Vaya-Nequi', phone: victim });
        await authorized(await announced(s, pub, { name: 'Bancolombia: clave bloqueada, entre a bcol-app.vip' }), { name: 'Su cuenta', phone: victim });
        await s.settled();
        const told = s.sms(victim).map((m) => m.message);
        assert.equal(told.length, 5);
        for (const message of told)
            assert.doesNotMatch(message, /Nequi|N E|vip|555_|Bancolombia|cuenta|Fiscal|Vaya/);
        assert.match(told[0], /: otra persona puede recoger los paquetes de un cliente con/);
        assert.match(told[4], /: otra persona puede recoger los paquetes de un cliente con/);
    });

    test('is a message with its own name on the page of the parcel, and one that the log can be filtered by', async () => {
        const phone = new_phone(), p = await on_shelf(s, pub, oper, { phone });
        await authorized(p);
        assert.match((await oper.get(`/packages/${p.id}`)).words, /Autorización SMS/);
        const log = await oper.get('/notifications?event=authorization_created');
        assert.equal(log.status, 200, log.words);
        assert.ok(log.words.includes(e164(phone).slice(-4)), 'the message is in the log');
        assert.doesNotMatch(log.words, /Llegada SMS/);
    });

    test('refuses what is missing, and keeps what was typed', async () => {
        const p = await on_shelf(s, pub, oper);
        for (const [fields, says] of [[{ name: '' }, /nombre y el apellido/], [{ document_number: '12' }, /número del documento/],
            [{ document_type: 'XX' }, /hace falta/], [{ phone: '123' }, /diez dígitos/], [{ phone: '6012345678' }, /diez dígitos/]]) {
            const bad = await authorize(p, fields);
            assert.equal(bad.status, 422, JSON.stringify(fields));
            assert.match(bad.words, says);
            if (fields.name === undefined)
                assert.match(bad.text, /value="Pedro Ruíz"/);
        }
        const hostile = await authorize(p, { name: '<script>x</script>' });
        assert.doesNotMatch((await link(p)).text, /<script>x/);
        assert.equal(hostile.status, 303);
    });

    test('is at most three at a time, and none for what is handed over', async () => {
        const p = await on_shelf(s, pub, oper);
        for (let i = 0; i < 3; i++)
            assert.equal((await authorize(p)).status, 303);
        const many = await authorize(p);
        assert.equal(many.status, 409);
        assert.match(many.words, /Ya hay tres/);
        const given = await on_shelf(s, pub, oper);
        await hand_over(oper, await pickup_code(pub, given), { method: 'nequi', reference: 'N-1' });
        assert.doesNotMatch((await link(given)).text, /Autorizar a otra persona/);
        assert.equal((await pub.post(`/api/v1/track/token/${given.public_token}/authorizations`, { json: PERSON })).status, 409);
        assert.equal((await pub.post(`/api/v1/track/token/${'x'.repeat(22)}/authorizations`, { json: PERSON })).status, 404);
    });

    test('works through the API, once under one key', async () => {
        const p = await announced(s, pub), k = key(), to = `/api/v1/track/token/${p.public_token}/authorizations`;
        const first = await pub.post(to, { json: PERSON, headers: k }), again = await pub.post(to, { json: PERSON, headers: k });
        assert.equal(first.status, 201, first.text);
        assert.equal(again.json.id, first.json.id);
        assert.match(first.json.code, /^\d{6}$/);
    });
});

describe('using one', () => {
    test('typed where the person was found by phone, it says whom to compare before anything goes', async () => {
        const p = await on_shelf(s, pub, oper), code = await authorized(p);
        const page = await oper.get(`/deliver?package=${p.id}`);
        const told = await oper.submit(page, '/deliver', { code, method: 'nequi', reference: 'N-77', signature: 'M1 1L2 2' });
        assert.equal(told.status, 422, told.words);
        assert.match(told.words, /El código es de una persona autorizada: Pedro Ruíz\. Compare su documento, CC 1020304, y cobre otra vez/);
        assert.match(told.words, /Código de una persona autorizada: Pedro Ruíz ?\. Compare su documento: CC 1020304/);
        const kept = told.form('/deliver').fields;
        assert.deepEqual([kept.code, kept.method, kept.reference, kept.signature, kept.ids], [code, 'nequi', 'N-77', 'M1 1L2 2', String(p.id)]);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        assert.equal(await s.value('SELECT used_at FROM pickup_authorizations WHERE package_id = ?1', p.id), null);
        assert.equal(await s.value("SELECT count(*) FROM throttles WHERE key LIKE 'pickup:%'"), 0, 'it was no wrong code');
        const short = await oper.submit(told, '/deliver', { amount: '1' });
        assert.match(short.words, /Compare su documento: CC 1020304/, 'and it stays');
        const done = await oper.submit(short, '/deliver', { amount: '1500' });
        assert.equal(done.status, 303, done.words);
        const now = await row(s, p.guide_number);
        assert.deepEqual([now.proof, now.receiver_name, now.receiver_document_type, now.receiver_document_last4],
            ['autorizacion', 'Pedro Ruíz', 'CC', '0304']);
        assert.match((await oper.follow(done)).words, /Recibió Pedro Ruíz · CC terminado en 0304/);
        assert.match((await oper.get(`/packages/${p.id}`)).words, /CC terminado en 0304/);
        assert.doesNotMatch((await pub.get(`/t/${p.public_token}/receipt`)).text, /0304/);
    });

    test('by the API names whose document it is, and wants to hear that it was compared', async () => {
        const api = await s.token('OPERADOR'), p = await on_shelf(s, pub, oper), code = await authorized(p);
        const quoted = await api.post('/api/v1/deliveries/quote', { json: { code } });
        assert.deepEqual([quoted.json.authorized.name, quoted.json.authorized.document], ['Pedro Ruíz', 'CC 1020304']);
        assert.equal((await api.post('/api/v1/deliveries/quote', { json: { package_id: p.id } })).json.authorized, null);
        const deliver = (fields) => api.post('/api/v1/deliveries', { headers: key(),
            json: { ids: [p.id], code, method: 'nequi', reference: 'N-8', amount: 1500, ...fields } });
        const told = await deliver({});
        assert.equal(told.status, 422, told.text);
        assert.deepEqual(told.json.errors.map((e) => e.pointer), ['#/authorized']);
        const done = await deliver({ authorized: quoted.json.authorized.id });
        assert.equal(done.status, 201, done.text);
        assert.equal(done.json.packages[0].receiver_document_last4, '0304');
    });

    test('opens all ready parcels of that customer, names the person and asks for the document, once', async () => {
        const phone = new_phone(), p = await on_shelf(s, pub, oper, { phone }), other = await on_shelf(s, pub, oper, { phone });
        const code = await authorized(p), page = await quote(oper, code);
        assert.match(page.words, /Código de una persona autorizada: Pedro Ruíz/);
        assert.match(page.words, /CC 1020304/);
        assert.match(page.text, new RegExp(p.guide_number));
        assert.match(page.text, new RegExp(other.guide_number));
        const done = await oper.submit(page, '/deliver', { method: 'nequi', reference: 'N-2' });
        assert.equal(done.status, 303, done.words);
        const now = await row(s, p.guide_number);
        assert.deepEqual([now.state, now.proof, now.receiver_name], ['ENTREGADO', 'autorizacion', 'Pedro Ruíz']);
        assert.equal((await row(s, other.guide_number)).state, 'ENTREGADO');
        const third = await on_shelf(s, pub, oper, { phone });
        assert.equal((await quote(oper, code)).status, 404, 'a second time it is no code');
        assert.equal((await row(s, third.guide_number)).state, 'RECIBIDO');
    });

    test('of two hand-overs at once one wins', async () => {
        const api = await s.token('OPERADOR'), phone = new_phone();
        const all = [await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone })];
        const code = await authorized(all[0]), authorization = (await api.post('/api/v1/deliveries/quote', { json: { code } })).json.authorized.id;
        const answers = await Promise.all(all.map((p) => api.post('/api/v1/deliveries', { headers: key(),
            json: { ids: [p.id], code, authorized: authorization, method: 'nequi', reference: 'N-3', amount: 1500 } })));
        assert.deepEqual(answers.map((a) => a.status).sort((a, b) => a - b).map((n) => (n === 201 ? 201 : 'no')), [201, 'no']);
    });

    test('that was revoked or is over opens nothing; that was undone opens again', async () => {
        const p = await on_shelf(s, pub, oper), code = await authorized(p);
        const page = await quote(oper, code);
        const done = await oper.submit(page, '/deliver', { method: 'nequi', reference: 'N-4' });
        assert.equal(done.status, 303, done.words);
        const undone = await oper.submit(await oper.follow(done), `/deliver/${p.id}/undo`);
        assert.equal(undone.status, 303, undone.words);
        assert.equal((await quote(oper, code)).status, 200, 'good again');
        const phone = new_phone(), both = [await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone })];
        const shared = await authorized(both[0]);
        assert.equal((await oper.submit(await quote(oper, shared), '/deliver', { method: 'nequi', reference: 'N-6' })).status, 303);
        const csrf = (await oper.get('/profile')).form('/logout').fields.csrf;
        const part = await oper.post(`/packages/${both[0].id}/undo`, { form: { csrf, operation_id: 'una-de-dos-0000001' } });
        assert.equal(part.status, 303, part.words);
        assert.ok(await s.value('SELECT used_at FROM pickup_authorizations WHERE package_id = ?1', both[0].id), 'the other parcel left with it');
        const q = await on_shelf(s, pub, oper), second = await authorized(q);
        const id = await s.value('SELECT max(id) FROM pickup_authorizations');
        assert.equal((await pub.submit(await link(q), `/t/${q.public_token}/authorizations/${id}/revoke`)).status, 303);
        assert.equal((await quote(oper, second)).status, 404);
        const third = await authorized(q);
        await s.sql('UPDATE pickup_authorizations SET expires_at = unixepoch() - 1 WHERE id = (SELECT max(id) FROM pickup_authorizations)');
        assert.equal((await quote(oper, third)).status, 404);
        assert.equal((await row(s, q.guide_number)).state, 'RECIBIDO');
    });

    test('of another customer releases nothing of this one', async () => {
        const api = await s.token('OPERADOR'), p = await on_shelf(s, pub, oper), stranger = await on_shelf(s, pub, oper);
        const code = await authorized(p);
        const answer = await api.post('/api/v1/deliveries', { headers: key(),
            json: { ids: [stranger.id], code, method: 'nequi', reference: 'N-5', amount: 1500 } });
        assert.equal(answer.status, 409, answer.text);
        assert.equal((await quote(await s.as('ADMIN'), code)).status, 200, 'and it is still good for its own');
    });
});
