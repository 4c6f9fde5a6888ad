// The rows of all route tables against everything that may be wrong with a request.
// The rules are security.md 1, 9, 10, 12, 21, 37, 52-54 and architecture.md §3.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { program } from '../fault/storm.mjs';
import { System } from '../helpers/system.mjs';
import { totp } from '../helpers/totp.mjs';
import { urlencoded } from '../helpers/client.mjs';
import { LISTS, ROLES, address_of, all_routes, bad, forms_amiss, good, methods_of } from '../helpers/routes.mjs';
import { check_gives } from '../helpers/gives.mjs';
import { announced, hand_over, new_guide, new_key, on_shelf, photo_link, pickup_code, received } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

// The routes that anybody may ask for.  A row that becomes public is written here by somebody who means it.
const PUBLIC = `GET /, GET /announce, POST /announce, GET /announce/done, GET /announce/fees,
POST /api/v1/announcements, POST /api/v1/announcements/guides, GET /api/v1/rates/current, GET /search, GET /t/{token}, GET /t/{token}/qr.svg,
GET /t/{token}/receipt, GET /r/{token}, GET /t/{token}/opt-out, GET /t/{token}/files/{key}, GET /api/v1/track/{code},
POST /t/{token}/documents, GET /t/{token}/documents/{key}, GET /t/{token}/documents/{key}/file,
GET /t/{token}/authorize, POST /t/{token}/authorizations, GET /t/{token}/authorizations/{id}, POST /t/{token}/authorizations/{id}/revoke,
POST /api/v1/track/token/{token}/authorizations, POST /t/{token}/email, POST /api/v1/track/token/{token}/email,
GET /api/v1/track/token/{token}, GET /t/{token}/question, POST /t/{token}/inquiries, POST /api/v1/track/token/{token}/inquiries, GET /missing, POST /missing, GET /missing/done,
POST /api/v1/missing-parcels, GET /auth/login, POST /auth/login, GET /auth/forgot-password,
POST /auth/forgot-password, GET /auth/reset-password, POST /auth/reset-password, GET /auth/invite, POST /auth/invite, GET /auth/email, POST /auth/email, GET /auth/totp, POST /auth/totp, GET /help, GET /terms,
GET /privacy, GET /privacy/request, POST /privacy/request, GET /privacy/request/sent, GET /privacy/requests/{token}, POST /privacy/requests/{token},
GET /privacy/requests/{token}/data, GET /privacy/requests/{token}/file, POST /api/v1/privacy-requests, GET /accent/{colour}, GET /logo/{name}, GET /policies, GET /cookies, GET /docs, GET /docs/operations/{operation}, GET /docs/errors/{type}, GET /api/v1/openapi.json, GET /health, GET /ready,
GET /metrics, GET /unsubscribe/{token}, POST /unsubscribe/{token}, GET /email/{token}, POST /email/{token},
POST /hooks/sms/{secret}, GET /hooks/whatsapp, POST /hooks/whatsapp, GET /t/{token}/channels, POST /t/{token}/channels, GET /photos/{token}, POST /photos/{token}`.split(/,\s+/).sort();

// Open with what a letter holds, and this test writes none.
const LETTERS = ['/auth/reset-password', '/auth/invite', '/auth/email', '/unsubscribe/{token}', '/email/{token}', '/logo/{name}', '/r/{token}',
    '/privacy/requests/{token}', '/privacy/requests/{token}/data', '/privacy/requests/{token}/file',
    '/hooks/whatsapp', '/t/{token}/channels'];   // WhatsApp is off (whatsapp.test.mjs)
const OWN = ['/deliver/quotes/{quote}', '/t/{token}/authorizations/{id}', '/photo-links/{form}/photos/{id}',
    '/profile/totp/qr.svg'];         // open to whoever made it, and this test makes none
const KEPT = ['/accent/{colour}'];                 // its address says all of it
const BACKGROUND = ['sessions', 'throttles', 'api_tokens', 'workers', 'cron_ticks', 'queues', 'clock_trust', 'retention_runs'];
const routes = all_routes();
const private_routes = routes.filter((r) => r.role !== 'PUBLIC');
const posts = routes.filter((r) => r.method !== 'GET');
const pages = posts.filter((r) => r.csrf !== 'none');

