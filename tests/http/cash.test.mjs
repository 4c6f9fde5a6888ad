// Drawers to the peso: from the base to the approved closing, what is refused by name, and
// payments that race the count: each is in the closing or was refused.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import vm from 'node:vm';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announced, hand_over, new_key, new_phone, on_shelf, pickup_code, quote, received } from '../helpers/shop.mjs';

const SECOND = { username: 'otra', password: 'segunda-caja-verde-4' };

let s, anybody, admin, oper, second, api, boss;      // api, boss: tokens of oper and of the admin
const post = (client, path, json = {}, k = new_key()) => client.post(`/api/v1${path}`, { json, headers: { 'Idempotency-Key': k } });
const sum_of = (id) => s.value("SELECT base + (SELECT coalesce(sum(amount), 0) FROM payments WHERE cash_session_id = ?1 AND method = 'efectivo')"
    + ' + (SELECT coalesce(sum(amount), 0) FROM cash_movements WHERE cash_session_id = ?1) FROM cash_sessions WHERE id = ?1', id);
const shelved = () => on_shelf(s, anybody, oper);
const own = async (client) => Number((await client.get('/cash')).text.match(/action="\/cash\/(\d+)\//)[1]);
const ok = (answer, status = 303) => (assert.equal(answer.status, status, answer.words.slice(0, 500)), answer);

test('the counter\'s script reads money by the same table of cases as the server', () => {
    const file = (path) => fs.readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const { pesos } = vm.runInNewContext(`${file('htdocs/js/counter.js')}; counter`, { document: { addEventListener() {} }, performance });
    const cases = [...file('tests/helpers/money_cases.def').matchAll(/^(?:CASE|REFUSED)\((".*?")(?:, (-?\d+))?\)$/gm)];
    assert.ok(cases.length > 40, `${cases.length} cases`);
    for (const [, text, pesos_of] of cases)
        assert.equal(pesos(JSON.parse(text)), pesos_of === undefined ? NaN : Number(pesos_of), text);
    assert.equal(pesos(''), 0, 'an empty field is nothing paid');
});

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000, undo_s: 300 });
    anybody = s.client();
    admin = await s.as('ADMIN');
    oper = await s.as('OPERADOR');
    await s.paqueteria(['user', 'add', '--username', SECOND.username, '--email', 'otra@example.com', '--name', 'Olivia Otra',
        '--role', 'OPERADOR', '--password-stdin', '--final'], `${SECOND.password}\n`);
    second = await s.client().login(SECOND.username, SECOND.password);
    api = await s.token('OPERADOR');
    boss = await s.token('ADMIN');
});
after(() => s?.stop());

const open = async (client, base) => ok(await client.submit(await client.get('/cash'), '/cash', { base: String(base) }));
const form = async (client, id, what, fields) => client.submit(await client.get(`/cash/${id}`), `/cash/${id}/${what}`, fields);
async function close(client, id, pieces, explanation) {
    ok(await form(client, id, 'count', pieces));
    ok(await form(client, id, 'close', explanation ? { explanation } : {}));
}

