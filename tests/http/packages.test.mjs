// Packages: the list and its filters, the omnibox, one package as each role sees it,
// and the counter's small changes with their undo.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announce, announced, e164, hand_over, key, new_guide, new_phone, on_shelf, pickup_code, received,
    quote, row } from '../helpers/shop.mjs';

const UNDO_S = 4;
const DAY = 86400;
let s, pub, oper, reader, api, write;

before(async () => {
    s = await System.start({ undo_s: UNDO_S, announce_per_hour: 1000 });
    pub = s.client();
    oper = await s.as('OPERADOR');
    reader = await s.as('USUARIO');
    api = await s.token('USUARIO', 'packages:read');
    write = await s.token('OPERADOR', 'packages:read packages:write');
});
after(() => s.stop());

const ids = (list) => list.items.map((p) => p.id);
const state = (p) => s.value('SELECT state FROM packages WHERE id = ?1', p.id);
const age = (p, days) => s.sql('UPDATE packages SET received_at = received_at - ?2 WHERE id = ?1',
    p.id, days * DAY);
const nobodys = () => received(s, oper, new_guide());
const detail = (p) => oper.get(`/packages/${p.id}`);
const act = async (p, what, fields) => oper.submit(await detail(p), `/packages/${p.id}/${what}`, fields);
const toast = async (answer) => (await oper.follow(answer)).words;
const csrf = async (browser) => (await browser.get('/profile')).form('/logout').fields.csrf;
// The toast's own button, which the page after the change has.
const undo_of = async (answer) => oper.follow(answer)
    .then((page) => () => oper.submit(page, page.text.match(/action="(\/packages\/\d+\/undo\?event=\d+)"/)[1]));

// ---- lists ----

test('the filters of the page and of the API give the same packages', async () => {
    const phone = new_phone();
    const coming = await announced(s, pub, { phone });
    const old = await on_shelf(s, pub, oper, { phone });
    const fresh = await on_shelf(s, pub, oper, { phone });
    const tray = await nobodys();
    await age(old, 5.5);
    await s.sql("UPDATE packages SET type = 'EXTRA_DIMENSIONADO' WHERE id = ?1", old.id);
    const customer = fresh.customer_id;
    for (const [query, expected] of [
        [`customer_id=${customer}`, [fresh, old, coming]],
        [`customer_id=${customer}&state=RECIBIDO`, [fresh, old]],
        [`customer_id=${customer}&state=ANUNCIADO`, [coming]],
        [`customer_id=${customer}&state=ENTREGADO`, []],
        [`customer_id=${customer}&band=4-7`, [old]],
        [`customer_id=${customer}&band=30%2B`, []],
        [`customer_id=${customer}&type=EXTRA_DIMENSIONADO`, [old]],
        [`q=${phone}`, [fresh, old, coming]],
        [`q=${phone}&state=RECIBIDO`, [fresh, old]],
        [`q=${tray.guide_number}&unidentified=1`, [tray]],
        [`q=${fresh.guide_number}&unidentified=1`, []],
    ]) {
        const list = await api.get(`/api/v1/packages?${query}`);
        assert.equal(list.status, 200, query);
        assert.deepEqual(ids(list.json), expected.map((p) => p.id), query);
        const page = await reader.get(`/packages?${query}`);
        const shown = [...page.text.matchAll(/class="row-link" href="\/packages\/(\d+)"/g)];
        assert.deepEqual(shown.map((m) => Number(m[1])), expected.map((p) => p.id), query);
    }
    const list = (await api.get(`/api/v1/packages?customer_id=${customer}`)).json;
    assert.deepEqual(list.items.map((p) => p.due), [1500, 6500, null]);
});

test('a wrong filter is named, an unknown one refused', async () => {
    const wrong = await api.get('/api/v1/packages?state=PERDIDO&limit=0');
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.json.errors.map((e) => e.pointer).sort(), ['#/limit', '#/state']);
    assert.equal((await api.get('/api/v1/packages?color=rojo')).status, 422);
    assert.equal((await reader.get('/packages?band=9-9')).status, 422);
});

