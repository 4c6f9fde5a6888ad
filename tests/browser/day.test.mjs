// A whole day at the counter, with a scanner and the keyboard alone: the drawer is opened, sixty boxes come in
// one drop, of which nobody announced twenty, twenty-five people take theirs, one thing of each sort goes wrong,
// and the drawer closes to the peso.  It says how long each took, how many keys were pressed and how many codes
// were read; what is to be given back stands on the screen each time.
// Long: half a minute and more.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, test } from 'node:test';
import { Browser, Keys, focus_comes, focused } from '../helpers/browser.mjs';
import { announce, e164, new_guide, new_phone, pickup_code, row } from '../helpers/shop.mjs';
import { System, poll } from '../helpers/system.mjs';

const BOXES = 60, UNANNOUNCED = 20, HANDOVERS = 25;
const PEOPLE = 26;                   // all but one of them come today
const BASE = 50000;
const PACE_MS = 260;                 // between two boxes; a hand needs longer
const INTAKE_S = 15, HANDOVER_S = 10, SCANS = 3;     // the measures of the product
const UNANNOUNCED_KEYS = 6, CODELESS_KEYS = 20;
const AWAY_MS = Number(process.env.DAY_AWAY_MS ?? 2000);     // the line at the till
const COLLEAGUE = { username: 'paula', password: 'mostrador-verde-5' };

let s, browser, resident, desk, keys, boss, boss_keys;
const people = [];                   // { name, phone, guides }
const guides = [];                   // the drop's, in its order: those that were announced
// How many parcels each announces, and to whom one came that nobody announced.
const announces = (i) => (i < 12 || i === 19 || i >= 24 ? 1 : [20, 22, 23].includes(i) ? 3 : 2);
const SURPRISED = [...Array(18).keys(), 20, 21];
const taken = [];                    // { how, seconds, presses, scans, cash }
let in_drawer = BASE;

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    browser = await Browser.start(s);
    resident = s.client();
    await s.paqueteria(['user', 'add', '--username', COLLEAGUE.username, '--email', 'paula@example.com', '--name', 'Paula Puesta',
        '--role', 'OPERADOR', '--password-stdin', '--final'], `${COLLEAGUE.password}\n`);
    desk = await browser.page({ role: 'OPERADOR' });
    boss = await browser.page({ role: 'ADMIN' });
    keys = new Keys(desk);
    boss_keys = new Keys(boss);
    for (let i = 0; i < PEOPLE; i++) {
        const person = { name: `Persona ${String.fromCharCode(65 + i)} Prueba`, phone: new_phone(),
            guides: Array.from({ length: announces(i) }, new_guide) };
        const answer = await announce(resident, { name: person.name, phone: person.phone, guides: person.guides.join('\n') });
        assert.equal(answer.status, 303, answer.words);
        people.push(person);
        guides.push(...person.guides);
    }
    // The people below have been here before: who is only named by an announcement is not offered as a person.
    await s.sql('UPDATE customers SET known_at = unixepoch() - 86400');
    assert.equal(guides.length + SURPRISED.length, BOXES);
    assert.equal(SURPRISED.length, UNANNOUNCED);
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const pesos = (text) => Number(text.replace(/\D/g, ''));
const at = (page, path) => page.waitForURL((url) => (path instanceof RegExp ? path.test(url.pathname) : url.pathname === path));
// A hand takes the next box, and a scanner reads it.
async function box(guide) {
    await desk.waitForTimeout(PACE_MS);
    await keys.scan(guide);
}
const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

test('the drawer is opened with what is in it', async () => {
    await desk.goto('/cash');
    await keys.tab_to('[name=base]');
    await keys.type(String(BASE));
    await keys.press('Enter');
    await desk.locator('summary', { hasText: 'Contar el dinero' }).waitFor();
});

// Types what the label says of a person, looks at who is found, and takes the first.
async function choose(text, name) {
    await focus_comes(desk, 'who');
    await keys.type(text);
    await poll('whom those words mean', async () => await desk.locator('[data-people]').getAttribute('data-people') === text);
    assert.match(await desk.locator('.people label').first().innerText(), new RegExp(name));
    await keys.press('Enter');
}
const given = (guide, person) => poll('whose it is', async () =>
    (await s.value('SELECT c.phone FROM packages p JOIN customers c ON c.id = p.customer_id WHERE p.guide_number = ?1', guide)) === e164(person.phone));

