// Rapid intake and the courier's drop: scans one after the other, what goes wrong told
// beside its guide, refused ones with their reason, one signature at the end.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System } from '../helpers/system.mjs';
import { announced, key, new_guide, new_key, new_phone, pickup_code, row,
    wrong_code } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

let s, pub, oper, boss;

before(async () => {
    s = await System.start();
    pub = s.client();
    oper = await s.as('OPERADOR');
    boss = await s.as('ADMIN');
});
after(() => s.stop());

const csrf = async (who) => (await who.get('/receive/rapid')).text.match(/name="csrf" value="([^"]+)"/)[1];

// Sends a scan as the script of the page does: for a fragment, and with a key of its own.
async function scan(text, { who = oper, key = new_key(), ...fields } = {}) {
    return who.post('/receive/rapid', { form: { csrf: await csrf(who), operation_id: key, scan: text, type: 'NORMAL',
        carrier: 'varias', ...fields }, headers: { 'HX-Request': 'true' } });
}
const open_batch = async () => (await s.sql("SELECT * FROM courier_batches WHERE closed_at IS NULL AND opened_by ="
    + " (SELECT id FROM users WHERE username = 'oper')"))[0];
const lines = async (id) => s.sql('SELECT * FROM courier_batch_lines WHERE batch_id = ?1 ORDER BY id', id);

