// The main road as people walk it, by forms and without JavaScript: announce, receive,
// be told, track, hand over; and the by-ways: undo, cancel, identify, come late.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { words } from '../helpers/client.mjs';
import { announce, announced, e164, hand_over, new_guide, new_phone, on_shelf, pickup_code, quote, receive,
    received, row }
    from '../helpers/shop.mjs';
import { jpeg_photo, png_photo } from '../helpers/image.mjs';

const UNDO_S = 4;                    // short enough to wait for, long enough to undo on a busy machine

let s, anybody, oper, boss;
before(async () => {
    s = await System.start({ undo_s: UNDO_S, announce_per_hour: 100000, lookup_per_minute: 100000 });
    anybody = s.client();
    oper = await s.as('OPERADOR');
    boss = await s.as('ADMIN');
});
after(() => s?.stop());

const mail = (email, pattern) => poll(`an e-mail to ${email} like ${pattern}`,
    () => s.mails(email).find((m) => pattern.test(m.subject)), 20000);
const events = async (p) => (await s.sql('SELECT kind FROM package_events WHERE package_id = ?1 ORDER BY id', p.id))
    .map((e) => e.kind);
const late_by = (p, days) => s.sql('UPDATE packages SET received_at = received_at - ?1 WHERE id = ?2',
    days * 86400 + 60, p.id);
const text_of = (page, open, close) => words(page.text.slice(page.text.indexOf(open)).split(close)[0]);

