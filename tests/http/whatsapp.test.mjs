// WhatsApp: off until it is configured; only who asked for it is written to there; the next channel only after a
// certain no; what Meta tells by its webhook, in any order.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import meta_server from '../helpers/meta.js';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announced, announced_by_mail, e164, key, new_phone, pickup_code, received } from '../helpers/shop.mjs';

const { ACCOUNT, Meta, signature, status, telling } = meta_server;
const LIMIT_MS = 60000;
let s, meta, dir, anybody, oper, admin;
before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'meta-'));
    meta = await meta_server.start({ dir });
    s = await System.start({ announce_per_hour: 100000, whatsapp_url: meta.url });
    anybody = s.client();
    oper = await s.as('OPERADOR');
    admin = await s.as('ADMIN');
});
after(async () => {
    await s?.stop();
    meta?.close();
    fs.rmSync(dir, { recursive: true, force: true });
});

beforeEach(async () => {
    meta.script.set(['ok']);
    await s.sql('UPDATE queues SET failures = 0, open_until = 0, open_for = 0');
    await s.settled(LIMIT_MS);
});

const messages = (p) => s.sql('SELECT n.* FROM notifications n JOIN notification_packages np ON np.notification_id = n.id'
    + " WHERE np.package_id = ?1 AND n.event <> 'email_confirmation' ORDER BY n.id", p.id);
// The last message about a parcel by a channel, as soon as it is in that state.
const state_is = (p, channel, state) => poll(`the ${channel} to be ${state}`, async () => {
    const m = (await messages(p)).findLast((x) => x.channel === channel);
    return m?.state === state && m;
}, LIMIT_MS);
const channels = async (p) => (await messages(p)).map((m) => m.channel);
const tell = (value, sign = signature) => {
    const body = telling(value);
    return anybody.post('/hooks/whatsapp', { body, headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body) } });
};
const tells = async (line, ...states) => {
    for (const [state, code] of states.map((x) => [x].flat()))
        assert.equal((await tell({ statuses: [status(line, state, code)] })).status, 200, state);
};

// A person who has said on the page of a first parcel that they want WhatsApp.
async function consenting(fields = {}, choice = 'whatsapp') {
    const who = { name: 'Rosa Prueba', phone: new_phone(), ...fields };
    const first = await announced(s, anybody, who), at = `/t/${first.public_token}/channels`;
    const answer = await anybody.submit(await anybody.get(at), at, { choice, agree: '1' });
    assert.equal(answer.status, 303, answer.words);
    await s.settled(LIMIT_MS);
    return { who, first };
}

// A second parcel of that person, whose WhatsApp meets this misbehaviour.
async function meets(...script) {
    const { who } = await consenting();
    meta.script.set(script);
    return { who, p: await announced(s, anybody, who) };
}

describe('until it is configured', () => {
    test('no page offers WhatsApp, its webhook does not exist, and a trial says what is missing', async () => {
        const p = await announced(s, anybody);
        assert.equal((await anybody.get(`/t/${p.public_token}/channels`)).status, 404);
        assert.doesNotMatch((await anybody.get(`/t/${p.public_token}`)).text, /\/channels/);
        assert.equal((await anybody.get(`/hooks/whatsapp?hub.mode=subscribe&hub.challenge=1&hub.verify_token=`)).status, 404);
        assert.equal((await tell({ statuses: [] })).status, 404);
        const page = await admin.get('/admin/settings/whatsapp');
        assert.match(page.words, /Hoy no sale ninguno: falta la cuenta\..*\/hooks\/whatsapp/);
        const trial = await admin.submit(page, '/admin/settings/whatsapp/test', { recipient: new_phone() });
        assert.equal(trial.status, 422);
        assert.match(trial.words, /falta la cuenta de Meta/);
    });
});

