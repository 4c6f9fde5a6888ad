// Incidents come up at the counter instead of a hand-over: said of one box, the others go on;
// shown until something or somebody resolves it.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { key, new_phone, on_shelf, pickup_code, quote, row } from '../helpers/shop.mjs';

let s, pub, oper, other, reader, api;

before(async () => {
    s = await System.start({ undo_s: 30, announce_per_hour: 1000, lookup_per_minute: 1000 });
    ({ anybody: pub, admin: other, oper, reader } = await s.browsers());
    api = await s.token('OPERADOR');
});
after(() => s.stop());

const nequi = { method: 'nequi', reference: 'N-1' };
const to = (p) => `/packages/${p.id}/incidents`;
// Says what came up, and is back at the list, or where it was refused.
async function say(page, p, fields, who = oper) {
    const answer = await who.submit(page, to(p), fields);
    return answer.status === 303 ? who.follow(answer) : answer;
}
const state = async (p) => (await row(s, p.guide_number)).state;
const of = async (p) => (await s.sql('SELECT * FROM incidents WHERE package_id = ?1 ORDER BY id DESC LIMIT 1', p.id))[0];

async function two() {
    const phone = new_phone();
    return [await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone })];
}

describe('a box that is not there', () => {
    test('leaves the hand-over; the others go on under the same code', async () => {
        const [here, gone] = await two(), page = await quote(oper, await pickup_code(pub, here));
        const again = await say(page, gone, { outcome: 'no_encontrado', note: 'busqué en toda la zona' });
        assert.equal(again.status, 200, again.words);
        assert.match(again.words, /No encontrado desde hoy \d\d:\d\d · Óscar Operador · busqué en toda la zona/);
        assert.match(again.words, /Código correcto/);
        assert.match(again.text, new RegExp(`name="ids" value="${gone.id}"[^>]*data-code="${gone.tracking_code}">`), 'not ticked');
        const done = await oper.submit(again, '/deliver', nequi);
        assert.equal(done.status, 303, done.words);
        assert.deepEqual([await state(here), await state(gone)], ['ENTREGADO', 'RECIBIDO']);
    });

    test('shows on its page, in the list, at the next hand-over and among what needs a hand', async () => {
        const before = (await api.get('/api/v1/dashboard')).json.incidents;
        const p = await on_shelf(s, pub, oper);
        await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'no_encontrado' });
        assert.equal((await api.get('/api/v1/dashboard')).json.incidents, before + 1);
        assert.match((await reader.get('/dashboard')).words, new RegExp(`${before + 1} novedad(es)? por resolver`));
        assert.match((await reader.get(`/packages/${p.id}`)).words, /No encontrado al entregar, desde hoy/);
        assert.match((await reader.get('/incidents')).text, new RegExp(`href="/packages/${p.id}"`));
        assert.match((await oper.get(`/deliver?package=${p.id}`)).words, /No encontrado desde hoy/);
        const asked = await api.post('/api/v1/deliveries/quote', { json: { package_id: p.id } });
        assert.equal(asked.json.packages[0].incident.outcome, 'no_encontrado');
        assert.doesNotMatch((await pub.get(`/t/${p.public_token}`)).words, /encontrado/, 'it is of the counter');
    });

    test('is found by moving it, or handed over by who ticks it', async () => {
        const [moved, ticked] = await two();
        for (const p of [moved, ticked])
            await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'no_encontrado' });
        const place = await oper.submit(await oper.get(`/packages/${moved.id}`), `/packages/${moved.id}/move`, { position: '88' });
        assert.equal(place.status, 303, place.words);
        assert.equal((await of(moved)).resolution, 'encontrado');
        const page = await quote(oper, await pickup_code(pub, ticked));
        const done = await oper.submit(page, '/deliver', { ...nequi, ids: [ticked.id], amount: '1500' });
        assert.equal(done.status, 303, done.words);
        assert.equal((await of(ticked)).resolution, 'entregado');
    });
});

