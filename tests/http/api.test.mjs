// The conventions of the API: http.md §2, architecture.md §3.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { all_routes } from '../helpers/routes.mjs';
import { announced, new_guide, new_key, new_phone, on_shelf, pickup_code, row } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

let s, anybody, oper, boss, counter; // boss: an administrator's token; counter: the operator's browser
const person = () => ({ name: 'Rosa Prueba', phone: new_phone(), guides: [new_guide()], consent: true });

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    anybody = s.client();
    oper = await s.token('OPERADOR');
    boss = await s.token('ADMIN');
    counter = await s.as('OPERADOR');
});
after(() => s?.stop());

const receive = (guide, o = {}) => oper.post('/api/v1/packages/receive', { json: { guide, ...o.json },
    headers: { 'Idempotency-Key': o.key ?? new_key() } });
const deliver = (json, k = new_key()) => oper.post('/api/v1/deliveries', { json, headers: { 'Idempotency-Key': k } });

// A problem as RFC 9457 has it, whose type can be read.
async function problem(answer, status, type) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    const p = answer.json;
    assert.deepEqual(Object.keys(p).filter((k) => k !== 'errors').sort(),
        ['detail', 'instance', 'status', 'title', 'type']);
    assert.equal(p.status, status);
    assert.equal(p.type, `/docs/errors/${type}`);
    assert.equal(p.instance, answer.headers['x-request-id']);
    assert.equal('errors' in p, status === 422);
    const page = await anybody.get(p.type);
    assert.equal(page.status, 200, p.type);
    assert.ok(page.words.includes(p.title) && page.words.includes(String(status)), page.words);
    return p;
}

describe('the flow without a browser', () => {
    test('announce, receive, quote and hand over, each answering with what it did', async () => {
        const in_ = { ...person(), guides: [new_guide(), new_guide()], email: 'rosa@example.com',
            carrier: 'Servientrega',
            apartment: '501', declared_value: 120000 };
        const made = await anybody.post('/api/v1/announcements', { json: in_ });
        assert.equal(made.status, 201, made.text);
        assert.equal(made.json.takes_sms, true);
        assert.equal(made.json.packages.length, 2);
        const [p, q] = made.json.packages;
        const { public_token } = await row(s, in_.guides[0]);
        assert.match(p.tracking_code, /^[23456789A-HJKMNP-Z]{6}$/);
        assert.equal(p.url, `${s.base}/search?q=${p.tracking_code}`);
        assert.ok(!made.text.includes(public_token), 'the secret link goes to the phone alone');
        assert.match(p.announced_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00$/);
        assert.deepEqual([p.state, p.guide_number, p.received_at], ['ANUNCIADO', in_.guides[0], null]);
        const ids_ = [];
        for (const guide of in_.guides) {
            const got = await receive(guide, { json: { type: 'EXTRA_DIMENSIONADO' } });
            assert.equal(got.status, 200, got.text);
            assert.deepEqual([got.json.state, got.json.type, got.json.base_fee],
                ['RECIBIDO', 'EXTRA_DIMENSIONADO', 2000]);
            assert.match(got.json.position_code, /^\d\d$/);
            ids_.push(got.json.id);
        }
        const open = await anybody.get(`/api/v1/track/token/${public_token}`);
        assert.match(open.json.pickup_code, /^\d{6}$/);
        const quote = await oper.post('/api/v1/deliveries/quote', { json: { code: open.json.pickup_code } });
        assert.equal(quote.status, 200, quote.text);
        assert.deepEqual([quote.json.by_code, quote.json.total, quote.json.packages.map((x) => x.id).sort()],
            [true, 4000, ids_.sort()]);
        const given = await deliver({ ids: ids_, code: open.json.pickup_code, method: 'bre_b',
            reference: 'BRE-77', amount: 4000 });
        assert.equal(given.status, 201, given.text);
        assert.deepEqual([given.json.total, given.json.discount, given.json.paid], [4000, 0, 4000]);
        assert.ok(given.json.packages.every((x) => x.state === 'ENTREGADO' && x.total_fee === 2000));
        assert.equal((await anybody.get(`/api/v1/track/${q.tracking_code}`)).json.state, 'ENTREGADO');
        assert.deepEqual(await s.sql('SELECT amount, method, reference, operation_id FROM payments WHERE package_id = ?1', ids_[0]),
            [{ amount: 2000, method: 'bre_b', reference: 'BRE-77', operation_id: given.json.operation_id }]);
    });

    test('guides may come as one text too, and a phone that takes no SMS is said', async () => {
        const made = await anybody.post('/api/v1/announcements',
            { json: { ...person(), phone: '601 555 1234', guides: `${new_guide()}\n${new_guide()}` } });
        assert.equal(made.status, 201, made.text);
        assert.deepEqual([made.json.packages.length, made.json.takes_sms], [2, false]);
    });

    test('a reception takes photos as multipart', async () => {
        const guide = new_guide();
        const got = await oper.post('/api/v1/packages/receive',
            { form: { guide, condition: 'ABIERTO', observations: 'Una esquina rota' },
            files: { photos: [jpeg_photo('uno.jpg'), jpeg_photo('dos.jpg')] }, headers: { 'Idempotency-Key': new_key() } });
        assert.equal(got.status, 200, got.text);
        assert.equal(await s.value("SELECT count(*) FROM package_files WHERE package_id = ?1 AND kind = 'DANO'",
            got.json.id), 2);
    });

    test('an announced parcel is received by its number as well', async () => {
        const p = await announced(s, anybody);
        const got = await oper.post(`/api/v1/packages/${p.id}/receive`,
            { json: { position: '42' }, headers: { 'Idempotency-Key': new_key() } });
        assert.equal(got.status, 200, got.text);
        assert.equal(got.json.position_code, '42');
        await problem(await oper.post(`/api/v1/packages/${p.id}/receive`,
            { json: {}, headers: { 'Idempotency-Key': new_key() } }), 409, 'conflict');
        await problem(await oper.post('/api/v1/packages/999999/receive',
            { json: {}, headers: { 'Idempotency-Key': new_key() } }), 404, 'not-found');
    });

    test('the figures of the dashboard are those of the shelf', async () => {
        const reader = await s.token('USUARIO', 'packages:read');
        const answer = await reader.get('/api/v1/dashboard?days=3');
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.json.days.length, 3);
        const on = await s.value("SELECT count(*) FROM packages WHERE state = 'RECIBIDO'");
        assert.equal(answer.json.bands.reduce((n, b) => n + b.packages, 0), on);
    });
});