test(`${BOXES} boxes come in one drop, the last ${UNANNOUNCED} unannounced and in six keys each, and it is closed`, async (t) => {
    await desk.goto('/receive/rapid');
    await keys.scan(guides[0]);
    await focus_comes(desk, 'carrier');              // the carrier of the drop is asked once
    await keys.type('Ser');
    await keys.press('Enter');
    await focus_comes(desk, 'scan');
    const start = Date.now(), before = keys.presses, counts = [];
    for (const guide of guides.slice(1)) {
        await box(guide);
        assert.equal(await focused(desk), 'scan');
    }
    await poll('every scan to be answered', async () => await desk.locator('.line-waiting').count() === 0, 20000);
    const seconds = (Date.now() - start) / 1000 / guides.length;
    t.diagnostic(`intake: ${seconds.toFixed(2)} s, 1 scan and ${(keys.presses - before) / guides.length} key presses a parcel`);
    assert.ok(seconds <= INTAKE_S);
    const then = Date.now();
    for (const person of SURPRISED.map((i) => people[i])) {
        const guide = new_guide(), pressed = keys.presses;
        await focus_comes(desk, 'scan');
        await box(guide);
        await keys.press('F8');
        await choose(person.phone.slice(-4), person.name);
        await given(guide, person);
        person.guides.push(guide);
        counts.push(keys.presses - pressed);
    }
    t.diagnostic(`unannounced, to a person whom the point knows: ${((Date.now() - then) / 1000 / counts.length).toFixed(2)} s, `
        + `1 scan and at most ${Math.max(...counts)} key presses a parcel`);
    assert.ok(Math.max(...counts) <= UNANNOUNCED_KEYS, counts.join(', '));
    await focus_comes(desk, 'scan');
    assert.equal(await s.value("SELECT count(*) FROM packages WHERE state = 'RECIBIDO'"), BOXES);

    await keys.tab_to('a[href^="/receive/batch/"]');
    await keys.press('Enter');
    await at(desk, /^\/receive\/batch\/\d+$/);
    await keys.look();
    await focus_comes(desk, 'courier_name');
    await keys.type('Pedro R.');
    await keys.press('Enter');
    await desk.getByRole('heading', { name: 'Cerrada' }).waitFor();
    assert.match(await desk.locator('.sheet').innerText(), new RegExp(`Recibidos\\s+${BOXES}`));
});

// Some have waited: 30, 54 and 78 hours cost one, two and three days.
test('some parcels have waited for days', async () => {
    for (const [i, hours] of [[3, 30], [7, 54], [13, 78]])
        await s.sql('UPDATE packages SET received_at = received_at - ?1 * 3600 WHERE guide_number IN (SELECT value FROM json_each(?2))',
            hours, JSON.stringify(people[i].guides));
});

// Cash in the drawer for these boxes.
const paid_for = (boxes) => s.value("SELECT sum(y.amount) FROM payments y JOIN packages p ON p.id = y.package_id"
    + " WHERE y.method = 'efectivo' AND p.guide_number IN (SELECT value FROM json_each(?1))", JSON.stringify(boxes));

// The change to give back is the largest thing on the screen, nothing covers it, and the next code is waited for.
async function change_is_seen(sum) {
    await focus_comes(desk, 'code');
    assert.equal(pesos(await desk.locator('.giant').innerText()), sum);
    assert.ok(await desk.locator('.giant').evaluate((el) => {
        const at = el.getBoundingClientRect();
        return at.top >= 0 && at.bottom <= innerHeight
            && el.contains(document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2));
    }), 'the change is in sight');
}

