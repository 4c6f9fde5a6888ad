// Sign-in, sessions, passwords and tokens: domain.md §8, security.md 1 to 24.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, System, poll } from '../helpers/system.mjs';

const IDLE_S = 12 * 3600, LIFE_S = 24 * 3600;
const COMMON = ['contraseña1', 'Password123', 'qwertyuiop', '1234567890', 'aaaaaaaaaaaa', 'Colombia2026'];

let s, network = 0;
before(async () => { s = await System.start(); });
after(() => s?.stop());

// Tries are counted by network as well: each test comes from one of its own.
const stranger = (o) => s.client({ from: `127.${100 + (++network % 100)}.${Math.floor(network / 100)}.1`, ...o });
const post_login = async (client, username, password, more) => client.submit(
    await client.get('/auth/login'), '/auth/login', { username, password, ...more });
const is_in = async (client) => (await client.get('/profile')).status === 200;
const is_out = async (client) => {
    const answer = await client.get('/profile');
    assert.equal(answer.status, 303, answer.words);
    assert.equal(answer.location, '/auth/login?next=/profile');
};

// Somebody of this test alone, who has a password of their own.
async function somebody(username, role = 'OPERADOR', password = 'una frase de cuatro palabras') {
    await s.paqueteria(['user', 'add', '--username', username, '--email', `${username}@example.com`,
        '--name', `Persona ${username}`, '--role', role, '--password-stdin', '--final'], `${password}\n`);
    return { username, password };
}

describe('the cookie', () => {
    test('over https it is __Host-, Secure, HttpOnly, Lax, for all paths and for no domain', async () => {
        const client = s.client({ https: true });
        const answer = await post_login(client, PEOPLE.ADMIN.username, PEOPLE.ADMIN.password);
        const line = answer.headers['set-cookie'].find((l) => l.startsWith('__Host-sid='));
        assert.deepEqual(line.split('; ').slice(1).sort(), ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
        assert.match(line, /^__Host-sid=[0-9A-Za-z]{43};/);
        assert.equal(answer.location, '/dashboard');
        assert.ok(await is_in(client));
    });

    test('over http, which is answered on this machine only, it is sid without Secure', async () => {
        const client = s.client();
        const answer = await post_login(client, PEOPLE.ADMIN.username, PEOPLE.ADMIN.password);
        const line = answer.headers['set-cookie'].find((l) => l.startsWith('sid='));
        assert.deepEqual(line.split('; ').slice(1).sort(), ['HttpOnly', 'Path=/', 'SameSite=Lax']);
    });

    test('one does not stand for the other', async () => {
        const plain = await s.as('ADMIN'), secure = s.client({ https: true });
        secure.cookies.set('sid', plain.cookies.get('sid'));
        await is_out(secure);
    });

    test('the database holds a hash of it and nothing more', async () => {
        const client = await s.as('USUARIO'), token = client.cookies.get('sid');
        assert.equal((await s.sql('SELECT * FROM sessions'))
            .filter((row) => JSON.stringify(row).includes(token)).length, 0);
        assert.equal(await s.value('SELECT count(*) FROM sessions WHERE length(token_hash) = 32'),
            await s.value('SELECT count(*) FROM sessions'));
        assert.ok(!s.log('serve').includes(token) && !s.log('nginx.access').includes(token));
    });

    test('a token of the client\'s choice is never adopted', async () => {
        const client = s.client(), chosen = 'A'.repeat(43);
        client.cookies.set('sid', chosen);
        await post_login(client, PEOPLE.ADMIN.username, PEOPLE.ADMIN.password);
        assert.notEqual(client.cookies.get('sid'), chosen);
        assert.ok(await is_in(client));
        client.cookies.set('sid', chosen);
        await is_out(client);
    });

    test('it changes with each sign-in, and the one before is dead', async () => {
        const client = await s.as('OPERADOR'), old = client.cookies.get('sid');
        const form = (await s.client().get('/auth/login')).form('/auth/login').fields;
        const answer = await client.post('/auth/login', { form: { ...form, ...PEOPLE.OPERADOR, name: undefined } });
        assert.equal(answer.status, 303);
        assert.notEqual(client.cookies.get('sid'), old);
        const replay = s.client();
        replay.cookies.set('sid', old);
        await is_out(replay);
    });

    test('who is in already is not asked again', async () => {
        const client = await s.as('OPERADOR');
        assert.equal((await client.get('/auth/login')).location, '/dashboard');
    });

    test('it leads back to where one wanted to go, but never elsewhere', async () => {
        const wanted = await s.client().get('/packages?state=RECIBIDO&q=a+b');
        assert.equal(wanted.location, '/auth/login?next=/packages%3Fstate%3DRECIBIDO%26q%3Da%2Bb');
        const client = s.client();
        const page = await client.get(wanted.location);
        const answer = await client.submit(page, '/auth/login', { ...PEOPLE.OPERADOR, name: undefined });
        assert.equal(answer.location, '/packages?state=RECIBIDO&q=a+b');
        for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)',
            '\\\\evil', 'evil']) {
            const other = await post_login(s.client(), PEOPLE.OPERADOR.username, PEOPLE.OPERADOR.password, { next });
            assert.equal(other.status, 303, next);
            assert.equal(other.location, '/', next);
        }
        const split = await post_login(s.client(), PEOPLE.OPERADOR.username, PEOPLE.OPERADOR.password,
            { next: '/a\r\nSet-Cookie: x=y' });
        assert.ok(split.status === 422 || split.location === '/', `${split.status} ${split.location}`);
        assert.doesNotMatch(JSON.stringify(split.headers), /x=y/);
    });
});

