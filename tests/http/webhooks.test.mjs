// Webhooks: programs of others that are told what happens, signed so that npm's own verifier takes it, tried again, sent
// again, paused when they fail for long; what they answer is bounded, and only an administrator sees to them.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import hooks from '../helpers/hook.js';
import { System, poll } from '../helpers/system.mjs';
import { announced, hand_over, key, on_shelf, pickup_code } from '../helpers/shop.mjs';

const PATIENCE = 60000;          // ms; the machine may be loaded

let s, hook, anybody, admin, oper, api;
let endpoint;                    // told of everything

const at = (id = endpoint.id, more = '') => `/api/v1/webhooks/${id}${more}`;
const made = async (json) => {
    const answer = await api.post('/api/v1/webhooks', { json, headers: key() });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
};
const shown = async (id = endpoint.id) => (await api.get(at(id))).json;
const delivery = (d) => api.get(at(d.endpoint_id, `/deliveries/${d.id}`)).then((a) => a.json);
const trial = async (id = endpoint.id) => {
    const answer = await api.post(at(id, '/test'), { json: {} });
    assert.equal(answer.status, 202, answer.text);
    return answer.json;
};
const ended = (d) => poll(`delivery ${d.id} to end`, async () => {
    const now = await delivery(d);
    return now.state !== 'pending' && now;
}, PATIENCE);
const heard = (kind, fits = () => true) => poll(`to hear of ${kind}`, () => hook.told(kind).find(fits), PATIENCE);
const verified = (line, secret) => new Webhook(secret).verify(line.body, line.headers);
// The latest delivery of an endpoint, once its try that failed is written.
const failed = (id, error) => poll(`a failure like ${error}`, async () => {
    const [d] = (await api.get(at(id, '/deliveries?limit=1'))).json.items;
    return d && error.test(d.error ?? '') && d;
}, PATIENCE);

before(async () => {
    s = await System.start({ undo_s: 2, webhook_loopback: 'yes', announce_per_hour: 100000 });
    hook = await hooks.start({ dir: path.join(s.dir, 'standin') });
    [anybody, admin, oper] = [s.client(), await s.as('ADMIN'), await s.as('OPERADOR')];
    api = await s.token('ADMIN');
});
after(async () => {
    hook?.close();
    await s?.stop();
});

test('nothing is written for programs while nobody is to be told', async () => {
    await announced(s, anybody);
    assert.equal(await s.value('SELECT count(*) FROM webhook_deliveries'), 0);
    assert.equal(await s.value("SELECT count(*) FROM jobs WHERE kind = 'webhook.deliver'"), 0);
});