describe('a drawer', () => {
    let id, first, undone, taken;

    test('before there is any, cash is taken as ever', async () => {
        const p = await shelved();
        const page = await quote(oper, await pickup_code(anybody, p));
        assert.doesNotMatch(page.words, /No hay caja abierta/);
        ok(await oper.submit(page, '/deliver', {}));
        assert.equal(await s.value('SELECT cash_session_id FROM payments WHERE package_id = ?1', p.id), null);
        assert.match((await oper.get('/cash')).words, /Abrir su caja .*Aquí verá cada caja/);
    });

    test('opens with a base, once a person and once a form', async () => {
        const page = await oper.get('/cash');
        ok(await oper.submit(page, '/cash', { base: '50.000' }));
        ok(await oper.submit(page, '/cash', { base: '50.000' }));
        assert.equal(await s.value('SELECT count(*) FROM cash_sessions'), 1);
        assert.equal((await post(api, '/cash-sessions', { base: 1 })).status, 409);
        id = await own(oper);
        const mine = await oper.get('/cash');
        assert.match(mine.words, /Caja 1 Base \$50\.000 De Óscar Operador, abierta hoy/);
        assert.doesNotMatch(mine.words, /Debía haber/);
    });

    test('takes what is handed over, by whatever method, and gives back what is undone', async () => {
        first = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, first)));
        const by_phone = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, by_phone), { method: 'nequi', reference: 'N-7' }));
        undone = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, undone)));
        ok(await post(api, `/packages/${undone.id}/undo`), 200);
        taken = [first, by_phone, undone];
        assert.equal(await sum_of(id), 51500);
    });

    test('notes what goes in and out with its reason, and never more than there is', async () => {
        ok(await form(oper, id, 'movements', { kind: 'salida', amount: '10.000', reason: 'Bolsas y cinta' }));
        ok(await form(oper, id, 'movements', { kind: 'traslado', amount: '20.000', reason: 'Consignación', reference: 'C-1' }));
        ok(await form(oper, id, 'movements', { kind: 'entrada', amount: '5000', reason: 'Monedas para cambio' }));
        for (const [fields, field] of [[{ amount: '26501' }, 'amount'], [{ amount: '0' }, 'amount'], [{ amount: '-5' }, 'amount'],
            [{ amount: 'mil' }, 'amount'], [{ reason: '' }, 'reason'], [{ reason: 'x' }, 'reason'], [{ kind: 'otra' }, 'kind'],
            [{ kind: 'traslado' }, 'reference'], [{ kind: 'traslado', reference: ' ' }, 'reference']]) {
            const page = await form(oper, id, 'movements', { kind: 'salida', amount: '100', reason: 'Se queda', ...fields });
            assert.equal(page.status, 422, JSON.stringify(fields));
            assert.match(page.text, new RegExp(`href="#f-${field}"`));
            assert.equal(page.form(`/cash/${id}/movements`).fields.amount, fields.amount ?? '100');
        }
        assert.equal(await sum_of(id), 26500);
        assert.match((await oper.get('/cash')).words, /Sale: Bolsas y cinta Óscar Operador -\$10\.000 .*Al banco: Consignación C-1 Óscar Operador -\$20\.000/);
    });

    test('tells nobody what it should hold before it is counted, nor a payment of which the sum would tell it', async () => {
        const one = (await api.get(`/api/v1/cash-sessions/${id}`)).json;
        assert.deepEqual([one.state, one.count, one.methods, one.payments, one.base], ['ABIERTA', null, null, null, 50000]);
        assert.equal((await boss.get(`/api/v1/cash-sessions/${id}`)).json.payments, null);
        for (const page of [await oper.get('/cash'), await oper.get(`/cash/${id}`), await admin.get(`/cash/${id}`)]) {
            assert.doesNotMatch(page.words, /26\.500|\$1\.500|N-7/);
            for (const p of taken)
                assert.ok(!page.text.includes(`/packages/${p.id}"`));
        }
        const home = await oper.get('/dashboard');
        assert.match(home.words, /Su caja está abierta y se cuenta a ciegas/);
        assert.doesNotMatch(home.words, /cobrados|Efectivo \$/);
        const figures = (await api.get('/api/v1/dashboard')).json;
        assert.deepEqual([figures.drawer_open, figures.methods, figures.paid_today], [true, [], 0]);
        assert.match((await admin.get('/dashboard')).words, /cobrados/);
    });

    test('is counted by what can be, and an empty form is no count', async () => {
        for (const [fields, field] of [[{ note_50000: '-1' }, 'note_50000'], [{ coin_50: '10000' }, 'coin_50'],
            [{ note_1000: '99999999999999999999' }, 'note_1000'], [{ note_2000: '1,5' }, 'note_2000'], [{}, 'empty']]) {
            const page = await form(oper, id, 'count', { note_20000: Object.keys(fields).length ? '1' : '', ...fields });
            assert.equal(page.status, 422, JSON.stringify(fields));
            assert.match(page.text, new RegExp(`href="#f-${field}"`));
            assert.match(page.text, new RegExp(`id="e-${field}"`));
            if (field !== 'empty')
                assert.equal(page.form(`/cash/${id}/count`).fields.note_20000, '1');
        }
        assert.equal((await post(api, `/cash-sessions/${id}/close`, { explanation: 'Sin contar' })).status, 409);
    });

    test('shows what is missing after the count, takes nothing more, and closes with it explained', async () => {
        const page = await oper.follow(ok(await form(oper, id, 'count', { note_20000: '1', note_5000: '1', coin_1000: '1', coin_200: '2' })));
        assert.match(page.words, /Falta \$100 Contado \$26\.400 Debía haber \$26\.500/);
        const late = await shelved();
        const refused = await hand_over(oper, await pickup_code(anybody, late), { method: 'efectivo' });
        assert.equal(refused.status, 409);
        assert.match(refused.words, /Esa caja ya se contó/);
        assert.match(refused.text, /href="\/cash"/);
        assert.equal((await post(api, `/packages/${first.id}/undo`)).status, 409);
        const silent = await form(oper, id, 'close', { explanation: '' });
        assert.equal(silent.status, 422);
        assert.match(silent.words, /Faltan \$100\. Escriba qué pasó/);
        ok(await form(oper, id, 'count', { note_20000: '1', note_5000: '1', coin_1000: '1', coin_200: '2', coin_50: '1' }));
        const ready = await oper.get(`/cash/${id}`);
        ok(await oper.submit(ready, `/cash/${id}/close`, { explanation: 'Un cambio mal dado' }));
        ok(await oper.submit(ready, `/cash/${id}/close`, { explanation: 'Un cambio mal dado' }));
        const again = await post(api, `/cash-sessions/${id}/close`, { explanation: 'Otra vez' });
        assert.equal(again.status, 409);
        assert.match(again.json.detail, /Esa caja ya se cerró el/);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'cash_close'"), 1);
        const refused_again = await hand_over(oper, await pickup_code(anybody, late), { method: 'efectivo' });
        assert.match(refused_again.words, /No tiene una caja abierta. Ábrala en Caja/);
        const told = await quote(oper, await pickup_code(anybody, late));
        assert.match(told.words, /No hay caja abierta: no puede recibir efectivo, y un pago por otro medio queda fuera de todo cierre\. El último cierre dejó \$26\.450 ?\./);
        // A payment in the second in which the first drawer was opened could belong before it or into it.
        await poll('the next second', () => s.value('SELECT unixepoch() > min(opened_at) FROM cash_sessions'));
        ok(await oper.submit(told, '/deliver', { method: 'nequi', reference: 'N-8' }));
    });

    test('that nobody had open leaves what was paid in a list of its own, for administrators', async () => {
        const page = await admin.get('/cash'), [link] = page.text.match(/\/cash\/outside\?day=\d{4}-\d\d-\d\d/);
        assert.match(page.words, /Pagos fuera de caja Todos .*Día Pagos Valor .*\d{4} 1 \$1\.500/);
        assert.match((await admin.get(link)).words, /\$1\.500 Cuándo Entrega .*Nequi N-8 Óscar Operador \$1\.500/);
        assert.match((await admin.get('/cash/outside?day=2020-01-01')).words, /Ese día, ninguno/);
        assert.doesNotMatch((await oper.get('/cash')).words, /fuera de caja/);
        assert.equal((await oper.get('/cash/outside')).status, 403);
        assert.equal((await api.get('/api/v1/cash-sessions/outside')).status, 403);
        const json = (await boss.get('/api/v1/cash-sessions/outside')).json;
        assert.deepEqual(json.days, [json.day]);
        assert.deepEqual([json.day.payments, json.day.amount], [1, 1500], 'what was before the first drawer is nobody\'s to be in one');
        assert.deepEqual(json.payments.map((p) => [p.method, p.reference, p.amount]), [['nequi', 'N-8', 1500]]);
    });

    test('lists what was taken and given back, once it is counted', async () => {
        const page = await oper.get(`/cash/${id}`);
        for (const p of taken)
            assert.match(page.text, new RegExp(`href="/packages/${p.id}"`));
        assert.match(page.words, /Nequi N-7 Óscar Operador \$1\.500/);
        assert.match(page.words, /Efectivo devuelto: deshacer entrega Óscar Operador -\$1\.500/);
        assert.match((await oper.get('/dashboard')).words, /cobrados/);
    });

    test('that was short waits for its approval on the first page and in the rail', async () => {
        assert.match((await oper.get('/dashboard')).words, /1 caja con diferencia, por aprobar/);
        assert.match((await admin.get('/packages')).words, /Caja 1 con diferencia, por aprobar/);
        assert.equal((await boss.get('/api/v1/dashboard')).json.drawers_waiting, 1);
    });

    test('is opened knowing what the last count left, whoever counted', async () => {
        const [last] = await s.sql('SELECT counted FROM cash_sessions WHERE id = ?1', id);
        assert.equal(last.counted, 26450);
        assert.match((await second.get('/cash')).words, new RegExp(`El último cierre dejó \\$26\\.450 ?: caja ${id}, contada por Óscar Operador hoy`));
    });

    test('adds up on its page, row by row', async () => {
        const one = (await api.get(`/api/v1/cash-sessions/${id}`)).json;
        const cash = one.payments.filter((p) => p.method === 'efectivo').reduce((n, p) => n + p.amount, 0);
        const moved = one.movements.reduce((n, m) => n + m.amount, 0);
        assert.deepEqual([one.count.expected, one.count.counted, one.count.difference], [26500, 26450, -50]);
        assert.equal(one.base + cash + moved, one.count.expected);
        assert.deepEqual(one.movements.map((m) => m.kind), ['salida', 'traslado', 'entrada']);
        assert.equal(one.pieces.reduce((n, p) => n + p.value * p.pieces, 0), one.count.counted);
        assert.deepEqual(one.counts.map((c) => c.counted), [26400, 26450]);
        assert.match((await oper.get(`/cash/${id}`)).words, /Base \$50\.000 .*\$1\.500 Entró \$5\.000 Salió -\$10\.000 Al banco -\$20\.000 Debía haber \$26\.500 Se contó \$26\.450 Falta \$50/);
        assert.match((await anybody.get('/metrics')).text, /paqueteria_cash_difference_pesos\{sign="short"\} 50\n/);
    });

    test('is approved by an administrator who had no part in it, once', async () => {
        assert.equal((await post(api, `/cash-sessions/${id}/approve`)).status, 403);
        const page = await admin.get(`/cash/${id}`);
        ok(await admin.submit(page, `/cash/${id}/approve`, { note: 'Visto' }));
        ok(await admin.submit(page, `/cash/${id}/approve`, { note: 'Visto' }));
        assert.equal((await post(boss, `/cash-sessions/${id}/approve`)).status, 409);
        assert.match((await admin.get(`/cash/${id}`)).words, /Aprobada .*Aprobó Julia Jefa, .*Visto/);
        assert.doesNotMatch((await admin.get('/dashboard')).words, /con diferencia, por aprobar/);
    });

    test('of an administrator is approved by another one', async () => {
        await open(admin, 1000);
        const theirs = await own(admin);
        await close(admin, theirs, { coin_1000: '1' });
        const refused = await post(boss, `/cash-sessions/${theirs}/approve`);
        assert.equal(refused.status, 403);
        assert.match(refused.json.detail, /Debe aprobarlo otra persona/);
        assert.doesNotMatch((await admin.get(`/cash/${theirs}`)).text, /\/approve/);
    });

    test('is its person\'s to see, and an administrator\'s', async () => {
        const [theirs, none] = [await second.get(`/cash/${id}`), await second.get('/cash/99999')];
        const told = (a) => a.words.replace(/[0-9a-f]{32}/, '');
        assert.deepEqual([theirs.status, told(theirs)], [404, told(none)], 'as one that is not there');
        assert.match((await second.get('/cash')).words, /Aquí verá cada caja/);
        assert.match((await admin.get('/cash')).words, /Todas las cajas .*Caja 1 Óscar Operador/);
        assert.equal((await oper.get('/cash/99999')).status, 404);
        const pages = (await boss.get('/api/v1/cash-sessions?limit=1'));
        assert.equal(pages.json.items.length, 1);
        assert.match(pages.headers.link, /before=\d+>; rel="next"/);
        assert.equal((await boss.get(`/api/v1/cash-sessions?limit=1&before=${pages.json.next}`)).json.items[0].id, id);
    });

    test('is approved at its own counter by the PIN of an administrator who had no part in it', async () => {
        const pin = '805173', jefa = await s.value('SELECT id FROM users WHERE username = ?1', PEOPLE.ADMIN.username);
        ok(await admin.submit(await admin.get('/profile/pin'), '/profile/pin', { current: PEOPLE.ADMIN.password, pin, again: pin }));
        await open(oper, 3000);
        const mine = await own(oper);
        await close(oper, mine, { coin_1000: '2' }, 'Un cambio mal dado');
        const asked = await form(oper, mine, 'approve', { note: 'Visto aquí' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, new RegExp(`Lo aprueba un administrador, con su PIN: cierre \\(falta \\$1\\.000\\): caja ${mine}`));
        assert.equal(asked.form(`/cash/${mine}/approve`).fields.note, 'Visto aquí');
        assert.equal((await oper.submit(asked, `/cash/${mine}/approve`, { pin: '620341' })).status, 422);
        ok(await oper.submit(asked, `/cash/${mine}/approve`, { pin }));
        assert.match((await oper.get(`/cash/${mine}`)).words, /Aprobada .*Abrió Óscar Operador, .*Aprobó Julia Jefa, .*Visto aquí/);
        assert.equal(await s.value('SELECT approved_by FROM cash_sessions WHERE id = ?1', mine), jefa);
    });

    test('that stays open for 16 hours needs a hand', async () => {
        await open(second, 0);
        assert.doesNotMatch((await admin.get('/dashboard')).words, /cajas? abiertas? desde hace/);
        await s.sql('DROP TRIGGER cash_sessions_fixed');
        await s.sql('UPDATE cash_sessions SET opened_at = opened_at - 16 * 3600 - 60 WHERE closed_at IS NULL');
        assert.match((await admin.get('/dashboard')).words, /1 caja abierta desde hace demasiado/);
        assert.equal((await boss.get('/api/v1/dashboard')).json.drawers_late, 1);
        const left = await s.value('SELECT id FROM cash_sessions WHERE closed_at IS NULL');
        await close(admin, left, { empty: '1' });        // its person went home
        assert.equal(await s.value('SELECT closed_by FROM cash_sessions WHERE id = ?1', left),
            await s.value("SELECT id FROM users WHERE username = 'jefa'"));
    });
});

