// nginx before and after the programs: security.md 48 to 55, quality.md §5.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { multipart } from '../helpers/client.mjs';
import { fastcgi, request_records } from '../helpers/fastcgi.mjs';
import { jpeg_photo } from '../helpers/image.mjs';
import { raw } from '../helpers/raw.mjs';
import { all_routes } from '../helpers/routes.mjs';
import { announced, key, on_shelf, receive } from '../helpers/shop.mjs';

// A route's address.
const fill = (r) => r.path.replace(/\{\w+\}/g, '1');
const PAGE_WEIGHT = 60 * 1024;
const SHED_MS = 800;

let s, anybody, port, tls_port, host;
before(async () => {
    s = await System.start({ shed_after_ms: SHED_MS });
    anybody = s.client();
    port = Number(new URL(s.base).port);
    tls_port = Number(new URL(s.https).port);
    host = new URL(s.base).host;
});
after(() => s?.stop());

const ask = (lines, o) => raw(port, `${lines.join('\r\n')}\r\n\r\n`, o);
const get = (target, headers = [], o) => ask([`GET ${target} HTTP/1.1`, `Host: ${host}`, ...headers,
    'Connection: close'], o);

function check_headers(text, where) {
    for (const line of [/^content-security-policy: .*frame-ancestors 'none'/im, /^x-content-type-options: nosniff/im,
        /^referrer-policy: same-origin/im, /^cross-origin-opener-policy: same-origin/im,
        /^cross-origin-resource-policy: same-origin/im, /^cache-control: no-store/im, /^x-request-id: \S{8,}/im])
        assert.equal(text.match(new RegExp(line.source, 'gim'))?.length, 1, `${where}: ${line}\n${text}`);
    assert.doesNotMatch(text, /nginx\/\d|<center>nginx\/|access-control-/i, where);
}

