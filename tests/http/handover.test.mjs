// A hand-over keeps more than the money: a signature, photos; the receipt by WhatsApp;
// and what everybody reads after a payment was given back.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announce, announced, hand_over, key, new_phone, on_shelf, pickup_code, quote, received, row, wrong_code } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

let s, pub, oper, boss, api;
const STROKES = 'M10 10L20 22L31 40';

before(async () => {
    s = await System.start({ undo_s: 30, announce_per_hour: 1000, lookup_per_minute: 1000 });
    pub = s.client();
    oper = await s.as('OPERADOR');
    boss = await s.as('ADMIN');
    api = await s.token('OPERADOR');
});
after(() => s.stop());

const nequi = { method: 'nequi', reference: 'N-1' };
const drawn = (page) => page.text.match(/<svg class="signature"[\s\S]*?<path d="([^"]*)"/)?.[1];

async function given(fields = {}, photos = undefined, of = {}) {
    const p = await on_shelf(s, pub, oper, of);
    const page = await quote(oper, await pickup_code(pub, p));
    const answer = await oper.submit(page, '/deliver', { ...nequi, ...fields }, photos && { photos });
    assert.equal(answer.status, 303, answer.words);
    return row(s, p.guide_number);
}

describe('the signature of who receives', () => {
    test('is drawn on the package\'s page for staff, and nowhere for the public', async () => {
        const phone = new_phone(), first = await on_shelf(s, pub, oper, { phone });
        const p = await given({ signature: STROKES }, undefined, { phone });
        for (const one of [p, first])
            assert.equal(drawn(await oper.get(`/packages/${one.id}`)), STROKES, 'one stands for all');
        for (const address of [`/t/${p.public_token}`, `/t/${p.public_token}/receipt`, `/search?q=${p.tracking_code}`,
            `/api/v1/track/${p.tracking_code}`, `/api/v1/track/token/${p.public_token}`])
            assert.doesNotMatch((await pub.get(address)).text, /M10 10L20/, address);
        assert.equal(drawn(await oper.get(`/packages/${(await given()).id}`)), undefined);
    });

    test('that is none is refused by name, and what was typed stays', async () => {
        const p = await on_shelf(s, pub, oper), page = await quote(oper, await pickup_code(pub, p));
        for (const [signature, says] of [['M1 1"/><script>x</script>', /La firma no se pudo leer/], ['<svg>', /La firma no se pudo leer/],
            [`M${'1'.repeat(8000)}`, /8000/]]) {
            const bad = await oper.submit(page, '/deliver', { ...nequi, reference: 'N-77', signature }, { photos: [jpeg_photo()] });
            assert.equal(bad.status, 422);
            assert.match(bad.words, says);
            assert.match(bad.text, /href="#f-signature"/);
            assert.match(bad.text, /value="N-77"/);
            assert.match(bad.words, /elíjalas otra vez/);
            assert.doesNotMatch(bad.text, /<script>x/);
        }
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        assert.equal(await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1', p.id), 0);
        const short = await oper.submit(page, '/deliver', { ...nequi, amount: '1', signature: STROKES });
        assert.equal(short.status, 422);
        assert.match(short.text, new RegExp(`name="signature" value="${STROKES}"`), 'it is not drawn twice');
    });

    test('and photos come by the API as well', async () => {
        const p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p), to = '/api/v1/deliveries';
        const bad = await api.post(to, { json: { ids: [p.id], code, amount: 1500, ...nequi, signature: 'garabato' }, headers: key() });
        assert.equal(bad.status, 422);
        assert.ok(bad.json.errors.some((e) => e.pointer === '#/signature'), bad.text);
        const answer = await api.post(to, { form: { ids: p.id, code, amount: 1500, ...nequi, signature: STROKES },
            files: { photos: [jpeg_photo()] }, headers: key() });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(drawn(await oper.get(`/packages/${p.id}`)), STROKES);
        assert.deepEqual(await s.sql('SELECT kind FROM package_files WHERE package_id = ?1', p.id), [{ kind: 'ENTREGA' }]);
    });
});

