// Messages and the providers that carry them, when all goes well and when it does not:
// jobs.md §4.  The counter's thirty seconds stay as they are; hasten() ends the wait.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { announce, announced, announced_by_mail, e164, hand_over, new_guide, new_phone, on_shelf, pickup_code, receive,
    received } from '../helpers/shop.mjs';

let s, anybody, oper;
before(async () => {
    s = await System.start({ announce_per_hour: 100000 });
    anybody = s.client();
    oper = await s.as('OPERADOR');
});
after(() => s?.stop());

beforeEach(async () => {
    await s.settled(20000);
    s.liwa.script.set(['ok']);
    s.smtp.script.set(['ok']);
    await s.sql('UPDATE queues SET failures = 0, open_until = 0, open_for = 0');
});

const tries = (phone) => s.liwa.ledger.read().filter((l) => l.kind === 'send' && l.number === e164(phone).slice(1));
const logins = () => s.liwa.ledger.read().filter((l) => l.kind === 'login').length;
const mails = (to) => s.smtp.ledger.read().filter((l) => l.to?.includes(to) || l.to === undefined);
const messages = (p) => s.sql('SELECT n.* FROM notifications n JOIN notification_packages np'
    + ' ON np.notification_id = n.id WHERE np.package_id = ?1 ORDER BY n.id', p.id);
const message = async (p, channel = 'sms') => (await messages(p)).findLast((m) => m.channel === channel);
const job_of = async (m) => (await s.sql('SELECT * FROM jobs WHERE id = ?1', m.job_id))[0];

async function state_is(p, state, channel) {
    return poll(`the message to be ${state}`, async () => {
        const m = await message(p, channel);
        return m?.state === state && m;
    }, 20000);
}

// An announcement whose SMS meets this misbehaviour.
async function meets(...script) {
    s.liwa.script.set(script);
    const phone = new_phone();
    return { phone, p: await announced(s, anybody, { phone }) };
}