describe('whom it answers', () => {
    test('who asks for another host gets no answer', async () => {
        for (const name of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '']) {
            const answer = await ask(['GET / HTTP/1.1', `Host: ${name}`, 'Connection: close']);
            assert.equal(answer.closed, true, name);
            assert.ok(answer.text === '' || answer.statuses[0] === 400, `${name}: ${answer.text}`);
        }
        const over_tls = await raw(tls_port, 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', { ca: s.ca });
        assert.equal(over_tls.text, '');
    });

    test('an absolute address in the request line does not get around that', async () => {
        const answer = await ask([`GET http://evil.example/announce HTTP/1.1`, `Host: ${host}`]);
        assert.equal(answer.text, '');
        assert.equal(answer.closed, true);
    });

    test('plain http is answered here, and sign-in only on this machine', async () => {
        const socket = path.join(s.dir, 'run/auth.sock');
        const page = await anybody.get('/auth/login');
        const body = new URLSearchParams({ ...page.form('/auth/login').fields, username: 'jefa',
            password: 'manda-en-todo-1' }).toString();
        const login = (address, more) => fastcgi(socket, { REQUEST_METHOD: 'POST', REQUEST_URI: '/auth/login',
            CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_ORIGIN: 'http://localhost',
            REMOTE_ADDR: address, ...more }, body);
        const here = await login('127.0.0.1'), elsewhere = await login('192.0.2.7');
        assert.equal(here.status, 303);
        assert.equal(elsewhere.status, 403);
        assert.match(elsewhere.text, /abra esta dirección con https/);
        assert.equal((await login('192.0.2.7', { HTTPS: 'on', HTTP_ORIGIN: 'https://localhost' })).status, 303);
        const profile = (address) => fastcgi(path.join(s.dir, 'run/profile.sock'), { REQUEST_URI: '/profile',
            REMOTE_ADDR: address, HTTP_COOKIE: here.headers['set-cookie'].split(';')[0] });
        assert.equal((await profile('127.0.0.1')).status, 200);
        assert.equal((await profile('192.0.2.7')).status, 303);
    });

    test('a token over plain http is refused but on this machine, and says that it is spent', async () => {
        const api = await s.token('USUARIO'), socket = path.join(s.dir, 'run/auth.sock');
        const whoami = (address, more) => fastcgi(socket, { REQUEST_URI: '/api/v1/whoami', REMOTE_ADDR: address, HTTP_AUTHORIZATION: `Bearer ${api.bearer}`, ...more });
        assert.equal((await whoami('127.0.0.1')).status, 200);
        assert.equal((await whoami('192.0.2.7', { HTTPS: 'on' })).status, 200);
        const refused = await whoami('192.0.2.7');
        assert.equal(refused.status, 401);
        assert.match(JSON.parse(refused.text).detail, /solo por https:\/\/.*Cámbiela/);
    });

    test('who asks for a page by http from elsewhere is led to https', async (t) => {
        const other = Object.values(os.networkInterfaces()).flat().find((i) => i.family === 'IPv4' && !i.internal)?.address;
        if (!other)
            return t.skip('this machine has no address but its loopback');
        const stranger = s.client({ from: other });
        for (const at of ['/announce', '/t/x?y=1', '/', '/no-existe', '/docs/errors/busy']) {
            const answer = await stranger.get(at);
            assert.equal(answer.status, 301, at);
            assert.equal(answer.location, `https://127.0.0.1${at}`);
        }
        for (const at of ['/health', '/ready', '/api/v1/rates/current', '/metrics'])
            assert.notEqual((await stranger.get(at)).status, 301, at);
        assert.notEqual((await stranger.post('/announce', { form: {} })).status, 301, 'a form is told what is wrong');
        assert.equal((await anybody.get('/announce')).status, 200, 'this machine is not');
    });

    test('Strict-Transport-Security goes with https only, as configured', async () => {
        const conf = fs.readFileSync(path.join(s.dir, 'conf/nginx.conf'), 'utf8');
        const configured = conf.match(/map \$https \$hsts \{\s*on "([^"]*)"/)[1];
        assert.equal((await anybody.get('/announce')).headers['strict-transport-security'], undefined);
        assert.equal((await s.client({ https: true }).get('/announce')).headers['strict-transport-security'] ?? '',
            configured);
    });

    test('/metrics is for this machine only', async () => {
        assert.match((await anybody.get('/metrics')).text, /^# HELP /m);
        assert.equal((await s.client({ from: '127.44.5.6' }).get('/metrics')).status, 200);
        const direct = (address) => fastcgi(path.join(s.dir, 'run/ops.sock'),
            { REQUEST_URI: '/metrics', REMOTE_ADDR: address, HTTP_X_FORWARDED_FOR: '127.0.0.1',
            HTTP_X_REAL_IP: '127.0.0.1' });
        assert.equal((await direct('127.0.0.1')).status, 200);
        for (const address of ['192.0.2.7', '10.0.0.1', '::ffff:192.0.2.7', '2001:db8::1', '']) {
            const answer = await direct(address);
            assert.equal(answer.status, 404, address);
            assert.doesNotMatch(answer.text, /# HELP/);
        }
    });

    test('nor does nginx pass on a client from another address', async (t) => {
        const other = Object.values(os.networkInterfaces()).flat()
            .find((i) => i.family === 'IPv4' && !i.internal)?.address;
        if (!other)
            return t.skip('this machine has no address but its loopback');
        const stranger = s.client({ from: other });
        const answer = await stranger.request('GET', '/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } });
        assert.equal(answer.status, 403);
        assert.equal((await stranger.get('/health')).status, 200);
    });

    test('addresses that a client claims to have are ignored', async () => {
        const client = s.client();
        const claims = { 'X-Forwarded-For': '203.0.113.9', 'X-Real-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9',
            'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.example', HTTPS: 'on',
            'Remote-Addr': '203.0.113.9' };
        const page = await client.request('GET', '/auth/login', { headers: claims });
        const answer = await client.post('/auth/login', { headers: claims,
            form: { ...page.form('/auth/login').fields, username: 'oper', password: 'mostrador-azul-2' } });
        assert.equal(answer.status, 303);
        assert.doesNotMatch(answer.headers['set-cookie'].join(), /__Host-|Secure/);
        assert.equal(await s.value('SELECT address FROM sessions ORDER BY id DESC LIMIT 1'), '127.0.0.1');
        assert.doesNotMatch(page.text, /evil\.example/);
    });

    test('too many requests or connections from one address are 429 and say when to come back', async () => {
        const crowd = s.client({ from: '127.77.0.1' });
        const page = await Promise.all(Array.from({ length: 400 }, () => crowd.get('/help')));
        const refused = page.filter((a) => a.status === 429);
        assert.ok(refused.length > 0);
        assert.equal(page.filter((a) => a.status === 200).length + refused.length, page.length);
        assert.equal(refused[0].headers['retry-after'], '60');
        assert.deepEqual(refused.filter((a) => !/demasiadas solicitudes/.test(a.words)).map((a) => a.words), []);
        const api = (await Promise.all(Array.from({ length: 150 }, () => crowd.get('/api/v1/rates/current'))))
            .find((a) => a.status === 429);
        assert.equal(api.headers['content-type'], 'application/problem+json; charset=utf-8');
        assert.equal(api.json.status, 429);
        assert.equal((await anybody.get('/help')).status, 200);
    });
});

describe('what it refuses', () => {
    test('an address over 4 KB is 414', async () => {
        const answer = await get(`/search?q=${'a'.repeat(4200)}`);
        assert.deepEqual(answer.statuses, [414]);
        check_headers(answer.text, '414');
        const short = await get(`/x%20${'a'.repeat(2100)}`);
        assert.deepEqual(short.statuses, [404], 'one of 2,100 letters, with a blank in it, is not');
    });

    test('a long cookie of another program and a long referrer are no reason to refuse', async () => {
        for (const header of [`Cookie: otra=${'a'.repeat(4200)}`, `Referer: ${s.base}/search?q=${'a'.repeat(5000)}`,
            `Cookie: otra=${'a'.repeat(15000)}`])
            assert.deepEqual((await get('/announce', [header])).statuses, [200], header.slice(0, 10));
    });

    test('a header over 16 KB, or more than a hundred of them, are 400', async () => {
        for (const headers of [[`X-Long: ${'a'.repeat(17000)}`],
            Array.from({ length: 6 }, (x, i) => `X-Long-${i}: ${'a'.repeat(14000)}`),
            Array.from({ length: 120 }, (x, i) => `X-Many-${i}: a`), Array.from({ length: 120 }, () => 'X-Same: a')]) {
            const answer = await get('/announce', headers);
            assert.deepEqual(answer.statuses, [400], `${headers.length} headers`);
            check_headers(answer.text, '400');
        }
        assert.deepEqual((await get('/announce', Array.from({ length: 60 }, (x, i) => `X-Few-${i}: a`)))
            .statuses, [200]);
    });

    test('what nginx itself says is a page of ours, and a problem for the API', async (t) => {
        const long = 'a'.repeat(17000), body = path.join(s.dir, 'run/nginx/body'), area = path.join(s.dir, 'run/rates.sock');
        const cases = [
            ['a header too long', 400, (at) => get(at, [`X-Long: ${long}`])],
            ['no host', 400, (at) => ask([`GET ${at} HTTP/1.1`, 'Connection: close'])],
            ['two hosts', 400, (at) => get(at, [`Host: ${host}`])],
            ['an address too long', 414, (at) => get(`${at}?q=${'a'.repeat(4200)}`)],
            ['an address far too long', 414, (at) => get(`${at}?q=${long}`), 'it is not read to its end'],
            ['a body too large', 413, (at) => ask([`POST ${at} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 900000000', 'Connection: close'], { until: /<\/html>|"}/ })],
            ['another coding', 501, (at) => ask([`POST ${at} HTTP/1.1`, `Host: ${host}`, 'Transfer-Encoding: gzip', 'Connection: close'])],
            ['TRACE', 405, (at) => ask([`TRACE ${at} HTTP/1.1`, `Host: ${host}`, 'Connection: close'])],
            ['http where https is spoken', 400, (at) => raw(tls_port, `GET ${at} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)],
            ['no place for a body', 503, (at) => ask([`POST ${at} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 40000', 'Connection: close', '',
                'a'.repeat(40000)]), null, body],
            ['no program', 503, (at) => ask([`POST ${at} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0', 'Connection: close']), null, area],
        ];
        for (const [name, status, send, only_html, away] of cases)
            for (const at of ['/rates', '/api/v1/rates/current'])
                await t.test(`${name}: ${status} of ${at}`, async () => {
                    if (away)
                        fs.renameSync(away, `${away}.away`);
                    const answer = await send(at).finally(() => away && fs.renameSync(`${away}.away`, away));
                    const text = Buffer.from(answer.text, 'latin1').toString();
                    assert.deepEqual(answer.statuses, [status], text);
                    check_headers(answer.text, name);
                    const said = text.slice(text.indexOf('\r\n\r\n') + 2).replace(/\r\n(?:[0-9a-f]+\r\n)?/g, '');
                    if (at.startsWith('/api/') && !only_html) {
                        assert.match(text, /content-type: application\/problem\+json; charset=utf-8/i);
                        const problem = JSON.parse(said);
                        assert.equal(problem.status, status);
                        assert.match(problem.detail, /[a-z]{3,} .*\./, said);
                        const about = await anybody.get(problem.type);
                        assert.ok(about.status === 200 && about.words.includes(problem.title), `${problem.type}: ${problem.title}`);
                    } else {
                        assert.match(text, /content-type: text\/html; charset=utf-8/i);
                        assert.match(said, /<html lang="es-CO">[^]*<h1>[A-ZÁÉÍÓÚ][a-zñáéíóú ]+<\/h1>/);
                        assert.doesNotMatch(said, /none|Bad Request|Not Allowed/);
                    }
                });
        for (const [at, status, more] of [['/css/nada.css', 404, []], ['/css/', 403, []], ['/css/base.css', 416, ['Range: bytes=99999999-']]]) {
            const answer = await get(at, more);
            assert.deepEqual(answer.statuses, [status]);
            assert.match(answer.text, /<html lang="es-CO">/, at);
        }
    });

    test('odd methods are 405', async () => {
        for (const method of ['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'DEBUG']) {
            const target = method === 'CONNECT' ? `${host}` : '/announce';
            const answer = await ask([`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close']);
            assert.ok([405, 400].includes(answer.statuses[0]), `${method}: ${answer.text.slice(0, 100)}`);
            assert.doesNotMatch(answer.text, /Connection: close\r\n\r\n.*TRACE/s);
            check_headers(answer.text, method);
        }
    });

    test('what looks like a file of ours that is none of the web is 404', async () => {
        for (const target of ['/.git/config', '/.env', '/.htaccess', '/css/.base.css.swp',
            '/announce.bak',
            '/conf/paqueteria.conf', '/db/paqueteria.db', '/_files/2026/01/1/x.webp', '/_faults/fault.html', '/_faults/fault.json',
            '/templates/macros.cst', '/WEB-INF/web.xml', '/local.mk', '/css/local.mk', '/css/README.md']) {
            const answer = await anybody.get(target);
            assert.equal(answer.status, 404, target);
            assert.doesNotMatch(answer.text, /\[core\]|database =/, target);
        }
        for (const target of ['/css/', '/js/', '/img/', '/vendor/'])
            assert.match(String((await anybody.get(target)).status), /403|404/, target);
    });

    test('nobody climbs out of the web', async () => {
        for (const target of ['/css/../../conf/paqueteria.conf', '/css/..%2f..%2fconf/paqueteria.conf',
            '/css/%2e%2e/%2e%2e/etc/passwd', '/css/..%5c..%5cetc/passwd', '/css/%252e%252e/passwd', '//etc/passwd',
            '/css/..%00/base.css', '/css/%c0%ae%c0%ae/etc/passwd', '/t/../packages', '/css/base.css%00.txt']) {
            const answer = await get(target);
            assert.ok([400, 404, 303].includes(answer.statuses[0]), `${target}: ${answer.text.slice(0, 200)}`);
            assert.doesNotMatch(answer.text, /root:|database =/, target);
        }
    });

    // Begins a POST of `size` bytes, sends `sent` of them, and gives the answer.
    const begin = (target, size, { sent = 0, headers = [], ...o } = {}) => raw(port, `${[`POST ${target} HTTP/1.1`, `Host: ${host}`,
        size === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`,
        `Content-Type: ${target.startsWith('/api/') ? 'application/json' : 'application/x-www-form-urlencoded'}`,
        `Origin: ${s.base}`, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n${size === null ? `${sent.toString(16)}\r\n` : ''}${'a'.repeat(sent)}`, { ms: 10000, until: /\r\n0\r\n\r\n$/, ...o });
    const FILES = all_routes().filter((r) => r.takes_files);

    test('a body of more than 64 KB is 413 before it is read, on every route that takes no files', async () => {
        const taken = new Set(FILES.map(fill));
        const small = all_routes().filter((r) => r.method === 'POST' && !taken.has(fill(r)));
        assert.ok(small.length > 60);
        const answers = await Promise.all(small.map((r) => begin(fill(r), 65537)));
        for (const [i, r] of small.entries()) {
            assert.deepEqual(answers[i].statuses, [413], r.path);
            check_headers(answers[i].text, r.path);
        }
        for (const target of ['/nada', '/t/x/nada'])
            assert.deepEqual((await begin(target, 65537)).statuses, [413], target);
        assert.deepEqual((await begin('/announce', null, { sent: 70000 })).statuses, [413], 'in chunks too');
        assert.match(Buffer.from(answers[0].text, 'latin1').toString(), /demasiado grande/);
    });

    test('files are taken from nobody who has not signed in, and not a byte of them is kept', async () => {
        assert.ok(FILES.length >= 7);
        // nginx takes the name of a body's file away as soon as it is open, so it is seen while it is made.
        const made = new Set(), watch = fs.watch(path.join(s.dir, 'run/nginx/body'), { recursive: false }, (_, name) => made.add(name));
        await Promise.all(FILES.map(async (r) => {
            for (const [size, headers] of [[50e6, []], [null, []], [50e6, ['Cookie: sid=inventada', 'Authorization: Bearer paq_inventada']]]) {
                const answer = await begin(fill(r), size, { sent: 200000, headers });
                assert.deepEqual(answer.statuses, [r.role === 'PUBLIC' ? 403 : 401], `${r.path}: ${answer.text}`);
                check_headers(answer.text, r.path);
                assert.match(answer.text, r.path.startsWith('/api/') ? /problem\+json/ : /<html lang="es-CO">/);
            }
        }));
        const oper = await s.as('OPERADOR'), few = made.size;
        await begin('/receive', 200000, { sent: 200000, headers: [`Cookie: ${[...oper.cookies].map((c) => c.join('=')).join('; ')}`] });
        await poll('the file of who may send one', () => made.size > few);
        watch.close();
        assert.equal(few, 0, [...made].join());
        const htmx = await begin('/packages/1/files', 50e6, { headers: ['HX-Request: true'] });
        assert.match(htmx.text, /^hx-redirect: \/auth\/login/im, 'a part of a page leads to the sign-in');
        const reader = await s.as('USUARIO'), api = await s.token('USUARIO');
        const cookie = `Cookie: ${[...reader.cookies].map((c) => c.join('=')).join('; ')}`;
        for (const [target, header] of [['/receive', cookie], ['/api/v1/packages/receive', `Authorization: Bearer ${api.bearer}`]])
            assert.deepEqual((await begin(target, 50e6, { headers: [header] })).statuses, [403], 'who only reads sends none');
    });

    test('a GET of HTTP/2 brings no body either, wherever files are taken', async () => {
        const session = http2.connect(s.https.replace('localhost', '127.0.0.1'), { rejectUnauthorized: false });
        const tried = (method) => Promise.all(FILES.map((r) => new Promise((resolve, reject) => {
            const stream = session.request({ ':method': method, ':path': fill(r) }, { endStream: false });
            stream.setTimeout(8000, () => resolve(`${method} ${r.path}: it is taken`));
            stream.on('response', (headers) => { resolve(headers[':status']); stream.close(); });
            stream.on('error', reject);
            stream.write(Buffer.alloc(100000));
        })));
        const statuses = [await tried('GET'), await tried('HEAD')].flat();       // a connection has 16 at once
        session.destroy();
        assert.deepEqual(statuses.filter((status) => status !== 413), []);
        const oper = await s.as('OPERADOR');
        assert.equal((await oper.get('/receive')).status, 200);
        assert.equal((await anybody.get('/receive')).status, 303);
    });

    test('a body that stops coming is dropped within seconds, and the connection with it', async () => {
        const answers = await Promise.all(['/announce', '/api/v1/announcements', '/no-existe'].map((target) => {
            const began = performance.now();
            return begin(target, 1000, { sent: 400, ms: 14000 }).then((a) => ({ ...a, took: performance.now() - began }));
        }));
        for (const { closed, took } of answers)
            assert.ok(closed && took < 13000, `${closed} after ${took} ms`);
    });

    // Sends a POST's body a byte each `every` ms for as long as anybody takes it; `over` says how it ended.
    function drip(target, from, every) {
        const socket = net.connect({ host: '127.0.0.1', port, localAddress: from });
        socket.write(`${[`POST ${target} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 1000',
            'Content-Type: application/x-www-form-urlencoded', `Origin: ${s.base}`].join('\r\n')}\r\n\r\n`);
        const timer = setInterval(() => socket.write('a'), every), began = performance.now();
        let answer = '';
        socket.on('data', (bytes) => { answer += bytes.latin1Slice(); });
        socket.on('error', () => {});
        const over = new Promise((done) => socket.on('close', () => {
            clearInterval(timer);
            done({ status: Number(answer.slice(9, 12)), took: performance.now() - began });
        }));
        return { over, end: () => socket.destroy(), answer: () => answer };
    }

    test('a body that drips, a byte each four seconds, is dropped after three', async () => {
        const drips = ['/announce', '/auth/login', '/api/v1/announcements', '/no-existe'].map((at, i) => drip(at, `127.92.0.${i + 1}`, 4000));
        const limit = setTimeout(() => drips.forEach((d) => d.end()), 14000);
        for (const { took } of await Promise.all(drips.map((d) => d.over)))
            assert.ok(took < 13000, `${took} ms`);
        clearTimeout(limit);
    });

    test('bodies that drip faster hold eight places of an address, and no clerk', async () => {
        const from = (i) => `127.92.1.${1 + Math.floor(i / 9)}`;
        const drips = Array.from({ length: 36 }, (_, i) => drip('/announce', from(i), 1000)), refused = () => drips.filter((d) => d.answer());
        await poll('the ninth of each address to be refused', () => refused().length === 4);
        for (const d of refused())
            assert.match(d.answer(), /^HTTP\/1\.1 429 /);
        const neighbour = s.client({ from: from(0) }), clerk = await s.as('OPERADOR', { from: '127.92.2.1' });
        assert.equal((await neighbour.get('/announce')).status, 200, 'pages are still read at that address');
        const { guide_number } = await announced(s, s.client({ from: '127.92.2.2' }));
        assert.equal((await receive(clerk, guide_number)).status, 303, 'and a clerk works');
        assert.equal(refused().length, 4, 'all others dripped meanwhile');
        drips.forEach((d) => d.end());
    });

    // An HTTP/2 connection from another address of this machine.
    const http2_from = (from) => http2.connect(s.https, { ca: s.ca, servername: 'localhost', localAddress: from, family: 4,
        lookup: (name, o, done) => (o.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) });

    test('streams that drip take the places of an address from strangers there, and never from who has signed in', async () => {
        const from = '127.92.3.1', clerk = await s.as('OPERADOR', { from }), stranger = s.client({ from }), drips = [];
        const { guide_number } = await announced(s, s.client({ from: '127.92.3.2' }));
        const api = await s.token('OPERADOR'), neighbour = s.client({ from, bearer: api.bearer });
        const sessions = Array.from({ length: 4 }, () => http2_from(from));
        for (const session of sessions) {
            session.on('error', () => {});
            for (let i = 0; i < 12; i++) {
                const stream = session.request({ ':method': i % 2 ? 'GET' : 'HEAD', ':path': '/announce' }, { endStream: false });
                stream.on('error', () => {});
                stream.on('response', () => clearInterval(stream.drip));
                stream.drip = setInterval(() => stream.closed || stream.write('a'), 700);
                drips.push(stream);
            }
        }
        await poll('the places of the address to be taken', async () => (await stranger.get('/help')).status === 429);
        assert.equal((await stranger.get('/css/ninguno.css')).status, 404, 'files of the web are not counted');
        for (const at of ['/receive', '/packages', '/help'])
            assert.equal((await clerk.get(at)).status, 200, at);
        assert.equal((await receive(clerk, guide_number)).status, 303, 'a clerk works at that address');
        assert.equal((await neighbour.get('/api/v1/whoami')).status, 200, 'and a program with a token');
        const begun = await raw(port, `POST /announce HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n`
            + `Cookie: ${[...clerk.cookies].map((c) => c.join('=')).join('; ')}\r\n\r\n186a0\r\n${'x'.repeat(100000)}`, { from });
        assert.deepEqual(begun.statuses, [413], 'who is known may send no more than others');
        const id = await s.value('SELECT id FROM packages WHERE guide_number = ?1', guide_number);
        const photo = { ...jpeg_photo(), data: Buffer.concat([jpeg_photo().data, Buffer.alloc(100000)]) };
        assert.equal((await neighbour.post(`/api/v1/packages/${id}/files`, { form: {}, files: { photos: photo }, headers: key() })).status, 201,
            'and may send a photo where one is taken');
        const forged = await stranger.get('/help', { headers: { cookie: `sid=${'A'.repeat(43)}` } });
        assert.equal(forged.status, 429, 'a cookie that is no session gets no place');
        assert.match(forged.words, /demasiadas solicitudes/);
        for (const stream of drips)
            clearInterval(stream.drip);
        for (const session of sessions)
            session.destroy();
    });

    test('a browser that loads thirty things at once over HTTP/2 is refused none', async () => {
        const session = http2_from('127.92.3.3');
        await new Promise((told) => session.on('remoteSettings', told));     // a browser asks again what came before them
        const css = (await anybody.get('/help')).text.match(/href="(\/css\/[^"]+)"/)[1].replace('&amp;', '&');
        const statuses = await Promise.all([...Array(30).fill(css), ...Array(30).fill('/help')].map((at) => new Promise((resolve, reject) => {
            const stream = session.request({ ':path': at });
            stream.on('response', (headers) => resolve(headers[':status']));
            stream.on('error', reject);
            stream.resume();
        })));
        session.destroy();
        assert.deepEqual(statuses.filter((status) => status !== 200), []);
    });

    test('who has signed in may send files up to 80 MB, and a question is not counted as a request', async () => {
        const oper = await s.as('OPERADOR'), cookie = `Cookie: ${[...oper.cookies].map((c) => c.join('=')).join('; ')}`;
        assert.deepEqual((await begin('/receive', 90e6, { headers: [cookie] })).statuses, [413]);
        const { guide_number } = await announced(s, anybody);
        const answer = await receive(oper, guide_number, {}, [{ name: 'a.jpg', type: 'image/jpeg', data: Buffer.alloc(2e6) }]);
        assert.equal(answer.status, 422, answer.words);
        assert.match(answer.words, /no es una foto/);
        assert.doesNotMatch(s.log('serve'), /status=204/);
    });
});

describe('requests in disguise', () => {
    const hidden = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const disguises = {
        'length and chunks': ['Content-Length: 6', 'Transfer-Encoding: chunked', '', '0', '', ''],
        'chunks and length': ['Transfer-Encoding: chunked', 'Content-Length: 6', '', '0', '', ''],
        'two lengths': ['Content-Length: 0', 'Content-Length: 50', '', ''],
        'two equal lengths': ['Content-Length: 0', 'Content-Length: 0', '', ''],
        'a list of lengths': ['Content-Length: 0, 50', '', ''],
        'a signed length': ['Content-Length: +0', '', ''],
        'a negative length': ['Content-Length: -1', '', ''],
        'a hexadecimal length': ['Content-Length: 0x0', '', ''],
        'a length too large': ['Content-Length: 99999999999999999999', '', ''],
        'a blank before the colon': ['Content-Length : 0', '', ''],
        'a blank before the colon of chunks': ['Transfer-Encoding : chunked', '', '0', '', ''],
        'chunks that are not quite': ['Transfer-Encoding: xchunked', '', '0', '', ''],
        'chunks twice': ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', '', '0', '', ''],
        'chunks after another coding': ['Transfer-Encoding: gzip, chunked', '', '0', '', ''],
        'chunks before another coding': ['Transfer-Encoding: chunked, identity', '', '0', '', ''],
        'a folded header': ['Transfer-Encoding:', ' chunked', '', '0', '', ''],
        'a bare carriage return': ['X-A: b\rTransfer-Encoding: chunked', '', '0', '', ''],
        'a NUL in a header': ['X-A: b\0c', '', ''],
        'a chunk that is no number': ['Transfer-Encoding: chunked', '', 'zz', '', ''],
        'a chunk too large': ['Transfer-Encoding: chunked', '', 'fffffffffffffffff', '', ''],
    };
    for (const [name, lines] of Object.entries(disguises))
        test(`${name}: refused, and the connection closed`, async () => {
            const answer = await raw(port, ['POST /announce HTTP/1.1', `Host: ${host}`,
                'Content-Type: application/x-www-form-urlencoded', ...lines].join('\r\n') + hidden);
            assert.ok([400, 413, 501].includes(answer.statuses[0]), `${answer.text.slice(0, 300)}`);
            assert.equal(answer.statuses.length, 1, 'the hidden request was answered');
            assert.equal(answer.closed, true);
            check_headers(answer.text, name);
        });

    test('a header by which a request is judged is refused when it comes twice', async () => {
        const client = await s.as('OPERADOR'), api = await s.token('OPERADOR');
        const { csrf } = (await client.get('/profile')).form('/logout').fields, cookie = [...client.cookies].map((c) => c.join('=')).join('; ');
        const body = `theme=dark&csrf=${csrf}`;
        const headers = { Origin: s.base, Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
        const post = (more) => ask([`POST /settings HTTP/1.1`, `Host: ${host}`, ...Object.entries(headers).map((h) => h.join(': ')), ...more,
            'Connection: close', '', body]);
        assert.deepEqual((await post([])).statuses, [303]);
        for (const twice of [`Origin: ${s.base}`, 'Origin: http://evil.example', `Cookie: ${cookie}`, 'Content-Type: application/json'])
            assert.deepEqual((await post([twice])).statuses, [400], twice);
        for (const [name, value] of [['Sec-Fetch-Site', 'same-origin'], ['X-CSRF-Token', csrf], ['Idempotency-Key', 'una-misma-clave-01']])
            assert.deepEqual((await post([`${name}: ${value}`, `${name}: ${value}`])).statuses, [400], name);
        const bearer = `Authorization: Bearer ${api.bearer}`;
        assert.deepEqual((await get('/api/v1/whoami', [bearer])).statuses, [200]);
        assert.deepEqual((await get('/api/v1/whoami', [bearer, bearer])).statuses, [400]);
    });

    test('a form field by which a request is judged is refused when it comes twice', async () => {
        const client = await s.as('OPERADOR'), { csrf } = (await client.get('/profile')).form('/logout').fields;
        assert.equal((await client.post('/settings', { form: { theme: 'light', csrf: [csrf, csrf] } })).status, 400);
        assert.equal((await client.post('/settings', { form: { theme: 'light', csrf: [csrf, 'x'] } })).status, 400);
        assert.equal((await client.post('/settings', { form: { theme: 'light', csrf, operation_id: ['a'.repeat(20), 'b'.repeat(20)] } })).status, 400);
        const form = (await anybody.get('/announce')).form('/announce').fields;
        assert.equal((await anybody.post('/announce', { form: { ...form, csrf: [form.csrf, form.csrf] } })).status, 400);
        assert.equal((await client.post('/settings', { form: { theme: 'light', csrf } })).status, 303);
    });

    test('the host that nginx chose by and the one that the program reads are the same', async () => {
        assert.deepEqual((await ask([`GET ${s.base}/announce HTTP/1.1`, `Host: ${host}`, 'Connection: close'])).statuses, [200]);
        for (const other of ['evil.example', `evil.example:${port}`, `localhost.evil.example:${port}`])
            assert.deepEqual((await ask([`GET ${s.base}/announce HTTP/1.1`, `Host: ${other}`, 'Connection: close'])).statuses, [400], other);
        const client = s.client(), page = await client.get('/auth/login');
        const answer = await fastcgi(path.join(s.dir, 'run/auth.sock'), { REQUEST_METHOD: 'POST', REQUEST_URI: '/auth/login', SERVER_NAME: 'localhost',
            HTTP_HOST: 'evil.example', HTTP_ORIGIN: 'http://evil.example', CONTENT_TYPE: 'application/x-www-form-urlencoded',
            REMOTE_ADDR: '127.0.0.1' }, new URLSearchParams({ ...page.form('/auth/login').fields, username: 'jefa', password: 'manda-en-todo-1' }).toString());
        assert.equal(answer.status, 400);
    });

    test('the public API takes JSON only: what a page of another site can send is a form', async () => {
        const rows = all_routes().filter((r) => r.method !== 'GET' && r.role === 'PUBLIC' && r.path.startsWith('/api/'));
        assert.ok(rows.length > 2);
        for (const r of rows)
            for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'text/plain; application/json', null]) {
                const answer = await anybody.request(r.method, fill(r), { headers: { ...type && { 'Content-Type': type }, Origin: 'http://evil.example' }, body: 'name=Eva' });
                assert.equal(answer.status, 415, `${r.path} ${type}`);
                assert.match(answer.json.detail, /application\/json/);
            }
        assert.equal((await anybody.post('/api/v1/announcements', { json: {} })).status, 422);
    });

    test('a header with an underscore is not one with a hyphen', async () => {
        const client = await s.as('OPERADOR');
        const csrf = (await client.get('/profile')).text.match(/name="csrf" value="([^"]+)"/)[1];
        const post = (headers) => client.post('/settings', { form: { theme: 'dark' }, headers });
        assert.equal((await post({ X_CSRF_Token: csrf })).status, 403);
        assert.equal((await post({ 'X-CSRF-Token': csrf })).status, 303);
    });
});

// A program reads no body that its route does not take, and nginx keeps the connection to it.
describe('a body that nobody reads', () => {
    const SHIFTS = 16, FORGED = 'pedido-inventado-1234';
    const with_body = (body, o) => raw(port, Buffer.concat([Buffer.from(`GET /help HTTP/1.1\r\nHost: ${host}\r\n`
        + `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`), body]), { from: '127.91.0.1', ...o });

    test('is never taken for the records of a request', async () => {
        const evil = request_records({ REQUEST_METHOD: 'GET', REQUEST_URI: '/privacy', QUERY_STRING: '', REMOTE_ADDR: '127.6.6.6',
            SERVER_PROTOCOL: 'HTTP/1.1', HTTP_HOST: host, SERVER_NAME: '127.0.0.1', HTTP_X_REQUEST_ID: FORGED }, '', 1);
        for (let shift = 0; shift < SHIFTS; shift++) {
            const sled = Buffer.alloc(9000);     // records of a body, for whoever begins to read anywhere
            for (let i = 0; i < sled.length; i += 8)
                sled.set([1, 5, 0, 7, 0, 8, 0, 0], i);
            const answer = await with_body(Buffer.concat([Buffer.alloc(shift), sled, evil, Buffer.alloc(16)]));
            assert.deepEqual(answer.statuses, [200]);
            assert.equal((await anybody.get('/help')).status, 200);
        }
        assert.ok(!s.log('serve').includes(FORGED));
    });

    test('makes nobody wait who comes next', async () => {
        const hang = Buffer.alloc(60000);
        for (let i = 0; i < hang.length; i += 8)
            hang.set([1, 9, 0, 0, 0xff, 0xf8, 0, 0], i);
        for (let i = 0; i < 4; i++) {
            assert.deepEqual((await with_body(hang)).statuses, [200]);
            const start = Date.now();
            assert.equal((await anybody.get('/help')).status, 200);
            assert.ok(Date.now() - start < 5000, `${Date.now() - start} ms`);
        }
    });
});

describe('a body that takes longer than a request may wait', () => {
    test('is taken: the wait begins when all of it is there', async () => {
        const oper = await s.as('OPERADOR'), api = await s.token('OPERADOR'), p = await on_shelf(s, anybody, oper);
        const { body, type } = multipart({ photos: jpeg_photo() });
        const status = await new Promise((done, fail) => {
            const request = http.request(`${s.base}/api/v1/packages/${p.id}/files`, { method: 'POST', localAddress: '127.91.0.2',
                headers: { 'Content-Type': type, 'Content-Length': body.length, Authorization: `Bearer ${api.bearer}`, ...key() } },
            (answer) => { answer.resume(); done(answer.statusCode); });
            request.on('error', fail);
            request.write(body.subarray(0, 200));
            setTimeout(() => request.end(body.subarray(200)), 2 * SHED_MS);
        });
        assert.ok([200, 201].includes(status), `${status}`);
    });
});

describe('static files', () => {
    test('with their version they are for ever, without it for five minutes', async () => {
        const page = await anybody.get('/announce');
        const link = page.text.match(/href="(\/css\/base\.css\?v=[0-9a-f]{16})"/)[1];
        const answer = await anybody.get(link);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
        assert.equal(answer.headers['content-type'], 'text/css; charset=utf-8');
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
        assert.match(answer.headers['content-security-policy'], /frame-ancestors 'none'/);
        assert.equal(answer.headers['set-cookie'], undefined);
        assert.equal((await anybody.get('/css/base.css')).headers['cache-control'], 'public, max-age=300');
        const again = await anybody.request('GET', link, { headers: { 'If-None-Match': answer.headers.etag } });
        assert.equal(again.status, 304);
    });

    test('text is compressed for who can read it so', async () => {
        for (const target of ['/css/base.css', '/vendor/htmx.min.js', '/vendor/zxing-reader.wasm', '/announce', '/api/v1/openapi.json']) {
            const plain = await anybody.get(target);
            if (plain.status === 404)
                continue;
            const packed = await anybody.request('GET', target, { headers: { 'Accept-Encoding': 'gzip' } });
            assert.equal(plain.headers['content-encoding'], undefined, target);
            assert.equal(packed.headers['content-encoding'], 'gzip', target);
            assert.match(packed.headers.vary, /Accept-Encoding/i);
            assert.equal(zlib.gunzipSync(packed.body).length, plain.body.length, target);
            assert.ok(packed.body.length < plain.body.length / 2, target);
        }
    });

    test('the decoder of the camera has its type, and is cached like the other files', async () => {
        const answer = await anybody.get('/vendor/zxing-reader.wasm?v=0123456789abcdef');
        assert.equal(answer.headers['content-type'], 'application/wasm');
        assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
        assert.equal(answer.body.subarray(1, 4).toString(), 'asm');
    });

    test('a static file that is not there is 404 and says nothing of nginx', async () => {
        const answer = await anybody.get('/css/nada.css');
        assert.equal(answer.status, 404);
        assert.doesNotMatch(answer.text, /nginx\/\d/);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    });

    test('the first view of a public page weighs less than 60 KB, all of it from here', async () => {
        for (const address of ['/announce', '/search', '/help']) {
            const seen = new Map();
            const load = async (target, from) => {
                const url = new URL(target, new URL(from, s.base));
                assert.equal(url.origin, s.base, `${from} loads ${target} from somewhere else`);
                const at = url.pathname + url.search;
                if (seen.has(at))
                    return;
                seen.set(at, 0);
                const answer = await anybody.request('GET', at, { headers: { 'Accept-Encoding': 'gzip' } });
                assert.equal(answer.status, 200, `${at} of ${from}`);
                seen.set(at, answer.body.length + answer.raw_headers.join('').length + answer.raw_headers.length * 2);
                const text = answer.headers['content-encoding'] ? zlib.gunzipSync(answer.body).toString() : answer.text;
                const css = /text\/css/.test(answer.headers['content-type']);
                const html = /text\/html/.test(answer.headers['content-type']);
                const found = css ? [...text.matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g)]
                    : html ? [...text.matchAll(/<(?:link|script|img|use|source|iframe|object|embed)\b[^>]*?\s(?:href|src)="([^"]+)"/g)] : [];
                for (const m of found)
                    if (!/^(data:|#)/.test(m[1] ?? m[2]))
                        await load((m[1] ?? m[2]).replace(/&amp;/g, '&').replace(/#.*/, ''), at);
            };
            await load(address, '/');
            const total = [...seen.values()].reduce((a, b) => a + b, 0);
            assert.ok(seen.size > 5, [...seen.keys()].join());
            assert.ok(total <= PAGE_WEIGHT, `${address}: ${total} bytes, ${JSON.stringify([...seen])}`);
        }
    });
});

describe('the log', () => {
    test('no log of ours or of nginx holds what opens something, however it was asked and whatever went wrong', async () => {
        const p = await announced(s, anybody), mail = 'jefa@example.com';
        await anybody.submit(await anybody.get('/auth/forgot-password'), '/auth/forgot-password', { username: 'jefa' });
        await s.settled();
        const reset = s.mails(mail).at(-1).text.match(/reset-password\?token=(\w+)/)[1];
        const staff = await s.as('OPERADOR'), session = [...staff.cookies.values()].pop();
        const api = await s.token('USUARIO'), token = p.public_token, socket = path.join(s.dir, 'run/track.sock');
        const referrer = [`Referer: ${s.base}/t/${token}`];
        const everything = async () => {
            for (const target of [`/t/${token}`, `/t/${token}/qr.svg`, `/%74/${token}`, `//t//${token}`, `/t/./${token}`,
                `/x/../t/${token}`, `/t/${token}.`, `/t/${token}%20x`, `/${token}`, `/T/${token}`, `/api/v1/track/token/${token}`,
                `/api/v1/%74rack/token/${token}`, `http://${host}/t/${token}`, `/auth/reset-password?token=${reset}`,
                `/auth/%72eset-password?token=${reset}`, `/nada/${reset}`, `/t/${token}?x=${'a'.repeat(5000)}`, `/search?q=${p.tracking_code}`])
                await get(target, referrer);
            for (const request of [`GET /t/${token} HTTP/9.1`, `GET /t/${token}`, `GET\t/t/${token} HTTP/1.1`, `PUT /t/${token} HTTP/1.1`])
                await ask([request, `Host: ${host}`, 'Connection: close']);
            await get('/css/nada.css', referrer);
            await get('/packages', [`Cookie: sid=${session}`, ...referrer, `X-Long: ${'a'.repeat(70000)}`]);
            await api.get('/api/v1/packages?limit=nada');
            for (const size of [1e6, 9e8])
                await ask([`POST /t/${token}/authorizations HTTP/1.1`, `Host: ${host}`, `Content-Length: ${size}`, ...referrer, 'Connection: close'],
                    { ms: 300 });
        };
        await everything();
        fs.renameSync(socket, `${socket}.away`);
        await everything();
        fs.renameSync(`${socket}.away`, socket);
        const crowd = Array.from({ length: 200 }, () => get(`/t/${token}`, referrer, { from: '127.78.0.1' }));
        assert.ok((await Promise.all(crowd)).some((a) => a.statuses[0] === 429));
        await anybody.request('GET', '/help', { headers: { 'X-Request-Id': 'despues-de-todo' } });
        await poll('the last line', () => s.log('nginx.access').includes('despues-de-todo'));
        for (const name of fs.readdirSync(path.join(s.dir, 'log')))
            for (const secret of [token, reset, session, api.bearer.slice(4), p.tracking_code])
                assert.ok(!fs.readFileSync(path.join(s.dir, 'log', name)).includes(secret), `${name} holds ${secret}`);
    });

    test('an address is told by its route, what is none by its first word, and there is no query', async () => {
        const p = await announced(s, anybody);
        await anybody.get(`/t/${p.public_token}`);
        await anybody.get(`/t/${p.public_token}/qr.svg`);
        await anybody.get(`/api/v1/track/token/${p.public_token}`);
        await anybody.get(`/api/v1/track/${p.tracking_code}`);
        await anybody.get('/auth/reset-password?token=secreto-de-la-carta');
        await anybody.get('/unsubscribe/secreto-de-baja');
        await anybody.get('/hooks/sms/secreto-del-proveedor');
        await anybody.get('/nada/secreto-de-nada');
        await anybody.get(`/search?q=${p.tracking_code}`);
        const mark = `marca-${p.tracking_code.toLowerCase()}-ultima`;
        await anybody.request('GET', '/help', { headers: { 'X-Request-Id': mark } });
        const log = await poll('the line in the access log', () => {
            const text = s.log('nginx.access');
            return text.includes(mark) && text;
        });
        for (const secret of [p.public_token, p.tracking_code, 'secreto-'])
            assert.ok(!log.includes(secret), secret);
        for (const told of ['/t/*/qr.svg', '/search', '/unsubscribe/*', '/nada', '/api/v1/track/*'])
            assert.ok(log.includes(` path="${told}" `), told);
        for (const secret of [p.public_token, 'secreto-de', p.announced_phone])
            assert.ok(!s.log('serve').includes(secret), secret);
    });

    test('a request is found again in both logs by the id that it came with', async () => {
        for (const given of ['pedido-1234567', 'pedido.con_todo-9']) {
            const answer = await anybody.request('GET', '/help', { headers: { 'X-Request-Id': given } });
            assert.equal(answer.headers['x-request-id'], given);
            await poll('the line of nginx', () => s.log('nginx.access').includes(`request_id=${given}`));
            await poll('the line of the program', () => s.log('serve').includes(given));
        }
    });

    test('an id that could do harm is replaced, the same in both', async () => {
        for (const given of ['corto', 'x'.repeat(65), 'a b c d e f g h', 'mal"formado="si', '../../../etc']) {
            const answer = await anybody.request('GET', '/help', { headers: { 'X-Request-Id': given } });
            const made = answer.headers['x-request-id'];
            assert.match(made, /^[0-9a-f]{32}$/, given);
            await poll('the line of nginx', () => s.log('nginx.access').includes(`request_id=${made}`));
        }
    });

    test('one request is one line, whatever is in it', async () => {
        const lines = (text) => text.split('\n').filter(Boolean);
        const before = lines(s.log('nginx.access')).length;
        await get('/no%0Atime=2026%20status=200"x', ['User-Agent: a\tb"c', 'X-Request-Id: linea-unica-1']);
        await poll('the line', () => s.log('nginx.access').includes('linea-unica-1'));
        const fresh = lines(s.log('nginx.access')).slice(before).filter((line) => /time=2026%20|linea-unica/.test(line));
        assert.equal(fresh.length, 1, fresh.join('\n'));
        for (const line of lines(s.log('nginx.access')))
            assert.match(line, /^time=\S+ addr=\S+ method=\S+ path="(?:[^"\\]|\\.)*" proto=\S* status=\d+ bytes=\d+ in=\d+ seconds=[\d.]+ app_seconds="[^"]*" app="[^"]*" app_status="[^"]*" request_id=\S+$/);
    });
});

describe('more than can be answered', () => {
    const processes = (area) => s.children(s.pid('serve')).filter((pid) =>
        fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${area}.fcgi`));
    // work(since) while no process of these areas runs; since: ms that they have been stopped.
    async function stopped(areas, work) {
        const stuck = areas.flatMap(processes), from = performance.now();
        for (const pid of stuck)
            process.kill(pid, 'SIGSTOP');
        await work(() => performance.now() - from).finally(() => stuck.forEach((pid) => process.kill(pid, 'SIGCONT')));
    }
    // Connections to an area's socket, those that wait to be taken too.
    const connections = (area) => fs.readFileSync('/proc/net/unix', 'utf8').split('\n')
        .filter((line) => line.endsWith(`${s.dir}/run/${area}.sock`)).length - 1;

    test('what waited too long is told at once to come back; the shop\'s own network is served late', async () => {
        const stranger = s.client({ from: '127.90.0.1' }), shop = s.client(), photo = { name: 'f.jpg', type: 'image/jpeg', data: 'a'.repeat(20000) };
        let asked;
        await stopped(['site', 'receive'], async (since) => {
            asked = Promise.all([stranger.get('/help'), stranger.get('/api/v1/none'), shop.get('/help'),
                stranger.post('/receive', { form: {}, files: { photos: photo } })]);
            await poll('shed_after_ms to go by for all of them', () => since() > 2 * SHED_MS);
        });
        const [page, json, served, sent] = await asked;
        assert.deepEqual([page.status, json.status, served.status, sent.status], [503, 503, 200, 503]);
        assert.match(page.words, /Mucha actividad.*Espere unos segundos/);
        assert.match(json.headers['content-type'], /^application\/problem\+json/);
        assert.equal(json.json.type, '/docs/errors/busy');
        for (const answer of [page, json, sent])
            assert.equal(answer.headers['retry-after'], '5');
        assert.equal((await stranger.get('/help')).status, 200, 'and then all goes on');
        await poll('what was refused to be counted', async () => {
            const metrics = (await shop.get('/metrics')).text;
            return /^http_requests_shed_total\{area="site",why="late"\} 2$/m.test(metrics)
                && /^http_requests_shed_total\{area="receive",why="late"\} 1$/m.test(metrics);
        });
    });

    test('the shop\'s own network goes before strangers who have waited longer', async () => {
        const before = connections('site'), asked = [];
        // Passes requests on as nginx does, which does not say when it passed on the shop's own.
        const ask = (id, more) => asked.push(fastcgi(path.join(s.dir, 'run/site.sock'), { REQUEST_URI: '/help', HTTP_X_REQUEST_ID: id, ...more }));
        await stopped(['site'], async (since) => {
            for (let i = 0; i < 12; i++)
                ask(`turno-ajeno-${i}`, { REQUEST_AT: (Date.now() / 1000).toFixed(3) });
            await poll('the strangers to wait', () => connections('site') >= before + 12);
            ask('turno-propio');
            await poll('the shop to wait, and a long queue', () => connections('site') >= before + 13 && since() > 100);
        });
        for (const answer of await Promise.all(asked))
            assert.equal(answer.status, 200);
        const order = await poll('the lines', () => {
            const found = [...s.log('serve').matchAll(/request_id=turno-(ajeno|propio)/g)].map((m) => m[1]);
            return found.length === asked.length && found;
        });
        assert.ok(order.indexOf('propio') <= 1, `who was answered when: ${order}`);
    });

    test('who has gone while waiting is not answered', async () => {
        const gone = 'pedido-abandonado', stranger = s.client({ from: '127.90.2.1' });
        await stopped(['site'], async (since) => {
            await raw(port, `GET /help HTTP/1.1\r\nHost: ${host}\r\nX-Request-Id: ${gone}\r\n\r\n`, { from: '127.90.2.2', ms: 200 });
            await poll('nginx to note it', () => s.log('nginx.access').includes(gone) && since() > 200, 5000);
        });
        assert.equal((await stranger.get('/help', { headers: { 'X-Request-Id': 'pedido-posterior' } })).status, 200);
        await poll('the line of the later one', () => s.log('serve').includes('pedido-posterior'));
        assert.ok(!s.log('serve').includes(gone));
    });
});

describe('health', () => {
    test('/health says that it lives, /ready that it can work, both without details', async () => {
        const alive = await anybody.get('/health'), ready = await anybody.get('/ready');
        assert.deepEqual([alive.status, alive.text, ready.status, ready.text], [200, 'ok\n', 200, 'ready\n']);
        assert.equal(alive.headers['content-type'], 'text/plain; charset=utf-8');
    });

    test('without its database nothing is guessed: not ready, pages say 503; with it all goes on', async () => {
        const at = path.join(s.dir, 'db'), away = path.join(s.dir, 'db-away');
        const p = await announced(s, anybody);
        fs.renameSync(at, away);
        fs.mkdirSync(at, { mode: 0o700 });
        try {
            const ready = await anybody.get('/ready');
            assert.deepEqual([ready.status, ready.text], [503, 'not ready\n']);
            assert.equal((await anybody.get('/health')).status, 200);
            assert.equal((await anybody.get('/metrics')).status, 200);
            const page = await poll('the pages to notice', async () => {
                const answer = await anybody.get('/announce');
                return answer.status === 503 && answer;
            }, 3000);
            assert.ok(Number(page.headers['retry-after']) > 0);
            assert.match(page.words, /Hay mucha actividad|Espere/);
            assert.equal((await anybody.post('/api/v1/announcements', { json: {} })).status, 503);
            const files = { photos: { name: 'f.jpg', type: 'image/jpeg', data: 'a'.repeat(20000) } };
            const unasked = await anybody.post('/receive', { form: {}, files });
            assert.deepEqual([unasked.status, unasked.headers['retry-after']], [503, '5'], 'nobody can say whether it may be sent');
            assert.equal((await anybody.get('/css/base.css')).status, 200);
        } finally {
            fs.rmSync(at, { recursive: true });
            fs.renameSync(away, at);
        }
        assert.equal((await anybody.get('/ready')).status, 200);
        assert.equal((await anybody.get(`/t/${p.public_token}`)).status, 200);
        const q = await announced(s, anybody);
        await poll('the worker to send again', async () =>
            (await s.value("SELECT state FROM notifications n JOIN notification_packages np ON np.notification_id = n.id"
                + ' WHERE np.package_id = ?1', q.id)) === 'sent', 20000);
    });
});