describe('what happens is told', () => {
    let started;

    test('a program hears of a parcel at most two seconds after it was announced, and the verifier of npm takes the signature', async () => {
        endpoint = await made({ url: hook.url, description: 'Edificio', kinds: '*' });
        assert.match(endpoint.secret, /^whsec_[0-9A-Za-z+/=]{32,}$/);
        assert.equal((await shown()).secret, undefined, 'it is told once');
        started = Date.now();
        const p = await announced(s, anybody);
        const committed = Date.now(), line = await heard('package.announced', (l) => l.json.data.package.id === p.id);
        assert.ok(line.at - committed <= 2000, `${line.at - committed} ms after the answer`);
        console.log(`# a webhook left ${line.at - started} ms after the form was asked for, ${line.at - committed} ms after its answer`);
        const told = verified(line, endpoint.secret);
        assert.equal(told.data.event.kind, 'ANUNCIO');
        assert.equal(told.data.event.package_id, p.id);
        assert.deepEqual(Object.keys(told.data.package), Object.keys((await api.get(`/api/v1/packages/${p.id}`)).json)
            .filter((k) => k in told.data.package), 'the members are those that the API gives');
        assert.equal(told.data.package.public_token, undefined, 'nothing that is secret is told');
        assert.match(line.headers['webhook-id'], /^msg_[0-9A-Za-z]{22}$/);
        assert.equal(line.method, 'POST');
        assert.throws(() => verified({ ...line, body: line.body.replace('ANUNCIO', 'ENTREGA') }, endpoint.secret));
    });

    test('a hand-over is told with its payment and its message, and a drawer from its opening to its closing', async () => {
        const p = await on_shelf(s, anybody, oper);
        const line = await heard('package.received', (l) => l.json.data.package.id === p.id);
        assert.equal(line.json.data.package.state, 'RECIBIDO', 'as it is after the event');
        assert.equal(line.json.data.event.state_after, 'RECIBIDO');
        await oper.submit(await oper.get('/cash'), '/cash', { base: '10000' });
        await heard('drawer.opened');
        const done = await hand_over(oper, await pickup_code(anybody, p));
        assert.equal(done.status, 303, done.words);
        const payment = await heard('payment.taken');
        assert.equal(payment.json.data.payment.package_id, p.id);
        assert.equal(payment.json.data.payment.method, 'efectivo');
        assert.equal((await heard('package.delivered', (l) => l.json.data.package.id === p.id)).json.data.package.state, 'ENTREGADO');
        await s.hasten();
        const message = await heard('message.sent', (l) => l.json.data.message.package_id === p.id);
        assert.ok(['sms', 'email'].includes(message.json.data.message.channel));
        assert.ok(!JSON.stringify(hook.told()).includes('"said"'), 'what a message said is not told');
    });

    test('what is undone is told as well', async () => {
        const p = await on_shelf(s, anybody, oper);
        const undo = await (await s.token('OPERADOR')).post(`/api/v1/packages/${p.id}/undo`, { json: {}, headers: key() });
        assert.equal(undo.status, 200, undo.text);
        const line = await heard('package.undone', (l) => l.json.data.package.id === p.id);
        assert.equal(line.json.data.package.state, 'ANUNCIADO');
    });

    test('a program hears only of what it chose', async () => {
        const some = await made({ url: `${hook.url}/solo-cancelados`, kinds: ['package.cancelled'] });
        const p = await announced(s, anybody);
        await heard('package.announced', (l) => l.json.data.package.id === p.id);
        assert.equal(await s.value('SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = ?1', some.id), 0);
        const cancelled = await api.post(`/api/v1/packages/${p.id}/cancel`, { json: { reason: 'cliente_solicita' }, headers: key() });
        assert.ok(cancelled.status < 300, cancelled.text);
        await heard('package.cancelled', (l) => l.url === '/avisos/solo-cancelados');
        assert.deepEqual(hook.told().filter((l) => l.url === '/avisos/solo-cancelados').map((l) => l.json.type), ['package.cancelled']);
        assert.equal((await api.request('PATCH', at(some.id), { json: { is_active: false } })).status, 200);
    });
});

