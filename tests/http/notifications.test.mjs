// The pages of messages: the log, one message, a text of one's own, what messages say and
// what they may cost; receipts and opt-outs, which come from outside.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { announced, announced_by_mail, new_key, new_phone, on_shelf, pickup_code, received } from '../helpers/shop.mjs';

let s, anybody, admin, oper, reader, api, oper_api;
before(async () => {
    s = await System.start({ announce_per_hour: 100000 });
    ({ anybody, admin, oper, reader } = await s.browsers());
    api = await s.token('ADMIN');
    oper_api = await s.token('OPERADOR');
});
after(() => s?.stop());

const ANNOUNCED = '/notifications/templates/package_announced/sms';

async function message_of(p, event, channel = 'sms') {
    return (await s.sql('SELECT n.* FROM notifications n JOIN notification_packages np ON np.notification_id = n.id'
        + ' WHERE np.package_id = ?1 AND n.event = ?2 AND n.channel = ?3 ORDER BY n.id DESC', p.id, event, channel))[0];
}

describe('the log', () => {
    test('shows a message with what became of it, and its filters lead to it', async () => {
        const p = await announced(s, anybody, { phone: new_phone() });
        await s.settled();
        const m = await message_of(p, 'package_announced');
        const list = await reader.get('/notifications?state=sent&channel=sms&event=package_announced');
        assert.match(list.text, new RegExp(`href="/notifications/${m.id}"`));
        assert.doesNotMatch((await reader.get('/notifications?state=failed')).text, new RegExp(`/notifications/${m.id}"`));
        const one = await reader.get(`/notifications/${m.id}`);
        assert.match(one.words, new RegExp(`Número del proveedor ${m.provider_id}`));
        const items = (await api.get('/api/v1/notifications?state=sent&limit=200')).json.items;
        assert.equal(items.find((i) => i.id === m.id).parts, 2, 'with the policy, as the first message to a number has it');
    });

    test('goes on by its link, and none is twice', async () => {
        for (let i = 0; i < 3; i++)
            await announced(s, anybody, { phone: new_phone() });
        const seen = [];
        for (let next = '/api/v1/notifications?limit=2'; next;) {
            const page = await api.get(next);
            seen.push(...page.json.items.map((i) => i.id));
            next = page.headers.link?.match(/<([^>]+)>/)[1];
        }
        assert.equal(seen.length, new Set(seen).size);
        assert.equal(seen.length, await s.value('SELECT count(*) FROM notifications'));
    });

    test('names the filter that it does not know', async () => {
        const answer = await api.get('/api/v1/notifications?state=perdido');
        assert.equal(answer.status, 422);
        assert.equal(answer.json.errors[0].pointer, '#/state');
        assert.equal((await reader.get('/notifications/999999')).status, 404);
    });
});

describe('sending again', () => {
    test('warns with the old message, makes a new code and stops the old one', async () => {
        const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
        await s.settled();
        const old = await message_of(p, 'package_received'), code = await pickup_code(anybody, p);
        const page = await oper.get(`/notifications/${old.id}`);
        assert.match(page.words, /El mensaje anterior \(.+\) queda en el registro/);
        assert.match(page.words, /código de entrega nuevo/);
        assert.match(page.words, /Puede que la persona lo reciba dos veces/);
        const answer = await oper.submit(page, `/notifications/${old.id}/resend`);
        assert.equal(answer.status, 303);
        const fresh = await message_of(p, 'package_received');
        assert.equal(answer.location, `/notifications/${fresh.id}`);
        assert.equal(fresh.resend_of, old.id);
        assert.notEqual(await pickup_code(anybody, p), code);
        await s.settled();
        assert.equal((await message_of(p, 'package_received')).state, 'sent');
    });

    test('of one that waits still is refused, and a reader may not', async () => {
        const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
        const m = await message_of(p, 'package_received');
        assert.equal((await api.post(`/api/v1/notifications/${m.id}/retry`)).status, 409);
        assert.doesNotMatch((await reader.get(`/notifications/${m.id}`)).text, /resend/);
        assert.equal((await (await s.token('USUARIO')).post(`/api/v1/notifications/${m.id}/retry`)).status, 403);
    });

    test('one that nobody knows of waits for a person, who says what became of it, once', async () => {
        await s.settled();           // messages of the tests before would take a step of the script
        s.liwa.script.set(['taken-html', 'ok']);
        const p = await announced(s, anybody, { phone: new_phone() });
        await s.settled();
        s.liwa.script.set(['ok']);
        const m = await message_of(p, 'package_announced'), page = await oper.get(`/notifications/${m.id}`);
        assert.equal(m.state, 'unknown');
        assert.match(page.words, /No se repite solo/);
        assert.equal((await oper.submit(page, `/notifications/${m.id}/settle`, { sent: '1' })).status, 303);
        assert.equal((await message_of(p, 'package_announced')).state, 'sent');
        assert.equal((await api.post(`/api/v1/notifications/${m.id}/settle`, { json: { sent: false } })).status, 409);
    });
});

