// The people who work here: invited, changed and disabled by an ADMIN; their own profile.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { all_routes } from '../helpers/routes.mjs';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { totp } from '../helpers/totp.mjs';

const GOOD = 'una frase de cuatro palabras';

let s, admin, network = 0;
before(async () => {
    s = await System.start();
    admin = await s.as('ADMIN');
});
after(() => s?.stop());

// Tries are counted by network as well: each stranger comes from one of its own.
const stranger = () => s.client({ from: `127.${100 + (++network % 100)}.${Math.floor(network / 100)}.1` });
const id_of = (username) => s.value('SELECT id FROM users WHERE username = ?1', username);
const own = (role) => ({ current: PEOPLE[role].password });
const invite = async (client, who, more) => client.submit(await client.get('/admin/users/new'), '/admin/users',
    { full_name: `Persona ${who}`, email: `${who}@example.com`, username: who, role: 'OPERADOR', ...own('ADMIN'), ...more });
const path_in = (text) => text.match(/\/auth\/\S+\?token=[0-9a-f]{64}/)[0];
const letter = async (who, n = 1) => {
    await s.hasten();
    return (await poll(`letter ${n} to ${who}`, () => s.mails(`${who}@example.com`)[n - 1])).text;
};
const join = async (path, fields) => {
    const client = stranger();
    return client.submit(await client.get(path), '/auth/invite', { password: GOOD, again: GOOD, ...fields });
};
const signs_in = async (who, password = GOOD) => {
    const client = stranger();
    return (await client.submit(await client.get('/auth/login'), '/auth/login', { username: who, password })).status === 303;
};

// Somebody who has a password of their own.
async function somebody(username, role = 'OPERADOR', password = GOOD) {
    await s.paqueteria(['user', 'add', '--username', username, '--email', `${username}@example.com`,
        '--name', `Persona ${username}`, '--role', role, '--password-stdin', '--final'], `${password}\n`);
    return { id: await id_of(username), username, password, client: await stranger().login(username, password) };
}

describe('an invitation', () => {
    test('goes by mail; the person chooses password and PIN by it, once, and signs in', async () => {
        const answer = await invite(admin, 'nueva');
        assert.equal(answer.location, `/admin/users/${await id_of('nueva')}`, answer.words);
        assert.match((await admin.get(answer.location)).words, /Enlace enviado a nueva@example.com.*Invitado, hasta/);
        assert.match((await admin.get('/admin/users')).words, /Persona nueva .*Invitado hasta/);
        const path = path_in(await letter('nueva')), page = await stranger().get(path);
        assert.match(page.words, /Su usuario es nueva/);
        assert.equal(await signs_in('nueva'), false);
        const short = await join(path, { password: 'corta', again: 'corta', full_name: 'Nueva de Verdad' });
        assert.equal(short.status, 422);
        assert.equal(short.form('/auth/invite').fields.full_name, 'Nueva de Verdad');
        assert.doesNotMatch(short.text, /value="corta"/);
        assert.equal((await join(path, { pin: '8051', pin_again: '8051' })).location, '/auth/login');
        assert.ok(await signs_in('nueva'));
        assert.equal((await stranger().get(path)).status, 404);
        assert.equal(await s.value('SELECT count(*) FROM operator_pins WHERE user_id = ?1', await id_of('nueva')), 1);
        const secret = path.split('=')[1];
        assert.ok(!JSON.stringify(await s.snapshot()).includes(secret), 'the secret is stored nowhere');
        assert.ok(!s.log('nginx.access').includes(secret) && !s.log('serve').includes(secret));
    });

    test('is shown once to who asks for that, and is in no page afterwards', async () => {
        const answer = await invite(admin, 'mostrada', { shown: '1' });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['cache-control'], 'no-store');
        const path = path_in(answer.text.replaceAll('&#x3D;', '='));
        assert.doesNotMatch((await admin.get(`/admin/users/${await id_of('mostrada')}`)).text, /token=/);
        await s.settled();
        assert.equal(s.mails('mostrada@example.com').length, 0);
        assert.equal((await join(path)).status, 303);
    });

    test('needs the password of who invites, and loses nothing typed without it', async () => {
        const answer = await invite(admin, 'sinclave', { current: 'no es esta clave' });
        assert.equal(answer.status, 422);
        assert.equal(answer.form('/admin/users').fields.email, 'sinclave@example.com');
        assert.equal(await id_of('sinclave'), undefined);
        const wrong = await invite(admin, 'Con Espacio', { email: 'nada', role: 'ADMIN' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.text, /href="#f-email"/);
        assert.match(wrong.text, /href="#f-username"/);
        const taken = await invite(admin, 'otro', { email: 'oper@example.com' });
        assert.equal(taken.status, 409);
        assert.match(taken.words, /Otra persona ya tiene ese correo/);
    });

    test('is anew by another link, which ends the one before', async () => {
        await invite(admin, 'demorada');
        const first = path_in(await letter('demorada')), id = await id_of('demorada');
        const again = await admin.submit(await admin.get(`/admin/users/${id}`), `/admin/users/${id}/link`, own('ADMIN'));
        assert.equal(again.status, 303, again.words);
        const second = path_in(await letter('demorada', 2));
        assert.equal((await stranger().get(first)).status, 404);
        assert.equal((await stranger().get(second)).status, 200);
        await s.sql("UPDATE password_resets SET expires_at = unixepoch() - 1 WHERE user_id = ?1", id);
        assert.equal((await stranger().get(second)).status, 404);
        assert.match((await admin.get(`/admin/users/${id}`)).words, /Invitación vencida/);
    });
});