describe('a program that misbehaves', () => {
    let other;
    const told = (faults) => { hook.script.set(faults); };

    before(async () => {
        await poll('nothing is on its way', async () => await s.value("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'") === 0, PATIENCE);
        assert.equal((await api.request('PATCH', at(), { json: { is_active: false } })).status, 200);
        other = await made({ url: `${hook.url}/otro`, kinds: ['package.announced'] });
    });
    after(() => told(['ok']));

    test('is told the same again, with the same id and a signature of that moment, until it answers well', async () => {
        told(['500', 'reset', 'garbage', 'ok']);
        const p = await announced(s, anybody);
        await poll('four tries', async () => {
            await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'webhook.deliver'");
            return hook.told().filter((l) => l.url === '/avisos/otro' && l.json.data.package?.id === p.id).length === 4;
        }, PATIENCE);
        const tries = hook.told().filter((l) => l.url === '/avisos/otro' && l.json.data.package?.id === p.id);
        assert.equal(new Set(tries.map((l) => l.headers['webhook-id'])).size, 1);
        assert.equal(new Set(tries.map((l) => l.body)).size, 1);
        tries.forEach((l) => verified(l, other.secret));
        const d = await poll('it to be delivered', async () => {
            const [one] = (await api.get(at(other.id, '/deliveries'))).json.items;
            return one.state === 'delivered' && one;
        }, PATIENCE);
        assert.equal(d.attempts, 4);
        assert.equal((await shown(other.id)).failing_since, null, 'it is well again');
    });

    const bounded = Object.fromEntries([['drip', 'delivered'], ['huge', 'delivered'], ['binary', 'delivered'], ['redirect', 'dead'], ['silent', 'dead'], ['400', 'dead']]);
    test('cannot hold the worker up, fill the database or lead it elsewhere, whatever it answers', async () => {
        const faults = Object.keys(bounded), begun = Date.now();
        told([...faults, 'ok']);
        const trials = await Promise.all(faults.map(() => trial(other.id)));
        const all = await Promise.all(trials.map(ended));
        assert.ok(Date.now() - begun < 40000, `${Date.now() - begun} ms, of which two wait for ten seconds`);
        const met = all.map((d) => [d, hook.told().find((l) => l.headers['webhook-id'] === d.message_id).step]);
        assert.deepEqual(met.map(([, step]) => step).sort(), [...faults].sort());
        for (const [d, step] of met) {
            assert.equal(d.state, bounded[step], step);
            assert.ok((d.answer ?? '').length <= 2048, step);
        }
        assert.ok(!hook.told().some((l) => l.url === '/otra'), 'no redirect is followed');
        const log = (await api.get(at(other.id, '/deliveries?limit=6'))).json.items;
        assert.deepEqual(log.map((d) => d.kind), Array(6).fill('webhook.test'));
        assert.match(log.find((d) => d.status === 307).error, /otra dirección/);
        assert.match(log.find((d) => d.status === null).error, /diez segundos/);
        const page = await admin.get(`/admin/webhooks/${other.id}/deliveries/${log.find((d) => d.status === 400).id}`);
        assert.match(page.text, /no entiendo &lt;b&gt;eso&lt;\/b&gt;\?/, 'what it answered is text, however it is written');
    });

    test('is left alone for a while after five failures, so that it holds nobody else up', async () => {
        told(['500']);
        for (let i = 0; i < 6; i++)
            await announced(s, anybody);
        await poll('five failures', async () => (await shown(other.id)).failures >= 5, PATIENCE);
        await poll('the rest to wait', async () => {
            await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'webhook.deliver' AND run_at <= unixepoch() + 20");
            return await s.value("SELECT count(*) FROM jobs WHERE kind = 'webhook.deliver' AND state = 'ready' AND run_at > unixepoch() + 20") === 6;
        }, PATIENCE);
        assert.ok(await s.value('SELECT retry_at > unixepoch() + 20 FROM webhook_endpoints WHERE id = ?1', other.id));
    });

    test('is paused after three days, the administrators get a letter, and what was not told is told again later', async () => {
        await s.sql('UPDATE webhook_endpoints SET failing_since = unixepoch() - 3 * 86400, retry_at = 0 WHERE id = ?1', other.id);
        await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'webhook.deliver'");
        await poll('the pause', async () => (await shown(other.id)).paused_at !== null, PATIENCE);
        assert.match((await shown(other.id)).paused_why, /tres días/);
        await poll('the rest to be given up', async () => {
            await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'webhook.deliver'");
            return (await shown(other.id)).pending === 0;
        }, PATIENCE);
        await s.hasten();
        await poll('the letter', () => s.mails('jefa@example.com').find((m) => /Dejamos de avisar a https:/.test(JSON.stringify(m))), PATIENCE);
        const dead = (await shown(other.id)).dead;
        assert.ok(dead >= 6, `${dead} were given up`);
        await announced(s, anybody);
        assert.equal(await s.value("SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = ?1 AND state = 'pending'", other.id), 0, 'nothing is written for it');
        assert.equal((await api.post(at(other.id, '/replay'), { json: {} })).status, 409, 'while it is paused nothing is sent again');
        told(['ok']);
        const page = await admin.get(`/admin/webhooks/${other.id}`);
        assert.match(page.words, /En pausa/);
        const edit = await admin.get(`/admin/webhooks/${other.id}/edit`);
        assert.equal((await admin.submit(edit, `/admin/webhooks/${other.id}`, { active: '1' })).status, 303);
        const again = await admin.submit(await admin.get(`/admin/webhooks/${other.id}`), `/admin/webhooks/${other.id}/replay`);
        assert.equal(again.status, 303, again.words);
        await poll('all to be told', async () => {
            const now = await shown(other.id);
            return now.pending === 0 && now.dead === 0;
        }, PATIENCE);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'webhook_pause' AND object_id = ?1", other.id), 1);
    });

    test('hears it again, with the same id, when the worker dies before it has written that it was heard', async () => {
        told(['held', 'ok']);
        const p = await announced(s, anybody);
        const heard_of = () => hook.told('package.announced').filter((l) => l.json.data.package.id === p.id);
        await poll('the first try', () => heard_of().length === 1, PATIENCE);
        const worker = await poll('its slot', () => s.value("SELECT worker FROM jobs WHERE kind = 'webhook.deliver' AND state = 'running'"), PATIENCE);
        process.kill(Number(worker.split('.')[1]), 'SIGKILL');
        await poll('the second try', () => heard_of().length === 2, PATIENCE);
        assert.equal(new Set(heard_of().map((l) => l.headers['webhook-id'])).size, 1);
        hook.release();
    });

    test('that says it is gone is paused at once', async () => {
        told(['410', 'ok']);
        await announced(s, anybody);
        await poll('the pause', async () => (await shown(other.id)).paused_at !== null, PATIENCE);
        assert.match((await shown(other.id)).paused_why, /ya no quiere avisos/);
        assert.equal((await api.request('PATCH', at(other.id), { json: { is_active: true } })).json.paused_at, null);
    });
});

