// The secret link and the code go to the phone alone: whoever announces may write anybody's
// phone and an e-mail of their own, and staff have no need of either.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { announce, announced, e164, hand_over, new_guide, new_phone, on_shelf, pickup_code, received, row } from '../helpers/shop.mjs';

let s, pub, oper;

before(async () => {
    s = await System.start({ undo_s: 1, announce_per_hour: 100000, lookup_per_minute: 100000, exempt_address: '127.0.0.1' });
    pub = s.client();
    oper = await s.as('OPERADOR');
});
after(() => s?.stop());

const link = (p) => pub.get(`/t/${p.public_token}`);
const mail_to = (address, subject) => poll(`a mail to ${address}`, async () => {
    await s.hasten();
    return s.mails().findLast((m) => m.to.includes(address) && subject.test(m.subject));
}, 20000);
const customer = async (phone) => (await s.sql('SELECT * FROM customers WHERE phone = ?1', e164(phone)))[0];

describe('the link', () => {
    test('is not told to who announces, by page or API, only by SMS', async () => {
        const guides = [new_guide(), new_guide()], phone = new_phone();
        const one = await announce(pub, { guides: new_guide() });
        assert.match(one.location, /^\/search\?q=[A-Z2-9]{6}$/);
        const two = await announce(pub, { phone, guides: guides.join('\n') });
        const page = await pub.follow(two), tokens = await Promise.all(guides.map(async (g) => (await row(s, g)).public_token));
        assert.equal(page.status, 200);
        for (const token of tokens)
            assert.ok(!page.text.includes(token) && !two.location.includes(token));
        assert.doesNotMatch(page.text, /\/t\//);
        for (const guide of guides)
            assert.ok(page.words.includes(guide) && page.words.includes((await row(s, guide)).tracking_code));
        await s.settled();
        const told = s.sms().filter((m) => e164(phone).endsWith(m.number.slice(-10))).map((m) => m.message).join();
        assert.ok(tokens.some((token) => told.includes(token)), told);
    });

    test('is nowhere for staff: a list, a package, its page, its receipt', async () => {
        const p = await on_shelf(s, pub, oper), reader = await s.as('USUARIO'), api = await s.token('OPERADOR');
        const other = await on_shelf(s, pub, oper);
        await hand_over(oper, await pickup_code(pub, other), { method: 'nequi', reference: 'N-1' });
        for (const [who, address] of [[api, '/api/v1/packages'], [api, `/api/v1/packages/${p.id}`], [reader, `/packages/${p.id}`],
            [oper, `/packages/${p.id}`], [oper, '/packages'], [oper, `/packages/${other.id}`], [reader, `/packages/${other.id}/receipt`]]) {
            const answer = await who.get(address);
            assert.equal(answer.status, 200, address);
            for (const secret of [p.public_token, other.public_token, '/t/'])
                assert.ok(!answer.text.includes(secret), `${address} has ${secret}`);
        }
        assert.match((await reader.get(`/packages/${other.id}/receipt?paper=58`)).words, /Comprobante de pago.*/);
        assert.equal((await reader.get(`/packages/${p.id}/receipt`)).status, 404, 'nothing was paid yet');
    });
});

describe('an e-mail that somebody announced', () => {
    test('gets letters without code and link until the phone\'s owner says that it is theirs', async () => {
        const email = 'ladrona@example.com', phone = new_phone();
        const p = await received(s, oper, (await announced(s, pub, { phone, email })).guide_number);
        const first = await mail_to(email, /está listo/), code = await pickup_code(pub, p);
        assert.match(first.text, /Código de entrega: el que le llegó por SMS/);
        for (const secret of [code, p.public_token, '/t/'])
            assert.ok(!JSON.stringify(first).includes(secret), `the letter has ${secret}`);
        const page = await link(p);
        assert.equal((await pub.submit(page, `/t/${p.public_token}/email`, { mine: '1' })).status, 303);
        const q = await received(s, oper, (await announced(s, pub, { phone })).guide_number);
        const second = await poll('the next letter', async () => {
            await s.hasten();
            return s.mails().find((m) => m.to.includes(email) && m.text.includes(q.guide_number) && /está listo/.test(m.subject));
        }, 20000);
        assert.ok(second.text.includes(await pickup_code(pub, q)) && second.text.includes(`/t/${q.public_token}`), second.text);
    });

    test('and is not theirs is forgotten, and nothing goes there any more', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone, email: 'otra@example.com' });
        const page = await link(p);
        const answer = await pub.submit(page, `/t/${p.public_token}/email`, { mine: '0' });
        assert.equal(answer.status, 303, answer.words);
        assert.match((await pub.follow(answer)).words, /no le escribimos más a o•••@example\.com/);
        assert.equal((await customer(phone)).email, null);
        const late = await pub.submit(page, `/t/${p.public_token}/email`, { mine: '1' });
        assert.equal(late.status, 409, 'a page that was open meanwhile');
        assert.match(late.words, /ya no es el que tenemos/);
    });

    test('that was confirmed by a slip is forgotten all the same', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone, email: 'slip@example.com' }), page = await link(p);
        for (const mine of ['1', '0'])
            assert.equal((await pub.submit(page, `/t/${p.public_token}/email`, { mine })).status, 303);
        const now = await customer(phone);
        assert.deepEqual([now.email, now.email_confirmed_at], [null, null]);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'customer_email' AND object_id = ?1", now.id), 2);
    });

    test('takes the place of none; one that staff write takes that of one nobody confirmed', async () => {
        const phone = new_phone(), one = await announced(s, pub, { phone, email: 'primera@example.com' });
        await announced(s, pub, { phone, email: 'segunda@example.com' });
        assert.equal((await customer(phone)).email, 'primera@example.com');
        await announced(s, oper, { phone, email: 'mostrador@example.com' });
        assert.equal((await customer(phone)).email, 'mostrador@example.com');
        assert.ok((await customer(phone)).email_confirmed_at > 0);
        await announced(s, oper, { phone, email: 'tercera@example.com' });
        assert.equal((await customer(phone)).email, 'mostrador@example.com', 'who has one keeps it');
        assert.doesNotMatch((await link(one)).words, /Es suyo este correo/);
    });

    test('is asked about and answered through the API as well', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone, email: 'rosa@example.com' });
        const asked = (await pub.get(`/api/v1/track/token/${p.public_token}`)).json.email_to_confirm;
        assert.equal(asked, 'r•••@example.com');
        const to = `/api/v1/track/token/${p.public_token}/email`;
        assert.equal((await pub.post(to, { json: { email: 'x•••@example.com', mine: true } })).status, 409);
        assert.equal((await pub.post(to, { json: { email: asked, mine: true } })).status, 204);
        assert.equal((await pub.get(`/api/v1/track/token/${p.public_token}`)).json.email_to_confirm, null);
        assert.equal((await pub.post(`/api/v1/track/token/${'x'.repeat(22)}/email`, { json: { email: asked, mine: true } })).status, 404);
    });
});