test('the list goes back page by page and every package comes once', async () => {
    const phone = new_phone();
    for (let i = 0; i < 3; i++)
        await announce(pub, { phone, guides: Array.from({ length: 20 }, new_guide).join('\n') });
    const customer = await s.value('SELECT id FROM customers WHERE phone = ?1', e164(phone));

    const seen = (await api.pages(`/api/v1/packages?customer_id=${customer}&limit=25`)).flat().map((p) => p.id);
    assert.equal(seen.length, 60);
    assert.equal(new Set(seen).size, 60);
    assert.deepEqual(seen, [...seen].sort((a, b) => b - a));

    const first = await reader.get(`/packages?customer_id=${customer}`);
    assert.equal(first.text.match(/class="row-link"/g).length, 50);
    const older = first.text.match(/rel="next" href="([^"]*)"/)[1].replaceAll('&amp;', '&');
    const second = await reader.get(older);
    assert.equal(second.text.match(/class="row-link"/g).length, 10);
    assert.match(second.text, /rel="first"/);
    assert.doesNotMatch(second.text, /rel="next"/);
});

test('an empty list says what will appear and what to do', async () => {
    const none = await reader.get('/packages?state=CANCELADO&type=EXTRA_DIMENSIONADO');
    assert.match(none.words, /Ningún paquete con estos filtros/);
    assert.match(none.text, /href="\/packages">Ver todos/);
});

// ---- the omnibox ----

test('the omnibox opens what a code, a guide, a phone, a name or a position means', async () => {
    const phone = new_phone();
    const name = `Zoila ${'Qwertz'}${new_guide().slice(-4)}`;
    const p = await on_shelf(s, pub, oper, { phone, name });
    const position = await s.value('SELECT code FROM positions WHERE id = ?1', p.position_id);
    const spaced = p.guide_number.replace(/(....)/g, '$1-').toLowerCase();
    for (const q of [p.tracking_code, p.tracking_code.toLowerCase(), p.guide_number, spaced, phone,
        e164(phone), name, name.split(' ')[1], position]) {
        const answer = await reader.get(`/find?q=${encodeURIComponent(q)}`);
        assert.equal(answer.status, 303, `${q}: ${answer.words.slice(0, 200)}`);
        assert.equal(answer.location, `/packages/${p.id}`, q);
        const found = await api.get(`/api/v1/find?q=${encodeURIComponent(q)}`);
        assert.deepEqual(ids(found.json), [p.id], q);
    }
});

test('a scanned guide opens its package though others begin alike', async () => {
    const guide = new_guide();
    const p = await announced(s, pub, { guides: guide });
    await announced(s, pub, { guides: `${guide}9` });
    assert.equal((await reader.get(`/find?q=${guide}`)).location, `/packages/${p.id}`);
    const both = await reader.get(`/find?q=${guide.slice(0, -1)}`);
    assert.equal(both.status, 200);
    assert.match(both.text, new RegExp(`value="${guide.slice(0, -1)}"`), 'the words stay in the omnibox');
});

test('several hits are a list whose filters keep the words', async () => {
    const phone = new_phone();
    const coming = await announced(s, pub, { phone });
    const here = await on_shelf(s, pub, oper, { phone });
    const page = await reader.get(`/find?q=${phone}`);
    assert.equal(page.status, 200);
    for (const p of [coming, here])
        assert.match(page.text, new RegExp(`href="/packages/${p.id}"`));
    const chip = page.text.match(/class="chip" href="([^"]*)"[^>]*>En el punto/)[1];
    assert.equal(chip.replaceAll('&amp;', '&'), `/packages?q=${phone}&state=RECIBIDO`);
    const narrowed = await reader.get(`/packages?q=${phone}&state=RECIBIDO`);
    assert.doesNotMatch(narrowed.text, new RegExp(`href="/packages/${coming.id}"`));
});