describe('a text of one\'s own', () => {
    test('goes to the customer of the package, once however often it is sent', async () => {
        const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
        const page = await oper.get(`/notifications/new?package_id=${p.id}`);
        const text = 'Hoy cerramos a las cuatro.';
        const [a, b] = await Promise.all([1, 2].map(() => oper.submit(page, '/notifications', { channel: 'sms', text })));
        assert.deepEqual([a.status, b.status], [303, 303]);
        assert.equal(a.location, b.location);
        await s.settled();
        assert.equal(s.sms().filter((m) => m.message.includes(text)).length, 1);
    });

    test('goes to everybody with a parcel here, as many as the preview said and for no more than is left', async () => {
        const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
        const text = 'El 8 de diciembre no abrimos.', url = '/api/v1/notifications/bulk';
        const look = (await api.post(`${url}/preview`, { json: { channel: 'sms', text } })).json;
        assert.ok(look.people > 0 && look.cost >= look.people && look.from, JSON.stringify(look));
        const headers = () => ({ 'Idempotency-Key': new_key() });
        assert.equal((await api.post(url, { json: { channel: 'sms', text, people: look.people + 1 }, headers: headers() })).status, 409);
        assert.equal((await oper_api.post(url, { json: { channel: 'sms', text, people: look.people }, headers: headers() })).status, 403);
        const sent = await api.post(url, { json: { channel: 'sms', text, people: look.people }, headers: headers() });
        assert.equal(sent.status, 202, sent.text);
        const m = await message_of(p, 'custom_message');
        assert.equal(await s.value("SELECT count(*) FROM notifications WHERE dedupe_key LIKE 'bulk:%'"), look.people);
        assert.match((await oper.get(`/packages/${p.id}`)).text, new RegExp(`/notifications/${m.id}"`));
        assert.match((await admin.get('/admin/audit')).words, /Escribió a todos los que tienen un paquete en el punto/);
    });

    test('too long or empty comes back with what was typed', async () => {
        const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
        const page = await oper.get(`/notifications/new?package_id=${p.id}`);
        const long = await oper.submit(page, '/notifications', { channel: 'sms', text: 'a'.repeat(700) });
        assert.equal(long.status, 422);
        assert.equal(long.form('/notifications').fields.text.length, 700);
        assert.equal((await oper.submit(page, '/notifications', { channel: 'sms', text: '' })).status, 422);
    });
});