describe('one parcel, from the announcement to the receipt', () => {
    const phone = new_phone(), email = 'rosa.prueba@example.com', guide = new_guide();
    let p, code;

    test('a resident announces it and sees what happens next', async () => {
        const form = await anybody.get('/announce');
        assert.match(form.words, /Tarifa: \$1\.500 o \$2\.000 · 24 h sin bodegaje/);
        const answer = await anybody.submit(form, '/announce',
            { name: '  rosa   Ñáñez ', phone: `${phone.slice(0, 3)} ${phone.slice(3)}`,
            guides: ` ${guide.toLowerCase().slice(0, 6)}-${guide.slice(6)} `,
            email: ' Rosa.Prueba@Example.com ', carrier: 'Servientrega',
            building: 'Torres', apartment: '501', consent: '1' });
        assert.equal(answer.status, 303, answer.words);
        p = await row(s, `${guide.slice(0, 6)}-${guide.slice(6)}`);
        assert.equal(answer.location, `/announce/done?c=${p.tracking_code}&told=sms`);
        const done = await anybody.follow(answer), page = await anybody.get(done.text.match(/href="(\/search\?q=\w+)"/)[1]);
        assert.match(done.words, /A su celular va el enlace .* le avisamos\./);
        assert.match(page.words, /Todavía no ha llegado/);
        assert.match(page.words, new RegExp(`Código de consulta ${p.tracking_code}`));
        assert.match(page.words, /A nombre de rosa Ñ\. /);
        assert.match(page.words, /Normal .*\$1\.500.*\$2\.000.*\$1\.000 por cada día/);
        const customer = (await s.sql('SELECT * FROM customers WHERE id = ?1', p.customer_id))[0];
        assert.deepEqual([customer.full_name, customer.phone, customer.email, customer.apartment],
            ['rosa Ñáñez', e164(phone), null, null], 'the public says nothing of a person');
        assert.deepEqual([p.announced_email, p.email_proof, p.announced_address], [email, null, 'Torres, 501']);
        const consent = (await s.sql('SELECT * FROM consents WHERE package_id = ?1', p.id))[0];
        assert.deepEqual([consent.channel, consent.address, consent.text_sha256.length], ['web', '127.0.0.1', 64]);
    });

    test('the announcement is confirmed by SMS with the link, and the e-mail is asked whose it is', async () => {
        const told = await s.sms_soon(phone, /anuncio recibido/);
        assert.ok(told.message.includes(p.tracking_code)
            && told.message.includes(`${s.base}/t/${p.public_token}`), told.message);
        const letter = await mail(email, /Es suyo este correo/);
        assert.ok(letter.text.includes(`${s.base}/email/`) && !/rosa|Ñáñez|\/t\//.test(letter.text), letter.text);
        assert.ok(!/\d{6}/.test(told.message.replace(p.tracking_code, '').replace(/\/t\/\S+|:\d+/g, '')
            .replace(p.guide_number, '')),
            'no pickup code yet');
    });

    test('by the link of the SMS and that of the letter the resident says that the e-mail is theirs', async () => {
        const page = await anybody.get(`/t/${p.public_token}`);
        assert.match(page.words, /¿Avisos también por correo\?/);
        const answer = await anybody.submit(page, `/t/${p.public_token}/email`, { mine: '1', email });
        assert.equal(answer.status, 303, answer.words);
        const after_it = await anybody.follow(answer);
        assert.match(after_it.words, /abra el enlace del correo que enviamos a rosa\.prueba@example\.com/);
        assert.doesNotMatch(after_it.words, /Avisos también por correo/);
        const at = new URL((await mail(email, /Es suyo este correo/)).text.match(/http\S+\/email\/\S+/)[0]).pathname;
        assert.equal((await anybody.submit(await anybody.get(at), at)).status, 303);
        assert.doesNotMatch((await anybody.get(`/t/${p.public_token}`)).words, /Confirme su correo/);
    });

    test('the counter scans it and receives it with photos', async () => {
        const scan = await oper.get('/receive');
        const found = await oper.submit(scan, '/receive', { guide: guide.toLowerCase() });
        assert.match(found.words, /rosa Ñáñez/);
        assert.match(text_of(found, '<aside class="sheet"', '</aside>'), /Servientrega/);
        const answer = await oper.submit(found, '/receive',
            { type: 'NORMAL', condition: 'BUENO', position: '07', observations: 'Caja mediana' },
            { photos: [jpeg_photo(), png_photo()] });
        assert.equal(answer.status, 303, answer.words);
        const done = await oper.follow(answer);
        assert.match(done.text, /<p class="giant">07<\/p>/);
        assert.match(done.words, /Recibido en la posición 07/);
        assert.match(done.words, /Deshacer/);
        p = await row(s, p.guide_number);
        assert.deepEqual([p.state, p.type, p.condition, p.base_fee, p.storage_per_day, p.free_hours],
            ['RECIBIDO', 'NORMAL', 'BUENO', 1500, 1000, 24]);
    });

    test('the code comes by SMS once the time to undo is over', async () => {
        const told = await s.sms_comes(phone, /recibimos /);
        code = told.message.match(/C[oó]digo (\d{6})/)[1];
        assert.match(told.message, /Paga \$1\.500; desde el [a-zé]{3} \d+ [a-z]{3}(?: \d{4})?, \d\d:\d\d, \$2\.500\./, 'what it costs, and from when more');
        assert.ok(told.at >= (p.received_at + UNDO_S) * 1000, `${told.at} ${p.received_at}`);
        const letter = await mail(email, /Listo para recoger/);
        assert.ok(letter.text.includes(code) && letter.text.includes(`${s.base}/t/${p.public_token}`));
        assert.match(letter.text, /\nPaga \$1\.500\. Desde el .* paga \$2\.500\./);
    });

    test('the link shows code, QR, photos and what it costs today and tomorrow', async () => {
        const page = await poll('the photos', async () => {
            const a = await anybody.get(`/t/${p.public_token}`);
            return (a.text.match(/\/files\/\w+\?thumb=1/g) ?? []).length === 2 && a;
        }, 30000);
        assert.match(page.words, new RegExp(`Código de entrega ${code.slice(0, 3)} ${code.slice(3)}`));
        assert.match(page.words, /Hoy paga \$1\.500 Desde .* paga \$2\.500 ?: \$1\.000 más por cada día/);
        const qr = await anybody.get(page.text.match(/class="qr" src="([^"]+)"/)[1]);
        assert.equal(qr.status, 200);
        assert.match(qr.headers['content-type'], /^image\/svg\+xml/);
        assert.match(qr.text, /^<svg\b/);
        for (const m of page.text.matchAll(/(?:href|src)="(\/t\/\w+\/files\/[^"]+)"/g)) {
            const photo = await anybody.get(m[1]);
            assert.equal(photo.status, 200, m[1]);
            assert.equal(photo.headers['content-type'], 'image/webp');
            assert.equal(photo.body.subarray(8, 12).toString(), 'WEBP');
        }
    });

    test('the code of six letters shows the same without what is secret', async () => {
        const page = await anybody.submit(await anybody.get('/search'), '/search',
            { q: p.tracking_code.toLowerCase() });
        assert.equal(page.status, 200);
        assert.match(page.words, /Su paquete está listo/);
        assert.match(page.words, /rosa Ñ\./);
        assert.match(page.words, new RegExp(`[•*]+ ?${phone.slice(-2)}\\b`));
        for (const secret of [code, `${code.slice(0, 3)} ${code.slice(3)}`, 'Ñáñez', phone.slice(3, 8),
            p.public_token, '/files/', 'qr.svg', email])
            assert.ok(!page.text.includes(secret), secret);
    });

    test('the guide shows the state and nothing else', async () => {
        const page = await anybody.get(`/search?q=${guide.slice(0, 5)}%20-%20${guide.slice(5)}`);
        assert.equal(page.status, 200);
        assert.match(page.words, /Su paquete está listo/);
        for (const secret of [code, 'rosa', 'Ñáñez', phone.slice(-4), p.tracking_code, p.public_token, '$1.500',
            'Servientrega'])
            assert.ok(!page.text.includes(secret), secret);
    });

    test('the code opens the hand-over, cash gives change, and that is a receipt', async () => {
        const page = await quote(oper, code);
        assert.match(page.words, /Código correcto/);
        assert.match(page.words, /07/);
        const answer = await oper.submit(page, '/deliver', { method: 'efectivo', tendered: '$ 20.000' });
        assert.equal(answer.status, 303, answer.words);
        assert.ok(!answer.location.includes(code));
        const done = await oper.follow(answer);
        assert.match(done.words, /Entregado Devuelva \$18\.500 Recibió \$20\.000 y cobró \$1\.500/);
        const receipt = await anybody.get(`/t/${p.public_token}/receipt`);
        assert.match(receipt.words, new RegExp(`${p.tracking_code}.*rosa Ñáñez.*Normal \\$1\\.500 Pagado \\$1\\.500`));
        assert.match(receipt.words, /efectivo/i);
        assert.match((await anybody.get(`/t/${p.public_token}/receipt?paper=58`)).text, /58/);
    });

    test('everything is in its chain of custody', async () => {
        p = await row(s, p.guide_number);
        assert.deepEqual([p.state, p.total_fee, p.storage_days, p.proof, p.position_id],
            ['ENTREGADO', 1500, 0, 'codigo', null]);
        assert.deepEqual(await events(p), ['ANUNCIO', 'RECEPCION', 'ENTREGA']);
        assert.deepEqual(await s.sql('SELECT amount, method, reference FROM payments WHERE package_id = ?1', p.id),
            [{ amount: 1500, method: 'efectivo', reference: null }]);
        assert.equal(await s.value("SELECT used FROM positions WHERE code = '07'"), 0);
        await s.paqueteria(['package', 'verify', p.tracking_code]);
        const page = await oper.get(`/packages/${p.id}`);
        assert.equal(page.status, 200);
        for (const what of [/Óscar Operador/, /\$1\.500/, /rosa Ñáñez/])
            assert.match(page.words, what);
        await s.sms_soon(phone, /entregamos/);
        assert.match((await anybody.get(`/t/${p.public_token}`)).words, /Ya fue entregado.*Pagó \$1\.500/);
    });
});