describe('its end', () => {
    test('after twelve idle hours', async () => {
        const client = await s.as('OPERADOR');
        await s.sql('UPDATE sessions SET seen_at = seen_at - ?1', IDLE_S - 60);
        assert.ok(await is_in(client));
        await poll('the last use, noted after the answer', async () =>     // which would undo what follows
            await s.value('SELECT unixepoch() - max(seen_at) FROM sessions') < 60);
        await s.sql('UPDATE sessions SET seen_at = seen_at - ?1', IDLE_S + 1);
        await is_out(client);
    });

    test('use keeps it alive, at most for a day', async () => {
        const client = await s.as('OPERADOR');
        await s.sql('UPDATE sessions SET seen_at = seen_at - 3600');
        await client.get('/profile');
        await poll('the last use', async () => await s.value('SELECT unixepoch() - max(seen_at) FROM sessions') < 60);
        const row = (await s.sql('SELECT created_at, expires_at FROM sessions ORDER BY id DESC LIMIT 1'))[0];
        assert.equal(row.expires_at - row.created_at, LIFE_S);
        await s.sql('UPDATE sessions SET expires_at = unixepoch() - 1');
        await is_out(client);
    });

    test('signing out kills the row at once and clears what the browser keeps', async () => {
        const client = await s.as('OPERADOR'), token = client.cookies.get('sid');
        const rows = await s.value('SELECT count(*) FROM sessions');
        const answer = await client.submit(await client.get('/profile'), '/logout');
        assert.equal(answer.status, 303);
        assert.equal(answer.location, '/auth/login');
        assert.match(answer.headers['clear-site-data'], /"cache"/);
        assert.equal(client.cookies.has('sid'), false);
        assert.equal(await s.value('SELECT count(*) FROM sessions'), rows - 1);
        assert.match((await client.get('/auth/login')).words, /Salió de su cuenta/);
        const replay = s.client();
        replay.cookies.set('sid', token);
        await is_out(replay);
    });

    test('disabling somebody ends all their sessions at once, and their tokens', async () => {
        const { username, password } = await somebody('saliente');
        const one = await s.client().login(username, password), two = await s.client().login(username, password);
        const out = await s.paqueteria(['token', 'add', '--name', 'de saliente', '--username', username,
            '--role', 'OPERADOR', '--scopes', '*']);
        const caller = s.client({ bearer: out.match(/paq_\w+/)[0] });
        assert.equal((await caller.get('/api/v1/whoami')).status, 200);
        await s.paqueteria(['user', 'disable', username]);
        await is_out(one);
        await is_out(two);
        assert.equal((await caller.get('/api/v1/whoami')).status, 401);
        assert.equal((await post_login(stranger(), username, password)).status, 422);
    });

    test('the last administrator stays', async () => {
        await s.paqueteria(['user', 'disable', 'admin']);
        await assert.rejects(s.paqueteria(['user', 'disable', PEOPLE.ADMIN.username]), /último administrador activo/);
        assert.ok(await is_in(await s.as('ADMIN')));
    });

    test('sessions survive that Redis forgets everything, and do not come back to life by it', async () => {
        const client = await s.as('OPERADOR'), gone = await s.as('OPERADOR'), token = gone.cookies.get('sid');
        await gone.submit(await gone.get('/profile'), '/logout');
        await s.redis('FLUSHALL');
        assert.ok(await is_in(client));
        gone.cookies.set('sid', token);
        await is_out(gone);
    });
});

