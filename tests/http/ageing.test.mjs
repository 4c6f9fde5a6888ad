// Parcels that wait, by age: the bands, whom to call, contacts, the policy of 30 and 45 days and the
// dossier; and what a hand, a browser or a caller of the API gets wrong.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, System } from '../helpers/system.mjs';
import { announced, announced_by_mail, hand_over, key, new_guide, new_phone, on_shelf, pickup_code,
    received } from '../helpers/shop.mjs';

let s, anybody, admin, oper, reader, api, keys = 0;
before(async () => {
    s = await System.start({ announce_per_hour: 100000 });
    ({ anybody, admin, oper, reader } = await s.browsers());
    api = await s.token('OPERADOR');
});
after(() => s?.stop());

// Some seconds more than so many days: what it owes has grown already.
const age = (p, days) => s.sql('UPDATE packages SET received_at = unixepoch() - ?2 * 86400 - 100 WHERE id = ?1', p.id, days);
const contacts = (p) => s.value("SELECT count(*) FROM package_events WHERE package_id = ?1 AND kind = 'CONTACTO'", p.id);
const state = (p) => s.value('SELECT state FROM packages WHERE id = ?1', p.id);
// A parcel of that person, waiting for so long.
async function waits(days, fields = {}) {
    const p = await on_shelf(s, anybody, oper, fields);
    await age(p, days);
    return p;
}
const write_down = async (p, fields, who = oper) =>
    who.submit(await who.get(`/ageing/${p.id}`), `/packages/${p.id}/contacts`, { outcome: 'no_contesto', ...fields });
// Writes a contact down as if so many days ago.  The chain of custody is not for editing, so a test has to
// make the past itself.
async function contact_before(p, days) {
    assert.equal((await write_down(p, {})).status, 303);
    await s.sql('DROP TRIGGER IF EXISTS package_events_fixed');
    await s.sql("UPDATE package_events SET at = at - ?2 * 86400 WHERE package_id = ?1 AND kind = 'CONTACTO'", p.id, days);
}
const abandon = async (p) => {
    const page = await admin.get(`/ageing/${p.id}`), csrf = page.text.match(/name="csrf" value="([^"]+)"/)[1];
    return admin.post(`/ageing/${p.id}/abandon`, { form: { csrf, operation_id: `abandono-${String(++keys).padStart(10, '0')}` } });
};