describe('a quote of a code', () => {
    const begun = async () => {
        const p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p);
        const answer = await oper.submit(await oper.get('/deliver'), '/deliver/quote', { code });
        assert.equal(answer.status, 303, answer.words);
        assert.match(answer.location, /^\/deliver\/quotes\/\w{22}$/);
        return { p, code, to: answer.location };
    };
    // The script of the page sends it so.
    const by_script = (page, fields) => oper.post('/deliver', { form: { ...page.form('/deliver').fields, ...fields }, headers: { 'HX-Request': 'true' } });

    test('has an address that shows it again and again, to its clerk alone, and holds no code', async () => {
        const { p, code, to } = await begun();
        for (let i = 0; i < 2; i++) {
            const page = await oper.get(to);
            assert.equal(page.status, 200);
            assert.match(page.text, new RegExp(`name="ids" value="${p.id}"`));
            assert.match(page.words, /Código correcto/);
        }
        const other = await boss.get(to), none = await oper.get(`${to.slice(0, -1)}-`);
        assert.deepEqual([other.status, none.status], [404, 404]);
        assert.match(other.words, /Esa lista de entrega ya no está/);
        assert.ok(!JSON.stringify(await s.sql('SELECT * FROM kept_quotes')).includes(code), 'no code is stored');
    });

    test('whose half hour is over asks for the code again', async () => {
        const { p, code, to } = await begun();
        await s.sql('UPDATE kept_quotes SET at = at - 1800 WHERE id = ?1', to.split('/').pop());
        const page = await oper.get(to);
        assert.match(page.words, /Pasó media hora desde que se leyó el código/);
        assert.match(page.text, new RegExp(`name="ids" value="${p.id}"`));
        assert.equal(page.form('/deliver').fields.code, '');
        const done = await oper.submit(page, '/deliver', { ...nequi, code });
        assert.equal(done.status, 303, done.words);
    });

    test('leads to what it has led to, once the money is taken, whoever sends it again', async () => {
        const { p, to } = await begun(), page = await oper.get(to);
        const done = await oper.submit(page, '/deliver', nequi);
        assert.equal(done.location, `/deliver/done/${p.id}`);
        assert.equal((await oper.get(to)).location, `/deliver/done/${p.id}`);
        for (const fields of [nequi, { ...nequi, reference: 'N-2' }]) {
            const again = await by_script(page, fields);
            const found = again.headers['hx-redirect'];
            assert.equal(found === to ? (await oper.get(found)).location : found, `/deliver/done/${p.id}`);
        }
        assert.equal(await s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id), 1);
        const undone = await oper.submit(await oper.get(`/deliver/done/${p.id}`), `/deliver/${p.id}/undo`);
        assert.equal(undone.status, 303, undone.words);
        const fresh = await oper.get(to);
        assert.equal(fresh.status, 200, 'it can be handed over again');
        assert.equal((await oper.submit(fresh, '/deliver', nequi)).status, 303);
    });

    test('takes along what a script sent in vain, which its address shows', async () => {
        const { p, code, to } = await begun();
        const bad = await by_script(await oper.get(to), { method: 'nequi', reference: '', amount: 'mil', receiver_name: 'Luz & Sol', scanned: p.id });
        assert.equal(bad.status, 422);
        assert.equal(bad.headers['hx-redirect'], to);
        const page = await oper.get(to), { fields } = page.form('/deliver');
        assert.equal(page.status, 200);
        assert.match(page.words, /Escriba un valor en pesos/);
        assert.deepEqual([fields.amount, fields.receiver_name, fields.method, fields.code], ['mil', 'Luz & Sol', 'nequi', code]);
        assert.match(page.text, new RegExp(`value="${p.id}"[^>]* data-scanned`));
        assert.ok(!JSON.stringify(await s.sql('SELECT * FROM kept_quotes')).includes(code));
        const done = await by_script(page, { amount: '1500', reference: 'N-3' });
        assert.deepEqual([done.status, done.headers['hx-redirect']], [204, `/deliver/done/${p.id}`]);
        assert.match((await oper.get(`/deliver/done/${p.id}`)).words, /Deshacer/, 'the toast is on the page, not lost in the script');
    });

    test('is made of a form without one, too, and a wrong code stands in it', async () => {
        const p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p);
        const page = await oper.get(`/deliver?package=${p.id}`);
        const wrong = await by_script(page, { ...nequi, code: wrong_code(code) });
        assert.equal(wrong.status, 404);
        assert.match(wrong.headers['hx-redirect'], /^\/deliver\/quotes\/\w{22}$/);
        const kept = await oper.get(wrong.headers['hx-redirect']);
        assert.match(kept.words, /Ese código no corresponde/);
        assert.deepEqual([kept.form('/deliver').fields.code, kept.form('/deliver').fields.reference], [wrong_code(code), 'N-1']);
        assert.equal((await by_script(kept, { code })).headers['hx-redirect'], `/deliver/done/${p.id}`);
        assert.equal((await boss.post('/deliver', { form: { ids: p.id, operation_id: 'a'.repeat(22) }, headers: { 'HX-Request': 'true' } }))
            .headers['hx-redirect'], undefined, 'nothing is kept for whoever shows no secret');
    });
});

describe('what another clerk, or another tab, has delivered meanwhile', () => {
    const link = (p) => new RegExp(`${p.guide_number} se entregó hoy \\d\\d:\\d\\d ?, por Julia Jefa`);
    const leads = (p) => new RegExp(`href="/deliver/done/${p.id}"`);
    const given_by_boss = async (p) => {
        const done = await boss.submit(await quote(boss, await pickup_code(pub, p)), '/deliver', { ...nequi, ids: p.id, amount: '1500' });
        assert.equal(done.status, 303, done.words);
    };

    test('is told with who did it and when, and a way there, if nothing else is left', async () => {
        const p = await on_shelf(s, pub, oper), tab = await quote(oper, await pickup_code(pub, p)), found = await oper.get(`/deliver?package=${p.id}`);
        await given_by_boss(p);
        const answers = [await oper.submit(tab, '/deliver', nequi), await oper.submit(found, '/deliver', { ...nequi, code: '000000' }),
            await oper.get(tab.path), await oper.get(`/deliver?package=${p.id}`), await oper.get(`/deliver?customer=${p.customer_id}`)];
        for (const answer of answers) {
            assert.equal(answer.status, 409, answer.words);
            assert.match(answer.words, link(p));
            assert.match(answer.text, leads(p));
            assert.match(answer.text, /data-scan/, 'the next person can be served there');
        }
        const sent = await api.post('/api/v1/deliveries', { json: { ids: [p.id], code: '123456', amount: 1500, ...nequi }, headers: key() });
        assert.match(sent.json.detail, /ya fue entregado: hoy \d\d:\d\d, por Julia Jefa/);
    });

    test('stands above what is left', async () => {
        const phone = new_phone(), first = await on_shelf(s, pub, oper, { phone }), second = await on_shelf(s, pub, oper, { phone });
        const tab = await quote(oper, await pickup_code(pub, first));
        await given_by_boss(first);
        const told = await oper.submit(tab, '/deliver', nequi);
        assert.equal(told.status, 409, told.words);
        for (const answer of [told, await oper.get(tab.path)]) {
            assert.match(answer.words, link(first));
            assert.match(answer.text, leads(first));
            assert.match(answer.text, new RegExp(`name="ids" value="${second.id}"`));
        }
    });
});