describe('an SMS', () => {
    test('goes to the provider once, with plain letters, and is accepted', async () => {
        const { phone, p } = await meets('ok');
        const m = await state_is(p, 'sent');
        const sent = tries(phone);
        assert.equal(sent.length, 1);
        assert.equal(sent[0].message, `Paqueteria: anuncio recibido: ${p.guide_number}. Codigo de consulta ${p.tracking_code}.`
            + ` Le avisamos cuando llegue: ${s.base}/t/${p.public_token}`
            + ` Datos: ${s.base}/privacy`);
        assert.equal(m.provider_id, sent[0].id);
        assert.deepEqual([m.parts, m.attempts, m.recipient], [Math.ceil(sent[0].message.length / 160), 1, e164(phone)]);
        assert.ok(m.cost > 0);
    });

    test('an id that is a number counts as accepted too', async () => {
        const { p } = await meets('number-id');
        assert.match((await state_is(p, 'sent')).provider_id, /^\d+$/);
    });

    for (const fault of ['taken-502', 'taken-504', 'taken-500', 'taken-html', 'taken-reset', 'taken-garbage',
        'taken-timeout'])
        test(`${fault}: nobody knows whether it was accepted, so it is never sent again`, async () => {
            const { phone, p } = await meets(fault, 'ok');
            const m = await state_is(p, 'unknown');
            assert.ok(m.error);
            const j = await job_of(m);
            assert.equal(j.state, 'done');
            await assert.rejects(s.paqueteria(['jobs', 'retry', String(j.id)]), /no se puede repetir/);
            await s.settled();
            await announced(s, anybody);
            await s.settled();
            assert.equal(tries(phone).length, 1);
            assert.equal((await message(p)).state, 'unknown');
        });

    test('somebody who cleans the folder of the locks takes no message from the slot that sends it', async () => {
        const run = path.join(s.dir, 'run');
        const locks = () => fs.readdirSync(run).filter((name) => /^worker\..*\.lock$/.test(name)).sort();
        const there = locks();
        const { phone, p } = await meets('taken-held');
        await poll('a message without its answer', () => s.liwa.held.length === 1);
        there.forEach((name) => fs.rmSync(path.join(run, name)));
        assert.match(await s.cron('jobs-sweep'), /cola: 0$/m);
        s.liwa.script.set(['ok']);
        s.liwa.release();
        await state_is(p, 'sent');
        assert.equal(tries(phone).length, 1);
        await poll('the locks again', () => locks().join() === there.join());
        assert.match(s.log('worker'), /event=worker\.lock_gone/);
    });

    test('a refusal is final: failed, and the job is shown as dead', async () => {
        for (const fault of ['400', 'refused']) {
            const { phone, p } = await meets(fault, 'ok');
            const m = await state_is(p, 'failed');
            assert.equal((await job_of(m)).state, 'dead');
            await s.settled();
            assert.equal(tries(phone).length, 1, fault);
            assert.match(await s.paqueteria(['jobs', 'list', '--state', 'dead']),
                new RegExp(`^${m.job_id} .*sms\\.send`, 'm'));
        }
    });

    test('an administrator may try a dead one again', async () => {
        const { phone, p } = await meets('400', 'ok');
        const m = await state_is(p, 'failed');
        await s.paqueteria(['jobs', 'retry', String(m.job_id)]);
        await state_is(p, 'sent');
        assert.deepEqual(tries(phone).map((t) => t.accepted), [false, true]);
        assert.equal((await job_of(m)).state, 'done');
    });

    test('429 is tried later, with a growing wait', async () => {
        const { phone, p } = await meets('429', '429', 'ok');
        const m = await poll('the first try', async () => {
            const x = await message(p);
            return x.attempts === 1 && x.state === 'queued' && x;
        });
        const waits = [];
        for (let attempt = 1; attempt < 3; attempt++) {
            const j = await poll('the job to wait', async () => {
                const x = await job_of(m);
                return x.state === 'ready' && x.attempt === attempt && x;
            });
            waits.push(j.run_at - (await s.value(
                'SELECT finished_at FROM job_attempts WHERE job_id = ?1 AND attempt = ?2', j.id, attempt)));
            await s.hasten();
        }
        await state_is(p, 'sent');
        assert.equal(tries(phone).length, 3);
        assert.ok(waits[0] >= 12 && waits[0] <= 18 && waits[1] >= 24 && waits[1] <= 36, waits.join());
    });

    test('no connection is tried later; the provider being away burns no attempts', async () => {
        const { p } = await meets('ok');
        await state_is(p, 'sent');
        await s.sql("UPDATE queues SET failures = 5, open_for = 30, open_until = unixepoch() + 30 WHERE name = 'sms'");
        const waiting = await announced(s, anybody);
        const other = await announced_by_mail(s, anybody, { phone: '6015551234', email: 'mientras@example.com' });
        await state_is(other, 'sent', 'email');
        assert.deepEqual([(await message(waiting)).state, (await message(waiting)).attempts], ['queued', 0]);
        await s.sql("UPDATE queues SET open_until = unixepoch() - 1 WHERE name = 'sms'");
        await state_is(waiting, 'sent');
        assert.equal(await s.value("SELECT failures FROM queues WHERE name = 'sms'"), 0);
    });

    test('a token that the provider forgot is got anew, once', async () => {
        const before = logins();
        const { phone, p } = await meets('jwt', 'ok');
        await state_is(p, 'sent');
        assert.equal(tries(phone).length, 2);
        assert.equal(logins(), before + 1);
        const next = await meets('ok');
        await state_is(next.p, 'sent');
        assert.equal(logins(), before + 1, 'the token is shared and kept');
    });

    test('a key that is refused also with a fresh token is final', async () => {
        const { phone, p } = await meets('key', 'key', 'ok');
        await state_is(p, 'failed');
        assert.equal(tries(phone).length, 2);
    });

    test('the budget of the day holds it back, and says so', async () => {
        await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('sms.budget_day', '0', unixepoch())"
            + ' ON CONFLICT (key) DO UPDATE SET value = excluded.value');
        const { phone, p } = await meets('ok');
        assert.match((await state_is(p, 'suppressed')).error, /presupuesto de SMS del día/);
        assert.equal(tries(phone).length, 0);
        await s.sql("DELETE FROM settings WHERE key = 'sms.budget_day'");
    });

    test('of what came waits for the budget, the package says so, and it leaves when there is one', async () => {
        const spent = await s.value("SELECT sum(cost) FROM notifications WHERE channel = 'sms'");
        assert.ok(spent > 200, `${spent}`);
        const { phone, p } = await meets('ok');
        await state_is(p, 'sent');
        await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('sms.budget_day', ?1, unixepoch())", String(spent));
        await received(s, oper, p.guide_number);
        await s.hasten();
        const m = await poll('the message to wait', async () => {
            const row = await message(p);
            return row.error && row;
        });
        assert.equal(m.state, 'queued');
        assert.match((await oper.get(`/packages/${p.id}`)).words, /se agotó el presupuesto de SMS del día/);
        assert.ok((await job_of(m)).run_at > Date.now() / 1000 + 1800, 'an hour, or until the morning');
        assert.equal(tries(phone).length, 1);
        await s.sql("DELETE FROM settings WHERE key = 'sms.budget_day'");
        await s.settled();
        assert.equal((await message(p)).state, 'sent');
        assert.equal(tries(phone).length, 2);
    });

    test('the page promises the link while it goes, and from the sixth announcement of an hour on says what to do', async () => {
        const phone = new_phone(), words = [];
        for (let i = 0; i < 6; i++)
            words.push((await anybody.follow(await announce(anybody, { phone }))).words);
        assert.ok(words.slice(0, 5).every((w) => /A su celular va el enlace/.test(w)), words[4]);
        assert.match(words[5], /no podemos enviarle la confirmación: guarde el código/);
        assert.doesNotMatch(words[5], /va el enlace/);
        const json = { name: 'Rosa Prueba', phone, guides: [new_guide()], consent: true };
        assert.equal((await anybody.post('/api/v1/announcements', { json })).json.link_sent, false);
        assert.equal((await anybody.post('/api/v1/announcements', { json: { ...json, phone: new_phone(),
            guides: [new_guide()] } })).json.link_sent, true);
    });

    test('who wants none gets none', async () => {
        const { phone, p } = await meets('ok');
        await state_is(p, 'sent');
        await s.sql('UPDATE customers SET sms_opt_out = 1 WHERE phone = ?1', e164(phone));
        const q = await announced(s, anybody, { phone });
        await state_is(q, 'suppressed');
        assert.equal(tries(phone).length, 1);
    });

    test('codes and phones are in no log, and codes in no row', async () => {
        const phone = new_phone();
        const p = await on_shelf(s, anybody, oper, { phone });
        const code = await pickup_code(anybody, p);
        await s.settled();
        assert.ok(tries(phone).some((t) => t.message.includes(`Código ${code}`.replace('ó', 'o'))),
            JSON.stringify(tries(phone)));
        for (const name of ['serve', 'worker', 'nginx.access', 'nginx.error'])
            for (const secret of [code, phone, p.public_token])
                assert.ok(!s.log(name).includes(secret), `${name}: ${secret}`);
        for (const [table, rows] of Object.entries(await s.snapshot()))
            for (const row of rows)
                for (const [column, value] of Object.entries(row))
                    assert.ok(typeof value !== 'string' || !value.includes(code), `${table}.${column}: ${value}`);
    });
});