// Hands over, from the page that has just come to the one that says what to give back.  `proof` types
// what opens it; the amount is checked against what was announced to the person.
async function hand_over(person, how, proof, { before_paying, pay = () => keys.press('Enter'), boxes = person.guides } = {}) {
    const start = Date.now(), pressed = keys.presses, note = 20000;
    await proof();
    await desk.locator('form[data-deliver]').waitFor();
    await focus_comes(desk, how === 'override' ? 'code' : 'box');
    for (const guide of boxes)
        await box(guide);
    await before_paying?.();
    if (boxes.length === person.guides.length)
        await focus_comes(desk, 'tendered');
    else
        await keys.tab_to('[name=tendered]');
    await desk.waitForTimeout(PACE_MS);          // as long as a hand needs
    if (how !== 'override')
        await keys.type(String(note));
    await pay();
    await at(desk, /^\/deliver\/done\/\d+$/);
    const due = await paid_for(boxes);
    taken.push({ how, seconds: (Date.now() - start) / 1000, presses: keys.presses - pressed,
        scans: boxes.length + (how === 'override' ? 0 : 1), person });
    in_drawer += due;
    if (how !== 'override')
        await change_is_seen(note - due);
    for (const guide of boxes)
        assert.equal((await row(s, guide)).state, 'ENTREGADO', guide);
    return due;
}
const scan_of = (code) => async () => {
    await focus_comes(desk, 'code');
    await keys.look();
    await keys.scan(code);
};
const announced_price = async (person) => {
    const page = await resident.get(`/t/${(await row(s, person.guides[0])).public_token}`);
    return pesos(page.words.match(/Hoy paga (?:por todos )?(\$[\d.]+)/)[1]);
};

test('fifteen people come with their code, and pay what their page said', async () => {
    await desk.goto('/dashboard');
    await keys.press('F4');
    await at(desk, '/deliver');
    for (const i of [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 20, 25]) {
        const person = people[i], price = await announced_price(person);
        const code = await pickup_code(resident, await row(s, person.guides[0]));
        assert.equal(await hand_over(person, 'code', scan_of(code)), price);
    }
});

test('three authorised people come with their own codes', async () => {
    for (const i of [9, 16, 21]) {
        const p = await row(s, people[i].guides[0]);
        const made = await resident.post(`/api/v1/track/token/${p.public_token}/authorizations`,
            { json: { name: 'Pedro Ruiz', document_type: 'CC', document_number: '1020304050' },
                headers: { 'Idempotency-Key': `autoriza-${p.id}-000000` } });
        assert.equal(made.status, 201, made.text);
        await hand_over(people[i], 'authorisation', scan_of(made.json.code));
    }
});

test('two come without a code, and show a document', async () => {
    for (const i of [10, 17])
        await hand_over(people[i], 'override', async () => {
            await focus_comes(desk, 'code');
            await keys.look();
            await keys.type(people[i].phone.slice(-4));
            await keys.press('Enter');
        }, { before_paying: async () => {
            await focus_comes(desk, 'code');
            await keys.press('F7');
            await focus_comes(desk, 'override_reason');
            await keys.press('Space', 'Tab', 'Tab', 'Space', 'Tab');
            await keys.type('4050');
            await keys.press('Tab', 'Space', 'Enter');
            assert.equal(await desk.getByLabel('Quién recibe').inputValue(), people[i].name);
        } });
});

test('one box stays on the shelf: it was not read, and only the others are charged', async () => {
    const person = people[22], boxes = person.guides.slice(0, 2);
    await desk.goto('/deliver');
    await hand_over(person, 'code', scan_of(await pickup_code(resident, await row(s, boxes[0]))), { boxes, pay: async () => {
        await keys.press('Enter');
        await desk.locator('#unscanned').waitFor();
        await keys.look();
        await keys.tab_to('#unscanned [value=only]');
        await keys.press('Enter');
        await focus_comes(desk, 'tendered');
        await desk.waitForTimeout(PACE_MS);
        await keys.press('Enter');
    } });
    person.guides = boxes;
    assert.equal(await s.value("SELECT count(*) FROM packages WHERE announced_phone = ?1 AND state = 'RECIBIDO'", e164(person.phone)), 1);
});

test('the line is away for some seconds at "Cobrar": nothing is lost, and it is charged once', async () => {
    const person = people[23];
    await hand_over(person, 'code', scan_of(await pickup_code(resident, await row(s, person.guides[0]))), { pay: async () => {
        await desk.context().setOffline(true);
        await keys.press('Enter');
        await desk.locator('#waiting').getByText('Sin conexión: todavía no se ha cobrado').waitFor();
        await desk.waitForTimeout(AWAY_MS);
        assert.equal(await paid_for(person.guides), null);
        await desk.context().setOffline(false);
    } });
    browser.forgive(/ERR_INTERNET_DISCONNECTED/);            // the console told of what was not sent
});