describe('what messages say', () => {
    test('is shown before it is saved: encoding, parts, price, and at its longest', async () => {
        const { fields } = (await admin.get(ANNOUNCED)).form(ANNOUNCED);
        const seen = (body) => admin.post(`${ANNOUNCED}/preview`, { form: { ...fields, body } });
        const plain = await seen('{punto}: llegó {guia}. {enlace}');
        assert.match(plain.words, /GSM-7/);
        assert.match(plain.words, /Con los más largos/);
        assert.match((await seen('{punto}: llegó {guia} 📦 {enlace}')).words, /UCS-2/);
        assert.match((await seen('Hola {apodo}')).words, /apodo/);
        const json = (await api.post('/api/v1/notification-templates/package_announced/sms/preview',
            { json: { body: '{punto}: llegó {guia}. {enlace}' } })).json;
        assert.equal(json.encoding, 'GSM-7');
        assert.ok(json.longest_parts >= json.parts && json.price > 0);
    });

    test('a variable that the event has not, or 700 characters, is refused and loses nothing', async () => {
        const page = await admin.get(ANNOUNCED), before = await s.value('SELECT count(*) FROM notification_templates');
        const unknown = await admin.submit(page, ANNOUNCED, { body: 'Hola {apodo}, su guía {guia}: {enlace}' });
        assert.equal(unknown.status, 422);
        assert.match(unknown.words, /apodo/);
        assert.match(unknown.form(ANNOUNCED).fields.body, /Hola \{apodo\}/);
        const long = await admin.submit(page, ANNOUNCED, { body: `{enlace} ${'a'.repeat(700)}` });
        assert.equal(long.status, 422);
        assert.equal(await s.value('SELECT count(*) FROM notification_templates'), before);
    });

    test('an edit is a new version: the next message has it, those before keep their words', async () => {
        const old = await announced(s, anybody, { phone: new_phone() });
        const page = await admin.get(ANNOUNCED);
        const body = `Cambiado: ${page.form(ANNOUNCED).fields.body}`;
        assert.equal((await admin.submit(page, ANNOUNCED, { body })).status, 303);
        const fresh = await announced(s, anybody, { phone: new_phone() });
        await s.settled();
        const text = async (p) => s.sms().find((m) => m.id === p.provider_id).message;
        assert.doesNotMatch(await text(await message_of(old, 'package_announced')), /^Cambiado/);
        assert.match(await text(await message_of(fresh, 'package_announced')), /^Cambiado: /);
        const versions = (await api.get('/api/v1/notification-templates/package_announced/sms')).json.versions;
        assert.deepEqual(versions.map((v) => v.created_by !== null), [true, false, false], 'two of the house before it');
    });

    test('is for ADMIN alone', async () => {
        assert.equal((await oper.get(ANNOUNCED)).status, 403);
        assert.equal((await oper.get('/notifications/settings')).status, 403);
    });
});

describe('what they may cost', () => {
    const form = '/admin/settings/spending', spent = '/notifications/settings';

    test('a limit that is none is named, and all that was typed stays', async () => {
        const answer = await admin.submit(await admin.get(form), form, { 'sms.price': '30', 'sms.budget_day': 'mucho' });
        assert.equal(answer.status, 422);
        assert.match(answer.text, /href="#f-sms\.budget_day"/);
        assert.equal(answer.form(form).fields['sms.price'], '30');
        assert.equal(answer.form(form).fields['sms.budget_day'], 'mucho');
        assert.notEqual(await s.value("SELECT value FROM settings WHERE key = 'sms.price'"), '30');
    });

    test('a budget of 0 sends no SMS: who has an e-mail gets one, and ADMIN is told', async () => {
        const page = await admin.get(form), was = page.form(form).fields['sms.budget_day'];
        assert.equal((await admin.submit(page, form, { 'sms.budget_day': '0' })).status, 303);
        try {
            const phone = new_phone();
            const p = await announced_by_mail(s, anybody, { phone, email: 'rosa@example.com' });
            await s.settled();
            assert.equal(s.sms(phone).length, 0);
            assert.match((await message_of(p, 'package_announced')).error, /presupuesto/i);
            assert.equal((await message_of(p, 'package_announced', 'email')).state, 'sent');
            assert.match((await admin.get(spent)).words, /El presupuesto de SMS se agotó/);
            await poll('ADMIN to be told', () => s.mails('jefa@example.com').length > 0);
        } finally {
            await admin.submit(await admin.get(form), form, { 'sms.budget_day': was });
        }
    });

    test('a test goes out by the real way, and a landline is named', async () => {
        const at = '/admin/settings/sms', page = await admin.get(at), phone = new_phone();
        assert.equal((await admin.submit(page, `${at}/test`, { recipient: phone })).status, 303);
        await s.settled();
        assert.equal(s.sms(phone).length, 1);
        const fixed = await admin.submit(page, `${at}/test`, { recipient: '6015550000' });
        assert.equal(fixed.status, 422);
        assert.match(fixed.words, /celular/i);
        assert.equal(fixed.form(`${at}/test`).fields.recipient, '6015550000');
    });
});