let s, anybody, halfway;             // halfway: the password was right, and a code is missing
const people = {};                   // role → browser
const callers = {};                  // role → bearer of a token
const spelled = { event: 'package_received', channel: 'sms', type: 'invalid', group: 'site', colour: '8a1c4f', operation: 'post_deliveries', day: '2026-01-02',
    position: '00' };                // {parameters} that are words
const values = { ...spelled };       // {parameter} → the key of a real row, where it needs one
const asked = {};                    // the same of a query
// A link for photos has a secret of its own; whoever has none is refused before anything else is asked.
const own = (r, of) => (r.path.startsWith('/photos/') ? { ...of, token: values.photos } : of);
let ids = 0;
const id = () => `prueba-${String(++ids).padStart(6, '0')}`;
const is_photo = (r) => r.path.includes('/files/'), is_document = (r) => r.path.includes('/documents/');
const is_file = (r) => is_photo(r) || ((is_document(r) || /[/-]exports\//.test(r.path)) && r.path.endsWith('/file'));

// Names that an object of a JSON text has more than once.
function members_twice(text) {
    const open = [], found = [];
    for (const [token, name, colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g))
        if (token === '{' || token === '[')
            open.push(new Set());
        else if (token === '}' || token === ']')
            open.pop();
        else if (colon && open.at(-1).has(name))
            found.push(name);
        else if (colon)
            open.at(-1).add(name);
    return found;
}
assert.deepEqual(members_twice('{"a":[{"a":1,"b":"\\"a\\":"},{"a":2}],"a" : 1}'), ['a']);

// Asserts what holds for every answer that a program gives, whatever was asked.
function check_headers(r, answer, request_id) {
    const h = answer.headers, where = `${r.name} → ${answer.status}`;
    assert.match(h['content-security-policy'] ?? '', /frame-ancestors 'none'|^sandbox/, where);
    // The camera may be opened, and its decoder compiled, only by a page that has a field for it: of codes, or of photos.
    const scans = / data-(camera|photos)[ >]/.test(answer.text);
    assert.doesNotMatch(h['content-security-policy'].replace("'wasm-unsafe-eval'", ''), /unsafe|\*|https?:/, where);
    assert.equal(/wasm/.test(h['content-security-policy']), scans, where);
    if (!is_file(r) || answer.status !== 200)         // nginx answers with those, in a sandbox
        assert.equal(h['permissions-policy'], scans ? 'camera=(self)' : 'camera=()', where);
    assert.equal(h['x-content-type-options'], 'nosniff', where);
    assert.equal(h['referrer-policy'], 'same-origin', where);
    assert.equal(h['cross-origin-opener-policy'], 'same-origin', where);
    assert.equal(h['cross-origin-resource-policy'], 'same-origin', where);
    if (!is_file(r) || answer.status !== 200)
        assert.equal(h['cache-control'], answer.status !== 200 ? 'no-store' : r.answer?.includes('POLLED') ? 'private, no-cache'
            : KEPT.includes(r.path) ? 'public, max-age=31536000, immutable' : 'no-store', where);
    assert.equal(h['x-request-id'], request_id, where);
    assert.doesNotMatch(`${h.server} ${h['x-powered-by'] ?? ''}`, /\d/, where);
    assert.deepEqual(Object.keys(h).filter((name) => name.startsWith('access-control-')), [], where);
    if (/^application\/(problem\+)?json/.test(h['content-type']))
        assert.deepEqual(members_twice(answer.text), [], where);
    if (answer.body.length > 0 && answer.status !== 303)
        assert.match(h['content-type'], r.path.startsWith('/api/') && answer.status >= 400
            ? /^application\/problem\+json; charset=utf-8$/ : /charset=utf-8|^image\/|^application\/(pdf|vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet)$/, where);
}

function check_problem(r, answer, status) {
    if (!/^application\/problem\+json/.test(answer.headers['content-type']))
        return assert.ok(!r.path.startsWith('/api/'), r.name);
    const problem = answer.json;
    assert.equal(problem.status, status);
    assert.match(problem.type, /^\/docs\/errors\/[a-z-]+$/);
    assert.equal(problem.instance, answer.headers['x-request-id']);
    assert.ok(problem.title && problem.detail, answer.text);
}

// Ask, and check what every answer must have.
async function ask(client, r, { method = r.method, path = address_of(r, own(r, values)), ...o } = {}) {
    const request_id = id();
    const answer = await client.request(method, path,
        { ...o, headers: { 'X-Request-Id': request_id, ...o.headers } });
    assert.notEqual(answer.status, 500, `${r.name}: ${answer.text.slice(0, 300)}`);
    check_headers(r, answer, request_id);
    return answer;
}

async function refused(client, r, status, o) {
    const answer = await ask(client, r, o);
    assert.equal(answer.status, status, `${r.name}: ${answer.words.slice(0, 300)}`);
    check_problem(r, answer, status);
    return answer;
}

// The client of somebody who may use a route, with what its CSRF kind asks for.
const owner = (r) => (r.json && r.role !== 'PUBLIC' ? callers[r.role]
    : r.path === '/auth/totp' ? halfway : r.role === 'PUBLIC' ? anybody : people[r.role]);
const fields_of = (r) => r.params.filter((p) => p.in !== 'path');

const tokens = new Map();

async function csrf_of(client) {
    if (!tokens.has(client)) {
        const page = await client.get(client === anybody ? '/announce' : client === halfway ? '/auth/totp' : '/profile');
        tokens.set(client, page.text.match(/name="csrf" value="([^"]+)"/)[1]);
    }
    return tokens.get(client);
}

// A request of this row's own way: query of a GET, JSON of the API, form of a page.
// fields: [name, value] pairs; a value may be a list.
async function send(r, fields, o = {}) {
    const client = owner(r);
    const headers = r.answer.includes('IDEMPOTENT') ? { 'Idempotency-Key': new_key() } : {};
    if (r.method === 'GET' || r.method === 'DELETE') {
        const query = typeof fields === 'string' ? fields : urlencoded(fields);
        return ask(client, r, { path: `${address_of(r, { ...values, ...o.values })}?${query}`, headers });
    }
    const path = address_of(r, own(r, { ...spelled, ...o.values }));
    if (r.json)
        return ask(client, r, { path, json: fields, headers });
    const csrf = await csrf_of(client);
    const form = typeof fields === 'string' ? `csrf=${csrf}&${fields}` : { csrf, ...fields };
    return ask(client, r, { path, form, headers });
}

// A 422 that names the field: by its pointer, or linked in the page.
function names_field(r, answer, field) {
    assert.equal(answer.status, 422, `${r.name} ${field}: ${answer.words.slice(0, 400)}`);
    if (r.json)
        assert.ok(answer.json.errors.some((e) => e.pointer === `#/${field}` && e.message), answer.text);
    else
        assert.ok(answer.text.includes(`href="#f-${field}"`) || answer.text.includes(`data-field="${field}"`),
            `${r.name} ${field}: ${answer.words.slice(0, 400)}`);
}

// Somebody whose app gives codes, after the password alone.
async function with_an_app(username) {
    const password = 'una frase de cuatro palabras', set = s.client(), client = s.client();
    const sign_in = async (c) => c.submit(await c.get('/auth/login'), '/auth/login', { username, password });
    await s.paqueteria(['user', 'add', '--username', username, '--email', `${username}@example.com`, '--name', 'Persona Mitad',
        '--role', 'OPERADOR', '--password-stdin', '--final'], `${password}\n`);
    assert.equal((await sign_in(set)).status, 303);
    await set.submit(await set.get('/profile/totp'), '/profile/totp/begin', { current: password });
    const page = await set.get('/profile/totp');
    assert.equal((await set.submit(page, '/profile/totp/confirm', { code: totp(page.text.match(/[A-Z2-7]{32}/)[0]) })).status, 200);
    assert.equal((await sign_in(client)).location, '/auth/totp');
    return client;
}

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000, webhook_loopback: 'yes' });
    process.kill(program(s, 'tick'));          // the schedule would change something in between
    anybody = s.client();
    for (const role of ROLES.slice(1)) {
        people[role] = await s.as(role);
        callers[role] = await s.token(role);
    }
    halfway = await with_an_app('mitad');
    const oper = people.OPERADOR;
    await announced(s, anybody);
    const shelved = await received(s, oper, (await announced(s, anybody)).guide_number, {}, [jpeg_photo()]);
    const given = await on_shelf(s, anybody, oper);
    await hand_over(oper, await pickup_code(anybody, given), { method: 'efectivo' });
    const gone = await on_shelf(s, anybody, oper);
    await oper.submit(await oper.get(`/packages/${gone.id}`), `/packages/${gone.id}/cancel`, { reason: 'cliente_solicita' });
    const opened = await oper.submit(await oper.get('/cash'), '/cash', { base: '20000' });
    assert.equal(opened.status, 303, opened.words);
    const scanned = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid', { scan: new_guide(), carrier: 'Envía' });
    assert.equal(scanned.status, 303, scanned.words);
    const asked_for = await callers.OPERADOR.post('/api/v1/documents', { json: { kind: 'custodia', subject_id: shelved.id } });
    const receipt = await callers.OPERADOR.post('/api/v1/documents', { json: { kind: 'recibo', subject_id: given.id } });
    await anybody.post(`/api/v1/track/token/${shelved.public_token}/inquiries`, { json: { content: '¿Puede ir mi hermano?' } });
    assert.equal((await anybody.post('/api/v1/privacy-requests', { json: { kind: 'CONSULTA', name: 'Zoraida Gil', phone: '3005550004',
        content: 'Qué saben de mí', consent: true } })).status, 201);
    assert.equal((await people.ADMIN.submit(await people.ADMIN.get('/admin/incidents/new'), '/admin/incidents', { what: 'Se perdió un celular',
        data: 'Nombres y celulares', noticed_day: '2026-01-02' })).status, 303);
    const told = await callers.ADMIN.post('/api/v1/webhooks', { json: { url: 'https://localhost:9/', kinds: ['package.moved'] } });
    const trial = await callers.ADMIN.post(`/api/v1/webhooks/${told.json.id}/test`, { json: {} });
    const listed = await callers.ADMIN.post('/api/v1/customers/import', { form: {}, files: { file: [{ name: 'lista.csv', type: 'text/csv', data: 'Nombre;Celular\nRosa Lista;3005557777\n' }] } });
    const sheet = await callers.ADMIN.post('/api/v1/customers/export', { json: {} });
    await s.settled();
    const file = (await s.sql('SELECT id, key FROM package_files'))[0];
    const audit = await callers.OPERADOR.post('/api/v1/shelf-audits', { json: { position: '99' } });
    Object.assign(values, { audit: audit.json.id, token: shelved.public_token, code: shelved.tracking_code,
        customer: shelved.customer_id, id: shelved.id, file, key: file.key, delivered: given, cancelled: gone.id,
        document: asked_for.json.id, photos: await photo_link(oper), receipt_id: receipt.json.id, imported: listed.json.id, exported: sheet.json.id, webhook: told.json.id, delivery: trial.json.id,
        receipt: await s.value('SELECT key FROM documents WHERE id = ?1', receipt.json.id) });
    Object.assign(asked, { customer_id: shelved.customer_id, package_id: shelved.id, c: shelved.tracking_code });
});
after(() => s?.stop());