describe('a price that grew while it was being paid', () => {
    // The list was shown in the last second of the old price.
    async function grown(phone = new_phone()) {
        const p = await on_shelf(s, pub, oper, { phone }), page = await quote(oper, await pickup_code(pub, p));
        const { quoted_at } = page.form('/deliver').fields;
        await s.sql('UPDATE packages SET received_at = ?1 WHERE id = ?2', Number(quoted_at) - 86400, p.id);
        await poll('the next second', () => Date.now() >= (Number(quoted_at) + 1) * 1000);
        return { p, page };
    }

    test('is told with what it was and is, and the form can be paid as it stands', async () => {
        const { p, page } = await grown();
        const again = await oper.submit(page, '/deliver', nequi);
        assert.equal(again.status, 422, again.words);
        assert.match(again.words, /El valor subió de \$1\.500 a \$2\.500 mientras cobraba/);
        const fields = again.form('/deliver').fields;
        assert.deepEqual([fields.amount, fields.reference], ['2500', 'N-1']);
        const done = await oper.submit(again, '/deliver');
        assert.equal(done.status, 303, done.words);
        assert.equal(await s.value('SELECT sum(amount) FROM payments WHERE package_id = ?1', p.id), 2500);
    });

    test('leaves two payments as they were typed, and a wrong amount too', async () => {
        const { page } = await grown();
        const split = await oper.submit(page, '/deliver', { ...nequi, amount: '1000', method_2: 'daviplata', amount_2: '500', reference_2: 'D-1' });
        assert.equal(split.status, 422);
        assert.match(split.words, /subió de \$1\.500 a \$2\.500/);
        assert.deepEqual([split.form('/deliver').fields.amount, split.form('/deliver').fields.amount_2], ['1000', '500']);
        const wrong = await oper.submit(page, '/deliver', { ...nequi, amount: '1400' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.words, /El valor a cobrar es \$2\.500 y se registró \$1\.400/);
        assert.equal(wrong.form('/deliver').fields.amount, '1400');
    });
});

describe('a code that another message has replaced', () => {
    const wrong = () => s.value("SELECT count(*) FROM audit_log WHERE action = 'pickup_code_wrong'");

    async function replaced() {
        const p = await on_shelf(s, pub, oper), old = await pickup_code(pub, p);
        const sent = async () => (await s.sql("SELECT n.id, n.state FROM notifications n JOIN notification_packages np"
            + " ON np.notification_id = n.id WHERE np.package_id = ?1 AND n.event = 'package_received'", p.id))[0];
        await s.sql("UPDATE notifications SET state = 'unknown' WHERE id = ?1", (await sent()).id);
        const { id } = await sent();
        const again = await oper.submit(await oper.get(`/notifications/${id}`), `/notifications/${id}/resend`);
        assert.equal(again.status, 303, again.words);
        return { p, old, fresh: await pickup_code(pub, p) };
    }

    test('is told so where the person is known, and is no guess there', async () => {
        const { p, old, fresh } = await replaced(), before = await wrong();
        assert.notEqual(fresh, old);
        const page = await oper.get(`/deliver?package=${p.id}`);
        const told = await oper.submit(page, '/deliver', { code: old, ...nequi });
        assert.equal(told.status, 409, told.words);
        assert.match(told.words, /Ese código se reemplazó al enviar otro mensaje\. Pida el del último/);
        assert.equal(told.form('/deliver').fields.code, old, 'what was typed stays');
        assert.equal(await wrong(), before);
        const other = await on_shelf(s, pub, oper);
        assert.equal((await oper.submit(await oper.get(`/deliver?package=${other.id}`), '/deliver', { code: old, ...nequi })).status, 404,
            'of somebody else it is a wrong one');
        assert.equal(await wrong(), before + 1);
        const done = await oper.submit(told, '/deliver', { code: fresh });
        assert.equal(done.status, 303, done.words);
    });

    test('is a wrong one like any other where nobody is named', async () => {
        const { old } = await replaced(), before = await wrong();
        const answer = await quote(oper, old);
        assert.equal(answer.status, 404);
        assert.match(answer.words, /no corresponde a ningún paquete por entregar.* sirve el del último mensaje/);
        assert.equal(await wrong(), before + 1);
    });
});

describe('photos of a hand-over', () => {
    test('are of its own kind, and staff see them, not the link: they show another person', async () => {
        const p = await given({}, [jpeg_photo(), jpeg_photo()]);
        await s.settled();
        assert.deepEqual(await s.sql('SELECT kind, state FROM package_files WHERE package_id = ?1', p.id),
            [{ kind: 'ENTREGA', state: 'ready' }, { kind: 'ENTREGA', state: 'ready' }]);
        const key = await s.value('SELECT key FROM package_files WHERE package_id = ?1', p.id);
        assert.match((await oper.get(`/packages/${p.id}`)).text, /alt="Foto de la entrega"/);
        assert.doesNotMatch((await pub.get(`/t/${p.public_token}`)).text, /Foto de la entrega/);
        assert.equal((await pub.get(`/t/${p.public_token}/files/${key}`)).status, 404);
    });

    test('that are none are refused, and the hand-over with them', async () => {
        const p = await on_shelf(s, pub, oper), page = await quote(oper, await pickup_code(pub, p));
        const bad = await oper.submit(page, '/deliver', nequi, { photos: [{ name: 'nota.jpg', type: 'image/jpeg', data: 'hola' }] });
        assert.equal(bad.status, 422);
        assert.match(bad.text, /href="#f-photos"/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('and its signature are undone with it, once however often it is clicked', async () => {
        const p = await given({ signature: STROKES }, [jpeg_photo()]);
        const done = await oper.get(`/deliver/done/${p.id}`);
        const both = await Promise.all([1, 2].map(() => oper.submit(done, `/deliver/${p.id}/undo`)));
        assert.deepEqual(both.map((a) => a.status), [303, 303], both.map((a) => a.words).join());
        const late = await oper.post(`/deliver/${p.id}/undo`, { form: { ...done.form(`/deliver/${p.id}/undo`).fields, operation_id: 'otra-pestana-000001' } });
        assert.equal(late.status, 409);
        assert.match(late.words, /No hay una acción reciente/);
        assert.equal(await s.value('SELECT count(*) FROM delivery_signature_packages WHERE package_id = ?1', p.id), 0);
        const page = await oper.get(`/packages/${p.id}`);
        assert.equal(drawn(page), undefined);
        assert.match(page.words, /Sin fotos/);
    });
});

describe('two hand-overs of one clerk to one customer in one second', () => {
    const give = (p, code) => api.post('/api/v1/deliveries', { headers: key(), json: { ids: [p.id], code, ...nequi, amount: 1500 } });

    // Two that fell into one second: tried again, with two new parcels, when a second began between them.
    async function pair() {
        for (let tries = 0; tries < 20; tries++) {
            const phone = new_phone(), two = [await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone })];
            const codes = [await pickup_code(pub, two[0]), await pickup_code(pub, two[1])];
            const given = await Promise.all(two.map((p, i) => give(p, codes[i])));
            assert.deepEqual(given.map((a) => a.status), [201, 201], given.map((a) => a.text).join());
            const [a, b] = await Promise.all(two.map((p) => row(s, p.guide_number)));
            if (a.delivered_at === b.delivered_at)
                return [a, b];
        }
        return assert.fail('no two of 20 pairs fell into one second');
    }

    test('are two: undoing either one leaves the other, with its payment and its receipt', async () => {
        for (const which of [0, 1]) {
            const two = await pair(), undone = two[which], other = two[1 - which];
            for (const p of two) {
                const asked = await oper.submit(await oper.get(`/packages/${p.id}`), '/documents', { kind: 'recibo' });
                assert.equal(asked.status, 303, asked.words);
            }
            assert.notEqual(undone.operation_id, other.operation_id);
            const { csrf } = (await oper.get('/profile')).form('/logout').fields;
            const answer = await oper.post(`/deliver/${undone.id}/undo`, { form: { csrf, operation_id: `una-de-dos-${String(undone.id).padStart(8, '0')}` } });
            assert.equal(answer.status, 303, answer.words);
            assert.deepEqual([(await row(s, undone.guide_number)).state, (await row(s, other.guide_number)).state],
                ['RECIBIDO', 'ENTREGADO']);
            const paid = (p) => s.value('SELECT sum(amount) FROM payments WHERE package_id = ?1', p.id);
            assert.deepEqual([await paid(undone), await paid(other)], [0, 1500]);
            const receipt = (p) => s.value("SELECT state = 'failed' FROM documents WHERE kind = 'recibo' AND subject_id = ?1", p.id);
            assert.deepEqual([await receipt(undone), await receipt(other)], [1, 0]);
        }
    });
});

describe('the key of a hand-over that was undone', () => {
    test('used again says so, and hands nothing over', async () => {
        const api = await s.token('OPERADOR'), p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p);
        const give = () => api.post('/api/v1/deliveries', { headers: { 'Idempotency-Key': `entrega-deshecha-${p.id}` },
            json: { ids: [p.id], code, method: 'nequi', reference: 'N-1', amount: 1500 } });
        assert.equal((await give()).status, 201);
        assert.equal((await give()).headers['idempotent-replayed'], 'true');
        assert.equal((await api.post(`/api/v1/packages/${p.id}/undo`, { json: {}, headers: { 'Idempotency-Key': `deshacer-${p.id}-una-vez` } })).status, 200);
        const again = await give();
        assert.equal(again.status, 409, again.text);
        assert.match(again.json.detail, /se deshizo/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });
});

describe('the receipt by WhatsApp', () => {
    const message = (page) => decodeURIComponent(page.text.match(/href="https:\/\/wa\.me\/(\d+\?text=[^"]*)"/)?.[1].replaceAll('+', ' ') ?? '');

    test('says what, when and how much, and what opens the receipt alone', async () => {
        const phone = new_phone(), p = await given({}, undefined, { phone });
        for (const page of [await oper.get(`/deliver/done/${p.id}`), await oper.get(`/packages/${p.id}`)]) {
            assert.match(page.words, /Enviar recibo por WhatsApp/);
            assert.match(message(page), new RegExp(`^57${phone}\\?text=Hola, Rosa\\. Recibo de .* entregamos la guía ${p.guide_number}\\. Pagó \\$1\\.500\\.`));
            for (const secret of [p.public_token, p.tracking_code, '/t/'])
                assert.ok(!message(page).includes(secret), secret);
            const [, address] = message(page).match(/Comprobante: (\S+\/r\/\d+-\w{22})$/), path = new URL(address).pathname;
            const receipt = await pub.get(path);
            assert.equal(receipt.status, 200);
            assert.match(receipt.words, new RegExp(`Comprobante n\\.º ${path.match(/\d+/)[0]} .*${p.guide_number}.*Pagado \\$1\\.500`));
            for (const secret of [p.public_token, '/t/', '/packages/'])
                assert.ok(!receipt.text.includes(secret), secret);
            for (const wrong of [`${path}x`, path.slice(0, -1), path.replace(/\d+-/, (n) => `${parseInt(n, 10) + 1}-`), '/r/1', '/r/-', '/r/x-y'])
                assert.equal((await pub.get(wrong)).status, 404, wrong);
        }
    });

    test('is not there for a landline, nor before the hand-over', async () => {
        const waiting = await on_shelf(s, pub, oper);
        assert.equal(message(await oper.get(`/packages/${waiting.id}`)), '');
        const landline = await given({}, undefined, { phone: '6015550001', email: 'rosa@example.com' });
        assert.equal(message(await oper.get(`/deliver/done/${landline.id}`)), '');
    });
});

describe('the receipt of a hand-over', () => {
    const number_of = (p) => s.value('SELECT r.number FROM receipts r JOIN packages p ON p.operation_id = r.operation_id WHERE p.id = ?1', p.id);
    const three = async () => {
        const phone = new_phone(), boxes = [];
        for (let i = 0; i < 3; i++)
            boxes.push(await on_shelf(s, pub, oper, { phone }));
        const done = await oper.submit(await quote(oper, await pickup_code(pub, boxes[0])), '/deliver', nequi);
        assert.equal(done.status, 303, done.words);
        return [boxes, await oper.follow(done)];
    };

    test('is one for all its parcels, and of one of them on request', async () => {
        const [boxes, done] = await three(), n = await number_of(boxes[0]);
        const links = [...done.text.matchAll(/href="(\/packages\/\d+\/receipt)"/g)].map((m) => m[1]);
        assert.equal(links.length, 1, 'one button on the page of what was done');
        assert.match(done.words, new RegExp(`Comprobante ${n} , en otra ventana F8`));
        for (const p of boxes) {
            const receipt = await oper.get(`/packages/${p.id}/receipt`);
            assert.match(receipt.words, new RegExp(`Comprobante n\\.º ${n} .*Paquetes 3 .*Pagado \\$4\\.500 Nequi, ref\\. N-1 \\$4\\.500`));
            for (const box of boxes)
                assert.ok(receipt.words.includes(box.guide_number));
            const one = await oper.get(`/packages/${p.id}/receipt?only=1&paper=58`);
            assert.match(one.words, new RegExp(`Comprobante n\\.º ${n} De uno de los 3 paquetes .*${p.guide_number}.*Pagado \\$1\\.500 Nequi, ref\\. N-1 \\$1\\.500`));
            assert.match(one.text, /class="paper-58"/);
            assert.match((await pub.get(`/t/${p.public_token}/receipt`)).words, /Paquetes 3 .*Pagado \$4\.500/, 'all are in one name');
        }
    });

    test('leaves out of a link what is in another name', async () => {
        const phone = new_phone(), mine = await on_shelf(s, pub, oper, { phone, name: 'Rosa Prueba' });
        const other = await on_shelf(s, pub, oper, { phone, name: 'Rosa Prueba' });
        assert.equal((await hand_over(oper, await pickup_code(pub, mine), nequi)).status, 303);
        await s.sql("UPDATE packages SET announced_name = 'Zoraida Otra' WHERE id = ?1", other.id);
        const receipt = await pub.get(`/t/${mine.public_token}/receipt`);
        assert.match(receipt.words, new RegExp(`${mine.guide_number}.*Pagado \\$1\\.500`));
        assert.ok(!receipt.text.includes(other.guide_number));
    });

    test('has the next number, whatever failed or was undone meanwhile', async () => {
        const first = await number_of(await given());
        const p = await on_shelf(s, pub, oper), page = await quote(oper, await pickup_code(pub, p));
        assert.equal((await oper.submit(page, '/deliver', { ...nequi, amount: '1' })).status, 422);
        const again = await hand_over(oper, await pickup_code(pub, p), nequi), undone = await number_of(p);
        const [address] = (await oper.follow(again)).text.match(/\/r\/\d+-\w{22}|%2Fr%2F\d+-\w{22}/) ?? [];
        assert.equal((await oper.post(`/deliver/${p.id}/undo`, { form: { csrf: (await oper.get('/profile')).form('/logout').fields.csrf,
            operation_id: key()['Idempotency-Key'] } })).status, 303);
        const gone = await pub.get(decodeURIComponent(address));
        assert.equal(gone.status, 404);
        assert.match(gone.words, /La entrega de este comprobante se deshizo/);
        assert.deepEqual([undone, await number_of(await given())], [first + 1, first + 2]);
        assert.deepEqual(await s.sql('SELECT count(*) AS n, max(number) AS most FROM receipts').then(([r]) => r.n === r.most), true, 'without a gap');
        await assert.rejects(s.sql('DELETE FROM receipts WHERE number = 1'), /never given again/);
        await assert.rejects(s.sql('UPDATE receipts SET number = 100000 WHERE number = 1'), /keeps its number/);
    });

    test('is told by the API with its number', async () => {
        const p = await on_shelf(s, pub, oper);
        const done = await api.post('/api/v1/deliveries', { headers: key(), json: { ids: [p.id], code: await pickup_code(pub, p), ...nequi, amount: 1500 } });
        assert.equal(done.json.receipt, await number_of(p));
    });
});

describe('after a payment was given back', () => {
    test('the page, the receipt, the counter and the message say what stands', async () => {
        const p = await given();
        assert.match((await pub.get(`/t/${p.public_token}`)).words, /Pagó \$1\.500/);
        const detail = await boss.get(`/packages/${p.id}`);
        const payment = await s.value('SELECT id FROM payments WHERE package_id = ?1', p.id);
        const back = await boss.submit(detail, `/packages/${p.id}/payments/reverse`, { payment, reverse_reason: 'se cobró dos veces' });
        assert.equal(back.status, 303, back.words);
        assert.match((await pub.get(`/t/${p.public_token}`)).words, /Pagó \$0 Se le devolvieron \$1\.500/);
        assert.match((await pub.get(`/search?q=${p.tracking_code}`)).words, /Pagó \$0/);
        const receipt = await pub.get(`/t/${p.public_token}/receipt`);
        assert.match(receipt.words, /Se devolvió \$1\.500 .*Devuelto −\$1\.500 Pagado \$0/);
        assert.match(receipt.words, /Nequi, ref\. N-1 \$1\.500 Devuelto \d\d\/\d\d\/\d{4} \d\d:\d\d, Nequi, ref\. N-1 -\$1\.500/);
        assert.doesNotMatch(receipt.words, /dos veces/, 'the reason is for staff');
        const done = await oper.get(`/deliver/done/${p.id}`);
        assert.match(done.words, /Entregado \$0 .*Se devolvió \$1\.500/);
        assert.doesNotMatch(done.text, /Pag%C3%B3/);
    });

    test('a hand-over that was undone and done again says nothing of it', async () => {
        const p = await given();
        assert.equal((await oper.submit(await oper.get(`/deliver/done/${p.id}`), `/deliver/${p.id}/undo`)).status, 303);
        assert.equal((await hand_over(oper, await pickup_code(pub, p), { method: 'nequi', reference: 'N-2' })).status, 303);
        const receipt = await pub.get(`/t/${p.public_token}/receipt`);
        assert.match(receipt.words, /Pagado \$1\.500/);
        assert.doesNotMatch(receipt.words, /N-1|Devuelto/);
    });
});

describe('what an administrator approves on the spot', () => {
    const PIN = '805173';
    const audits = () => s.sql("SELECT a.user_id, a.object, a.object_id, a.details, v.value AS reason FROM audit_log a"
        + " LEFT JOIN audit_values v ON v.audit_id = a.id WHERE a.action = 'approve' ORDER BY a.id");
    const set_to = (name, value) => s.sql('INSERT INTO settings (key, value, changed_at) VALUES (?1, ?2, 0)'
        + ' ON CONFLICT (key) DO UPDATE SET value = ?2', name, value);
    let jefa, clerk;

    before(async () => {
        const own = await boss.get('/profile/pin');
        assert.equal((await boss.submit(own, '/profile/pin', { current: PEOPLE.ADMIN.password, pin: PIN, again: PIN })).status, 303);
        [jefa, clerk] = [await s.value("SELECT id FROM users WHERE username = 'jefa'"), await s.value("SELECT id FROM users WHERE username = 'oper'")];
    });

    test('is a discount: asked for in words, kept with all that was typed, and written down with both people', async () => {
        const p = await on_shelf(s, pub, oper), typed = { ...nequi, amount: '1000', discount: '500', discount_reason: 'Se mojó aquí' };
        const asked = await oper.submit(await quote(oper, await pickup_code(pub, p)), '/deliver', typed);
        assert.equal(asked.status, 403);
        assert.match(asked.words, new RegExp(`descuento de \\$500 \\(Se mojó aquí\\): guía ${p.guide_number}`));
        assert.match(asked.words, /Quién aprueba Julia Jefa/);
        const form = asked.form('/deliver').fields;
        for (const [field, value] of Object.entries(typed))
            assert.equal(form[field], value, field);
        assert.equal(form.approver, String(jefa), 'the only one is chosen already');
        const wrong = await oper.submit(asked, '/deliver', { pin: '620341' });
        assert.equal(wrong.status, 422);
        assert.match(wrong.text, /href="#f-pin"/);
        assert.doesNotMatch(wrong.text, /620341/);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        const done = await oper.submit(wrong, '/deliver', { pin: PIN });
        assert.equal(done.status, 303, done.words);
        const [audit] = (await audits()).slice(-1);
        assert.deepEqual([audit.user_id, audit.object, audit.object_id, audit.reason], [clerk, 'package', p.id, 'Se mojó aquí']);
        const { note, ...told } = JSON.parse(audit.details);
        assert.deepEqual(told, { what: 'descuento', approved_by: jefa, amount: 500, about: `guía ${p.guide_number}` });
        assert.match(note, /^[0-9a-f]{64}$/, 'the hash of the reason, which stands beside it');
        assert.match((await oper.get(`/packages/${p.id}`)).words, /descuento \$500 · aprobó Julia Jefa/);
        assert.equal(await s.value('SELECT delivered_by FROM packages WHERE id = ?1', p.id), clerk);
    });

    test('is that discount and no other: another sum, reason or parcel is asked for again', async () => {
        const phone = new_phone(), p = await on_shelf(s, pub, oper, { phone }), two = await on_shelf(s, pub, oper, { phone });
        const page = await quote(oper, await pickup_code(pub, p)), typed = { ...nequi, ids: String(p.id), amount: '1000', discount: '500', discount_reason: 'Se mojó aquí' };
        const asked = await oper.submit(page, '/deliver', typed);
        for (const change of [{ amount: '900', discount: '600' }, { discount_reason: 'Es mi primo' },
            { ids: `${p.id},${two.id}`, amount: '2500' }, { ids: String(two.id) }]) {
            const again = await oper.submit(asked, '/deliver', { pin: PIN, ...change });
            assert.equal(again.status, 403, JSON.stringify(change));
            assert.match(again.words, /Cambió lo que se aprueba/);
        }
        const other = await oper.submit(await quote(oper, await pickup_code(pub, two)), '/deliver',
            { ...typed, ids: String(two.id), approver: String(jefa), pin: PIN, approval_of: asked.form('/deliver').fields.approval_of });
        assert.equal(other.status, 403, 'nor is it good for another hand-over');
        const before_ = (await audits()).length;
        const done = await oper.submit(asked, '/deliver', { ids: String(p.id), pin: PIN });
        assert.equal(done.status, 303, done.words);
        assert.equal((await oper.submit(asked, '/deliver', { ids: String(p.id), pin: PIN })).status, 303, 'a double click');
        assert.equal((await audits()).length, before_ + 1);
    });

    test('by the API is nothing', async () => {
        const p = await on_shelf(s, pub, oper), code = await pickup_code(pub, p);
        const body = { ids: [p.id], code, ...nequi, amount: 1000, discount: 500, discount_reason: 'Se mojó aquí' };
        const refused = await api.post('/api/v1/deliveries', { headers: key(), json: body });
        assert.equal(refused.status, 403);
        assert.equal((await api.post('/api/v1/deliveries', { headers: key(), json: { ...body, approver: jefa, pin: PIN } })).status, 422);
    });

    test('is a hand-over without code, where the point asks for it, and a discount with it', async () => {
        const p = await on_shelf(s, pub, oper), page = await oper.get(`/deliver?package=${p.id}`);
        const codeless = { override_reason: 'codigo_olvidado', identity_checked: '1', receiver_name: 'Rosa Prueba',
            receiver_document_type: 'CC', receiver_document_last4: '4050', ...nequi };
        await set_to('handover.override_approval', '1');
        const asked = await oper.submit(page, '/deliver', { ...codeless, amount: '1000', discount: '500', discount_reason: 'Por lo ocurrido' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, /descuento de \$500 \(Por lo ocurrido\), entrega sin código \(Olvidó o borró el código; recibe Rosa Prueba, CC …4050\): guía/);
        const other = await oper.submit(asked, '/deliver', { pin: PIN, receiver_name: 'Pedro Prueba' });
        assert.equal(other.status, 403, 'to somebody else than was approved');
        assert.match(other.words, /recibe Pedro Prueba, CC …4050/);
        const before_ = (await audits()).length, done = await oper.submit(asked, '/deliver', { pin: PIN });
        assert.equal(done.status, 303, done.words);
        assert.deepEqual((await audits()).slice(before_).map((a) => JSON.parse(a.details).what), ['descuento', 'excepcion']);
        await set_to('handover.override_approval', '0');
    });

    test('is a payment taken back', async () => {
        const p = await given(), detail = await oper.get(`/packages/${p.id}`), to = `/packages/${p.id}/payments/reverse`;
        const [pay] = await s.sql('SELECT id FROM payments WHERE package_id = ?1', p.id);
        const asked = await oper.submit(detail, to, { payment: String(pay.id), reverse_reason: 'Cobro doble' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, /reverso de \$1\.500 \(Cobro doble\): guía/);
        assert.equal(asked.form(to).fields.reverse_reason, 'Cobro doble');
        assert.equal(asked.form(`/packages/${p.id}/notes`).fields.pin, undefined, 'asked for in that form alone');
        const done = await oper.submit(asked, to, { pin: PIN });
        assert.equal(done.status, 303, done.words);
        assert.match((await oper.follow(done)).words, /Pago de \$1\.500 reversado · aprobó Julia Jefa/);
    });

    test('is what the point does not let an operator cancel alone', async () => {
        const p = await on_shelf(s, pub, oper), to = `/packages/${p.id}/cancel`;
        await set_to('cancel.approval', '1');
        const asked = await oper.submit(await oper.get(`/packages/${p.id}`), to, { reason: 'paquete_perdido' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, /cancelación \(se perdió\): guía/);
        assert.equal((await api.post(`/api/v1/packages/${p.id}/cancel`, { headers: key(), json: { reason: 'paquete_perdido' } })).status, 403);
        const done = await oper.submit(asked, to, { pin: PIN });
        assert.equal(done.status, 303, done.words);
        await set_to('cancel.approval', '0');
    });

    test('is giving up storage by a cancellation, whatever the point lets an operator cancel', async () => {
        const p = await on_shelf(s, pub, oper), to = `/packages/${p.id}/cancel`;
        await s.sql('UPDATE packages SET received_at = received_at - 20 * 86400 - 3600 WHERE id = ?1', p.id);   // not at the turn of a day of storage
        const asked = await oper.submit(await oper.get(`/packages/${p.id}`), to, { reason: 'error_operador' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, /cancelación \(se registró por error; no se cobran \$[\d.]+ de bodegaje\): guía/);
        assert.equal((await api.post(`/api/v1/packages/${p.id}/cancel`, { headers: key(), json: { reason: 'error_operador' } })).status, 403);
        assert.equal((await oper.submit(asked, to, { pin: PIN })).status, 303);
    });

    test('is giving what is in dispute to another than announced it first, but never to the administrator', async () => {
        await set_to('handover.override_approval', '1');
        const own = new_phone(), p = await on_shelf(s, pub, oper), to = `/packages/${p.id}/claims`;
        assert.equal((await announce(pub, { name: 'Omar Oper', phone: own, guides: p.guide_number })).status, 303);
        const claim = String(await s.value('SELECT max(id) FROM claims WHERE package_id = ?1', p.id));
        const asked = await oper.submit(await oper.get(`/packages/${p.id}`), to, { claim, compared: 'documento' });
        assert.equal(asked.status, 403);
        assert.match(asked.words, new RegExp(`decir de quién es \\(Omar Oper, 300 555 \\d{4}, con el documento\\): guía ${p.guide_number}`));
        assert.equal((await api.post(`/api/v1${to}`, { headers: key(), json: { claim: Number(claim), compared: 'documento' } })).status, 403);
        assert.equal(await s.value('SELECT count(*) FROM claims WHERE package_id = ?1 AND settled_at IS NULL', p.id), 1);
        await s.sql('UPDATE users SET phone = ?1 WHERE id = ?2', `+57${own}`, jefa);
        const self = await oper.submit(asked, to, { pin: PIN });
        assert.equal(self.status, 403);
        assert.match(self.words, /no puede ser quien lo recibe/);
        await s.sql('UPDATE users SET phone = NULL WHERE id = ?1', jefa);
        const done = await oper.submit(self, to, { pin: PIN });
        assert.equal(done.status, 303, done.words);
        assert.equal(JSON.parse((await audits()).at(-1).details).what, 'disputa');
        assert.equal((await s.value('SELECT phone FROM customers WHERE id = (SELECT customer_id FROM packages WHERE id = ?1)', p.id)), `+57${own}`);
        await set_to('handover.override_approval', '0');
    });

    test('is receiving or identifying for a new person what was thought to be another\'s', async () => {
        await set_to('handover.override_approval', '1');
        const name = 'Omar Oper', phone = new_phone(), form = (page) => oper.submit(page, '/receive', { name, phone });
        const gone = async () => {
            const p = await announced(s, pub);
            assert.equal((await oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/cancel`, { reason: 'error_operador' })).status, 303);
            return p.guide_number;
        };
        const guide = await gone(), asked = await form(await oper.get(`/receive?guide=${guide}`));
        assert.equal(asked.status, 403);
        assert.match(asked.words, new RegExp(`decir de quién es \\(Omar Oper, 300 555 \\d{4}\\): guía ${guide}`));
        assert.equal(asked.form('/receive').fields.name, name);
        assert.equal((await api.post('/api/v1/packages/receive', { headers: key(), json: { guide, name, phone } })).status, 403);
        assert.equal((await oper.submit(asked, '/receive', { pin: PIN })).status, 303);
        assert.equal(await s.value("SELECT announced_name FROM packages WHERE guide_number = ?1 AND state = 'RECIBIDO'", guide), name);
        const other = await gone(), waits = await received(s, oper, other), to = `/packages/${waits.id}/identify`;
        const who = await oper.submit(await oper.get(`/packages/${waits.id}`), to, { name, phone });
        assert.equal(who.status, 403);
        assert.equal(who.form(`/packages/${waits.id}/notes`).fields.pin, undefined, 'asked for in that form alone');
        assert.equal((await oper.submit(who, to, { pin: PIN })).status, 303);
        assert.deepEqual((await audits()).slice(-2).map((a) => JSON.parse(a.details).what), ['disputa', 'disputa']);
        await set_to('handover.override_approval', '0');
    });
});
