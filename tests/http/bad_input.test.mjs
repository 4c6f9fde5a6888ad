// Bad input of people, browsers and worse gets a clear Spanish answer with the right status that
// names the field and keeps what was typed, and nothing is lost or broken by it.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { System, poll, top } from '../helpers/system.mjs';
import { forms, multipart, unescape } from '../helpers/client.mjs';
import { announce, announced, announced_by_mail, hand_over, new_guide, new_phone, on_shelf, pickup_code, quote, receive, row, wrong_code }
    from '../helpers/shop.mjs';
import { jpeg, jpeg_photo, photo, png } from '../helpers/image.mjs';

const REAL_PHOTOS = path.join(top, '../shared/data/photos');

let s, anybody, oper, spool;
before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    anybody = s.client();
    oper = await s.as('OPERADOR');
    spool = path.join(s.dir, 'spool');
});
after(() => s?.stop());

// Waits until the spool is empty but for the originals of damaged photos, which rows know.
const empty_spool = () => poll('an empty spool', async () => {
    await s.hasten();
    const kept = (await s.sql("SELECT spool_path FROM package_files WHERE spool_path IS NOT NULL AND state = 'failed'"))
        .map((f) => path.basename(f.spool_path));
    return fs.readdirSync(spool).every((name) => kept.includes(name));
});
beforeEach(() => s.sql("DELETE FROM throttles WHERE key LIKE 'pickup:%'"));

// A form that came back: status, the sentence at the field, and in the summary.
function came_back(answer, status, field, sentence) {
    assert.equal(answer.status, status, answer.words.slice(0, 500));
    const at = answer.text.match(new RegExp(`id="e-${field}">(?:<svg[^]*?</svg>)?<span>([^<]*)</span>`));
    assert.ok(at, `no message at ${field}: ${answer.words.slice(0, 500)}`);
    assert.match(unescape(at[1]), sentence);
    assert.match(answer.text, new RegExp(`href="#f-${field}"`));
    assert.match(answer.text, new RegExp(
        `id="f-${field}"[^>]*aria-invalid="true"|aria-describedby="[^"]*e-${field}`), field);
    assert.match(answer.words, /^Error: /, 'the title says that something is wrong');
}

const typed = { name: 'Rosa "la Ñata" & <hijos>', carrier: 'Servientrega', building: 'Torres del Sol',
    tower: 'B', apartment: '501' };
const keeps = (answer, action, fields) => {
    const form = answer.form(action).fields;
    for (const [name, value] of Object.entries(fields))
        assert.equal(form[name], value, name);
};
const counts = async () => [await s.value('SELECT count(*) FROM packages'),
    await s.value('SELECT count(*) FROM customers'),
    await s.value('SELECT count(*) FROM notifications'), await s.value('SELECT count(*) FROM payments')];