describe('the account', () => {
    test('is written on the page of settings, and its secrets are sealed', async () => {
        const page = await admin.get('/admin/settings/whatsapp');
        const saved = await admin.submit(page, '/admin/settings/whatsapp', { 'whatsapp.number_id': ACCOUNT.number_id,
            'whatsapp.token': ACCOUNT.token, 'whatsapp.app_secret': ACCOUNT.app_secret, 'whatsapp.verify_token': ACCOUNT.verify_token, current: PEOPLE.ADMIN.password });
        assert.equal(saved.status, 303, saved.words);
        const rows = JSON.stringify(await s.sql("SELECT value FROM settings WHERE key LIKE 'whatsapp.%'"));
        for (const secret of [ACCOUNT.token, ACCOUNT.app_secret, ACCOUNT.verify_token])
            assert.ok(!rows.includes(secret));
        assert.doesNotMatch((await admin.get('/admin/settings/whatsapp')).text, new RegExp(ACCOUNT.token));
        const patch = await (await s.token('ADMIN')).request('PATCH', '/api/v1/settings', { json: { 'whatsapp.token': 'otra' } });
        assert.equal(patch.status, 403, 'a token of the API could lead the messages through another account');
    });

    test('Meta finds its challenge answered at the address of the webhook, with our word only', async () => {
        const ask = (word, mode = 'subscribe') => anybody.get(`/hooks/whatsapp?hub.mode=${mode}&hub.challenge=11582&hub.verify_token=${word}`);
        const answer = await ask(ACCOUNT.verify_token);
        assert.deepEqual([answer.status, answer.text], [200, '11582']);
        assert.match(answer.headers['content-type'], /^text\/plain/);
        for (const wrong of [await ask('otra'), await ask(ACCOUNT.verify_token, 'unsubscribe'), await ask('')])
            assert.equal(wrong.status, 404);
    });

    test('a trial needs an approved template, and tells the truth about what became of it', async () => {
        const phone = new_phone(), at = '/admin/settings/whatsapp';
        const trial = async () => admin.submit(await admin.get(at), `${at}/test`, { recipient: phone });
        const none = await trial();
        assert.equal(none.status, 409);
        assert.match(none.words, /no hay una plantilla aprobada/);
        const edit = '/notifications/templates/custom_message/whatsapp', page = await admin.get(edit);
        assert.match(page.words, /Hola, \{\{1\}\}: \{\{2\}\} le escribe: \{\{3\}\}/, 'the text for Meta');
        for (const [fields, why] of [[{ provider_name: 'Mensaje Nuevo' }, /minúsculas, cifras/],
            [{ provider_name: 'mensaje', provider_language: 'español' }, /es o es_CO/],
            [{ provider_name: 'mensaje', body: '{punto}: {texto}' }, /empieza o termina con una variable/]]) {
            const refused = await admin.submit(page, edit, fields);
            assert.equal(refused.status, 422);
            assert.match(refused.words, why);
        }
        for (const event of ['custom_message', 'package_announced', 'package_received', 'pickup_reminder']) {
            const to = `/notifications/templates/${event}/whatsapp`;
            const saved = await admin.submit(await admin.get(to), to, { provider_name: event, provider_language: 'es_CO' });
            assert.equal(saved.status, 303, saved.words);
        }
        meta.script.set(['token', 'ok']);
        const sent = await trial();
        assert.equal(sent.status, 303, sent.words);
        const result = sent.location.replace('#test', '');
        await poll('what Meta said', async () => /no aceptó la llave de acceso/.test((await admin.get(result)).words), LIMIT_MS);
        assert.match((await admin.get(result)).words, /Todavía no sale/);
        await s.settled(LIMIT_MS);
        assert.match((await admin.get(result)).words, /WhatsApp aceptó la prueba/);
        const [line] = meta.to(phone);
        assert.deepEqual([line.type, line.template.name, line.template.language.code], ['template', 'custom_message', 'es_CO']);
        await tells(line, 'delivered');
        assert.match((await admin.get(result)).words, /El WhatsApp llegó al celular/);
    });

    test('an administrator is told by mail, once, what only they can mend', async () => {
        const letters = s.mails('jefa@example.com').filter((m) => /no aceptó la llave/.test(m.text));
        assert.equal(letters.length, 1);
    });
});