describe('a payment', () => {
    let id;
    before(async () => {
        await open(oper, 10000);
        await open(second, 0);
        id = await own(oper);
    });

    test('short or over by one peso is refused, and nothing is handed over', async () => {
        const p = await shelved();
        for (const amount of ['1499', '1501']) {
            const page = await hand_over(oper, await pickup_code(anybody, p), { amount });
            assert.equal(page.status, 422);
            assert.match(page.words, /El valor a cobrar es \$1\.500 y se registró \$1\.(499|501)/);
            assert.equal(page.form('/deliver').fields.amount, amount);
        }
        assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 0);
        assert.equal(await sum_of(id), 10000);
    });

    test('in two ways adds up to what is due, by the page', async () => {
        const p = await shelved();
        const code = await pickup_code(anybody, p);
        for (const [fields, field] of [[{ amount: '1000', method_2: 'nequi', amount_2: '499', reference_2: 'N' }, 'amount'],
            [{ amount: '1000', method_2: 'nequi', amount_2: '500' }, 'reference_2'],
            [{ amount: '1000', amount_2: '500', reference_2: 'N' }, 'method_2'],
            [{ amount: '1500', method_2: 'nequi', reference_2: 'N' }, 'amount_2'],
            [{ amount: '1000', method_2: 'tarjeta', amount_2: '500', reference_2: 'N' }, 'method_2']]) {
            const page = await hand_over(oper, code, fields);
            assert.equal(page.status, 422, JSON.stringify(fields));
            assert.match(page.text, new RegExp(`href="#f-${field}"`), JSON.stringify(fields));
        }
        const done = await oper.follow(ok(await hand_over(oper, code,
            { amount: '1000', tendered: '2000', method_2: 'nequi', amount_2: '500', reference_2: 'N-9' })));
        assert.match(done.words, /Devuelva \$1\.000 Recibió \$2\.000 y cobró \$1\.000 en efectivo/);
        assert.match(done.words, /Efectivo \$1\.000 · Nequi \$500 ?, ref\. N-9/);
        assert.equal(await sum_of(id), 11000);
    });

    test('in several ways adds up to what is due, by the API', async () => {
        const phone = '3005559001', p = await received(s, oper, (await announced(s, anybody, { phone })).guide_number),
            q = await received(s, oper, (await announced(s, anybody, { phone })).guide_number);
        const json = { ids: [p.id, q.id], code: await pickup_code(anybody, p) };
        const nequi = { method: 'nequi', amount: 1200, reference: 'N-10' }, cash = { method: 'efectivo', amount: 1800 };
        for (const [payments, words] of [[[cash], /El valor a cobrar es \$3\.000 y se registró \$1\.800/],
            [[cash, { ...nequi, reference: '' }], /En el número 2, «reference»: Escriba la referencia/],
            [[cash, { method: 'oro', amount: 1200 }], /En el número 2, «method»: Elija una/],
            [[{ ...cash, amount: -1 }], /En el número 1, «amount»/], ['x', /lista/], [[1], /lista/],
            [[{ ...cash, extra: 1 }], /«extra»/], [Array(6).fill(cash), /como máximo 5/]]) {
            const answer = await post(api, '/deliveries', { ...json, payments });
            assert.equal(answer.status, 422, JSON.stringify(payments));
            assert.equal(answer.json.errors[0].pointer, '#/payments');
            assert.match(answer.json.errors[0].message, words);
        }
        assert.match((await post(api, '/deliveries', { ...json, payments: [cash], method: 'efectivo', amount: 3000 })).json
            .errors[0].message, /una sola vez/);
        const k = new_key(), done = await post(api, '/deliveries', { ...json, payments: [cash, nequi] }, k);
        ok(done, 201);
        assert.equal((await post(api, '/deliveries', { ...json, payments: [cash, nequi] }, k)).headers['idempotent-replayed'], 'true');
        const rows = await s.sql('SELECT package_id, method, amount FROM payments WHERE package_id IN (?1, ?2) ORDER BY id', p.id, q.id);
        assert.deepEqual(rows.map((r) => [r.package_id, r.method, r.amount]),
            [[p.id, 'efectivo', 1500], [q.id, 'efectivo', 300], [q.id, 'nequi', 1200]]);
        assert.equal(await sum_of(id), 12800);
    });

    test('of one parcel that two operators hand over is taken once', async () => {
        const p = await shelved(), code = await pickup_code(anybody, p);
        const [a, b] = [await quote(oper, code), await quote(second, code)];
        const answers = await Promise.all([oper.submit(a, '/deliver', {}), second.submit(b, '/deliver', {})]);
        assert.deepEqual(answers.map((x) => x.status).sort(), [303, 409]);
        assert.match(answers.find((x) => x.status === 409).words, /ya fue entregado/);
        assert.equal(await s.value('SELECT sum(amount) FROM payments WHERE package_id = ?1', p.id), 1500);
        assert.equal(await sum_of(id) + await sum_of(await own(second)), 12800 + 1500);
    });

    test('is reversed by an administrator, once, with its reason', async () => {
        const p = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, p)));
        const held = await sum_of(id);
        const one = await s.value('SELECT id FROM payments WHERE package_id = ?1', p.id);
        assert.equal((await post(api, `/payments/${one}/reverse`, { reason: 'No puede' })).status, 403);
        assert.equal((await post(boss, `/payments/${one}/reverse`)).status, 422);
        assert.equal((await post(boss, '/payments/99999/reverse', { reason: 'No existe' })).status, 404);
        const page = await admin.get(`/packages/${p.id}`), action = `/packages/${p.id}/payments/reverse`;
        const silent = await admin.submit(page, action, { payment: String(one), reverse_reason: '' });
        assert.equal(silent.status, 422);
        assert.equal(silent.form(action).fields.payment, String(one));
        const after_ = await admin.follow(ok(await admin.submit(page, action, { payment: String(one), reverse_reason: 'Cobro equivocado' })));
        assert.match(after_.words, /Pagó \$0 Sin pagar: \$1\.500/);
        assert.match(after_.words, /Pago de \$1\.500 reversado · Cobro equivocado/);
        assert.equal((await post(boss, `/payments/${one}/reverse`, { reason: 'Otra vez' })).status, 409);
        assert.equal(await sum_of(id), held - 1500);
        const [row] = await s.sql('SELECT amount, reverses, cash_session_id FROM payments WHERE reverses = ?1', one);
        assert.deepEqual([row.amount, row.cash_session_id], [-1500, id]);
    });

    test('of a closed drawer is given back out of the administrator\'s own', async () => {
        const p = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, p)));
        const one = await s.value('SELECT id FROM payments WHERE package_id = ?1', p.id), held = await sum_of(id);
        await close(oper, id, { note_1000: String(Math.floor(held / 1000)), coin_100: String(held % 1000 / 100) });
        const none = await post(boss, `/payments/${one}/reverse`, { reason: 'Cobro equivocado' });
        assert.equal(none.status, 409);
        assert.match(none.json.detail, /No tiene una caja abierta/);
        await open(admin, 1499);
        assert.match((await post(boss, `/payments/${one}/reverse`, { reason: 'Cobro equivocado' })).json.detail, /más dinero del que hay/);
        ok(await post(boss, `/cash-sessions/${await own(admin)}/movements`, { kind: 'entrada', amount: 1, reason: 'Falta uno' }), 201);
        const done = await post(boss, `/payments/${one}/reverse`, { reason: 'Cobro equivocado' });
        ok(done, 201);
        assert.equal(done.json.cash_session_id, await own(admin));
        assert.equal(await sum_of(await own(admin)), 0);
        assert.equal(await sum_of(id), held, 'the closed one stays as it was');
    });
});