test('a colleague without a drawer is told so first, opens it there, and loses no scan', async () => {
    const person = people[24], other = await browser.page({ user: COLLEAGUE }), hands = new Keys(other);
    await other.goto('/deliver');
    await other.getByText('No hay caja abierta').waitFor();
    await focus_comes(other, 'code');
    await hands.look();
    await hands.scan(await pickup_code(resident, await row(s, person.guides[0])));
    await focus_comes(other, 'box');
    await hands.scan(person.guides[0]);
    await poll('the box to be read', async () => await other.getByText('Escaneada', { exact: true }).count() === 1);
    await hands.tab_to('[name=base]');
    await hands.type('20000');
    await other.waitForTimeout(PACE_MS);
    await hands.press('Enter');
    await other.getByText('No hay caja abierta').waitFor({ state: 'detached' });
    assert.equal(await other.getByText('Escaneada', { exact: true }).count(), 1);
    await hands.tab_to('[name=tendered]');
    await hands.look();
    await hands.press('Enter');
    await at(other, /^\/deliver\/done\/\d+$/);
    assert.equal((await row(s, person.guides[0])).state, 'ENTREGADO');
    await other.close();
});

test('a single box that nobody announced is given to a person whom the point knows, in six keys', async () => {
    const guide = new_guide(), person = people[0];
    await desk.goto('/receive');
    await focus_comes(desk, 'guide');
    await keys.look();
    await keys.scan(guide);
    await focus_comes(desk, 'who');
    await keys.look();
    const before = keys.presses;
    await choose(person.phone.slice(-4), person.name);
    await keys.press('Enter');
    await given(guide, person);
    await desk.waitForURL((url) => url.searchParams.has('done'));
    assert.ok(keys.presses - before <= UNANNOUNCED_KEYS);
    await keys.press('F4');
    await at(desk, '/deliver');
});

test('one gets a discount from the administrator, and pays the rest by Nequi', async () => {
    const person = people[18], p = await row(s, person.guides[0]);
    await boss.goto('/deliver');
    await boss_keys.look();
    await boss_keys.scan(await pickup_code(resident, p));
    await boss.locator('form[data-deliver]').waitFor();
    for (const guide of person.guides) {
        await boss.waitForTimeout(PACE_MS);
        await boss_keys.scan(guide);
    }
    await boss_keys.tab_to('[name=method]', 80);     // none is chosen: the administrator has no drawer
    await boss_keys.press('ArrowRight');
    await boss_keys.tab_to('[name=reference]');
    await boss_keys.type('N-4711');
    await boss_keys.tab_to('details:has([name=discount]) > summary');
    await boss_keys.press('Enter');
    await boss_keys.tab_to('[name=discount]');
    await boss_keys.type('1000');
    await boss_keys.press('Tab');
    await boss_keys.type('Llegó golpeada la caja');
    await boss_keys.look();
    await boss_keys.press('Enter');
    await at(boss, /^\/deliver\/done\/\d+$/);
    assert.match(await boss.locator('main').innerText(), /Total \$3\.000, descuento \$1\.000/);
    assert.equal(await s.value("SELECT sum(amount) FROM payments WHERE reference = 'N-4711'"), 2000);
});

test('one is undone within its seconds, and done again', async () => {
    const person = people[11], code = await pickup_code(resident, await row(s, person.guides[0]));
    const due = await hand_over(person, 'code', scan_of(code));
    await keys.tab_to('[role=status] button, .toast button', 60);
    await keys.look();
    await keys.press('Enter');
    await poll('the parcel back on the shelf', async () => (await row(s, person.guides[0])).state === 'RECIBIDO');
    in_drawer -= due;
    taken.pop();
    await keys.press('F4');
    await at(desk, '/deliver');
    await hand_over(person, 'code', scan_of(await pickup_code(resident, await row(s, person.guides[0]))));
});