describe('an e-mail', () => {
    const announce_mail = async (...script) => {
        s.smtp.script.set(script);
        const email = `${new_guide().toLowerCase()}@example.com`;
        return { email, p: await announced(s, anybody, { email }) };
    };

    test('goes over TLS with what a letter must have', async () => {
        const { email, p } = await announce_mail('ok');
        const m = await state_is(p, 'sent', 'email');
        const [mail] = s.mails(email);
        assert.deepEqual([mail.secure, mail.user, mail.subject],
            [true, 'correo', '¿Es suyo este correo? Paquetería']);
        assert.equal(mail.message_id, `<${m.message_id}>`);
        assert.ok(Math.abs(Date.parse(mail.date) - Date.now()) < 60000);
        assert.match(mail.text, new RegExp(`confírmelo:\\s+${s.base}/email/${p.id}-`));
        assert.match(mail.sender, /Paquetería/);
        assert.equal(mail.encoded_ends, false, 'its line ends are line ends');
        assert.match(mail.text, /\n\n/);
    });

    for (const fault of ['421', '450', '451', 'drop'])
        test(`${fault} is tried again with the same Message-ID`, async () => {
            const { email, p } = await announce_mail(fault, 'ok');
            await poll('the first try', async () => (await message(p, 'email')).attempts === 1
                && (await message(p, 'email')).state === 'queued');
            await s.hasten();
            const m = await state_is(p, 'sent', 'email');
            assert.equal(m.attempts, 2);
            assert.deepEqual(s.mails(email).map((l) => l.message_id),
                [`<${m.message_id}>`]);
        });

    test('one that was taken before the line broke goes again under the same Message-ID', async () => {
        const { email, p } = await announce_mail('taken-drop', 'ok');
        await poll('the first try', async () => (await message(p, 'email')).state === 'queued'
            && s.mails(email).length > 0);
        await s.hasten();
        await state_is(p, 'sent', 'email');
        const ids = s.mails(email).map((l) => l.message_id);
        assert.equal(ids.length, 2);
        assert.equal(new Set(ids).size, 1);
    });

    for (const fault of ['550', '554'])
        test(`${fault} is final`, async () => {
            const { email, p } = await announce_mail(fault, 'ok');
            const m = await state_is(p, 'failed', 'email');
            assert.equal((await job_of(m)).state, 'dead');
            await s.settled();
            assert.equal(mails(email).filter((l) => l.accepted && l.to.includes(email)).length, 0);
        });
});

