// The description of the API holds: every route is in it, every example does what it says, every answer is one that it
// declares, and every problem has its page.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import http from 'node:http';
import fc from 'fast-check';
import { program } from '../fault/storm.mjs';
import { NOT_ANY, any_request, to_request } from '../helpers/any_request.mjs';
import { seed } from '../helpers/chance.mjs';
import { jpeg_photo } from '../helpers/image.mjs';
import { check_answer, check_news, doc, example_of, operations, told } from '../helpers/openapi.mjs';
import { all_routes } from '../helpers/routes.mjs';
import { announced, hand_over, key, new_guide, new_phone, on_shelf, pickup_code, received } from '../helpers/shop.mjs';
import { System, poll } from '../helpers/system.mjs';

let s, anybody, oper, listener;
const callers = {};                  // role → a client with a token of that role

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000, webhook_loopback: 'yes' });
    process.kill(program(s, 'tick'));          // the schedule would change something in between
    anybody = s.client();
    oper = await s.as('OPERADOR');
    for (const role of ['USUARIO', 'OPERADOR', 'ADMIN'])
        callers[role] = await s.token(role);
    // A program is told of everything from now on: what it gets is looked at in the end.
    listener = http.createServer((_, res) => res.end());
    await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
    const json = { url: `http://127.0.0.1:${listener.address().port}/`, kinds: ['*'] };
    const heard = await callers.ADMIN.post('/api/v1/webhooks', { headers: key(), json });
    assert.equal(heard.status, 201, heard.text);
});
after(async () => {
    await s?.stop();
    listener?.close();
});

const caller_of = (op) => callers[op['x-role']] ?? anybody;

function send(op, { path, headers, json }, client = caller_of(op)) {
    return client.request(op.method, path, { headers, ...(json !== undefined && { json }) });
}