describe('from outside', () => {
    test('a receipt with the right secret settles its message; any other secret is no address', async () => {
        const p = await announced(s, anybody, { phone: new_phone() });
        await s.settled();
        const m = await message_of(p, 'package_announced');
        const secret = readFileSync(path.join(s.dir, 'secrets/sms_hook_key'), 'utf8').trim();
        const receipt = { json: { id: m.provider_id, status: 'delivered' } };
        assert.equal((await anybody.post('/hooks/sms/no-es-ese', receipt)).status, 404);
        assert.equal((await message_of(p, 'package_announced')).state, 'sent');
        assert.equal((await anybody.post(`/hooks/sms/${secret}`, receipt)).status, 200);
        assert.equal((await message_of(p, 'package_announced')).state, 'delivered');
        assert.equal((await anybody.post(`/hooks/sms/${secret}`, { json: { id: 'x', status: 'quizás' } })).status, 422);
    });

    const opt_out_of = async (address) => {
        await s.settled();
        const links = s.mails(address).map((m) => JSON.stringify(m).match(/List-Unsubscribe: <([^>]+)>/i)).filter(Boolean);
        return new URL(links.at(-1)[1]).pathname;
    };
    const opted = (p) => s.value('SELECT email_opt_out FROM customers WHERE id = ?1', p.customer_id);

    test('the link of a mail opts out at one click, and back in; a changed link is none', async () => {
        const p = await announced_by_mail(s, oper, { phone: new_phone(), email: 'opta@example.com' }), link = await opt_out_of('opta@example.com');
        assert.match((await anybody.get(link)).words, /¿No quiere más correos\? Dejaremos de escribir a o•••@example\.com/);
        assert.equal((await anybody.post(link, { form: { 'List-Unsubscribe': 'One-Click' } })).status, 200);
        assert.equal(await opted(p), 1);
        const page = await anybody.get(link);
        assert.match(page.words, /No le escribimos por correo/);
        assert.equal((await anybody.submit(page, link)).status, 303);
        assert.equal(await opted(p), 0);
        assert.equal((await anybody.get(`${link}x`)).status, 404);
        assert.equal((await anybody.get(link.replace(/-.{20}/, '-'))).status, 404);
    });

    test('the link of a mail to an address that is not the customer\'s own stops that address and nothing else', async () => {
        const phone = new_phone(), email = 'ajena@example.com', p = await announced_by_mail(s, anybody, { phone, email });
        const link = await opt_out_of(email);
        assert.match((await anybody.get(link)).words, /Dejaremos de escribir a ese correo/);
        assert.equal((await anybody.post(link, { form: { 'List-Unsubscribe': 'One-Click' } })).status, 200);
        assert.equal(await opted(p), 0);
        await received(s, oper, p.guide_number);
        await s.settled();
        assert.deepEqual([await message_of(p, 'package_received', 'email'), await message_of(p, 'package_received', 'sms')].map((m) => m.state),
            ['suppressed', 'sent']);
        assert.equal((await message_of(p, 'package_received', 'email')).error, 'a esa dirección pidieron no escribirle más');
        assert.ok(!(await s.value('SELECT group_concat(address_hash) FROM opt_outs')).includes('ajena'));
    });
});