describe('an announcement', () => {
    const wrong = async (fields, field, sentence, status = 422) => {
        const kept = await counts();
        const answer = await announce(anybody, { ...typed, ...fields });
        came_back(answer, status, field, sentence);
        assert.deepEqual(await counts(), kept);
        keeps(answer, '/announce', { ...typed, ...fields });
        return answer;
    };

    test('with a wrong phone', async () => {
        for (const phone of ['12345', '2005551234', '+57 300 555 12', '+1', 'trescientos', '300555123456789012',
            '+57 800 555 1234', '300 555 123x'])
            await wrong({ phone }, 'phone', /celular de diez dígitos, por ejemplo 300 123 4567/);
    });

    test('without consent, which is asked again and not ticked by us', async () => {
        const answer = await wrong({ consent: undefined }, 'consent', /Acepte el tratamiento de sus datos/);
        assert.equal((await anybody.submit(answer, '/announce', { consent: '1' })).status, 303);
    });

    test('with a guide that is none, two that are one, or too many', async () => {
        const one = new_guide();
        for (const [guides, sentence] of [['', /al menos una guía/], ['ABC', /«ABC» no se entiende/],
            ['guía con eñes y más', /no se entiende/],
            ['A'.repeat(51), /no se entiende/],
            [Array.from({ length: 21 }, new_guide).join('\n'), /como máximo 20 guías/]])
            await wrong({ guides }, 'guides', sentence);
    });

    test('with two guides on a line or a shop\'s message, once its writer has seen what was understood', async () => {
        const page = await anybody.get('/announce'), one = '700011112233', two = '700011112234', other = '9123456788';
        for (const [guides, says, lines] of [[`${one} ${two}`, /Entendimos 2 guías: 700011112233 y 700011112234\./, [one, two]],
            [`Hola Rosa, tu pedido 2000012345 va con la guía ${other}. Dudas: 3005550011`, /Entendimos una guía: 9123456788\./, [other]]]) {
            const asked = await anybody.submit(page, '/announce', { name: 'Rosa Prueba', phone: new_phone(), consent: '1', guides });
            assert.equal(asked.status, 422);
            assert.match(asked.words, says);
            assert.deepEqual(asked.form('/announce').fields.guides.split(/\r?\n/), lines);
            const done = await anybody.submit(asked, '/announce', { consent: '1' });
            assert.equal(done.status, 303, done.words);
            for (const guide of lines)
                assert.equal((await row(s, guide)).state, 'ANUNCIADO', guide);
        }
    });

    test('what is understood of the guides is told before they are sent, as they will be taken', async () => {
        const told = async (guides) => (await anybody.post('/api/v1/announcements/guides', { json: { guides } })).json;
        assert.deepEqual(await told('700011112233 700011112234'), { guides: [{ guide_number: '700011112233' }, { guide_number: '700011112234' }],
            repeated: 0, not_understood: 0, too_many: false, words: '2 guías: 700011112233 · 700011112234' });
        assert.equal((await told('700011112233\n7000 1111 2233')).words, 'Una guía: 700011112233. Una está repetida');
        assert.equal((await told('')).words, null);
        assert.equal((await anybody.post('/api/v1/announcements/guides', { json: { guides: 'x'.repeat(2001) } })).status, 422);
    });

    test('with a name, an e-mail or a value that is none', async () => {
        for (const name of ['X', ' ', 'ñ'.repeat(101)])
            await wrong({ name }, 'name', /nombre completo|como máximo 100/);
        for (const email of ['rosa', 'rosa@', '@example.com', 'rosa@example', 'a@b@c.com',
            `${'x'.repeat(250)}@example.com`])
            await wrong({ email }, 'email', /correo|como máximo 254/i);
        for (const declared_value of ['mucho', '1,5', '-3', '99999999999'])
            await wrong({ declared_value }, 'declared_value', /pesos|número entre/);
    });

    test('with everything wrong names everything, in the order of the form', async () => {
        const answer = await announce(anybody, { name: '', phone: '', guides: '', consent: undefined, email: 'x' });
        assert.equal(answer.status, 422);
        assert.deepEqual([...answer.text.matchAll(/href="#f-(\w+)"/g)].map((m) => m[1]),
            ['name', 'phone', 'email', 'guides', 'consent']);
        assert.match(answer.text, /<details class="more" open>/, 'what is wrong is not hidden');
    });

    test('sent twice is one announcement, whether one after the other or at once', async () => {
        const page = await anybody.get('/announce');
        const fields = { ...typed, phone: new_phone(), guides: new_guide(), consent: '1' };
        const answers = await Promise.all([1, 2, 3, 4].map(() => anybody.submit(page, '/announce', fields)));
        answers.push(await anybody.submit(page, '/announce', fields));
        assert.deepEqual(answers.map((a) => a.status), Array(5).fill(303));
        assert.equal(new Set(answers.map((a) => a.location)).size, 1);
        assert.equal(await s.value('SELECT count(*) FROM packages WHERE guide_number = ?1', fields.guides), 1);
        const other = await anybody.submit(page, '/announce', { ...fields, guides: new_guide() });
        assert.equal(other.status, 422);
        assert.match(other.words, /Ese formulario ya se usó con otros datos/);
        assert.equal((await anybody.submit(other, '/announce')).status, 303, 'the page has a new one');
    });

    test('on a page that was open since yesterday is shown again, filled in', async () => {
        const page = await anybody.get('/announce');
        const stale = page.form('/announce').fields.csrf.replace(/\.\d+\./, '.1000000000.');
        const fields = { ...typed, phone: new_phone(), guides: new_guide(), consent: '1', csrf: stale };
        const answer = await anybody.submit(page, '/announce', fields);
        assert.equal(answer.status, 403);
        assert.match(answer.words, /La página estuvo abierta mucho tiempo/);
        keeps(answer, '/announce', { ...typed, phone: fields.phone, guides: fields.guides, consent: '1' });
        assert.equal((await anybody.submit(answer, '/announce')).status, 303);
    });

    test('without any token is refused, and changes nothing', async () => {
        const kept = await counts();
        const answer = await anybody.post('/announce',
            { form: { ...typed, phone: new_phone(), guides: new_guide(), consent: '1' } });
        assert.equal(answer.status, 403);
        assert.deepEqual(await counts(), kept);
    });

    test('more often than an hour allows must wait', async () => {
        await s.sql("INSERT INTO throttles (key, count, window_start) VALUES ('announce:127.200.1.0', 100000, unixepoch())");
        const client = s.client({ from: '127.200.1.9' });
        const answer = await announce(client, typed);
        assert.equal(answer.status, 429);
        assert.ok(Number(answer.headers['retry-after']) > 3000);
        assert.match(answer.words, /Demasiados intentos\. Espere \d+ minutos/);
        keeps(answer, '/announce', typed);
    });
});