describe('a scan', () => {
    test('receives what was announced, whoever typed its guide how', async () => {
        const p = await announced(s, pub);
        const answer = await scan(` ${p.guide_number.toLowerCase()} `);
        assert.equal(answer.status, 200, answer.text);
        const now = await row(s, p.guide_number);
        assert.equal(now.state, 'RECIBIDO');
        assert.match(answer.text, /data-sound="ok"/);
        assert.match(answer.words, /Póngalo en \d\d/);
        assert.match(answer.words, /Rosa Prueba/);
        assert.equal((await lines((await open_batch()).id)).at(-1).package_id, now.id);
    });

    test('receives by the tracking code as well', async () => {
        const p = await announced(s, pub);
        assert.equal((await scan(p.tracking_code)).status, 200);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('of a guide that nobody announced goes to the tray, with the carrier that it suggests', async () => {
        const answer = await scan('9123456780');
        assert.match(answer.words, /Por identificar/);
        const p = await row(s, '9123456780');
        assert.deepEqual([p.state, p.customer_id, p.carrier], ['RECIBIDO', null, 'Servientrega']);
        assert.match((await oper.get('/packages?unidentified=1')).text, /9123456780/);
        assert.match((await oper.get('/receive/rapid')).text, /name="carrier" value="varias"/, 'a hint is not the drop\'s');
        assert.equal((await scan('9123456781', { carrier: ' tcc' })).status, 200);
        assert.equal((await row(s, '9123456781')).carrier, 'TCC', 'what was said stands, by its name');
        assert.equal((await open_batch()).carrier, null, 'a drop is not what one of its parcels is');
    });

    test('of six digits, which a customer shows at hand-over, makes no parcel, live or not', async () => {
        const p = await announced(s, pub);
        await scan(p.guide_number);
        for (const code of [await pickup_code(pub, p), wrong_code(await pickup_code(pub, p))]) {
            const answer = await scan(code);
            assert.equal(answer.status, 422, 'the answer tells no live code from another');
            assert.match(answer.text, /verdict-bad.*data-sound="bad"/s);
            assert.match(answer.words, /son un código de entrega, no una guía/);
            assert.doesNotMatch(answer.words, /Rosa/);
            assert.equal(await row(s, code), undefined);
            assert.match((await oper.get(`/receive?guide=${code}`)).words, /Seis números solos suelen ser el código de entrega/);
        }
    });

    test('of a box that was scanned before is loud, and says where it is', async () => {
        const guide = new_guide();
        await scan(guide);
        const where = (await s.sql('SELECT s.code FROM packages p JOIN positions s ON s.id = p.position_id'
            + ' WHERE p.guide_number = ?1', guide))[0].code;
        const answer = await scan(guide);
        assert.equal(answer.status, 409);
        assert.match(answer.text, /verdict-bad.*role="alert" data-sound="bad"/s);
        assert.match(answer.words, /Ya está recibido/);
        assert.match(answer.text, new RegExp(`<p class="giant">${where}</p>`));
        assert.equal(await s.value('SELECT count(*) FROM packages WHERE guide_number = ?1', guide), 1);
    });

    test('sent again under its key, because the answer was lost, is done once', async () => {
        const guide = new_guide(), key = new_key(), before = (await lines((await open_batch()).id)).length;
        const answers = [await scan(guide, { key }), await scan(guide, { key })];
        assert.deepEqual(answers.map((a) => a.status), [200, 200]);
        assert.equal((await lines((await open_batch()).id)).length, before + 1);
    });

    test('of a position moves the last one there; of a full or unknown one says so', async () => {
        const guide = new_guide();
        await scan(guide);
        const moved = await scan('77');
        assert.match(moved.words, /Movido a 77/);
        assert.equal(await s.value('SELECT s.code FROM packages p JOIN positions s ON s.id = p.position_id'
            + ' WHERE p.guide_number = ?1', guide), '77');
        await scan(new_guide());
        assert.equal((await scan('77')).status, 409);
        assert.match((await scan('77')).words, /La posición 77 está ocupada/);
        assert.match((await scan('7Z')).words, /5 a 50/);
    });

    test('of something that is no guide, of nothing, of an old announcement is told beside it', async () => {
        for (const [text, says] of [['', /5 a 50/], ['AB', /5 a 50/], ['<script>x</script>', /5 a 50/]]) {
            const answer = await scan(text);
            assert.equal(answer.status, 422, text);
            assert.match(answer.words, says);
            assert.doesNotMatch(answer.text, /<script>x/);
        }
        const advert = (n) => `https://example.com/promo?x=${'A'.repeat(n)}`;
        for (const [fields, says] of [[{ scan: advert(60) }, /5 a 50/], [{ scan: advert(2000) }, /2000 caracteres/], [{ type: 'GRANDE' }, /NORMAL/], [{ nada: '1' }, /nada/],
            [{ csrf: 'x' }, /estuvo abierta mucho tiempo/]]) {
            const answer = await scan(new_guide(), fields);
            assert.ok([403, 422].includes(answer.status), `${answer.status}`);
            assert.match(answer.words, says);
            assert.match(answer.text, /^\s*<li class="[^"]*line-bad/, 'the fragment, not a page');
            assert.match(answer.text, /verdict-bad.*role="alert" data-sound="bad" data-say="[^"]+"/s);
        }
        const p = await announced(s, pub);
        await s.sql("UPDATE packages SET state = 'CANCELADO', cancelled_at = unixepoch(), cancel_reason = 'anuncio_expirado'"
            + ' WHERE id = ?1', p.id);
        const late = await scan(p.guide_number, { type: 'EXTRA_DIMENSIONADO', carrier: 'Envía' });
        assert.equal(late.status, 422);
        const why = late.text.match(/href="(\/receive\?[^"]+)">Decir por qué/)[1].replaceAll('&amp;', '&');
        const form = await oper.get(why);
        assert.match(form.text, /value="EXTRA_DIMENSIONADO" checked/);
        assert.match(form.text, /<option value="Envía" selected>/);
        const bare = await oper.submit(form, '/receive', {});
        assert.equal(bare.status, 422);
        const answer = await oper.submit(bare, '/receive', { late_reason: 'lo trajeron tarde' });
        assert.equal(answer.location, '/receive/rapid', 'and back to the series');
        const now = await row(s, p.guide_number);
        assert.deepEqual([now.state, now.type, now.carrier], ['RECIBIDO', 'EXTRA_DIMENSIONADO', 'Envía']);
        assert.equal((await lines((await open_batch()).id)).at(-1).package_id, p.id, 'it is on the list that is signed');
    });

    test('of a link, of a JSON text and of a bar code that holds more receives the parcel whose guide is inside', async () => {
        const guide = new_guide(), waybill = await announced(s, pub, { guides: '794808390594' });
        for (const [text, p] of [[`{"hub":"BOG","seq":12,"tracking_number":"${guide}","note":"${'x'.repeat(60)}"}`, await announced(s, pub, { guides: guide })],
            ['9622001560000000000000794808390594', waybill]]) {
            const answer = await scan(text);
            assert.equal(answer.status, 200, answer.words);
            assert.match(answer.words, /Rosa Prueba/);
            assert.equal(await s.value('SELECT state FROM packages WHERE id = ?1', p.id), 'RECIBIDO');
            assert.equal((await scan(text)).status, 409, 'the same box again');
        }
        const found = await oper.get('/find?q=9622001560000000000000794808390594');
        assert.equal(found.location, `/packages/${waybill.id}`);
        const link = `https://example.com/rastreo?guia=9123456799&utm_campaign=${'x'.repeat(80)}`;
        assert.match((await oper.get(`/receive?guide=${encodeURIComponent(link)}`)).text, /name="guide" value="9123456799"/);
    });

    test('of two guides that ran together is asked back, and the box can still be received alone', async () => {
        const first = new_guide(), second = new_guide();
        await scan(first);
        for (const text of [`${first}${second}`, `${first}${first}`, `${first}\t${second}`, '9123450001 9123450002']) {
            const answer = await scan(text);
            assert.equal(answer.status, 422, text);
            assert.match(answer.words, /Parecen dos guías leídas seguidas: \w+ y \w+/);
        }
        assert.equal(await s.value("SELECT count(*) FROM packages WHERE guide_key LIKE ?1 || '_%'", first), 0);
        const page = await oper.get(`/receive?guide=${first}${second}`);
        assert.match(page.words, /Parecen dos guías leídas seguidas/);
        assert.equal((await oper.submit(page, '/receive', {})).status, 303);
    });

    test('without scripts the page comes back with undo, and keeps the size', async () => {
        const page = await oper.get('/receive/rapid'), guide = new_guide();
        const answer = await oper.submit(page, '/receive/rapid', { scan: guide, type: 'EXTRA_DIMENSIONADO' });
        assert.equal(answer.status, 303, answer.words);
        const next = await oper.follow(answer);
        assert.match(next.words, /Recibido en la posición \d\d\..*Deshacer/);
        assert.match(next.text, /value="EXTRA_DIMENSIONADO" checked/);
        assert.match(next.words, /Entrega de varias transportadoras/);
        const wrong = await oper.submit(next, '/receive/rapid', { scan: 'AB' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.words, /5 a 50/);
    });

    test('is for who works at the counter, and needs a key and a token', async () => {
        const reader = await s.as('USUARIO');
        assert.equal((await reader.get('/receive/rapid')).status, 403);
        const answer = await oper.post('/receive/rapid', { form: { csrf: 'x', operation_id: 'k'.repeat(20), scan: new_guide() } });
        assert.equal(answer.status, 403);
        assert.equal((await scan(new_guide(), { key: 'corta' })).status, 400);
    });

    test('of a damaged box asks for photo and note, and comes back to the drop, which keeps carrier and size', async () => {
        const guide = new_guide();
        await s.sql("UPDATE courier_batches SET carrier = 'Envía' WHERE id = ?1", (await open_batch()).id);
        const series = await oper.get('/receive/rapid');
        const [, door] = series.text.match(/<form[^>]*action="\/receive">([\s\S]*?)<\/form>/);
        const kept = [...door.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map((m) => m.slice(1));
        assert.deepEqual(Object.fromEntries(kept), { condition: 'REGULAR', in_batch: '1', type: 'EXTRA_DIMENSIONADO', carrier: 'Envía' });
        const page = await oper.get(`/receive?${new URLSearchParams([...kept, ['guide', guide]])}`);
        assert.match(page.text, /value="EXTRA_DIMENSIONADO" checked/);
        assert.match(page.text, /<option value="Envía" selected>/);
        assert.match(page.text, /value="REGULAR" checked/);
        const bare = await oper.submit(page, '/receive', {});
        assert.equal(bare.status, 422);
        assert.match(bare.words, /al menos una foto/);
        assert.match(bare.text, /name="in_batch" value="1"/);
        const answer = await oper.submit(page, '/receive', { observations: 'esquina mojada' }, { photos: [jpeg_photo()] });
        assert.equal(answer.status, 303, answer.words);
        assert.equal(answer.location, '/receive/rapid');
        const p = await row(s, guide);
        assert.equal((await lines((await open_batch()).id)).at(-1).package_id, p.id);
        assert.deepEqual([p.type, p.carrier], ['EXTRA_DIMENSIONADO', 'Envía']);
        const api = await s.token('OPERADOR');
        await api.post('/api/v1/packages/receive', { json: { guide: new_guide(), in_batch: true }, headers: { 'Idempotency-Key': 'k'.repeat(20) } });
        const back = await oper.get('/receive/rapid');
        assert.match(back.words, /con daño/);
        assert.match(back.words, /Entrega de Envía/);
        assert.match(back.text, /value="EXTRA_DIMENSIONADO" checked/);
    });

    test('of one received alone has the carrier that its guide suggests, before the eyes and in the API', async () => {
        const page = await oper.get('/receive?guide=9123456784');
        assert.match(page.text, /<option value="Servientrega" selected>/);
        const cleared = await oper.submit(page, '/receive', { carrier: '', condition: 'REGULAR' });
        assert.doesNotMatch(cleared.text, /<option value="Servientrega" selected>/, 'what was said stands when the form comes back');
        const api = await s.token('OPERADOR');
        const got = await api.post('/api/v1/packages/receive', { json: { guide: '9123456785' }, headers: { 'Idempotency-Key': 'g'.repeat(20) } });
        assert.equal(got.json.carrier, 'Servientrega');
    });
});

describe('a box without a readable guide', () => {
    test('gets a number of its own, twice two, alone and in series, and its label', async () => {
        const page = await oper.get('/receive?guide=SIN+GUIA');
        assert.match(page.words, /Sin guía que se lea/);
        const numbers = [];
        for (const answer of [await oper.submit(page, '/receive'), await oper.submit(await oper.get('/receive?no_guide=1'), '/receive')]) {
            assert.equal(answer.status, 303, answer.words);
            const done = await oper.follow(answer);
            assert.match(done.text, /href="\/packages\/labels\?ids=\d+"[^>]*>.*Péguele su etiqueta/);
            numbers.push(done.words.match(/Guía (SG\d{8}) /)[1]);
        }
        for (const fields of [{ no_guide: '1' }, {}]) {
            const told = await scan(fields.no_guide ? '' : 's/g', fields);
            assert.equal(told.status, 200, told.words);
            numbers.push(told.words.match(/SG\d{8}/)[0]);
        }
        assert.equal(new Set(numbers).size, 4, numbers.join());
        const [first] = numbers, wrong = first.slice(0, -1) + (Number(first.at(-1)) + 1) % 10;
        assert.match((await oper.get(`/receive?guide=${first}`)).words, /Ya está recibido/);
        const typed = await oper.get(`/receive?guide=${wrong}`);
        assert.equal(typed.status, 422);
        assert.match(typed.words, /un dígito está mal escrito/);
        assert.equal((await scan(wrong)).status, 422);
    });

    test('is "su paquete" in the message to its person', async () => {
        const phone = new_phone(), page = await oper.get('/receive?no_guide=1');
        assert.equal((await oper.submit(page, '/receive', { name: 'Rosa Prueba', phone })).status, 303);
        assert.match((await s.sms_soon(phone, /recibimos/)).message, /recibimos su paquete\./);
    });
});

describe('a carrier', () => {
    test('of a drop is asked before its first parcel, stays what was said, and its parcels are of it', async () => {
        const page = await boss.get('/receive/rapid');
        assert.match(page.words, /¿De qué transportadora es la entrega\?/);
        const asked = await scan(new_guide(), { who: boss, carrier: '' });
        assert.equal(asked.status, 422);
        assert.match(asked.words, /Diga primero de qué transportadora/);
        assert.equal((await boss.submit(page, '/receive/rapid', { scan: new_guide(), carrier: 'otra' })).status, 422, 'which other one');
        const guide = new_guide(), first = await boss.submit(page, '/receive/rapid', { scan: guide, carrier: 'otra', carrier_other: 'Mensajeros  Ágiles' });
        assert.equal(first.status, 303, first.words);
        const next = await boss.follow(first);
        assert.match(next.words, /Entrega de Mensajeros Ágiles/);
        assert.equal((await boss.submit(next, '/receive/rapid', { scan: '9123456786' })).status, 303);
        assert.deepEqual([(await row(s, guide)).carrier, (await row(s, '9123456786')).carrier], ['Mensajeros Ágiles', 'Mensajeros Ágiles']);
        const api = await s.token('ADMIN');
        await api.post('/api/v1/packages/receive', { json: { guide: new_guide(), in_batch: true, carrier: 'Envía' }, headers: { 'Idempotency-Key': new_key() } });
        const [drop] = await s.sql("SELECT * FROM courier_batches WHERE closed_at IS NULL AND opened_by IN (SELECT id FROM users WHERE role = 'ADMIN')");
        assert.equal(drop.carrier, 'Mensajeros Ágiles');
        await boss.submit(await boss.get(`/receive/batch/${drop.id}`), `/receive/batch/${drop.id}/close`, { courier_name: 'Pedro R.' });
    });

    test('is written one way, however it is typed, and what was written once is in the list', async () => {
        const api = await s.token('OPERADOR');
        const of = async (carrier) => (await api.post('/api/v1/packages/receive',
            { json: { guide: new_guide(), carrier }, headers: { 'Idempotency-Key': new_key() } })).json.carrier;
        for (const [typed, name] of [['servientrega', 'Servientrega'], ['Servientrega ', 'Servientrega'], ['SERVI-ENTREGA', 'Servientrega'],
            ['interrapidisimo', 'Inter Rapidísimo'], ['472', '4-72'], ['Moto Ya', 'Moto Ya'], ['moto-ya', 'Moto Ya']])
            assert.equal(await of(typed), name, typed);
        const page = await oper.get(`/receive?guide=${new_guide()}`);
        assert.equal(page.text.match(/<option value="Moto Ya"/g).length, 1);
        assert.equal(await s.value("SELECT count(*) FROM carriers WHERE key = 'motoya'"), 1);
        const public_ = await pub.post('/api/v1/announcements', { json: { name: 'Rosa Prueba', phone: new_phone(), guides: new_guide(), consent: true,
            carrier: 'compre ya' } });
        assert.equal(public_.status, 422, 'a stranger adds nothing to the list');
        assert.match(public_.text, /Elija la transportadora en la lista/);
    });
});

describe('the drop', () => {
    test('notes what is refused; who announced it is told', async () => {
        const p = await announced(s, pub, { phone: new_phone() }), other = new_guide();
        for (const [fields, says] of [[{ guide: p.guide_number, refused: 'otro' }, /Diga por qué no se recibió/],
            [{ guide: '', refused: 'danado' }, /5 a 50/], [{ guide: other, refused: '' }, /hace falta/]]) {
            const bad = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid/refuse', fields);
            assert.equal(bad.status, 422);
            assert.match(bad.words, says);
        }
        for (const fields of [{ guide: p.guide_number, refused: 'danado' }, { guide: other, refused: 'otro', note: 'venía abierto' }]) {
            const answer = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid/refuse', fields);
            assert.equal(answer.status, 303, answer.words);
        }
        const now = await row(s, p.guide_number);
        assert.deepEqual([now.state, now.cancel_reason], ['CANCELADO', 'rechazado_en_recepcion']);
        assert.equal(await s.value("SELECT count(*) FROM notifications n JOIN notification_packages np ON np.notification_id = n.id"
            + " WHERE np.package_id = ?1 AND n.event = 'package_cancelled'", p.id), 1);
        assert.equal(await row(s, other), undefined, 'what nobody announced is only noted');
        const shelf = new_guide();
        await scan(shelf);
        const here = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid/refuse', { guide: shelf, refused: 'danado' });
        assert.equal(here.status, 409);
        assert.match(here.words, /ya está recibido/);
    });

    test('takes back what was noted as not received, announced or not', async () => {
        const p = await announced(s, pub), unknown = new_guide();
        for (const guide of [p.guide_number, unknown]) {
            const answer = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid/refuse', { guide, refused: 'danado' });
            const page = await oper.follow(answer), id = (await open_batch()).id;
            assert.match(page.words, new RegExp(`la guía ${guide} no se recibió.*Deshacer`, 'i'));
            const twice = await oper.submit(page, '/receive/rapid/refuse', { guide: guide.toLowerCase(), refused: 'danado' });
            assert.equal(twice.status, 409);
            assert.match(twice.words, new RegExp(`La guía ${guide} ya está en esta entrega como no recibida`));
            assert.match(twice.text, new RegExp(`name="guide" type="text" value="${guide.toLowerCase()}"`), 'what was typed stays');
            const line = (await lines(id)).at(-1);
            assert.equal(line.guide_number, guide);
            const undone = await oper.submit(page, `/receive/rapid/refuse/${line.id}/undo`);
            assert.equal(undone.status, 303, undone.words);
            assert.match((await oper.follow(undone)).words, /Acción deshecha/);
            assert.ok((await lines(id)).at(-1).withdrawn_at);
            assert.match((await oper.get(`/receive/batch/${id}`)).words, new RegExp(`${guide} No se recibió: Llegó dañado\\. Se deshizo`));
            assert.equal((await oper.submit(page, `/receive/rapid/refuse/${line.id}/undo`)).status, 303, 'the same click');
            assert.equal((await oper.submit(page, `/receive/rapid/refuse/${line.id}/undo`, { operation_id: `otro-clic-${line.id}-de-mas` })).status, 409, 'once');
        }
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
    });

    test('does not count what was undone', async () => {
        const guide = new_guide(), b = await open_batch();
        const count = async () => Number((await oper.get(`/receive/batch/${b.id}`)).text.match(/Recibidos<\/dt><dd class="num">(\d+)/)[1]);
        const before = await count();
        await scan(guide);
        assert.equal(await count(), before + 1);
        const p = await row(s, guide);
        const done = await oper.post(`/packages/${p.id}/undo`, { form: { csrf: await csrf(oper), operation_id: 'deshacer-una-serie' } });
        assert.equal(done.status, 303, done.words);
        assert.equal(await count(), before);
        assert.match((await oper.get(`/receive/batch/${b.id}`)).words, /Se deshizo/);
        await scan(guide);
        assert.equal(await count(), before + 1, 'and counts what was received once more');
    });

    test('closes once, with a name and a signature that is nothing but strokes', async () => {
        const b = await open_batch(), page = () => oper.get(`/receive/batch/${b.id}`), to = `/receive/batch/${b.id}/close`;
        for (const [fields, says] of [[{ courier_name: '' }, /nombre de quien trajo/],
            [{ courier_name: 'Pedro R.', signature: 'M1 1"/><script>' }, /La firma no se pudo leer/],
            [{ courier_name: 'Pedro R.', signature: '<svg>' }, /La firma no se pudo leer/]]) {
            const bad = await oper.submit(await page(), to, fields);
            assert.equal(bad.status, 422);
            assert.match(bad.words, says);
        }
        const form = await page();
        const answers = [await oper.submit(form, to, { courier_name: 'Pedro R.', signature: 'M10 10L20 22L31 40' }),
            await oper.submit(form, to, { courier_name: 'Pedro R.', signature: 'M10 10L20 22L31 40' })];
        assert.deepEqual(answers.map((a) => a.status), [303, 303], 'a double click closes once');
        const closed = await page();
        assert.match(closed.words, /Cerrada.*Trajo Pedro R\./);
        assert.match(closed.text, /<path d="M10 10L20 22L31 40"/);
        assert.doesNotMatch(closed.text, /name="courier_name"/);
        assert.equal((await oper.post(to, { form: { csrf: await csrf(oper), operation_id: 'j'.repeat(20), courier_name: 'Pedro R.' } })).status, 409);
        assert.equal(await open_batch(), undefined);
        await scan(new_guide());
        assert.notEqual((await open_batch()).id, b.id, 'the next scan opens another');
    });

    test('of another day says since when it is open, and an administrator closes it', async () => {
        const warned = /Abierta desde ayer.*Ciérrela antes de recibir lo de otra transportadora/;
        await scan(new_guide());
        const b = await open_batch(), today = await oper.get('/receive/rapid');
        assert.match(today.words, /recibidos? · desde hoy \d\d:\d\d/);
        assert.doesNotMatch(today.words, warned);
        await s.sql('UPDATE courier_batches SET opened_at = opened_at - 86400 WHERE id = ?1', b.id);
        assert.match((await oper.get('/receive/rapid')).words, warned);
        assert.match((await scan(new_guide())).words, warned, 'at each scan');
        assert.match((await boss.get('/receive/rapid')).words, /Sin cerrar/, 'in the list of drops');
        const page = await boss.get(`/receive/batch/${b.id}`);
        assert.match(page.words, /Abierta desde ayer.*La abrió Óscar Operador/);
        const closed = await boss.submit(page, `/receive/batch/${b.id}/close`, { courier_name: 'Pedro R.' });
        assert.equal(closed.status, 303, closed.words);
        assert.match((await boss.follow(closed)).words, /Recibió Óscar Operador.*Trajo Pedro R\..*Cerró/);
        assert.doesNotMatch((await oper.get('/receive/rapid')).words, warned);
    });

    test('is in the API with its lines, and closes there', async () => {
        const api = await s.token('OPERADOR');
        const got = await api.post('/api/v1/packages/receive', { json: { guide: new_guide(), in_batch: true }, headers: key() });
        assert.equal(got.status, 200, got.text);
        const [first] = (await api.get('/api/v1/courier-batches?limit=1')).json.items;
        const refused = await api.post('/api/v1/courier-batches/refusals', { json: { guide: new_guide(), refused: 'con_cobro' }, headers: key() });
        assert.equal(refused.status, 200, refused.text);
        const again = await api.post('/api/v1/courier-batches/refusals', { json: { guide: new_guide(), refused: 'danado' }, headers: key() });
        const back = await api.post(`/api/v1/courier-batches/refusals/${again.json.lines[0].id}/undo`, { headers: key() });
        assert.equal(back.status, 200, back.text);
        assert.equal(back.json.refused, again.json.refused - 1);
        const one = (await api.get(`/api/v1/courier-batches/${refused.json.id}`)).json;
        assert.deepEqual(one.lines.filter((l) => l.counts).map((l) => l.refused).filter(Boolean), ['con_cobro']);
        assert.ok(first.id >= one.id);
        const closed = await api.post(`/api/v1/courier-batches/${one.id}/close`, { json: { courier_name: 'Ana T.' }, headers: key() });
        assert.equal(closed.status, 200, closed.text);
        assert.equal(closed.json.courier_name, 'Ana T.');
        assert.equal((await api.get('/api/v1/courier-batches/999999')).status, 404);
    });
});