test('what nobody announced can be received from where it was searched', async () => {
    const guide = new_guide();
    const none = await oper.get(`/find?q=${guide}`);
    assert.equal(none.status, 200);
    assert.match(none.words, /No encontramos ningún paquete/);
    assert.match(none.text, new RegExp(`href="/receive\\?guide=${guide}"`));
    assert.doesNotMatch((await reader.get(`/find?q=${guide}`)).text, /href="\/receive/);
});

test('htmx gets the hits alone, and who is signed out is sent to sign in', async () => {
    const p = await announced(s, pub);
    const headers = { 'HX-Request': 'true' };
    const hits = await reader.get(`/find?q=${p.guide_number}`, { headers });
    assert.equal(hits.status, 200);
    assert.match(hits.text, new RegExp(`href="/packages/${p.id}"`));
    assert.doesNotMatch(hits.text, /<html|<main/);
    assert.match((await reader.get('/find?q=nadie+asi', { headers })).words, /Nada con esas palabras/);
    const out = await pub.get(`/find?q=${p.guide_number}`, { headers });
    assert.equal(out.status, 401);
    assert.match(out.headers['hx-redirect'], /^\/auth\/login/);
});

// A person whom a clerk wrote down, with a home, and a parcel to collect.
async function resident(name, tower, apartment) {
    const phone = new_phone(), p = await received(s, oper, new_guide(), { name, phone });
    await s.sql('UPDATE customers SET tower = ?2, apartment = ?3 WHERE id = ?1', p.customer_id, tower, apartment);
    return { ...p, name, phone };
}

test('the omnibox finds people by home and by the end of a phone, and offers to hand over', async () => {
    const p = await resident('Águeda Küster', '17', '1702'), headers = { 'HX-Request': 'true' };
    for (const q of ['agueda', p.phone.slice(-4), 'torre 17 apto 1702', 't17 1702', p.phone]) {
        const at = `/find?q=${encodeURIComponent(q)}`, hits = await oper.get(at, { headers });
        assert.match(hits.words, /Águeda Küster 1 por recoger · torre 17 · apto 1702/, q);
        assert.match(hits.text, new RegExp(`href="/deliver\\?customer=${p.customer_id}"`), q);
        assert.doesNotMatch((await reader.get(at, { headers })).text, /href="\/deliver/, 'whoever only reads hands nothing over');
        const { json } = await api.get(`/api/v1${at}`);
        assert.deepEqual(json.people.map((x) => [x.id, x.waiting]), [[p.customer_id, 1]], q);
    }
    assert.match((await oper.get('/find?q=torre+17')).words, /Personas Persona Águeda Küster/);
});

test('whose an unannounced parcel is, is chosen from a list, without a script too', async () => {
    const p = await resident('Bárbara Quiñones', '18', '301'), guide = new_guide();
    const page = await oper.get(`/receive?guide=${guide}`);
    const asked = await oper.submit(page, '/receive', { who: 'barbara 301' });
    assert.equal(asked.status, 422);
    assert.match(asked.words, /Elija en la lista de quién es/);
    assert.match(asked.text, new RegExp(`type="radio" name="customer_id" value="${p.customer_id}"`));
    assert.match(asked.text, /name="who"[^>]*value="barbara 301"/);
    const done = await oper.submit(asked, '/receive', { customer_id: p.customer_id });
    assert.equal(done.status, 303, done.words);
    assert.equal((await row(s, guide)).customer_id, p.customer_id);
    const tray = await nobodys();
    const again = await act(tray, 'identify', { who: 'quinones' });
    assert.equal(again.status, 422);
    assert.match(await toast(await oper.submit(again, `/packages/${tray.id}/identify`, { customer_id: p.customer_id })),
        /es de Bárbara Quiñones/);
    assert.match((await act(await nobodys(), 'identify', { who: 'nadie así' })).words, /Nadie conocido con esas palabras/);
});

test('a stranger who announces in somebody\'s name is not offered as that person', async () => {
    const name = 'Clotilde Ximénez', said = await announced(s, pub, { name }), headers = { 'HX-Request': 'true' };
    const suggested = (q) => oper.get(`/customers/suggest?q=${encodeURIComponent(q)}`, { headers });
    assert.doesNotMatch((await suggested('clotilde')).text, /type="radio"/);
    const known = await resident(name, '19', '401');
    const list = (await suggested('clotilde')).text;
    assert.match(list, new RegExp(`value="${known.customer_id}"`));
    assert.doesNotMatch(list, new RegExp(`value="${said.customer_id}"`));
    const { json } = await (await s.token('OPERADOR', 'packages:read')).get('/api/v1/customers/suggest?q=clotilde');
    assert.deepEqual(json.items.map((x) => x.id), [known.customer_id]);
    const refused = await write.post('/api/v1/packages/receive', { json: { guide: new_guide(), customer_id: said.customer_id }, headers: key() });
    assert.equal(refused.status, 422, refused.text);
});

test('a name with a typo finds those that resemble it, and says so', async () => {
    const p = await on_shelf(s, pub, oper, { name: 'Wenceslao Yquierdo' });
    for (const q of ['wenceslau', 'yquiedro wenceslao']) {
        const page = await reader.get(`/find?q=${encodeURIComponent(q)}`);
        assert.equal(page.status, 200, 'it is not opened as if it were the one');
        assert.match(page.words, new RegExp(`Parecido a «${q}»`));
        assert.match(page.text, new RegExp(`href="/packages/${p.id}"`));
        const hits = await reader.get(`/find?q=${encodeURIComponent(q)}`, { headers: { 'HX-Request': 'true' } });
        assert.match(hits.words, /Parecido: Wenceslao Yquierdo/);
        const { json } = await api.get(`/api/v1/find?q=${encodeURIComponent(q)}`);
        assert.deepEqual([json.near, ids(json)], [true, [p.id]]);
    }
    assert.equal((await api.get('/api/v1/find?q=wenceslao')).json.near, undefined);
});

test('the end of a guide and words in another order find the package', async () => {
    const name = `Ñanga ${'Kwokx'} Ávila`, p = await on_shelf(s, pub, oper, { name });
    assert.ok(ids((await api.get(`/api/v1/find?q=${p.guide_number.slice(-6)}`)).json).includes(p.id));
    assert.equal((await reader.get('/find?q=avila+nanga')).location, `/packages/${p.id}`);
});

test('nothing that is searched is an operator of the index', async () => {
    for (const q of ['"', '""', 'a"b', '*', 'ana*', 'NEAR(', 'NEAR(ana luz)', '-ana', 'col:', 'name:ana', '^a', '{a}:b',
        'AND', 'ana OR', '(', ')', "'", '\\', 'ab王芳cd', 'ß', '🙂', '[1,2]', 'a '.repeat(50)])
        for (const at of ['/find', '/api/v1/find', '/packages']) {
            const answer = await (at.startsWith('/api') ? api : reader).get(`${at}?q=${encodeURIComponent(q)}`);
            assert.ok([200, 303].includes(answer.status), `${at} ${q}: ${answer.status}`);
        }
});

// ---- one package ----

test('a package shows its state, what it costs, its history and its messages', async () => {
    const p = await on_shelf(s, pub, oper, { email: 'rosa@example.com' });
    await age(p, 2.5);
    const page = await reader.get(`/packages/${p.id}`);
    assert.equal(page.status, 200);
    for (const sentence of [/RECIBIDO/, /En el punto hace 2 días/, /Debe hoy \$3\.500/, /Sube a \$4\.500 /,
        /Recibido en el punto · posición/, /el cliente/, new RegExp(PEOPLE.OPERADOR.name),
        /rosa@example\.com/, /Llegada SMS/, new RegExp(p.tracking_code)])
        assert.match(page.words, sentence);
});

test('a message that waits, went out, failed or is unknown is told as such', async () => {
    const p = await announced(s, pub, { email: 'rosa@example.com' });
    const set = (channel, to) => s.sql(`UPDATE notifications SET state = ?3, error = 'x' WHERE channel = ?2
        AND id IN (SELECT notification_id FROM notification_packages WHERE package_id = ?1)`, p.id, channel, to);
    const words = { queued: /Aviso pendiente/, sent: /Enviado/, failed: /No salió/,
        unknown: /No se sabe si llegó/, suppressed: /No se envía/, cancelled: /Retirado/ };
    for (const [name, sentence] of Object.entries(words)) {
        await set('email', name);
        await set('sms', name);
        const page = await reader.get(`/packages/${p.id}`);
        assert.match(page.words, sentence);
        const call = /Llame a la persona/.test(page.words);
        assert.equal(call, name === 'failed' || name === 'unknown', name);
    }
});

test('who only reads sees no form, and cannot change anything', async () => {
    const p = await on_shelf(s, pub, oper);
    const page = await reader.get(`/packages/${p.id}`);
    assert.deepEqual([...page.text.matchAll(/<form[^>]*action="([^"]*)"/g)].map((m) => m[1]),
        ['/find', '/logout']);
    assert.doesNotMatch(page.words, /Entregar|Cancelar el paquete|Mover/);
    const csrf = page.form('/logout').fields.csrf;
    for (const what of ['cancel', 'undo', 'move', 'identify', 'notes', 'files'])
        assert.equal((await reader.post(`/packages/${p.id}/${what}`, { form: { csrf } })).status, 403, what);
    const operator = await detail(p);
    for (const what of ['cancel', 'move', 'notes', 'files'])
        assert.ok(operator.form(`/packages/${p.id}/${what}`), what);
    assert.match(operator.text, new RegExp(`href="/deliver\\?package=${p.id}"`));
});

test('each state offers what can be done with it', async () => {
    const coming = await announced(s, pub);
    const tray = await nobodys();
    const p = await on_shelf(s, pub, oper);
    const forms = async (one) => [...(await detail(one)).text
        .matchAll(/action="\/packages\/\d+\/(\w+)"/g)].map((m) => m[1]).filter((f) => f !== 'undo');
    assert.deepEqual(await forms(coming), ['notes', 'cancel']);
    assert.match((await detail(coming)).text, new RegExp(`href="/receive\\?guide=${coming.guide_number}"`));
    assert.deepEqual(await forms(tray), ['identify', 'move', 'notes', 'files', 'cancel']);
    assert.deepEqual(await forms(p), ['move', 'notes', 'files', 'cancel']);
    await hand_over(oper, await pickup_code(pub, p));
    assert.deepEqual(await forms(p), ['notes', 'files']);
    const page = await detail(p);
    assert.match(page.words, /Pagó \$1\.500/);
    assert.match(page.words, /Pagos .*Efectivo/);
    await act(coming, 'cancel', { reason: 'cliente_solicita' });
    assert.deepEqual(await forms(coming), ['notes']);
});

test('the API needs a token of the right scope, and tells what is not there', async () => {
    const p = await on_shelf(s, pub, oper);
    assert.equal((await pub.get(`/api/v1/packages/${p.id}`)).status, 401);
    assert.equal((await reader.get(`/api/v1/packages/${p.id}`)).status, 401, 'a cookie is no token');
    const other = await s.token('USUARIO', 'deliveries:write');
    assert.equal((await other.get(`/api/v1/packages/${p.id}`)).status, 403);
    assert.equal((await api.post(`/api/v1/packages/${p.id}/notes`, { json: { note: 'x' } })).status, 403);
    for (const path of ['/api/v1/packages/999999', '/api/v1/packages/x', '/api/v1/packages/999999/events',
        '/api/v1/packages/999999/fees'])
        assert.equal((await api.get(path)).status, 404, path);
    assert.equal((await reader.get('/packages/999999')).status, 404);
});

test('the API tells a package, its history and what it costs', async () => {
    const p = await on_shelf(s, pub, oper);
    const one = (await api.get(`/api/v1/packages/${p.id}`)).json;
    assert.equal(one.guide_number, p.guide_number);
    assert.equal(one.fee.total, 1500);
    assert.deepEqual(one.photos, []);
    assert.ok(!('pickup_version' in one), 'no secret goes out');
    const events = (await api.get(`/api/v1/packages/${p.id}/events`)).json.items;
    assert.deepEqual(events.map((e) => e.kind), ['ANUNCIO', 'RECEPCION']);
    assert.match(events[1].text, /^Recibido en el punto · posición \w+$/);
    assert.equal((await write.post(`/api/v1/packages/${p.id}/undo`, { json: {}, headers: key() })).status, 200);
    for (const note of ['Uno', 'Dos', 'Tres'])
        await act(p, 'notes', { note });
    const whole = (await api.get(`/api/v1/packages/${p.id}/events`)).json;
    assert.equal(whole.next, null);
    assert.match(whole.items[2].text, /^Se deshizo: Recibido en el punto/);
    const pages = await api.pages(`/api/v1/packages/${p.id}/events?limit=2`);
    assert.deepEqual(pages.map((page) => page.length), [2, 2, 2]);
    assert.deepEqual(pages.flat(), whole.items, 'an undone event of an earlier page is named all the same');
});

test('what was paid for a package is told by the API', async () => {
    const p = await on_shelf(s, pub, oper);
    await hand_over(oper, await pickup_code(pub, p));
    const fees = (await api.get(`/api/v1/packages/${p.id}/fees`)).json;
    assert.equal(fees.total, 1500);
    assert.deepEqual(fees.payments.map((x) => [x.amount, x.method]), [[1500, 'efectivo']]);
});

// ---- changes ----

test('a cancellation asks why, and another reason asks for words', async () => {
    const p = await on_shelf(s, pub, oper);
    assert.match((await detail(p)).words, /se libera la posición \w+ y se avisa a Rosa Prueba/);
    const again = await act(p, 'cancel', { reason: 'otro', text: '' });
    assert.equal(again.status, 422);
    assert.match(again.words, /Escriba el motivo de la cancelación/);
    assert.match(again.text, /<details open>\s*<summary class="danger">/, 'the form is open');
    assert.match(again.text, /value="otro" selected/, 'what was chosen stays');
    assert.equal(await state(p), 'RECIBIDO');
    const none = await act(p, 'cancel', { reason: '' });
    assert.equal(none.status, 422);
    assert.doesNotMatch((await detail(p)).text, /value="(anuncio_expirado|cliente_no_reclama)"/);
    const expired = await act(p, 'cancel', { reason: 'anuncio_expirado' });
    assert.equal(expired.status, 422, 'only the daily job says so');
    const unclaimed = await act(p, 'cancel', { reason: 'cliente_no_reclama' });
    assert.equal(unclaimed.status, 422, 'only after 45 days and two attempts, by an administrator');
    assert.match(unclaimed.words, /lo abandonado se declara en su expediente/);
    assert.equal((await write.post(`/api/v1/packages/${p.id}/cancel`,
        { json: { reason: 'cliente_no_reclama' }, headers: key() })).status, 422);
    assert.equal(await state(p), 'RECIBIDO');
    const done = await act(p, 'cancel', { reason: 'otro', text: 'Se cayó al agua' });
    assert.match(await toast(done), /Paquete cancelado/);
    assert.equal(await state(p), 'CANCELADO');
    assert.match((await detail(p)).words, /Cancelado · otro motivo · Se cayó al agua/);
    const twice = await write.post(`/api/v1/packages/${p.id}/cancel`,
        { json: { reason: 'cliente_solicita' }, headers: key() });
    assert.equal(twice.status, 409);
});

test('a form sent twice cancels once', async () => {
    const p = await on_shelf(s, pub, oper);
    const page = await detail(p);
    const both = await Promise.all([1, 2].map(() =>
        oper.submit(page, `/packages/${p.id}/cancel`, { reason: 'cliente_solicita' })));
    assert.deepEqual(both.map((a) => a.status), [303, 303]);
    assert.equal(await s.value(`SELECT count(*) FROM package_events WHERE package_id = ?1
        AND kind = 'CANCELACION'`, p.id), 1);
});

test('the API asks for a key where custody moves, and replays what it did', async () => {
    const p = await on_shelf(s, pub, oper);
    for (const [what, json] of [['cancel', { reason: 'cliente_solicita' }], ['undo', {}],
        ['move', { position: '' }], ['identify', { name: 'Ana Ríos', phone: '3005550001' }]])
        assert.equal((await write.post(`/api/v1/packages/${p.id}/${what}`, { json })).status, 400, what);
    const headers = key();
    const send = (reason) => write.post(`/api/v1/packages/${p.id}/cancel`, { json: { reason }, headers });
    const first = await send('cliente_solicita');
    assert.equal(first.status, 200);
    assert.equal(first.json.state, 'CANCELADO');
    const second = await send('cliente_solicita');
    assert.equal(second.status, 200);
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal((await send('paquete_perdido')).status, 422, 'the key is spoken for');
});

test('a move goes to a free position and is refused at a full one', async () => {
    const p = await on_shelf(s, pub, oper);
    const other = await on_shelf(s, pub, oper);
    const code = (one) => s.value(`SELECT o.code FROM packages p JOIN positions o
        ON o.id = p.position_id WHERE p.id = ?1`, one.id);
    const full = await act(p, 'move', { position: await code(other) });
    assert.equal(full.status, 409);
    assert.match(full.words, /está ocupada/);
    assert.match(full.text, /id="f-position"[^>]*aria-invalid="true"/);
    const before = await code(p);
    assert.equal((await act(p, 'move', { position: 'ZZZ' })).status, 422);
    assert.equal(await code(p), before);
    assert.match(await toast(await act(p, 'move', { position: 'piso' })), /Movido a la posición PISO/);
    const back = await write.post(`/api/v1/packages/${p.id}/move`, { json: { position: before }, headers: key() });
    assert.equal(back.json.position_code, before, 'the place it left is free again');
    assert.match((await detail(p)).words, new RegExp(`Cambió de posición · de PISO a ${before}`));
});

test('a note stays in the history, harmless whatever it says', async () => {
    const p = await on_shelf(s, pub, oper);
    const evil = '<script>alert(1)</script> "><img src=x onerror=alert(1)>';
    assert.match(await toast(await act(p, 'notes', { note: evil })), /quedó guardado/);
    const page = await detail(p);
    assert.ok(page.words.includes('Nota · <script>alert(1)</script>'));
    assert.doesNotMatch(page.text, /<script>alert|<img src=x/);
    const empty = await act(p, 'notes', { note: '  ' });
    assert.equal(empty.status, 422);
    assert.match(empty.text, /id="f-note"[^>]*aria-invalid="true"/);
    const headers = key();
    for (let i = 0; i < 2; i++)
        assert.equal((await write.post(`/api/v1/packages/${p.id}/notes`,
            { json: { note: 'Una vez' }, headers })).status, 200);
    const events = (await api.get(`/api/v1/packages/${p.id}/events`)).json.items;
    assert.equal(events.filter((e) => e.text === 'Nota · Una vez').length, 1);
});

test('a parcel of nobody gets its person once, who is told', async () => {
    const p = await nobodys();
    const phone = new_phone();
    const tray = await reader.get('/packages?unidentified=1');
    assert.match(tray.text, new RegExp(`href="/packages/${p.id}"`));
    const wrong = await act(p, 'identify', { name: 'Ana Ríos', phone: '12' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="f-phone"[^>]*value="12"/, 'what was typed stays');
    assert.match(await toast(await act(p, 'identify', { name: 'Ana Ríos', phone })), /es de Ana Ríos/);
    assert.doesNotMatch((await detail(p)).words, /¿De quién es\?/);
    const again = await write.post(`/api/v1/packages/${p.id}/identify`,
        { json: { name: 'Otra Persona', phone: new_phone() }, headers: key() });
    assert.equal(again.status, 409);
    await poll('the SMS to the person', () =>
        s.sms(phone).length > 0, 15000);
});

// ---- undo ----

test('the toast undoes a reception, a cancellation and tells where the parcel is', async () => {
    const p = await announced(s, pub);
    const page = await oper.get(`/receive?guide=${p.guide_number}`);
    const undo_reception = await undo_of(await oper.submit(page, '/receive'));
    const undone = await undo_reception();
    assert.equal(undone.location, `/packages/${p.id}`);
    assert.match(await toast(undone), /Acción deshecha\. No se envió ningún mensaje/);
    assert.equal(await state(p), 'ANUNCIADO');

    await received(s, oper, p.guide_number);
    const position = await s.value('SELECT o.code FROM packages p JOIN positions o ON o.id = p.position_id'
        + ' WHERE p.id = ?1', p.id);
    const undo_cancel = await undo_of(await act(p, 'cancel', { reason: 'error_operador' }));
    assert.match(await toast(await undo_cancel()), new RegExp(`el paquete está en la posición ${position}`));
    assert.equal(await state(p), 'RECIBIDO');
    assert.match((await detail(p)).words, /Se deshizo: Cancelado/);
});

test('a move is undone to where the parcel lay, from its toast and by the API', async () => {
    const p = await on_shelf(s, pub, oper);
    const code = () => s.value('SELECT o.code FROM packages p JOIN positions o ON o.id = p.position_id WHERE p.id = ?1', p.id);
    const before = await code();
    const undo = await undo_of(await act(p, 'move', { position: 'PISO' }));
    assert.equal(await code(), 'PISO');
    assert.match(await toast(await undo()), new RegExp(`el paquete está en la posición ${before}`));
    assert.equal(await code(), before);
    await write.post(`/api/v1/packages/${p.id}/move`, { json: { position: 'PISO' }, headers: key() });
    assert.equal((await write.post(`/api/v1/packages/${p.id}/undo`, { json: {}, headers: key() })).json.position_code, before);
    const undo_scan = await undo_of(await oper.submit(await oper.get(`/shelf/move?box=${p.guide_number}`), '/shelf/move', { position: 'PISO' }));
    await undo_scan();
    assert.equal(await code(), before);
});

test('a parcel given to the wrong person is nobody\'s again, and they never hear of it', async () => {
    const p = await nobodys(), phone = new_phone();
    const undo = await undo_of(await act(p, 'identify', { name: 'Ana Ríos', phone }));
    await act(p, 'notes', { note: 'era de otra Ana' });
    assert.equal((await undo()).status, 303, 'a note does not stop it');
    const now = await row(s, p.guide_number);
    assert.deepEqual([now.customer_id, now.announced_name, now.announced_phone], [null, null, null]);
    assert.deepEqual(await s.sql('SELECT n.state FROM notifications n WHERE n.recipient = ?1', e164(phone)), [{ state: 'cancelled' }]);
    assert.match((await detail(p)).words, /Por identificar/);
    assert.match((await detail(p)).words, /Se deshizo: Se supo de quién es/);
});

test('what came after is named, and the toast of one thing undoes no other', async () => {
    const p = await announced(s, pub);
    const undo = await undo_of(await oper.submit(await oper.get(`/receive?guide=${p.guide_number}`), '/receive'));
    await act(p, 'move', { position: 'PISO' });
    const refused = await undo();
    assert.equal(refused.status, 409);
    assert.match(refused.words, /después se registró «Cambió de posición · de \w+ a PISO»/);
    assert.equal(await state(p), 'RECIBIDO');
});

test('two who undo at once undo once', async () => {
    const p = await on_shelf(s, pub, oper);
    const undo = await undo_of(await act(p, 'cancel', { reason: 'cliente_solicita' }));
    const both = await Promise.all([undo(), undo()]);
    assert.deepEqual(both.map((a) => a.status), [303, 303], 'a double click');
    assert.equal(await state(p), 'RECIBIDO');
    const other = await oper.post(`/packages/${p.id}/undo`, { form: { csrf: await csrf(oper), operation_id: 'otra-pestana-000001' } });
    assert.equal(other.status, 409);
    assert.match(other.words, /No hay una acción reciente para deshacer/);
});

test('the same operation that names another event in its address is another request', async () => {
    const p = await on_shelf(s, pub, oper), token = await csrf(oper);
    await act(p, 'cancel', { reason: 'cliente_solicita' });
    const event = await s.value('SELECT last_event_id FROM packages WHERE id = ?1', p.id);
    const undo_by = (id) => oper.post(`/packages/${p.id}/undo?event=${id}`, { form: { csrf: token, operation_id: 'una-misma-clave-01' } });
    assert.equal((await undo_by(event)).status, 303);
    assert.equal((await undo_by(event)).status, 303, 'a double click');
    assert.equal((await undo_by(event - 1)).status, 422);
});

test('only who did it may undo it, and only in time', async () => {
    const p = await on_shelf(s, pub, oper);
    const boss = await s.as('ADMIN');
    const done = Date.now();
    await act(p, 'cancel', { reason: 'cliente_solicita' });
    const other = await boss.post(`/packages/${p.id}/undo`, { form: { csrf: await csrf(boss), operation_id: 'de-otra-persona-01' } });
    assert.equal(other.status, 403);
    assert.match(other.words, /Solo quien hizo la acción puede deshacerla/);
    await poll('the time for undo to pass', () => Date.now() > done + (UNDO_S + 2) * 1000);
    const late = await write.post(`/api/v1/packages/${p.id}/undo`, { json: {}, headers: key() });
    assert.equal(late.status, 409);
    assert.match(late.json.detail, new RegExp(`Ya pasaron los ${UNDO_S} segundos`));
    assert.equal(await state(p), 'CANCELADO');
});

test('what was announced again cannot be taken back', async () => {
    const p = await announced(s, pub);
    const undo = await undo_of(await act(p, 'cancel', { reason: 'cliente_solicita' }));
    await announced(s, pub, { guides: p.guide_number });
    const refused = await undo();
    assert.equal(refused.status, 409);
    assert.match(refused.words, /la guía ya se anunció de nuevo/);
    assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
});

test('a name with a typo at hand-over leads to the person by a click, never by itself', async () => {
    const boss = await s.as('ADMIN'), client = s.client(), oper = await s.as('OPERADOR');
    const p = await on_shelf(s, client, oper, { name: 'Zenobia Quimbaya' });
    const exact = await quote(boss, 'Zenobia Quimbaya');
    assert.match(exact.text, new RegExp(`value="${p.id}"`));
    const near = await quote(boss, 'Zenovia Quimbaya');
    assert.equal(near.status, 200);
    assert.match(near.text, new RegExp(`/deliver\\?package=${p.id}|package=${p.id}`));
    assert.doesNotMatch(near.text, /data-deliver/);
});