describe('consent', () => {
    test('is the owner\'s own, by the link, with the version and the hash of the text, the phone and the order', async () => {
        const p = await announced(s, anybody, { name: 'Ana Consiente' }), at = `/t/${p.public_token}/channels`;
        const page = await anybody.get(at);
        assert.match((await anybody.get(`/t/${p.public_token}`)).text, new RegExp(at));
        assert.equal(page.form(at).fields.choice, 'ninguno');
        const refused = await anybody.submit(page, at, { choice: 'whatsapp' });
        assert.equal(refused.status, 422);
        assert.match(refused.words, /hace falta que usted lo acepte/);
        assert.equal(refused.form(at).fields.choice, 'whatsapp', 'what was chosen stays');
        assert.equal((await anybody.submit(page, at, { choice: 'whatsapp', agree: '1' })).status, 303);
        const [row] = await s.sql("SELECT * FROM consents WHERE purpose = 'whatsapp' AND customer_id = ?1", p.customer_id);
        const text = page.text.match(/<p class="hint" id="h-agree">([^<]*)</)[1];
        assert.equal(row.text_sha256, createHash('sha256').update(text).digest('hex'));
        assert.deepEqual([row.phone, row.channels, row.proof, row.package_id, row.text_version.length],
            [p.announced_phone, 'whatsapp sms email', 'enlace', p.id, 7]);
        assert.equal((await anybody.get(at)).form(at).fields.choice, 'whatsapp');
    });

    test('who asked for WhatsApp gets it alone, with the code of their own parcel; a flatmate with the same phone gets SMS', async () => {
        const { who } = await consenting();
        const p = await announced_by_mail(s, anybody, { ...who, email: 'consiente@example.com' });
        await state_is(p, 'whatsapp', 'sent');
        await received(s, oper, p.guide_number);
        await s.settled(LIMIT_MS);
        assert.deepEqual(await channels(p), ['whatsapp', 'whatsapp']);
        const line = meta.to(who.phone).find((l) => l.template.name === 'package_received');
        const values = Meta.values(line), code = await pickup_code(anybody, p);
        assert.deepEqual([values[0], values[2], values[3]], ['Rosa P.', p.guide_number, code]);
        assert.ok(values.some((v) => v.endsWith(`/t/${p.public_token}`)));
        assert.match((await oper.get(`/packages/${p.id}`)).words, /Llegada WhatsApp/);
        const said = (await messages(p)).at(-1).said;
        assert.ok(said.includes(`•••${code.slice(3)}`) && !said.includes(code), said);
        const other = await announced(s, anybody, { name: 'Bruno Otro', phone: who.phone });
        await state_is(other, 'sms', 'sent');
        assert.deepEqual(await channels(other), ['sms']);
    });

    test('a kind without an approved template goes by the next channel', async () => {
        const { who } = await consenting(), p = await announced(s, anybody, who);
        await received(s, oper, p.guide_number);
        await s.settled(LIMIT_MS);
        const cancelled = await (await s.token('OPERADOR')).post(`/api/v1/packages/${p.id}/cancel`, { headers: key(), json: { reason: 'cliente_solicita' } });
        assert.equal(cancelled.status, 200, cancelled.text);
        await s.settled(LIMIT_MS);
        assert.deepEqual(await channels(p), ['whatsapp', 'whatsapp', 'sms']);
    });

    test('is in the copy of a person\'s data, and its phone goes with the person', async () => {
        const { who, first } = await consenting(), api = await s.token('ADMIN');
        const post = (path, json) => api.post(path, { headers: key(), json });
        const data = await post(`/api/v1/customers/${first.customer_id}/export`, {});
        assert.equal(data.status, 200, data.text);
        assert.deepEqual(data.json.consents.map((k) => k.what), ['tratamiento de datos', 'WhatsApp']);
        assert.equal((await post(`/api/v1/packages/${first.id}/cancel`, { reason: 'cliente_solicita' })).status, 200);
        await s.settled(LIMIT_MS);
        const erased = await post(`/api/v1/customers/${first.customer_id}/erase`, { sure: true });
        assert.equal(erased.status, 200, erased.text);
        assert.equal(await s.value('SELECT count(*) FROM consents WHERE phone = ?1', e164(who.phone)), 0);
    });

    test('a clerk notes it with how it was asked for, and takes it back; nobody writes there by WhatsApp before', async () => {
        const p = await announced(s, anybody, { name: 'Carla Mostrador' }), at = `/customers/${p.customer_id}`;
        const write = { channel: 'whatsapp', text: 'Hola desde el punto' };
        const early = await oper.submit(await oper.get(`/notifications/new?package_id=${p.id}`), '/notifications', write);
        assert.equal(early.status, 422);
        assert.match(early.words, /no ha pedido que le escriban por WhatsApp/);
        const page = await oper.get(at);
        const bare = await oper.submit(page, `${at}/channels`, { choice: 'whatsapp', proof: undefined });
        assert.equal(bare.status, 422);
        assert.match(bare.words, /Diga cómo lo pidió/);
        assert.equal((await oper.submit(page, `${at}/channels`, { choice: 'whatsapp', proof: 'documento' })).status, 303);
        assert.match((await oper.get(at)).words, /Pidió los avisos así: Por WhatsApp/);
        const [row] = await s.sql("SELECT * FROM consents WHERE purpose = 'whatsapp' AND customer_id = ?1", p.customer_id);
        assert.deepEqual([row.proof, row.user_id > 0], ['documento', true]);
        const now = await oper.submit(await oper.get(`/notifications/new?package_id=${p.id}`), '/notifications', write);
        assert.equal(now.status, 303, now.words);
        await s.settled(LIMIT_MS);
        assert.equal(Meta.values(meta.to(p.announced_phone)[0])[2], write.text);
        assert.equal((await oper.submit(await oper.get(at), `${at}/channels`, { choice: 'ninguno' })).status, 303);
        await received(s, oper, p.guide_number);
        await s.settled(LIMIT_MS);
        assert.equal((await channels(p)).at(-1), 'sms');
    });
});