// The row that a GET of this address is about.
const values_for = (r) => ({ ...values,
    id: /^\/deliver\/done|\{id\}\/receipt/.test(r.path) ? values.delivered.id : r.path.includes('/webhooks/') ? values.webhook : /[/-]imports\//.test(r.path) ? values.imported : /[/-]exports\//.test(r.path) ? values.exported : r.path.endsWith('/payments') ? values.cancelled : is_photo(r) ? values.file.id : is_document(r) ? values.document
        : /\/notifications\/|\/messages\/|\/admin\/(?:privacy|incidents)\/|\/inquiries\/|\/cash|batch/.test(r.path) ? 1 : /\/shelf[/-]audits?\//.test(r.path) ? values.audit : values.id,
    key: is_document(r) ? values.receipt : values.key,
    token: r.path.startsWith('/photos/') ? values.photos : r.path.endsWith('/receipt') || is_document(r) ? values.delivered.public_token : values.token });

describe('the route tables', () => {
    test('every row declares its role, its kind of CSRF and what it answers', () => {
        for (const r of routes) {
            assert.ok(ROLES.includes(r.role), r.name);
            assert.ok(r.title, r.name);
            assert.equal(['PAGE', 'JSON', 'RAW'].filter((kind) => r.answer.includes(kind)).length, 1, r.name);
            assert.equal(r.json || r.path === '/hooks/whatsapp', /^\/(api\/v1|hooks)\//.test(r.path), r.name);
            assert.equal(r.csrf === 'none', r.method === 'GET' || r.json || r.answer.includes('CSRF_NONE'), r.name);
            assert.ok(!r.answer.includes('CSRF_NONE') || /^\/(hooks|unsubscribe)\//.test(r.path), r.name);
            for (const p of r.params)
                assert.ok(p.doc, `${r.name} ${p.name}`);
            for (const name of [...r.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))
                assert.ok(r.params.some((p) => p.name === name && p.in === 'path'), `${r.name} ${name}`);
        }
    });

    test('no row is public but those that are meant to be', () => {
        const found = routes.filter((r) => r.role === 'PUBLIC').map((r) => r.name).sort();
        assert.deepEqual(found.filter((name) => !PUBLIC.includes(name)), []);
    });

    test('a private row of the API has a scope, and a form its page', () => {
        for (const r of private_routes.filter((x) => x.json && x.path !== '/api/v1/whoami'))
            assert.match(r.scope ?? '', /^[a-z-]+:(read|write)$/, r.name);
        for (const r of posts.filter((x) => x.form))
            assert.ok(routes.some((x) => x.method === 'GET' && x.path === r.form && x.area === r.area), r.name);
    });

    test('a row of the API says what it gives, each member once and with its words', () => {
        const check = (where, fields) => {
            assert.equal(new Set(fields.map((f) => f.name)).size, fields.length, where);
            for (const f of fields) {
                assert.ok(f.doc && f.type, `${where}.${f.name}`);
                check(`${where}.${f.name}`, f.fields ?? []);
            }
        };
        for (const r of routes) {
            assert.equal(r.gives !== null, r.json, r.name);
            if (r.gives?.shape === 'other')
                assert.ok(r.gives.what, r.name);
            else if (r.json && r.gives.shape !== 'nothing')
                assert.notEqual(r.gives.fields.length, 0, r.name);
            check(r.name, r.gives?.fields ?? []);
        }
    });

    test('a list of the API can be asked for page by page, or says that it is always whole', () => {
        const json = routes.filter((r) => r.json);
        const paged = json.filter((r) => r.gives.shape === 'list' || r.gives.fields.some((f) => f.name === 'next'));
        const whole = json.filter((r) => r.gives.shape === 'whole');
        assert.ok(paged.length > 12 && whole.length > 4);
        for (const r of paged)
            assert.ok(r.method === 'GET' && r.params.some((p) => ['before', 'after'].includes(p.name)), r.name);
        for (const r of whole)
            assert.ok(!r.params.some((p) => ['before', 'after', 'limit'].includes(p.name)), r.name);
    });

    test('an address that no table has is 404, as a page or as a problem', async () => {
        const page = { name: 'GET /no/such', path: '/no/such' },
            api = { name: 'GET /api/v1/no-such', path: '/api/v1/no-such' };
        assert.match((await refused(anybody, page, 404, { method: 'GET', path: '/no/such' })).words,
            /No existe .*No encontramos esa página/);
        await refused(anybody, api, 404, { method: 'GET', path: '/api/v1/no-such' });
        await refused(people.ADMIN, page, 404, { method: 'GET', path: '/admin/users/1/2/3' });
    });
});

describe('who may', () => {
    test('without a session a private page leads to the sign-in, a private API is 401', async () => {
        for (const r of private_routes) {
            const answer = await ask(anybody, r, r.method === 'GET' ? {} : { form: {} });
            if (r.json) {
                assert.equal(answer.status, 401, r.name);
                assert.equal(answer.headers['www-authenticate'], 'Bearer', r.name);
                check_problem(r, answer, 401);
            } else if (r.form) {         // it waits with what was typed
                assert.equal(answer.status, 401, r.name);
                assert.match(answer.words, /Su sesión terminó/, r.name);
            } else {
                assert.equal(answer.status, 303, r.name);
                assert.match(answer.location, r.method === 'GET' ? /^\/auth\/login\?next=\// : /^\/auth\/login$/);
            }
        }
    });

    test('a role that is too low is 403', async () => {
        for (const r of private_routes)
            for (const role of ROLES.slice(1, ROLES.indexOf(r.role))) {
                const client = r.json ? callers[role] : people[role];
                await refused(client, r, 403, r.method === 'GET' ? {} : r.json ? { json: {} } : { form: {} });
            }
    });

    test('a token without the scope of a row is 403, and one with nothing but that scope comes through', async () => {
        const scopes = [...new Set(routes.map((r) => r.scope).filter(Boolean))];
        const bearers = new Map();
        for (const scope of scopes)
            bearers.set(scope, [await s.token('ADMIN', scopes.filter((x) => x !== scope).join(' ')), await s.token('ADMIN', scope)]);
        const kept = await s.snapshot(BACKGROUND), job = await s.value('SELECT max(id) FROM jobs');
        for (const [scope, [without, only]] of bearers)
            for (const r of private_routes.filter((x) => x.scope === scope)) {
                await refused(without, r, 403, r.method === 'GET' ? {} : { json: {} });
                if (r.method === 'GET') {
                    const needed = fields_of(r).filter((p) => p.required).map((p) => [p.name, asked[p.name] ?? good(p)]);
                    // The receipt, since a chain of custody needs another scope too.
                    const of = is_document(r) ? { id: values.receipt_id } : r.path.endsWith('/jobs/{id}') ? { id: job } : values_for(r);
                    const path = `${address_of(r, of)}?${urlencoded(Object.fromEntries(needed))}`;
                    assert.equal((await ask(only, r, { path })).status, 200, r.name);
                }
            }
        assert.deepEqual(await s.snapshot(BACKGROUND), kept, 'a refused token changed something');
    });

    test('every role that suffices comes through to a GET', async () => {
        for (const r of routes.filter((x) => x.method === 'GET'))
            for (const role of r.role === 'PUBLIC' ? ['PUBLIC'] : ROLES.slice(ROLES.indexOf(r.role))) {
                const client = role === 'PUBLIC' ? owner(r) : r.json ? callers[role] : people[role];
                const needed = fields_of(r).filter((p) => p.required || p.name in asked)
                    .map((p) => [p.name, asked[p.name] ?? good(p)]);
                const path = `${address_of(r, values_for(r))}?${urlencoded(Object.fromEntries(needed))}`;
                const answer = await ask(client, r, { path });
                const expected = [...LETTERS, ...OWN].includes(r.path) ? [404] : [200, 303];
                assert.ok(expected.includes(answer.status),
                    `${r.name}: ${answer.status} ${answer.words.slice(0, 300)}`);
                assert.doesNotMatch(answer.location ?? '', /login/, r.name);
                if (answer.status === 200 && r.answer.includes('PAGE'))
                    assert.deepEqual(forms_amiss(routes, path, answer.text), [], `${r.name} as ${role}, without a script`);
            }
    });

    test('every role that suffices comes through to a form, where only its content can be wrong', async () => {
        for (const r of posts.filter((x) => x.path !== '/logout')) {
            const answer = await send(r, {});
            assert.ok([201, 200, 202, 303, 404, 409, 422].includes(answer.status),
                `${r.name}: ${answer.status} ${answer.words.slice(0, 300)}`);
        }
        await s.settled();               // a sheet that was asked for is made
    });

    test('the API takes no cookie, and a page no token', async () => {
        for (const r of private_routes) {
            const o = r.method === 'GET' ? {} : { form: {} };
            if (r.json)
                await refused(people.ADMIN, r, 401, o);
            else
                assert.equal((await ask(callers.ADMIN, r, o)).status, 303, r.name);
        }
    });
});

describe('an address that is none', () => {
    test('keeps staff in their pages, and strangers in the public\'s', async () => {
        for (const path of ['/no-existe', '/packages/no/hay', '/deliver/no/hay']) {
            assert.match((await people.OPERADOR.get(path)).text, /class="rail"/, path);
            const answer = await anybody.get(path);
            assert.equal(answer.status, 404);
            assert.doesNotMatch(answer.text, /class="rail"/, path);
        }
    });
});

describe('method', () => {
    test('a method that no row of the address has is 405 and says which are', async () => {
        for (const r of routes) {
            const path = address_of(r, values), allowed = methods_of(routes, r.area, path);
            for (const method of ['PUT', 'OPTIONS', 'DELETE', 'POST', 'PATCH'].filter((m) => !allowed.includes(m))) {
                const answer = await ask(owner(r), r, { method, path });
                assert.equal(answer.status, 405, `${method} ${path}`);
                assert.deepEqual(answer.headers.allow.split(', ').sort(), allowed, `${method} ${path}`);
            }
        }
    });

    test('HEAD is GET without the body', async () => {
        for (const path of ['/announce', '/health', '/api/v1/rates/current', `/t/${values.token}`]) {
            const head = await anybody.request('HEAD', path), get = await anybody.get(path);
            assert.equal(head.status, 200, path);
            assert.equal(head.body.length, 0, path);
            assert.equal(head.headers['content-type'], get.headers['content-type'], path);
        }
    });
});

describe('CSRF', () => {
    let kept, other;
    before(async () => {
        other = await csrf_of(await s.as('ADMIN'));
        kept = await s.snapshot(BACKGROUND);
    });
    after(async () => assert.deepEqual(await s.snapshot(BACKGROUND), kept, 'something was changed'));

    const filled = (r) => Object.fromEntries(fields_of(r).filter((p) => p.type !== 'files')
        .map((p) => [p.name, good(p)]));
    const headers = () => ({ 'Idempotency-Key': new_key() });

    test('a form without its token is 403 and changes nothing', async () => {
        for (const r of pages)
            await refused(owner(r), r, 403, { form: filled(r), headers: headers() });
    });

    test('nor with a token of somebody else, or one that was made up', async () => {
        for (const r of pages)
            for (const csrf of [other, `form.99999999999.${'0'.repeat(64)}`])
                await refused(owner(r), r, 403, { form: { ...filled(r), csrf }, headers: headers() });
    });

    test('nor from another origin, even with the token', async () => {
        const foreign = [{ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
            { Origin: 'https://evil.example', 'Sec-Fetch-Site': null },
            { Origin: null, 'Sec-Fetch-Site': 'same-site' }, { Origin: null, 'Sec-Fetch-Site': 'none' },
            { Origin: 'null', 'Sec-Fetch-Site': null }, { Origin: null, 'Sec-Fetch-Site': null },
            { Origin: s.base.replace('http:', 'https:'), 'Sec-Fetch-Site': null },
            { Origin: `${s.base}.evil.example`, 'Sec-Fetch-Site': null }];
        for (const r of pages) {
            const form = { ...filled(r), csrf: await csrf_of(owner(r)) };
            const all = ['/announce', '/settings'].includes(r.path);       // a route of each kind has all of them
            for (const from of all ? foreign : foreign.slice(0, 1))
                await refused(owner(r), r, 403, { form, headers: { ...headers(), ...from } });
        }
    });
});

describe('parameters', () => {
    test('what a parameter refuses is a 422 that names it; in a path it is 404', async () => {
        for (const r of routes)
            for (const p of r.params)
                for (const value of bad(p)) {
                    if (p.in === 'path') {
                        if (['id', 'int'].includes(p.type))
                            assert.equal((await send(r, {}, { values: { [p.name]: value } })).status, 404, r.name);
                    } else if (p.type !== 'files' && !(r.json && p.type === 'ids')) {
                        names_field(r, await send(r, { [p.name]: value }), p.name);
                    }
                }
    });

    test('an unknown field is named; only a public GET takes it as glued on', async () => {
        for (const r of routes.filter((x) => !x.answer.includes('OWN_BODY'))) {       // which reads bytes, not fields
            const answer = await send(r, { utm_sobra: 'x' });
            if (r.method === 'GET' && r.role === 'PUBLIC')
                assert.equal(answer.status, (await send(r, {})).status, r.name);
            else
                names_field(r, answer, 'utm_sobra');
        }
    });

    test('a field that comes twice is named', async () => {
        for (const r of routes)
            for (const p of fields_of(r).filter((x) => !LISTS.includes(x.type))) {
                if (r.json && r.method !== 'GET')
                    assert.equal((await send(r, `{"${p.name}":"a","${p.name}":"b"}`)).status, 400, r.name);
                else
                    names_field(r, await send(r, { [p.name]: [good(p), good(p)] }), p.name);
            }
    });

    test('query and body are never merged', async () => {
        for (const r of posts.filter((x) => x.method === 'POST')) {
            const p = fields_of(r).find((x) => x.type !== 'files');
            if (!p)
                continue;
            const path = `${address_of(r, values)}?${p.name}=x`;
            const o = r.json ? { json: {} } : { form: { csrf: await csrf_of(owner(r)) } };
            names_field(r, await ask(owner(r), r, { path, ...o, headers: { 'Idempotency-Key': new_key() } }), p.name);
        }
    });

    test('NUL and bytes that are no UTF-8 are refused in every field', async () => {
        for (const r of routes)
            for (const p of fields_of(r).filter((x) => x.type !== 'files'))
                for (const bytes of ['a%00b', 'a%ffb']) {
                    if (!r.json || r.method === 'GET') {
                        names_field(r, await send(r, `${p.name}=${bytes}`), p.name);
                        continue;
                    }
                    const raw = Buffer.concat([Buffer.from(`{"${p.name}":"`),
                        Buffer.from(bytes.replace(/%(..)/g, (all, x) => String.fromCharCode(parseInt(x, 16))),
                        'latin1'),
                        Buffer.from('"}')]);
                    assert.equal((await send(r, raw)).status, 400, `${r.name} ${p.name} ${bytes}`);
                }
    });

    test('an escaped NUL in JSON is refused as well', async () => {
        for (const r of posts.filter((x) => x.json))
            for (const p of fields_of(r).filter((x) => x.type !== 'files'))
                assert.ok([400, 422].includes((await send(r, `{"${p.name}":"a\\u0000b"}`)).status), r.name);
    });
});

describe('GET', () => {
    test('a crawl of every GET as every role changes nothing', async () => {
        await s.settled();
        const kept = await s.snapshot(BACKGROUND);
        for (const r of routes.filter((x) => x.method === 'GET'))
            for (const role of ROLES) {
                const client = role === 'PUBLIC' ? owner(r) : r.json ? callers[role] : people[role];
                await client.get(address_of(r, values_for(r)));
                await client.get(`${address_of(r, values_for(r))}?guide=${new_guide()}&q=Prueba&days=3&limit=2`);
            }
        assert.deepEqual(await s.snapshot(BACKGROUND), kept);
    });
});

describe('what the API answers', () => {
    for (const r of routes.filter((x) => x.json && x.method === 'GET'))
        test(`${r.name} gives what its row says`, async () => {
            const of_job = r.path.endsWith('/jobs/{id}'), job = of_job && await s.value('SELECT max(id) FROM jobs');
            const needed = fields_of(r).filter((p) => p.required).map((p) => [p.name, asked[p.name] ?? good(p)]);
            const path = address_of(r, of_job ? { id: job } : values_for(r));
            check_gives(r, await owner(r).get(`${path}?${urlencoded(Object.fromEntries(needed))}`));
        });
});