describe('the shelf by age', () => {
    test('shows bands with what they owe and are worth, each a link to its list, and the API the same', async () => {
        const p = await waits(20, { declared_value: '250000' });
        const nobodys = await received(s, oper, new_guide());
        const page = await reader.get('/ageing');
        assert.equal(page.status, 200);
        assert.match(page.text, /href="\/packages\?band=30%2B"/);
        assert.match(page.words, /16-30 días: ver los paquetes 1 \$21\.500 \$250\.000/);
        assert.match(page.words, /Un paquete por identificar/);
        const json = (await (await s.token('USUARIO')).get('/api/v1/ageing')).json;
        assert.deepEqual(json.bands.map((b) => b.band), ['0-1', '2-3', '4-7', '8-15', '16-30', '30+']);
        assert.deepEqual(json.bands[4], { band: '16-30', packages: 1, due: 21500, declared_value: 250000 });
        assert.equal(json.total.packages, 2);
        assert.equal(json.unidentified, 1);
        assert.equal(json.items[0].package_id, p.id);
        assert.match((await reader.get('/packages?band=16-30')).words, new RegExp(p.guide_number));
        await s.sql("UPDATE packages SET state = 'CANCELADO', cancelled_at = 1, cancel_reason = 'otro', position_id = NULL WHERE id IN (?1, ?2)",
            p.id, nobodys.id);
    });

    test('has one colour a band of days, on every page that shows an age', async () => {
        for (const [days, colour] of [[1, 'age-0'], [5, 'age-2'], [9, 'age-3'], [20, 'age-4']]) {
            const p = await waits(days, { phone: new_phone() }), box = `/packages/${p.id}"`;
            const position = await s.value('SELECT code FROM positions WHERE id = (SELECT position_id FROM packages WHERE id = ?1)', p.id);
            const rows = { '/packages': box, [`/packages/${p.id}`]: 'En el punto hace', '/shelf?view=lista': `/shelf/${position}"`, '/shelf': box,
                [`/shelf/${position}`]: box, [`/ageing/${p.id}`]: '<dt>En el punto', [`/ageing?band=${{ 1: '0-1', 5: '4-7', 9: '8-15', 20: '16-30' }[days]}`]: `/ageing/${p.id}"`,
                ...(days > 15 ? { '/dashboard': box } : {}) };
            for (const [path, mark] of Object.entries(rows)) {
                const { text } = await oper.get(path);
                const row = text.split(/<(?:tr|li|p|div)\b/).find((part) => part.includes(mark)) ?? '';
                assert.match(row, new RegExp(`class="(?:age|slot) ${colour}"`), `${path}: ${days} días`);
            }
            for (const path of ['/ageing', '/dashboard'])
                for (const [band] of (await oper.get(path)).text.matchAll(/\/packages\?band=[^>]*>[^]*?<\/tr>/g))
                    assert.match(band, /class="bar age-[0-5]"/, path);
            await s.sql("UPDATE packages SET state = 'CANCELADO', cancelled_at = 1, cancel_reason = 'otro', position_id = NULL WHERE id = ?1", p.id);
        }
    });

    test('with nothing on it says what will be there', async () => {
        assert.match((await reader.get('/ageing')).words, /Nadie espera/);
        assert.match((await reader.get('/ageing?band=30%2B')).words, /Nadie con este filtro/);
        assert.equal((await reader.get('/ageing?band=99')).status, 422);
    });
});

describe('whom to call', () => {
    test('is a person with all that waits, a phone, and a greeting without secrets', async () => {
        const phone = new_phone(), name = "Rosa <script>alert('x')</script> & Hijos";
        const old = await waits(33, { name, phone }), young = await waits(3, { name, phone });
        const page = await oper.get('/ageing');
        assert.match(page.words, /33 días 2 paquetes ?, desde/);
        assert.match(page.text, new RegExp(`href="tel:\\+57${phone}"`));
        assert.doesNotMatch(page.text, /<script>alert/);
        const link = page.text.match(new RegExp(`href="(https://wa\\.me/57${phone}\\?text=[^"]+)"`))[1];
        const text = new URL(link.replaceAll('&amp;', '&')).searchParams.get('text');
        assert.match(text, /^Hola, cliente\. Le escribimos de .+: tiene 2 paquetes que esperan por usted desde el \d\d\/\d\d\/\d{4}\./);
        for (const secret of [await pickup_code(anybody, old), old.public_token, old.tracking_code, young.public_token, '$'])
            assert.ok(!text.includes(secret), secret);
        assert.match(page.words, /Avisar/);
    });

    test('begins with those who have waited for the days of a setting; a band shows the others', async () => {
        const young = await waits(6, { phone: new_phone(), name: 'Zoraida Reciente' });
        assert.doesNotMatch((await oper.get('/ageing')).words, /Zoraida Reciente/);
        assert.match((await oper.get('/ageing?band=4-7')).words, /Zoraida Reciente/);
        await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('ageing.call_from_days', '6', 0)");
        const page = await oper.get('/ageing');
        assert.match(page.words, /Desde 6/);
        assert.match(page.words, /Zoraida Reciente/);
        assert.ok((await api.get('/api/v1/ageing')).json.items.some((c) => c.package_id === young.id));
        await s.sql("DELETE FROM settings WHERE key = 'ageing.call_from_days'");
    });

    test('comes in pages that follow each other, the longest wait first', async () => {
        for (const days of [12, 11, 10, 9])
            await waits(days, { phone: new_phone() });
        const seen = (await api.pages('/api/v1/ageing?limit=2')).flat();
        assert.deepEqual(seen.map((c) => c.days), [33, 12, 11, 10, 9]);
        assert.equal(new Set(seen.map((c) => c.customer_id)).size, seen.length);
        assert.deepEqual((await api.get('/api/v1/ageing?band=8-15')).json.items.map((c) => c.days), [12, 11, 10, 9]);
    });
});