test('one parcel is cancelled, and its position is free', async () => {
    const p = await row(s, people[19].guides[0]);
    await keys.press('Escape', '/');
    await keys.scan(p.guide_number);
    await at(desk, `/packages/${p.id}`);
    await keys.look();
    await keys.tab_to('details:has([name=reason]) > summary', 60);
    await keys.press('Enter');
    await keys.tab_to('[name=reason]');
    await keys.type('El cliente lo');
    await keys.tab_to('details:has([name=reason]) button');
    await keys.press('Enter');
    await desk.getByText('CANCELADO', { exact: true }).first().waitFor();
    assert.equal((await row(s, p.guide_number)).state, 'CANCELADO');
    assert.equal(await s.value('SELECT position_id FROM packages WHERE id = ?1', p.id), null);
});

// A sum as the count of a drawer: as few notes and coins as can be.
function pieces(sum) {
    const list = [];
    for (const [name, value] of [['note_50000', 50000], ['note_20000', 20000], ['note_10000', 10000], ['note_5000', 5000],
        ['note_2000', 2000], ['note_1000', 1000], ['coin_500', 500]]) {
        if (Math.floor(sum / value))
            list.push([name, Math.floor(sum / value)]);
        sum %= value;
    }
    return list;
}

test('the drawer closes to the peso, each of which is some parcel\'s', async (t) => {
    await desk.goto('/cash');
    await keys.tab_to('details:has(form[data-count]) > summary');
    await keys.look();
    await keys.press('Enter');
    for (const [name, n] of pieces(in_drawer)) {
        await keys.tab_to(`[name=${name}]`);
        await keys.type(String(n));
    }
    await keys.press('Enter');
    await desk.getByRole('button', { name: 'Cerrar la caja' }).waitFor();
    assert.match(await desk.locator('aside.sheet').innerText(), /Cuadra\s+\$0/);
    await keys.look();
    await keys.tab_to('[name=explanation]');
    await keys.press('Enter');
    await poll('the drawer closed', async () => await s.value('SELECT count(*) FROM cash_sessions WHERE closed_at IS NOT NULL') === 1);
    const [drawer] = await s.sql('SELECT id, counted, expected FROM cash_sessions ORDER BY id LIMIT 1');
    assert.deepEqual([drawer.counted, drawer.expected], [in_drawer, in_drawer]);

    await boss.goto('/cash');
    await boss_keys.tab_to(`a[href="/cash/${drawer.id}#f-note"]`);
    await boss_keys.press('Enter');
    await at(boss, `/cash/${drawer.id}`);
    await focus_comes(boss, 'note');
    await boss_keys.look();
    await boss_keys.type('Visto');
    await boss_keys.press('Enter');
    await boss.getByRole('heading', { name: 'Aprobada' }).waitFor();
    const cash = await s.sql('SELECT p.id, sum(y.amount) AS paid, p.total_fee - p.discount AS due, p.state FROM payments y'
        + " JOIN packages p ON p.id = y.package_id WHERE y.cash_session_id = ?1 GROUP BY p.id", drawer.id);
    assert.equal(cash.reduce((sum, p) => sum + p.paid, BASE), in_drawer);
    for (const p of cash)
        assert.equal(p.paid, p.due, `parcel ${p.id}`);
    const gone = [...taken.map((x) => x.person), people[18], people[24]].reduce((n, person) => n + person.guides.length, 0);
    assert.equal(await s.value("SELECT count(*) FROM packages WHERE state = 'ENTREGADO'"), gone);
    assert.equal(taken.length + 2, HANDOVERS);

    for (const how of ['code', 'authorisation', 'override']) {
        const list = taken.filter((x) => x.how === how);
        t.diagnostic(`hand-over by ${how}: ${list.length}, ${middle(list.map((x) => x.seconds)).toFixed(1)} s (at most `
            + `${Math.max(...list.map((x) => x.seconds)).toFixed(1)}), ${middle(list.map((x) => x.presses))} key presses, `
            + `${middle(list.map((x) => x.scans))} scans (at most ${Math.max(...list.map((x) => x.scans))})`);
    }
    const by_code = taken.filter((x) => x.how !== 'override');
    assert.ok(middle(by_code.map((x) => x.seconds)) <= HANDOVER_S);
    assert.ok(middle(by_code.map((x) => x.scans)) <= SCANS);
    const without = taken.filter((x) => x.how === 'override').map((x) => x.presses);
    assert.ok(Math.max(...without) <= CODELESS_KEYS, `without a code: ${without.join(', ')} key presses`);
});