describe('an administrator', () => {
    test('gives somebody a link for another password', async () => {
        const { id, client } = await somebody('olvido');
        const answer = await admin.submit(await admin.get(`/admin/users/${id}`), `/admin/users/${id}/link`,
            { shown: '1', ...own('ADMIN') });
        const path = path_in(answer.text.replaceAll('&#x3D;', '=')), other = stranger();
        assert.match(path, /reset-password/);
        assert.equal((await client.get('/profile')).status, 200, 'until it is used nothing changes');
        const page = await other.get(path);
        assert.equal((await other.submit(page, '/auth/reset-password', { password: `${GOOD} más`, again: `${GOOD} más` })).status, 303);
        assert.equal((await client.get('/profile')).status, 303);
        assert.ok(await signs_in('olvido', `${GOOD} más`));
        assert.match((await admin.get(`/admin/audit?object=user&object_id=${id}`)).words, /Hizo un enlace para que alguien ponga su contraseña/);
    });

    test('changes a role with their own password, which ends the other\'s sessions', async () => {
        const { id, client } = await somebody('ascendida');
        const page = await admin.get(`/admin/users/${id}`);
        assert.equal((await admin.submit(page, `/admin/users/${id}`, { role: 'ADMIN', current: 'no es esta clave' })).status, 422);
        assert.equal((await client.get('/profile')).status, 200);
        assert.equal((await admin.submit(page, `/admin/users/${id}`, { role: 'ADMIN', ...own('ADMIN') })).status, 303);
        assert.equal((await client.get('/profile')).status, 303);
        const stale = await admin.submit(page, `/admin/users/${id}`, { role: 'USUARIO', ...own('ADMIN') });
        assert.equal(stale.status, 412);
        assert.match(stale.words, /Alguien cambió a esta persona/);
        assert.match((await admin.get(`/admin/audit?object=user&object_id=${id}`)).words, /Antes: OPERADOR Después: ADMIN/);
    });

    test('disables and enables, and ends all sessions of somebody', async () => {
        const { id, client } = await somebody('entra-y-sale');
        const act = async (what, more) => admin.submit(await admin.get(`/admin/users/${id}`), `/admin/users/${id}/${what}`, more);
        assert.equal((await act('sessions/end')).status, 303);
        assert.equal((await client.get('/profile')).status, 303);
        assert.ok(await signs_in('entra-y-sale'));
        assert.equal((await act('disable')).status, 303);
        assert.equal(await signs_in('entra-y-sale'), false);
        assert.match((await admin.get('/admin/users')).words, /Persona entra-y-sale .*Deshabilitado/);
        assert.equal((await act('enable', { current: 'no es esta clave' })).status, 422);
        assert.equal((await act('enable', own('ADMIN'))).status, 303);
        assert.ok(await signs_in('entra-y-sale'));
    });

    test('has by the API what needs no password, with a version and the scope', async () => {
        const api = await s.token('ADMIN', 'users:read users:write'), reader = await s.token('ADMIN', 'users:read');
        const made = await api.post('/api/v1/users', { json: { full_name: 'Por Programa', email: 'programa@example.com',
            username: 'programa', role: 'USUARIO' } });
        assert.equal(made.status, 201, made.text);
        assert.match(path_in(await letter('programa')), /\/auth\/invite/);
        assert.equal((await reader.post('/api/v1/users', { json: {} })).status, 403);
        const one = await api.get(`/api/v1/users/${made.json.id}`);
        assert.equal(one.json.joined_at, null);
        assert.doesNotMatch(one.text, /argon2|password_hash/);
        const patch = (json, headers) => api.request('PATCH', `/api/v1/users/${made.json.id}`, { json, headers });
        const done = await patch({ full_name: 'Por un Programa' }, { 'If-Match': one.headers.etag });
        assert.equal(done.json.full_name, 'Por un Programa', done.text);
        assert.equal((await patch({ full_name: 'Otra Vez' }, { 'If-Match': one.headers.etag })).status, 412);
        assert.equal((await api.post(`/api/v1/users/${made.json.id}/link`, { json: {} })).status, 201);
        assert.match(path_in(await letter('programa', 2)), /\/auth\/invite/);
        assert.equal((await api.post(`/api/v1/users/${made.json.id}/disable`, { json: {} })).json.is_active, false);
        assert.ok((await reader.get('/api/v1/users')).json.items.some((u) => u.username === 'programa' && !u.is_active));
    });

    test('is not made by a credential of the API, which gets no link, no role and no e-mail of anybody', async () => {
        const api = await s.token('ADMIN'), { id } = await somebody('de-programas');
        const new_one = { full_name: 'Por Programa', email: 'trepa@example.com', username: 'trepa', role: 'OPERADOR' };
        for (const [what, json] of Object.entries({ invite: { ...new_one, shown: true }, admin: { ...new_one, role: 'ADMIN' } })) {
            const answer = await api.post('/api/v1/users', { json });
            assert.equal(answer.status, 422, `${what}: ${answer.text}`);
        }
        assert.equal(await id_of('trepa'), undefined);
        assert.equal((await api.post(`/api/v1/users/${id}/link`, { json: { shown: true } })).status, 422);
        for (const json of [{ email: 'trepa@example.com' }, { role: 'ADMIN' }])
            assert.equal((await api.request('PATCH', `/api/v1/users/${id}`, { json })).status, 422, JSON.stringify(json));
        const answer = await api.post(`/api/v1/users/${id}/link`, { json: {} });
        assert.equal(answer.status, 201, answer.text);
        assert.doesNotMatch(answer.text, /token=|"link"/);
        assert.equal(await s.value('SELECT role || email FROM users WHERE id = ?1', id), 'OPERADORde-programas@example.com');
    });

    test('is not touched by a credential of the API, neither the one who made it nor another', async () => {
        const api = await s.token('ADMIN'), other = await somebody('intocable', 'ADMIN');
        for (const id of [other.id, await id_of(PEOPLE.ADMIN.username)])
            for (const act of ['link', 'disable', 'enable', 'sessions/end', '']) {
                const answer = await api.request(act === '' ? 'PATCH' : 'POST', `/api/v1/users/${id}${act && `/${act}`}`,
                    { json: act === '' ? { full_name: 'Otro Nombre' } : {} });
                assert.equal(answer.status, 403, `${act}: ${answer.text}`);
                assert.match(answer.json.detail, /con su contraseña/);
            }
        assert.equal((await other.client.get('/admin/users')).status, 200);
        await s.sql('UPDATE users SET is_active = 0 WHERE id = ?1', other.id);
        assert.equal((await api.post(`/api/v1/users/${other.id}/enable`, { json: {} })).status, 403);
    });

    test('is not reached by their letters either: a credential sets neither the mail\'s account nor how one signs in', async () => {
        const api = await s.token('ADMIN'), before = (await api.get('/api/v1/settings')).text;
        for (const json of [{ 'mail.host': 'ladron.example.com' }, { 'mail.user': 'x' }, { 'mail.from': 'x@example.com' },
            { 'mail.password': 'una clave' }, { 'access.totp_admin': 'no' }, { 'site.phone': '601 555 0100', 'mail.port': '25' }]) {
            const answer = await api.request('PATCH', '/api/v1/settings', { json });
            assert.equal(answer.status, 403, `${JSON.stringify(json)}: ${answer.text}`);
            assert.match(answer.json.detail, /en la página/);
        }
        assert.equal((await api.get('/api/v1/settings')).text, before);
    });

    test('is never the last one to go, though two disable each other at once', async () => {
        const other = await somebody('socia', 'ADMIN'), jefa = await id_of(PEOPLE.ADMIN.username);
        await s.sql("UPDATE users SET is_active = 0 WHERE role = 'ADMIN' AND id NOT IN (?1, ?2)", other.id, jefa);
        const pages = [await admin.get(`/admin/users/${other.id}`), await other.client.get(`/admin/users/${jefa}`)];
        const answers = await Promise.all([admin.submit(pages[0], `/admin/users/${other.id}/disable`),
            other.client.submit(pages[1], `/admin/users/${jefa}/disable`)]);
        assert.equal(answers.filter((a) => a.status === 303 && a.location.startsWith('/admin')).length, 1,
            answers.map((a) => `${a.status} ${a.location}`).join());
        assert.equal(await s.value("SELECT count(*) FROM users WHERE role = 'ADMIN' AND is_active = 1"), 1);
        await s.sql("UPDATE users SET is_active = 1 WHERE role = 'ADMIN'");
        admin = await s.as('ADMIN');
    });
});