test('the page of a message shows what it said, and no code or secret of it', async () => {
    const p = await on_shelf(s, anybody, oper, { phone: new_phone() });
    const waits = await reader.get(`/notifications/${(await message_of(p, 'package_received')).id}`);
    assert.match(waits.words, new RegExp(`Lo que dirá Paquetería: recibimos ${p.guide_number}`));
    await s.settled();
    const m = await message_of(p, 'package_received'), said = s.sms().find((x) => x.id === m.provider_id).message;
    const [, code] = said.match(/Codigo (\d{6})/), [, token] = said.match(/\/t\/(\w{22})/);
    const page = await reader.get(`/notifications/${m.id}`);
    assert.match(page.words, new RegExp(`Lo que dice Paquetería: recibimos ${p.guide_number}\\. .* Código •••${code.slice(3)}\\.`));
    assert.ok(!page.text.includes(code) && !page.text.includes(token), 'neither the code nor the link');
});

test('who reads only SMS can stop them by the link of their parcel, and staff can for them', async () => {
    const phone = new_phone(), p = await on_shelf(s, anybody, oper, { phone });
    await s.settled();
    const link = s.sms(phone).at(-1).message.match(/http\S+\/t\/\w{22}/)[0];
    const theirs = await anybody.get(new URL(link).pathname);
    const away = await anybody.get(theirs.text.match(/href="([^"]+\/opt-out)"/)[1]);
    const out = away.location;
    assert.match((await anybody.get(out)).words, /¿No quiere más SMS\?/);
    assert.equal((await anybody.submit(await anybody.get(out), out)).status, 303);
    const opted = () => s.value('SELECT sms_opt_out FROM customers WHERE id = ?1', p.customer_id);
    assert.equal(await opted(), 1);
    const at = `/packages/${p.id}`, switch_to = async (is_out) =>
        oper.post(`${at}/opt-out`, { form: { ...(await oper.get(at)).form(`${at}/opt-out`).fields, channel: 'sms', is_out } });
    assert.match((await oper.get(at)).words, /Pidió no recibir SMS\. Volver a enviarle SMS/);
    assert.equal((await switch_to('0')).status, 303);
    assert.equal(await opted(), 0);
    assert.equal((await switch_to('1')).status, 303);
    assert.equal(await opted(), 1);
    assert.match((await reader.get(at)).words, /Pidió no recibir SMS\./);
    assert.doesNotMatch((await reader.get(at)).words, /Volver a enviarle/);
});

test('a trial says on its page what became of it, and a point without mail and SMS says so everywhere', async () => {
    const at = '/admin/settings/mail', tried = await admin.submit(await admin.get(at), `${at}/test`, { recipient: 'jefa@example.com' });
    assert.equal(tried.status, 303, tried.words);
    await s.settled();
    assert.match((await admin.get(tried.location.split('#')[0])).words, /El servidor de correo aceptó la prueba/);

    const mute = await System.start({ mail_url: '', sms_driver: 'none' });
    try {
        const anyone = mute.client(), boss = await mute.as('ADMIN');
        const sign_in = await anyone.get('/auth/login');
        assert.match(sign_in.words, /¿Olvidó su contraseña\? Pida una nueva a quien administra el sistema/);
        assert.doesNotMatch(sign_in.text, /forgot-password/);
        const forgot = await anyone.get('/auth/forgot-password');
        assert.match(forgot.words, /Este punto no envía correos/);
        assert.doesNotMatch(forgot.words, /Le enviamos/);
        for (const [group, recipient, why] of [['mail', 'jefa@example.com', /no envía correos: falta decir/],
            ['sms', new_phone(), /no envía SMS: falta decir quién los envía/]]) {
            const refused = await boss.submit(await boss.get(`/admin/settings/${group}`), `/admin/settings/${group}/test`, { recipient });
            assert.equal(refused.status, 422);
            assert.match(refused.words, why);
            assert.equal(refused.form(`/admin/settings/${group}/test`).fields.recipient, recipient);
        }
        const first = await boss.get('/dashboard');
        assert.match(first.words, /SMS apagados: nadie recibe avisos en su celular/);
        assert.match(first.words, /Correo apagado: no salen avisos ni contraseñas por correo/);
        assert.doesNotMatch((await admin.get('/dashboard')).words, /apagad/);
    } finally {
        await mute.stop();
    }
});