describe('who is told', () => {
    test('a landline gets no SMS but an e-mail', async () => {
        const p = await announced_by_mail(s, anybody, { phone: '601 555 1234', email: 'fijo@example.com' });
        await state_is(p, 'sent', 'email');
        assert.deepEqual((await messages(p)).map((m) => [m.event, m.channel]),
            [['email_confirmation', 'email'], ['package_announced', 'email']]);
    });

    test('without mobile and e-mail the page says so, and goes on when told to', async () => {
        const page = await anybody.get('/announce');
        const fields = { name: 'Rosa Fija', phone: '6015559876', guides: new_guide(), consent: '1' };
        const answer = await anybody.submit(page, '/announce', fields);
        assert.equal(answer.status, 422);
        assert.match(answer.words, /A ese número no llegan SMS/);
        const done = await anybody.submit(answer, '/announce', { no_notice: '1' });
        assert.equal(done.status, 303, done.words);
        assert.match((await anybody.follow(done)).words, /Guarde este código/);
    });

    test('two parcels of one person within the wait are told in one message', async () => {
        const phone = new_phone(), email = 'agrupada@example.com';
        const { guide_number } = await announced_by_mail(s, oper, { phone, email }), p = await received(s, oper, guide_number);
        const q = await announced(s, oper, { phone });
        const first = await message(p);
        await s.sql('UPDATE notifications SET not_before = not_before - 20, created_at = created_at - 20 WHERE id = ?1', first.id);
        await received(s, oper, q.guide_number);
        const joined = (await messages(q)).filter((m) => m.event === 'package_received');
        assert.equal((await messages(p)).filter((m) => m.event === 'package_received' && m.channel === 'sms')
            .length, 1);
        assert.ok(joined.some((m) => m.id === first.id), 'the second joins the first');
        assert.ok(joined.find((m) => m.id === first.id).not_before > first.not_before - 20 + 15,
            'the wait starts again');
        await s.settled();
        const sent = tries(phone).filter((t) => /recibimos/.test(t.message));
        assert.equal(sent.length, 1);
        assert.match(sent[0].message, /recibimos 2 paquetes/);
        assert.match(sent[0].message, /Paga \$3\.000/);
        assert.equal(s.mails(email).filter((l) => l.subject === 'Listo para recoger: 2 paquetes').length, 1);
        const later = await on_shelf(s, anybody, oper, { phone });
        await s.settled();
        assert.equal(tries(phone).filter((t) => /recibimos /.test(t.message)).length, 2, later.guide_number);
    });

    test('the code in a message for several opens all of them', async () => {
        const phone = new_phone();
        const p = await on_shelf(s, anybody, oper, { phone }), q = await on_shelf(s, anybody, oper, { phone });
        await s.settled();
        const code = tries(phone).at(-1).message.match(/digo (\d{6})/)[1];
        const answer = await hand_over(oper, code);
        assert.equal(answer.status, 303, answer.words);
        for (const x of [p, q])
            assert.equal(await s.value('SELECT state FROM packages WHERE id = ?1', x.id), 'ENTREGADO');
    });

    test('an undo takes its parcel out of the message, and the message back when none is left', async () => {
        const phone = new_phone();
        const p = await on_shelf(s, anybody, oper, { phone }), q = await announced(s, anybody, { phone });
        const done = await oper.follow(await receive(oper, q.guide_number));
        const undo = await oper.submit(done, `/packages/${q.id}/undo`);
        assert.equal(undo.status, 303, undo.words);
        const m = await message(p);
        assert.equal(await s.value('SELECT count(*) FROM notification_packages WHERE notification_id = ?1', m.id), 1);
        await s.settled();
        assert.match(tries(phone).at(-1).message, new RegExp(p.guide_number));
        const r = await announced(s, anybody);
        const alone = await oper.follow(await receive(oper, r.guide_number));
        const waiting = (await messages(r)).find((x) => x.event === 'package_received');
        assert.equal(waiting.state, 'queued');
        assert.equal((await oper.submit(alone, `/packages/${r.id}/undo`)).status, 303);
        assert.equal(await s.value('SELECT state FROM notifications WHERE id = ?1', waiting.id), 'cancelled');
        await s.settled();
        assert.ok(!tries(r.announced_phone.slice(3)).some((t) => /recibimos /.test(t.message)));
    });

    test('what is received again after an undo is told again', async () => {
        const phone = new_phone(), p = await announced(s, anybody, { phone });
        const done = await oper.follow(await receive(oper, p.guide_number));
        await oper.submit(done, `/packages/${p.id}/undo`);
        await received(s, oper, p.guide_number);
        await s.settled();
        assert.equal(tries(phone).filter((t) => /recibimos /.test(t.message)).length, 1);
    });
});