describe('a box that is wrong, or that nobody wants', () => {
    test('needs a note when it is wrong, and keeps the line open for it', async () => {
        const [p, q] = await two(), page = await quote(oper, await pickup_code(pub, p));
        const bad = await say(page, q, { outcome: 'equivocado' });
        assert.equal(bad.status, 422);
        assert.match(bad.words, /qué tiene de equivocado/);
        assert.match(bad.text, /href="#f-note"/);
        assert.match(bad.text, new RegExp(`<details class="pick-more" open>[\\s\\S]*?id="f-note" name="note"[^>]*form="incident-${q.id}"`));
        assert.match(bad.text, new RegExp(`name="code" value="${await pickup_code(pub, p)}"`), 'nor is the code lost');
        assert.equal(await of(q), undefined);
    });

    test('that is refused can be cancelled at once, and that be undone', async () => {
        const p = await on_shelf(s, pub, oper), page = await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'rechazado' });
        assert.match(page.words, /Cancelar el paquete de la guía .* o déjelo en la estantería/);
        const fields = page.form(to(p)).fields;
        const answer = await oper.post(`${to(p)}/cancel`, { form: fields });
        assert.equal(answer.status, 303, answer.words);
        const now = await row(s, p.guide_number);
        assert.deepEqual([now.state, now.cancel_reason, (await of(p)).resolution], ['CANCELADO', 'cliente_solicita', 'cancelado']);
        const detail = await oper.follow(answer);
        assert.equal((await oper.submit(detail, `/packages/${p.id}/undo`)).status, 303);
        assert.deepEqual([await state(p), (await of(p)).resolution], ['RECIBIDO', null]);
    });

    test('is resolved by hand with a word of how', async () => {
        const p = await on_shelf(s, pub, oper);
        await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'equivocado', note: 'la etiqueta dice Marta' });
        const bad = await oper.submit(await oper.get('/incidents'), `${to(p)}/resolve`, { how: '' });
        assert.equal(bad.status, 422);
        assert.match(bad.words, /Escriba cómo se resolvió/);
        const answer = await oper.submit(await oper.get(`/packages/${p.id}`), `${to(p)}/resolve`, { how: 'se cambió la etiqueta' });
        assert.equal(answer.status, 303, answer.words);
        const page = await oper.follow(answer);
        assert.match(page.words, /Novedad resuelta · se cambió la etiqueta/);
        assert.match(page.words, /Equivocado al entregar · posición \d\d · la etiqueta dice Marta/);
        assert.doesNotMatch((await oper.get('/incidents')).text, new RegExp(`/packages/${p.id}"`));
    });

    test('is undone by a button of its line', async () => {
        const p = await on_shelf(s, pub, oper), page = await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'rechazado' });
        const again = await oper.post(`${to(p)}/undo`, { form: page.form(to(p)).fields });
        const list = await oper.follow(again);
        assert.doesNotMatch(list.words, /Rechazado desde/);
        assert.match(list.text, /name="ids"[^>]* checked>/);
        assert.equal((await of(p)).resolution, 'deshecho');
    });
});