describe('after a certain no', () => {
    for (const fault of ['person', 'template'])
        test(`${fault}: refused for good, so the SMS goes in its place, once`, async () => {
            const { who, p } = await meets(fault);
            const no = await state_is(p, 'whatsapp', 'failed');
            const sms = await state_is(p, 'sms', 'sent');
            assert.equal(sms.instead_of, no.id);
            await s.settled(LIMIT_MS);
            assert.deepEqual(await channels(p), ['whatsapp', 'sms']);
            assert.equal(s.sms(who.phone).length, 2, 'the first parcel\'s, and this one');
            assert.equal(meta.to(who.phone, true).length, 1);
            await s.paqueteria(['jobs', 'retry', String(no.job_id)]);
            await s.settled(LIMIT_MS);
            assert.equal(meta.to(who.phone, true).length, 1, 'what the SMS has said is not said again');
        });

    test('131026 comes later by the webhook: then the SMS goes, once, however often it is told', async () => {
        const { who, p } = await meets('ok');
        await state_is(p, 'whatsapp', 'sent');
        const [line] = meta.to(who.phone);
        await tells(line, 'sent', ['failed', 131026], ['failed', 131026], 'sent');
        const no = await state_is(p, 'whatsapp', 'failed');
        assert.match(no.error, /puede que ese número no tenga WhatsApp/);
        assert.equal(no.cost, 0);
        await state_is(p, 'sms', 'sent');
        assert.deepEqual(await channels(p), ['whatsapp', 'sms']);
        const page = await oper.get(`/notifications/${(await messages(p)).at(-1).id}`);
        assert.match(page.words, /En lugar de el que no llegó por otro medio/);
    });

    test('a limit is waited for, and nothing else goes meanwhile', async () => {
        const { who, p } = await meets('limit', 'ok');
        await poll('the first try', async () => (await messages(p))[0]?.attempts === 1 && (await messages(p))[0].state === 'queued', LIMIT_MS);
        await s.settled(LIMIT_MS);
        assert.deepEqual(await channels(p), ['whatsapp']);
        assert.deepEqual(meta.to(who.phone, true).map((l) => l.step), ['limit', 'ok']);
    });

    test('a key that is refused opens the breaker; what has waited for a quarter of an hour goes by SMS', async () => {
        const { p } = await meets('token');
        const m = await poll('the first try', async () => {
            const x = (await messages(p))[0];
            return x.attempts === 1 && x.state === 'queued' && x;
        }, LIMIT_MS);
        const [j] = await s.sql('SELECT expires_at - created_at AS waits FROM jobs WHERE id = ?1', m.job_id);
        assert.ok(j.waits >= 900 && j.waits < 1000, `${j.waits}`);
        assert.ok(await s.value("SELECT failures FROM queues WHERE name = 'whatsapp'") > 0);
        await s.sql("UPDATE queues SET open_until = unixepoch() + 3600, failures = 5 WHERE name = 'whatsapp'");
        await s.sql('UPDATE jobs SET expires_at = unixepoch() - 1 WHERE id = ?1', m.job_id);
        await s.cron('jobs-sweep');
        await state_is(p, 'whatsapp', 'failed');
        await state_is(p, 'sms', 'sent');
    });

    test('where there is no phone for SMS either the e-mail goes, and tells where the code is got', async () => {
        const { who } = await consenting();
        const p = await announced_by_mail(s, anybody, { ...who, email: 'elena@example.com' });
        await s.settled(LIMIT_MS);
        meta.script.set(['person']);
        s.liwa.script.set(['400']);
        await received(s, oper, p.guide_number);
        await s.settled(LIMIT_MS);
        s.liwa.script.set(['ok']);
        const told = (await messages(p)).slice(-3).map((m) => [m.channel, m.state]);
        assert.deepEqual(told, [['whatsapp', 'failed'], ['sms', 'failed'], ['email', 'sent']]);
        assert.match(s.mails('elena@example.com').at(-1).text, /Código de entrega: pídalo en el punto, con su documento/);
    });
});