describe('a contact', () => {
    test('is written down once, told in the history, and ends what had to be done', async () => {
        const p = await waits(31, { phone: new_phone() });
        assert.match((await oper.get(`/ageing/${p.id}`)).words, /A los 30 días, avisarle Avisar/);
        const form = await oper.get(`/ageing/${p.id}`), day = new Date(Date.now() + 86400e3 - 5 * 3600e3).toISOString().slice(0, 10);
        const fields = { outcome: 'vendra', channel: 'whatsapp', promised_day: day, note: 'Viene <script>alert(1)</script> su hermana' };
        const twice = await Promise.all([1, 2].map(() => oper.submit(form, `/packages/${p.id}/contacts`, fields)));
        assert.deepEqual(twice.map((a) => a.status), [303, 303]);
        assert.equal(await contacts(p), 1);
        const done = await oper.follow(twice[0]);
        assert.match(done.words, /Dijo que viene, para el \d\d\/\d\d\/\d{4}/);
        assert.match(done.words, /se le avisó hoy/);
        const detail = await oper.get(`/packages/${p.id}`);
        assert.match(detail.words, /Contacto con el cliente · WhatsApp: dijo que viene, para el .* · Viene/);
        for (const page of [done, detail])
            assert.doesNotMatch(page.text, /<script>alert/);
        assert.doesNotMatch((await anybody.get(`/t/${p.public_token}`)).words, /hermana|Contacto con/);
        assert.equal(await s.value("SELECT count(*) FROM package_events WHERE instr(details, 'hermana') > 0"), 0);
        const list = (await api.get('/api/v1/ageing?band=30%2B')).json.items.find((c) => c.package_id === p.id);
        assert.equal(list.outcome, 'vendra');
        assert.equal(list.must_call, false);
    });

    test('may be about all that waits for the same person', async () => {
        const phone = new_phone(), one = await waits(6, { phone }), two = await waits(5, { phone });
        const form = await oper.get(`/ageing/${one.id}`);
        assert.equal(form.form(`/packages/${one.id}/contacts`).fields.all, '1');
        assert.equal((await oper.submit(form, `/packages/${one.id}/contacts`, { outcome: 'buzon' })).status, 303);
        assert.deepEqual([await contacts(one), await contacts(two)], [1, 1]);
        assert.equal((await write_down(two, { all: undefined })).status, 303);
        assert.deepEqual([await contacts(one), await contacts(two)], [1, 2]);
    });

    test('comes by the API with a key as without, once a key', async () => {
        const p = await waits(2, { phone: new_phone() }), path = `/api/v1/packages/${p.id}/contacts`, headers = key();
        const json = { outcome: 'contesto', channel: 'llamada', note: 'Bien' };
        for (let i = 0; i < 2; i++) {
            const answer = await api.post(path, { json, headers });
            assert.equal(answer.status, 201, answer.text);
            const { package_id, outcome, channel, note } = answer.json;
            assert.deepEqual([package_id, outcome, channel, note], [p.id, 'contesto', 'llamada', 'Bien']);
        }
        assert.equal((await api.post(path, { json })).status, 201);
        assert.equal(await contacts(p), 2);
    });

    test('is one of a list that the API reads page by page, the newest first', async () => {
        const p = await waits(2, { phone: new_phone() }), path = `/api/v1/packages/${p.id}/contacts`;
        for (let i = 1; i <= 5; i++)
            await api.post(path, { json: { outcome: 'no_contesto', channel: 'llamada', note: `Intento ${i}` } });
        await oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/notes`, { note: 'No es un contacto' });
        const seen = await api.pages(`${path}?limit=2`);
        assert.deepEqual(seen.map((page) => page.map((c) => c.note)),
            [['Intento 5', 'Intento 4'], ['Intento 3', 'Intento 2'], ['Intento 1']]);
        assert.equal((await api.get('/api/v1/packages/999999/contacts')).status, 404);
    });

    test('that is wrong is refused at its field and keeps what was typed', async () => {
        const p = await waits(2, { phone: new_phone() }), note = 'ñ'.repeat(500);
        for (const [fields, field, sentence] of [
            [{ outcome: 'gritó' }, 'outcome', /Elija una de estas opciones/], [{ outcome: '' }, 'outcome', /hace falta/],
            [{ channel: 'paloma' }, 'channel', /Elija una de estas opciones/],
            [{ note: `${note}x` }, 'note', /Escriba como máximo 500 caracteres/],
            [{ promised_day: '2026-02-30' }, 'promised_day', /Escriba una fecha como/],
            [{ promised_day: '2020-01-01' }, 'promised_day', /Escriba un día entre el/],
            [{ promised_day: '2090-01-01' }, 'promised_day', /Escriba un día entre el/]]) {
            const answer = await write_down(p, { note: 'Algo <b>que</b> "dijo"', ...fields });
            assert.equal(answer.status, 422, `${field}: ${answer.words.slice(0, 300)}`);
            assert.match(answer.text, new RegExp(`href="#f-${field}"`));
            assert.match(answer.words, sentence);
            assert.equal(answer.form(`/packages/${p.id}/contacts`).fields.note, fields.note ?? 'Algo <b>que</b> "dijo"');
        }
        const answer = await api.post(`/api/v1/packages/${p.id}/contacts`, { json: { outcome: 'gritó', channel: 'llamada' } });
        assert.equal(answer.status, 422);
        assert.deepEqual(answer.json.errors.map((e) => e.pointer), ['#/outcome']);
        assert.equal(await contacts(p), 0);
        assert.equal((await write_down(p, { note })).status, 303);
    });

    test('about a package that is handed over meanwhile is told, and nothing is written', async () => {
        const p = await waits(2, { phone: new_phone() });
        const form = await oper.get(`/ageing/${p.id}`);
        assert.equal((await hand_over(oper, await pickup_code(anybody, p), { method: 'efectivo' })).status, 303);
        const answer = await oper.submit(form, `/packages/${p.id}/contacts`, { outcome: 'contesto', note: 'Ya viene' });
        assert.equal(answer.status, 409);
        assert.match(answer.words, /no está en la estantería; su estado es ENTREGADO/);
        assert.equal(await contacts(p), 0);
        assert.match((await oper.get(`/ageing/${p.id}`)).words, /el expediente queda como está/);
    });

    test('is neither for who only reads, nor about a parcel of nobody, nor about one that never came', async () => {
        const p = await waits(2, { phone: new_phone() }), nobodys = await received(s, oper, new_guide());
        assert.doesNotMatch((await reader.get(`/ageing/${p.id}`)).text, /contacts"/);
        const csrf = (await reader.get('/profile')).text.match(/name="csrf" value="([^"]+)"/)[1];
        const answer = await reader.post(`/packages/${p.id}/contacts`, { form: { csrf, outcome: 'contesto', channel: 'llamada' } });
        assert.equal(answer.status, 403);
        const token = await s.token('USUARIO'), json = { outcome: 'contesto', channel: 'llamada' };
        assert.equal((await token.post(`/api/v1/packages/${p.id}/contacts`, { json })).status, 403);
        const unknown = await api.post(`/api/v1/packages/${nobodys.id}/contacts`, { json });
        assert.equal(unknown.status, 409);
        assert.match(unknown.json.detail, /No se sabe de quién es/);
        const coming = await announced(s, anybody);
        assert.equal((await oper.get(`/ageing/${coming.id}`)).status, 404);
        assert.equal((await api.post(`/api/v1/packages/${coming.id}/contacts`, { json })).status, 409);
        assert.equal((await api.post('/api/v1/packages/999999/contacts', { json })).status, 404);
    });
});

describe('the policy', () => {
    test('lets an administrator declare abandoned after 45 days and two dates, not before', async () => {
        const p = await waits(44, { phone: new_phone() });
        await contact_before(p, 4);
        const early = await abandon(p);
        assert.equal(early.status, 409);
        assert.match(early.words, /Se puede declarar abandonado a los 45 días: desde el \d\d\/\d\d\/\d{4}/);
        await age(p, 45);
        const untried = await abandon(p);
        assert.equal(untried.status, 409);
        assert.match(untried.words, /hacen falta 2 intentos de contacto en días distintos; hay 1/);
        assert.doesNotMatch((await admin.get(`/ageing/${p.id}`)).text, /abandon"/);
        assert.equal(await state(p), 'RECIBIDO');
        assert.equal((await write_down(p, {})).status, 303);
        assert.match((await oper.get('/ageing?band=30%2B')).words, /Se puede declarar abandonado/);
        const page = await admin.get(`/ageing/${p.id}`);
        const done = await admin.submit(page, `/ageing/${p.id}/abandon`);
        assert.equal(done.status, 303, done.words);
        assert.equal(await state(p), 'CANCELADO');
        const dossier = await admin.follow(done);
        assert.match(dossier.words, /Declarado abandonado hoy/);
        assert.match(dossier.words, /Abandonado: 45 días en el punto, desde el .*; 2 intentos de contacto en 2 días, .*; debía \$\d/);
        assert.equal(await s.value('SELECT cancel_reason FROM packages WHERE id = ?1', p.id), 'cliente_no_reclama');
        assert.equal((await abandon(p)).status, 409);
        assert.equal((await admin.submit(dossier, `/packages/${p.id}/undo`)).status, 303);
        assert.equal(await state(p), 'RECIBIDO');
    });

    test('is the same by the API: the same days, the same attempts, the same role', async () => {
        const p = await waits(44, { phone: new_phone() }), chief = await s.token('ADMIN');
        const ask = (who, headers = key()) => who.post(`/api/v1/packages/${p.id}/abandon`, { json: {}, headers });
        assert.equal((await ask(api)).status, 403);
        assert.match((await ask(chief)).json.detail, /Se puede declarar abandonado a los 45 días/);
        await age(p, 46);
        await contact_before(p, 4);
        assert.match((await ask(chief)).json.detail, /hacen falta 2 intentos/);
        await write_down(p, {});
        const headers = key(), done = await ask(chief, headers);
        assert.equal(done.status, 200, done.text);
        assert.deepEqual([done.json.state, done.json.cancel_reason], ['CANCELADO', 'cliente_no_reclama']);
        assert.match(done.json.cancel_text, /^Abandonado: 46 días en el punto.*2 intentos de contacto en 2 días/);
        assert.equal((await ask(chief, headers)).headers['idempotent-replayed'], 'true');
        assert.equal((await ask(chief)).status, 409);
    });

    test('is for an operator only with the PIN of an administrator, typed there', async () => {
        const pin = '805173', p = await waits(50, { phone: new_phone() }), to = `/ageing/${p.id}/abandon`;
        await contact_before(p, 2);
        await contact_before(p, 1);
        assert.equal((await admin.submit(await admin.get('/profile/pin'), '/profile/pin', { current: PEOPLE.ADMIN.password, pin, again: pin })).status, 303);
        assert.equal((await api.post(`/api/v1/packages/${p.id}/abandon`, { json: {}, headers: key() })).status, 403);
        const asked = await oper.submit(await oper.get(`/ageing/${p.id}`), to);
        assert.equal(asked.status, 403);
        assert.match(asked.words, new RegExp(`Lo aprueba un administrador, con su PIN: declaración de abandono: guía ${p.guide_number}`));
        assert.equal(await state(p), 'RECIBIDO');
        assert.equal((await oper.submit(asked, to, { pin: '620341' })).status, 422);
        const done = await oper.submit(asked, to, { pin });
        assert.equal(done.status, 303, done.words);
        assert.equal(await state(p), 'CANCELADO');
        assert.match(await s.value("SELECT details FROM audit_log WHERE action = 'approve' ORDER BY id DESC LIMIT 1"), /"what":"abandono"/);
    });
});

test('the dossier has the messages with their state, the attempts and what is owed, and no code', async () => {
    const told = await announced_by_mail(s, anybody, { phone: new_phone(), email: 'rosa@example.com' });
    const p = await received(s, oper, told.guide_number);
    await age(p, 31);
    await s.settled();
    await write_down(p, { outcome: 'numero_equivocado', note: 'Contesta otra persona' });
    const page = await reader.get(`/ageing/${p.id}`);
    assert.match(page.words, /Debe hoy \$32\.500/);
    assert.match(page.words, /Llegada SMS/);
    assert.match(page.words, /Llegada correo rosa@example\.com/);
    assert.match(page.words, /Llamada Número equivocado Contesta otra persona Óscar Operador/);
    const code = await pickup_code(anybody, p);
    for (const secret of [code, `${code.slice(0, 3)} ${code.slice(3)}`, p.public_token])
        assert.ok(!page.text.includes(secret), secret);
    assert.match(page.text, /class="work paper-letter"/);
});

test('the first page says what is due, with a list of just that, and at nine the administrators are written to once', async () => {
    const call = await waits(30, { phone: new_phone(), name: 'Por Llamar' }), ripe = await waits(45, { phone: new_phone(), name: 'Ya Puede' });
    await contact_before(ripe, 2);
    assert.equal((await write_down(ripe, {})).status, 303);
    const json = (await api.get('/api/v1/dashboard')).json;
    assert.ok(json.to_call >= 1 && json.to_abandon >= 1, JSON.stringify(json));
    const home = await reader.get('/dashboard');
    assert.match(home.words, new RegExp(`${json.to_call} con 30 días, por avisar ${json.to_abandon} por declarar abandonados`));
    for (const [step, one, other] of [['avisar', 'Por Llamar', 'Ya Puede'], ['abandonar', 'Ya Puede', 'Por Llamar']]) {
        assert.ok(home.text.includes(`href="/ageing?step=${step}"`), step);
        const list = await reader.get(`/ageing?step=${step}`);
        assert.match(list.words, new RegExp(one));
        assert.doesNotMatch(list.words, new RegExp(other));
        assert.ok((await api.get(`/api/v1/ageing?step=${step}`)).json.items.some((c) => c.name === one));
    }
    assert.equal((await reader.get('/ageing?step=otro')).status, 422);
    const told = () => s.mails().filter((m) => /Cumplen 30 días/.test(m.text ?? ''));
    // The parcel came to its day today, whatever the hour is.
    await s.sql(`UPDATE packages SET received_at = (unixepoch() - 5 * 3600) / 86400 * 86400 + 5 * 3600 + 9 * 3600 - 60 - 30 * 86400
        WHERE id = ?1`, call.id);
    for (let i = 0; i < 2; i++)
        await s.cron('ageing');
    await s.settled();
    assert.deepEqual(told().flatMap((m) => m.to).sort(), await s.value("SELECT json_group_array(email ORDER BY email) FROM users WHERE role = 'ADMIN'").then(JSON.parse));
    assert.match(told()[0].text, /Cumplen 30 días en el punto: [1-9]\d*\. Cumplen 45: \d+\. En total hay \d+ por avisar y \d+ que se pueden declarar\s+abandonados: http.*\/ageing/);
});
