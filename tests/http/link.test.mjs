// The secret link and the code go to the phone alone: whoever announces may write anybody's
// phone and an e-mail of their own, and staff have no need of either.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { announce, announced, announced_by_mail, e164, email_link, hand_over, new_guide, new_phone, on_shelf, pickup_code, quote,
    received, row } from '../helpers/shop.mjs';

let s, pub, oper;

before(async () => {
    s = await System.start({ undo_s: 1, announce_per_hour: 100000, lookup_per_minute: 100000, exempt_address: '127.0.0.1' });
    pub = s.client();
    oper = await s.as('OPERADOR');
});
after(() => s?.stop());

const link = (p) => pub.get(`/t/${p.public_token}`);
const question = (p) => pub.get(`/t/${p.public_token}/question`);
const customer = async (phone) => (await s.sql('SELECT * FROM customers WHERE phone = ?1', e164(phone)))[0];

describe('the link', () => {
    test('is not told to who announces, by page or API, only by SMS', async () => {
        const guides = [new_guide(), new_guide()], phone = new_phone();
        const one = await announce(pub, { guides: new_guide() });
        assert.match(one.location, /^\/announce\/done\?c=[A-Z2-9]{6}&told=sms$/);
        const two = await announce(pub, { phone, guides: guides.join('\n') });
        const page = await pub.follow(two), tokens = await Promise.all(guides.map(async (g) => (await row(s, g)).public_token));
        assert.equal(page.status, 200);
        for (const token of tokens)
            assert.ok(!page.text.includes(token) && !two.location.includes(token));
        assert.doesNotMatch(page.text, /\/t\//);
        for (const guide of guides)
            assert.ok(page.words.includes(guide) && page.words.includes((await row(s, guide)).tracking_code));
        await s.settled();
        const told = s.sms(phone).map((m) => m.message).join();
        assert.ok(tokens.some((token) => told.includes(token)), told);
    });

    test('comes later: who announces first reads the code, what comes next, and sends it to a WhatsApp of their own', async () => {
        const guides = new_guide(), phone = new_phone(), done = await pub.follow(await announce(pub, { phone, guides })), p = await row(s, guides);
        assert.equal(done.text.match(/class="code code-large">([A-Z2-9]{6})</)[1], p.tracking_code);
        assert.match(done.words, /Paquete anunciado A su celular va el enlace.*Qué sigue Llega al punto\. .* Paga al recoger: \$1\.500/s);
        assert.doesNotMatch(done.text, /data-toast/);
        const [, text] = done.text.match(/href="https:\/\/wa\.me\/\?text=([^"]+)"/);
        assert.ok(decodeURIComponent(text).includes(`Guía ${guides}, código de consulta ${p.tracking_code}: `), text);
        for (const secret of [phone, p.public_token, '/t/'])
            assert.ok(!text.includes(secret), secret);
        assert.match((await pub.follow(await announce(pub, { phone, guides }))).words, /Ya estaba anunciado Ya lo había anunciado, y sigue en pie/);
        assert.doesNotMatch((await pub.get('/announce/done?told=sms')).text, /panel-ok/, 'a made-up address promises nothing');
    });

    test('comes in an SMS that carries no sentence written as a guide', async () => {
        const phone = new_phone();
        for (const guides of ['LLAME YA 300 555 1234 NEQUI', 'PAGUE/20000/NEQUI/3005551234', 'LLAME3005551235'])
            await announced(s, pub, { phone, guides });
        await s.settled();
        const told = s.sms(phone).map((m) => m.message);
        assert.equal(told.length, 3);
        for (const message of told)
            assert.doesNotMatch(message, /LLAME|PAGUE|NEQUI|555/);
        assert.ok(told.some((message) => /recibido: \.\.\.EQUI\. Codigo de consulta/.test(message)), told.join('\n'));
    });

    test('shows all that its code hands over, with one code, and the sum that the counter says', async () => {
        const phone = new_phone(), [one, two, three] = [await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone }),
            await on_shelf(s, pub, oper, { phone })];
        const others = [await announced(s, pub, { phone }), await on_shelf(s, pub, oper, { phone, name: 'Teresa Vecina' }),
            await on_shelf(s, pub, oper, { phone }), await on_shelf(s, pub, oper, { phone })];
        await announce(pub, { name: 'Pedro Rival', guides: others[2].guide_number });          // in dispute
        assert.equal((await oper.submit(await oper.get(`/deliver?package=${others[3].id}`), `/packages/${others[3].id}/incidents`,
            { outcome: 'no_encontrado' })).status, 303);
        await s.sql('UPDATE packages SET received_at = received_at - 3 * 86400 - 100 WHERE id = ?1', two.id);
        const page = await link(one), code = await pickup_code(pub, one);
        assert.match(page.words, /3 paquetes listos · hoy paga \$7\.500/);
        assert.equal(page.text.match(/code-large/g).length, 1);
        for (const p of [one, two, three])
            assert.ok(page.words.includes(p.guide_number), p.guide_number);
        for (const p of others)
            assert.ok(!page.text.includes(p.guide_number) && !page.text.includes(p.tracking_code), p.guide_number);
        for (const p of [two, three, ...others])
            assert.ok(!page.text.includes(p.public_token));
        assert.match((await quote(oper, code)).words, /\$7\.500/);
        const { json } = await s.client().get(`/api/v1/track/token/${one.public_token}`);
        assert.equal(json.ready_total, 7500);
        assert.deepEqual(json.ready.map((p) => [p.guide_number, p.total]).sort(), [[one, 1500], [two, 4500], [three, 1500]].map(([p, total]) => [p.guide_number, total]).sort());
        assert.match((await link(others[1])).words, /Su paquete está listo/);
        const disputed = await link(others[2]);
        assert.doesNotMatch(disputed.text, /code-large/);
        assert.ok(!disputed.text.includes(one.guide_number));
        assert.ok(!(await link(others[0])).text.includes(one.guide_number), 'what is announced has no code yet');
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

const letters = async (address) => {
    await s.settled();
    return s.mails(address);
};
const by_page = async (p, fields) => {
    const to = `/t/${p.public_token}/email`, page = await link(p);
    return pub.post(to, { form: { csrf: page.form(to).fields.csrf, ...fields } });
};
const by_letter = async (p) => {
    const at = email_link(s, p), answer = await pub.submit(await pub.get(at), at);
    assert.equal(answer.status, 303, answer.words);
};
// Seconds: announcements of one person within one are one announcement.
const later = (p, n) => s.sql('UPDATE packages SET announced_at = announced_at - ?2 WHERE id = ?1', p.id, n);

// The row of a question, by the parcel that it is about.
const row_of = async (p, state = '') => {
    const list = await (await s.token('USUARIO')).get(`/api/v1/inquiries${state && `?state=${state}`}`);
    return list.json.items.find((i) => i.package_id === p.id);
};
const ask = async (p, content) => {
    const answer = await s.client().post(`/api/v1/track/token/${p.public_token}/inquiries`, { json: { content } });
    assert.equal(answer.status, 201, answer.text);
    return row_of(p);
};

describe('a question', () => {
    test('by the link is answered at the counter with the package beside it, and the answer reaches who asked by SMS and on their page', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559940' }), content = '¿Abren el festivo?\n<script>alert(1)</script>';
        const page = await question(p), asked = await pub.submit(page, `/t/${p.public_token}/inquiries`, { content });
        assert.equal(asked.status, 303, asked.words);
        assert.equal((await pub.submit(page, `/t/${p.public_token}/inquiries`, { content })).status, 303, 'sent twice');
        assert.match((await pub.follow(asked)).words, /¿Abren el festivo\?.*La recibimos hoy \d\d:\d\d ?\. Le respondemos aquí/s);
        assert.match((await oper.get('/dashboard')).words, /1 por responder: preguntas de residentes/);
        assert.match((await oper.get('/dashboard')).text, /data-inquiries>1</);
        const list = await oper.get('/messages'), { id } = await row_of(p);
        assert.equal(list.words.split('¿Abren el festivo?').length, 2, 'once');
        assert.doesNotMatch(list.text, /<script>alert|\/t\//);
        const one = await oper.get(`/messages/${id}`);
        assert.match(one.words, new RegExp(`Guía ${p.guide_number}.*Debe hoy \\$1\\.500`, 's'));
        assert.match(one.words, /Le llega por SMS al 300 555 9940 ?, y queda en la página de su paquete/);
        assert.match(one.text, new RegExp(`href="https://wa\\.me/${p.announced_phone.slice(1)}\\?text=Hola`));
        assert.match((await oper.get(`/packages/${p.id}`)).words, /Lo que preguntó ¿Abren el festivo\?/);
        const short = await oper.submit(one, `/inquiries/${id}/answer`, { answer: 'No' });
        assert.equal(short.status, 422);
        assert.match(short.text, />No<\/textarea>/);
        const done = await oper.submit(one, `/inquiries/${id}/answer`, { answer: 'Sí, hasta <b>las 12</b>.' });
        assert.equal(done.status, 303, done.words);
        assert.match((await oper.follow(done)).words, /Respondida\. Sale por SMS/);
        assert.equal((await oper.submit(one, `/inquiries/${id}/answer`, { answer: 'Sí, hasta <b>las 12</b>.' })).status, 303, 'sent twice');
        assert.match((await s.sms_soon('3005559940', /le responde: Si, hasta <b>las 12<\/b>\. /)).message, /\/t\//);
        assert.equal(s.sms().filter((m) => /le responde/.test(m.message) && m.number.endsWith('3005559940')).length, 1);
        const read = await link(p);
        assert.match(read.words, /¿Abren el festivo\?.*Le respondimos hoy \d\d:\d\d .*hasta <b>las 12<\/b>/s);
        assert.doesNotMatch(read.words, /La recibimos/);
        assert.match((await oper.get('/messages')).words, /Ninguna pregunta por responder/);
        assert.match((await oper.get('/dashboard')).text, /hidden><span data-inquiries></);
        const closing = await oper.submit(await oper.get(`/messages/${id}`), `/inquiries/${id}/close`);
        assert.equal(closing.status, 303, closing.words);
        assert.match((await link(p)).words, /La atendimos hoy/);
        assert.match((await oper.get(`/messages/${id}`)).words, /la cerró/);
        await s.sql("UPDATE packages SET customer_id = (SELECT id FROM customers WHERE id <> ?2 LIMIT 1) WHERE id = ?1", p.id, p.customer_id);
        assert.doesNotMatch((await link(p)).words, /Abren el festivo|las 12/, 'another person\'s now');
    });

    test('stays of who asked it when the parcel becomes another\'s, and its answer carries no sentence written as a guide', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559960', guides: 'PAGUE20000NEQUI' });
        const other = await on_shelf(s, pub, oper, { phone: '3005559961', name: 'Berta Dueña' });
        const { id } = await ask(p, 'Va mi primo por ella');
        assert.match(decodeURIComponent((await oper.get(`/messages/${id}`)).text), /sobre la guía …EQUI/);
        await s.sql("UPDATE packages SET customer_id = ?2, announced_name = 'Berta Dueña', announced_phone = '+573005559961' WHERE id = ?1", p.id, other.customer_id);
        assert.equal((await row_of(p)).customer_phone, '+573005559960');
        assert.doesNotMatch(JSON.stringify(await row_of(p)), /Berta/);
        assert.match((await oper.get(`/messages/${id}`)).words, /No sale ningún mensaje\. El paquete resultó ser de otra persona/);
        assert.equal((await oper.submit(await oper.get('/messages'), '/inquiries/close', { ids: String(id) })).status, 303);
    });

    test('that follows another joins it, and of many those that somebody has chosen are closed together', async () => {
        const parcels = [];
        for (const n of [1, 2, 3])
            parcels.push(await on_shelf(s, pub, oper, { phone: `300555995${n}` }));
        const ids = [];
        for (const p of parcels)
            ids.push((await ask(p, 'Una de muchas preguntas')).id);
        const added = await ask(parcels[0], 'Y otra cosa que olvidé');
        assert.equal(added.id, ids[0]);
        assert.match((await oper.get(`/messages/${ids[0]}`)).words, /Una de muchas preguntas.*Y otra cosa que olvidé/s);
        const list = await oper.get('/messages');
        const none = await oper.submit(list, '/inquiries/close', { ids: [] });
        assert.equal(none.status, 422);
        assert.match(none.text, /href="#f-ids"/);
        const done = await oper.submit(list, '/inquiries/close', { ids: ids.slice(0, 2).join(',') });
        assert.equal(done.status, 303, done.words);
        assert.match((await oper.follow(done)).words, /Preguntas cerradas: 2/);
        assert.deepEqual((await s.sql('SELECT state FROM inquiries WHERE id >= ?1 ORDER BY id', ids[0])).map((i) => i.state), ['CERRADO', 'CERRADO', 'ABIERTO']);
        assert.equal((await oper.submit(await oper.get('/messages'), '/inquiries/close', { ids: String(ids[2]) })).status, 303);
    });

    test('is sorted by what it is about, and the inbox and its sheet show those alone', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559974' }), { id } = await ask(p, '=Me cobraron de más, ¿por qué?');
        const page = await oper.get(`/messages/${id}`);
        const sorted = await oper.follow(await oper.submit(page, `/inquiries/${id}/sort`, { category: 'COBRO', priority: 'URGENTE' }));
        assert.match(sorted.words, /De qué trata: Lo que cuesta \(Urgente\)/);
        assert.match((await oper.get('/messages?category=COBRO&priority=URGENTE')).words, /Me cobraron de más/);
        assert.doesNotMatch((await oper.get('/messages?category=DANO')).words, /Me cobraron de más/);
        const href = (await oper.get('/messages?category=COBRO')).text.match(/href="(\/messages\/sheet[^"]*)"/)[1];
        const sheet = await oper.get(href.replaceAll('&amp;', '&'));
        assert.match(sheet.headers['content-type'], /text\/csv/);
        assert.ok(sheet.text.includes("'=Me cobraron") && sheet.text.split('\n').length === 3, sheet.text);
        assert.equal((await (await s.as('USUARIO')).get('/messages/sheet')).status, 403);
        await oper.submit(await oper.get(`/messages/${id}`), `/inquiries/${id}/close`);
    });

    test('is taken, passed on, and written to again while somebody answers, without a word getting lost', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559970' }), { id } = await ask(p, '¿Puede ir mi hermano?');
        const page = await oper.get(`/messages/${id}`);
        assert.equal((await oper.submit(page, `/inquiries/${id}/read`)).status, 303);
        assert.match((await oper.get('/messages?mine=1')).words, /Ninguna pregunta con estos filtros/);
        const taken = await oper.submit(page, `/inquiries/${id}/assign`);
        assert.match((await oper.follow(taken)).words, /Queda a su cargo\./);
        assert.match((await oper.get('/messages?mine=1')).words, /¿Puede ir mi hermano\?/);
        assert.equal((await oper.post(`/inquiries/${id}/assign`, { form: { csrf: page.form(`/inquiries/${id}/assign`).fields.csrf, user_id: '999' } })).status, 422);
        await ask(p, 'Mejor va mi mamá, no él');
        const late = await oper.submit(page, `/inquiries/${id}/answer`, { answer: 'Sí, su hermano puede.' });
        assert.equal(late.status, 409);
        assert.match(late.words, /escribió algo más mientras usted respondía/);
        assert.match(late.text, />Sí, su hermano puede\.<\/textarea>/);
        assert.match(late.words, /Mejor va mi mamá/);
        const again = await oper.submit(late, `/inquiries/${id}/answer`, { answer: 'Sí, ella puede.', close: '1' });
        assert.equal(again.status, 303, again.words);
        const closed = await oper.get(`/messages/${id}`);
        assert.match((await oper.follow(await oper.submit(closed, `/inquiries/${id}/reopen`))).words, /Abierta otra vez/);
        assert.equal((await oper.submit(await oper.get(`/messages/${id}`), `/inquiries/${id}/close`)).status, 303);
    });

    test('is answered once by a program, however often it asks at once', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559972' }), { id } = await ask(p, '¿Hasta qué hora abren hoy?');
        const api = await s.token('OPERADOR'), url = `/api/v1/inquiries/${id}/answer`, json = { answer: 'Hasta las siete.' };
        assert.match((await api.post(url, { json })).text, /Idempotency-Key/);
        const all = await Promise.all(Array.from({ length: 6 }, () => api.post(url, { json, headers: { 'Idempotency-Key': 'una-respuesta-sola-1' } })));
        assert.deepEqual(all.map((a) => a.status), Array(6).fill(200));
        assert.equal(await s.value('SELECT count(*) FROM inquiry_texts WHERE inquiry_id = ?1', id), 1);
    });

    test('begins with an answer that is written already, which an administrator changes', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559971' }), { id } = await ask(p, '¿Cuánto hay que pagar?');
        const admin = await s.as('ADMIN'), refused = await admin.submit(await admin.get('/messages/answers'), '/messages/answers', { title: 'Cuánto', body: 'Con {entrega} paga {costo}' });
        assert.equal(refused.status, 422);
        assert.match(refused.words, /no conoce «\{entrega\}»/);
        assert.match(refused.text, /Con \{entrega\} paga \{costo\}<\/textarea>/);
        assert.equal((await admin.submit(refused, '/messages/answers', { title: 'Cuánto', body: 'Hoy paga {costo}.' })).status, 303);
        const at = await s.value("SELECT id FROM canned_answers WHERE title = 'Cuánto'");
        assert.match((await oper.get(`/messages/${id}?canned=${at}`)).text, />Hoy paga \$1\.500\.<\/textarea>/);
        const edit = await admin.get(`/messages/answers/${at}`);
        assert.equal((await admin.submit(edit, `/messages/answers/${at}`, { title: 'Cuánto', body: 'Paga {costo}, por ahora.' })).status, 303);
        assert.match((await oper.get(`/messages/${id}?canned=${at}`)).text, />Paga \$1\.500, por ahora\.<\/textarea>/);
        assert.equal((await oper.get(`/messages/answers/${at}`)).status, 403);
        assert.equal((await admin.submit(edit, `/messages/answers/${at}/remove`)).status, 303);
        assert.doesNotMatch((await oper.get('/messages/answers')).words, /por ahora/);
        await s.sql("UPDATE inquiries SET state = 'CERRADO', closed_at = 1 WHERE id = ?1", id);
    });

    test('is read, taken, answered, closed and opened again by the API', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559972' }), { id } = await ask(p, '¿Hasta qué hora abren?');
        const api = await s.token('OPERADOR'), at = `/api/v1/inquiries/${id}`, before = (await api.get('/api/v1/inquiries/stats')).json;
        assert.equal(before.waiting, 1);
        assert.deepEqual((await api.get(at)).json.reach, { sms: '+573005559972', email: null, page: true, why: null });
        assert.equal((await api.post(`${at}/assign`, { json: { user_id: 999 } })).status, 422);
        assert.equal((await api.post(`${at}/read`)).json.state, 'LEIDO');
        const sent = await api.post(`${at}/answer`, { json: { answer: 'Hasta las siete.', seen: 0 }, headers: { 'Idempotency-Key': 'una-respuesta-api-01' } });
        assert.equal(sent.json.state, 'RESPONDIDO', sent.text);
        assert.equal(sent.json.texts[0].sms, 'queued');
        assert.equal((await api.post(`${at}/close`)).json.state, 'CERRADO');
        assert.equal((await api.post(`${at}/close`)).status, 409);
        assert.equal((await api.post(`${at}/reopen`)).json.state, 'LEIDO');
        assert.equal((await (await s.token('USUARIO')).post(`${at}/close`)).status, 403);
        assert.equal((await api.post(`${at}/close`)).status, 200);
        assert.equal((await api.get('/api/v1/inquiries/stats')).json.waiting, 0);
        assert.equal((await api.get('/api/v1/inquiries?state=CERRADO&limit=1')).json.items[0].id, id, 'the newest first');
    });

    test('is counted beside its entry in the menu, and told again only when the number has changed', async () => {
        const p = await on_shelf(s, pub, oper, { phone: '3005559973' }), first = await oper.get('/inquiries/waiting');
        assert.equal(first.text.trim(), '');
        const { id } = await ask(p, '¿Hasta qué hora abren?'), one = await oper.get('/inquiries/waiting');
        assert.equal(one.text.trim(), '1');
        assert.equal((await oper.get('/inquiries/waiting', { headers: { 'If-None-Match': one.headers.etag } })).status, 304);
        assert.equal((await oper.get('/inquiries/waiting', { headers: { 'If-None-Match': first.headers.etag } })).status, 200);
        await s.sql('UPDATE sessions SET seen_at = seen_at - 3600');
        await oper.get('/inquiries/waiting');
        assert.ok(await s.value('SELECT max(seen_at) FROM sessions') < Date.now() / 1000 - 3000, 'a tab that asks by itself keeps nobody signed in');
        await s.sql("UPDATE inquiries SET state = 'CERRADO', closed_at = 1 WHERE id = ?1", id);
    });

    test('that is too short keeps what was typed, and a parcel has five a day', async () => {
        const p = await on_shelf(s, pub, oper), at = `/t/${p.public_token}/inquiries`;
        const short = await pub.submit(await question(p), at, { content: 'Hola' });
        assert.equal(short.status, 422);
        assert.match(short.words, /Escriba su pregunta, con diez letras o más/);
        assert.match(short.text, />Hola<\/textarea>/);
        const api = s.client(), again = (n) => api.post(`/api/v1/track/token/${p.public_token}/inquiries`, { json: { content: `¿Ya llegó mi caja número ${n}?` } });
        for (let n = 0; n < 5; n++)
            assert.equal((await again(n)).status, 201);
        assert.equal((await again(6)).status, 409);
        assert.equal((await api.post('/api/v1/track/token/nadie/inquiries', { json: { content: '¿Ya llegó mi caja?' } })).status, 404);
    });

    test('about a box that a carrier says it left here is looked for by a list, and its end is told', async () => {
        const nowhere = await pub.get('/search?q=700077770001');
        assert.match(nowhere.text, /href="\/missing\?guide=700077770001"/);
        const form = await pub.get('/missing?guide=700077770001'), empty = await pub.submit(form, '/missing', { guide: '' });
        assert.equal(empty.status, 422);
        for (const field of ['guide', 'carrier', 'day', 'name', 'phone', 'consent'])
            assert.match(empty.text, new RegExp(`href="#f-${field}"`), field);
        const today = new Date(Date.now() - 5 * 36e5).toISOString().slice(0, 10);
        const fields = { carrier: 'Envía', day: today, name: 'Zoraida Ruiz', phone: '300 555 9980', content: 'Caja azul', consent: '1' };
        const sent = await pub.submit(form, '/missing', fields);
        assert.equal(sent.status, 303, sent.words);
        assert.match((await pub.follow(sent)).words, /Lo vamos a buscar Le respondemos por SMS/);
        const api = await s.token('OPERADOR'), { id } = (await api.get('/api/v1/inquiries')).json.items.find((i) => i.kind === 'NO_LLEGO');
        const at = `/messages/${id}`, page = await oper.get(at);
        assert.match(page.words, /La transportadora dice que lo dejó aquí.*Caja azul/s);
        assert.match(page.text, /href="\/packages\?q=700077770001".*href="\/packages\?q=Zoraida%20Ruiz".*href="\/packages\?unidentified=1"/s);
        assert.doesNotMatch(page.text, /not-found/);
        assert.equal((await api.post(`/api/v1/inquiries/${id}/not-found`, { json: {} })).status, 409);
        for (const step of ['guia', 'nombre', 'bandeja', 'entregas'])
            assert.equal((await api.post(`/api/v1/inquiries/${id}/steps`, { json: { step } })).status, 200);
        const looked = await oper.get(at);
        assert.match(looked.words, /Por la guía .* hoy/s);
        const gone = await oper.submit(looked, `/inquiries/${id}/not-found`, { note: 'Lo sentimos mucho.' });
        assert.equal(gone.status, 303, gone.words);
        const told = await s.sms_soon('3005559980', /Buscamos la guia 700077770001/);
        assert.doesNotMatch(told.message, /\/t\//);
        const other = await pub.submit(await pub.get('/missing?guide=700077770002'), '/missing', fields);
        assert.equal(other.status, 303, other.words);
        const second = (await api.get('/api/v1/inquiries')).json.items.find((i) => i.kind === 'NO_LLEGO'), found = await received(s, oper, 'SINDUENO0001');
        assert.equal((await oper.submit(await oper.get(`/messages/${second.id}`), `/inquiries/${second.id}/found`, { found: 'NADIE00001' })).status, 422);
        assert.equal((await oper.submit(await oper.get(`/messages/${second.id}`), `/inquiries/${second.id}/found`, { found: found.guide_number })).status, 303);
        await s.sms_soon('3005559980', /Encontramos el paquete por el que pregunto/);
        assert.match((await oper.get(`/packages/${found.id}`)).words, /Lo buscaba alguien/);
        assert.match((await oper.get('/messages?state=CERRADO')).words, /Encontrado.*No está en el punto/s);
    });

    test('finds the telephone and the WhatsApp of the point beside it, with the guide already written', async () => {
        await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('site.phone', '\"6015550100\"', 0), ('site.whatsapp', '\"3005550199\"', 0)");
        const p = await on_shelf(s, pub, oper);
        const page = await poll('the point\'s own values', async () => {
            const now = await link(p);
            return /Llamar 6015550100 WhatsApp.* Escribir una pregunta/.test(now.words) && now;
        });
        const [, text] = page.text.match(/href="https:\/\/wa\.me\/573005550199\?text=([^"]+)"/);
        assert.equal(decodeURIComponent(text), `Hola. Pregunto por la guía ${p.guide_number}, código de consulta ${p.tracking_code}: `);
        await s.sql("DELETE FROM settings WHERE key LIKE 'site.%'");
    });
});