describe('when nobody knows whether it went', () => {
    for (const fault of ['500', 'taken-500', 'taken-html', 'taken-reset', 'taken-hang'])
        test(`${fault}: it is never repeated, and no other channel goes`, async () => {
            const { who, p } = await meets(fault);
            await state_is(p, 'whatsapp', 'unknown');
            await s.settled(LIMIT_MS);
            assert.deepEqual(await channels(p), ['whatsapp']);
            assert.equal(meta.to(who.phone, true).length, 1);
            if (fault !== 'taken-reset')
                return;
            await tells(meta.to(who.phone)[0], 'delivered');
            const m = await state_is(p, 'whatsapp', 'delivered');
            assert.deepEqual([m.provider_id, m.cost, m.error], [meta.to(who.phone)[0].id, 5, null], 'our reference settles it');
        });

    test('a slot that is killed between the two phases leaves one message, not two and not none', async () => {
        const { who, p } = await meets('taken-held', 'ok');
        await poll('a request without its answer', () => meta.held.length === 1, LIMIT_MS);
        const worker = await s.value("SELECT worker FROM jobs WHERE state = 'running' AND kind = 'whatsapp.send'");
        process.kill(Number(worker.split('.')[1]), 'SIGKILL');
        const m = await state_is(p, 'whatsapp', 'unknown');
        meta.release();
        await s.settled(LIMIT_MS);
        assert.equal(meta.to(who.phone, true).length, 1);
        assert.deepEqual(await channels(p), ['whatsapp']);
        await tells(meta.to(who.phone)[0], 'sent');
        assert.equal((await state_is(p, 'whatsapp', 'sent')).id, m.id);
    });

    test('a webhook that comes before the answer is believed, and the answer changes nothing', async () => {
        const { who, p } = await meets('taken-held');
        await poll('a request without its answer', () => meta.held.length === 1, LIMIT_MS);
        await tells(meta.to(who.phone)[0], 'delivered');
        await state_is(p, 'whatsapp', 'delivered');
        meta.release();
        await s.settled(LIMIT_MS);
        const [m] = await messages(p);
        assert.deepEqual([m.state, m.provider_id, m.cost], ['delivered', meta.to(who.phone)[0].id, 5]);
    });
});