describe('several at once', () => {
    test('guides one a line are announced together, and handed over together', async () => {
        const phone = new_phone(), guides = [new_guide(), new_guide(), new_guide()];
        const answer = await announce(anybody, { phone, guides: `${guides[0]}\r\n\r\n ${guides[1]} \r\n${guides[2]}` });
        assert.match(answer.location, /^\/announce\/done\?c=[\w.]+&told=sms$/);
        const done = await anybody.follow(answer);
        assert.match(done.words, /3 paquetes anunciados/);
        for (const guide of guides)
            assert.ok(done.words.includes((await row(s, guide)).tracking_code));
        for (const guide of guides.slice(0, 2))
            await received(s, oper, guide, { type: guide === guides[0] ? 'NORMAL' : 'EXTRA_DIMENSIONADO' });
        const [p, q] = [await row(s, guides[0]), await row(s, guides[1])];
        const page = await quote(oper, await pickup_code(anybody, q));
        assert.match(page.words, /Total \$3\.500/);
        // The owner of each reads from when on it costs more.
        for (const [one, next] of [[p, '\\$2\\.500'], [q, '\\$3\\.000']]) {
            const when = (await anybody.get(`/t/${one.public_token}`)).words.match(/Desde (.*?) paga/)[1];
            assert.match(page.words, new RegExp(`${one.guide_number} .*?sube a ${next} ${when}`));
            assert.match((await oper.get(`/packages/${one.id}`)).words, new RegExp(`Debe hoy .*Sube a ${next} ${when}`));
        }
        const paid = await oper.submit(page, '/deliver', { method: 'nequi', reference: 'NEQ-123456' });
        assert.equal(paid.status, 303, paid.words);
        assert.match((await oper.follow(paid)).words, /Entregado \$3\.500 .*2 paquetes · Nequi, ref\. NEQ-123456/);
        assert.deepEqual((await s.sql('SELECT amount, reference FROM payments WHERE package_id IN (?1, ?2) ORDER BY amount', p.id, q.id))
            .map((x) => [x.amount, x.reference]), [[1500, 'NEQ-123456'], [2000, 'NEQ-123456']]);
        assert.equal((await row(s, guides[2])).state, 'ANUNCIADO');
    });

    test('one of two may be left for later', async () => {
        const phone = new_phone();
        const p = await on_shelf(s, anybody, oper, { phone }), q = await on_shelf(s, anybody, oper, { phone });
        const page = await quote(oper, await pickup_code(anybody, p));
        const answer = await oper.submit(page, '/deliver', { ids: String(q.id), amount: '1500', method: 'efectivo' });
        assert.equal(answer.status, 303, answer.words);
        assert.deepEqual([(await row(s, p.guide_number)).state, (await row(s, q.guide_number)).state],
            ['RECIBIDO', 'ENTREGADO']);
    });

    test('a parcel that waits costs a thousand for each day begun, by the rate of its announcement', async (t) => {
        const p = await on_shelf(s, anybody, oper);
        await s.sql("INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_at)"
            + " VALUES ('NORMAL', 9000, 9000, 1, unixepoch() + 1, unixepoch())");
        t.after(() => s.sql('DELETE FROM rates WHERE base_fee = 9000'));
        await late_by(p, 3);
        const code = await pickup_code(anybody, p);
        assert.match((await anybody.get(`/t/${p.public_token}`)).words,
            /Hoy paga \$4\.500 .*\$1\.500 de tarifa \+ \$3\.000 por 3 días de bodegaje/);
        assert.equal((await hand_over(oper, code)).status, 303);
        const given = await row(s, p.guide_number);
        assert.deepEqual([given.storage_days, given.storage_fee, given.total_fee], [3, 3000, 4500]);
    });
});