describe('an authorisation', () => {
    const PERSON = { name: 'Pedro Ruiz', document_type: 'CC', document_number: '1020304' };
    const authorize = (p, fields) => pub.post(`/api/v1/track/token/${p.public_token}/authorizations`, { json: { ...PERSON, ...fields } });

    test('is seen and ended by any link of the customer', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone }), q = await announced(s, pub, { phone });
        const made = await authorize(p);
        assert.equal(made.status, 201, made.text);
        const page = await link(q);
        assert.match(page.words, /Pedro Ruiz puede recoger/);
        const ended = await pub.submit(page, `/t/${q.public_token}/authorizations/${made.json.id}/revoke`);
        assert.equal(ended.status, 303, ended.words);
        assert.doesNotMatch((await link(p)).words, /Pedro Ruiz puede recoger/);
        const stranger = await announced(s, pub), own = await authorize(stranger), other = await authorize(p);
        const at = (id) => `/t/${stranger.public_token}/authorizations/${id}/revoke`;
        const { csrf } = (await link(stranger)).form(at(own.json.id)).fields;
        const no = await pub.post(at(other.json.id), { form: { csrf } });
        assert.equal(no.status, 404);
        assert.match(no.words, /ya se usó, se anuló o venció/);
        assert.match((await link(p)).words, /Pedro Ruiz puede recoger/);
    });

    test('is no way to send words of one\'s own to a stranger', async () => {
        const p = await announced(s, pub);
        for (const name of ['Pague hoy en http://evil.co/pse', 'Su paquete evil.com/pse vence', 'ENTRE A EVIL.CO HOY'])
            assert.equal((await authorize(p, { name })).status, 422, name);
        for (const name of ['Ma.Elena Díaz', 'ma.elena díaz', 'PEREZ CIA.LTDA', 'J. Pérez S.A.S.'])
            assert.equal((await authorize(await announced(s, pub), { name })).status, 201, name);
        const victim = new_phone();
        for (let i = 0; i < 8; i++)
            assert.equal((await authorize(await announced(s, pub), { phone: victim })).status, 201);
        const states = await s.sql("SELECT state, count(*) AS n FROM notifications WHERE recipient = ?1 GROUP BY state = 'suppressed' ORDER BY 1", e164(victim));
        assert.ok(states.some((x) => x.state === 'suppressed' && x.n >= 2), JSON.stringify(states));
    });
});