describe('one\'s own profile', () => {
    const edit = async (client, fields) => client.submit(await client.get('/profile/edit'), '/profile/edit', fields);

    test('changes name and phone at once, with the password, and keeps what was typed without it', async () => {
        const { client, password } = await somebody('propia');
        const wrong = await edit(client, { full_name: 'Propia de Todos', current: 'no es esta clave' });
        assert.equal(wrong.status, 422);
        assert.equal(wrong.form('/profile/edit').fields.full_name, 'Propia de Todos');
        assert.equal((await edit(client, { full_name: 'Propia de Todos', phone: '300 555 0101', current: password })).status, 303);
        const page = await client.get('/profile');
        assert.match(page.words, /Propia de Todos/);
        assert.match(page.words, /300 555 0101/);
        assert.equal((await edit(client, { phone: '12', current: password })).status, 422);
    });

    test('another e-mail is theirs once it is confirmed by its own letter', async () => {
        const { id, client, password } = await somebody('mudada');
        const mine = () => s.value('SELECT email FROM users WHERE id = ?1', id);
        assert.equal((await edit(client, { email: 'oper@example.com', current: password })).status, 409);
        assert.equal((await edit(client, { email: 'mudada.nueva@example.com', current: password })).status, 303);
        assert.equal(await mine(), 'mudada@example.com');
        assert.match((await client.get('/profile')).words, /Correo por confirmar mudada.nueva@example.com/);
        const path = path_in(await letter('mudada.nueva')), other = stranger(), page = await other.get(path);
        assert.match(page.words, /mudada.nueva@example.com será el correo/);
        assert.equal(await mine(), 'mudada@example.com', 'looking confirms nothing');
        assert.equal((await other.submit(page, '/auth/email')).location, '/auth/login');
        assert.equal(await mine(), 'mudada.nueva@example.com');
        assert.equal((await other.get(path)).status, 404);
        assert.ok(await signs_in('mudada.nueva@example.com'));
    });

    test('one begins where one likes, and lists have as many rows as one likes', async () => {
        const { client, username, password } = await somebody('comoda', 'USUARIO');
        assert.doesNotMatch((await client.get('/settings')).text, /value="deliver"/);
        const choose = async (fields) => client.submit(await client.get('/settings'), '/settings', fields);
        assert.equal((await choose({ home: 'packages', page_rows: '10' })).status, 303);
        const again = stranger(), form = await again.get('/auth/login');
        assert.equal((await again.submit(form, '/auth/login', { username, password })).location, '/packages');
        await s.sql("UPDATE users SET role = 'ADMIN' WHERE username = 'comoda'");
        const rows = async () => ((await again.get('/admin/audit')).text.match(/<th scope="row"/g) ?? []).length;
        assert.equal(await rows(), 10);
        assert.match((await again.get('/admin/audit')).text, /rel="next"/);
        await s.sql("UPDATE users SET role = 'USUARIO', home = 'deliver' WHERE username = 'comoda'");
        const last = stranger();
        assert.equal((await last.submit(await last.get('/auth/login'), '/auth/login', { username, password })).location, '/dashboard');
    });

    test('a session that began with a PIN says so', async () => {
        const { id, client, password } = await somebody('conpin');
        assert.equal((await client.submit(await client.get('/profile/pin'), '/profile/pin', { current: password, pin: '8051', again: '8051' })).status, 303);
        const oper = await s.as('OPERADOR');
        assert.equal((await oper.submit(await oper.get('/auth/pin'), '/auth/pin', { person: String(id), pin: '8051' })).status, 303);
        assert.match((await client.get('/profile')).words, /con PIN/);
    });
});