describe('doing it twice', () => {
    test('a key is needed where custody or money moves, and may be given elsewhere', async () => {
        for (const r of all_routes().filter((x) => x.json && x.answer.includes('IDEMPOTENT'))) {
            const path = r.path.replace(/\{\w+\}/g, '999999');
            for (const given of [null, 'corta', 'x'.repeat(129), 'con espacios y más', '<script>-<script>']) {
                const caller = r.role === 'ADMIN' ? boss : oper;
                const answer = await caller.request(r.method, path, { json: {}, headers: { 'Idempotency-Key': given } });
                const p = await problem(answer, 400, 'malformed');
                assert.match(p.detail, /Idempotency-Key \(de 16 a 128 caracteres\)/, r.name);
            }
        }
        for (const path of ['/api/v1/packages/receive', '/api/v1/deliveries'])
            assert.ok(all_routes().find((r) => r.method === 'POST' && r.path === path)
                .answer.includes('IDEMPOTENT'), path);
        assert.equal((await anybody.post('/api/v1/announcements', { json: person() })).status, 201);
    });

    test('the same again gives the same answer and does nothing', async () => {
        const guide = new_guide(), k = new_key();
        const first = await receive(guide, { key: k });
        await s.settled();           // photos of before
        const kept = await s.snapshot(['throttles', 'api_tokens', 'workers', 'jobs', 'job_attempts',
            'notifications', 'cron_ticks', 'queues']);
        const again = await receive(guide, { key: k });
        assert.equal(first.headers['idempotent-replayed'], undefined);
        assert.equal(again.headers['idempotent-replayed'], 'true');
        assert.equal(again.status, first.status);
        assert.deepEqual(again.json, first.json);
        assert.deepEqual(await s.snapshot(['throttles', 'api_tokens', 'workers', 'jobs', 'job_attempts',
            'notifications', 'cron_ticks', 'queues']), kept);
    });

    test('a hand-over that is repeated takes no second payment', async () => {
        const p = await on_shelf(s, anybody, counter), k = new_key();
        const json = { ids: [p.id], code: await pickup_code(anybody, p), method: 'efectivo', amount: 1500 };
        const first = await deliver(json, k), again = await deliver(json, k);
        assert.equal(first.status, 201, first.text);
        assert.equal(again.headers['idempotent-replayed'], 'true');
        assert.deepEqual(again.json, first.json);
        assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 1);
        assert.equal((await deliver(json)).status, 409);
    });

    test('the same key with something else is 422', async () => {
        const k = new_key();
        assert.equal((await receive(new_guide(), { key: k })).status, 200);
        const other = new_guide();
        await problem(await receive(other, { key: k }), 422, 'invalid');
        assert.equal(await row(s, other), undefined);
        await problem(await oper.post('/api/v1/deliveries',
            { json: { ids: [1], code: '123456' }, headers: { 'Idempotency-Key': k } }), 422, 'invalid');
    });

    test('what was refused may be mended under the same key', async () => {
        const k = new_key(), guide = new_guide();
        assert.equal((await receive(guide, { key: k, json: { position: 'NADA' } })).status, 422);
        assert.equal((await receive(guide, { key: k })).status, 200);
    });

    test('keys of two callers are two keys', async () => {
        const admin = await s.token('ADMIN'), k = new_key(), guides = [new_guide(), new_guide()];
        const answers = await Promise.all([oper, admin].map((client, i) => client.post('/api/v1/packages/receive',
            { json: { guide: guides[i] }, headers: { 'Idempotency-Key': k } })));
        assert.deepEqual(answers.map((a) => [a.status, a.headers['idempotent-replayed']]),
            [[200, undefined], [200, undefined]]);
    });

    test('a twin that comes meanwhile waits and gets the same answer', async () => {
        for (let round = 0; round < 3; round++) {
            const guide = new_guide(), k = new_key();
            const answers = await Promise.all(Array.from({ length: 6 }, () => receive(guide, { key: k })));
            assert.deepEqual(answers.map((a) => a.status), Array(6).fill(200));
            assert.equal(answers.filter((a) => a.headers['idempotent-replayed'] === undefined).length, 1);
            assert.equal(new Set(answers.map((a) => a.text)).size, 1);
            assert.equal(await s.value('SELECT count(*) FROM packages WHERE guide_number = ?1', guide), 1);
        }
    });

    test('of many who hand over the same parcel one succeeds', async () => {
        const p = await on_shelf(s, anybody, counter), code = await pickup_code(anybody, p);
        const answers = await Promise.all(Array.from({ length: 8 }, () =>
            deliver({ ids: [p.id], code, method: 'efectivo', amount: 1500 })));
        assert.equal(answers.filter((a) => a.status === 201).length, 1, answers.map((a) => a.status).join());
        assert.ok(answers.every((a) => [201, 404, 409].includes(a.status)));
        assert.equal(await s.value('SELECT sum(amount) FROM payments WHERE package_id = ?1', p.id), 1500);
    });

    test('an announcement with a key is made once as well', async () => {
        const json = person(), headers = { 'Idempotency-Key': new_key() };
        const first = await anybody.post('/api/v1/announcements', { json, headers });
        const again = await anybody.post('/api/v1/announcements', { json, headers });
        assert.equal(again.headers['idempotent-replayed'], 'true');
        assert.equal(again.text, first.text);
    });
});

