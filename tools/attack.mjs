// Two scanners that others wrote, against the shop of `./dev up --demo` in a private system: sqlmap (level 2, risk 1)
// at every parameter of every row of the route tables, then wapiti as a stranger and as an administrator.  They come
// through a door that signs them in and gives each request the tokens that a page or a program would send, so that what
// they try is read and not refused unread.  `./dev attack [MINUTES]`; what each tool said is kept in var/attack.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { urlencoded } from '../tests/helpers/client.mjs';
import { address_of, all_routes, good } from '../tests/helpers/routes.mjs';
import { link_token, new_key } from '../tests/helpers/shop.mjs';
import { System, poll, top } from '../tests/helpers/system.mjs';

const minutes = Number(process.argv[2] ?? 60), only = new RegExp(process.argv[3] ?? '');
const began = Date.now(), left = () => minutes * 60e3 - (Date.now() - began);
const kept = path.join(top, 'var/attack');
// The modules that wapiti runs: its csrf is not one, since the door makes every token good.
const WAPITI = 'sql,blindsql,exec,file,crlf,xss,permanentxss,redirect,htaccess,methods,backup,cookieflags,csp,http_headers';

// Rows that no scanner is sent to: the point would write to another's mail server, or the scanner's session would end.
const NOT_ANY = [/^PATCH \/api\/v1\/settings$/, / \/logout$/, / \/auth\//, / \/profile\/(sessions|totp|pin|change-password)/,
    / \/admin\/users\/\{id\}\/(disable|sessions)/, / \/api\/v1\/users\/\{id\}/, / \/hooks\//, / \/(metrics|health|ready)$/];

// Told by wapiti and done otherwise here: frame-ancestors of the policy; what browsers have dropped; no TLS at this door.
const OTHERWISE = [/^X-Frame-Options is not set/, /^X-XSS-Protection is not set/, /^Strict-Transport-Security is not set/];

fs.rmSync(kept, { recursive: true, force: true });
fs.mkdirSync(kept, { recursive: true });
const s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
const counts = {}, faults = [];

async function fill() {
    const worker = s.pid('worker');                  // it would take days gone by for messages too late to send
    process.kill(worker);
    await poll('no worker', () => !fs.existsSync(`/proc/${worker}`));
    await s.paqueteria(['demo']);
    await s.dev('restart', 'worker');
}

// ---- the door ----

let api, boss, csrf;

async function sign_in() {
    boss = await s.as('ADMIN');
    csrf = (await boss.get('/profile')).form('/logout').fields.csrf;
}

// The request as a page or a program of these people would send it.
function dressed(req, body, who) {
    const headers = { 'Content-Type': req.headers['content-type'] };
    if (/^\/api\//.test(req.url))
        return { client: who.api, headers: { ...headers, 'Idempotency-Key': new_key() }, body };
    const form = who.csrf === undefined ? body : String(body).replace(/\b(csrf)=[^&]*/, `$1=${who.csrf}`).replace(/\b(operation_id)=[^&]*/, `$1=${new_key()}`);
    return { client: who.boss, headers, body: form };
}

function door(who) {
    return http.createServer(async (req, res) => {
        const chunks = [];
        try {
            for await (const chunk of req)
                chunks.push(chunk);
        } catch {
            return;                                  // the scanner went away, as when its time is over
        }
        if (req.url.startsWith('/logout'))
            return void res.writeHead(404).end();
        const { client, headers, body } = dressed(req, Buffer.concat(chunks), who());
        const answer = await client.request(req.method, req.url, { headers: { ...headers, 'Content-Type': headers['Content-Type'] ?? null },
            body: ['GET', 'HEAD'].includes(req.method) ? undefined : body }).catch((error) => ({ status: 0, text: error.message, headers: {} }));
        counts[answer.status] = (counts[answer.status] ?? 0) + 1;
        if (answer.status >= 500 || answer.status === 0)
            faults.push(`${answer.status} ${req.method} ${req.url} ${String(body).slice(0, 300)}: ${answer.text.slice(0, 200)}`);
        const { 'transfer-encoding': chunked, connection, 'content-length': length, ...rest } = answer.headers;
        res.writeHead(answer.status || 502, rest);
        res.end(answer.body);
    });
}

const open = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));