describe('the page', () => {
    test('adds an address, tells its secret once and nowhere else, and says what is wrong without losing what was typed', async () => {
        const form = await admin.get('/admin/webhooks/new');
        const wrong = await admin.submit(form, '/admin/webhooks', { url: 'ftp://example.com', description: 'Mía', 'package.received': '1' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.words, /empiece por https/);
        assert.deepEqual([wrong.form('/admin/webhooks').fields.url, wrong.form('/admin/webhooks').fields.description], ['ftp://example.com', 'Mía']);
        assert.match(wrong.text, /name="package\.received"[^>]* checked/);
        const none = await admin.submit(form, '/admin/webhooks', { url: 'https://example.com/x' });
        assert.match(none.words, /al menos una cosa/);
        const done = await admin.submit(wrong, '/admin/webhooks', { url: `${hook.url}/pagina` });
        assert.equal(done.status, 200, done.words);
        const secret = done.text.match(/whsec_\w+/)[0];
        const id = Number(done.text.match(/\/admin\/webhooks\/(\d+)/)[1]);
        const twice = await admin.submit(wrong, '/admin/webhooks', { url: `${hook.url}/pagina` });
        assert.match(twice.words, /ya se mostró una vez/);
        assert.doesNotMatch(twice.text, /whsec_/);
        assert.equal(await s.value("SELECT count(*) FROM webhook_endpoints WHERE url LIKE '%/pagina'"), 1, 'sent twice it is added once');
        assert.doesNotMatch((await admin.get(`/admin/webhooks/${id}`)).text, /whsec_/);
        assert.doesNotMatch(s.logs(100000), new RegExp(secret));
        assert.equal(await s.value('SELECT instr(secret, ?1) FROM webhook_endpoints WHERE id = ?2', secret.slice(6), id), 0, 'it is sealed');
        assert.ok(!JSON.stringify(await s.sql('SELECT details FROM audit_log')).includes(secret));
    });

    test('a trial says the truth, and the secret can be changed while the former signs for a day', async () => {
        const made_now = await made({ url: `${hook.url}/rota`, kinds: ['package.moved'] });
        const page = await admin.get(`/admin/webhooks/${made_now.id}`);
        const turned = await admin.submit(page, `/admin/webhooks/${made_now.id}/rotate`);
        const fresh = turned.text.match(/whsec_\w+/)[0];
        assert.notEqual(fresh, made_now.secret);
        const tried = await admin.submit(await admin.get(`/admin/webhooks/${made_now.id}`), `/admin/webhooks/${made_now.id}/test`);
        assert.equal(tried.status, 303);
        const shown_trial = await poll('the trial', async () => {
            const now = await admin.get(tried.headers.location.replace('#test', ''));
            return /Respondió que la recibió/.test(now.words) && now;
        }, PATIENCE);
        assert.ok(shown_trial);
        const line = hook.told('webhook.test').findLast((l) => l.url === '/avisos/rota');
        verified(line, fresh);
        verified(line, made_now.secret);
        await s.sql('UPDATE webhook_endpoints SET former_until = unixepoch() - 1 WHERE id = ?1', made_now.id);
        await ended(await trial(made_now.id));
        const later = hook.told('webhook.test').findLast((l) => l.url === '/avisos/rota');
        verified(later, fresh);
        assert.throws(() => verified(later, made_now.secret));
        hook.script.set(['500', 'ok']);
        const bad = await admin.submit(await admin.get(`/admin/webhooks/${made_now.id}`), `/admin/webhooks/${made_now.id}/test`);
        await poll('the trial that failed', async () => /La prueba no se entregó\. Respondió 500\./.test(
            (await admin.get(bad.headers.location.replace('#test', ''))).words), PATIENCE);
    });

    test('its log is filtered, and one that was told is sent again on demand', async () => {
        const id = (await api.get('/api/v1/webhooks')).json.items.find((w) => w.url.endsWith('/rota')).id;
        const page = await admin.get(`/admin/webhooks/${id}?state=dead&kind=webhook.test`);
        assert.match(page.words, /Sin entregar respondió 500/);
        assert.doesNotMatch(page.words, /Recibido con 200/);
        const [d] = (await api.get(at(id, '/deliveries?state=delivered'))).json.items;
        const count = () => hook.told().filter((l) => l.headers['webhook-id'] === d.message_id).length;
        const before_it = count(), one = await admin.get(`/admin/webhooks/${id}/deliveries/${d.id}`);
        assert.equal((await admin.submit(one, `/admin/webhooks/${id}/deliveries/${d.id}/replay`)).status, 303);
        await poll('it again', () => count() === before_it + 1, PATIENCE);
        assert.equal((await api.get(at(id, '/deliveries/999999'))).status, 404);
        assert.equal((await api.get(at(endpoint.id, `/deliveries/${d.id}`))).status, 404, 'of another endpoint it is not there');
    });

    test('is for administrators, and of two who edit the second is told', async () => {
        assert.equal((await oper.get('/admin/webhooks')).status, 403);
        assert.equal((await (await s.token('OPERADOR')).get('/api/v1/webhooks')).status, 403);
        assert.equal((await (await s.token('ADMIN', 'audit:read')).get('/api/v1/webhooks')).status, 403);
        const edit = await admin.get(`/admin/webhooks/${endpoint.id}/edit`);
        assert.equal((await admin.submit(edit, `/admin/webhooks/${endpoint.id}`, { description: 'Primera' })).status, 303);
        const late = await admin.submit(edit, `/admin/webhooks/${endpoint.id}`, { description: 'Segunda' });
        assert.equal(late.status, 412, late.words);
        assert.equal(late.form(`/admin/webhooks/${endpoint.id}`).fields.description, 'Segunda');
        const { etag } = (await api.get(at())).headers;
        const patch = (json, tag) => api.request('PATCH', at(), { json, headers: { 'If-Match': tag } });
        assert.equal((await patch({ kinds: ['payment.taken'] }, etag)).status, 200);
        assert.equal((await patch({ kinds: '*' }, etag)).status, 412);
        assert.equal((await patch({ kinds: 'nada.de.eso' }, '*')).json.errors[0].pointer, '#/kinds');
    });
});
