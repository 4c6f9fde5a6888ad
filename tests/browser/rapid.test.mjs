// A courier with a pile of boxes, at a scanner's speed: the field never loses the focus and
// never waits; what is wrong is loud; a line that breaks costs nothing; one signature.
// Long: half a minute and more.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, test } from 'node:test';
import { Browser, Keys, focused } from '../helpers/browser.mjs';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announced, new_guide, row } from '../helpers/shop.mjs';

const BOXES = 20;                  // the day (day.test.mjs) has sixty
const PACE_MS = 260;             // between two boxes; a hand needs longer

let s, browser, page, keys;

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    page = await browser.page({ role: 'OPERADOR' });
    await page.goto('/receive/rapid');
    keys = new Keys(page);
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const lines = () => page.locator('#lines > li');
const waiting = () => page.locator('.line-waiting').count();
const settled = () => poll('every scan to be answered', async () => await waiting() === 0, 20000);
// A hand takes the next box, and a scanner reads it.
async function box(text, options) {
    await page.waitForTimeout(PACE_MS);
    await keys.scan(text, options);
}

test(`${BOXES} boxes are received one after the other, half of them announced, without a look at the screen`, async (t) => {
    const resident = s.client(), guides = [];
    for (let i = 0; i < BOXES; i++)
        guides.push(i % 2 ? new_guide() : (await announced(s, resident)).guide_number);
    await page.locator('#f-carrier').selectOption('Envía');
    await page.locator('#f-scan').focus();
    const start = Date.now();
    for (const guide of guides) {
        await box(guide);
        assert.equal(await focused(page), 'scan');
    }
    await settled();
    const seconds = (Date.now() - start) / 1000;
    t.diagnostic(`${BOXES} parcels in ${seconds.toFixed(1)} s: ${(seconds / BOXES).toFixed(2)} s and 1 scan each, 0 key presses`);
    assert.ok(seconds / BOXES <= 15);
    assert.equal(await lines().count(), BOXES);
    assert.match(await page.locator('#drop').innerText(), new RegExp(`^${BOXES} recibidos`));
    const stored = await s.value("SELECT count(*) FROM packages WHERE state = 'RECIBIDO'");
    assert.equal(stored, BOXES);
    assert.equal(new Set((await s.sql('SELECT position_id FROM packages')).map((p) => p.position_id)).size, BOXES,
        'each on a position of its own');
    assert.match(await page.locator('#verdict').innerText(), /Póngalo en\s+\d\d/i);
});

test('the same box twice fills the side red with its position, and the next one goes on', async () => {
    const guide = new_guide();
    await box(guide);
    await box(guide);
    await settled();
    assert.equal(await page.locator('#verdict .verdict-bad h2').innerText(), 'Ya está recibido');
    await box(new_guide(), { suffix: ['Enter', 'Enter'] });
    await settled();
    assert.equal(await page.locator('#verdict .verdict-ok').count(), 1, 'a suffix that comes twice is one scan');
    assert.equal(await focused(page), 'scan');
});

// Three readings in the page itself, so that a slow machine does not stretch the time between them.
const read_at_once = (texts, gap_ms) => page.evaluate(([readings, gap]) => {
    const field = document.querySelector('#f-scan'), start = performance.now();
    readings.forEach((text, i) => {
        const press = (key) => {
            const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
            Object.defineProperty(event, 'timeStamp', { value: start + i * gap });
            return field.dispatchEvent(event);
        };
        for (const key of text)
            if (press(key))
                field.setRangeText(key, field.selectionStart, field.selectionEnd, 'end');
        if (press('Enter'))
            field.form.requestSubmit();
    });
}, [texts, gap_ms]);

test('a box read again at once, and the next one after it, are three readings and never a sum of two', async () => {
    const first = new_guide(), second = new_guide();
    await page.waitForTimeout(PACE_MS);
    await read_at_once([first, first, second], 190);
    await settled();
    assert.equal((await row(s, first)).state, 'RECIBIDO');
    assert.equal((await row(s, second)).state, 'RECIBIDO');
    assert.match(await lines().nth(1).innerText(), /ya está recibido/, 'the second reading is answered as every other');
    assert.equal(await s.value('SELECT count(*) FROM packages WHERE length(guide_key) > 12'), 0);
    assert.equal(await focused(page), 'scan');
});

