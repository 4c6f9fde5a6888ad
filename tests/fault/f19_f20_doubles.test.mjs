// F19: a double click acts once, and its second answer is the first one's.
// F20: of many hand-overs of one package at once one wins, and is paid once.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop, hand_over } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';

const doubles = Number(process.env.FAULT_DOUBLES ?? 50);
const hand_overs = Number(process.env.FAULT_HANDOVERS ?? 60);

let system, crowd, resident, clerk, counter;

before(async () => {
    system = await busy_shop();
    resident = system.client();
    clerk = await system.as('OPERADOR');
    counter = await system.token('OPERADOR');
    crowd = new Crowd(system, counter, { email: 10 });
});
after(() => system?.stop());

const at_once = (n, send) => Promise.all(Array.from({ length: n }, (_, i) => send(i)));

// Two clicks on the same form, as it stands in the page.
async function click_twice(browser, address, action, fields) {
    const form = (await browser.get(address)).form(action);
    const [one, two] = await at_once(2, () => browser.post(form.action, {
        form: { ...form.fields, ...fields }, files: form.multipart ? {} : undefined }));
    assert.equal(one.status, 303, one.words);
    assert.equal(two.status, 303, two.words);
    assert.equal(two.location, one.location);
    return one;
}

// Two calls with the same key: one of them says that it only repeats.
async function call_twice(op, parcel, client, address, json) {
    const headers = { 'Idempotency-Key': `doble-${op}-${String(parcel.n).padStart(8, '0')}` };
    const [one, two] = await at_once(2, () => client.post(address, { json, headers }));
    assert.ok(one.status < 300, one.text);
    assert.equal(two.status, one.status, two.text);
    assert.deepEqual(two.json, one.json);
    assert.equal([one, two].filter((a) => a.headers['idempotent-replayed'] === 'true').length, 1);
    return one;
}

async function by_pages(p) {
    const here = (answer) => crowd.acknowledged(answer.op, p, answer);
    const announced = await click_twice(resident, '/announce', '/announce', { name: p.name,
        phone: p.phone, guides: p.guide, email: p.email ?? '', consent: '1' });
    here(Object.assign(announced, { op: 'announce' }));
    const received = await click_twice(clerk, `/receive?guide=${p.guide}`, '/receive', {});
    here(Object.assign(received, { op: 'receive' }));
    const id = Number(new URLSearchParams(received.location.split('?')[1]).get('done'));
    const { ids, ...rest } = hand_over(id);
    const delivered = await click_twice(clerk, `/deliver?package=${id}`, '/deliver',
        { ...rest, ids, identity_checked: '1' });
    here(Object.assign(delivered, { op: 'deliver' }));
}

async function by_calls(p) {
    const json = { name: p.name, phone: p.phone, guides: [p.guide], consent: true };
    crowd.acknowledged('announce', p, await call_twice('announce', p, crowd.public,
        '/api/v1/announcements', p.email ? { ...json, email: p.email } : json));
    const received = await call_twice('receive', p, counter, '/api/v1/packages/receive', { guide: p.guide });
    crowd.acknowledged('receive', p, received);
    crowd.acknowledged('deliver', p, await call_twice('deliver', p, counter, '/api/v1/deliveries',
        hand_over(received.json.id)));
}

test(`${doubles} double clicks at once have one effect each`, async () => {
    await at_once(doubles, (i) => (i % 2 ? by_pages : by_calls)(crowd.parcel()));
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F19', { doubles, ...crowd.stats, ...figures, drain_ms });
    assert.equal(await system.value("SELECT count(*) FROM packages WHERE state = 'ENTREGADO'"), doubles);
    assert.equal(await system.value('SELECT count(*) FROM package_events'), 3 * doubles);
    assert.equal(await system.value('SELECT count(*) FROM payments'), doubles);
    assert.equal(system.sms().length, 3 * doubles);
    assert.equal(figures.unknown, 0);
});

test(`of ${hand_overs} hand-overs of one package at once one wins`, async () => {
    const parcel = crowd.parcel();
    await crowd.announce(parcel);
    await crowd.receive(parcel);
    const sms = await poll('the pickup code', () => system.sms().find((line) =>
        `+${line.number}` === parcel.phone && /Codigo de entrega/.test(line.message)));
    const code = sms.message.match(/Codigo de entrega (\d{6})/)[1];
    const answers = await at_once(hand_overs, (i) => counter.post('/api/v1/deliveries', {
        headers: { 'Idempotency-Key': `carrera-${String(i).padStart(12, '0')}` },
        json: { ids: [parcel.id], code, method: 'efectivo', amount: 1500 } }));
    const won = answers.filter((a) => a.status === 201);
    const conflicts = answers.filter((a) => a.status === 409);
    assert.equal(won.length, 1, answers.map((a) => a.status).join(' '));
    crowd.acknowledged('deliver', parcel, won[0]);
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const payments = await system.value('SELECT count(*) FROM payments WHERE package_id = ?1', parcel.id);
    say('F20', { hand_overs, won: won.length, conflicts: conflicts.length, payments, ...figures });
    assert.equal(conflicts.length, hand_overs - 1, answers.map((a) => a.status).join(' '));
    assert.equal(payments, 1);
});

// Last, since it leaves nothing whole: each line breaks one promise more.
test('the checker itself notices what is lost, doubled or altered', async () => {
    const acts = crowd.ledger.read();
    const sms = system.sms()[0];
    const nth_sms = (n) => `(SELECT id FROM notifications WHERE channel = 'sms' ORDER BY id LIMIT 1 OFFSET ${n})`;
    const faults = [
        [/lost: package NUNCA/, () => acts.push({ op: 'announce', guide: 'NUNCA' })],
        [/doubled: sms .* \(accepted 2 times\)/, () => system.liwa.ledger.add(sms)],
        [/lost: sms .* stayed queued/, "UPDATE notifications SET state = 'queued' WHERE id = " + nth_sms(4)],
        [/ is unknown without a crash/, "UPDATE notifications SET state = 'unknown' WHERE id = " + nth_sms(5)],
        [/ is failed and was accepted/, "UPDATE notifications SET state = 'failed' WHERE id = " + nth_sms(6)],
        [/doubled: FALLA0000 payment/, 'INSERT INTO payments (package_id, operation_id, amount, method,'
            + " taken_by, taken_at) SELECT id, 'x', 1500, 'efectivo', 1, 1 FROM packages WHERE guide_key = 'FALLA0000'"],
        [/lost: FALLA0001 ENTREGA/, 'DROP TRIGGER package_events_fixed', "UPDATE package_events SET kind = 'CONTACTO'"
            + " WHERE kind = 'ENTREGA' AND package_id = (SELECT id FROM packages WHERE guide_key = 'FALLA0001')"],
        [/FALLA0002: the chain of custody breaks/, 'UPDATE package_events'
            + " SET at = at + 1 WHERE package_id = (SELECT id FROM packages WHERE guide_key = 'FALLA0002')"],
        [/job 7 .* is ready/, "UPDATE jobs SET state = 'ready', run_at = unixepoch() + 9999 WHERE id = 7"],
        [/positions count 1 parcels, 0 are there/, 'UPDATE positions SET used = 1 WHERE id = 1'],
    ];
    await check(system, acts);
    for (const [seen, ...steps] of faults) {
        for (const step of steps)
            await (typeof step === 'string' ? system.sql(step) : step());
        await assert.rejects(check(system, acts), seen);
    }
});