describe('lists', () => {
    test('pages lead from one to the next by Link, each row once, newest first', async () => {
        for (let i = 0; i < 5; i++)
            await announced(s, anybody);
        const all = (await s.sql("SELECT id FROM packages WHERE state = 'ANUNCIADO' ORDER BY id DESC"))
            .map((r) => r.id);
        const pages = await oper.pages('/api/v1/announcements?limit=2');
        assert.ok(pages.every((page) => page.length <= 2));
        assert.deepEqual(pages.flat().map((x) => x.id), all);
    });

    test('a page holds 50, and 1 to 200 may be asked for', async () => {
        for (const limit of [0, 201, -1, 'x'])
            await problem(await oper.get(`/api/v1/announcements?limit=${limit}`), 422, 'invalid');
        for (const limit of [1, 200])
            assert.equal((await oper.get(`/api/v1/announcements?limit=${limit}`)).status, 200);
        for (const before of [0, -1, 'x', '9999999999999999999'])
            await problem(await oper.get(`/api/v1/announcements?before=${before}`), 422, 'invalid');
    });
});

describe('problems', () => {
    test('each has its shape, and its type is a page that says what to do', async () => {
        await problem(await anybody.get('/api/v1/announcements'), 401, 'auth');
        await problem(await (await s.token('USUARIO')).post('/api/v1/deliveries', { json: {} }), 403, 'forbidden');
        await problem(await anybody.get('/api/v1/no-such'), 404, 'not-found');
        await problem(await anybody.request('PUT', '/api/v1/announcements'), 405, 'method');
        await problem(await anybody.post('/api/v1/announcements', { json: '{' }), 400, 'malformed');
        await problem(await anybody.post('/api/v1/announcements',
            { body: 'x', headers: { 'Content-Type': 'text/plain' } }), 415, 'media');
        await problem(await anybody.post('/api/v1/announcements', { json: `{"name":"${'x'.repeat(70000)}"}` }),
            413, 'too-large');
        const wrong = await problem(await anybody.post('/api/v1/announcements', { json: {} }), 422, 'invalid');
        assert.deepEqual(wrong.errors.map((e) => e.pointer), ['#/name', '#/phone', '#/guides', '#/consent']);
        assert.equal((await anybody.get('/docs/errors/nada')).status, 404);
    });

    test('every error that the programs know has its page', async () => {
        for (const type of ['malformed', 'auth', 'forbidden', 'not-found', 'method', 'conflict', 'precondition',
            'too-large',
            'media', 'invalid', 'throttled', 'internal', 'busy', 'full'])
            assert.equal((await anybody.get(`/docs/errors/${type}`)).status, 200, type);
    });

    test('an address that cannot be read is a problem too', async () => {
        for (const path of ['/api/v1/track/%ff', '/api/v1/track/a%01b', '/api/v1/track/..%2f..',
            '/api/v1/rates/current?a%ff=1'])
            await problem(await anybody.get(path), 400, 'malformed');
    });

    test('a pointer names a field as JSON pointers do', async () => {
        const answer = await anybody.post('/api/v1/announcements', { json: { ...person(), 'a/b~c': 1 } });
        assert.deepEqual((await problem(answer, 422, 'invalid')).errors.map((e) => e.pointer), ['#/a~1b~0c']);
    });

    test('what a link or a code does not open is the same as what is not there', async () => {
        const p = await announced(s, anybody);
        const like = (answer) => ({ status: answer.status, headers: Object.keys(answer.headers).sort(),
            body: answer.text.replace(/"instance":"[^"]*"/, '').replace(/"instance": "[^"]*"/, '') });
        const tries = ['/api/v1/track/222222', '/api/v1/track/ZZZZZZ', '/api/v1/track/1', `/api/v1/track/${p.id}`,
            `/api/v1/track/${p.guide_number}`, `/api/v1/track/${p.public_token}`, '/api/v1/track/%27%20OR%201=1--',
            `/api/v1/track/${'A'.repeat(500)}`];
        const shapes = [];
        for (const path of tries)
            shapes.push(like(await anybody.get(path)));
        for (const shape of shapes)
            assert.deepEqual(shape, shapes[0]);
        assert.equal(shapes[0].status, 404);
        const tokens = [`/api/v1/track/token/${'a'.repeat(22)}`, '/api/v1/track/token/1',
            `/api/v1/track/token/${p.tracking_code}`,
            `/api/v1/track/token/${p.public_token.toLowerCase()}x`];
        for (const path of tokens)
            assert.deepEqual(like(await anybody.get(path)), shapes[0], path);
        const found = await anybody.get(`/api/v1/track/${p.tracking_code.toLowerCase()}`);
        assert.equal(found.status, 200);
    });

    test('nothing is found by counting', async () => {
        await on_shelf(s, anybody, counter);
        for (let i = 1; i <= 30; i++)
            for (const path of [`/api/v1/track/${i}`, `/api/v1/track/token/${i}`, `/t/${i}`, `/t/${i}/qr.svg`,
                `/t/${i}/receipt`])
                assert.equal((await anybody.get(path)).status, 404, path);
    });
});

