// The console of the queue: what an administrator sees of it, and what two requests do to
// five hundred failed jobs.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { all_routes, address_of } from '../helpers/routes.mjs';
import { announced, new_phone } from '../helpers/shop.mjs';

let s, anybody, admin, api;
before(async () => {
    s = await System.start({ announce_per_hour: 100000 });
    anybody = s.client();
    admin = await s.as('ADMIN');
    api = await s.token('ADMIN');
});
after(() => s?.stop());

// A job as its row would be; the queue that nobody serves keeps it where it is put.
async function add(row = {}) {
    const j = { queue: 'reports', kind: 'noop', args: '{}', state: 'dead', last_error: null, run_at: 0,
        attempt: 3, max_attempts: 3, created_at: 0, finished_at: null, ...row };
    if (['dead', 'done', 'cancelled'].includes(j.state))
        j.finished_at ??= Math.floor(Date.now() / 1000);
    const names = Object.keys(j).filter((name) => j[name] !== null);
    await s.sql(`INSERT INTO jobs (${names.join(', ')}) VALUES (${names.map((n, i) => `?${i + 1}`).join(', ')})`,
        ...names.map((name) => j[name]));
    return s.value('SELECT max(id) FROM jobs');
}

const add_many = (n, kind, error) => s.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < ?1) INSERT INTO jobs (queue, kind, args, state, last_error, run_at, attempt, max_attempts, created_at,
    finished_at) SELECT 'reports', ?2, '{}', 'dead', ?3, 0, 3, 3, 0, unixepoch() FROM n`, n, kind, error);
const state_of = (id) => s.value('SELECT state FROM jobs WHERE id = ?1', id);
const count = (state) => s.value('SELECT count(*) FROM jobs WHERE state = ?1', state);
const audit = (action) => s.sql('SELECT a.details, a.object_id, u.username FROM audit_log a LEFT JOIN users u'
    + ' ON u.id = a.user_id WHERE a.action = ?1 ORDER BY a.id', action);
const forget = () => s.sql("UPDATE jobs SET state = 'cancelled', finished_at = 0 WHERE state = 'dead'");
const ids_in = (page) => [...page.text.matchAll(/name="ids" value="(\d+)"/g)].map((m) => Number(m[1]));
const queue = async (name) => (await api.get('/api/v1/queues')).json.items.find((q) => q.name === name);
const card = (page, words) => page.text.match(new RegExp(`<h3>${words}</h3>[\\s\\S]*?</li>`))[0]
    .replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('who may', () => {
    test('every page and every call is for ADMIN alone', async () => {
        const routes = all_routes().filter((r) => r.area === 'jobs');
        assert.ok(routes.length > 15);
        const people = { USUARIO: await s.as('USUARIO'), OPERADOR: await s.as('OPERADOR') };
        const callers = { USUARIO: await s.token('USUARIO'), OPERADOR: await s.token('OPERADOR') };
        for (const r of routes) {
            assert.equal(r.role, 'ADMIN', r.name);
            const send = (client) => client.request(r.method, address_of(r, { id: 1, name: 'sms' }),
                r.method === 'GET' ? {} : r.json ? { json: {} } : { form: {} });
            assert.equal((await send(anybody)).status, r.json || r.form ? 401 : 303, r.name);
            for (const role of ['USUARIO', 'OPERADOR'])
                assert.equal((await send((r.json ? callers : people)[role])).status, 403, `${r.name} ${role}`);
        }
    });

    test('a token needs its scope', async () => {
        const reader = await s.token('ADMIN', 'jobs:read');
        assert.equal((await reader.get('/api/v1/jobs')).status, 200);
        assert.equal((await reader.post('/api/v1/jobs/1/retry', { json: {} })).status, 403);
        assert.equal((await (await s.token('ADMIN', 'packages:read')).get('/api/v1/queues')).status, 403);
    });
});

describe('the list', () => {
    let p;
    before(async () => {
        p = await announced(s, anybody);
        await s.settled();
        await add({ kind: 'photo.process', last_error: 'La imagen está incompleta', package_id: p.id });
        await add({ kind: 'photo.process', last_error: 'no hay espacio' });
        await add({ kind: 'sms.send', args: '{"notification_id":1}', last_error: 'no hay saldo' });
        await add({ kind: 'noop', state: 'ready', run_at: 9999999999 });
    });
    after(forget);

    test('is filtered by state, kind, queue, package and error, on the page as in the API', async () => {
        const cases = [['state=dead', 3], ['state=dead&kind=photo.process', 2], ['state=ready&queue=reports', 1],
            ['error=INCOMPLETA', 1], ['error=no%20hay', 2], ['error=100%25', 0], ['queue=sms&state=dead', 0],
            [`package=${p.tracking_code}&state=dead`, 1], [`package=${p.guide_number}&state=dead`, 1],
            ['package=XXXXXX', 0], ['state=cancelled', 0]];
        for (const [query, n] of cases) {
            const page = await admin.get(`/admin/jobs?${query}`);
            assert.equal(page.status, 200, query);
            assert.equal(ids_in(page).length, n, query);
            const answer = await api.get(`/api/v1/jobs?${query}`);
            assert.equal(answer.status, 200, query);
            assert.deepEqual(answer.json.items.filter((j) => ['dead', 'ready'].includes(j.state)).map((j) => j.id),
                ids_in(page), query);
        }
    });

    test('a message is among the jobs of its package', async () => {
        const found = (await api.get(`/api/v1/jobs?package=${p.tracking_code}`)).json.items;
        assert.ok(found.some((j) => j.kind === 'sms.send' && j.state === 'done'));
        assert.ok(found.every((j) => j.tracking_code === p.tracking_code && j.package_id === p.id));
    });

    test('goes on where it stopped, with the filter kept', async () => {
        const seen = (await api.pages('/api/v1/jobs?state=dead&limit=2')).flat().map((j) => j.id);
        assert.equal(seen.length, 3);
        assert.deepEqual(seen, [...seen].sort((a, b) => b - a));
        const page = await admin.get('/admin/jobs?state=dead&limit=2');
        const older = page.text.match(/rel="next" href="([^"]+)"/)[1].replaceAll('&amp;', '&');
        assert.match(older, /state=dead&before=\d+/);
        assert.equal(ids_in(await admin.get(older)).length, 1);
    });

    test('says which parameter it does not understand', async () => {
        assert.equal((await admin.get('/admin/jobs?state=lost')).status, 422);
        assert.equal((await api.get('/api/v1/jobs?limit=0')).json.errors[0].pointer, '#/limit');
    });

    test('what failed is counted in the rail and leads to the list', async () => {
        const home = await admin.get('/dashboard');
        assert.match(home.text, /href="\/admin\/jobs\?state=dead"[^>]*>.*Trabajos <span[^>]*>3/);
        assert.match(home.words, /3 trabajos fallidos/);
        assert.doesNotMatch((await (await s.as('OPERADOR')).get('/dashboard')).text, /\/admin\/jobs/);
    });
});

describe('one job', () => {
    test('shows its tries, its message and package, and of its arguments only the ids', async () => {
        const p = await announced(s, anybody, { phone: new_phone() });
        await s.settled();
        const found = (await api.get(`/api/v1/jobs?package=${p.tracking_code}&kind=sms.send`)).json.items[0];
        const job = (await api.get(`/api/v1/jobs/${found.id}`)).json;
        assert.deepEqual(job.attempts.map((a) => a.outcome), ['ok']);
        assert.deepEqual(job.arguments, [{ name: 'notification_id', value: String(job.notification_id) }]);
        const page = await admin.get(`/admin/jobs/${found.id}`);
        assert.match(page.words, /Enviar un SMS \d+ Hecho/);
        assert.match(page.words, /Intento 1: bien/);
        assert.match(page.text, new RegExp(`href="/packages/${p.id}"`));
        assert.match(page.text, new RegExp(`href="/notifications/${job.notification_id}"`));
        const secret = await add({ kind: 'sms.send', args: '{"notification_id":9,"text":"código 123456"}' });
        for (const body of [(await admin.get(`/admin/jobs/${secret}`)).text, (await api.get(`/api/v1/jobs/${secret}`)).text]) {
            assert.doesNotMatch(body, /123456/);
            assert.match(body, /•••/);
        }
        assert.equal((await admin.get('/admin/jobs/999999')).status, 404);
        assert.equal((await api.get('/api/v1/jobs/999999')).json.detail, 'No existe el trabajo 999999.');
        await forget();
    });

    test('is retried, run now and discarded by its buttons, and each is audited', async () => {
        await s.sql("UPDATE queues SET paused = 1 WHERE name = 'reports'");
        const dead = await add(), later = await add({ state: 'ready', run_at: 9999999999 });
        const done = await admin.submit(await admin.get(`/admin/jobs/${dead}`), `/admin/jobs/${dead}/retry`);
        assert.equal(done.location, `/admin/jobs/${dead}`);
        assert.match((await admin.follow(done)).words, /vuelve a la cola, con todos sus intentos/);
        assert.equal(await state_of(dead), 'ready');
        await admin.submit(await admin.get(`/admin/jobs/${later}`), `/admin/jobs/${later}/run`);
        assert.ok(await s.value('SELECT run_at <= unixepoch() FROM jobs WHERE id = ?1', later));
        const page = await admin.get(`/admin/jobs/${later}`);
        assert.equal((await admin.submit(page, `/admin/jobs/${later}/discard`)).status, 303);
        assert.equal(await state_of(later), 'cancelled');
        const again = await admin.submit(page, `/admin/jobs/${later}/discard`);
        assert.equal(again.status, 409);
        assert.match(again.words, new RegExp(`El trabajo ${later} está descartado: no se puede descartar`));
        for (const [action, id] of [['retry', dead], ['run', later], ['discard', later]]) {
            const entry = (await audit(`job_${action}`)).at(-1);
            assert.deepEqual([entry.object_id, entry.username], [id, 'jefa'], action);
        }
        const refused = await api.post(`/api/v1/jobs/${later}/run`, { json: {} });
        assert.equal(refused.status, 409);
        assert.equal((await api.post(`/api/v1/jobs/${dead}/discard`, { json: {} })).json.state, 'cancelled');
        await s.sql("UPDATE queues SET paused = 0 WHERE name = 'reports'");
    });
});

describe('many jobs', () => {
    test('five hundred that failed are found and retried in two requests, and run', async () => {
        await add_many(500, 'noop', 'el proveedor no respondió');
        await add_many(3, 'photo.process', 'la imagen está incompleta');
        const page = await admin.get('/admin/jobs?state=dead&kind=noop');
        assert.match(page.words, /Repetir los 500/);
        const done = await admin.submit(page, '/admin/jobs/bulk', { action: 'retry' });
        assert.equal(done.location, '/admin/jobs?state=dead&kind=noop');
        assert.equal(await count('dead'), 3, 'only those that matched');
        const entries = (await audit('job_retry')).filter((e) => e.object_id === null || e.object_id === 0);
        assert.equal(entries.flatMap((e) => JSON.parse(e.details).ids).length, 500);
        assert.equal(JSON.parse(entries[0].details).kind, 'noop');
        assert.match((await admin.follow(done)).words, /500 trabajos vuelven a la cola/);
        await poll('all of them done', async () => await s.value(
            "SELECT count(*) FROM jobs WHERE kind = 'noop' AND state IN ('ready', 'running') AND run_at < 9999999999") === 0, 60000);
        await forget();
    });

    test('of those that are ticked the ones that changed meanwhile are left alone', async () => {
        const one = await add(), two = await add(), gone = await add();
        const page = await admin.get('/admin/jobs?state=dead');
        assert.deepEqual(ids_in(page), [gone, two, one]);
        await s.sql("UPDATE jobs SET state = 'cancelled' WHERE id = ?1", gone);
        const form = page.form('/admin/jobs/bulk').fields;
        delete form.all;
        const answer = await admin.post('/admin/jobs/bulk', { form: { ...form, action: 'discard', ids: [one, gone] } });
        assert.equal(answer.status, 303, answer.words);
        assert.deepEqual([await state_of(one), await state_of(two)], ['cancelled', 'dead']);
        const none = await admin.post('/admin/jobs/bulk', { form: { ...form, action: 'retry', ids: [gone] } });
        assert.match((await admin.follow(none)).words, /No cambió nada/);
        const empty = await admin.post('/admin/jobs/bulk', { form: { ...form, action: 'retry' } });
        assert.equal(empty.status, 422);
        assert.match(empty.words, /Elija al menos un trabajo/);
        await forget();
    });

    test('a row has its own button, which leads back to the list', async () => {
        await s.sql("UPDATE queues SET paused = 1 WHERE name = 'reports'");
        const id = await add();
        const page = await admin.get('/admin/jobs?state=dead');
        assert.match(page.text, new RegExp(`formaction="/admin/jobs/${id}/retry"`));
        const form = { ...page.form('/admin/jobs/bulk').fields, ids: [id] };
        delete form.all;
        const answer = await admin.post(`/admin/jobs/${id}/retry`, { form });
        assert.equal(answer.location, '/admin/jobs?state=dead', answer.words);
        assert.equal(await state_of(id), 'ready');
        assert.match((await admin.get('/admin/jobs?state=ready')).text, new RegExp(`formaction="/admin/jobs/${id}/run"`));
        await s.sql("UPDATE queues SET paused = 0 WHERE name = 'reports'");
    });

    test('the API does the same, and never means everything', async () => {
        await add_many(4, 'noop', 'uno');
        await add_many(2, 'noop', 'dos');
        const wrong = await api.post('/api/v1/jobs/bulk', { json: { action: 'discard', all: true } });
        assert.equal(wrong.status, 422);
        assert.equal(wrong.json.errors[0].pointer, '#/state');
        const answer = await api.post('/api/v1/jobs/bulk', { json: { action: 'discard', all: true, state: 'dead', error: 'uno' } });
        assert.deepEqual(answer.json, { changed: 4, skipped: 0, more: false });
        assert.equal(await count('dead'), 2);
        const ids = (await api.get('/api/v1/jobs?state=dead')).json.items.map((j) => j.id);
        assert.deepEqual((await api.post('/api/v1/jobs/bulk', { json: { action: 'discard', ids } })).json,
            { changed: 2, skipped: 0, more: false });
    });
});

describe('queues', () => {
    test('a pause holds what waits, a resume lets it go; both are audited', async () => {
        const page = await admin.get('/admin/jobs');
        const paused = await admin.submit(page, '/admin/jobs/queues/default/pause');
        assert.equal(paused.location, '/admin/jobs');
        assert.match((await admin.follow(paused)).words, /La cola General está en pausa/);
        assert.equal((await queue('default')).paused, true);
        const held = await add({ queue: 'default', state: 'ready', attempt: 0 });
        const other = await add({ queue: 'maintenance', state: 'ready', attempt: 0 });
        await poll('another queue to work', async () => await state_of(other) === 'done');
        assert.equal(await state_of(held), 'ready');
        const shown = await admin.get('/admin/jobs');
        assert.match(card(shown, 'General'), /1 en espera.*En pausa/);
        assert.equal((await admin.submit(page, '/admin/jobs/queues/default/pause')).status, 409);
        assert.equal((await admin.submit(shown, '/admin/jobs/queues/default/resume')).status, 303);
        await poll('the queue to work again', async () => await state_of(held) === 'done');
        for (const action of ['queue_pause', 'queue_resume']) {
            const entry = (await audit(action)).at(-1);
            assert.deepEqual([entry.username, JSON.parse(entry.details).queue], ['jefa', 'default']);
        }
        assert.equal((await api.post('/api/v1/queues/nada/pause', { json: {} })).status, 404);
        assert.ok((await api.post('/api/v1/queues/files/pause', { json: {} })).json.items.find((q) => q.name === 'files').paused);
        assert.equal((await api.post('/api/v1/queues/files/resume', { json: {} })).status, 200);
    });

    test('an outage of the provider is seen: the breaker opens, messages wait and lose no tries, then all go', async () => {
        await s.settled();
        s.smtp.script.set(['421']);
        const list = [];
        for (let i = 0; i < 8; i++)
            list.push(await announced(s, anybody, { email: `persona${i}@example.com` }));
        const mail_jobs = () => s.sql("SELECT state, attempt FROM jobs WHERE kind = 'mail.send' AND state IN ('ready', 'running')");
        const page = await poll('the breaker to be shown', async () => {
            await s.sql("UPDATE notifications SET not_before = unixepoch() - 1 WHERE state = 'queued'");
            await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'mail.send'");
            const shown = await admin.get('/admin/jobs');
            return /falló \d+ veces seguidas: se espera hasta/.test(card(shown, 'Correo')) && shown;
        }, 30000);
        assert.match(card(page, 'Correo'), /[2-8] en espera/);
        await poll('what was under way to fail', async () => /8 en espera/.test(card(await admin.get('/admin/jobs'), 'Correo')));
        const open = await queue('mail');
        assert.equal(open.breaker, 'open');
        assert.ok(open.failures >= 5 && Date.parse(open.open_until) > Date.now(), JSON.stringify(open));
        assert.match((await admin.get('/admin/jobs?state=ready&kind=mail.send')).words, /el servidor de correo pide intentar después/);
        const before_wait = await mail_jobs();
        await s.sql("UPDATE jobs SET run_at = 0 WHERE kind = 'mail.send' AND state = 'ready'");
        const other = await add({ queue: 'maintenance', state: 'ready', attempt: 0 });
        await poll('others to work meanwhile', async () => await state_of(other) === 'done');
        assert.deepEqual((await mail_jobs()).map((j) => j.attempt), before_wait.map((j) => j.attempt), 'no try is lost');
        s.smtp.script.set(['ok']);
        await s.sql("UPDATE queues SET open_until = unixepoch() WHERE name = 'mail'");
        await poll('all of them to go', async () => (await mail_jobs()).length === 0, 30000);
        assert.equal((await queue('mail')).breaker, 'closed');
        assert.match(card(await admin.get('/admin/jobs'), 'Correo'), /Nada en espera/);
        const sent = s.mails().flatMap((m) => m.to);
        for (let i = 0; i < list.length; i++)
            assert.equal(sent.filter((to) => to === `persona${i}@example.com`).length, 1, `persona${i}`);
    });

    test('the workers are listed, and it is said when none gives a sign', async () => {
        const items = (await api.get('/api/v1/workers')).json.items;
        assert.deepEqual(items.map((w) => w.slot).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert.ok(items.every((w) => w.rss_kb > 1000 && Date.now() - Date.parse(w.heartbeat_at) < 60000));
        assert.doesNotMatch((await admin.get('/admin/jobs')).words, /Ningún trabajador da señal/);
        const kept = await s.sql('SELECT name, heartbeat_at FROM workers');
        await poll('the notice', async () => {
            await s.sql('UPDATE workers SET heartbeat_at = heartbeat_at - 200');
            return /Ningún trabajador da señal/.test((await admin.get('/admin/jobs')).words);
        });
        assert.match((await admin.get('/dashboard')).words, /El programa que envía los mensajes .* no responde/);
        assert.doesNotMatch((await (await s.as('OPERADOR')).get('/dashboard')).words, /no responde/);
        for (const w of kept)
            await s.sql('UPDATE workers SET heartbeat_at = ?2 WHERE name = ?1', w.name, w.heartbeat_at);
    });
});

describe('the part that is asked for again and again', () => {
    test('is sent in full only when it has changed', async () => {
        await s.settled();
        const path = '/admin/jobs/figures';
        const htmx = { 'HX-Request': 'true' };
        const first = await admin.get(path, { headers: htmx });
        assert.equal(first.status, 200);
        assert.equal(first.headers['cache-control'], 'private, no-cache');
        assert.match(first.text, /^<ul class="queues">/);
        assert.match(first.text, /id="count-dead" hx-swap-oob="true"/);
        const same = await poll('an answer that is the same', async () => {
            const { etag } = (await admin.get(path, { headers: htmx })).headers;
            const answer = await admin.get(path, { headers: { ...htmx, 'If-None-Match': etag } });
            return answer.status === 304 && answer;
        });
        assert.equal(same.body.length, 0);
        await add();
        const changed = await admin.get(path, { headers: { ...htmx, 'If-None-Match': same.headers.etag } });
        assert.equal(changed.status, 200);
        assert.match(changed.text, /id="count-dead" hx-swap-oob="true">1</);
        assert.equal((await anybody.get(path, { headers: htmx })).status, 401);
        await forget();
    });
});

describe('the clock', () => {
    test('shows each line in words, with its last run and its next', async () => {
        await s.sql("INSERT OR REPLACE INTO cron_ticks (name, tick, started_at, finished_at, ok)"
            + " VALUES ('expire-announcements', unixepoch() - 60, unixepoch() - 60, unixepoch() - 58, 0)");
        const items = (await api.get('/api/v1/cron')).json.items;
        const line = items.find((l) => l.name === 'expire-announcements');
        assert.equal(line.when, 'cada día a las 02:50');
        assert.equal(line.result, 'failed');
        assert.match(line.next_at, /T02:50:00-05:00$/);
        assert.equal(items.find((l) => l.name === 'jobs-sweep').when, 'cada minuto');
        const page = await admin.get('/admin/jobs/cron');
        assert.match(page.words, /Cancela lo anunciado hace 30 días que no llegó expire-announcements cada día a las 02:50/);
        assert.match(page.words, /falló/);
        assert.match(page.words, /el día 1 de cada mes a las 07:00/);
    });
});

describe('a wall clock that jumped', () => {
    const jumped = () => s.sql('UPDATE clock_trust SET believed_at = believed_at - 31536000, doubted_at = NULL');

    test('is told to everybody on the first page, and an administrator says that it is right', async () => {
        await poll('the clock to have been seen', async () => await s.value('SELECT count(*) FROM clock_trust') === 1);
        assert.doesNotMatch((await admin.get('/dashboard')).words, /reloj/);
        await jumped();
        const page = await poll('the page to tell it', async () => {
            const now = await admin.get('/dashboard');
            return /¿Está bien el reloj del servidor\?/.test(now.words) && now;
        });
        assert.match(page.words, /no se cancelan anuncios, no se borra nada y no salen recordatorios/);
        assert.match((await admin.get('/packages')).words, /El reloj del servidor saltó/, 'and on each page');
        const { from, to } = (await api.get('/api/v1/dashboard')).json.clock_jump;
        assert.ok(Math.abs(Date.parse(to) - Date.parse(from) - 31536000000) < 120000);
        assert.match(await s.paqueteria(['doctor']).catch((error) => error.message), /reloj: saltó de .* nada se cancela/);
        const oper = await s.as('OPERADOR');
        const theirs = await oper.get('/dashboard');
        assert.match(theirs.words, /Avise a quien administra el sistema/);
        assert.doesNotMatch(theirs.text, /action="\/dashboard\/clock"/);
        await admin.submit(page, '/dashboard/clock');
        assert.doesNotMatch((await admin.get('/dashboard')).words, /Está bien el reloj/);
        assert.equal((await api.get('/api/v1/dashboard')).json.clock_jump, null);
        assert.match((await admin.submit(page, '/dashboard/clock')).words, /Nadie duda ya del reloj del servidor/);
    });
});

describe('paqueteria jobs', () => {
    test('lists, shows, retries, discards, pauses and resumes', async () => {
        await s.paqueteria(['jobs', 'pause', 'reports']);
        const one = await add({ last_error: 'uno' }), two = await add({ last_error: 'dos' });
        const list = JSON.parse(await s.paqueteria(['jobs', 'list', '--state', 'dead', '--error', 'UNO', '--json']));
        assert.deepEqual(list.map((j) => j.id), [one]);
        assert.match(await s.paqueteria(['jobs', 'list', '--state', 'dead']), /id +queue +kind/);
        const shown = JSON.parse(await s.paqueteria(['jobs', 'show', String(one), '--json']));
        assert.deepEqual([shown.id, shown.attempts, shown.arguments], [one, [], []]);
        assert.match(await s.paqueteria(['jobs', 'show', String(one)]), /last_error +uno/);
        assert.match(await s.paqueteria(['jobs', 'retry', String(one)]), /1 en espera otra vez/);
        assert.equal(await state_of(one), 'ready');
        assert.match(await s.paqueteria(['jobs', 'discard', '--dead', '--error', 'dos']), /1 descartados/);
        assert.equal(await state_of(two), 'cancelled');
        await assert.rejects(s.paqueteria(['jobs', 'retry', String(two)]), /está descartado: no se puede repetir/);
        await assert.rejects(s.paqueteria(['jobs', 'discard']), /64|65/);
        await assert.rejects(s.paqueteria(['jobs', 'pause', 'reports']), /ya estaba en pausa/);
        const queues = JSON.parse(await s.paqueteria(['jobs', 'queues', '--json']));
        assert.equal(queues.find((q) => q.name === 'reports').paused, true);
        await s.paqueteria(['jobs', 'resume', 'reports']);
        await poll('it to run', async () => await state_of(one) === 'done');
        await assert.rejects(s.paqueteria(['jobs', 'show', '999999']), /No existe el trabajo 999999/);
    });
});