describe('an e-mail that somebody announced', () => {
    test('gets one letter that asks whose it is, and neither name, guide, code nor link', async () => {
        const email = 'ladrona@example.com', phone = new_phone(), name = 'Zenobia Quijano';
        const p = await received(s, oper, (await announced(s, pub, { phone, email, name })).guide_number);
        const [first, ...more] = await letters(email), code = await pickup_code(pub, p);
        assert.deepEqual(more, []);
        assert.match(first.subject, /Es suyo este correo/);
        const text = JSON.stringify(first);
        for (const secret of [code, p.public_token, '/t/', p.tracking_code, p.guide_number, 'Zenobia', 'Quijano', phone.slice(-4), 'unsubscribe'])
            assert.ok(!text.includes(secret), `the letter has ${secret}`);
        assert.ok(first.text.includes(email_link(s, p)), first.text);
    });

    test('is asked once for an announcement of several parcels', async () => {
        const email = 'varias@example.com';
        await announce(pub, { email, guides: `${new_guide()}\n${new_guide()}\n${new_guide()}` });
        assert.equal((await letters(email)).length, 1);
    });

    test('is the person\'s once the owner of the phone types it whole on their link', async () => {
        const email = 'duena@example.com', phone = new_phone(), p = await announced(s, pub, { phone, email });
        for (const wrong of ['d•••@example.com', 'dueno@example.com', 'd', '']) {
            const answer = await by_page(p, { mine: '1', email: wrong });
            assert.equal(answer.status, 422, wrong);
            assert.match(answer.text, /id="e-email"/);
        }
        assert.doesNotMatch((await link(p)).text, /@example\.com/, 'no part of it is shown');
        const said = await by_page(p, { mine: '1', email: ' Duena@example.com ' });
        assert.equal(said.status, 303);
        assert.match((await pub.follow(said)).words, /Falta un paso: abra el enlace del correo que enviamos a Duena@example\.com/);
        assert.equal((await customer(phone)).email, null, 'who has the phone need not have the mailbox');
        await by_letter(p);
        assert.equal((await customer(phone)).email, email);
        const q = await received(s, oper, (await announced(s, pub, { phone })).guide_number);
        const told = (await letters(email)).find((m) => /Listo para recoger/.test(m.subject) && m.text.includes(q.guide_number));
        assert.ok(told.text.includes(await pickup_code(pub, q)) && told.text.includes(`/t/${q.public_token}`), told.text);
    });

    test('of somebody else gets nothing but the question, though the owner of a phone says that it is theirs', async () => {
        const email = 'cualquiera@example.com', phone = new_phone(), name = 'Su cuenta fue bloqueada';
        const p = await announced(s, pub, { phone, name, email });
        assert.equal((await by_page(p, { mine: '1', email })).status, 303);
        await announced(s, pub, { phone, name, email });
        await received(s, oper, p.guide_number);
        await announced(s, pub, { phone, name });
        for (const letter of await letters(email))
            assert.match(letter.subject, /Es suyo este correo/);
        const page = await link(p);
        assert.match(page.words, /Confirme su correo Le enviamos un correo con un enlace/);
        assert.ok(!page.text.includes(email));
        await by_letter(p);
        assert.doesNotMatch((await link(p)).words, /Confirme su correo/);
        const told = (await letters(email)).find((m) => /Listo para recoger/.test(m.subject));
        assert.ok(told.text.includes(await pickup_code(pub, p)), 'what it missed is told once both have said so');
    });

    test('that was opened by its letter before is the person\'s as soon as the owner of the phone types it', async () => {
        const phone = new_phone(), email = 'antes@example.com', p = await announced_by_mail(s, pub, { phone, email });
        const said = await by_page(p, { mine: '1', email });
        assert.match((await pub.follow(said)).words, /Desde ahora le escribimos también a antes@example\.com/);
        assert.equal((await customer(phone)).email, email);
    });

    test('that its reader proves by the link of the letter gets news, but no code where SMS goes', async () => {
        const email = 'lectora@example.com', phone = new_phone();
        const p = await received(s, oper, (await announced_by_mail(s, pub, { phone, email })).guide_number);
        const told = (await letters(email)).find((m) => /Listo para recoger/.test(m.subject));
        assert.match(told.text, /Código de entrega: el que le llegó por SMS/);
        assert.ok(!told.text.includes(await pickup_code(pub, p)) && !told.text.includes('/t/'), told.text);
        assert.equal((await customer(phone)).email, null, 'no other announcement knows it');
        const q = await received(s, oper, (await announced(s, pub, { phone })).guide_number);
        assert.ok((await letters(email)).every((m) => !m.text.includes(q.guide_number)));
    });

    test('that was proved late is told at once what it missed', async () => {
        const email = 'tarde@example.com', p = await on_shelf(s, pub, oper, { phone: '6015550077', email });
        assert.equal((await letters(email)).length, 1);
        const at = email_link(s, p), asked = await pub.get(at);
        assert.match(asked.words, /¿Es suyo este correo\?/);
        assert.ok(!asked.text.includes(p.guide_number) && !asked.text.includes(email));
        assert.equal((await pub.submit(asked, at)).status, 303);
        assert.match((await pub.get(at)).words, /Correo confirmado/);
        const told = (await letters(email)).find((m) => /Listo para recoger/.test(m.subject));
        assert.ok(told.text.includes(await pickup_code(pub, p)), 'no SMS goes to that phone');
        assert.equal((await pub.get(`${at}x`)).status, 404);
        assert.equal((await pub.get(at.replace(/\d+-/, '1-'))).status, 404);
    });

    test('beside a landline of somebody else gets no code of theirs', async () => {
        const phone = '6015550088', mine = 'victima@example.com', theirs = 'extrana@example.com', name = 'Marta Soler';
        const first = await announced_by_mail(s, pub, { phone, name, email: mine });
        await later(first, 60);
        const bait = await announced_by_mail(s, pub, { phone, name, email: theirs });
        await later(bait, 30);
        const real = await announced(s, pub, { phone, name, no_notice: '1' });
        for (const p of [first, real, bait])
            await received(s, oper, p.guide_number);
        const code = await pickup_code(pub, bait), told = await letters(theirs);
        for (const p of [first, real])
            for (const secret of [p.guide_number, await pickup_code(pub, p), p.public_token])
                assert.ok(told.every((m) => !JSON.stringify(m).includes(secret)), secret);
        assert.ok(told.some((m) => m.text.includes(code)), 'their own parcel\'s code');
        assert.match((await link(bait)).words, /Es la llave de este paquete/);
        const opened = await quote(oper, code);
        assert.ok(opened.text.includes(bait.guide_number) && !opened.text.includes(first.guide_number) && !opened.text.includes(real.guide_number));
        const api = await s.token('OPERADOR'), ids = [bait.id, first.id];
        const both = await api.post('/api/v1/deliveries', { headers: { 'idempotency-key': 'dos-con-un-codigo-01' },
            json: { ids, code, method: 'nequi', reference: 'N1', amount: 3000 } });
        assert.equal(both.status, 409, both.text);
        assert.match(both.json.detail, new RegExp(`abre solo la guía ${bait.guide_number}`));
        const made = await pub.post(`/api/v1/track/token/${bait.public_token}/authorizations`,
            { json: { name: 'Pedro Ruiz', document_type: 'CC', document_number: '1020304' } });
        assert.equal(made.status, 201, made.text);
        assert.ok(!(await quote(oper, made.json.code)).text.includes(first.guide_number));
        assert.doesNotMatch((await link(first)).words, /Pedro Ruiz/);
    });

    test('of a person with the same phone and another name goes to neither', async () => {
        const phone = new_phone(), email = 'anterior@example.com', old = await announced(s, pub, { phone, name: 'Antonia Vega', email });
        assert.equal((await by_page(old, { mine: '1', email })).status, 303);
        await by_letter(old);
        const p = await received(s, oper, (await announced(s, pub, { phone, name: 'Bruno Cano' })).guide_number);
        assert.notEqual(p.customer_id, old.customer_id);
        assert.ok((await letters(email)).every((m) => !m.text.includes(p.guide_number) && !m.text.includes('Bruno')));
    });

    test('of a person who does not have all words of the name gets nothing until it is typed again on this parcel\'s link', async () => {
        const phone = new_phone(), email = 'tocaya@example.com', old = await announced(s, pub, { phone, name: 'María Ruiz', email });
        assert.equal((await by_page(old, { mine: '1', email })).status, 303);
        await by_letter(old);
        assert.equal((await customer(phone)).email, email);
        const p = await received(s, oper, (await announced(s, pub, { phone, name: 'Maria Gómez' })).guide_number);
        const q = await received(s, oper, (await announced(s, pub, { phone, name: 'RUIZ, Maria' })).guide_number);
        const other = await received(s, oper, (await announced(s, pub, { phone, name: 'Ruiz, María Inés' })).guide_number);
        assert.equal(p.customer_id, old.customer_id, 'they are found as one');
        const about = async (x) => (await letters(email)).filter((m) => m.text.includes(x.guide_number));
        assert.deepEqual([(await about(p)).length, (await about(other)).length], [0, 0]);
        assert.ok((await about(q)).some((m) => m.text.includes(`/t/${q.public_token}`)), 'the same words are');
        const page = await link(p);
        assert.match(page.words, /hay un correo guardado de antes, con un nombre parecido/);
        assert.ok(!page.text.includes('@example.com') && !page.text.includes('No escribí ninguno'));
        assert.equal((await by_page(p, { mine: '1', email: 'otra.tocaya@example.com' })).status, 422);
        assert.equal((await by_page(p, { mine: '1', email })).status, 303);
        assert.doesNotMatch((await link(p)).words, /correo guardado/);
        assert.equal((await row(s, p.guide_number)).email_proof, 'celular');
    });

    test('and that nobody wrote is forgotten, also when it was confirmed by a slip', async () => {
        const phone = new_phone(), email = 'otra@example.com', p = await announced(s, pub, { phone, email });
        const page = await link(p), to = `/t/${p.public_token}/email`, { csrf } = page.form(to).fields;
        assert.equal((await pub.post(to, { form: { csrf, mine: '1', email } })).status, 303);
        await by_letter(p);
        const answer = await pub.post(to, { form: { csrf, mine: '0' } });
        assert.equal(answer.status, 303, answer.words);
        assert.match((await pub.follow(answer)).words, /no escribimos más a ese correo/);
        const now = await customer(phone);
        assert.deepEqual([now.email, now.email_confirmed_at, (await row(s, p.guide_number)).announced_email], [null, null, null]);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'customer_email' AND object_id = ?1", now.id), 3);
        const late = await pub.post(to, { form: { csrf, mine: '1', email } });
        assert.equal(late.status, 409, 'a page that was open meanwhile');
        assert.match(late.words, /ya no es el que tenemos/);
        assert.equal((await pub.get(email_link(s, { ...p, announced_email: email }))).status, 404);
    });

    test('by staff is the person\'s, and replaces none that is confirmed', async () => {
        const phone = new_phone(), one = await announced(s, pub, { phone, email: 'primera@example.com' });
        assert.equal((await customer(phone)).email, null);
        await announced(s, oper, { phone, email: 'mostrador@example.com' });
        assert.equal((await customer(phone)).email, 'mostrador@example.com');
        const other = await announced(s, oper, { phone, email: 'tercera@example.com' });
        assert.equal((await customer(phone)).email, 'mostrador@example.com', 'who has one keeps it');
        assert.equal((await customer(phone)).email_confirmed_at, 0, 'but is asked, as anybody may mistype it');
        assert.equal(other.email_proof, null);
        assert.match((await link(one)).words, /¿Avisos también por correo\?/);
    });

    test('is asked about and answered through the API as well', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone, email: 'rosa@example.com' });
        const asked = async () => (await pub.get(`/api/v1/track/token/${p.public_token}`)).json.email_to_confirm;
        assert.equal(await asked(), true);
        const to = `/api/v1/track/token/${p.public_token}/email`;
        assert.equal((await pub.post(to, { json: { email: 'r•••@example.com', mine: true } })).status, 422);
        assert.equal((await pub.post(to, { json: { email: 'rosa@example.com', mine: true } })).status, 204);
        assert.equal(await asked(), false);
        assert.equal((await pub.post(`/api/v1/track/token/${'x'.repeat(22)}/email`, { json: { email: 'rosa@example.com', mine: true } })).status, 404);
    });
});