describe('JSON', () => {
    const post = (json) => anybody.post('/api/v1/announcements', { json });
    const deep = (n) => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`;

    test('only what RFC 8259 calls JSON is read', async () => {
        for (const text of ["{'name':'x'}", '{"name":NaN}', '{"name":Infinity}', '{"name":-Infinity}',
            '{"name":"x",}', '{name:"x"}',
            '{"name":"x"} {}', '{"name":"x"}x', '/* a */{}', '{"name":0x10}', '{"name":01}', '{"name":"\n"}',
            '{"name":"\\x41"}',
            '{"name":"\\ud800"}', '\ufeff\ufeff{}', 'null', '[]', '"x"', '1', '{', '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}',
            '{"a":1,"\\u0061":2}', deep(17), '{"declared_value":1e400}', '{"declared_value":99999999999999999999999}'])
            await problem(await post(text), 400, 'malformed');
    });

    test('duplicate keys and depth are said', async () => {
        assert.match((await post('{"a":1,"a":2}')).json.detail, /repite una clave/);
        assert.match((await post(deep(17))).json.detail, /demasiados niveles/);
        assert.equal((await post(deep(16))).status, 422);
    });

    test('64 KB is the most', async () => {
        await problem(await post(`{"name":"${'x'.repeat(65536)}"}`), 413, 'too-large');
        assert.equal((await post(`{"name":"${'x'.repeat(65000)}"}`)).status, 422);
    });

    test('a value of another type is named, and nothing is read as what it is not', async () => {
        for (const [field, value] of [['name', 5], ['name', true], ['name', {}], ['name', ['x']], ['phone', 3005551234],
            ['guides', 5], ['guides', [5]], ['guides', { a: 1 }], ['consent', 'true'], ['consent', 1],
            ['declared_value', '1500.5'],
            ['declared_value', 1.5], ['declared_value', -1], ['declared_value', true], ['email', []]]) {
            const answer = await post({ ...person(), [field]: value });
            const errors = (await problem(answer, 422, 'invalid')).errors;
            assert.deepEqual(errors.map((e) => e.pointer), [`#/${field}`], `${field} ${JSON.stringify(value)}`);
        }
    });

    test('a field that only the inside may set is unknown', async () => {
        for (const field of ['state', 'id', 'tracking_code', 'public_token', 'customer_id', 'base_fee',
            'total_fee', 'received_by',
            'walk_in', 'announced_at', 'no_notice']) {
            const answer = await post({ ...person(), [field]: 'x' });
            assert.deepEqual((await problem(answer, 422, 'invalid')).errors.map((e) => e.pointer), [`#/${field}`]);
        }
        const p = await on_shelf(s, anybody, counter);
        for (const field of ['total', 'total_fee', 'delivered_by', 'operation_id', 'tendered', 'proof']) {
            const answer = await deliver({ ids: [p.id], code: await pickup_code(anybody, p), method: 'efectivo',
                amount: 1500, [field]: 1 });
            assert.deepEqual((await problem(answer, 422, 'invalid')).errors.map((e) => e.pointer), [`#/${field}`]);
        }
    });

    test('another charset or type is 415', async () => {
        for (const type of ['application/json; charset=latin1', 'application/xml', 'text/plain',
            'multipart/mixed; boundary=x', ''])
            await problem(await anybody.post('/api/v1/announcements',
                { body: '{}', headers: { 'Content-Type': type } }), 415, 'media');
        for (const type of ['application/json;charset=UTF-8', 'Application/JSON ; charset="utf-8"'])
            assert.equal((await anybody.post('/api/v1/announcements',
                { body: '{}', headers: { 'Content-Type': type } })).status, 422, type);
    });
});