// ---- sqlmap ----

// Rows with a parameter, each as the text of a request: once with its fields, once marked in its path.
function targets(routes, values) {
    const list = [];
    for (const r of routes.filter((x) => !NOT_ANY.some((not) => not.test(x.name)))) {
        const fields = Object.fromEntries(r.params.filter((p) => p.in !== 'path').map((p) => [p.name, values[p.name] ?? String(good(p) ?? '').replace(/^999999$/, '1')]));
        const where = address_of(r, values), has = Object.keys(fields).length > 0;
        if (has)
            list.push({ r, ...request(r, where, fields) });
        if (r.params.some((p) => p.in === 'path')) {
            const marked = r.path.replace(/\{(\w+)\}/g, (all, name) => `${encodeURIComponent(values[name] ?? 1)}*`);
            list.push({ r, ...request(r, marked, r.method === 'GET' ? {} : fields), in_path: true });
        }
    }
    const texts = (t) => t.r.params.filter((p) => !['int', 'id', 'bool', 'day', 'enum', 'ids', 'money'].includes(p.type)).length;
    return list.sort((a, b) => (texts(b) > 0) - (texts(a) > 0));         // if the time ends, then at what is no free text
}

function request(r, where, fields) {
    const reads = ['GET', 'DELETE'].includes(r.method), json = !reads && r.json;
    const body = reads ? '' : json ? JSON.stringify(fields) : urlencoded({ csrf: 'x', operation_id: 'x', ...fields });
    const query = reads && Object.keys(fields).length > 0 ? `?${urlencoded(fields)}` : '';
    return { text: (host) => [`${r.method} ${where}${query} HTTP/1.1`, `Host: ${host}`, 'Accept: */*', 'User-Agent: sqlmap',
        ...(reads ? [] : [`Content-Type: application/${json ? 'json' : 'x-www-form-urlencoded'}`]), '', body].join('\r\n') };
}

const run = (file, args, seconds) => new Promise((done) => {
    execFile('timeout', ['-k', '5', String(Math.ceil(seconds)), file, ...args], { maxBuffer: 1 << 28, env: { ...process.env, HOME: kept } },
        (error, out, err) => done({ code: error?.code ?? 0, out: out + err }));
});