describe('a code at sign-in', () => {
    const at = (client, path, fields) => client.get('/profile/totp').then((page) => client.submit(page, `/profile/totp/${path}`, fields));
    // The password alone: the browser, and what it was answered.
    async function password_of({ username, password }) {
        const client = stranger();
        return [client, await client.submit(await client.get('/auth/login?next=/packages'), '/auth/login', { username, password })];
    }
    const code = async (client, typed) => client.submit(await client.get('/auth/totp'), '/auth/totp', { code: typed });

    // Sets an app up: its secret, and the page with the recovery codes.
    async function with_app({ client, password }) {
        assert.equal((await at(client, 'begin', { current: password })).status, 303);
        const secret = (await client.get('/profile/totp')).text.match(/[A-Z2-7]{32}/)[0];
        const done = await at(client, 'confirm', { code: totp(secret) });
        assert.equal(done.status, 200, done.words);
        return { secret, codes: done.text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g) };
    }

    test('is set up by QR or key, confirmed by a code, and its recovery codes are shown once', async () => {
        const who = await somebody('concodigo');
        assert.equal((await at(who.client, 'begin', { current: 'no es esta clave' })).status, 422);
        assert.equal((await who.client.get('/profile/totp/qr.svg')).status, 404);
        assert.equal((await at(who.client, 'begin', { current: who.password })).status, 303);
        const page = await who.client.get('/profile/totp');
        assert.match((await who.client.get('/profile/totp/qr.svg')).headers['content-type'], /svg/);
        const wrong = await at(who.client, 'confirm', { code: '000000' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.text, /[A-Z2-7]{32}/, 'the key is still there');
        const secret = page.text.match(/[A-Z2-7]{32}/)[0];
        const codes = (await at(who.client, 'confirm', { code: totp(secret) })).text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g);
        assert.equal(codes.length, 10);
        const later = await who.client.get('/profile/totp');
        assert.ok(!later.text.includes(codes[0]) && !later.text.includes(secret));
        assert.match(later.words, /Le quedan 10 códigos/);
        const rows = JSON.stringify(await s.snapshot());
        assert.ok(!rows.includes(secret) && !rows.includes(codes[0]) && !rows.includes(codes[0].replaceAll('-', '')));
    });

    test('is asked for after the password, and until then nobody is in', async () => {
        const who = await somebody('dospasos'), { secret, codes } = await with_app(who);
        const [client, answer] = await password_of(who);
        assert.equal(answer.location, '/auth/totp?next=/packages');
        for (const path of ['/profile', '/dashboard', '/profile/totp'])
            assert.match((await client.get(path)).location, /^\/auth\/login/, path);
        assert.equal((await code(client, totp(secret))).status, 422, 'the one that confirmed the app is used up');
        const page = await client.get(answer.location);
        assert.equal((await client.submit(page, '/auth/totp', { code: totp(secret, 1) })).location, '/packages');
        assert.equal((await client.get('/profile')).status, 200);
        const [other] = await password_of(who);
        assert.equal((await code(other, codes[3].toLowerCase())).status, 303);
        const [third] = await password_of(who);
        assert.equal((await code(third, codes[3])).status, 422);
        assert.equal((await stranger().get('/auth/totp')).location, '/auth/login');
        assert.match((await other.get('/profile/totp')).words, /Le quedan 9 códigos/);
    });

    test('is asked for before other recovery codes are shown', async () => {
        const who = await somebody('otroscodigos'), { codes } = await with_app(who);
        assert.equal((await at(who.client, 'codes', { current: who.password, renew_code: '' })).status, 422);
        const wrong = await at(who.client, 'codes', { current: who.password, renew_code: '000000' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.text, /href="#f-renew_code"/);
        const others = await at(who.client, 'codes', { current: who.password, renew_code: codes[0] });
        assert.equal(others.text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g).length, 10);
    });

    test('after five wrong ones must wait', async () => {
        const who = await somebody('adivinada'), { secret } = await with_app(who), [client] = await password_of(who);
        for (let i = 0; i < 5; i++)
            assert.equal((await code(client, '000000')).status, 422);
        const answer = await code(client, totp(secret, 1));
        assert.equal(answer.status, 429);
        assert.match(answer.text, /href="#f-code"/);
    });

    test('is guessed by nobody from thirty networks, which keeps its owner out neither at home nor with a recovery code', async () => {
        const who = await somebody('asediada'), { secret, codes } = await with_app(who);
        for (let i = 0; i < 30; i++)
            assert.equal((await code((await password_of(who))[0], '000000')).status, i < 5 ? 422 : 429, `guess ${i}`);
        const [elsewhere] = await password_of(who);
        assert.equal((await code(elsewhere, totp(secret, 1))).status, 429, 'nobody knows who comes from a new network');
        assert.equal((await code(elsewhere, codes[0])).status, 303);
        const home = who.client;         // by which a session began before the app was there
        await home.submit(await home.get('/profile'), '/logout');
        await home.submit(await home.get('/auth/login'), '/auth/login', { username: who.username, password: who.password });
        assert.equal((await code(home, totp(secret, 1))).status, 303);
    });

    test('is taken away by its owner with a code, and by an ADMIN from who lost the phone', async () => {
        const who = await somebody('perdio'), { codes } = await with_app(who);
        assert.equal((await at(who.client, 'end', { own_password: who.password, code: '000000' })).status, 422);
        const page = await admin.get(`/admin/users/${who.id}`);
        assert.match(page.words, /Código al ingresar Sí/);
        assert.equal((await admin.submit(page, `/admin/users/${who.id}/totp/clear`, own('ADMIN'))).status, 303);
        assert.equal((await who.client.get('/profile')).status, 303);
        assert.ok(await signs_in('perdio'));
        assert.match((await admin.get(`/admin/audit?object=user&object_id=${who.id}`)).words, /Quitó la aplicación de códigos/);
        const again = { ...who, client: await stranger().login(who.username, who.password) }, app = await with_app(again);
        assert.equal((await at(again.client, 'end', { own_password: who.password, code: codes[0] })).status, 422, 'of the app before');
        assert.equal((await at(again.client, 'end', { own_password: who.password, code: app.codes[0] })).status, 303);
        assert.ok(await signs_in('perdio'));
    });

    test('is a must for administrators where the setting says so: nothing else goes before, by session, token or PIN', async () => {
        const who = await somebody('debe', 'ADMIN');
        const out = await s.paqueteria(['token', 'add', '--name', 'de debe', '--username', 'debe', '--role', 'ADMIN', '--scopes', '*']);
        const api = s.client({ bearer: out.match(/paq_\w+/)[0] });
        assert.equal((await api.get('/api/v1/users')).status, 200);
        assert.equal((await admin.submit(await admin.get('/admin/settings/access'), '/admin/settings/access', { 'access.totp_admin': '1', current: PEOPLE.ADMIN.password })).status, 303);
        assert.equal((await who.client.get('/admin/users')).status, 200, 'who is in goes on');
        assert.equal((await api.get('/api/v1/users')).status, 403);
        const [client, answer] = await password_of(who);
        assert.equal(answer.location, '/packages');
        for (const path of ['/packages', '/dashboard', '/admin/users', '/profile/pin', '/profile/edit'])
            assert.equal((await client.get(path)).location, '/profile/totp', path);
        assert.match((await client.get('/profile/totp')).words, /los administradores ingresan con código/);
        await with_app({ client, password: who.password });
        assert.equal((await client.get('/admin/users')).status, 200);
        assert.equal((await api.get('/api/v1/users')).status, 200);
        await s.sql("DELETE FROM settings WHERE key = 'access.totp_admin'");
    });
});

