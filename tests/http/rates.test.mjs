// Tariffs: what rules and will, the simulator, closures; who may change them, and what
// is refused by name.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { poll } from '../helpers/poll.mjs';
import { announced, received } from '../helpers/shop.mjs';
import { System } from '../helpers/system.mjs';

let s, anybody, admin, oper, reader, api;
before(async () => {
    s = await System.start();
    ({ anybody, admin, oper, reader } = await s.browsers());
    api = await s.token('ADMIN');
});
after(() => s?.stop());

// A day of Bogotá, so many from today.
const day = (n) => new Date(Date.now() - 5 * 3600e3 + n * 864e5).toISOString().slice(0, 10);
// The same for the API, where money and hours are numbers.
const numbers = (fields) => ({ ...fields, base_fee: +fields.base_fee, storage_per_day: +fields.storage_per_day,
    free_hours: +fields.free_hours });
const shown = (iso) => iso.split('-').reverse().join('/');
const tariff = (n, more = {}) => ({ package_type: 'NORMAL', base_fee: '1800', storage_per_day: '1200',
    free_hours: '48', valid_from: day(n), ...more });
const audited = (action) => s.value('SELECT count(*) FROM audit_log WHERE action = ?1', action);
const add = async (fields) => admin.submit(await admin.get('/rates/new'), '/rates', fields);

describe('tariffs', () => {
    test('what rules is public, the rest for staff', async () => {
        const current = await anybody.get('/api/v1/rates/current');
        assert.deepEqual(current.json.rates.map((r) => [r.package_type, r.base_fee]),
            [['NORMAL', 1500], ['EXTRA_DIMENSIONADO', 2000]]);
        assert.match((await reader.get('/rates')).words, /En vigor Normal .*Tarifa base \$1\.500/);
        assert.equal((await anybody.get('/api/v1/rates')).status, 401);
        assert.equal((await (await s.token('USUARIO')).get('/api/v1/rates')).json.rates.length, 2);
    });

    test('before the first parcel was received a tariff holds from today without notice or reason', async () => {
        const form = await admin.get('/rates/new');
        assert.doesNotMatch(form.words, /Sé que rige sin el aviso/);
        assert.equal(form.form('/rates').fields.valid_from, day(0));
        const made = await add(tariff(0, { base_fee: '1500', storage_per_day: '1000', free_hours: '24' }));
        assert.equal(made.status, 303, made.words);
        await poll('the tariff to begin', async () => !(await api.get('/api/v1/rates')).json.rates.some((r) => r.state === 'PROXIMA'));
        await received(s, oper, (await announced(s, anybody)).guide_number);
        assert.match((await admin.get('/rates/new')).words, /Sé que rige sin el aviso/);
    });

    test('a new one comes on its day, and is withdrawn before it begins', async () => {
        const answer = await add(tariff(20));
        assert.equal(answer.status, 303, answer.words);
        const page = await admin.follow(answer);
        assert.match(page.words, /la tarifa nueva rige desde el/);
        assert.match(page.words, /Por venir .*Normal Base \$1\.800 Por día \$1\.200 48 h/);
        const coming = (await api.get('/api/v1/rates')).json.rates.find((r) => r.state === 'PROXIMA');
        assert.equal(coming.valid_from, `${day(20)}T00:00:00-05:00`);
        assert.equal((await anybody.get('/api/v1/rates/current')).json.rates[0].base_fee, 1500);
        assert.doesNotMatch((await reader.get('/rates')).words, /Retirar/);
        const path = `/rates/${coming.id}/withdraw`;
        assert.equal((await admin.submit(page, path)).status, 303);
        assert.equal((await admin.submit(page, path)).status, 404);
        assert.match((await admin.get('/rates')).words, /Ninguna: siguen las que están en vigor/);
        assert.equal(await audited('rate_withdraw'), 1);
        const begun = (await api.get('/api/v1/rates')).json.rates[0];
        assert.equal((await api.post(`/api/v1/rates/${begun.id}/withdraw`)).status, 409);
    });

    test('sent twice it is there once, and another of that day is refused', async () => {
        const page = await admin.get('/rates/new');
        assert.equal((await admin.submit(page, '/rates', tariff(30))).status, 303);
        assert.equal((await admin.submit(page, '/rates', tariff(30))).status, 303);
        assert.equal(await s.value('SELECT count(*) FROM rates WHERE base_fee = 1800'), 1);
        const again = await add(tariff(30, { base_fee: '1900' }));
        assert.equal(again.status, 409);
        assert.match(again.words, /Ya hay una tarifa de ese tipo desde ese día/);
        assert.equal(again.form('/rates').fields.base_fee, '1900');
    });

    test('without the notice it needs the tick and a reason', async () => {
        const early = await add(tariff(3));
        assert.equal(early.status, 422);
        assert.match(early.words, new RegExp(`elija el ${shown(day(15))} o después`));
        assert.equal(early.form('/rates').fields.valid_from, day(3));
        const silent = await add(tariff(3, { known: '1' }));
        assert.match(silent.words, /Escriba por qué no hay tiempo de avisar/);
        assert.equal((await add(tariff(3, { known: '1', reason: 'Cambió el arriendo' }))).status, 303);
        const details = JSON.parse(await s.value("SELECT details FROM audit_log WHERE action = 'rate_add'"
            + ' ORDER BY id DESC LIMIT 1'));
        assert.match(details.note, /^[0-9a-f]{64}$/);
        assert.equal(await s.value("SELECT value FROM audit_values WHERE name = 'note' ORDER BY id DESC LIMIT 1"), 'Cambió el arriendo');
        assert.equal(details.base_fee, 1800);
        assert.equal((await add(tariff(-1, { known: '1', reason: 'Tarde' }))).status, 422);
    });

    test('bad numbers are named and nothing typed is lost', async () => {
        const before = await audited('rate_add');
        for (const [field, value] of [['base_fee', 'mil'], ['storage_per_day', '-5'], ['free_hours', '9000'],
            ['valid_from', '2027-02-30'], ['package_type', 'GRANDE']]) {
            const page = await add(tariff(20, { reason: 'Se queda', [field]: value }));
            assert.equal(page.status, 422, field);
            assert.match(page.text, new RegExp(`href="#f-${field}"`));
            assert.equal(page.form('/rates').fields.reason, 'Se queda');
            const problem = await api.post('/api/v1/rates', { json: { ...numbers(tariff(20)), [field]: value } });
            assert.equal(problem.json.errors[0].pointer, `#/${field}`);
        }
        assert.equal(await audited('rate_add'), before);
    });

    test('only an administrator changes them', async () => {
        assert.equal((await oper.get('/rates/new')).status, 403);
        assert.doesNotMatch((await oper.get('/rates')).text, /action="\/closures"/);
        const low = await s.token('OPERADOR');
        assert.equal((await low.post('/api/v1/rates', { json: numbers(tariff(20)) })).status, 403);
        assert.equal((await low.post('/api/v1/closures', { json: { day: day(9), reason: 'No' } })).status, 403);
        const made = await api.post('/api/v1/rates', { json: numbers(tariff(40, { package_type: 'EXTRA_DIMENSIONADO' })) });
        assert.equal(made.status, 201, made.text);
        assert.equal(made.json.storage_per_day, 1200);
    });
});

