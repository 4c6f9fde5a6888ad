// The month of ./dev up --demo: what it shows is made by the counter's own functions, so it adds up.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { System } from '../helpers/system.mjs';

let s;
before(async () => {
    s = await System.start();
    assert.match(await s.paqueteria(['demo']), /\d+ paquetes de muestra en 30 días/);
});
after(() => s?.stop());

test('each day that was open has its drawer, counted, closed and approved by somebody else; today\'s is open', async () => {
    const past = await s.sql('SELECT * FROM cash_sessions WHERE closed_at IS NOT NULL ORDER BY id');
    const days = await s.sql(`SELECT DISTINCT (taken_at - 18000) / 86400 AS day FROM payments WHERE method = 'efectivo'`);
    assert.ok(past.length >= 24 && past.length <= 27, `${past.length}`);
    assert.deepEqual(past.filter((d) => d.approved_at === null || d.approved_by === d.opened_by), []);
    assert.ok(days.length > 20 && days.length <= past.length);
    assert.equal(await s.value('SELECT count(*) FROM cash_sessions WHERE counted_at IS NULL'), 1);
});

test('cash lies in the drawer that was open, and the counts agree with it but for one that is explained', async () => {
    assert.equal(await s.value("SELECT count(*) FROM payments WHERE method = 'efectivo' AND cash_session_id IS NULL"), 0);
    assert.equal(await s.value(`SELECT count(*) FROM payments p JOIN cash_sessions d ON d.id = p.cash_session_id
        WHERE p.taken_at < d.opened_at OR p.taken_at > d.counted_at`), 0);
    const gaps = await s.sql('SELECT counted - expected AS gap, explanation FROM cash_sessions WHERE counted <> expected');
    assert.equal(gaps.length, 1);
    assert.equal(gaps[0].gap, -2000);
    assert.match(gaps[0].explanation, /cambio mal dado/);
});

test('the administrator sees them in the list of drawers, and its report', async () => {
    const admin = await s.as('ADMIN'), page = await admin.get('/cash');
    assert.match(page.words, /Olga Mostrador/);
    const id = await s.value('SELECT id FROM cash_sessions WHERE counted <> expected');
    assert.match((await admin.get(`/cash/${id}`)).words, /cambio mal dado[\s\S]*Conversado con Olga/);
});

test('chains of custody and of the audit are whole, and a second time adds nothing', async () => {
    assert.match(await s.paqueteria(['package', 'verify']), /\S/);
    assert.match(await s.paqueteria(['audit', 'verify']), /\S/);
    assert.match(await s.paqueteria(['demo']), /no se agrega ninguno/);
});