async function sqlmap(target, n, port, seconds, folder) {
    const name = `${String(n).padStart(3, '0')}${target.r.name.replace(/\W+/g, '_')}${target.in_path ? '_path' : ''}`;
    const file = path.join(kept, `${name}.request`);
    fs.writeFileSync(file, target.text(`127.0.0.1:${port}`));
    const { code, out } = await run('sqlmap', ['-r', file, '--batch', '--ignore-stdin', '--level=2', '--risk=1', '--flush-session', '--ignore-redirects',
        '--ignore-code=*', '--skip=csrf,operation_id', '--dbms=sqlite', '--disable-coloring', '--timeout=20', '--retries=1', `--output-dir=${kept}/${folder}`], seconds);
    fs.writeFileSync(path.join(kept, `${name}.log`), out);
    return { name: target.r.name + (target.in_path ? ' (path)' : ''), over: code === 124 || code === 137,
        tested: new Set([...out.matchAll(/parameter '([^']+)' does not seem to be injectable/g)].map((m) => m[1])).size,
        broken: out.match(/\[CRITICAL\](?!.*(all tested parameters|heavily dynamic|WAF)).*/)?.[0],
        found: out.match(/sqlmap identified the following injection point[\s\S]*?---[\s\S]*?---/)?.[0] };
}

async function sqlmap_all(list, port) {
    const done = [], queue = list.map((target, n) => [target, n]), share = 0.75 * left();
    const jobs = 2, until = Date.now() + share;
    await Promise.all(Array.from({ length: jobs }, async (nothing, job) => {
        while (queue.length > 0 && Date.now() < until) {
            const seconds = Math.max(20, 4 * jobs * (until - Date.now()) / 1000 / (queue.length + jobs)), [target, n] = queue.shift();
            const found = await sqlmap(target, n, port, seconds, `sqlmap${job}`);
            done.push(found);
            if (found.found || found.broken)
                console.log(`sqlmap ${found.name}: ${found.found ?? found.broken}`);
            await sign_in_again();
        }
    }));
    return { done, missed: queue.length };
}

// The session of the door is begun anew where a scanner ended it.
async function sign_in_again() {
    if ((await boss.get('/profile')).status !== 200)
        await sign_in();
}

// ---- wapiti ----

async function wapiti(who, port) {
    const file = path.join(kept, `wapiti-${who}.json`), seconds = Math.max(60, left() / 1000 / (who === 'stranger' ? 2 : 1));
    const { out } = await run('wapiti', ['-u', `http://127.0.0.1:${port}/${who === 'stranger' ? 'announce' : 'dashboard'}`, '--scope', 'domain', '-m', WAPITI, '--flush-session',
        '--store-session', `${kept}/wapiti-${who}`, '--max-links-per-page', '60', '--max-files-per-dir', '40', '--max-scan-time', String(Math.ceil(seconds / 60)),
        '-f', 'json', '-o', file, '--no-bugreport'], seconds + 120);
    fs.writeFileSync(path.join(kept, `wapiti-${who}.log`), out);
    if (!fs.existsSync(file))
        return { who, error: out.slice(-500) };
    const report = JSON.parse(fs.readFileSync(file, 'utf8'));
    const of = (kind) => Object.entries(report[kind]).filter(([, list]) => list.length > 0).map(([name, list]) => [name, list]);
    return { who, pages: Number(out.match(/found (\d+) url/i)?.[1] ?? out.match(/(\d+) pages?/i)?.[1]), found: [...of('vulnerabilities'), ...of('anomalies')].map(([kind, list]) =>
        [kind, list.filter((x) => !OTHERWISE.some((known) => known.test(x.info)))]).filter(([, list]) => list.length > 0) };
}

// ---- all of it ----

try {
    await fill();
    api = await s.token('ADMIN');
    await sign_in();
    const stranger = s.client();
    const signed = door(() => ({ api, boss, csrf })), alone = door(() => ({ api: stranger, boss: stranger }));
    const [port, other] = [await open(signed), await open(alone)];
    const [p] = await s.sql("SELECT * FROM packages WHERE state = 'RECIBIDO' ORDER BY id DESC LIMIT 1");
    const list = targets(all_routes().filter((r) => only.test(r.name)), { id: 1, group: 'site', event: 'package_received', channel: 'sms', type: 'invalid',
        position: '00', operation: 'post_deliveries', token: link_token(s, p), code: p.tracking_code, customer: p.customer_id, customer_id: p.customer_id,
        package_id: p.id, q: 'Rosa', guide: p.guide_number, limit: 50, day: '2026-01-02' });
    console.log(`sqlmap: ${list.length} requests with parameters`);
    const { done, missed } = await sqlmap_all(list, port);
    console.log(`sqlmap: ${done.length} of ${list.length} done (${missed} not reached), ${done.reduce((n, d) => n + d.tested, 0)} parameters tested to the end, `
        + `${done.filter((d) => d.over).length} cut off by the time, ${done.filter((d) => d.broken).length} that could not be read, ${done.filter((d) => d.found).length} injectable`);
    const scans = [await wapiti('stranger', other), await wapiti('administrator', port)];
    for (const { who, pages, found, error } of scans) {
        console.log(`wapiti as ${who}: ${error ?? `${JSON.stringify(pages)} pages; ${found.length ? '' : 'nothing found'}`}`);
        for (const [name, entries] of found ?? [])
            console.log(`  ${name}: ${entries.length}: ${entries.slice(0, 3).map((e) => `${e.method} ${e.path} ${e.parameter ?? ''} ${e.info}`).join(' | ').slice(0, 600)}`);
    }
    console.log(`answers: ${JSON.stringify(counts)}; ${faults.length} of 500 and above\n${faults.slice(0, 20).join('\n')}`);
    signed.close();
    alone.close();
    if (done.some((d) => d.found) || faults.length > 0 || scans.some((x) => x.error || x.found.length > 0))
        process.exitCode = 1;
} finally {
    await s.stop();
}