describe('closures', () => {
    const close = async (fields) => admin.submit(await admin.get('/rates'), '/closures', fields);

    test('a day to come is added once, and removed', async () => {
        const answer = await close({ day: day(9), reason: 'Inventario' });
        assert.equal(answer.status, 303, answer.words);
        const page = await admin.follow(answer);
        assert.match(page.words, new RegExp(`${shown(day(9))} Inventario`));
        const twice = await close({ day: day(9), reason: 'Otra vez' });
        assert.equal(twice.status, 409);
        assert.equal(twice.form('/closures').fields.reason, 'Otra vez');
        assert.equal((await admin.submit(page, `/closures/${day(9)}/remove`)).status, 303);
        assert.equal((await admin.submit(page, `/closures/${day(9)}/remove`)).status, 404);
        assert.equal((await api.get('/api/v1/rates')).json.closures.length, 0);
    });

    test('a day past must be known, is audited, and stays', async () => {
        const page = await close({ day: day(-2), reason: 'Sin luz' });
        assert.equal(page.status, 422);
        assert.match(page.text, /href="#f-known"/);
        assert.equal(page.form('/closures').fields.day, day(-2));
        assert.equal((await close({ day: day(-2), reason: 'Sin luz', known: '1' })).status, 303);
        assert.match(await s.value("SELECT details FROM audit_log WHERE action = 'closure_add' ORDER BY id DESC LIMIT 1"),
            /"begun":true/);
        assert.equal((await api.post(`/api/v1/closures/${day(-2)}/remove`)).status, 409);
        assert.equal((await close({ day: day(2), reason: '' })).status, 422);
    });
});

describe('the simulator', () => {
    const asked = { received_day: '2026-03-02', received_time: '10:00', picked_day: '2026-03-05', picked_time: '10:01' };

    test('shows the charge day by day, as the API does', async () => {
        const page = await reader.get('/rates/quote');
        assert.equal(page.status, 200);
        const done = await reader.submit(page, '/rates/quote', asked);
        assert.match(done.words, /Total \$4\.500/);
        assert.match(done.words, /Vuelve a subir 06\/03\/2026 10:00/);
        assert.match(done.words, /02\/03\/2026 Llega: tarifa base \$1\.500 \$1\.500 03\/03\/2026 Bodegaje \$1\.000 \$2\.500/);
        const quote = (await api.post('/api/v1/rates/quote', { json: asked })).json;
        assert.equal(quote.total, 4500);
        assert.deepEqual(quote.list.map((d) => d.total), [1500, 2500, 3500, 4500]);
    });

    test('names what it cannot read and keeps it', async () => {
        const page = await reader.submit(await reader.get('/rates/quote'), '/rates/quote',
            { ...asked, picked_day: '2026-03-01', package_type: 'EXTRA_DIMENSIONADO' });
        assert.equal(page.status, 422);
        assert.match(page.text, /href="#f-picked_day"/);
        assert.equal(page.form('/rates/quote').fields.picked_day, '2026-03-01');
        assert.equal(page.form('/rates/quote').fields.package_type, 'EXTRA_DIMENSIONADO');
        const bad = await api.post('/api/v1/rates/quote', { json: { ...asked, received_time: '10' } });
        assert.equal(bad.json.errors[0].pointer, '#/received_time');
    });
});
