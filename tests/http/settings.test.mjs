// Settings: what an administrator changes without a shell and without a restart, secrets that nobody reads again,
// accounts of SMS and mail with a trial that says the truth; and the audit log of all that.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jpeg } from '../helpers/image.mjs';
import liwa from '../helpers/liwa.js';
import { poll } from '../helpers/poll.mjs';
import { new_phone } from '../helpers/shop.mjs';
import smtp from '../helpers/smtp.js';
import { PEOPLE, System, top } from '../helpers/system.mjs';

let s, anybody, admin, oper, api;
before(async () => {
    s = await System.start({ sms_driver: 'none', mail_url: '', liwa_account: '', mail_user: '', undo_s: 2 });
    ({ anybody, admin, oper } = await s.browsers());
    api = await s.token('ADMIN');
});
after(() => s?.stop());

const at = (group) => `/admin/settings/${group}`;
const own = (group) => (['mail', 'access'].includes(group) ? { current: PEOPLE.ADMIN.password } : {});
const save = async (group, fields) => admin.submit(await admin.get(at(group)), at(group), { ...own(group), ...fields });
const audited = (key) => s.sql("SELECT details FROM audit_log WHERE action = 'setting_change'"
    + " AND details ->> 'key' = ?1 ORDER BY id", key).then((rows) => rows.map((r) => JSON.parse(r.details)));