test('a scanner whose suffix is a tabulator separates its readings as Enter does', async () => {
    const guides = [new_guide(), new_guide()];
    for (const guide of guides)
        await box(guide, { suffix: ['Tab'] });
    await settled();
    for (const guide of guides)
        assert.equal((await row(s, guide)).state, 'RECIBIDO');
    assert.equal(await focused(page), 'scan');
    await keys.press('Tab');
    assert.notEqual(await focused(page), 'scan', 'a finger on the same key still leaves the field');
    await page.locator('#f-scan').focus();
});

// The words that were heard of each verdict, and how often each tone.
async function heard(what) {
    await page.evaluate(() => {
        window.verdicts = [];
        document.addEventListener('verdict', (event) => window.verdicts.push(event.detail));
    });
    await what();
    return page.evaluate(() => window.verdicts);
}

test('a code that is no guide, an answer that is no answer and a lost line are heard, and stand in red', async () => {
    const advert = `https://example.com/promo?x=${'A'.repeat(2100)}`, guide = new_guide();
    const bad = () => page.locator('#verdict .verdict-bad').innerText();
    const all = await heard(async () => {
        await page.waitForTimeout(PACE_MS);
        await page.locator('#f-scan').fill(advert);
        await keys.press('Enter');
        await settled();
        assert.match(await bad(), /No se recibió[\s\S]*2000 caracteres/);
        assert.match(await page.locator('#lines > li').first().innerText(), /https:\/\/example/);
        await poll('the live region to say it', async () => /2000 caracteres/.test(await page.locator('#live').textContent()));

        await page.route('**/receive/rapid', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<h1>Oh</h1>' }), { times: 1 });
        await box(guide);
        await settled();
        assert.match(await bad(), new RegExp(`No se recibió[\\s\\S]*${guide}[\\s\\S]*Escanéela otra vez`));
        assert.match(await lines().first().getAttribute('class'), /line-bad/);

        await page.context().setOffline(true);
        await box(guide);
        await poll('the page to say so', async () => /Sin conexión/.test(await bad()));
        await page.context().setOffline(false);
        await settled();
        assert.equal(await page.locator('#verdict .verdict-ok').count(), 1);
    });
    assert.deepEqual(all.map((v) => v.well), [false, false, false, true]);
    browser.faults = browser.faults.filter((f) => !/ERR_INTERNET_DISCONNECTED|^500 /.test(f));
});

test('a shelf label after a box moves it there', async () => {
    const guide = new_guide();
    await box(guide);
    await box('98');
    await settled();
    assert.match(await page.locator('#verdict').innerText(), /Movido a\s+98/i);
    const p = await row(s, guide);
    assert.equal(await page.locator(`#line-${p.id} .spot`).textContent(), 'Posición 98');
    assert.equal(await page.locator(`#line-${p.id}`).count(), 1, 'its line says so, and is one');
});

test('without a line the scans wait, and each is done once when it is back', async () => {
    const before = await s.value('SELECT count(*) FROM packages'), guides = Array.from({ length: 5 }, new_guide);
    await page.context().setOffline(true);
    for (const guide of guides)
        await box(guide);
    await poll('the page to say so', async () => /sin conexión/.test(await page.locator('#lines').innerText()));
    assert.equal(await waiting(), 5);
    await page.context().setOffline(false);
    await settled();
    assert.equal(await s.value('SELECT count(*) FROM packages'), before + 5);
    browser.faults = browser.faults.filter((f) => !/ERR_INTERNET_DISCONNECTED/.test(f));
});

test('a slip is undone where it stands', async () => {
    const guide = new_guide();
    await box(guide);
    await settled();
    const p = await row(s, guide), line = page.locator(`#line-${p.id}`);
    const count = async () => parseInt(await page.locator('#drop').innerText(), 10);
    const before = await count();
    await line.getByRole('button', { name: 'Deshacer' }).click();
    await poll('the line to say so', async () => /Deshecho/.test(await line.innerText()));
    await poll('the drop to count one less', async () => await count() === before - 1);
    assert.doesNotMatch(await page.locator('#verdict').innerText(), /Póngalo en/i);
    assert.equal((await row(s, guide)).state, 'CANCELADO');
    assert.equal(await focused(page), 'scan');
});

test('what is undone while another box was scanned leaves the verdict of that one', async () => {
    const first = new_guide(), second = new_guide();
    await box(first);
    await box(second);
    await settled();
    const p = await row(s, first);
    await page.locator(`#line-${p.id}`).getByRole('button', { name: 'Deshacer' }).click();
    await poll('the line to say so', async () => /Deshecho/.test(await page.locator(`#line-${p.id}`).innerText()));
    assert.match(await page.locator('#verdict').innerText(), new RegExp(`Póngalo en[\\s\\S]*${second}`, 'i'));
});

test('F9 opens the photo of a damaged box with carrier and size, and the way back', async () => {
    const guide = new_guide();
    await page.locator('input[name=type][value=EXTRA_DIMENSIONADO]').check();
    await page.locator('#f-scan').focus();
    await page.keyboard.type(guide);
    await page.keyboard.press('F9');
    await page.waitForURL('**/receive?*');
    assert.equal(await page.locator('input[name=condition]:checked').inputValue(), 'REGULAR');
    assert.equal(await page.locator('input[name=type]:checked').inputValue(), 'EXTRA_DIMENSIONADO');
    assert.equal(await page.locator('select[name=carrier]').inputValue(), 'Envía');
    await page.getByRole('link', { name: 'Recibir en serie' }).click();
    await page.waitForURL('**/receive/rapid');
});

test('a session that ended loses no scan: after a sign-in elsewhere all of them are done', async () => {
    const boss = await browser.page({ role: 'ADMIN' }), hands = new Keys(boss), guides = [new_guide(), new_guide()];
    await boss.goto('/receive/rapid');
    await boss.locator('#f-carrier').selectOption('TCC');
    await boss.locator('#f-scan').focus();
    await s.sql("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?1)", PEOPLE.ADMIN.username);
    for (const guide of guides) {
        await boss.waitForTimeout(PACE_MS);
        await hands.scan(guide);
    }
    const verdict = boss.locator('#verdict');
    await verdict.getByText('Su sesión terminó').waitFor();
    assert.equal(new URL(boss.url()).pathname, '/receive/rapid');
    assert.equal(await boss.locator('.line-waiting').count(), 2);
    const [door] = await Promise.all([boss.context().waitForEvent('page'), verdict.getByRole('link', { name: 'Ingresar' }).click()]);
    await door.getByLabel('Usuario o correo').fill(PEOPLE.ADMIN.username);
    await door.getByLabel('Contraseña').fill(PEOPLE.ADMIN.password);
    await door.getByRole('button', { name: 'Ingresar' }).click();
    await door.waitForURL('**/dashboard');
    await poll('both to be done', async () => await boss.locator('.line-waiting').count() === 0, 20000);
    for (const guide of guides)
        await poll(`${guide} on the shelf`, async () => (await row(s, guide))?.state === 'RECIBIDO');
    await boss.context().close();
});

test('the drop is closed with a name and a signature, and shows both', async () => {
    await page.getByRole('link', { name: 'Cerrar la entrega' }).click();
    await page.getByLabel('Quién trajo los paquetes').fill('Pedro R.');
    const box = await page.locator('canvas.signature').boundingBox();
    await page.mouse.move(box.x + 40, box.y + 60);
    await page.mouse.down();
    for (let i = 1; i <= 10; i++)
        await page.mouse.move(box.x + 40 + i * 15, box.y + 60 + (i % 3) * 12);
    await page.mouse.move(box.x - 30, box.y - 20);       // a wide stroke runs out of the field
    await page.mouse.up();
    await page.getByRole('button', { name: 'Cerrar la entrega' }).click();
    await page.waitForURL('**/receive/batch/*');
    assert.match(await page.locator('.sheet').innerText(), /Cerrada[\s\S]*Pedro R\./);
    const d = await page.locator('svg.signature path').getAttribute('d');
    assert.match(d, /^M\d+ \d+(L\d+ \d+){5,}L0 0$/);
});