describe('the command line', () => {
    test('lists jobs by state and kind, as a table and as JSON', async () => {
        const { p } = await meets('400');
        const m = await state_is(p, 'failed');
        const rows = JSON.parse(await s.paqueteria(['jobs', 'list', '--state', 'dead', '--kind', 'sms.send',
            '--json']));
        assert.ok(rows.some((r) => r.id === m.job_id && r.kind === 'sms.send' && r.state === 'dead'),
            JSON.stringify(rows).slice(0, 500));
        assert.ok(rows.every((r) => r.kind === 'sms.send' && r.state === 'dead'));
        assert.ok(!(await s.paqueteria(['jobs', 'list', '--state', 'dead', '--kind', 'mail.send']))
            .includes('sms.send'));
    });

    test('retries all that died of one kind', async () => {
        const dead = [];
        for (let i = 0; i < 2; i++) {
            const { p } = await meets('400', 'ok');
            await state_is(p, 'failed');
            dead.push(p);
        }
        s.liwa.script.set(['ok']);
        await s.paqueteria(['jobs', 'retry', '--dead', '--kind', 'sms.send']);
        for (const p of dead)
            await state_is(p, 'sent');
        await assert.rejects(s.paqueteria(['jobs', 'retry', '999999']), /No existe el trabajo 999999/);
    });
});