describe('the settings of the point', () => {
    test('each group is a page for an ADMIN, named on the rail, and nobody else sees any', async () => {
        const index = await admin.get('/admin/settings');
        for (const group of ['site', 'counter', 'times', 'sms', 'mail']) {
            assert.ok(index.text.includes(`href="${at(group)}"`), group);
            assert.equal((await admin.get(at(group))).status, 200, group);
            assert.equal((await oper.get(at(group))).status, 403, group);
        }
        assert.equal((await admin.get(at('nada'))).status, 404);
        assert.match((await admin.get('/dashboard')).text, /href="\/admin\/settings"/);
        assert.doesNotMatch((await oper.get('/dashboard')).text, /admin\/settings/);
    });

    test('a name, hours and phones are on the public pages without a restart, and the audit has before and after', async () => {
        const answer = await save('site', { 'site.name': 'Portería Norte', 'site.hours': 'Todos los días 8:00–20:00',
            'site.phone': '601 555 0100', 'site.whatsapp': '300 555 0199' });
        assert.equal(answer.status, 303, answer.words);
        await poll('the new name', async () => /Portería Norte/.test((await anybody.get('/announce')).words));
        const page = await anybody.get('/help');
        assert.match(page.words, /Todos los días 8:00–\u206020:00/, 'no line ends within the hours');
        assert.match(page.text, /href="https:\/\/wa\.me\/573005550199"/);
        assert.deepEqual((await audited('site.name')).at(-1), { key: 'site.name', before: 'Paquetería', after: 'Portería Norte' });
        await poll('the name for staff', async () => /Portería Norte/.test((await admin.get('/dashboard')).text));
    });

    test('wrong values are named at their field, and nothing typed is lost', async () => {
        const wrong = await save('site', { 'site.name': 'X', 'site.phone': 'llame ya', 'site.hours': 'Siempre' });
        assert.equal(wrong.status, 422);
        const fields = wrong.form(at('site')).fields;
        assert.deepEqual([fields['site.name'], fields['site.phone'], fields['site.hours']], ['X', 'llame ya', 'Siempre']);
        assert.match(wrong.text, /href="#f-site\.name"/);
        assert.match(wrong.text, /id="e-site\.phone"/);
        assert.match(wrong.words, /Escriba al menos 2 caracteres/);
        assert.equal(await s.value("SELECT value FROM settings WHERE key = 'site.name'"), '"Portería Norte"');
    });

    test('a box that is not ticked is off, and a field that is cleared is blank', async () => {
        assert.equal((await save('counter', { 'payment.card': '1', 'receipt.paper': '58' })).status, 303);
        const page = await admin.get(at('counter'));
        assert.match(page.text, /name="payment\.card"[^>]* checked/);
        const off = await admin.submit(page, at('counter'), { 'payment.card': undefined });
        assert.equal(off.status, 303, off.words);
        assert.equal(await s.value("SELECT value FROM settings WHERE key = 'payment.card'"), '0');
        assert.equal((await save('site', { 'site.phone': '' })).status, 303);
        assert.equal(await s.value("SELECT value FROM settings WHERE key = 'site.phone'"), '""');
    });

    test('the rules that the point adds are on the page of its policies, each a line', async () => {
        assert.doesNotMatch((await anybody.get('/policies')).words, /Reglas de este punto/);
        assert.equal((await save('policy', { 'policy.own': 'Nada después de las 18:00.\r\n\r\n<b>Ni comida</b>' })).status, 303);
        const page = await anybody.get('/policies');
        assert.match(page.words, /Reglas de este punto Nada después de las 18:00\. /);
        assert.match(page.text, /<li>&lt;b&gt;Ni comida/);
        assert.equal((await admin.get(at('policy'))).form(at('policy')).fields['policy.own'].replaceAll('\r', ''),
            'Nada después de las 18:00.\n\n<b>Ni comida</b>');
    });

    test('of two ADMINs who edit the same page the second is told and keeps what was typed', async () => {
        const page = await admin.get(at('site'));
        assert.equal((await save('site', { 'site.address': 'Calle 1' })).status, 303);
        const late = await admin.submit(page, at('site'), { 'site.address': 'Calle 2' });
        assert.equal(late.status, 412);
        assert.match(late.words, /Otra persona cambió estos ajustes/);
        assert.equal(late.form(at('site')).fields['site.address'], 'Calle 2');
        assert.equal((await admin.submit(late, at('site'))).status, 303, 'sent again it is saved');
        assert.equal(await s.value("SELECT value FROM settings WHERE key = 'site.address'"), '"Calle 2"');
    });

    test('the API gives all of them, and changes what is given if nobody changed them', async () => {
        const all = await api.get('/api/v1/settings');
        const name = all.json.items.find((i) => i.key === 'site.name');
        assert.equal(name.value, 'Portería Norte');
        assert.equal(name.changed_by, 'Julia Jefa');
        const patch = (json, tag) => api.request('PATCH', '/api/v1/settings', { json, headers: tag ? { 'If-Match': tag } : {} });
        const done = await patch({ 'cash.late_hours': '20', 'site.phone': '' }, all.headers.etag);
        assert.equal(done.status, 200, done.text);
        assert.equal(done.json.items.find((i) => i.key === 'cash.late_hours').value, '20');
        assert.equal((await patch({ 'cash.late_hours': '21' }, all.headers.etag)).status, 412);
        const wrong = await patch({ 'cash.late_hours': '99' });
        assert.equal(wrong.status, 422);
        assert.equal(wrong.json.errors[0].pointer, '#/cash.late_hours');
        assert.equal((await patch({ 'no.such': '1' })).status, 422);
        assert.equal((await (await s.token('OPERADOR')).get('/api/v1/settings')).status, 403);
    });

    test('the command line lists and sets them, and its table is that of the documentation', async () => {
        await s.paqueteria(['settings', 'set', 'site.name', 'Portería Sur']);
        assert.match(await s.paqueteria(['settings', 'list']), /site\.name +Portería Sur/);
        await assert.rejects(s.paqueteria(['settings', 'set', 'sms.password', 'a-la-vista']), /no va en la línea de comandos/);
        await s.paqueteria(['settings', 'set', 'sms.password'], 'por-la-entrada\n');
        assert.doesNotMatch(await s.paqueteria(['settings', 'list', '--json']), /por-la-entrada|v1:/);
        const table = await s.paqueteria(['settings', 'table']);
        assert.ok(fs.readFileSync(path.join(top, 'docs/settings.md'), 'utf8').includes(table),
            'docs/settings.md: paste what paqueteria settings table prints');
    });
});