describe('the webhook', () => {
    test('states come doubled and in any order, and none goes back; an error stands beside what arrived', async () => {
        const orders = [['sent', 'delivered', 'read'], ['read', 'delivered', 'sent'], ['delivered', 'read', 'read', 'sent', 'delivered'],
            ['read', ['failed', 131026], 'sent'], [['failed', 131049], 'delivered', 'read']];
        for (const order of orders) {
            const { who, p } = await meets('ok');
            await state_is(p, 'whatsapp', 'sent');
            await tells(meta.to(who.phone)[0], ...order);
            const [m] = await messages(p);
            assert.equal(m.state, 'delivered', order.join());
            assert.ok(m.delivered_at > 0 && m.read_at > 0 && m.cost === 5, order.join());
            assert.equal(m.error !== null, order.flat().includes('failed'), order.join());
            assert.match((await oper.get(`/notifications/${m.id}`)).words, /Lo leyó/);
        }
    });

    test('is known by its signature over the very bytes; what is not ours or cannot be read is passed over', async () => {
        const { who, p } = await meets('ok');
        await state_is(p, 'whatsapp', 'sent');
        const [line] = meta.to(who.phone), value = { statuses: [status(line, 'delivered')] };
        for (const sign of [() => 'sha256=00', (b) => signature(b, 'otra'), (b) => signature(`${b} `), () => null])
            assert.equal((await tell(value, sign)).status, 403);
        assert.equal((await messages(p))[0].state, 'sent');
        const stranger = { ...line, id: 'wamid.de-otro', reference: 'de-otro' };
        assert.equal((await tell({ statuses: [status(stranger, 'failed', 131026), status(line, 'extraño')] })).status, 200);
        assert.equal((await messages(p))[0].state, 'sent');
        for (const body of ['{"a":1,"a":2}', '[]', '{"entry":[{"changes":[{"value":{"statuses":[7,{"id":5}],"messages":[null]}}]}]}'])
            assert.equal((await anybody.post('/hooks/whatsapp', { body, headers: { 'X-Hub-Signature-256': signature(body) } })).status, 200, body);
        const huge = 'x'.repeat(65537);
        assert.equal((await anybody.post('/hooks/whatsapp', { body: huge, headers: { 'X-Hub-Signature-256': signature(huge) } })).status, 413);
    });

    test('who answers BAJA there is not written to by WhatsApp any more, until they ask again; nothing else is read', async () => {
        const { who, first } = await consenting(), from = e164(who.phone).slice(1);
        const says = (body) => tell({ contacts: [{ wa_id: from }], messages: [{ from, id: 'wamid.x', type: 'text', text: { body } }] });
        assert.equal((await says('¿A qué hora abren? No me den de baja')).status, 200);
        const p = await announced(s, anybody, who);
        await state_is(p, 'whatsapp', 'sent');
        for (const word of [' Baja. ', 'STOP'])
            assert.equal((await says(word)).status, 200);
        const after_it = await announced(s, anybody, who);
        await state_is(after_it, 'sms', 'sent');
        assert.deepEqual(await channels(after_it), ['sms']);
        const rows = await s.sql("SELECT channels, proof FROM consents WHERE purpose = 'whatsapp' AND phone = ?1 ORDER BY id", e164(who.phone));
        assert.deepEqual(rows.map((r) => [r.channels, r.proof]), [['whatsapp sms email', 'enlace'], [null, 'respuesta']]);
        const at = `/t/${first.public_token}/channels`;
        assert.equal((await anybody.submit(await anybody.get(at), at, { choice: 'whatsapp', agree: '1' })).status, 303);
        await state_is(await announced(s, anybody, who), 'whatsapp', 'sent');
        for (const table of ['notifications', 'inquiries', 'audit_values'])
            assert.doesNotMatch(JSON.stringify(await s.sql(`SELECT * FROM ${table}`)), /A qué hora abren/);
    });

    test('a message that waits when its reader says BAJA goes by SMS', async () => {
        const { who } = await consenting(), p = await announced(s, anybody, who);
        await state_is(p, 'whatsapp', 'sent');
        await received(s, oper, p.guide_number);
        assert.equal((await tell({ messages: [{ from: e164(who.phone).slice(1), type: 'button', button: { text: 'Baja' } }] })).status, 200);
        await s.settled(LIMIT_MS);
        assert.deepEqual((await messages(p)).slice(1).map((m) => [m.channel, m.state]), [['whatsapp', 'suppressed'], ['sms', 'sent']]);
    });
});

describe('what it costs', () => {
    test('by the category of the template, in the same budget as SMS, shown beside it; a spent budget goes to the next channel', async () => {
        const page = await admin.get('/notifications/settings');
        const [{ day, whatsapp }] = await s.sql("SELECT sum(cost) AS day, sum(cost) FILTER (WHERE channel = 'whatsapp') AS whatsapp"
            + ' FROM notifications');
        assert.ok(whatsapp > 0 && day > whatsapp);
        const money = (n) => n.toLocaleString('es-CO').replace(/\./g, '\\.');
        assert.match(page.words, new RegExp(`Hoy \\$${money(day)} de`));
        assert.match(page.words, new RegExp(`de eso, en WhatsApp \\$${money(whatsapp)}`));
        const { who } = await consenting();
        const p = await announced_by_mail(s, anybody, { ...who, email: 'gloria@example.com' });
        await s.settled(LIMIT_MS);
        await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('sms.budget_day', '0', unixepoch())");
        await received(s, oper, p.guide_number);
        await s.settled(LIMIT_MS);
        await s.sql("DELETE FROM settings WHERE key = 'sms.budget_day'");
        assert.deepEqual((await messages(p)).slice(-3).map((m) => [m.channel, m.state]),
            [['whatsapp', 'suppressed'], ['sms', 'suppressed'], ['email', 'sent']]);
    });
});