describe('a counter where somebody went on with a PIN', () => {
    const set_pin = async ({ client, password }, pin) => assert.equal((await client.submit(await client.get('/profile/pin'),
        '/profile/pin', { current: password, pin, again: pin })).status, 303);
    const ago = (id, minutes) => s.sql('UPDATE sessions SET seen_at = unixepoch() - ?2 WHERE user_id = ?1 AND by_pin = 1', id, minutes * 60);

    test('asks for the PIN again after fifteen idle minutes, and then shows what was wanted', async () => {
        const one = await somebody('primera'), two = await somebody('segunda'), counter = one.client;
        await set_pin(two, '8051');
        assert.equal((await counter.submit(await counter.get('/auth/pin'), '/auth/pin', { person: String(two.id), pin: '8051' })).status, 303);
        await ago(two.id, 14);
        assert.equal((await counter.get('/packages?state=RECIBIDO')).status, 200);
        await poll('the last use', async () => await s.value('SELECT unixepoch() - seen_at FROM sessions WHERE user_id = ?1 AND by_pin = 1', two.id) < 60);
        const form = await counter.get('/deliver');
        await ago(two.id, 15);
        const asked = await counter.get('/packages?state=RECIBIDO');
        assert.equal(asked.location, '/auth/pin?next=/packages%3Fstate%3DRECIBIDO');
        const page = await counter.get(asked.location);
        assert.match(page.words, /Escriba su PIN para seguir/);
        assert.equal(page.form('/auth/pin').fields.person, String(two.id));
        assert.equal((await counter.get('/dashboard')).location, '/auth/pin?next=/dashboard', 'looking at it is no use');
        const kept = await counter.submit(form, '/deliver/quote', { code: '123456' });
        assert.equal(kept.status, 401);
        assert.match(kept.text, /value="123456"/, 'what was typed is kept');
        assert.equal((await counter.submit(page, '/auth/pin', { pin: '8052' })).status, 422);
        assert.equal((await counter.get('/dashboard')).location, '/auth/pin?next=/dashboard');
        const back = await counter.submit(page, '/auth/pin', { pin: '8051' });
        assert.equal(back.location, '/packages?state=RECIBIDO');
        assert.equal(back.headers['clear-site-data'], undefined, 'the same person goes on');
        assert.equal((await counter.get('/dashboard')).status, 200);
        assert.equal((await two.client.get('/dashboard')).status, 200, 'who came by a password is not asked');
    });

    test('is asked as often as the setting says, and a page that asks by itself is no use', async () => {
        const one = await somebody('tercera'), two = await somebody('cuarta'), counter = one.client;
        await set_pin(two, '8051');
        assert.equal((await counter.submit(await counter.get('/auth/pin'), '/auth/pin', { person: String(two.id), pin: '8051' })).status, 303);
        const set = async (minutes) => assert.equal((await admin.submit(await admin.get('/admin/settings/access'), '/admin/settings/access',
            { 'access.pin_idle': String(minutes), current: PEOPLE.ADMIN.password })).status, 303);
        const begun = await counter.submit(await counter.get('/profile/totp'), '/profile/totp/begin', { current: two.password });
        assert.equal(begun.status, 403, 'with a PIN nobody changes how somebody signs in');
        assert.match(begun.words, /empezó con un PIN/);
        await set(0);
        await ago(two.id, 200);
        assert.equal((await counter.get('/dashboard')).status, 200);
        await set(15);
        await ago(two.id, 14);
        for (let i = 0; i < 3; i++)      // the second answer comes after the first's last use was noted, if it was
            assert.ok([200, 404].includes((await counter.get('/photo-links/un-formulario-cualquiera')).status));
        assert.ok(await s.value('SELECT unixepoch() - seen_at FROM sessions WHERE user_id = ?1 AND by_pin = 1', two.id) >= 14 * 60);
        await ago(two.id, 16);
        const open = await counter.get('/announce');
        assert.equal(open.status, 200);
        assert.ok(!open.words.includes('Cambiar de persona') && !open.text.includes('/logout'), 'a page of the public is nobody\'s there');
        assert.match((await counter.get('/dashboard')).location, /^\/auth\/pin/, 'nor does it stand for a PIN');
    });
});