describe('a person without a phone', () => {
    test('is announced by staff as such, and by nobody else', async () => {
        const api = await s.token('OPERADOR'), name = 'Elvira Sin Celular';
        const ask = (who, fields) => who.post('/api/v1/announcements', { json: { name, no_phone: true, guides: new_guide(), consent: true, ...fields } });
        assert.equal((await ask(pub)).status, 422);
        assert.equal((await ask(api, { phone: new_phone() })).status, 422);
        const made = await ask(api), again = await ask(api);
        assert.equal(made.status, 201, made.text);
        assert.deepEqual([made.json.takes_sms, again.json.takes_sms], [false, false]);
        const [one, two] = await Promise.all([made, again].map((a) => row(s, a.json.packages[0].guide_number)));
        assert.equal(one.customer_id, two.customer_id, 'found by the name');
        assert.match((await oper.get(`/packages/${one.id}`)).words, /Elvira Sin Celular .*No tiene celular/);
        assert.equal((await link(one)).status, 200);
    });
});

describe('a guide that two people announce', () => {
    const RIVAL = { name: 'Pedro Rival' };
    const claim = async (p) => (await s.value('SELECT max(id) FROM claims WHERE package_id = ?1', p.id));
    const settle = async (p, fields) => oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/claims`, { compared: 'etiqueta', ...fields });

    test('of the same phone and name is the same announcement, with its address', async () => {
        const phone = new_phone(), p = await announced(s, pub, { phone });
        const again = await announce(pub, { phone, name: 'PRUEBA, Rosa', guides: ` ${p.guide_number.toLowerCase()} ` });
        assert.equal(again.location, `/announce/done?c=${p.tracking_code}&told=antes`);
        assert.match((await pub.follow(again)).words, /Ya lo había anunciado/);
        await s.settled();
        assert.equal(s.sms().filter((m) => m.message.includes(p.tracking_code)).length, 1);
        assert.equal(await s.value('SELECT count(*) FROM package_events WHERE package_id = ?1', p.id), 1);
    });

    test('tells who came second that it is disputed, and nothing of the first', async () => {
        const guide = new_guide(), own = new_guide(), p = await announced(s, pub, { guides: guide });
        const answer = await announce(pub, { ...RIVAL, guides: `${guide}\n${own}` });
        const page = await pub.follow(answer);
        assert.match(page.words, new RegExp(`Paquete anunciado .*${own}.*sin dueño: ${guide}`));
        assert.ok(!page.text.includes(p.tracking_code) && !answer.location.includes(p.tracking_code) && !page.text.includes('Rosa'));
        const only = await pub.post('/api/v1/announcements', { json: { name: 'Olga Tres', phone: '6015550123', guides: guide, consent: true } });
        assert.equal(only.status, 201, only.text);
        assert.deepEqual([only.json.packages, only.json.disputed], [[], [{ guide_number: guide }]]);
        assert.equal((await pub.get(`/announce/done?disputed=${guide}`)).status, 200);
        assert.match((await link(p)).words, /Otra persona anunció esta misma guía/);
        assert.match((await pub.get(`/search?q=${p.tracking_code}`)).words, /Otra persona anunció esta misma guía/);
    });

    test('of the same name and landline, but another e-mail, is disputed: the code would go to whom it may not be', async () => {
        const phone = '6015550166', name = 'Noemí Landa', theirs = 'landa.falsa@example.com', mine = 'noemi@example.com';
        const p = await announced_by_mail(s, pub, { phone, name, email: theirs });
        const page = await pub.follow(await announce(pub, { phone, name, email: mine, guides: p.guide_number }));
        assert.match(page.words, new RegExp(`otro correo, a otro nombre o sin dueño: ${p.guide_number}`));
        assert.match((await oper.get(`/receive?guide=${p.guide_number}`)).words, new RegExp(`compare la etiqueta.*${theirs}.*${mine}`));
        await received(s, oper, p.guide_number);
        assert.ok((await letters(theirs)).every((m) => !/Listo para recoger/.test(m.subject) && !/Código de entrega/.test(m.text)));
        assert.match((await oper.get(`/packages/${p.id}`)).words, new RegExp(`Noemí Landa, 601 555 0166, ${mine}`));
    });

    test('is seen at the counter, and no code leaves before somebody has compared', async () => {
        const phone = new_phone(), rival = new_phone(), q = await announced(s, pub, { phone });
        await announce(pub, { ...RIVAL, phone: rival, guides: q.guide_number });
        assert.match((await oper.get(`/receive?guide=${q.guide_number}`)).words, /En disputa: compare la etiqueta.*Rosa Prueba.*Pedro Rival/);
        const p = await received(s, oper, q.guide_number), page = await link(p);
        assert.doesNotMatch(page.text, /code-large|qr\.svg/);
        assert.equal((await pub.get(`/t/${p.public_token}/qr.svg`)).status, 404);
        assert.doesNotMatch(page.words, /Autorizar a otra persona/);
        const third = { name: 'Luis Mora', document_type: 'CC', document_number: '1020309' };
        assert.equal((await pub.post(`/api/v1/track/token/${p.public_token}/authorizations`, { json: third })).status, 409);
        assert.equal((await pub.get(`/t/${p.public_token}/authorize`)).status, 409);
        await s.settled();
        const said = (number) => s.sms(number).map((m) => m.message).join();
        for (const number of [phone, rival]) {
            assert.match(said(number), /dos personas anunciaron/);
            assert.doesNotMatch(said(number), /C[oó]digo \d{6}/);
        }
        assert.match((await oper.get(`/receive?done=${p.id}`)).words, /En disputa.*De quién dice que es/);
        assert.match((await oper.get('/packages?disputed=1')).words, new RegExp(`${q.guide_number}.*En disputa|En disputa.*${q.guide_number}`));
        assert.match((await oper.get('/dashboard')).text, /href="\/packages\?disputed=1"><strong>[1-9]\d*<\/strong><span>en disputa/);
        assert.doesNotMatch((await (await s.as('USUARIO')).get('/dashboard')).text, /en disputa: falta/);
        assert.match((await oper.get(`/packages/labels?ids=${p.id}`)).words, /EN DISPUTA/);
        const asked = await oper.get(`/deliver?package=${p.id}`);
        assert.match(asked.words, /En disputa: falta comparar de quién es/);
        assert.ok(!asked.text.includes(`name="ids" value="${p.id}"`));
        assert.doesNotMatch(asked.words, /Cobrar/);
        const api = await s.token('OPERADOR');
        const given = await api.post('/api/v1/deliveries', { headers: { 'idempotency-key': `disputa-${p.id}-0123456` }, json: { ids: [p.id],
            override_reason: 'otro', override_text: 'insiste', identity_checked: true, receiver_name: 'Pedro Rival', receiver_document_type: 'CC',
            receiver_document_last4: '1234', method: 'nequi', reference: 'N1', amount: 1500 } });
        assert.equal(given.status, 409, given.text);
        assert.match(given.json.detail, /está en disputa/);
    });

    test('is seen in a series, also by who has no JavaScript', async () => {
        const p = await announced(s, pub);
        await announce(pub, { ...RIVAL, phone: new_phone(), guides: p.guide_number });
        const got = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid', { scan: p.guide_number, carrier: 'varias' });
        assert.equal(got.status, 303, got.words);
        const page = await oper.follow(got);
        assert.match(page.words, new RegExp(`${p.guide_number} En disputa: compare de quién es`));
        assert.ok(page.text.includes(`/packages/${p.id}#claims`));
    });

    test('goes to whom the label names, with a code of their own', async () => {
        const phone = new_phone(), rival = new_phone(), q = await announced(s, pub, { phone });
        await announce(pub, { ...RIVAL, phone: rival, guides: q.guide_number });
        const p = await received(s, oper, q.guide_number);
        assert.equal((await settle(p, { claim: await claim(p), compared: '' })).status, 422);
        const answer = await settle(p, { claim: await claim(p) });
        assert.equal(answer.status, 303, answer.words);
        const page = await oper.follow(answer);
        assert.match(page.words, /Queda escrito que es de Pedro Rival/);
        assert.match(page.words, /Se aclaró de quién es · Pedro Rival · con la etiqueta/);
        assert.doesNotMatch(page.words, /En disputa/);
        const lost = await link(p);
        assert.equal(lost.status, 404, 'the link of the first');
        assert.match(lost.words, /Este paquete es de otra persona.*venga al punto con su documento/);
        assert.ok(!lost.text.includes(p.guide_number) && !lost.text.includes('Pedro') && !lost.text.includes(p.tracking_code));
        const said = await pub.get(`/api/v1/track/token/${p.public_token}`);
        assert.equal(said.status, 404);
        assert.match(said.json.detail, /es de otra persona/);
        assert.doesNotMatch((await pub.get(`/t/${p.public_token.slice(1)}x`)).words, /otra persona/);
        const now = await row(s, p.guide_number), code = await pickup_code(pub, now);
        await s.settled();
        assert.ok(s.sms(rival).some((m) => m.message.includes(code)));
        assert.ok(!s.sms(phone).some((m) => m.message.includes(code)));
        assert.equal((await hand_over(oper, code, { method: 'nequi', reference: 'N-2' })).status, 303);
        assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'claim_settle' AND object_id = ?1", p.id), 1);
    });

    test('of two who say the same name needs a document, and the page says with whose phone parcels are collected', async () => {
        const phone = new_phone(), stranger = new_phone(), before = await on_shelf(s, pub, oper, { phone });
        await hand_over(oper, await pickup_code(pub, before), { method: 'nequi', reference: 'N-4' });
        const q = await announced(s, pub, { phone });
        await announce(pub, { phone: stranger, guides: q.guide_number });
        const p = await received(s, oper, q.guide_number), asked = await oper.get(`/packages/${p.id}`);
        assert.match(asked.words, /la anunció primero.*Con el código que llegó a ese celular se recoge aquí desde hoy.*no ha comprobado el nombre.*Rosa Prueba.*Nadie ha venido antes con ese celular/);
        assert.match(asked.words, /la etiqueta no dice cuál es: pida el documento/);
        const no = await settle(p, { claim: await claim(p) });
        assert.equal(no.status, 422);
        assert.match(no.words, /Rosa Prueba y Rosa Prueba: la etiqueta no dice cuál es/);
        assert.equal((await row(s, p.guide_number)).customer_id, p.customer_id);
        assert.equal((await settle(p, { claim: '0', compared: 'documento' })).status, 303);
    });

    test('of whose phone a stranger has collected with before does not say that the phone is the stranger\'s', async () => {
        const phone = new_phone(), bait = await on_shelf(s, pub, oper, { name: 'Lucas Ladrón', phone });
        await hand_over(oper, await pickup_code(pub, bait), { method: 'nequi', reference: 'N-5' });
        const q = await announced(s, pub, { phone });
        await announce(pub, { ...RIVAL, phone: new_phone(), guides: q.guide_number });
        const { words } = await oper.get(`/packages/${q.id}`);
        assert.match(words, /la anunció primero, [^.]*Con el código que llegó a ese celular se recoge aquí desde hoy/);
        assert.doesNotMatch(words, /Lucas/);
    });

    test('goes to who claimed it when the first announcement is cancelled, and each is told', async () => {
        const phone = new_phone(), rival = new_phone(), p = await announced(s, pub, { phone });
        await announce(pub, { ...RIVAL, phone: rival, guides: p.guide_number });
        const cancel = async (reason) => oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/cancel`, { reason });
        const alone = await cancel('cliente_solicita'), answer = await cancel('error_operador');
        assert.equal(alone.status, 409);
        assert.match(alone.words, /está en disputa: diga primero de quién es/);
        assert.equal(answer.status, 303, answer.words);
        const page = await oper.follow(answer);
        assert.match(page.words, /La guía queda anunciada por Pedro Rival.*Pedro Rival.*La anunció antes otra persona/);
        assert.match((await oper.get(`/receive?guide=${p.guide_number}`)).words, /Pedro Rival/);
        assert.match(page.words, /En disputa.*la anunció primero.*Rosa Prueba/);
        await s.settled();
        assert.ok(s.sms(rival).some((m) => /anuncio recibido.*\/t\//.test(m.message)), JSON.stringify(s.sms(rival)));
        assert.ok(s.sms(phone).some((m) => m.message.includes(p.guide_number) && /cancel/.test(m.message)), JSON.stringify(s.sms(phone)));
    });

    test('stays with the first when the label says so, also through the API', async () => {
        const q = await announced(s, pub), api = await s.token('OPERADOR'), rival = { ...RIVAL, phone: new_phone(), guides: q.guide_number };
        await announce(pub, rival);
        const p = await received(s, oper, q.guide_number), key = (k) => ({ 'idempotency-key': `reclamo-${p.id}-${k}-012345` });
        const [open] = (await api.get(`/api/v1/packages/${p.id}/claims`)).json.items;
        assert.deepEqual([open.name, open.outcome, (await api.get(`/api/v1/packages/${p.id}`)).json.disputed], ['Pedro Rival', null, true]);
        const kept = await api.post(`/api/v1/packages/${p.id}/claims`, { headers: key('a'), json: { claim: 0, compared: 'documento' } });
        assert.equal(kept.status, 200, kept.text);
        assert.deepEqual([kept.json.disputed, kept.json.customer_name], [false, 'Rosa Prueba']);
        const late = await api.post(`/api/v1/packages/${p.id}/claims`, { headers: key('b'), json: { claim: open.id, compared: 'documento' } });
        assert.equal(late.status, 409);
        assert.match((await pub.follow(await announce(pub, rival))).words, new RegExp(`ya comparamos de quién es: ${q.guide_number}`));
        assert.match((await oper.get(`/packages/${p.id}`)).words, /También la anunció otra persona.*Pedro Rival/);
        assert.equal((await hand_over(oper, await pickup_code(pub, p), { method: 'nequi', reference: 'N-3' })).status, 303);
        assert.match((await pub.follow(await announce(pub, rival))).words, new RegExp(`Ya se entregó: ${q.guide_number}`));
        const told = await pub.post('/api/v1/announcements', { json: { ...rival, name: 'Olga Tres', phone: '6015550124', consent: true } });
        assert.deepEqual([told.json.disputed, told.json.settled, told.json.handed_over], [[], [], [{ guide_number: q.guide_number }]]);
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