describe('what is refused', () => {
    test('an unknown word, the same again, a parcel that is gone, who may only look', async () => {
        const p = await on_shelf(s, pub, oper), page = await oper.get(`/deliver?package=${p.id}`);
        assert.equal((await say(page, p, { outcome: 'robado' })).status, 422);
        assert.equal((await say(page, p, {})).status, 422);
        assert.equal((await say(page, p, { outcome: 'rechazado' })).status, 200);
        const twice = await say(await oper.get(`/deliver?package=${p.id}`), p, { outcome: 'rechazado' });
        assert.equal(twice.status, 409);
        assert.match(twice.words, /ya está anotado así: Rechazado/);
        const csrf = (await reader.get('/dashboard')).text.match(/name="csrf" value="([^"]+)"/)[1];
        assert.equal((await reader.post(to(p), { form: { csrf, operation_id: 'k'.repeat(24), outcome: 'no_encontrado' } })).status, 403);
        assert.equal((await reader.get('/incidents')).words.includes('Cómo se resolvió'), false);
        const given = await on_shelf(s, pub, oper), late = await oper.get(`/deliver?package=${given.id}`);
        const gone = await oper.submit(await quote(oper, await pickup_code(pub, given)), '/deliver', nequi);
        assert.equal(gone.status, 303, gone.words);
        assert.equal((await say(late, given, { outcome: 'no_encontrado' })).status, 409);
    });

    test('by the API the same, once under one key', async () => {
        const p = await on_shelf(s, pub, oper), url = `/api/v1/packages/${p.id}/incidents`, k = key();
        assert.equal((await api.post(url, { json: { outcome: 'robado' }, headers: key() })).status, 422);
        const wrong = await api.post(url, { json: { outcome: 'equivocado' }, headers: key() });
        assert.ok(wrong.status === 422 && wrong.json.errors[0].pointer === '#/note', wrong.text);
        const first = await api.post(url, { json: { outcome: 'no_encontrado' }, headers: k });
        assert.equal(first.status, 201, first.text);
        assert.equal(first.json.outcome, 'no_encontrado');
        assert.equal((await api.post(url, { json: { outcome: 'no_encontrado' }, headers: k })).json.id, first.json.id);
        assert.equal((await api.post(url, { json: { outcome: 'no_encontrado' }, headers: key() })).status, 409);
        assert.ok((await api.get('/api/v1/incidents')).json.items.some((i) => i.id === first.json.id));
        assert.equal((await (await s.token('USUARIO')).post(url, { json: { outcome: 'rechazado' }, headers: key() })).status, 403);
        const ended = await api.post(`${url}/resolve`, { json: { how: 'estaba detrás' }, headers: key() });
        assert.equal(ended.status, 200, ended.text);
        assert.equal((await api.post(`${url}/resolve`, { json: { how: 'otra vez' }, headers: key() })).status, 409);
        assert.equal((await api.post('/api/v1/packages/999999/incidents', { json: { outcome: 'rechazado' }, headers: key() })).status, 404);
    });
});

describe('two at once', () => {
    test('one hands it over while the other does not find it: exactly one is right', async () => {
        const wins = { handed: 0, missing: 0 };
        for (let i = 0; i < 8; i++) {
            const p = await on_shelf(s, pub, oper), page = await quote(oper, await pickup_code(pub, p));
            const theirs = await other.get(`/deliver?package=${p.id}`);
            const hand = () => oper.submit(page, '/deliver', nequi), miss = () => say(theirs, p, { outcome: 'no_encontrado' }, other);
            const [handed, missing] = i % 2 ? await Promise.all([hand(), miss()]) : (await Promise.all([miss(), hand()])).reverse();
            assert.deepEqual([handed.status, missing.status].sort(), handed.status === 303 ? [303, 409] : [200, 409], `${handed.words}\n${missing.words}`);
            assert.equal(await state(p), handed.status === 303 ? 'ENTREGADO' : 'RECIBIDO');
            assert.equal((await of(p)) === undefined, handed.status === 303);
            wins[handed.status === 303 ? 'handed' : 'missing']++;
        }
        assert.equal(wins.handed + wins.missing, 8);
    });

    test('who did not know is told, and hands it over all the same when it is in their hand', async () => {
        const p = await on_shelf(s, pub, oper), page = await quote(oper, await pickup_code(pub, p));
        assert.equal((await say(await other.get(`/deliver?package=${p.id}`), p, { outcome: 'no_encontrado' }, other)).status, 200);
        const told = await oper.submit(page, '/deliver', nequi);
        assert.equal(told.status, 409);
        assert.match(told.words, /tiene una novedad: No encontrado, anotada por Julia Jefa/);
        assert.doesNotMatch(told.text, /name="ids"[^>]* checked>/, 'it is left out');
        const code = await pickup_code(pub, p);
        assert.equal((await oper.submit(told, '/deliver', { ids: [p.id], amount: '1500', code })).status, 303);
        const blind = await on_shelf(s, pub, oper);
        await say(await other.get(`/deliver?package=${blind.id}`), blind, { outcome: 'no_encontrado' }, other);
        const body = { ids: [blind.id], code: await pickup_code(pub, blind), amount: 1500, ...nequi };
        assert.equal((await api.post('/api/v1/deliveries', { json: body, headers: key() })).status, 409);
        const known = { ...body, incidents: [(await of(blind)).id] };
        assert.equal((await api.post('/api/v1/deliveries', { json: known, headers: key() })).status, 201);
    });
});