test('a colour of one\'s own is a style sheet that every page has, kept by its address and made readable', async () => {
    assert.doesNotMatch((await anybody.get('/announce')).text, /\/accent\//);
    assert.equal((await save('site', { 'site.accent': '#FFE000' })).status, 303);
    const page = await poll('the colour', async () => {
        const now = await anybody.get('/announce');
        return now.text.includes('href="/accent/ffe000"') && now;
    });
    assert.ok(page.text.indexOf('/accent/ffe000') > page.text.indexOf('/css/tokens.css'), 'it comes after the one it changes');
    const sheet = await anybody.get('/accent/ffe000');
    assert.match(sheet.headers['content-type'], /^text\/css/);
    assert.match(sheet.headers['cache-control'], /immutable/);
    assert.doesNotMatch(sheet.text, /--accent: #ffe000;[^}]*--on-accent: #ffffff/, 'white on yellow cannot be read');
    assert.equal((await anybody.get('/accent/zzzzzz')).status, 404);
    const wrong = await save('site', { 'site.accent': 'rojo' });
    assert.match(wrong.words, /Escriba (un color de seis cifras|al menos 6 caracteres)/);
    assert.equal((await save('site', { 'site.accent': '#0d5c59' })).status, 303);
});

describe('the logo', () => {
    const send = async (logo, type = 'image/jpeg') => admin.submit(await admin.get(at('site')), `${at('site')}/logo`, {},
        { logo: [{ name: 'logo.jpg', type, data: logo }] });
    const ended = (answer) => poll('the logo to be made', async () => {
        const page = await admin.get(answer.headers.location.replace('#logo', ''));
        return !/Preparando la imagen/.test(page.words) && page;
    }, 60000);

    test('is made small by a job, is on public pages and receipts, and is replaced and taken away', async () => {
        const first = await send(jpeg(900, 600));
        assert.equal(first.status, 303, first.words);
        const name = (await ended(first)).text.match(/src="\/logo\/(\w+)"/)[1];
        const file = await anybody.get(`/logo/${name}`);
        assert.equal(file.status, 200);
        assert.equal(file.headers['content-type'], 'image/webp');
        assert.match(file.headers['content-security-policy'], /sandbox/);
        await poll('the logo on public pages', async () => (await anybody.get('/help')).text.includes(`src="/logo/${name}"`));
        const second = (await ended(await send(jpeg(300, 300)))).text.match(/src="\/logo\/(\w+)"/)[1];
        assert.notEqual(second, name);
        assert.equal((await anybody.get(`/logo/${name}`)).status, 404, 'only that of now');
        assert.deepEqual(fs.readdirSync(path.join(s.dir, 'files/logo')), [`${second}.webp`]);
        assert.equal((await admin.submit(await admin.get(at('site')), `${at('site')}/remove`, { key: 'site.logo' })).status, 303);
        assert.equal((await anybody.get(`/logo/${second}`)).status, 404);
        assert.deepEqual(fs.readdirSync(path.join(s.dir, 'files/logo')), []);
    });

    test('that is no picture, or a damaged one, is refused in words', async () => {
        const text = await send(Buffer.from('<svg onload="alert(1)">'));
        assert.equal(text.status, 422);
        assert.match(text.text, /id="e-logo"/);
        const broken = await send(jpeg(900, 600).subarray(0, 900));
        if (broken.status === 303)
            assert.match((await ended(broken)).words, /La imagen no sirve/);
        else
            assert.equal(broken.status, 422);
        const typed = await api.request('PATCH', '/api/v1/settings', { json: { 'site.logo': 'logo/otro.webp' } });
        assert.equal(typed.status, 422);
        assert.equal((await oper.post(`${at('site')}/logo`, { form: {} })).status, 403);
    });
});

test('the first page lists the first steps for an ADMIN, with where each is done, until they are hidden', async () => {
    const page = await admin.get('/dashboard');
    assert.match(page.words, /Primeros pasos 3 de 8/);   // name, hours and an operator are there by now
    for (const href of [at('sms'), at('mail'), '/rates/new', '/shelf/positions', '/receive'])
        assert.match(page.text, new RegExp(`<li><span class="to-do"[^>]*></span><div><a href="${href}">`), href);
    assert.doesNotMatch((await oper.get('/dashboard')).words, /Primeros pasos/);
    assert.equal((await oper.post('/dashboard/steps/hide', { form: {} })).status, 403);
    assert.equal((await admin.submit(page, '/dashboard/steps/hide')).status, 303);
    assert.doesNotMatch((await admin.get('/dashboard')).words, /Primeros pasos \d/);
    assert.equal((await save('site', { 'start.steps': '1' })).status, 303);
    assert.match((await admin.get('/dashboard')).words, /Primeros pasos 3 de 8/);
});

describe('the accounts of SMS and mail', () => {
    const account = { 'sms.provider': 'liwa', 'sms.account': liwa.ACCOUNT.account, 'sms.password': liwa.ACCOUNT.password,
        'sms.api_key': liwa.ACCOUNT.key };
    const tried = async (group, recipient) => {
        const sent = await admin.submit(await admin.get(at(group)), `${at(group)}/test`, { recipient });
        assert.equal(sent.status, 303, sent.words);
        const where = sent.headers.location.replace('#test', '');
        return poll('the result of the trial', async () => {
            const page = await admin.get(where);
            return !/Enviando la prueba/.test(page.words) && page;
        }, 30000);
    };

    test('without an account a trial is refused at once, and the page says that nothing leaves', async () => {
        const page = await admin.get(at('sms'));
        assert.match(page.words, /Hoy no sale ninguno/);
        const refused = await admin.submit(page, `${at('sms')}/test`, { recipient: new_phone() });
        assert.equal(refused.status, 422);
        assert.match(refused.words, /no envía SMS/);
    });

    test('a wrong password is said in words, the right one lets the SMS out, without a restart', async () => {
        assert.equal((await save('sms', { ...account, 'sms.password': 'otra-clave' })).status, 303);
        assert.match((await tried('sms', new_phone())).words, /no aceptó la cuenta/);
        const page = await admin.get(at('sms'));
        assert.match(page.words, /Contraseña de la cuenta .*Puesta hoy .* por Julia Jefa/);
        assert.doesNotMatch(page.text, /otra-clave/);
        assert.equal((await save('sms', { 'sms.password': liwa.ACCOUNT.password })).status, 303);
        const phone = new_phone();
        assert.match((await tried('sms', phone)).words, /El operador aceptó la prueba/);
        assert.ok(s.sms().some((m) => m.number === `57${phone}`), 'the provider took it');
    });

    test('mail leaves by the server that was set, as the sender that was set', async () => {
        assert.equal((await save('mail', { 'mail.host': 'localhost', 'mail.port': String(s.smtp.port),
            'mail.user': smtp.USER.name, 'mail.password': smtp.USER.password, 'mail.from': 'avisos@example.com' })).status, 303);
        assert.match((await tried('mail', 'jefa@example.com')).words, /El servidor de correo aceptó la prueba/);
        assert.ok(s.mails().some((m) => JSON.stringify(m).includes('avisos@example.com')));
    });

    test('mail and who may come in are changed by who knows their own password, and what was typed stays', async () => {
        for (const [group, fields] of [['mail', { 'mail.from': 'otro@example.com' }], ['access', { 'access.pin_idle': '33' }]])
            for (const current of ['', 'no-es-esta-clave']) {
                const wrong = await save(group, { ...fields, current });
                assert.equal(wrong.status, 422, `${group} ${current}`);
                const kept = wrong.form(at(group)).fields, [name] = Object.keys(fields);
                assert.equal(kept[name], fields[name]);
                assert.equal(kept.current ?? '', '');
                assert.equal(await s.value('SELECT count(*) FROM settings WHERE key = ?1 AND value LIKE ?2', name, `%${fields[name]}%`), 0);
            }
    });

    test('a secret is written and never read again: not on a page, in the API, the audit, the logs or the database', async () => {
        const secrets = [liwa.ACCOUNT.password, liwa.ACCOUNT.key, smtp.USER.password, 'otra-clave'];
        const seen = [(await admin.get(at('sms'))).text, (await admin.get(at('mail'))).text, (await api.get('/api/v1/settings')).text,
            JSON.stringify(await s.sql('SELECT * FROM settings')), JSON.stringify(await s.sql('SELECT details FROM audit_log')), s.logs(Infinity)];
        for (const secret of secrets)
            seen.forEach((text, i) => assert.ok(!text.includes(secret), `${secret} is in ${i}`));
        assert.deepEqual((await audited('sms.password')).at(-1), { key: 'sms.password', was_set: true, is_set: true });
        const page = await save('sms', { 'sms.account': '', 'sms.password': 'x'.repeat(500) });
        assert.equal(page.status, 422);
        assert.ok(!page.text.includes('xxxx'), 'a secret is not typed back into its field');
    });

    test('a secret is taken away by its button', async () => {
        const page = await admin.get(at('mail'));
        assert.equal((await admin.submit(page, `${at('mail')}/remove`)).status, 422, 'without the password of who does it');
        assert.equal((await admin.submit(page, `${at('mail')}/remove`, own('mail'))).status, 303);
        assert.match((await admin.get(at('mail'))).words, /Contraseña No hay ninguna/);
        assert.deepEqual((await audited('mail.password')).at(-1), { key: 'mail.password', was_set: true, is_set: false });
        const other = await admin.submit(page, `${at('mail')}/remove`, { ...own('mail'), key: 'mail.host' });
        assert.equal(other.status, 404, 'a text is no secret');
    });
});

describe('the audit log', () => {
    test('who changed what is found by who, what and day, with before and after', async () => {
        assert.equal((await save('site', { 'site.name': 'Portería Vigilada' })).status, 303);
        const page = await admin.get('/admin/audit?action=setting_change');
        assert.match(page.words, /Cambió un ajuste .* Qué cambió: El punto · Nombre del punto .*Después: Portería Vigilada/);
        const { items } = (await api.get('/api/v1/audit?action=setting_change')).json;
        const newest = items.find((item) => item.details.some((d) => d.value === 'site.name'));
        assert.equal(newest.object, 'setting');
        assert.deepEqual(newest.details.map((d) => d.name), ['key', 'before', 'after']);
        const path = `/admin/audit?username=${newest.username}&from=2020-01-01&to=2099-12-31`;
        assert.match((await admin.get(path)).text, new RegExp(`value="${newest.username}" selected`));
        assert.match((await admin.get(`${path}&action=queue_pause`)).words, /Nada con estos filtros/);
        assert.equal((await admin.get('/admin/audit?from=ayer')).status, 422);
        assert.equal((await oper.get('/admin/audit')).status, 403);
    });

    test('the same list is a spreadsheet, and the request of an error leads to its row', async () => {
        const sheet = await admin.get('/admin/audit/sheet?action=setting_change');
        assert.match(sheet.headers['content-disposition'], /attachment; filename="auditoria\.csv"/);
        assert.match(sheet.text, /^\uFEFF?Número de la fila;.*\r\n\d+;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d;user;/);
        const [row] = await s.sql("SELECT id, request_id FROM audit_log WHERE action = 'setting_change' ORDER BY id DESC LIMIT 1");
        const { items } = (await api.get(`/api/v1/audit?request_id=${row.request_id}`)).json;
        assert.ok(items.some((item) => item.id === row.id));
    });

    test('a row that was changed behind the program is named', async () => {
        assert.match((await admin.get('/admin/audit/verify')).words, /El registro está completo/);
        await s.sql('DROP TRIGGER audit_log_fixed');
        const id = await s.value("SELECT max(id) FROM audit_log WHERE action = 'setting_change'");
        await s.sql("UPDATE audit_log SET details = '{}' WHERE id = ?1", id);
        assert.match((await admin.get('/admin/audit/verify')).words, new RegExp(`no cuadra desde la fila ${id}\\.`));
    });
});