describe('wrong passwords', () => {
    const wrong = (client, username) => post_login(client, username, 'no es esta clave');

    test('the sixth try must wait, even with the right password, and each wait is longer', async () => {
        const { username, password } = await somebody('olvidadizo');
        const client = stranger();
        for (let i = 0; i < 5; i++)
            assert.equal((await wrong(client, username)).status, 422);
        const answer = await post_login(client, username, password);
        assert.equal(answer.status, 429);
        const waits = [Number(answer.headers['retry-after'])];
        assert.match(answer.words, /Demasiados intentos\. Espere \d+ segundos/);
        assert.equal(answer.form('/auth/login').fields.username, username);
        for (let i = 0; i < 7; i++) {
            await s.sql("UPDATE throttles SET blocked_until = unixepoch() WHERE key LIKE 'login:%'");
            await wrong(client, username);
            waits.push(Number((await wrong(client, username)).headers['retry-after']));
        }
        for (let i = 1; i < waits.length; i++)
            assert.ok(waits[i] >= Math.min(waits[i - 1] * 2 - 10, 880), waits.join());
        assert.ok(Math.max(...waits) <= 900, waits.join());
        await s.sql("UPDATE throttles SET blocked_until = unixepoch() WHERE key LIKE 'login:%'");
        assert.equal((await post_login(client, username, password)).status, 303);
    });

    test('a crowd that guesses at once is counted as well', async () => {
        const { username } = await somebody('codiciado');
        const client = stranger();
        const page = await client.get('/auth/login');
        const answers = await Promise.all(Array.from({ length: 20 }, () =>
            client.submit(page, '/auth/login', { username, password: 'no es esta clave' })));
        assert.ok(answers.filter((a) => a.status === 422).length <= 5, answers.map((a) => a.status).join());
        assert.ok(answers.every((a) => [422, 429].includes(a.status)), answers.map((a) => a.status).join());
    });

    test('strangers cannot lock somebody out of where they work', async () => {
        const { username, password } = await somebody('conocida');
        const home = stranger();
        assert.equal((await post_login(home, username, password)).status, 303);
        home.cookies.clear();
        const thief = stranger();
        for (let i = 0; i < 5; i++)
            await wrong(thief, username);
        assert.equal((await wrong(thief, username)).status, 429);
        assert.equal((await post_login(home, username, password)).status, 303);
    });

    test('a network that tries many names must wait too', async () => {
        const client = stranger();
        for (let i = 0; i < 5; i++)
            assert.equal((await wrong(client, `nadie${i}`)).status, 422);
        assert.equal((await post_login(client, PEOPLE.OPERADOR.username, PEOPLE.OPERADOR.password)).status, 429);
        assert.equal((await post_login(stranger(), PEOPLE.OPERADOR.username, PEOPLE.OPERADOR.password)).status, 303);
    });

    test('a flood of wrong ones is refused by its own length, and who works here hardly notices it', async () => {
        const home = stranger(), { username, password } = await somebody('puntual');
        assert.equal((await post_login(home, username, password)).status, 303);
        home.cookies.clear();
        const page = await home.get('/auth/login'), form = page.form('/auth/login').fields;
        const flood = Array.from({ length: 120 }, (x, i) => s.client({ from: `127.60.${i}.1` })
            .post('/auth/login', { form: { ...form, username: `nadie${i}`, password: 'no es esta clave' } }));
        await Promise.race(flood);
        const began = performance.now();
        assert.equal((await home.submit(page, '/auth/login', { username, password })).status, 303);
        const waited = performance.now() - began, answers = await Promise.all(flood);
        const refused = answers.filter((a) => a.status === 429);
        console.log(`flood: who works here waited ${waited.toFixed(0)} ms; of 120 ${refused.length} were refused`);
        assert.ok(waited < 3000, `${waited} ms`);
        assert.ok(refused.length > 30 && answers.every((a) => [422, 429].includes(a.status)), answers.map((a) => a.status).join());
        assert.equal(refused[0].headers['retry-after'], '5');
        assert.match(refused[0].words, /Mucha gente está ingresando/);
    });

    test('counters are in the database: FLUSHALL gives no new tries', async () => {
        const client = stranger();
        for (let i = 0; i < 5; i++)
            await wrong(client, 'nadie-redis');
        await s.redis('FLUSHALL');
        assert.equal((await wrong(client, 'nadie-redis')).status, 429);
    });

    test('unknown, known and disabled are answered alike', async () => {
        await somebody('alguien1');
        await somebody('alguien2');
        await s.paqueteria(['user', 'disable', 'alguien2']);
        const shapes = [];
        for (const username of ['alguien0', 'alguien1', 'alguien2', 'ALGUIEN1']) {
            const answer = await wrong(stranger(), username);
            shapes.push({ status: answer.status, headers: Object.keys(answer.headers).sort(),
                length: answer.body.length, text: answer.text.toLowerCase()
                    .replace(/name="csrf" value="[^"]*"/, '').replace(username.toLowerCase(), '') });
        }
        assert.equal(shapes[0].status, 422);
        assert.match(shapes[0].text, /el usuario o la contraseña no coinciden/);
        for (const shape of shapes.slice(1))
            assert.deepEqual(shape, shapes[0]);
    });

    test('the password is never put back into the page', async () => {
        const answer = await post_login(stranger(), 'alguien9', 'mi clave secreta');
        assert.doesNotMatch(answer.text, /mi clave secreta/);
        assert.equal(answer.form('/auth/login').fields.username, 'alguien9');
    });
});

describe('a password of one\'s own', () => {
    const change = async (client, fields) => client.submit(await client.get('/profile/change-password'),
        '/profile/change-password', fields);
    const good = 'otra frase bien distinta';

    test('who was given one must change it before anything else', async () => {
        await s.paqueteria(['user', 'add', '--username', 'nueva', '--email', 'nueva@example.com', '--name',
            'Nueva Persona',
            '--role', 'OPERADOR', '--password-stdin'], 'la que puso la jefa\n');
        const client = await s.client().login('nueva', 'la que puso la jefa');
        for (const path of ['/dashboard', '/receive', '/packages', '/profile', '/settings'])
            assert.equal((await client.get(path)).location, '/profile/change-password', path);
        assert.match((await client.get('/profile/change-password')).words, /la puso un administrador/);
        const answer = await change(client, { current: 'la que puso la jefa', password: good, again: good });
        assert.equal(answer.location, '/profile');
        assert.ok(await is_in(client));
        assert.equal((await client.get('/receive')).status, 200);
    });

    test('what a password may not be, each with its sentence', async () => {
        const { username, password } = await somebody('cambiante');
        const client = await s.client().login(username, password);
        const refusals = [
            [{ password: 'corta', again: 'corta' }, 'password', /al menos 10 caracteres/],
            [{ password: 'ñ'.repeat(129), again: 'ñ'.repeat(129) }, 'password', /como máximo 128/],
            [{ password: 'soy cambiante yo', again: 'soy cambiante yo' }, 'password', /su usuario/],
            [{ password: good, again: `${good}!` }, 'again', /no son iguales/],
            [{ password, again: password }, 'password', /igual a la actual/],
            [{ password: good, again: good, current: 'no es esta clave' }, 'current', /no es su contraseña actual/],
            [{ password: '', again: '' }, 'password', /hace falta/],
            ...COMMON.map((p) => [{ password: p, again: p }, 'password', /muy conocida/]),
        ];
        for (const [fields, field, words] of refusals) {
            const answer = await change(client, { current: password, ...fields });
            assert.equal(answer.status, 422, JSON.stringify(fields));
            assert.match(answer.words, words, JSON.stringify(fields));
            assert.match(answer.text, new RegExp(`id="e-${field}"`), JSON.stringify(fields));
            await s.sql("DELETE FROM throttles WHERE key LIKE 'confirm:%'");
        }
        assert.equal((await post_login(stranger(), username, password)).status, 303);
    });

    test('128 characters of any kind are one, and nothing is cut off', async () => {
        const { username, password } = await somebody('larguisima');
        const long = [...Array.from({ length: 100 }, (x, i) => String.fromCodePoint(0xf1 + i * 7)),
            ...'ñandú 😀 y 20 letras 漢字 más'].slice(0, 128).join('');
        const client = await s.client().login(username, password);
        assert.equal((await change(client, { current: password, password: long, again: long })).status, 303);
        assert.equal((await post_login(stranger(), username, long.slice(0, -1))).status, 422);
        assert.equal((await post_login(stranger(), username, long)).status, 303);
    });

    test('changing it ends the other sessions and gives this one a new token', async () => {
        const { username, password } = await somebody('precavida');
        const here = await s.client().login(username, password), there = await s.client().login(username, password);
        const old = here.cookies.get('sid');
        assert.equal((await change(here, { current: password, password: good, again: good })).status, 303);
        assert.notEqual(here.cookies.get('sid'), old);
        assert.match((await here.get('/profile')).words, /Cerramos sus otras sesiones/);
        await is_out(there);
        const replay = s.client();
        replay.cookies.set('sid', old);
        await is_out(replay);
        assert.equal((await post_login(stranger(), username, password)).status, 422);
    });

    test('guessing the current one is slowed down as well', async () => {
        const { username, password } = await somebody('ajena');
        const client = await s.client().login(username, password);
        for (let i = 0; i < 5; i++)
            await change(client, { current: 'no es esta clave', password: good, again: good });
        const answer = await change(client, { current: password, password: good, again: good });
        assert.equal(answer.status, 429);
        assert.ok(Number(answer.headers['retry-after']) > 0);
    });

    test('one sees one\'s own sessions and ends them, with the password', async () => {
        const { username, password } = await somebody('ordenada');
        const here = await s.client().login(username, password), there = await s.client().login(username, password);
        const other = await s.value('SELECT max(id) FROM sessions');
        const page = await here.get('/profile');
        assert.equal(page.text.match(/\/profile\/sessions\/\d+\/end/g).length, 1);
        assert.match(page.words, /\(esta\)/);
        const wrong = await here.submit(page, `/profile/sessions/${other}/end`, { current: 'no es esta clave' });
        assert.equal(wrong.status, 422);
        assert.ok(await is_in(there));
        assert.equal((await here.submit(page, `/profile/sessions/${other}/end`, { current: password })).status, 303);
        await is_out(there);
        assert.ok(await is_in(here));
        await there.login(username, password);
        assert.equal((await here.submit(await here.get('/profile'), '/profile/sessions/end-others',
            { current: password })).status, 303);
        await is_out(there);
        assert.ok(await is_in(here));
    });

    test('the session of somebody else is as one that is not there', async () => {
        const client = await s.as('OPERADOR');
        await s.as('ADMIN');
        const foreign = await s.value('SELECT max(id) FROM sessions');
        const csrf = (await client.get('/profile')).form('/logout').fields.csrf;
        const end = (id) => client.post(`/profile/sessions/${id}/end`,
            { form: { csrf, current: PEOPLE.OPERADOR.password } });
        const theirs = await end(foreign), nobodys = await end(999999);
        const rest = (a) => a.text.replace(/name="csrf" value="[^"]*"/g, '').replace(/[\w-]{22,}/g, '');
        assert.equal(theirs.status, 404);
        assert.equal(rest(theirs), rest(nobodys));
        assert.equal(await s.value('SELECT count(*) FROM sessions WHERE id = ?1', foreign), 1);
    });
});

describe('a PIN of the counter', () => {
    const set = async (client, fields) => client.submit(await client.get('/profile/pin'), '/profile/pin', fields);
    const change_to = async (client, who, pin) => client.submit(await client.get('/auth/pin'), '/auth/pin', { person: who, pin });
    const id_of = (username) => s.value('SELECT id FROM users WHERE username = ?1', username);
    // Somebody who has set a PIN: the browser, and the number of the person.
    async function with_pin(username, pin, role) {
        const { password } = await somebody(username, role);
        const client = await s.client().login(username, password);
        const answer = await set(client, { current: password, pin, again: pin });
        assert.equal(answer.status, 303, answer.words);
        return { client, id: await id_of(username), password };
    }

    test('is set on a page of its own with the password, and is nowhere to be read', async () => {
        const { password } = await somebody('pin1');
        const client = await s.client().login('pin1', password);
        for (const [fields, field] of [[{ pin: '1234', again: '1234' }, 'pin'], [{ pin: '12', again: '12' }, 'pin'],
            [{ again: '8052' }, 'again'], [{ current: 'otra cosa' }, 'current']]) {
            const page = await set(client, { current: password, pin: '8051', again: '8051', ...fields });
            assert.equal(page.status, 422, JSON.stringify(fields));
            assert.match(page.text, new RegExp(`href="#f-${field}"`));
            assert.doesNotMatch(page.text, /\b8051\b|otra cosa/);
        }
        assert.equal((await set(client, { current: password, pin: '8051', again: '8051' })).location, '/profile');
        assert.match((await client.get('/profile/pin')).words, /Tiene PIN desde hoy/);
        const kept = JSON.stringify(await s.sql('SELECT * FROM operator_pins'));
        assert.match(kept, /argon2id/);
        assert.doesNotMatch(kept + s.logs(Infinity), /\b8051\b/);
        const to = `/profile/pin/${await id_of('pin1')}/clear`;
        for (const own_password of ['', 'otra cosa']) {
            const kept_ = await client.submit(await client.get('/profile/pin'), to, { own_password });
            assert.equal(kept_.status, 422, 'not by who came with that PIN');
            assert.match(kept_.text, /href="#f-own_password"/);
        }
        assert.equal((await client.submit(await client.get('/profile/pin'), to, { own_password: password })).status, 303);
        assert.doesNotMatch((await client.get('/profile/pin')).words, /Tiene PIN desde/);
    });

    test('of somebody else is seen and taken away by an administrator alone', async () => {
        const owner = await with_pin('pin2', '8051'), other = await with_pin('pin3', '7394'), admin = await s.as('ADMIN');
        const clear = async (client) => client.post(`/profile/pin/${owner.id}/clear`,
            { form: { csrf: (await client.get('/profile')).form('/logout').fields.csrf } });
        assert.doesNotMatch((await other.client.get('/profile/pin')).words, /Persona pin2/);
        assert.equal((await clear(other.client)).status, 404);
        assert.match((await admin.get('/profile/pin')).words, /Persona pin2 pin2 · OPERADOR/);
        assert.equal((await clear(admin)).status, 303);
        assert.equal(await s.value('SELECT count(*) FROM operator_pins WHERE user_id = ?1', owner.id), 0);
    });

    test('changes who works there: another session, another secret, and nothing of the one before', async () => {
        const one = await with_pin('pin4', '8051'), two = await with_pin('pin5', '7394');
        const old = one.client.cookies.get('sid'), form = await one.client.get('/auth/pin');
        const page = await one.client.get('/deliver');
        const answer = await one.client.submit(form, '/auth/pin', { person: String(two.id), pin: '7394' });
        assert.equal(answer.location, '/dashboard');
        assert.match(answer.headers['clear-site-data'], /storage/);
        assert.notEqual(one.client.cookies.get('sid'), old, 'the token is new');
        assert.match((await one.client.get('/dashboard')).words, /Persona pin5 .*Ahora trabaja usted/);
        const stale = await one.client.submit(page, '/deliver/quote', { code: '123456' });
        assert.equal(stale.status, 403, 'a form of the one before is not the other one\'s');
        const replay = s.client();
        replay.cookies.set('sid', old);
        await is_out(replay);
        assert.equal(await s.value("SELECT user_id || ' ' || object_id FROM audit_log WHERE action = 'pin_switch'"), `${one.id} ${two.id}`);
    });

    test('lets nobody administer, however high the role', async () => {
        const one = await with_pin('pin6', '8051'), boss = await with_pin('pin7', '739415', 'ADMIN');
        assert.equal((await change_to(one.client, String(boss.id), '739415')).status, 303);
        assert.match((await one.client.get('/dashboard')).words, /Persona pin7/);
        assert.equal((await one.client.get('/deliver')).status, 200);
        assert.equal((await one.client.get('/admin/jobs')).status, 403);
        assert.equal((await boss.client.get('/admin/jobs')).status, 200);
    });

    test('serves no longer than the session in whose place it stands, and needs one', async () => {
        const one = await with_pin('pin8', '8051'), two = await with_pin('pin9', '7394');
        const ends = await s.value('SELECT expires_at FROM sessions WHERE user_id = ?1', one.id);
        assert.equal((await change_to(one.client, String(two.id), '7394')).status, 303);
        assert.equal(await s.value('SELECT min(expires_at) FROM sessions WHERE user_id = ?1 AND by_pin = 1', two.id), ends);
        assert.equal((await s.client().get('/auth/pin')).location, '/auth/login?next=/auth/pin');
    });

    test('is answered alike whoever it is asked of, and five wrong ones make the session wait', async () => {
        const one = await with_pin('pin10', '8051'), two = await with_pin('pin11', '7394');
        await somebody('sinpin');
        const shapes = [];
        for (const who of [two.id, await id_of('sinpin'), 999999, await id_of('lector')])
            shapes.push(await change_to(one.client, String(who), '6203'));
        for (const shape of shapes) {
            assert.equal(shape.status, 422);
            assert.match(shape.words, /Ese no es el PIN de esa persona/);
            assert.doesNotMatch(shape.text, /\b6203\b/);
        }
        assert.equal((await change_to(one.client, String(two.id), '6203')).status, 422);
        const paused = await change_to(one.client, String(two.id), '7394');
        assert.equal(paused.status, 429, 'the sixth, right or wrong');
        assert.ok(Number(paused.headers['retry-after']) > 0);
        assert.match(paused.text, /href="#f-pin"/);
        assert.match((await one.client.get('/dashboard')).words, /Persona pin10/);
    });

    test('that was wrong is told to the administrators on their first page until one has seen it', async () => {
        const one = await with_pin('pin12', '8051'), admin = await s.as('ADMIN');
        assert.equal((await change_to(one.client, String(one.id), '620341')).status, 422);
        const page = await admin.get('/dashboard');
        assert.match(page.words, /\d+ PIN errados|Un PIN errado/);
        assert.match((await admin.get('/admin/audit?action=pin_wrong')).words, /Persona pin12.*Escribió un PIN errado/);
        assert.doesNotMatch((await one.client.get('/dashboard')).words, /PIN errado/);
        assert.equal((await change_to(one.client, String(one.id), '620341')).status, 422);
        assert.equal((await admin.submit(page, '/dashboard/pins')).status, 409, 'there is one more than the page told');
        const seen = await admin.submit(await admin.get('/dashboard'), '/dashboard/pins');
        assert.equal(seen.status, 303, seen.words);
        assert.doesNotMatch((await admin.get('/dashboard')).text, /pins-title/);
    });
});

describe('a forgotten password', () => {
    const ask = async (client, username, o) => client.submit(await client.get('/auth/forgot-password'),
        '/auth/forgot-password', { username }, o);
    const letter = async (username, n = 1) => {
        await s.hasten();
        return (await poll(`letter ${n} to ${username}`, () => s.mails(`${username}@example.com`)[n - 1]));
    };
    // Letters that were written; one whose link a later one made useless is not sent.
    const written = (username) => s.value('SELECT count(*) FROM notifications WHERE recipient = ?1', `${username}@example.com`);
    const token_in = (mail) => mail.text.match(/\/auth\/reset-password\?token=([0-9a-f]{64})/)[1];
    const reset = async (client, token, password) => client.submit(
        await client.get(`/auth/reset-password?token=${token}`), '/auth/reset-password', { password, again: password });
    const fresh = 'la nueva frase del correo';

    test('known, unknown and disabled are answered alike; only who exists gets a letter', async () => {
        await somebody('cartero1');
        await somebody('cartero2');
        await s.paqueteria(['user', 'disable', 'cartero2']);
        const shapes = [];
        for (const username of ['cartero0', 'cartero1', 'cartero2', 'cartero1@example.com']) {
            const client = stranger(), answer = await ask(client, username);
            shapes.push({ status: answer.status, location: answer.location, headers: Object.keys(answer.headers).sort(),
                toast: (await client.get(answer.location)).text.match(/<div class="toast"[^]*?<\/div>/)[0] });
        }
        for (const shape of shapes)
            assert.deepEqual(shape, shapes[0]);
        assert.match(shapes[0].toast, /Si ese usuario existe, le enviamos un correo/);
        await letter('cartero1');
        await s.settled();
        assert.deepEqual([await written('cartero1'), await written('cartero2')], [2, 0]);
        assert.equal(s.mails('cartero2@example.com').length, 0);
    });

    test('the link serves once, does not sign in by itself, and ends the sessions', async () => {
        const { username, password } = await somebody('olvidada');
        const old = await s.client().login(username, password);
        await ask(stranger(), username);
        const token = token_in(await letter(username)), client = stranger();
        const weak = await reset(client, token, 'corta');
        assert.equal(weak.status, 422);
        assert.match(weak.words, /al menos 10/);
        const answer = await reset(client, token, fresh);
        assert.equal(answer.location, '/auth/login');
        await is_out(client);
        await is_out(old);
        const again = await client.get(`/auth/reset-password?token=${token}`);
        assert.equal(again.status, 404);
        assert.match(again.words, /ya se usó o venció/);
        assert.equal((await post_login(stranger(), username, password)).status, 422);
        assert.equal((await post_login(stranger(), username, fresh)).status, 303);
    });

    test('the token is stored nowhere, and a new letter kills the one before', async () => {
        const { username } = await somebody('repetida');
        await ask(stranger(), username);
        const first = token_in(await letter(username));
        await ask(stranger(), username);
        const second = token_in(await letter(username, 2));
        assert.ok(!JSON.stringify(await s.snapshot()).includes(first));
        assert.equal((await s.client().get(`/auth/reset-password?token=${first}`)).status, 404);
        for (const glued of ['', '.', ').'])
            assert.equal((await s.client().get(`/auth/reset-password?token=${second}${glued}`)).status, 200);
        assert.ok(!s.log('nginx.access').includes(second) && !s.log('serve').includes(second));
    });

    test('it serves an hour', async () => {
        const { username } = await somebody('lenta');
        await ask(stranger(), username);
        const token = token_in(await letter(username));
        await s.sql('UPDATE password_resets SET expires_at = unixepoch() + 1800');
        assert.equal((await s.client().get(`/auth/reset-password?token=${token}`)).status, 200);
        await s.sql('UPDATE password_resets SET expires_at = unixepoch() - 1');
        assert.equal((await reset(s.client(), token, fresh).catch((e) => e)).status ?? 404, 404);
    });

    test('nobody is flooded with letters', async () => {
        const { username } = await somebody('inundada');
        for (let i = 0; i < 5; i++)
            assert.equal((await ask(stranger(), username)).status, 303);
        await s.settled();
        assert.equal(await written(username), 3);
        assert.ok(s.mails(`${username}@example.com`).length > 0);
    });

    test('the link is of the configured address, whatever the request says', async () => {
        const { username } = await somebody('enlazada');
        const client = stranger(), page = await client.get('/auth/forgot-password');
        const form = { ...page.form('/auth/forgot-password').fields, username };
        const evil = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', Forwarded: 'host=evil.example',
            'X-Host': 'evil.example', 'X-Original-URL': '/evil' };
        assert.equal((await client.post('/auth/forgot-password', { form, headers: evil })).status, 303);
        const mail = await letter(username);
        assert.match(mail.text, new RegExp(`^${s.base}/auth/reset-password\\?token=`, 'm'));
        assert.doesNotMatch(JSON.stringify(mail), /evil/);
        assert.equal(mail.secure, true);
        const other = s.client(), port = new URL(s.base).port;
        const there = await other.request('GET', '/auth/forgot-password', { headers: { Host: `localhost:${port}` } });
        const answer = await other.request('POST', '/auth/forgot-password',
            { form: { ...there.form('/auth/forgot-password').fields, username },
            headers: { Host: `localhost:${port}`, Origin: `http://localhost:${port}` } });
        assert.equal(answer.status, 303);
        assert.match((await letter(username, 2)).text, new RegExp(`^${s.base}/auth/reset-password`, 'm'));
        await assert.rejects(other.request('POST', '/auth/forgot-password',
            { form, headers: { Host: 'evil.example' } }),
            /socket hang up|ECONNRESET/);
    });
});

describe('tokens of the API', () => {
    const add = async (role, username, scopes = '*', ...more) => {
        const out = await s.paqueteria(['token', 'add', '--name', 'de prueba', '--username', username, '--role', role,
            '--scopes', scopes, ...more]);
        return s.client({ bearer: out.match(/paq_\w+/)[0] });
    };
    const whoami = async (client) => (await client.get('/api/v1/whoami'));

    test('a token acts for its user, with the lesser of both roles', async () => {
        for (const [role, username, effective] of [['ADMIN', PEOPLE.USUARIO.username, 'USUARIO'],
            ['USUARIO', PEOPLE.ADMIN.username, 'USUARIO'], ['OPERADOR', PEOPLE.OPERADOR.username, 'OPERADOR'],
            ['ADMIN', PEOPLE.OPERADOR.username, 'OPERADOR']]) {
            const client = await add(role, username), me = (await whoami(client)).json;
            assert.deepEqual([me.username, me.role], [username, effective]);
            assert.doesNotMatch(JSON.stringify(me), /argon2|password_hash/);
            const quote = await client.post('/api/v1/deliveries/quote', { json: { package_id: 1 } });
            assert.equal(quote.status === 403, effective === 'USUARIO', `${role} of ${username}: ${quote.status}`);
        }
    });

    test('it may what its scopes say', async () => {
        const reader = await add('OPERADOR', PEOPLE.OPERADOR.username, 'packages:read');
        assert.equal((await reader.get('/api/v1/announcements')).status, 200);
        const refused = await reader.post('/api/v1/deliveries/quote', { json: { package_id: 1 } });
        assert.equal(refused.status, 403);
        assert.match(refused.json.detail, /no incluye el permiso deliveries:write/);
        const two = await add('OPERADOR', PEOPLE.OPERADOR.username, 'packages:read deliveries:write');
        assert.notEqual((await two.post('/api/v1/deliveries/quote', { json: { package_id: 1 } })).status, 403);
        const near = await add('OPERADOR', PEOPLE.OPERADOR.username, 'packages:readx deliveries');
        assert.equal((await near.get('/api/v1/announcements')).status, 403);
    });

    test('revoked, expired, wrong or of another kind it is 401', async () => {
        const client = await add('OPERADOR', PEOPLE.OPERADOR.username, '*', '--days', '1');
        assert.equal((await whoami(client)).status, 200);
        const id = await s.value('SELECT max(id) FROM api_tokens');
        await s.sql('UPDATE api_tokens SET expires_at = unixepoch() - 1 WHERE id = ?1', id);
        assert.equal((await whoami(client)).status, 401);
        await s.sql('UPDATE api_tokens SET expires_at = NULL WHERE id = ?1', id);
        assert.equal((await whoami(client)).status, 200);
        await s.paqueteria(['token', 'revoke', String(id)]);
        const answer = await whoami(client);
        assert.equal(answer.status, 401);
        assert.match(answer.json.detail, /no es válido, venció o fue revocado/);
        for (const authorization of [`Bearer paq_${'x'.repeat(43)}`, 'Bearer', 'Bearer ',
            `Basic ${Buffer.from('oper:x').toString('base64')}`,
            `Bearer ${'x'.repeat(3000)}`, 'bearer paq_']) {
            const bad = await s.client().request('GET', '/api/v1/whoami',
                { headers: { Authorization: authorization } });
            assert.equal(bad.status, 401, authorization);
            assert.equal(bad.headers['www-authenticate'], 'Bearer');
        }
    });

    test('a bad token is refused even where none is needed', async () => {
        const bad = s.client({ bearer: `paq_${'x'.repeat(43)}` });
        assert.equal((await bad.get('/api/v1/rates/current')).status, 401);
    });

    test('its use is shown, its secret is nowhere', async () => {
        const client = await add('OPERADOR', PEOPLE.OPERADOR.username);
        await whoami(client);
        await poll('the last use', async () =>
            await s.value('SELECT last_used_at FROM api_tokens ORDER BY id DESC LIMIT 1'));
        assert.ok(!JSON.stringify(await s.snapshot()).includes(client.bearer.slice(9)));
        const list = await s.paqueteria(['token', 'list']);
        assert.ok(list.includes(client.bearer.slice(0, 8)) && !list.includes(client.bearer));
        assert.ok(!s.log('serve').includes(client.bearer) && !s.log('nginx.access').includes(client.bearer));
    });
});