test('the document is served as the build made it, and again only when it has changed', async () => {
    const first = await anybody.get('/api/v1/openapi.json');
    assert.equal(first.status, 200);
    assert.deepEqual(first.json, doc);
    assert.equal(first.json.openapi, '3.1.0');
    const again = await anybody.get('/api/v1/openapi.json', { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
});

test('it has every route of the API, and no other', () => {
    const rows = all_routes().filter((r) => r.path.startsWith('/api/v1/'));
    assert.deepEqual(operations.map((op) => op.name).sort(), rows.map((r) => r.name).sort());
    for (const r of rows) {
        const op = operations.find((x) => x.name === r.name);
        assert.equal(op['x-role'], r.role, r.name);
        assert.deepEqual(op.security, r.role === 'PUBLIC' ? [] : [{ token: r.scope ? [r.scope] : [] }], r.name);
        assert.equal(op.summary, r.title);
    }
    const ids = operations.map((op) => op.operationId);
    assert.equal(new Set(ids).size, ids.length);
});

test('what a problem calls its type is a page about it, and the reader lists them all', async () => {
    const index = await anybody.get('/docs');
    for (const answer of Object.values(doc.components.responses).filter((a) => a.content)) {
        const { type, title } = answer.content['application/problem+json'].example;
        const page = await anybody.get(type);
        assert.equal(page.status, 200, type);
        assert.ok(page.words.includes(title), type);
        assert.ok(index.text.includes(`href="${type}"`), type);
    }
});

test('the reader shows every operation, finds it by its words, and says so when there is none', async () => {
    const index = await anybody.get('/docs');
    for (const op of operations) {
        assert.ok(index.text.includes(`href="/docs/operations/${op.operationId}"`), op.name);
        const page = await anybody.get(`/docs/operations/${op.operationId}`);
        assert.equal(page.status, 200, op.name);
        assert.ok(page.words.includes(op.summary) && page.words.includes(op.path), op.name);
    }
    const found = await anybody.get(`/docs?q=${encodeURIComponent('recepción entregas')}`);
    assert.ok(found.text.includes('/docs/operations/get_courier_batches') && !found.text.includes('/docs/operations/post_rates"'));
    assert.ok((await anybody.get('/docs?q=RECEPCION')).text.includes('/docs/operations/get_courier_batches'));
    assert.match((await anybody.get('/docs?q=nadaparecido')).words, /Ninguna operación tiene esas palabras/);
    assert.equal((await anybody.get('/docs/operations/nada')).status, 404);
});

test('what is counted tells how much is left, and since when it was too much; what is not counted tells nothing', async () => {
    const neighbour = s.client({ from: '127.0.0.77' });
    const post = () => neighbour.post('/api/v1/announcements', { json: { name: 'Rosa Prueba', phone: new_phone(), guides: [new_guide(), new_guide()], consent: true } });
    const limits = (a) => ['limit', 'remaining', 'reset'].map((x) => Number(a.headers[`ratelimit-${x}`]));
    const [first, second] = [await post(), await post()];
    assert.equal(first.status, 201, first.text);
    const [most, left, reset] = limits(second);
    assert.deepEqual([most, left], [100000, limits(first)[1] - 2]);
    assert.ok(reset > 3500 && reset <= 3600, String(reset));
    assert.equal((await neighbour.get('/api/v1/rates/current')).headers['ratelimit-limit'], undefined);
    let wrong;
    for (let i = 0; i < 4; i++)
        wrong = await neighbour.get(`/api/v1/track/ZZZZZ${i}`);
    assert.equal(wrong.status, 404);
    assert.equal(limits(wrong)[1], limits(wrong)[0] - 4);
});

// ---- each operation, asked as its example says ----

const DAYS = 86400000;
const day = (n) => new Date(Date.now() + n * DAYS).toISOString().slice(0, 10);
const call = async (role, method, path, json) => {
    const answer = await callers[role].request(method, `/api/v1${path}`, { headers: key(), ...(json && { json }) });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
    return answer.json;
};

const shelf = async (fields) => on_shelf(s, anybody, oper, fields);
const delivered = async () => {
    const p = await shelf();
    await session();
    const answer = await hand_over(oper, await pickup_code(anybody, p), { method: 'efectivo' });
    assert.equal(answer.status, 303, answer.words);
    return p;
};
const cancelled = async () => {
    const p = await shelf();
    await call('OPERADOR', 'POST', `/packages/${p.id}/cancel`, { reason: 'cliente_solicita' });
    return p;
};
const disputed = async () => {
    const guides = new_guide();
    await announced(s, anybody, { guides, phone: new_phone() });
    await announced(s, anybody, { guides, phone: new_phone(), name: 'Otra Persona' });
    const p = await received(s, oper, guides);
    return { id: p.id, claim: await s.value('SELECT max(id) FROM claims WHERE package_id = ?1', p.id) };
};
const reported = async () => {
    const p = await shelf();
    await call('OPERADOR', 'POST', `/packages/${p.id}/incidents`, { outcome: 'no_encontrado' });
    return { id: p.id };
};
const photo = async () => {
    const p = await received(s, oper, (await announced(s, anybody)).guide_number, {}, [jpeg_photo()]);
    await s.settled();
    return { id: await s.value('SELECT max(id) FROM package_files WHERE package_id = ?1', p.id) };
};
const receipt = async () => {
    const p = await delivered(), { id } = await call('OPERADOR', 'POST', '/documents', { kind: 'recibo', subject_id: p.id });
    await s.settled();
    return { id };
};
// A message's job, which waits as long as the message can be undone.
const job = async () => {
    await shelf();
    const id = await s.value("SELECT max(id) FROM jobs WHERE queue = 'sms' AND state = 'ready'");
    return { id, ids: [id] };
};
const asked = async () => {
    const p = await shelf();
    await anybody.post(`/api/v1/track/token/${p.public_token}/inquiries`, { json: { content: '¿Abren hoy?' } });
    return { id: await s.value('SELECT max(id) FROM inquiries') };
};
// A box that a carrier says it left here.
const missing = async () => {
    const op = operations.find((x) => x.name === 'POST /api/v1/missing-parcels');
    const answer = await send(op, example_of(op, { guide: new_guide(), phone: new_phone() }));
    assert.equal(answer.status, 201, answer.text);
    return { id: await s.value('SELECT max(id) FROM inquiries'), found: (await shelf()).guide_number };
};
const twins = async () => ({ id: (await shelf()).customer_id, with: (await shelf()).customer_id, reason: 'Es la misma persona' });
const of_link = async () => ({ token: (await shelf({ email: 'rosa@example.com' })).public_token, email: 'rosa@example.com', mine: true });
const session = async (state) => {
    for (const d of (await call('OPERADOR', 'GET', '/cash-sessions')).items.filter((x) => ['ABIERTA', 'CONTADA'].includes(x.state)))
        await call('OPERADOR', 'POST', `/cash-sessions/${d.id}/count`, { empty: true })
            .then(() => call('OPERADOR', 'POST', `/cash-sessions/${d.id}/close`, { explanation: 'Otra prueba' })).catch(() => {});
    return state === 'none' ? {} : { id: (await call('OPERADOR', 'POST', '/cash-sessions', { base: 20000 })).id };
};
// A position of its own, and a stocktake of it with one box that belongs there and one that does not.
let positions = 0;
const stocktake = async (step) => {
    for (const a of await s.sql("SELECT id FROM shelf_audits WHERE finished_at IS NULL"))
        await callers.OPERADOR.post(`/api/v1/shelf-audits/${a.id}/finish`, { headers: key(), json: { partial: true } });
    for (const a of await s.sql("SELECT id FROM shelf_audits WHERE finished_at IS NULL"))
        await callers.OPERADOR.post(`/api/v1/shelf-audits/${a.id}/discard`, { headers: key() });
    const code = `P${++positions}`;
    await call('ADMIN', 'POST', '/positions', { code, zone: 'Prueba', size_class: 'CUALQUIERA', capacity: 9 });
    const here = await shelf(), elsewhere = await shelf();
    await call('OPERADOR', 'POST', `/packages/${here.id}/move`, { position: code });
    if (step === 'none')
        return { zone: 'Prueba' };
    const { id } = await call('OPERADOR', 'POST', '/shelf-audits', { position: code });
    if (step === 'open')
        return { id, scan: code };
    await call('OPERADOR', 'POST', `/shelf-audits/${id}/scans`, { scan: code });
    const box = (guide) => s.value('SELECT b.id FROM shelf_audit_boxes b JOIN packages p ON p.id = b.package_id'
        + ' WHERE b.audit_id = ?1 AND p.guide_number = ?2', id, guide);
    if (step === 'absent')
        return { id, box: await box(here.guide_number) };
    await call('OPERADOR', 'POST', `/shelf-audits/${id}/scans`, { scan: elsewhere.guide_number, position: code });
    return { id, box: await box(elsewhere.guide_number) };
};
// A program that does not answer, and what it was told in vain.
const webhook = async () => {
    const { id } = await call('ADMIN', 'POST', '/webhooks', { url: 'https://localhost:9/', kinds: ['package.moved'] });
    const trial = await call('ADMIN', 'POST', `/webhooks/${id}/test`);
    await s.settled();
    return { id, delivery: trial.id };
};
const batch = async () => ({ id: (await call('OPERADOR', 'POST', '/courier-batches/refusals', { guide: new_guide(), refused: 'danado' })).batch?.id
    ?? await s.value('SELECT max(id) FROM courier_batches') });

// Operation → what must be there before it is asked; it gives the values that are so in this system.
const WORLD = {
    'POST /packages/{id}/receive': async () => ({ id: (await announced(s, anybody)).id, position: await spare() }),
    'POST /packages/receive': async () => ({ guide: new_guide(), position: await spare() }),
    'POST /packages/{id}/move': async () => ({ id: (await shelf()).id, position: await spare() }),
    'POST /packages/{id}/payments': async () => ({ id: (await cancelled()).id }),
    'POST /packages/{id}/claims': disputed,
    'POST /packages/{id}/incidents/resolve': reported,
    'POST /packages/{id}/identify': async () => ({ id: (await call('OPERADOR', 'POST', '/packages/receive', { guide: new_guide() })).id }),
    'POST /payments/{id}/reverse': async () => ({ id: await s.value('SELECT max(id) FROM payments WHERE package_id = ?1', (await delivered()).id) }),
    'POST /deliveries/quote': async () => ({ code: await pickup_code(anybody, await shelf()) }),
    'POST /deliveries': async () => {
        const p = await shelf();
        await session();
        return { ids: [p.id], code: await pickup_code(anybody, p) };
    },
    'GET /files/{id}': photo, 'GET /files/{id}/thumb': photo, 'DELETE /files/{id}': photo,
    'POST /documents': async () => ({ subject_id: (await delivered()).id }),
    'GET /documents/{id}': receipt, 'GET /documents/{id}/file': receipt, 'POST /documents/{id}/mail': receipt,
    'GET /jobs/{id}': async () => ({ id: await s.value('SELECT max(id) FROM jobs') }),
    'POST /jobs/{id}/run': job, 'POST /jobs/{id}/discard': job,
    'POST /jobs/bulk': async () => ({ ...await job(), action: 'discard' }),
        'GET /inquiries/{id}': asked, 'POST /inquiries/{id}/read': asked, 'POST /inquiries/{id}/assign': asked, 'POST /inquiries/{id}/answer': asked, 'POST /inquiries/{id}/sort': asked,
    'POST /inquiries/{id}/close': asked,
    'POST /inquiries/{id}/reopen': async () => {
        const { id } = await asked();
        await call('OPERADOR', 'POST', `/inquiries/${id}/close`);
        return { id };
    },
    'POST /inquiries/{id}/steps': missing, 'POST /inquiries/{id}/found': missing,
    'POST /inquiries/{id}/not-found': async () => {
        const { id } = await missing();
        for (const step of ['guia', 'nombre', 'bandeja', 'entregas'])
            await call('OPERADOR', 'POST', `/inquiries/${id}/steps`, { step });
        return { id };
    },
    'POST /privacy-requests': () => ({ phone: new_phone() }),
    'POST /missing-parcels': () => ({ guide: new_guide() }),
    'POST /customers/merge': twins, 'POST /customers/{id}/apart/{with}': twins, 'POST /customers/{id}/together/{with}': twins,
    'POST /customers/merges/{id}/undo': async () => ({ id: (await call('ADMIN', 'POST', '/customers/merge', await twins())).id }),
    'POST /customers': () => ({ phone: new_phone(), name: `Nueva Persona ${++positions}`, email: `nueva${positions}@example.com`, tower: String(positions) }),
    'POST /customers/{id}/erase': async () => ({ id: (await cancelled()).customer_id, sure: true }),
    'GET /customer-imports/{id}': imported, 'GET /customer-imports/{id}/rows': imported, 'POST /customer-imports/{id}/start': imported,
    'POST /customer-imports/{id}/cancel': imported, 'GET /customer-exports/{id}': exported, 'GET /customer-exports/{id}/file': exported,
    'POST /rates': () => ({ valid_from: day(60) }),
    'POST /rates/{id}/withdraw': async () => ({ id: (await call('ADMIN', 'POST', '/rates', { package_type: 'NORMAL', base_fee: 1500,
        storage_per_day: 1000, free_hours: 24, valid_from: day(90) })).id }),
    'POST /closures': () => ({ day: day(30) }),
    'POST /closures/{day}/remove': async () => ({ day: (await call('ADMIN', 'POST', '/closures', { day: day(31), reason: 'Fiesta' })) && day(31) }),
    'GET /courier-batches/{id}': batch, 'POST /courier-batches/{id}/close': batch,
    'POST /courier-batches/refusals/{id}/undo': async () => (await batch(), { id: await s.value('SELECT max(id) FROM courier_batch_lines') }),
    'POST /courier-batches/refusals': () => ({ guide: new_guide() }),
    'POST /shelf-audits': () => stocktake('none'),
    'GET /shelf-audits/{id}': () => stocktake('open'), 'POST /shelf-audits/{id}/scans': () => stocktake('open'),
    'POST /shelf-audits/{id}/discard': () => stocktake('open'),
    'POST /shelf-audits/{id}/absent': () => stocktake('absent'), 'POST /shelf-audits/{id}/finish': () => stocktake('absent'),
    'POST /shelf-audits/{id}/place': () => stocktake('other'), 'POST /shelf-audits/{id}/unread': () => stocktake('other'),
    'POST /track/token/{token}/inquiries': of_link, 'POST /track/token/{token}/authorizations': of_link,
    'POST /track/token/{token}/email': of_link, 'GET /track/token/{token}': of_link,
    'GET /track/{code}': async () => ({ code: (await shelf()).tracking_code }),
    'POST /cash-sessions': () => session('none'), 'GET /cash-sessions/{id}': session, 'POST /cash-sessions/{id}/movements': session,
    'POST /cash-sessions/{id}/count': session,
    'POST /cash-sessions/{id}/close': async () => {
        const { id } = await session();
        await call('OPERADOR', 'POST', `/cash-sessions/${id}/count`, { note_1000: 7 });
        return { id };
    },
    'GET /notifications/{id}': async () => (await shelf(), { id: await s.value('SELECT max(id) FROM notifications') }),
    'POST /users': () => ({ username: `nueva${++positions}`, email: `nueva${positions}@example.com` }),
    ...Object.fromEntries(['PATCH /users/{id}', ...['link', 'disable', 'enable', 'sessions/end'].map((act) => `POST /users/{id}/${act}`)]
        .map((name) => [name, person])),
    ...Object.fromEntries(['GET /webhooks/{id}', 'PATCH /webhooks/{id}', 'POST /webhooks/{id}/rotate', 'POST /webhooks/{id}/test',
        'POST /webhooks/{id}/replay', 'GET /webhooks/{id}/deliveries', 'GET /webhooks/{id}/deliveries/{delivery}',
        'POST /webhooks/{id}/deliveries/{delivery}/replay'].map((name) => [name, webhook])),
    'POST /notifications/bulk': async () => (await shelf(), { people: (await call('ADMIN', 'POST', '/notifications/bulk/preview',
        { channel: 'sms', text: 'No abrimos.' })).people }),
    'POST /notifications': async () => ({ package_id: (await shelf()).id }),
};
// A file of one new customer, which was looked at.
const list = () => ({ name: 'lista.csv', type: 'text/csv', data: `Nombre;Celular\nPersona Lista ${++positions};${new_phone()}\n` });
async function imported() {
    const { id } = (await callers.ADMIN.post('/api/v1/customers/import', { form: {}, files: { file: [list()] } })).json;
    await poll('the file is read', async () => (await call('ADMIN', 'GET', `/customer-imports/${id}`)).state === 'read', 60000);
    return { id };
}
async function exported() {
    const { id } = await call('ADMIN', 'POST', '/customers/export', { format: 'xlsx' });
    await poll('the sheet is made', async () => (await call('ADMIN', 'GET', `/customer-exports/${id}`)).state === 'ready', 60000);
    return { id };
}
async function person() {
    const username = `nueva${++positions}`;
    return { id: (await call('ADMIN', 'POST', '/users', { username, email: `${username}@example.com`, full_name: 'Rosa Prueba', role: 'USUARIO' })).id };
}
async function spare() {
    const code = `L${++positions}`;
    await call('ADMIN', 'POST', '/positions', { code, zone: 'Prueba', size_class: 'CUALQUIERA', capacity: 9 });
    return code;
}
// An operation on a package that has no row here gets one on the shelf.
const usual = async (name) => (name.includes(' /packages/{id}') ? { id: (await shelf()).id } : {});

// Operations that no example can do in a system that began a minute ago; the answer is a problem that is declared.
const NOT_YET = {
    'POST /packages/{id}/abandon': [409, 'a parcel that waited for 45 days'],
    'POST /labels': [409, 'a printer'],
    'POST /jobs/{id}/retry': [409, 'a job that failed for good'],
    'POST /notifications/{id}/settle': [409, 'a message of which the provider said nothing'],
};

// A request that comes a second time with its key has been done: the answer is the same, but for secrets, which are told
// once; of what the worker goes on with meanwhile the number at least.
const TAKES_KEY = new Set(all_routes().filter((r) => r.answer.some((x) => ['IDEMPOTENT', 'OPTIONAL_KEY'].includes(x))).map((r) => r.name));
const ONCE = ['secret', 'token'];
const GOES_ON = /\/(webhooks|documents|files|jobs|notifications|inquiries|missing-parcels|track|announcements|receive|labels|queues|import|customer-imports|export)\b/;
function same_again(op, first, again) {
    check_answer(op, again);
    assert.equal(again.status, first.status, `${op.name} again: ${again.text.slice(0, 500)}`);
    assert.equal(again.headers['idempotent-replayed'], 'true', `${op.name} says that it did nothing`);
    if (first.text === '' || first.status === 204)
        return assert.equal(again.text, first.text);
    if (GOES_ON.test(op.path))
        return assert.equal(again.json.id, first.json.id, op.name);
    const told = ONCE.filter((x) => x in first.json);
    for (const x of told)
        assert.equal(again.json[x], null, `${op.name} tells its ${x} once`);
    const rest = (answer) => ({ ...answer.json, ...Object.fromEntries(told.map((x) => [x, null])) });
    assert.deepEqual(rest(again), rest(first), op.name);
}

describe('each operation does what its example says, and once for a key', () => {
    for (const op of operations)
        test(op.name, async () => {
            const name = op.name.replace('/api/v1', '');
            const real = await (WORLD[name] ?? usual)(name);
            const example = example_of(op, real);
            if (TAKES_KEY.has(op.name))
                Object.assign(example.headers, key());
            const photos = name === 'POST /customers/import' ? { file: [list()] } : { photos: [jpeg_photo()] };
            const ask = () => (op.requestBody && !op.requestBody.content['application/json']
                ? caller_of(op).post(example.path, { form: {}, files: photos, headers: example.headers })
                : send(op, example));
            const answer = await ask();
            check_answer(op, answer);
            const status = NOT_YET[name]?.[0] ?? Number(Object.keys(op.responses).find((x) => x[0] === '2'));
            assert.equal(answer.status, status, `${op.name} ${JSON.stringify(real)}: ${answer.text.slice(0, 500)}`);
            if (TAKES_KEY.has(op.name) && !NOT_YET[name])
                same_again(op, answer, await ask());
        });
});

test('every kind of news is described, with an example that is one, and what was told is as described', async () => {
    const kinds = (await s.sql('SELECT DISTINCT kind FROM webhook_deliveries')).map((x) => x.kind);
    for (const [kind, { post }] of Object.entries(told))
        check_news(kind, post.requestBody.content['application/json'].example);
    for (const x of await s.sql("SELECT kind, body FROM webhook_deliveries WHERE kind <> 'webhook.test' AND body <> '{}'"))
        check_news(x.kind, JSON.parse(x.body));
    // What a worker tells of, and what the examples do not do, need not have come.
    const later = /^message\.|^drawer\.approved$/;
    assert.deepEqual(Object.keys(told).filter((kind) => !later.test(kind) && !kinds.includes(kind)), []);
    const page = await anybody.get('/docs/operations/on_drawer_moved');
    assert.match(page.words, /movement\.amount/);
    assert.ok((await anybody.get('/docs')).text.includes('href="/docs/operations/on_package_received"'));
});

test('the reader has read the description once, however many asked', () => {
    const read = s.log('serve').split('\n').filter((line) => line.includes('event=docs.document'));
    assert.equal(read.length, 1, read.join('\n'));
});

// ---- requests of any form ----

const RUNS = Number(process.env.API_RUNS ?? 6);      // requests to each operation

test(`no request of any form gets an answer that is not declared (${RUNS} to each operation)`, async (t) => {
    const found = [], statuses = {};
    for (const op of operations.filter((x) => !NOT_ANY.test(x.name.replace('/api/v1', '')))) {
        const ask = fc.asyncProperty(any_request(op), async (x) => {
            const answer = await send(op, to_request(op, x));
            statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
            check_answer(op, answer);
            assert.notEqual(answer.status, 503, 'a program died, since nobody else is here');
        });
        const run = await fc.check(ask, { numRuns: RUNS, seed: parseInt(seed, 16) | 0, endOnFailure: RUNS < 100 });
        if (run.failed)
            found.push(`${op.name} ${JSON.stringify(run.counterexample)} ${run.errorInstance?.message}`);
    }
    assert.deepEqual(found, []);
    const all = Object.values(statuses).reduce((a, b) => a + b);
    assert.ok((statuses[429] ?? 0) < all / 20 && statuses[200] > all / 20, JSON.stringify(statuses));
    t.diagnostic(JSON.stringify(statuses));
});