describe('a photo', () => {
    const page_of = async () => {
        const p = await announced(s, anybody);
        return { p, page: await oper.get(`/receive?guide=${p.guide_number}`) };
    };
    const refused = async (photos, status, sentence) => {
        const { p, page } = await page_of();
        const fields = { type: 'EXTRA_DIMENSIONADO', position: '77', observations: 'Una esquina mojada' };
        const answer = await oper.submit(page, '/receive', fields, { photos });
        came_back(answer, status, 'photos', sentence);
        keeps(answer, '/receive', { ...fields, guide: p.guide_number });
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
        await empty_spool();
        assert.equal((await oper.submit(answer, '/receive')).status, 303, 'without photos the next try works');
        await s.sql("UPDATE positions SET used = 0 WHERE code = '77'");
        await s.sql('UPDATE packages SET position_id = NULL WHERE id = ?1', p.id);
    };

    test('of 60 MB', () => refused([photo('grande.jpg', 'image/jpeg', Buffer.concat([jpeg(), Buffer.alloc(60 << 20)]))],
        413, /Cada foto puede pesar como máximo 12 MB/));

    test('of a little more than 12 MB, among good ones', () => refused([jpeg_photo(),
        photo('grande.jpg', 'image/jpeg', Buffer.concat([jpeg(), Buffer.alloc(12 << 20)])), jpeg_photo()], 413,
        /como máximo 12 MB/));

    test('that is a PNG by its name only',
        () => refused([photo('falsa.png', 'image/png', 'esto no es una foto, aunque lo diga')],
        422, /«falsa\.png» no es una foto que sepamos leer\. Use JPEG, PNG, WebP o HEIC/));

    test('that is something else behind the first bytes of one', async () => {
        for (const [name, data] of [['a.png', Buffer.concat([png().subarray(0, 8), Buffer.from('no'.repeat(40))])],
            ['b.jpg', Buffer.from([0xff, 0xd8, 0xff, ...Array(60).fill(1)])],
            ['c.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.repeat(3))],
            ['d.gif', Buffer.from(`GIF89a${'x'.repeat(60)}`)],
            ['e.pdf', Buffer.from(`%PDF-1.4${'x'.repeat(60)}`)], ['f.jpg', Buffer.alloc(0)],
            ['g.html', Buffer.from('<html><script>alert(1)</script></html>'.repeat(2))],
            ['h.webp', Buffer.from(`RIFF0000WEBPVP8X${'\0'.repeat(4)}`)]])
            await refused([photo(name, 'image/jpeg', data)], 422, /no es una foto que sepamos leer/);
    });

    test('of more than fifty megapixels, however few bytes',
        () => refused([photo('mural.jpg', 'image/jpeg', jpeg(9000, 6000))],
        422, /«mural\.jpg» tiene más de 50 megapíxeles/));

    test('seven of them', () => refused(Array.from({ length: 7 }, () => jpeg_photo()), 422, /como máximo 6 fotos/));

    test('with a name that means harm is named as text', () => refused(
        [photo('../../<script>alert(1)</script>.png', 'image/png', 'x'.repeat(100))], 422, /<script>.*no es una foto/));

    test('that is damaged inside is received, and shown as failed', async () => {
        const { p, page } = await page_of();
        const broken = Buffer.concat([png().subarray(0, 60), Buffer.alloc(40)]);
        assert.equal((await oper.submit(page, '/receive', {},
            { photos: [photo('rota.png', 'image/png', broken)] })).status, 303);
        await poll('the photo to fail',
            async () => (await s.value('SELECT state FROM package_files WHERE package_id = ?1',
            p.id)) === 'failed', 30000);
        assert.match(await s.value('SELECT error FROM package_files WHERE package_id = ?1', p.id),
            /dañada|no es una foto/);
        assert.equal((await oper.get(`/packages/${p.id}`)).status, 200);
        assert.doesNotMatch((await anybody.get(`/t/${p.public_token}`)).words, /Estamos preparando una foto/);
        await empty_spool();
    });

    test('the corrupted one of the collection', async (t) => {
        const file = path.join(REAL_PHOTOS, 'corrupted.jpg');
        if (!fs.existsSync(file))
            return t.skip('the collection of photos is not here');
        const { p, page } = await page_of();
        const answer = await oper.submit(page, '/receive', {},
            { photos: [photo('corrupted.jpg', 'image/jpeg', fs.readFileSync(file))] });
        if (answer.status === 422)
            return came_back(answer, 422, 'photos', /no es una foto que sepamos leer/);
        assert.equal(answer.status, 303, answer.words);
        await poll('its end', async () =>
            (await s.value('SELECT state FROM package_files WHERE package_id = ?1', p.id)) !== 'pending', 30000);
        assert.equal(await s.value('SELECT state FROM package_files WHERE package_id = ?1', p.id), 'failed');
        await empty_spool();
    });

    test('a form that is cut off, or is no form, is 400 and leaves nothing behind', async () => {
        const { page } = await page_of();
        const { csrf } = page.form('/receive').fields;
        const whole = multipart({ csrf, guide: new_guide(), photos: jpeg_photo() });
        for (const body of [whole.body.subarray(0, -20), whole.body.subarray(0, 200),
            Buffer.from('--x\r\n\r\n'), Buffer.alloc(0)]) {
            const answer = await oper.post('/receive', { body, headers: { 'Content-Type': whole.type } });
            assert.ok([400, 403].includes(answer.status), `${answer.status} for ${body.length} bytes`);
        }
        for (const type of ['multipart/form-data', 'multipart/form-data; boundary=',
            `multipart/form-data; boundary=${'x'.repeat(80)}`, 'multipart/form-data; boundary="a'])
            assert.equal((await oper.post('/receive', { body: whole.body, headers: { 'Content-Type': type } }))
                .status, 400, type);
        await empty_spool();
    });

    test('whoever goes away in the middle leaves nothing behind', async () => {
        const { page } = await page_of();
        const whole = multipart({ csrf: page.form('/receive').fields.csrf, guide: new_guide(), photos: jpeg_photo() });
        const gone = s.client();
        gone.cookies = oper.cookies;
        const sent = gone.request('POST', '/receive', { body: whole.body, headers: { 'Content-Type': whole.type,
            'Content-Length': whole.body.length + 1000 } });
        sent.catch(() => {});
        await poll('the request to be under way',
            () => Object.values(gone.agent.sockets).flat().some((x) => x.bytesWritten > 100));
        gone.close();
        await assert.rejects(sent);
        await empty_spool();
        assert.equal((await anybody.get('/health')).status, 200);
    });
});

describe('at the counter', () => {
    test('a code tried six times pauses the field for a minute, and is written down', async () => {
        const p = await on_shelf(s, anybody, oper), code = await pickup_code(anybody, p);
        const audits = await s.value("SELECT count(*) FROM audit_log WHERE action = 'pickup_code_wrong'");
        for (let i = 1; i <= 5; i++) {
            const answer = await quote(oper, wrong_code(code));
            assert.ok([404, 429].includes(answer.status) && (i === 5 || answer.status === 404),
                `${i}: ${answer.status}`);
            assert.equal(answer.form('/deliver/quote').fields.code, wrong_code(code));
            assert.match(answer.words, /no corresponde a ningún paquete|Cinco códigos errados/);
        }
        const paused = await quote(oper, code);
        came_back(paused, 429, 'code', /Cinco códigos errados seguidos\. Espere \d+ segundos/);
        assert.ok(Number(paused.headers['retry-after']) > 50 && Number(paused.headers['retry-after']) <= 60);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'pickup_code_wrong'"), audits + 5);
        const boss = await s.as('ADMIN');
        assert.equal((await quote(boss, code)).status, 200, 'it is the field of one operator');
        await s.sql("UPDATE throttles SET blocked_until = unixepoch() - 1 WHERE key LIKE 'pickup:%'");
        assert.equal((await quote(oper, code)).status, 200);
    });

    test('nor does the form of the hand-over take a seventh', async () => {
        const p = await on_shelf(s, anybody, oper), code = await pickup_code(anybody, p);
        const page = await oper.get(`/deliver?package=${p.id}`);
        for (let i = 0; i < 5; i++)
            await oper.submit(page, '/deliver', { code: wrong_code(code), method: 'efectivo' });
        const answer = await oper.submit(page, '/deliver', { code, method: 'efectivo' });
        came_back(answer, 429, 'code', /Cinco códigos errados/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('a form sent twice receives once, and hands over once', async () => {
        const p = await announced(s, anybody);
        const page = await oper.get(`/receive?guide=${p.guide_number}`);
        const twice = await Promise.all([1, 2,
            3].map(() => oper.submit(page, '/receive', {}, { photos: [jpeg_photo()] })));
        assert.deepEqual(twice.map((a) => [a.status, a.location]), Array(3).fill([303, `/receive?done=${p.id}`]));
        assert.equal(await s.value("SELECT count(*) FROM package_events WHERE package_id = ?1 AND kind = 'RECEPCION'", p.id), 1);
        assert.equal(await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1', p.id), 1);
        const form = await quote(oper, await pickup_code(anybody, p));
        const given = await Promise.all([1, 2, 3].map(() => oper.submit(form, '/deliver', { method: 'efectivo' })));
        assert.deepEqual(given.map((a) => a.status), [303, 303, 303]);
        assert.equal(await s.value('SELECT sum(amount) FROM payments WHERE package_id = ?1', p.id), 1500);
    });

    test('a form from before somebody else acted is a conflict that says what happened', async () => {
        const p = await on_shelf(s, anybody, oper), code = await pickup_code(anybody, p), boss = await s.as('ADMIN');
        const mine = await quote(oper, code);
        assert.equal((await hand_over(boss, code)).status, 303);
        const answer = await oper.submit(mine, '/deliver', { method: 'efectivo' });
        assert.ok([404, 409].includes(answer.status), answer.words);
        assert.match(answer.words, /ya fue entregado|no corresponde a ningún paquete/);
        const q = await announced(s, anybody), page = await oper.get(`/receive?guide=${q.guide_number}`);
        await receive(boss, q.guide_number, { position: '88' });
        const late = await oper.submit(page, '/receive');
        assert.equal(late.status, 409);
        assert.match(late.words, /ya está recibido, en la posición 88/);
    });

    test('a form whose operation id is missing is refused', async () => {
        const p = await announced(s, anybody), page = await oper.get(`/receive?guide=${p.guide_number}`);
        for (const operation_id of [undefined, '', 'corto', 'x'.repeat(200), 'con espacios dentro de él'])
            assert.equal((await oper.submit(page, '/receive', { operation_id })).status, 400, operation_id);
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
    });

    test('a form of an expired session does nothing, and waits with what was typed for the sign-in', async () => {
        const client = await s.as('OPERADOR'), p = await announced(s, anybody);
        const page = await client.get(`/receive?guide=${p.guide_number}`);
        await s.sql("DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions)");
        const held = await client.submit(page, '/receive', { observations: 'caja "rota" <abajo>' });
        assert.equal(held.status, 401);
        assert.match(held.words, /Su sesión terminó/);
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');

        const again = await s.as('OPERADOR');
        const form = await again.submit(held, '/receive');
        assert.equal(form.status, 403);
        assert.match(form.words, /Revise lo que escribió y envíe de nuevo/);
        assert.equal(form.form('/receive').fields.observations, 'caja "rota" <abajo>');
        assert.equal((await again.submit(form, '/receive')).status, 303);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('a form that somebody else sends to an expired session is not held', async () => {
        const answer = await s.client().post('/receive', { form: { guide: new_guide() },
            headers: { 'Origin': 'https://example.com', 'Sec-Fetch-Site': 'cross-site' } });
        assert.equal(answer.status, 303);
        assert.match(answer.location, /^\/auth\/login/);
    });

    test('positions, methods and guides that are none are named', async () => {
        const p = await announced(s, anybody), page = await oper.get(`/receive?guide=${p.guide_number}`);
        came_back(await oper.submit(page, '/receive', { position: 'Z9' }), 422, 'position', /No existe la posición Z9/);
        came_back(await oper.submit(page, '/receive', { type: 'ENORME' }), 422, 'type', /NORMAL, EXTRA_DIMENSIONADO/);
        came_back(await oper.submit(page, '/receive', { condition: 'MOJADO' }), 422, 'condition', /BUENO, ABIERTO, REGULAR/);
        const unknown = await oper.get(`/receive?guide=${new_guide()}`);
        const long = await oper.submit(unknown, '/receive', { carrier: 'x'.repeat(61), observations: 'caja azul' });
        came_back(long, 422, 'carrier', /60 caracteres/);
        assert.equal(long.form('/receive').fields.observations, 'caja azul');
        came_back(await oper.get('/receive?guide=abc'), 422, 'guide', /de 5 a 50 letras y números/);
        came_back(await oper.get("/receive?guide=ABC'123456"), 422, 'guide', /teclado de otro idioma/);
        const advert = `https://example.com/promo?x=${'A'.repeat(700)}`, back = await oper.get(`/receive?guide=${encodeURIComponent(advert)}`);
        came_back(back, 422, 'guide', /de 5 a 50 letras y números/);
        assert.match(back.text, /<input[^>]* name="guide"[^>]* data-scan/, 'the page still has its field');
        for (const path of ['/find', '/packages']) {
            const answer = await oper.get(`${path}?q=${encodeURIComponent(advert)}`);
            assert.equal(answer.status, 200, `${path}: ${answer.words}`);
            assert.match(answer.text, /id="omnibox"[^>]*value="https:\/\/example/, 'and the words that nothing has');
        }
        came_back(await quote(oper, 'nadie así'), 404, 'code', /Ningún paquete por entregar coincide con «nadie así»/);
        came_back(await quote(oper, ''), 422, 'code', /hace falta/);
    });
});

describe('what people paste', () => {
    test('marks that nobody sees are dropped from phone, name, e-mail and guide, and 00 is +', async () => {
        const guide = new_guide();
        const sent = await announce(anybody, { name: '\u200eAna\u200b Prueba\ufeff', phone: '\u202a+57 300 555 1002\u202c',
            email: '\u2066ana@example.com\u2069', guides: `\u200f${guide}\u00ad` });
        assert.equal(sent.status, 303, sent.words);
        const p = (await s.sql('SELECT announced_name, announced_phone FROM packages WHERE guide_number = ?1', guide))[0];
        assert.deepEqual({ ...p }, { announced_name: 'Ana Prueba', announced_phone: '+573005551002' });
        assert.equal((await announce(anybody, { phone: '0057 300 555 1002' })).status, 303);
        const api = await anybody.post('/api/v1/announcements', { json: { name: 'Ana Prueba', phone: '\u202a3005551002\u202c',
            guides: [new_guide()], consent: true } });
        assert.equal(api.status, 201, api.text);
    });

    test('a stop, a bracket or a slash glued to the link of a page leads to the page, whichever it is', async () => {
        const p = await announced(s, anybody), link = `/t/${p.public_token}`;
        for (const glued of [`${link}.`, `${link})`, `${link}/`, `${link}).`, `${link}%22`, `${link}_`, `${link}~`, `${link}%E2%80%A6`, `${link}%C2%BB,`]) {
            const answer = await anybody.get(glued);
            assert.deepEqual([answer.status, answer.location], [303, link], glued);
        }
        assert.equal((await anybody.get('/announce/')).location, '/announce');
        assert.equal((await anybody.get('/announce/?guide=ABC123')).location, '/announce?guide=ABC123');
        assert.equal((await anybody.get('/help.')).location, '/help');
        assert.equal((await anybody.get('//example.com/')).status, 404);
        assert.equal((await anybody.get('/nada.')).location, '/nada');
        assert.equal((await anybody.get('/api/v1/track/AB23CD.')).status, 404, 'a program says what it means');
        assert.equal((await anybody.post('/announce/', { form: {} })).status, 404);
    });

    test('the address of a search that is printed and bookmarked shows the package, a stop behind the code or not', async () => {
        const p = await announced(s, anybody);
        for (const q of [`auto_search=${p.tracking_code}`, `auto_search=${p.tracking_code}.`, `q=${p.tracking_code})`, `q=&auto_search=${p.guide_number}`])
            assert.match((await anybody.get(`/search?${q}`)).words, /Todavía no ha llegado/, q);
        const none = await anybody.get('/search?auto_search=ZZZZ22');
        assert.equal(none.status, 404);
        assert.match(none.text, /name="q"[^>]*value="ZZZZ22"/);
    });

    test('JSON that begins with a byte order mark, or calls its letters utf8, is read', async () => {
        const sent = (charset, mark) => anybody.request('POST', '/api/v1/announcements', { headers: { 'Content-Type': `application/json${charset}` },
            body: `${mark}${JSON.stringify({ name: 'Ana Prueba', phone: new_phone(), guides: [new_guide()], consent: true })}` });
        for (const [charset, mark] of [['; charset=utf8', ''], ['', '\ufeff'], ['; charset="UTF-8"', '\ufeff'], ['; charset=utf8', '\ufeff']]) {
            const answer = await sent(charset, mark);
            assert.equal(answer.status, 201, `${charset} ${answer.text}`);
        }
        assert.equal((await sent('; charset=latin1', '')).status, 415);
        assert.equal((await sent('', '\ufeff\ufeff')).status, 400, 'one mark, not two');
    });

    test('a browser that hides the origin of a form is taken at its word that it is ours, else told why not', async () => {
        const page = await anybody.get('/announce'), { fields } = page.form('/announce');
        const sent = (headers) => anybody.post('/announce', { headers: { Origin: 'null', ...headers },
            form: { ...fields, name: 'Ana Prueba', phone: new_phone(), guides: new_guide(), consent: '1' } });
        const mute = await sent({ 'Sec-Fetch-Site': null });
        assert.equal(mute.status, 403);
        assert.match(mute.words, /no dice que el envío venga de esta página/);
        assert.doesNotMatch(mute.words, /mucho tiempo/);
        assert.equal((await sent({ 'Sec-Fetch-Site': 'same-origin' })).status, 303);
    });

    test('a foreign number without its + is told that it needs one', async () => {
        came_back(await announce(anybody, { phone: '34600123456' }), 422, 'phone', /con \+ y su indicativo: \+34600123456/);
    });
});

describe('bytes', () => {
    test('NUL, bad UTF-8 and control characters are named, and what else was typed stays', async () => {
        const page = await anybody.get('/announce');
        const { csrf } = page.form('/announce').fields;
        for (const [bytes, name] of [['a%00b', 'NUL'], ['%ff', 'no UTF-8'], ['%c3', 'half a letter'],
            ['a%01b', 'a control character'], ['%ed%a0%80', 'a surrogate'],
            ['%f8%88%80%80%80', 'too long a form']])
            for (const field of ['name', 'phone', 'guides', 'email', 'carrier', 'apartment']) {
                const form = `csrf=${csrf}&building=Torres+del+Sol&${field}=${bytes}`;
                const answer = await anybody.post('/announce', { form });
                came_back(answer, 422, field, /caracteres que no se pueden leer/);
                keeps(answer, '/announce', { building: 'Torres del Sol' });
                assert.match(answer.form('/announce').fields[field], /^a?$/, name);
                assert.ok(!answer.body.includes(0), name);
            }
    });

    test('in the name of a field or in an address they are 400', async () => {
        for (const form of ['na%00me=x', 'na%ffme=x', '%00=%00'])
            assert.equal((await anybody.post('/announce', { form })).status, 400, form);
        for (const at of ['/announce/%ff', '/t/%01', '/search?%ff=1'])
            assert.equal((await anybody.get(at)).status, 400, at);
    });

    test('a search for anything strange finds nothing, calmly', async () => {
        for (const q of ["' OR 1=1 --", '%', '_', '\\', '"', '*', "'; DROP TABLE packages; --",
            '../../etc/passwd', '${7*7}', '{{7*7}}',
            '<?cs var:x ?>', 'NaN', '٣٠٠', '🙂', 'a'.repeat(1000)]) {
            const answer = await anybody.get(`/search?q=${encodeURIComponent(q)}`);
            assert.equal(answer.status, 404, q);
            assert.match(answer.words, /No encontramos ese paquete/);
            const found = await oper.get(`/find?q=${encodeURIComponent(q.slice(0, 90))}`);
            assert.ok([200, 303].includes(found.status), `${q}: ${found.status}`);
        }
        assert.ok(await s.value('SELECT count(*) FROM packages') > 0);
    });
});

describe('markup', () => {
    const evil = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>&amp;{{7*7}}';
    const harmless = (page, where) => {
        assert.ok(!/<script>alert|<img src=x|onerror=alert\(2\)>/.test(page.text), where);
        for (const form of forms(page.text))
            assert.ok(!/<script>alert/.test(form.html), where);
    };

    test('in every field of the announcement comes back as text', async () => {
        const page = await anybody.get('/announce');
        const fields = Object.fromEntries(Object.keys(page.form('/announce').fields).concat('guides', 'consent')
            .filter((name) => !['csrf', 'operation_id'].includes(name)).map((name) => [name, evil]));
        const answer = await anybody.submit(page, '/announce', fields);
        assert.equal(answer.status, 422);
        harmless(answer, 'the form again');
        for (const name of ['name', 'email', 'building', 'guides'])
            assert.equal(answer.form('/announce').fields[name], evil, name);
    });

    test('in what is stored is text on every page, and plain in messages', async () => {
        const email = 'marcado@example.com', phone = new_phone();
        const p = await announced_by_mail(s, anybody,
            { name: evil.slice(0, 99), building: evil.slice(0, 79),
            tower: evil.slice(0, 39), apartment: evil.slice(0, 39), email, phone });
        await receive(oper, p.guide_number, { observations: evil });
        const page = await oper.get(`/packages/${p.id}`);
        assert.ok(page.words.includes(evil.slice(0, 40)) || unescape(page.text).includes(evil.slice(0, 40)),
            'it is shown');
        await oper.submit(page, `/packages/${p.id}/notes`, { note: evil });
        const quoted = await quote(oper, await pickup_code(anybody, p));
        for (const [where, seen] of Object.entries({ quoted, detail: await oper.get(`/packages/${p.id}`),
            list: await oper.get('/packages'),
            found: await oper.get(`/find?q=${encodeURIComponent('<script>')}`), dashboard: await oper.get('/dashboard'),
            link: await anybody.get(`/t/${p.public_token}`), code: await anybody.get(`/search?q=${p.tracking_code}`),
            scan: await oper.get(`/receive?guide=${p.guide_number}`), people: await quote(oper, '<script>') }))
            harmless(seen, where);
        const given = await oper.submit(quoted, '/deliver',
            { method: 'nequi', reference: evil.slice(0, 59), receiver_name: evil.slice(0, 90) });
        assert.equal(given.status, 303, given.words);
        harmless(await oper.follow(given), 'done');
        harmless(await anybody.get(`/t/${p.public_token}/receipt`), 'receipt');
        await s.settled();
        const letters = s.mails(email);
        assert.ok(letters.length >= 2 && letters.every((m) => !m.html || !m.html.includes('<script>')));
        assert.ok(letters.every((m) => !/[\r\n]/.test(m.subject)));
    });

    test('in an address is text on the page that refuses it', async () => {
        for (const at of [`/announce?guide=${encodeURIComponent('"><script>alert(1)</script>')}`,
            `/search?q=${encodeURIComponent(evil)}`,
            `/${encodeURIComponent('<script>alert(1)</script>')}`,
            `/auth/login?next=${encodeURIComponent('"><script>alert(1)</script>')}`,
            `/docs/errors/${encodeURIComponent('<script>alert(1)</script>')}`,
            `/announce/done?c=${encodeURIComponent('<script>alert(1)</script>')}`])
            harmless(await anybody.get(at), at);
        harmless(await oper.get(`/packages?state=${encodeURIComponent(evil)}&${encodeURIComponent('<script>alert(1)</script>')}=1`), 'list');
        harmless(await oper.get(`/receive?guide=${encodeURIComponent(evil.slice(0, 60))}`), 'receive');
    });
});

describe('afterwards', () => {
    test('no program died, none answered 500, and the books are straight', async () => {
        const log = s.log('serve');
        assert.doesNotMatch(log, /status=500|serve\.died|signal|Assertion|abort/i);
        assert.doesNotMatch(s.log('worker'), /child_ended|Assertion/);
        await s.settled();
        await s.paqueteria(['package', 'verify']);
        assert.equal(await s.value("SELECT count(*) FROM packages WHERE state = 'ENTREGADO' AND total_fee - discount <> (SELECT"
            + ' coalesce(sum(amount), 0) FROM payments WHERE package_id = packages.id)'), 0);
        assert.equal(Object.values((await s.sql('PRAGMA integrity_check'))[0])[0], 'ok');
        await empty_spool();
    });
});