describe('a credential of the API', () => {
    const make = async (fields) => admin.submit(await admin.get('/admin/tokens/new'), '/admin/tokens', { name: 'La contabilidad', ...own('ADMIN'), ...fields });

    test('is made for oneself, shown once, listed with its last use, and revoked', async () => {
        const page = await make({ role: 'USUARIO', days: '30', 'packages:read': '1' });
        assert.equal(page.status, 200, page.words);
        const token = page.text.match(/paq_\w{43}/)[0], api = s.client({ bearer: token });
        assert.equal((await api.get('/api/v1/packages')).status, 200);
        const refused = await api.get('/api/v1/cash-sessions');
        assert.equal(refused.status, 403);
        const list = await poll('the last use', async () => {
            const now = await admin.get('/admin/tokens');
            return /La contabilidad paq_\w{4}… jefa · USUARIO packages:read (?:Último uso )?hoy/.test(now.words) && now;
        });
        assert.ok(!list.text.includes(token) && !JSON.stringify(await s.snapshot()).includes(token));
        const id = await s.value('SELECT max(id) FROM api_tokens');
        assert.equal(await s.value('SELECT expires_at - created_at FROM api_tokens WHERE id = ?1', id), 30 * 86400);
        assert.equal((await admin.submit(list, `/admin/tokens/${id}/revoke`)).status, 303);
        assert.equal((await api.get('/api/v1/packages')).status, 401);
    });

    test('without an end needs a reason, which the audit log keeps', async () => {
        const endless = { role: 'USUARIO', days: '0', 'packages:read': '1' };
        const refused = await make(endless);
        assert.equal(refused.status, 422);
        assert.match(refused.words, /escriba por qué no puede vencer/);
        assert.equal((await make({ ...endless, reason: 'La báscula no sabe renovarla' })).status, 200);
        assert.match((await admin.get('/admin/audit?action=token_add')).words, /La báscula no sabe renovarla/);
        const api = await s.token('ADMIN');
        const add = (more) => api.post('/api/v1/tokens', { json: { name: 'Sin fin', role: 'USUARIO', days: '0', scopes: ['packages:read'], ...more } });
        assert.equal((await add({})).status, 422);
        assert.equal((await add({ reason: 'La pantalla de la portería' })).status, 201);
    });

    test('needs a scope and the password, and loses nothing typed', async () => {
        const none = await make({ role: 'ADMIN', days: '0', current: PEOPLE.ADMIN.password });
        assert.equal(none.status, 422);
        assert.match(none.words, /Elija al menos un permiso/);
        const wrong = await make({ role: 'OPERADOR', days: '90', 'cash:read': '1', current: 'no es esta clave' });
        assert.equal(wrong.status, 422);
        const kept = wrong.form('/admin/tokens').fields;
        assert.deepEqual([kept.name, kept.role, kept.days, kept['cash:read']], ['La contabilidad', 'OPERADOR', '90', '1']);
    });

    test('that is made by a program may not do more than that program', async () => {
        const api = await s.token('ADMIN', 'tokens:read tokens:write packages:read');
        const add = (json) => api.post('/api/v1/tokens', { json: { name: 'De un programa', role: 'USUARIO', days: '30', ...json } });
        const made = await add({ scopes: ['packages:read'] });
        assert.equal(made.status, 201, made.text);
        assert.match(made.json.token, /^paq_/);
        for (const scopes of [['*'], ['cash:read'], ['packages:read', 'users:write']]) {
            const answer = await add({ scopes });
            assert.equal(answer.status, 403, scopes.join());
            assert.match(answer.json.detail, /no incluye el permiso/);
        }
        assert.equal((await (await s.token('ADMIN')).post('/api/v1/tokens', { json: { name: 'Otra', role: 'USUARIO', days: '30', scopes: ['no:existe'] } })).status, 422);
        assert.ok((await api.get('/api/v1/tokens')).json.items.every((t) => !('token' in t)));
        assert.equal((await api.post(`/api/v1/tokens/${made.json.id}/revoke`, { json: {} })).status, 200);
    });

    test('may have every scope that a route of the API asks for', async () => {
        const page = await admin.get('/admin/tokens/new');
        for (const scope of new Set(all_routes().map((r) => r.scope).filter(Boolean)))
            assert.ok(page.text.includes(`name="${scope}"`), `${scope} has no row in token_scope.def`);
    });
});