describe('without an announcement', () => {
    test('with a name and a phone the person is told', async () => {
        const guide = new_guide(), phone = new_phone();
        const page = await oper.get(`/receive?guide=${guide}`);
        assert.match(page.words, /Nadie anunció esta guía/);
        const p = await received(s, oper, guide, { name: 'Carlos Sin Anuncio', phone });
        await s.sms_soon(phone, /recibimos /);
        assert.deepEqual(await events(p), ['ANUNCIO', 'RECEPCION']);
        assert.equal((await hand_over(oper, await pickup_code(anybody, p))).status, 303);
    });

    test('without, it waits to be identified, and the person is told then', async () => {
        const guide = new_guide(), phone = new_phone();
        const done = await oper.follow(await receive(oper, guide));
        assert.match(done.words, /Queda por identificar/);
        const p = await row(s, guide);
        assert.equal(p.customer_id, null);
        assert.ok((await oper.get('/packages?unidentified=1')).words.includes(guide));
        const page = await oper.get(`/packages/${p.id}`);
        const wrong = await oper.submit(page, `/packages/${p.id}/identify`, { name: 'X', phone: '123' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.words, /celular de diez dígitos/);
        const answer = await oper.submit(page, `/packages/${p.id}/identify`, { name: 'Dora Dueña', phone });
        assert.equal(answer.status, 303, answer.words);
        await s.sms_soon(phone, /recibimos /);
        assert.deepEqual(await events(p), ['ANUNCIO', 'RECEPCION', 'MODIFICACION']);
        const csrf = page.form(`/packages/${p.id}/identify`).fields;
        const again = await oper.post(`/packages/${p.id}/identify`,
            { form: { csrf: csrf.csrf, operation_id: 'x'.repeat(22), name: 'Otra', phone: new_phone() } });
        assert.equal(again.status, 409);
    });
});

describe('the proof', () => {
    test('without the code it takes a reason, an identity that was checked, and is written down', async () => {
        const p = await on_shelf(s, anybody, oper);
        const page = await oper.get(`/deliver?package=${p.id}`);
        const bare = await oper.submit(page, '/deliver', { method: 'efectivo' });
        assert.equal(bare.status, 422);
        assert.match(bare.words, /Escriba el código de entrega, o elija un motivo/);
        const half = await oper.submit(bare, '/deliver',
            { receiver_name: '', receiver_document_last4: '12' });
        assert.equal(half.status, 422);
        assert.match(half.words, /Elija por qué se entrega sin código/, 'all that is missing is told in one round');
        for (const what of [/Confirme que verificó la identidad/, /últimos cuatro/, /nombre de quien recibe/, /qué documento mostró/])
            assert.match(half.words, what);
        const loose = await oper.submit(half, '/deliver', { override_reason: 'otro', identity_checked: '1', receiver_name: 'Rosa Prueba',
            receiver_document_last4: '????' });
        assert.equal(loose.status, 422, loose.words);
        for (const field of ['override_text', 'receiver_document_type', 'receiver_document_last4'])
            assert.match(loose.text, new RegExp(`id="e-${field}"`), field);
        assert.match(loose.text, /value="\?\?\?\?"/, 'what was typed stays');
        assert.match(loose.text, /<details class="more" data-codeless open>\s*<summary>Entregar sin código/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        const whole = await oper.submit(half, '/deliver', { override_reason: 'codigo_olvidado', identity_checked: '1', receiver_name: 'Rosa Prueba',
            receiver_document_type: 'CC', receiver_document_last4: '4321' });
        assert.equal(whole.status, 303, whole.words);
        const given = await row(s, p.guide_number);
        assert.deepEqual([given.proof, given.receiver_name, given.receiver_document_type,
            given.receiver_document_last4],
            ['excepcion', 'Rosa Prueba', 'CC', '4321']);
        const q = await on_shelf(s, anybody, oper);
        const other = await oper.submit(await oper.get(`/deliver?package=${q.id}`), '/deliver', { override_reason: 'otro', override_text: 'se le dañó el celular',
            identity_checked: '1', receiver_name: 'Rosa Prueba', receiver_document_type: 'PAS', receiver_document_last4: 'ab12', method: 'efectivo' });
        assert.equal(other.status, 303, other.words);
        assert.equal((await row(s, q.guide_number)).receiver_document_last4, 'AB12');
        assert.match((await oper.get(`/packages/${q.id}`)).words, /sin código: Otro motivo · se le dañó el celular/);
        const note = (await s.sql("SELECT details FROM audit_log WHERE action = 'deliver_exception' AND object_id = ?1", p.id))[0];
        assert.match(note.details, /codigo_olvidado/);
    });

    test('the code of somebody else does not open it', async () => {
        const p = await on_shelf(s, anybody, oper), q = await on_shelf(s, anybody, oper);
        const page = await oper.get(`/deliver?package=${p.id}`);
        const answer = await oper.submit(page, '/deliver', { code: await pickup_code(anybody, q), method: 'efectivo' });
        assert.equal(answer.status, 409);
        assert.match(answer.words, /Ese código no es de este paquete/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        await s.sql("DELETE FROM throttles WHERE key LIKE 'pickup:%'");
    });

    test('money must be exact, and anything but cash needs its reference', async () => {
        const p = await on_shelf(s, anybody, oper), code = await pickup_code(anybody, p);
        const page = await quote(oper, code);
        for (const [fields, words_] of [[{ amount: '1000' }, /El valor a cobrar es \$1\.500 y se registró \$1\.000/],
            [{ amount: '2000' }, /se registró \$2\.000/], [{ method: 'nequi' }, /Escriba la referencia/],
            [{ tendered: '1000' }, /Faltan \$500/], [{ method: 'tarjeta', reference: 'x' }, /no está habilitado/]]) {
            const answer = await oper.submit(page, '/deliver', { method: 'efectivo', ...fields });
            assert.equal(answer.status, 422, JSON.stringify(fields));
            assert.match(answer.words, words_);
        }
        assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 0);
    });

    test('a discount is the administrator\'s, with a reason', async () => {
        const p = await on_shelf(s, anybody, oper), code = await pickup_code(anybody, p);
        const page = await quote(oper, code);
        const refused = await oper.submit(page, '/deliver',
            { method: 'efectivo', discount: '500', discount_reason: 'porque sí', amount: '1000' });
        assert.equal(refused.status, 403);
        assert.match(refused.words, /Lo aprueba un administrador, con su PIN: descuento de \$500 \(porque sí\): guía/);
        assert.match(refused.words, /Ningún administrador tiene PIN/);
        const mine = await quote(boss, code);
        assert.equal((await boss.submit(mine, '/deliver',
            { method: 'efectivo', discount: '500', amount: '1000' })).status, 422);
        const given = await boss.submit(mine, '/deliver',
            { method: 'efectivo', discount: '500', discount_reason: 'se mojó aquí', amount: '1000' });
        assert.equal(given.status, 303, given.words);
        assert.match((await boss.follow(given)).words, /Total \$1\.500 ?, descuento \$500/);
        assert.match((await anybody.get(`/t/${p.public_token}/receipt`)).words, /Descuento −\$500 Pagado \$1\.000/);
    });

    test('a person is found by guide, phone and name as well', async () => {
        const phone = new_phone(), p = await on_shelf(s, anybody, oper, { phone, name: 'Zoraida Única' });
        for (const typed of [p.guide_number, phone, `+57 ${phone}`, 'zoraida', 'unica']) {
            const page = await quote(oper, typed);
            assert.equal(page.status, 200, typed);
            assert.match(page.words, /Zoraida Única/, typed);
            assert.doesNotMatch(page.words, /Código correcto/);
        }
        for (const q of [p.tracking_code, p.guide_number, phone, 'Zoraida'])
            assert.equal((await oper.get(`/find?q=${q}`)).location, `/packages/${p.id}`, q);
        const position = await s.value('SELECT code FROM positions WHERE id = ?1', p.position_id);
        assert.ok((await oper.get(`/find?q=${position}`)).location ?? (await oper.get(`/find?q=${position}`))
            .words.includes(p.guide_number));
    });
});

describe('second thoughts', () => {
    test('a reception undone in time reaches nobody', async () => {
        const phone = new_phone(), p = await announced(s, anybody, { phone });
        await s.sms_soon(phone, /anuncio recibido/);
        const done = await oper.follow(await receive(oper, p.guide_number));
        const answer = await oper.submit(done, `/packages/${p.id}/undo`);
        assert.equal(answer.status, 303, answer.words);
        assert.match((await oper.follow(answer)).words, /Acción deshecha\. No se envió ningún mensaje/);
        const back = await row(s, p.guide_number);
        assert.deepEqual([back.state, back.position_id, back.received_at, back.pickup_code_hash],
            ['ANUNCIADO', null, null, null]);
        assert.deepEqual(await events(p), ['ANUNCIO', 'RECEPCION', 'ANULACION']);
        const witness = await on_shelf(s, anybody, oper);             // told later than the other would have been
        await s.sms_soon(witness.announced_phone.slice(3), /recibimos /);
        assert.equal(s.sms(phone).length, 1);
        assert.match((await anybody.get(`/t/${p.public_token}`)).words, /Todavía no ha llegado/);
    });

    test('of one received without announcement the undo leaves a cancelled one, silently', async () => {
        const guide = new_guide(), phone = new_phone();
        const done = await oper.follow(await receive(oper, guide, { name: 'Nadie Espera', phone }));
        const p = await row(s, guide);
        assert.equal((await oper.submit(done, `/packages/${p.id}/undo`)).status, 303);
        const back = await row(s, guide);
        assert.deepEqual([back.state, back.cancel_reason], ['CANCELADO', 'error_operador']);
        const witness = await on_shelf(s, anybody, oper);
        await s.sms_soon(witness.announced_phone.slice(3), /recibimos /);
        assert.equal(s.sms(phone).length, 0);
    });

    test('a hand-over undone takes the money back and puts the parcel on the shelf', async () => {
        const phone = new_phone(), p = await on_shelf(s, anybody, oper, { phone });
        const done = await oper.follow(await hand_over(oper, await pickup_code(anybody, p)));
        const answer = await oper.submit(done, `/deliver/${p.id}/undo`);
        assert.equal(answer.status, 303, answer.words);
        assert.match((await oper.follow(answer)).words, /Entrega deshecha\. Devuelva \$1\.500; el paquete vuelve a la posición \d+/);
        const back = await row(s, p.guide_number);
        assert.deepEqual([back.state, back.total_fee, back.proof, back.position_id],
            ['RECIBIDO', null, null, p.position_id]);
        assert.deepEqual((await s.sql('SELECT amount FROM payments WHERE package_id = ?1 ORDER BY id', p.id))
            .map((x) => x.amount), [1500, -1500]);
        assert.equal((await hand_over(oper, await pickup_code(anybody, p))).status, 303);
        assert.match((await anybody.get(`/t/${p.public_token}/receipt`)).words, /Pagado \$1\.500 efectivo \$1\.500/i);
        assert.equal((await s.sql('SELECT sum(amount) AS n FROM payments WHERE package_id = ?1', p.id))[0].n, 1500);
    });

    test('only who did it may undo it, and only in time', async () => {
        const p = await announced(s, anybody);
        const done = await oper.follow(await receive(oper, p.guide_number));
        const csrf = (await boss.get('/profile')).form('/logout').fields.csrf;
        const other = await boss.post(`/packages/${p.id}/undo`, { form: { csrf, operation_id: 'de-otra-persona-01' } });
        assert.equal(other.status, 403);
        assert.match(other.words, /Solo quien hizo la acción/);
        assert.equal((await oper.submit(done, `/packages/${p.id}/undo`)).status, 303);
        const old = (await s.sql('SELECT * FROM packages WHERE delivered_at IS NOT NULL ORDER BY delivered_at LIMIT 1'))[0];
        await poll('its time to be over',
            async () => await s.value('SELECT unixepoch() - ?1', old.delivered_at) > UNDO_S);
        const fields = { ...(await oper.get('/profile')).form('/logout').fields, operation_id: 'despues-de-tiempo-1' };
        for (const path of [`/packages/${old.id}/undo`, `/deliver/${old.id}/undo`]) {
            const late = await oper.post(path, { form: fields });
            assert.equal(late.status, 409, late.words);
            assert.match(late.words, new RegExp(`Ya pasaron los ${UNDO_S} segundos`));
        }
        assert.equal((await row(s, old.guide_number)).state, 'ENTREGADO');
    });

    test('a parcel is cancelled with a reason, told, and its guide can be announced again', async () => {
        const phone = new_phone(), p = await on_shelf(s, anybody, oper, { phone });
        const page = await oper.get(`/packages/${p.id}`);
        const other = await oper.submit(page, `/packages/${p.id}/cancel`, { reason: 'otro' });
        assert.equal(other.status, 422);
        assert.match(other.words, /Escriba el motivo de la cancelación/);
        const answer = await oper.submit(page, `/packages/${p.id}/cancel`, { reason: 'cliente_solicita' });
        assert.equal(answer.status, 303, answer.words);
        assert.match((await oper.follow(answer)).words, /Paquete cancelado\. Deshacer/);
        assert.deepEqual([(await row(s, p.guide_number)).state, (await row(s, p.guide_number)).position_id],
            ['CANCELADO', null]);
        await s.sms_soon(phone, /: cancelamos /);
        const public_page = await anybody.get(`/t/${p.public_token}`);
        assert.match(public_page.words, /Este paquete se canceló Se canceló a petición suya/);
        assert.equal((await quote(oper, p.guide_number)).status, 404);
        const again = await announced(s, anybody, { guides: p.guide_number, phone });
        assert.notEqual(again.id, p.id);
        assert.notEqual(again.tracking_code, p.tracking_code);
        assert.equal((await anybody.get(`/search?q=${p.guide_number}`)).words.includes('Todavía no ha llegado'), true);
    });

    test('a cancellation is undone too, unless the guide came again meanwhile', async () => {
        const cancel = async (p) => oper.follow(await oper.submit(await oper.get(`/packages/${p.id}`),
            `/packages/${p.id}/cancel`, { reason: 'error_operador' }));
        const p = await on_shelf(s, anybody, oper);
        const undone = await oper.submit(await cancel(p), `/packages/${p.id}/undo`);
        assert.equal(undone.status, 303, undone.words);
        assert.deepEqual([(await row(s, p.guide_number)).state, (await row(s, p.guide_number)).position_id],
            ['RECIBIDO', p.position_id]);
        const q = await announced(s, anybody);
        const page = await cancel(q);
        await announced(s, anybody, { guides: q.guide_number });
        const refused = await oper.submit(page, `/packages/${q.id}/undo`);
        assert.equal(refused.status, 409);
        assert.match(refused.words, /la guía ya se anunció de nuevo/);
    });

    test('what came late is received with a reason', async () => {
        const phone = new_phone(), p = await announced(s, anybody, { phone });
        await s.sql('UPDATE packages SET announced_at = announced_at - ?1 WHERE id = ?2', 31 * 86400, p.id);
        await s.paqueteria(['package', 'show', p.tracking_code]);
        await s.cron('expire-announcements');
        assert.deepEqual([(await row(s, p.guide_number)).state, (await row(s, p.guide_number)).cancel_reason],
            ['CANCELADO', 'anuncio_expirado']);
        assert.match((await anybody.get(`/t/${p.public_token}`)).words, /No llegó en los 30 días/);
        const page = await oper.get(`/receive?guide=${p.guide_number}`);
        assert.match(page.words, /Este anuncio venció sin que llegara/);
        const bare = await oper.submit(page, '/receive');
        assert.equal(bare.status, 422);
        assert.match(bare.words, /Escriba por qué se recibe ahora/);
        const answer = await oper.submit(bare, '/receive', { late_reason: 'La transportadora lo trajo tarde' });
        assert.equal(answer.status, 303, answer.words);
        const back = await row(s, p.guide_number);
        assert.deepEqual([back.id, back.state, back.cancelled_at, back.base_fee], [p.id, 'RECIBIDO', null, 1500]);
        await s.sms_soon(phone, /recibimos /);
        const again = await announced(s, anybody);
        assert.ok(again.id !== p.id);
    });
});

describe('the shelf', () => {
    test('the first free position by walk order is given, a taken one is refused, another room is found', async () => {
        const taken = await s.value("SELECT o.code FROM positions o JOIN packages p ON p.position_id = o.id LIMIT 1");
        const p = await announced(s, anybody);
        const refused = await receive(oper, p.guide_number, { position: taken });
        assert.equal(refused.status, 409);
        assert.match(refused.words, new RegExp(`La posición ${taken} está ocupada`));
        assert.equal(refused.form('/receive').fields.position, taken);
        const free = await s.value('SELECT code FROM positions WHERE used < capacity ORDER BY walk_order LIMIT 1');
        await received(s, oper, p.guide_number);
        assert.equal(await s.value('SELECT code FROM positions WHERE id = ?1',
            (await row(s, p.guide_number)).position_id), free);
        const page = await oper.get(`/packages/${p.id}`);
        const moved = await oper.submit(page, `/packages/${p.id}/move`, { position: 'piso' });
        assert.equal(moved.status, 303, moved.words);
        assert.match((await oper.follow(moved)).words, /Movido a la posición PISO/);
        assert.equal(await s.value('SELECT used FROM positions WHERE code = ?1', free), 0);
    });

    test('a full shelf overflows: intake never stops', async () => {
        await s.sql('UPDATE positions SET used = capacity WHERE capacity IS NOT NULL');
        const p = await on_shelf(s, anybody, oper);
        assert.equal(await s.value('SELECT code FROM positions WHERE id = ?1', p.position_id), 'PISO');
        await s.sql('UPDATE positions SET used = (SELECT count(*) FROM packages p WHERE p.position_id = positions.id)');
    });

    test('what did not arrive well needs a photo and a note', async () => {
        const p = await announced(s, anybody);
        const bare = await receive(oper, p.guide_number, { condition: 'REGULAR' });
        assert.equal(bare.status, 422);
        for (const what of [/al menos una foto/, /Describa qué tiene/])
            assert.match(bare.words, what);
        await received(s, oper, p.guide_number, { condition: 'REGULAR', observations: 'Una esquina mojada' },
            [jpeg_photo()]);
        assert.equal(await s.value('SELECT kind FROM package_files WHERE package_id = ?1', p.id), 'DANO');
    });

    test('scanning what is there already says where', async () => {
        const p = await on_shelf(s, anybody, oper);
        const code = await s.value('SELECT code FROM positions WHERE id = ?1', p.position_id);
        const page = await oper.get(`/receive?guide=${p.guide_number}`);
        assert.match(page.words, new RegExp(`Ya está recibido ${code}`));
        await hand_over(oper, await pickup_code(anybody, p));
        assert.match((await oper.get(`/receive?guide=${p.tracking_code}`)).words, /Ya fue entregado/);
    });
});

describe('who only reads', () => {
    test('sees parcels and figures, and is offered nothing to do', async () => {
        const reader = await s.as('USUARIO'), p = await on_shelf(s, anybody, oper);
        const page = await reader.get(`/packages/${p.id}`);
        assert.equal(page.status, 200);
        assert.doesNotMatch(page.text, /\/(cancel|move|notes|undo)"/);
        const home = await reader.get('/dashboard');
        assert.equal(home.status, 200);
        assert.doesNotMatch(home.text, /href="\/receive"/);
        for (const path of ['/receive', '/deliver', `/deliver?package=${p.id}`])
            assert.equal((await reader.get(path)).status, 403, path);
        assert.match((await reader.get('/receive')).words, /no tiene permiso/);
    });

    test('a theme is kept for its owner', async () => {
        const reader = await s.as('USUARIO');
        const answer = await reader.submit(await reader.get('/settings'), '/settings', { theme: 'dark' });
        assert.equal(answer.status, 303);
        assert.match((await reader.get('/dashboard')).text, /data-theme="dark"/);
        assert.match((await oper.get('/dashboard')).text, /data-theme="auto"/);
        assert.equal((await s.sql('SELECT theme FROM users WHERE username = ?1',
            PEOPLE.USUARIO.username))[0].theme, 'dark');
    });
});