describe('a payment that belongs to no hand-over', () => {
    const record = async (p, fields, who = oper) => who.submit(await who.get(`/packages/${p.id}/payments`), `/packages/${p.id}/payments`,
        { reason: 'Bodegaje acordado', ...fields });

    test('of a cancelled package is recorded once, and shows wherever payments do', async () => {
        const p = await shelved(), path = `/packages/${p.id}/payments`;
        assert.equal((await oper.get(path)).status, 409, 'one on the shelf is paid when it is handed over');
        assert.doesNotMatch((await oper.get(`/packages/${p.id}`)).words, /Anotar un pago/);
        ok(await oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/cancel`, { reason: 'cliente_solicita' }));
        assert.match((await oper.get(`/packages/${p.id}`)).text, new RegExp(`href="${path}"`));
        const page = await oper.get(path);
        assert.match(page.words, /No hay caja abierta/);
        const refused = await oper.submit(page, path, { method: 'efectivo', amount: '12.000', reason: 'Bodegaje acordado' });
        assert.equal(refused.status, 409);
        assert.match(refused.words, /No tiene una caja abierta/);
        assert.equal(refused.form(path).fields.amount, '12.000');
        await open(oper, 0);
        const drawer = await own(oper), form = await oper.get(path);
        for (let i = 0; i < 2; i++)
            ok(await oper.submit(form, path, { amount: '12.000', reason: 'Bodegaje acordado' }));
        assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 1);
        const detail = await oper.get(`/packages/${p.id}`);
        assert.match(detail.words, /Pago de \$12\.000 anotado · Bodegaje acordado/);
        assert.match(detail.words, /Efectivo Bodegaje acordado/);
        assert.equal(await sum_of(drawer), 12000);
    });

    test('of one that was handed over pays what a reversal left', async () => {
        const p = await shelved();
        ok(await hand_over(oper, await pickup_code(anybody, p)));
        assert.equal((await oper.get(`/packages/${p.id}/payments`)).status, 409);
        const one = await s.value('SELECT id FROM payments WHERE package_id = ?1', p.id);
        ok(await post(boss, `/payments/${one}/reverse`, { reason: 'Fue por Nequi' }), 201);
        const much = await record(p, { method: 'nequi', amount: '1501', reference: 'N-9' });
        assert.equal(much.status, 422);
        assert.match(much.words, /Como máximo se puede anotar \$1\.500/);
        assert.match(much.text, /href="#f-amount"/);
        const bare = await record(p, { method: 'nequi', reference: '' });
        assert.match(bare.text, /href="#f-reference"/);
        const page = await oper.follow(ok(await record(p, { method: 'nequi', reference: 'N-9', reason: 'Fue por Nequi' })));
        assert.match(page.words, /Pagó \$1\.500/);
        assert.doesNotMatch(page.words, /Sin pagar|Anotar un pago/);
        assert.match((await anybody.get(`/t/${p.public_token}/receipt`)).words, /Pagado \$1\.500 Efectivo \$1\.500 Devuelto .*Nequi, ref\. N-9 \$1\.500/);
    });

    test('comes by the API with its key, from an operator', async () => {
        const p = await shelved(), json = { method: 'nequi', amount: 3000, reference: 'N-10', reason: 'Empaque nuevo' };
        assert.match(ok(await post(api, `/packages/${p.id}/payments`, json), 409).json.detail, /se cobra al entregarlo/);
        ok(await post(api, `/packages/${p.id}/cancel`, { reason: 'cliente_solicita' }), 200);
        assert.equal((await api.post(`/api/v1/packages/${p.id}/payments`, { json })).status, 400, 'without a key');
        assert.equal((await post(await s.token('USUARIO'), `/packages/${p.id}/payments`, json)).status, 403);
        assert.equal((await post(api, `/packages/${p.id}/payments`, { ...json, amount: 1000001 })).status, 422);
        const k = new_key(), one = ok(await post(api, `/packages/${p.id}/payments`, json, k), 201).json;
        assert.deepEqual([one.amount, one.method, one.reason, one.reverses], [3000, 'nequi', 'Empaque nuevo', null]);
        assert.equal(ok(await post(api, `/packages/${p.id}/payments`, json, k), 201).headers['idempotent-replayed'], 'true');
        ok(await post(boss, `/payments/${one.id}/reverse`, { reason: 'No hacía falta' }), 201);
        const drawer = await own(oper), held = await sum_of(drawer);
        await close(oper, drawer, { note_10000: String(Math.floor(held / 10000)), coin_500: String(held % 10000 / 500) });
    });
});

describe('payments and movements that race the count of their drawer', () => {
    test('are in its closing, or refused, each of them', async () => {
        for (let round = 0; round < 4; round++) {
            const made = await post(api, '/cash-sessions', { base: 20000 });
            const id = ok(made, 201).json.id;
            const parcels = [];
            for (let i = 0; i < 6; i++) {
                const p = await shelved();
                parcels.push({ ids: [p.id], code: await pickup_code(anybody, p), method: 'efectivo', amount: 1500 });
            }
            const count = (n) => post(api, `/cash-sessions/${id}/count`, { note_20000: 1, coin_500: n });
            const pay = (json) => post(api, '/deliveries', json);
            const put = () => post(api, `/cash-sessions/${id}/movements`, { kind: 'entrada', amount: 700, reason: 'Cambio' });
            const all = await Promise.all([pay(parcels[0]), pay(parcels[1]), put(), pay(parcels[2]), count(1), pay(parcels[3]), count(2),
                put(), pay(parcels[4]), pay(parcels[5])]);
            const counts = all.filter((a) => a.json.count);
            assert.deepEqual(counts.map((a) => a.status), [200, 200]);
            const taken = all.filter((a) => a.status === 201);
            const refused = all.filter((a) => a.status === 409);
            assert.equal(taken.length + refused.length + counts.length, all.length, all.map((a) => a.text).join('\n'));
            for (const a of refused)
                assert.match(a.json.detail, /Esa caja ya se contó/);
            const pesos = taken.reduce((n, a) => n + (a.json.paid ?? 700), 20000);
            const one = (await api.get(`/api/v1/cash-sessions/${id}`)).json;
            assert.equal(one.count.expected, pesos);
            assert.equal(await sum_of(id), pesos);
            assert.equal(counts[0].json.count.expected, pesos, 'both counts expect the same');
            ok(await post(api, `/cash-sessions/${id}/close`, { explanation: 'Prueba' }), 200);
            assert.equal(await s.value("SELECT count(*) FROM packages WHERE state = 'ENTREGADO' AND id IN (SELECT package_id FROM payments"
                + ' WHERE cash_session_id = ?1)', id), taken.filter((a) => a.json.paid).length);
        }
    });

    test('two closings at once are one', async () => {
        const id = ok(await post(api, '/cash-sessions', { base: 0 }), 201).json.id;
        ok(await post(api, `/cash-sessions/${id}/count`, { empty: true }), 200);
        const all = await Promise.all([1, 2, 3].map(() => post(api, `/cash-sessions/${id}/close`)));
        assert.deepEqual(all.map((a) => a.status).sort(), [200, 409, 409]);
        const twins = new_key(), approvals = await Promise.all([1, 2].map(() => post(boss, `/cash-sessions/${id}/approve`, {}, twins)));
        assert.deepEqual(approvals.map((a) => a.status), [200, 200]);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'cash_approve' AND object_id = ?1", id), 1);
    });
});

test('what was paid for three parcels at once is one row of the drawer for each way to pay, and of its PDF', async () => {
    const clerk = await s.client().login('trini', 'tercera-caja-azul-5').catch(async () => {
        await s.paqueteria(['user', 'add', '--username', 'trini', '--email', 'trini@example.com', '--name', 'Trini Tercera',
            '--role', 'OPERADOR', '--password-stdin', '--final'], 'tercera-caja-azul-5\n');
        return s.client().login('trini', 'tercera-caja-azul-5');
    });
    await open(clerk, 0);
    const drawer = await own(clerk), phone = new_phone(), boxes = [];
    for (let i = 0; i < 3; i++)
        boxes.push(await on_shelf(s, anybody, clerk, { phone }));
    const page = await quote(clerk, await pickup_code(anybody, boxes[0]));
    ok(await clerk.submit(page, '/deliver', { method: 'efectivo', amount: '3500', method_2: 'nequi', amount_2: '1000', reference_2: 'N-3' }));
    await close(clerk, drawer, { note_2000: '1', coin_500: '3' });
    const report = await clerk.get(`/cash/${drawer}`);
    assert.match(report.words, /3 paquetes Efectivo Trini Tercera \$3\.500/);
    assert.match(report.words, /Nequi N-3 Trini Tercera \$1\.000/);
    assert.match(report.words, /Efectivo 1 \$3\.500 Nequi 1 \$1\.000/, 'as many payments as people made');
    const { payments } = (await boss.get(`/api/v1/cash-sessions/${drawer}`)).json;
    assert.deepEqual(payments.map((p) => [p.method, p.amount]), [['efectivo', 3500], ['nequi', 1000]]);
    assert.equal(payments[0].packages, 3);
    assert.equal(payments.reduce((n, p) => n + p.amount, 0), await s.value('SELECT sum(amount) FROM payments WHERE cash_session_id = ?1', drawer), 'to the peso');
});
