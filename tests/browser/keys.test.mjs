// The counter by keyboard and scanner: what each key does, what a scanner may send, and
// what is seen, heard and read aloud of it.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Browser, DESK, Keys, focus_comes, focused } from '../helpers/browser.mjs';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { announced, hand_over, new_guide, new_phone, on_shelf, pickup_code, row, wrong_code } from '../helpers/shop.mjs';

let s, browser, resident, oper, page, keys;

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    resident = s.client();
    oper = await s.as('OPERADOR');
    page = await browser.page({ role: 'OPERADOR' });
    await page.addInitScript(hear);
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
beforeEach(() => { keys = new Keys(page); });
afterEach(() => browser?.check());

// Listens inside the page: notes the tones that are played and what the live region says; and presses
// Enter as soon as it is there, when asked to.
function hear() {
    window.heard = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
        window.heard.push(this.frequency.value);
        return start.apply(this, args);
    };
    window.said = [];
    document.addEventListener('DOMContentLoaded', () => {
        const live = document.getElementById('live');
        if (live)
            new MutationObserver(() => live.textContent && window.said.push(live.textContent))
                .observe(live, { childList: true, characterData: true, subtree: true });
        if (sessionStorage.getItem('twice'))
            window.second_enter = document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                { key: 'Enter', bubbles: true, cancelable: true })) ? 'let through' : 'taken away';
    });
}

const tones = () => page.evaluate(() => window.heard);
const said = () => page.evaluate(() => window.said.join(' | '));
// A page that is just going away has none.
const focus_on = (name) => focus_comes(page, name);
const scan_field = () => page.locator('[data-scan]');
// A page with this address alone: one with a query is another.
const at = (path) => page.waitForURL((url) => url.pathname + url.search === path);

describe('keys that work on every page of the counter', () => {
    test('/ goes to the omnibox, and is a letter like others in a field', async () => {
        await page.goto('/dashboard');
        await keys.press('/');
        await focus_on('q');
        assert.equal(await page.locator('#omnibox').inputValue(), '');
        await keys.type('a/b');
        assert.equal(await page.locator('#omnibox').inputValue(), 'a/b');
    });

    test('Enter in the omnibox opens the first of what is shown below it', async () => {
        const name = `Zenaida ${new_guide().replace(/[^A-Za-z]/g, '')}`;
        await announced(s, resident, { name });
        const p = await on_shelf(s, resident, oper, { name });
        await page.goto('/dashboard');
        await page.locator('#omnibox').fill('zenaida');
        await page.locator('#found [data-hits=zenaida] a').first().waitFor();
        await keys.look();
        await keys.press('Enter');
        await at(`/deliver?customer=${p.customer_id}`);     // the person first
        await page.goto('/dashboard');
        await page.locator('#omnibox').fill('zenaida');
        await page.locator('#found [data-hits=zenaida] a').first().waitFor();
        await keys.look();
        await keys.press('ArrowDown', 'ArrowDown', 'Enter');
        await at(`/packages/${p.id}`);
    });

    test('F2 goes to receive and F4 to deliver, out of a field too', async () => {
        await page.goto('/dashboard');
        await keys.press('F2');
        await at('/receive');
        await focus_on('guide');
        await keys.press('F4');
        await at('/deliver');
        await focus_on('code');
    });

    test('neither key leads away somebody who may only look', async () => {
        const looker = await browser.page({ role: 'USUARIO' });
        await looker.goto('/dashboard');
        await new Keys(looker).press('F2', 'F4', '?');
        const dialog = looker.getByRole('dialog');
        await dialog.waitFor();
        assert.doesNotMatch(await dialog.innerText(), /F2|F4/);
        assert.equal(new URL(looker.url()).pathname, '/dashboard');
        await looker.context().close();
    });

    test('? shows the keys, Esc closes them, and the focus is where it was', async () => {
        await page.goto('/dashboard');
        await page.getByRole('link', { name: 'Recibir' }).first().focus();
        await keys.press('?');
        const dialog = page.getByRole('dialog', { name: 'Teclas rápidas' });
        await dialog.waitFor();
        for (const key of ['/', 'F2', 'F4', 'Esc', '?'])
            assert.ok((await dialog.innerText()).split(/\s/).includes(key), key);
        await keys.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
        assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/receive');
    });

    test('no cursor waits in the password that closes all other sessions', async () => {
        await page.goto('/profile');
        await page.getByRole('button', { name: 'Cerrar las otras sesiones' }).waitFor();
        assert.equal(await focused(page), 'body');
    });

    test('Esc leaves the field, and again goes back', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await keys.scan(p.guide_number);
        await focus_on('position');
        await keys.press('Escape');
        assert.equal(await focused(page), 'body');
        await keys.press('Escape');
        await at('/receive');
        await focus_on('guide');
    });

    test('Esc never throws away what was typed', async () => {
        await page.goto('/dashboard');
        await page.goto('/receive');
        await keys.type('GUIA12');
        await keys.press('Escape', 'Escape', 'Escape');
        assert.equal(new URL(page.url()).pathname, '/receive');
        assert.equal(await scan_field().inputValue(), 'GUIA12');
    });

    // Work that is half done: how, and what is there when the clerk stays.
    const HALF = {
        'a reception': [async () => { await page.goto('/receive?guide=SINANUNCIO1'); await page.getByLabel(/Observaciones/).fill('Cinta rota'); },
            async () => assert.equal(await page.getByLabel(/Observaciones/).inputValue(), 'Cinta rota')],
        'a hand-over with a box scanned': [async () => {
            const p = await on_shelf(s, resident, oper);
            await page.goto(`/deliver?package=${p.id}`);
            await page.locator('#box').fill(p.guide_number);
            await page.locator('#box').press('Enter');
            await poll('the box to be read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        }, async () => assert.equal(await page.getByText('Escaneada', { exact: true }).count(), 1)],
        'a form that came back with what is wrong': [async () => {
            await page.goto('/receive?guide=SINANUNCIO2');
            await page.locator('#f-position').fill('NOHAY');
            await page.getByRole('button', { name: 'Recibir', exact: true }).click();
            await page.locator('[data-summary]').waitFor();
            browser.forgive(/status of 422/);            // the console tells of the 422
        }, async () => assert.equal(await page.locator('#f-position').inputValue(), 'NOHAY')],
    };
    for (const [what, [begin, stays]] of Object.entries(HALF))
        test(`what leads away from ${what} asks first: Enter stays, the other button leaves`, async () => {
            const question = page.getByRole('dialog', { name: '¿Salir sin guardar?' });
            await begin();
            const here = page.url();
            for (const key of ['F2', 'F4']) {
                await keys.press(key);
                await question.waitFor();
                await keys.scan('9999999999');
                await question.waitFor({ state: 'hidden' });
                assert.equal(page.url(), here);
                await stays();
            }
            await page.evaluate(() => document.activeElement.blur());
            await keys.press('/');
            await keys.type('77');
            await keys.press('Enter');
            await question.waitFor();
            await keys.press('Escape');
            await question.waitFor({ state: 'hidden' });
            await stays();
            await keys.press('F4');
            await question.getByRole('button', { name: 'Salir sin guardar' }).click();
            await at('/deliver');
        });

    test('what nobody has begun is left without a question', async () => {
        const p = await on_shelf(s, resident, oper);
        for (const page_ of [`/deliver?package=${p.id}`, '/receive?guide=SINANUNCIO4', '/cash', `/packages/${p.id}`]) {
            await page.goto(page_);
            await keys.press('F4');
            await at('/deliver');
        }
    });

    test('F2 at receiving is receiving in series, and back; the computer remembers which', async () => {
        for (const [key, path] of [['F2', '/receive'], ['F2', '/receive/rapid'], ['F4', '/deliver'], ['F2', '/receive/rapid'], ['F2', '/receive'],
            ['F4', '/deliver'], ['F2', '/receive']]) {
            await keys.press(key);
            await at(path);
            await page.waitForLoadState();
        }
        await page.getByRole('link', { name: 'En serie' }).click();
        await at('/receive/rapid');
        await page.evaluate(() => localStorage.clear());     // as a change of person does
        await page.goto('/dashboard');
        assert.equal(await page.locator('.rail').getByRole('link', { name: 'Recibir' }).getAttribute('href'), '/receive/rapid');
        await keys.press('F2');
        await at('/receive/rapid');
        await page.getByRole('link', { name: 'De a uno' }).click();
        await at('/receive');
    });

    test('F6 undoes what was done last, and says so when there is nothing', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await keys.scan(p.guide_number);
        await focus_on('position');
        await keys.look();
        await keys.press('Enter');
        await page.waitForURL('**/receive?done=*');
        await page.waitForLoadState();
        await keys.press('F6');
        await page.waitForURL(`**/packages/${p.id}`);
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
        await page.goto('/receive/rapid');
        await page.locator('#f-carrier').selectOption('TCC');
        await page.locator('#f-scan').focus();
        const guide = new_guide();
        await keys.scan(guide);
        await page.locator('#lines [data-undo]').waitFor();
        await keys.press('F6');
        await page.locator('#lines').getByText('Deshecho', { exact: true }).waitFor();
        assert.equal((await row(s, guide)).state, 'CANCELADO');
        await focus_on('scan');
        await keys.press('F6');
        await poll('that nothing is left', async () => (await said()).includes('No hay nada que deshacer'));
    });

    test('the hands begin at the one form of a page, at the first field of what is opened, and at what is wrong', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto(`/shelf/move?box=${p.guide_number}`);
        await focus_on('position');
        await page.goto(`/deliver?package=${p.id}`);
        await page.locator('summary', { hasText: 'Entregar sin código' }).click();
        await focus_on('override_reason');
        await page.goto('/receive?guide=SINANUNCIO3');
        await page.locator('#f-position').fill('NOHAY');
        await page.getByRole('button', { name: 'Recibir', exact: true }).click();
        await page.locator('[data-summary]').waitFor();
        await focus_on('position');
        browser.forgive(/status of 422/);
    });

    test('the menu of the person opens and closes by keyboard', async () => {
        await page.goto('/dashboard');
        await page.locator('.user summary').focus();
        await keys.press('Enter');
        await page.getByRole('button', { name: 'Salir' }).waitFor();
        await keys.press('Escape');
        await page.getByRole('button', { name: 'Salir' }).waitFor({ state: 'hidden' });
        assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
    });
});

describe('a scanner', () => {
    test('whose suffix is Enter twice does not receive what it only looked up', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await keys.scan(p.guide_number, { suffix: ['Enter', 'Enter'] });
        await page.locator('form[data-receive]').waitFor();
        await focus_on('position');
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
    });

    test('whose second Enter comes when the form is already there does not receive either', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await page.evaluate(() => sessionStorage.setItem('twice', 1));
        await keys.scan(p.guide_number);
        await page.locator('form[data-receive]').waitFor();
        await page.evaluate(() => sessionStorage.removeItem('twice'));
        assert.equal(await page.evaluate(() => window.second_enter), 'taken away');
    });

    test('that puts ]C1 before and control characters into the code is understood', async () => {
        const p = await announced(s, resident);
        for (const read of [`]C1${p.guide_number}`, `]d2${p.guide_number}`, ` ${p.guide_number} `]) {
            await page.goto('/receive');
            await keys.scan(read);
            await page.locator('form[data-receive]').waitFor();
            assert.equal(await page.locator('input[name=guide][type=hidden]').inputValue(), p.guide_number);
        }
        await page.goto('/receive');
        await scan_field().evaluate((el, text) => { el.value = text; },
            `]C1\u001d${p.guide_number}\u001e`);
        await keys.look();
        await keys.press('Enter');
        await page.locator('form[data-receive]').waitFor();
    });

    test('may read the shelf\'s label and then receives on Enter', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await keys.scan(p.guide_number);
        await focus_on('position');
        await keys.scan(']C157');
        await page.waitForURL('**/receive?done=*');
        assert.equal(await page.locator('.giant').innerText(), '57');
        assert.equal(await s.value(`SELECT o.code FROM packages p JOIN positions o ON o.id = p.position_id
            WHERE p.id = ?1`, p.id), '57');
    });

    test('that reads the next box while the last is on its way is told on the next page which was not kept', async () => {
        const p = await on_shelf(s, resident, oper), late = new_guide();
        await oper.submit(await oper.get('/shelf/audit'), '/shelf/audit', { position: '90' });
        const id = await s.value('SELECT max(id) FROM shelf_audits');
        await page.goto(`/shelf/audit/${id}`);
        await keys.scan('90');
        await page.getByLabel('Caja, o la posición siguiente').waitFor();
        let go;
        const gate = new Promise((done) => { go = done; });
        await page.route('**/scan', async (route) => { await gate; await route.continue(); }, { times: 1 });
        await keys.scan(p.guide_number);
        await keys.scan(late);
        go();
        const alert = page.getByRole('alert').filter({ hasText: late });
        await alert.waitFor();
        assert.match(await alert.innerText(), /no se guardó. Escanéelo otra vez/);
        assert.equal(await s.value('SELECT count(*) FROM shelf_audit_boxes WHERE audit_id = ?1 AND read_at IS NOT NULL', id), 1);
        await focus_on('scan');
    });

    test('may be as quick as the page: what it reads a moment after it came is looked up', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        const passes = await scan_field().evaluate((el, guide) => {
            const press = (key) => {
                const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
                Object.defineProperty(event, 'timeStamp', { value: 120 });
                return el.dispatchEvent(event);
            };
            el.value = guide;
            press(guide[0]);
            return press('Enter');
        }, p.guide_number);
        assert.ok(passes, 'Enter sends the form');
    });

    test('that reads nothing sends nothing', async () => {
        await page.goto('/receive');
        const url = page.url();
        await keys.press('Enter');
        assert.equal(await focused(page), 'guide');
        assert.equal(page.url(), url);
    });

    test('never sends a half-filled form: Enter goes to what is missing, and says what was read', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/receive');
        // The page's own scan field with a second field that must be filled, as in the forms to come.
        await page.evaluate(() => {
            const more = document.createElement('input');
            Object.assign(more, { name: 'more', required: true });
            document.querySelector('[data-scan]').form.append(more);
        });
        await keys.scan(p.guide_number);
        await focus_on('more');
        assert.equal(new URL(page.url()).search, '');
        await poll('what was read, aloud', async () => (await said()).includes(`Leído ${p.guide_number}`));
    });

    test('at hand-over shows and takes every box of the code', async () => {
        const p = await on_shelf(s, resident, oper);
        const phone = (await s.sql('SELECT phone FROM customers WHERE id = ?1', p.customer_id))[0].phone;
        const other = await on_shelf(s, resident, oper, { phone: phone.slice(3) });
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p), { suffix: ['Enter', 'Enter'] });
        await page.locator('form[data-deliver]').waitFor();
        await focus_on('box');
        assert.equal(await page.locator('input[name=ids]:checked').count(), 2);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO', 'the second Enter hands nothing over');
        // Less is handed over when a box is left out: the button says how much it takes.
        await page.locator(`input[name=ids][value="${other.id}"]`).uncheck();
        assert.match(await page.getByRole('button', { name: /Cobrar/ }).innerText(), /\$1\.500/);
    });

    test('at hand-over of a parcel that was looked up, the code goes on to the boxes and hands nothing over', async () => {
        const p = await on_shelf(s, resident, oper), code = await pickup_code(resident, p);
        await page.goto(`/deliver?package=${p.id}`);
        await focus_on('code');
        await keys.scan(code, { suffix: ['Enter', 'Enter'] });
        await focus_on('box');
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        await keys.scan(p.guide_number);
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.equal((await row(s, p.guide_number)).state, 'ENTREGADO');
    });

    test('at hand-over reads each box: a wrong one fills the screen, and after the last comes the payment', async () => {
        const p = await on_shelf(s, resident, oper), stranger = await on_shelf(s, resident, oper);
        const phone = (await s.sql('SELECT phone FROM customers WHERE id = ?1', p.customer_id))[0].phone;
        const other = await on_shelf(s, resident, oper, { phone: phone.slice(3) });
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await page.locator('form[data-deliver]').waitFor();
        await focus_on('box');
        assert.equal(await page.getByText('Sin escanear', { exact: true }).count(), 2);
        await keys.scan(`]C1${p.guide_number}`, { suffix: ['Enter', 'Enter'] });
        await poll('one that is read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        await focus_on('box');
        await poll('a high tone', async () => (await tones()).some((hz) => hz > 600));
        await page.waitForTimeout(260);          // as long as a hand needs for the next box
        await keys.scan(stranger.guide_number);
        const alarm = page.locator('#wrong');
        await alarm.waitFor();
        assert.match(await alarm.innerText(), new RegExp(`Caja equivocada[\\s\\S]*${stranger.guide_number}[\\s\\S]*No es de Rosa Prueba`));
        const size = await alarm.boundingBox(), screen = page.viewportSize();
        assert.ok(size.width >= screen.width - 20 && size.height >= screen.height - 20, 'it fills the screen');
        await poll('a low tone', async () => (await tones()).some((hz) => hz < 300));
        assert.equal((await row(s, stranger.guide_number)).state, 'RECIBIDO');
        await keys.scan('NADIE12345', { suffix: ['Enter', 'Enter'] });
        await poll('the next wrong one', async () => /NADIE12345/.test(await alarm.innerText()));
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await alarm.waitFor({ state: 'hidden' });
        await focus_on('box');
        await keys.scan(stranger.guide_number);
        await alarm.waitFor();
        await keys.scan(other.tracking_code.toLowerCase(), { suffix: ['Enter', 'Enter'] });
        await focus_on('tendered');
        await keys.look();
        assert.match(new URL(page.url()).pathname, /^\/deliver\/quotes\//, 'the second Enter of the last box is no payment');
        await keys.type('5000');
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.deepEqual([(await row(s, p.guide_number)).state, (await row(s, other.guide_number)).state], ['ENTREGADO', 'ENTREGADO']);
    });
});

describe('a box that was not scanned', () => {
    const question = () => page.locator('#unscanned');
    let first, second, phone;

    // Two of one person at the hand-over by code, of which the first is scanned and the money typed.
    async function one_of_two() {
        first = await on_shelf(s, resident, oper);
        phone = (await s.sql('SELECT phone FROM customers WHERE id = ?1', first.customer_id))[0].phone;
        second = await on_shelf(s, resident, oper, { phone: phone.slice(3) });
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, first));
        await focus_on('box');
        await keys.scan(first.guide_number);
        await page.getByLabel('Con cuánto paga').fill('10000');
        await keys.look();
        await page.waitForTimeout(260);          // the Enter of the last box is over
        await keys.press('Enter');
        await question().waitFor();
        const position = await s.value('SELECT code FROM positions WHERE id = ?1', second.position_id);
        assert.match(await question().innerText(), new RegExp(`Falta una caja por escanear\\s+${position}\\s`));
    }
    const states = async () => [(await row(s, first.guide_number)).state, (await row(s, second.guide_number)).state];
    const words_of = async (p) => (await oper.get(`/packages/${p.id}`)).words;

    test('stays, and only the scanned one is charged', async () => {
        await one_of_two();
        await question().getByRole('button', { name: 'Entregar solo la escaneada ($1.500)' }).click();
        await poll('the scanned one to be charged', async () => await page.getByLabel('Valor a cobrar').inputValue() === '1500');
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.deepEqual(await states(), ['ENTREGADO', 'RECIBIDO']);
    });

    test('is scanned while the question stands, and both are handed over', async () => {
        await one_of_two();
        await keys.scan('NADIE12345');
        await page.locator('#wrong').waitFor();
        await keys.scan(second.guide_number);
        await question().waitFor({ state: 'hidden' });
        await page.locator('#wrong').waitFor({ state: 'hidden' });
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.deepEqual(await states(), ['ENTREGADO', 'ENTREGADO']);
        assert.doesNotMatch(await words_of(second), /sin escanear/);
    });

    test('goes along for a reason, which its history tells', async () => {
        await one_of_two();
        await question().getByRole('button', { name: /con un motivo/ }).click();
        await focus_on('unscanned_reason');
        await keys.type('Se cayó la etiqueta');
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.deepEqual(await states(), ['ENTREGADO', 'ENTREGADO']);
        assert.match(await words_of(second), /sin escanear: Se cayó la etiqueta/);
        assert.doesNotMatch(await words_of(first), /sin escanear/);
    });
});

describe('the change', () => {
    test('of a hand-over of ten is on the screen while the field for the next person has the focus', async () => {
        const first = await on_shelf(s, resident, oper);
        const phone = (await s.sql('SELECT phone FROM customers WHERE id = ?1', first.customer_id))[0].phone.slice(3);
        for (let i = 0; i < 9; i++)
            await on_shelf(s, resident, oper, { phone });
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, first));
        await focus_on('box');
        await page.getByLabel('Con cuánto paga').fill('20000');
        await keys.look();
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        for (const [width, height] of [[390, 664], [1440, 900], [1024, 600]]) {
            await page.setViewportSize({ width, height });
            await page.reload();
            await focus_on('code');
            const change = await page.getByText('$5.000', { exact: true }).boundingBox(), bar = await page.locator('header').first().boundingBox();
            assert.ok(change.y >= bar.y + bar.height && change.y + change.height <= height, `${width}: the change is at ${change.y}`);
            assert.ok((await page.getByRole('heading', { name: 'Entregado' }).boundingBox()).y >= bar.y + bar.height, `${width}: the verdict`);
        }
        await page.setViewportSize(DESK.viewport);
    });
});

describe('money at the counter', () => {
    test('is understood as the server does, and of what is not there is no change', async () => {
        const p = await on_shelf(s, resident, oper), change = page.locator('[data-change]'), total = page.locator('[data-total]').first();
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        const given = page.getByLabel('Con cuánto paga');
        for (const [text, says] of [['20.000,00', '$18.500'], ['20,000', '$18.500'], ["1'500.000", '$1.498.500'], ['20.000,0', null], ['20.00', null], ['1500', '$0']]) {
            await given.fill(text);
            assert.equal(await change.isVisible(), says !== null, text);
            if (says)
                assert.equal(await change.locator('.money').innerText(), says, text);
            assert.equal(await given.evaluate((el) => el.validity.valid), says !== null, text);
        }
        await page.getByText('Pagar una parte por otro medio').click();
        await page.getByLabel('Cuánto por ese medio').fill('1.0');
        assert.equal(await page.locator('#f-amount').inputValue(), '', 'no rest of what is not understood');
        await page.getByLabel('Cuánto por ese medio').fill('1.000');
        assert.equal(await page.locator('#f-amount').inputValue(), '500');
        assert.equal(await total.innerText(), '$1.500');
        browser.check();
    });
});

describe('a bar code that holds more than the guide', () => {
    test('is the box of that guide at hand-over, and opens its person', async () => {
        const long = '9622001900000000000000776632517510', p = await on_shelf(s, resident, oper, { guides: '776632517510' });
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await page.locator('form[data-deliver]').waitFor();
        await focus_on('box');
        await keys.look();
        await keys.scan(long);
        await poll('the box to be read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        assert.equal(await page.locator('#wrong').isVisible(), false);
        await page.goto('/deliver');
        await keys.scan(long);
        await page.locator('form[data-deliver]').waitFor();
        assert.match(await page.locator('main').innerText(), /776632517510/);
    });
});

describe('a tabulator at hand-over', () => {
    test('ends a reading of a box, and a finger on it right after one presses nothing', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await focus_on('box');
        await keys.scan(new_guide(), { suffix: ['Tab'] });
        await page.locator('#wrong').waitFor();
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await focus_on('box');
        await keys.scan(p.guide_number, { suffix: ['Enter', 'Tab'] });
        await poll('the box to be read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        assert.equal(await s.value('SELECT count(*) FROM incidents WHERE package_id = ?1', p.id), 0);
        assert.match(new URL(page.url()).pathname, /^\/deliver\/quotes\//);
    });
});

describe('the line that breaks at "Cobrar"', () => {
    const title = 'Sin conexión: todavía no se ha cobrado', waiting = () => page.locator('#waiting');
    // A box at the hand-over by its code, scanned, and the money typed.
    async function ready() {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await focus_on('box');
        await keys.scan(p.guide_number);
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.type('5000');
        return p;
    }
    const taken = (p) => s.value('SELECT count(*) FROM payments WHERE package_id = ?1', p.id);
    const pay = () => page.getByRole('button', { name: /Cobrar/ }).click();
    async function offline(yes) {
        await page.context().setOffline(yes);
        browser.forgive(/ERR_INTERNET_DISCONNECTED/);                // the console tells of what was not sent
    }
    const change = () => page.getByText('$3.500', { exact: true }).waitFor();

    test('loses nothing: it says so, and charges once when the line is back', async () => {
        const p = await ready();
        await offline(true);
        await pay();
        await waiting().getByText(title).waitFor();
        assert.equal(await taken(p), 0);
        await offline(false);
        await page.waitForURL('**/deliver/done/*');
        await change();
        assert.equal(await taken(p), 1);
        await page.getByRole('button', { name: /Deshacer/ }).waitFor();
        browser.forgive(/ERR_INTERNET_DISCONNECTED/);
    });

    test('after the money was booked shows that hand-over, and charges nothing more', async () => {
        const p = await ready();
        await page.route('**/deliver', async (route) => { await route.fetch(); await route.abort('connectionreset'); }, { times: 1 });
        await pay();
        await page.waitForURL('**/deliver/done/*');
        await change();
        assert.equal(await taken(p), 1);
        browser.forgive(/ERR_CONNECTION_RESET/);
    });

    test('and whoever opens the page again meanwhile finds what was done', async () => {
        const p = await ready(), again = await page.context().newPage();
        await page.route('**/deliver', async (route) => { await route.fetch(); await route.abort('connectionreset'); });
        await pay();
        await waiting().getByText(title).waitFor();
        await again.goto(page.url());
        await again.waitForURL(`**/deliver/done/${p.id}`);
        await again.close();
        await page.unroute('**/deliver');
        await page.waitForURL(`**/deliver/done/${p.id}*`);
        assert.equal(await taken(p), 1);
        browser.forgive(/ERR_CONNECTION_RESET/);
    });

    test('and back and reload, after a quote and after a hand-over, show a page and keep what was scanned', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await focus_on('box');
        await keys.scan(p.guide_number);
        const address = page.url(), scanned = page.getByText('Escaneada', { exact: true });
        await poll('the box to be read', async () => await scanned.count() === 1);
        await page.reload();
        await poll('it is read still', async () => await scanned.count() === 1);
        await page.goto('/dashboard');
        await page.goBack();
        assert.equal(page.url(), address);
        await poll('it is read even so', async () => await scanned.count() === 1);
        await page.getByLabel('Valor a cobrar').fill('1');
        await pay();
        await page.getByRole('alert').filter({ hasText: 'Deben ser iguales' }).waitFor();
        browser.forgive(/status of 422/);
        await page.reload();
        await page.getByRole('alert').filter({ hasText: 'Deben ser iguales' }).waitFor();
        assert.equal(await scanned.count(), 1);
        await page.getByLabel('Valor a cobrar').fill('1500');
        await pay();
        await page.waitForURL('**/deliver/done/*');
        await page.reload();
        await page.getByRole('heading', { name: 'Entregado' }).waitFor();
        await page.goBack();
        assert.equal(await page.evaluate(() => document.contentType), 'text/html');
        await page.goForward();
        await page.getByRole('heading', { name: 'Entregado' }).waitFor();
        assert.equal(await taken(p), 1);
    });

    test('or the session that ends there: it goes on when the clerk has signed in in another tab', async () => {
        const p = await on_shelf(s, resident, oper), till = await browser.page();
        const sign_in = async (tab, to) => {
            await tab.goto(`/auth/login?next=${to}`);
            await tab.locator('[name=username]').fill(PEOPLE.OPERADOR.username);
            await tab.locator('[name=password]').fill(PEOPLE.OPERADOR.password);
            await tab.getByRole('button', { name: 'Ingresar' }).click();
            await tab.waitForURL((url) => url.pathname !== '/auth/login');
        };
        await sign_in(till, `/deliver?package=${p.id}`);
        await till.locator('#f-code').fill(await pickup_code(resident, p));
        await till.locator('input[name=method][value=nequi]').check();
        await till.locator('#f-reference').fill('N-1');
        await s.sql('DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions)');
        await till.getByRole('button', { name: /Cobrar/ }).click();
        await till.getByRole('heading', { name: 'Su sesión terminó: todavía no se ha cobrado' }).waitFor();
        assert.equal(await taken(p), 0);
        const tab = await till.context().newPage();
        await sign_in(tab, '/dashboard');
        // A headless page is never hidden, so that nothing tells it that its tab is the one seen again; it may have gone on by itself.
        await till.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))).catch(() => null);
        await till.waitForURL('**/deliver/done/*');
        assert.equal(await taken(p), 1);
        browser.forgive(/status of 401/);
        await till.context().close();
    });

    test('and neither does a form that failed send anything twice, by back or by loading it again', async () => {
        const p = await on_shelf(s, resident, oper), sent = [];
        const note = (request) => { if (request.method() === 'POST') sent.push(new URL(request.url()).pathname); };
        for (const [form, fill, address] of [
            ['/deliver', async () => { await page.locator('#f-code').fill(wrong_code(await pickup_code(resident, p))); await page.locator('#f-code').press('Enter'); }, '/deliver'],
            ['/receive?guide=SINANUNCIO5', async () => { await page.locator('#f-position').fill('NOHAY'); await page.getByRole('button', { name: 'Recibir', exact: true }).click(); },
                '/receive?guide=SINANUNCIO5']]) {
            await page.goto(form);
            await keys.look();
            await fill();
            await page.locator('[data-summary]').waitFor();
            const { pathname, searchParams } = new URL(page.url()), asked = new URL(address, page.url());
            assert.equal(pathname, asked.pathname);
            assert.equal(searchParams.get('guide'), asked.searchParams.get('guide'));
            page.on('request', note);
            await page.reload();
            await page.locator('[data-summary]').waitFor({ state: 'detached' });
            await page.goto('/dashboard');
            await page.goBack();
            await page.locator('main form').first().waitFor();
            page.off('request', note);
            assert.deepEqual(sent, [], form);
        }
        browser.forgive(/status of 422/);
    });

    test('in two tabs and pressed twice it is one hand-over', async () => {
        const p = await ready(), other = await page.context().newPage();
        await other.goto(page.url());
        await other.getByRole('button', { name: /Cobrar/ }).waitFor();
        await page.getByRole('button', { name: /Cobrar/ }).dblclick();
        await page.waitForURL('**/deliver/done/*');
        await other.getByRole('button', { name: /Cobrar/ }).click();
        await other.waitForURL(`**/deliver/done/${p.id}`);
        await other.close();
        assert.equal(await taken(p), 1);
        browser.forgive(/status of 409/);
    });
});

describe('a person found by phone', () => {
    test('has the boxes read into the field of the code, a wrong one too, and then shows a code', async () => {
        const p = await on_shelf(s, resident, oper), stranger = await on_shelf(s, resident, oper);
        const phone = (await s.sql('SELECT phone FROM customers WHERE id = ?1', p.customer_id))[0].phone;
        await page.goto('/deliver');
        await keys.type(phone.slice(3));
        await keys.look();
        await keys.press('Enter');
        await page.locator('form[data-deliver]').waitFor();
        await focus_on('code');
        await keys.scan(stranger.guide_number);
        await page.locator('#wrong').waitFor();
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.locator('#wrong').waitFor({ state: 'hidden' });
        await focus_on('code');
        await keys.scan(p.guide_number, { suffix: ['Enter', 'Enter'] });
        await poll('it read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        await focus_on('code');
        assert.equal(await page.locator('#f-code').inputValue(), '');
        await keys.scan(`]Q3${await pickup_code(resident, p)}`, { suffix: ['Enter', 'Enter'] });
        await focus_on('tendered');
        await page.waitForTimeout(260);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO', 'its Enter takes no money');
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.equal((await row(s, p.guide_number)).proof, 'codigo');
    });
});

describe('a hand-over in which something comes up, by keys alone', () => {
    const scan_code = async (p) => {
        await page.goto('/deliver');
        await keys.scan(await pickup_code(resident, p));
        await page.locator('form[data-deliver]').waitFor();
        await focus_on('box');
    };
    const with_other = async (p) => on_shelf(s, resident, oper, { phone:
        (await s.sql('SELECT phone FROM customers WHERE id = ?1', p.customer_id))[0].phone.slice(3) });
    const outcome = async (p) => s.value('SELECT outcome FROM incidents WHERE package_id = ?1 AND resolved_at IS NULL', p.id);
    const open_line = async (p) => {
        await keys.tab_to(`#line-${p.id} summary`);
        await keys.look();
        await keys.press('Enter');
    };

    test('one that is not there leaves it, what was read beside it stays, and the other is paid', async () => {
        const gone = await on_shelf(s, resident, oper), here = await with_other(gone);
        await scan_code(gone);
        await keys.scan(here.guide_number);
        await poll('the one that is here', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        await open_line(gone);
        await keys.tab_to(`#note-${gone.id}`);
        await keys.type('Tampoco en la 13');
        await keys.press('Tab');
        assert.match(await page.evaluate(() => document.activeElement.textContent), /^No encontrado/);
        await keys.press('Enter');
        const line = page.locator(`#line-${gone.id}.line-held`);
        await line.waitFor();
        assert.match(await line.innerText(), /No encontrado desde hoy[\s\S]*Tampoco en la 13/);
        assert.equal(await outcome(gone), 'no_encontrado');
        assert.equal(await line.locator('input[name=ids]').isChecked(), false);
        assert.equal(await page.getByText('Escaneada', { exact: true }).count(), 1, 'the other one is still read');
        await poll('said aloud', async () => (await said()).includes('No encontrado'));
        await focus_on('box');
        await keys.press('Enter');
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.deepEqual([(await row(s, here.guide_number)).state, (await row(s, gone.guide_number)).state], ['ENTREGADO', 'RECIBIDO']);
    });

    test('a session that ended meanwhile loses nothing of the form, and the outcome is noted after a sign-in elsewhere', async () => {
        const p = await on_shelf(s, resident, oper), boss = await browser.page({ role: 'ADMIN' });
        await boss.goto(`/deliver?package=${p.id}`);
        await boss.getByLabel('Quién recibe').fill('Pedro Ruiz');
        await boss.locator(`#line-${p.id} summary`).click();
        await s.sql('DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?1)', PEOPLE.ADMIN.username);
        const noted = () => boss.locator(`#line-${p.id}`).getByRole('button', { name: /No encontrado/ }).click();
        await noted();
        const alert = boss.locator(`#line-${p.id} [role=alert]`);
        assert.match(await alert.innerText(), /Su sesión terminó: ingrese en otra pestaña y siga aquí/);
        const [door] = await Promise.all([boss.context().waitForEvent('page'), alert.getByRole('link').click()]);
        await door.getByLabel('Usuario o correo').fill(PEOPLE.ADMIN.username);
        await door.getByLabel('Contraseña').fill(PEOPLE.ADMIN.password);
        await door.getByRole('button', { name: 'Ingresar' }).click();
        await door.waitForURL('**/dashboard');
        await noted();
        await boss.locator(`#line-${p.id}.line-held`).waitFor();
        assert.equal(await outcome(p), 'no_encontrado');
        assert.equal(await boss.getByLabel('Quién recibe').inputValue(), 'Pedro Ruiz');
        assert.match(browser.faults.splice(0).join(), /^[^,]*status of 401[^,]*\/incidents$/, 'no other complaint');
        await boss.context().close();
    });

    test('a wrong one without a note is asked for it beside its line, and undone from there', async () => {
        const p = await on_shelf(s, resident, oper);
        await scan_code(p);
        await open_line(p);
        await keys.tab_to(`#line-${p.id} button[value=equivocado]`);
        await keys.press('Enter');
        const error = page.locator(`#line-${p.id} .error`);
        await error.waitFor();
        assert.match(await error.innerText(), /qué tiene de equivocado/);
        browser.forgive(/status of 422 .*\/incidents$/);  // the browser says so too
        await focus_on('note');
        await keys.type('La etiqueta es de Marta');
        await keys.tab_to(`#line-${p.id} button[value=equivocado]`);
        await keys.press('Enter');
        await page.locator(`#line-${p.id}.line-held`).waitFor();
        assert.equal(await outcome(p), 'equivocado');
        await focus_on('box');
        await keys.tab_to(`#line-${p.id} button[formaction*="/undo?event="]`);
        await keys.press('Enter');
        await page.locator(`#line-${p.id}.line-held`).waitFor({ state: 'detached' });
        assert.equal(await outcome(p), undefined);
        assert.match(await page.getByRole('button', { name: /Cobrar/ }).innerText(), /\$0/, 'it is not ticked by itself');
    });

    test('one that was not there is found by scanning it', async () => {
        const p = await on_shelf(s, resident, oper);
        await scan_code(p);
        await open_line(p);
        await keys.tab_to(`#line-${p.id} button[value=no_encontrado]`);
        await keys.press('Enter');
        await page.locator(`#line-${p.id}.line-held`).waitFor();
        await focus_on('box');
        await keys.look();
        await keys.scan(p.guide_number);
        await focus_on('tendered');
        await page.waitForTimeout(260);
        await keys.press('Enter');
        await page.waitForURL('**/deliver/done/*');
        assert.equal(await s.value('SELECT resolution FROM incidents WHERE package_id = ?1', p.id), 'entregado');
    });

    test('the signature is folded away, and a drawn one survives an error', async () => {
        const p = await on_shelf(s, resident, oper);
        await scan_code(p);
        const canvas = page.locator('canvas.signature');
        assert.equal(await canvas.isVisible(), false);
        await keys.tab_to('details:has(canvas) > summary');
        await keys.look();
        await keys.press('Enter');
        const box = await canvas.boundingBox();
        await page.mouse.move(box.x + 20, box.y + 20);
        await page.mouse.down();
        for (let i = 1; i <= 8; i++)
            await page.mouse.move(box.x + 20 + i * 20, box.y + 20 + (i % 3) * 15);
        await page.mouse.up();
        const drawn = await page.locator('input[name=signature]').inputValue();
        assert.match(drawn, /^M\d+ \d+(L\d+ \d+){5,}$/);
        await page.locator('#f-amount').fill('1');
        await page.getByRole('button', { name: /Cobrar/ }).click();
        await page.getByRole('alert').waitFor();
        assert.equal(await page.locator('input[name=signature]').inputValue(), drawn);
        assert.ok(await canvas.evaluate((el) => el.getContext('2d').getImageData(0, 0, el.width, el.height).data.some((v) => v > 0)),
            'it is drawn again');
        await page.locator('#f-amount').fill('1500');
        await page.getByRole('button', { name: /Cobrar/ }).click();
        await page.waitForURL('**/deliver/done/*');
        await page.goto(`/packages/${p.id}`);
        assert.equal(await page.locator('svg.signature path').getAttribute('d'), drawn);
    });
});

describe('what is seen, heard and read aloud', () => {
    test('a wrong code is an alert with icon and word, sounds low, and the field waits for the next', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/deliver');
        await keys.scan(wrong_code(await pickup_code(resident, p)));
        const alert = page.getByRole('alert');
        await alert.waitFor();
        assert.match(await alert.innerText(), /código no corresponde/);
        assert.ok(await page.locator('[role=alert] svg, .error svg').first().isVisible(), 'an icon');
        assert.match(await page.title(), /^Error: /);
        await focus_on('code');
        await poll('a low tone', async () => (await tones()).some((hz) => hz < 300));
        assert.equal(await page.getByLabel('Código del cliente').getAttribute('aria-invalid'), 'true');
        // The wrong code is selected, so that the next reading replaces it.
        await keys.scan(await pickup_code(resident, p));
        await page.locator('form[data-deliver]').waitFor();
    });

    test('a parcel that is already here is an alert that shows where, and sounds low', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/receive');
        await keys.scan(p.guide_number);
        const alert = page.getByRole('alert');
        await alert.waitFor();
        assert.match(await alert.innerText(), /Ya está recibido/);
        assert.ok(await alert.locator('svg').first().isVisible());
        await poll('a low tone', async () => (await tones()).some((hz) => hz < 300));
        await focus_on('guide');
    });

    // Receives a parcel by scanner and Enter alone.
    async function receive_by_keys() {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await keys.scan(p.guide_number);
        await focus_on('position');
        await keys.look();
        await keys.press('Enter');
        await page.waitForURL('**/receive?done=*');
        return p;
    }

    test('a reception sounds high, is said in a live region and leaves the field ready', async () => {
        await receive_by_keys();
        await poll('a high tone', async () => (await tones()).some((hz) => hz > 600));
        const code = await page.locator('.giant').innerText();
        await poll('the position, aloud', async () => (await said()).includes(code));
        await focus_on('guide');
        assert.equal(await scan_field().inputValue(), '');
    });

    test('undo is in reach of the keyboard, and shows what it led to', async () => {
        const p = await receive_by_keys();
        await page.getByRole('button', { name: /Deshacer/ }).focus();
        await keys.look();       // an Enter sooner is the scanner's second
        await keys.press('Enter');
        await page.waitForURL(`**/packages/${p.id}`);
        assert.match(await page.locator('main').innerText(), /ANUNCIADO/);
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
    });

    test('a button pressed twice acts once', async () => {
        const p = await announced(s, resident);
        await page.goto(`/receive?guide=${p.guide_number}`);
        const button = page.getByRole('button', { name: 'Recibir' });
        await button.dblclick();
        await page.waitForURL('**/receive?done=*');
        assert.equal(await s.value(`SELECT count(*) FROM package_events WHERE package_id = ?1
            AND kind = 'RECEPCION'`, p.id), 1);
    });

    test('the field of a page that came back from history takes a new scan', async () => {
        const guide = new_guide();
        await page.goto('/receive');
        await keys.scan(guide);
        await page.locator('form[data-receive]').waitFor();
        await page.goBack();
        await at('/receive');
        const p = await announced(s, resident);
        await scan_field().fill('');
        await keys.scan(p.guide_number);
        await page.locator('form[data-receive]').waitFor();
    });
});

describe('a clerk without a drawer', () => {
    before(async () => {
        const admin = await s.as('ADMIN');
        assert.equal((await admin.submit(await admin.get('/cash'), '/cash', { base: '0' })).status, 303);
    });

    test('is told before anything is scanned, and opens it there', async () => {
        await page.goto('/deliver');
        await page.getByText('No hay caja abierta').waitFor();
        await focus_on('code');
    });

    test('opens it beside the boxes, which stay scanned, and takes cash', async () => {
        const p = await on_shelf(s, resident, oper);
        await keys.scan(await pickup_code(resident, p));
        await focus_on('box');
        await keys.scan(p.guide_number);
        await poll('the box to be read', async () => await page.getByText('Escaneada', { exact: true }).count() === 1);
        assert.equal(await focused(page), 'method', 'no way to pay is chosen, and cash would not be taken');
        assert.equal(await page.locator('input[name=method]:checked').count(), 0);
        const base = page.getByLabel('Base, en pesos');
        await base.fill('dos mil');
        await base.press('Enter');
        await page.getByText('Escriba un valor en pesos').first().waitFor();
        browser.forgive(/status of 422/);                // the console tells of the 422
        await base.fill('20000');
        await page.waitForTimeout(260);
        await base.press('Enter');
        await page.getByText('No hay caja abierta').waitFor({ state: 'detached' });
        assert.equal(await page.getByText('Escaneada', { exact: true }).count(), 1);
        assert.equal(await page.locator('input[name=method]:checked').getAttribute('value'), 'efectivo');
        await page.getByLabel('Con cuánto paga').fill('2000');
        await page.getByRole('button', { name: /Cobrar/ }).click();
        await page.waitForURL('**/deliver/done/*');
        assert.equal((await row(s, p.guide_number)).state, 'ENTREGADO');
        assert.equal(await page.getByText('No hay caja abierta').count(), 0);
    });
});

test('the sum of a table is printed once, at its end, and what follows is not laid over it', async () => {
    await page.goto('/ageing');
    await page.emulateMedia({ media: 'print' });
    const how = (selector) => page.locator(selector).first().evaluate((el) => getComputedStyle(el).display);
    assert.equal(await how('tfoot'), 'table-row-group');
    assert.equal(await how('thead'), 'table-header-group');
    assert.equal(await how('.stack-s:has(> .table-wrap)'), 'block');
    await page.emulateMedia({ media: null });
});

describe('the receipt', () => {
    // The size of the only page of a PDF of the page, in mm.
    const printed = async (tab) => {
        const pdf = (await tab.pdf({ preferCSSPageSize: true })).toString('latin1');
        const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => [m[1], m[2]].map((n) => Number(n) * 25.4 / 72));
        assert.equal(boxes.length, 1, 'one page');
        return boxes[0];
    };

    test('is opened by F8 and sent by F7, while the field waits for the next person', async () => {
        const p = await on_shelf(s, resident, oper);
        assert.equal((await hand_over(oper, await pickup_code(resident, p), { method: 'nequi', reference: 'N-1' })).status, 303);
        const sent = [];
        await page.context().route('https://wa.me/**', (route) => { sent.push(route.request().url()); return route.fulfill({ body: 'WhatsApp' }); });
        await page.goto(`/deliver/done/${p.id}`);
        await focus_on('code');
        const [paper] = await Promise.all([page.context().waitForEvent('page'), keys.press('F8')]);
        await paper.waitForURL(`**/packages/${p.id}/receipt`);
        assert.match(await paper.locator('main').innerText(), /Comprobante n\.º \d+/);
        await paper.close();
        const [chat] = await Promise.all([page.context().waitForEvent('page'), keys.press('F7')]);
        await poll('the message', () => sent.length === 1);
        assert.match(decodeURIComponent(sent[0]), /Comprobante: \S+\/r\/\d+-\w{22}/);
        await chat.close();
        await page.context().unroute('https://wa.me/**');
        browser.forgive(/^request to https:\/\/wa\.me\//);     // asked for
        assert.equal(await focused(page), 'code');
    });

    test('is printed on paper as long as its text, of 58 and of 80 mm', async () => {
        const phone = new_phone(), boxes = [];
        for (let i = 0; i < 10; i++)
            boxes.push(await on_shelf(s, resident, oper, { phone }));
        assert.equal((await hand_over(oper, await pickup_code(resident, boxes[0]), { method: 'nequi', reference: 'N-1' })).status, 303);
        for (const wide of [58, 80]) {
            const sizes = [];
            for (const only of ['&only=1', '']) {
                await page.goto(`/packages/${boxes[0].id}/receipt?paper=${wide}${only}`);
                await page.evaluate(() => document.fonts.ready);
                sizes.push(await printed(page));
            }
            for (const [width] of sizes)
                assert.ok(Math.abs(width - wide) < 1, `${width} mm`);
            assert.ok(sizes[0][1] < 170 && sizes[1][1] > sizes[0][1] + 40, `${sizes} mm`);
        }
    });
});

describe('a PIN', () => {
    const PINS = { jefa: '805173', paula: '7394' };
    let desk, hands;

    before(async () => {
        const paula = { username: 'paula', password: 'mostrador-verde-5' };
        await s.paqueteria(['user', 'add', '--username', 'paula', '--email', 'paula@example.com', '--name', 'Paula Puesta',
            '--role', 'OPERADOR', '--password-stdin', '--final'], `${paula.password}\n`);
        for (const [who, password] of [[PEOPLE.ADMIN.username, PEOPLE.ADMIN.password], [paula.username, paula.password]]) {
            const client = await s.client().login(who, password);
            const answer = await client.submit(await client.get('/profile/pin'), '/profile/pin', { current: password, pin: PINS[who], again: PINS[who] });
            assert.equal(answer.status, 303, answer.words);
        }
        desk = await browser.page();
        hands = new Keys(desk);
        await desk.goto('/auth/login?next=/deliver');
        await desk.locator('[name=username]').focus();
        await hands.type(PEOPLE.OPERADOR.username);
        await hands.press('Tab');
        await hands.type(PEOPLE.OPERADOR.password);
        await hands.press('Enter');
        await desk.waitForURL('**/deliver');
        await focus_comes(desk, 'code');
    });

    test('of an administrator lets a discount go, by the keyboard alone', async () => {
        const p = await on_shelf(s, resident, oper);
        await hands.scan(await pickup_code(resident, p));
        await focus_comes(desk, 'box');
        await hands.scan(p.guide_number);
        await hands.tab_to('[name=method]', 80);
        await hands.press('ArrowRight');
        await hands.tab_to('[name=reference]');
        await hands.type('N-1');
        await hands.tab_to('details:has([name=discount]) > summary', 60);
        await hands.press('Enter');
        await hands.tab_to('[name=discount]');
        await hands.type('500');
        await hands.press('Tab');
        await hands.type('Se mojó aquí');
        await hands.look();
        await hands.press('Enter');
        await desk.getByText(/Lo aprueba un administrador, con su PIN: descuento de/).first().waitFor();
        browser.forgive(/status of 403 .*\/deliver$/);
        await focus_comes(desk, 'pin');
        await hands.type(PINS.jefa);
        await hands.look();
        await hands.press('Enter');
        await desk.waitForURL('**/deliver/done/*');
        assert.match(await desk.locator('main').innerText(), /descuento \$500/);
        assert.equal((await row(s, p.guide_number)).discount, 500);
    });

    test('changes who works there by F9, and Back shows nothing of the one before', async () => {
        const p = await on_shelf(s, resident, oper);
        await desk.goto(`/deliver?package=${p.id}`);
        await desk.locator('[name=unscanned_reason]').evaluate((field) => { field.value = 'A medias de Óscar'; });
        await hands.press('F9');
        await desk.getByRole('dialog', { name: '¿Salir sin guardar?' }).waitFor();
        await hands.press('Tab', 'Enter');
        await desk.waitForURL('**/auth/pin');
        await focus_comes(desk, 'person');
        await hands.press('ArrowDown', 'ArrowDown', 'ArrowUp');
        await desk.getByLabel('Paula Puesta').focus();
        await hands.press('Space', 'Tab');
        await focus_comes(desk, 'pin');
        await hands.type(PINS.paula);
        await hands.look();
        await hands.press('Enter');
        await desk.waitForURL('**/dashboard');
        await desk.getByText('Ahora trabaja usted en este mostrador.').first().waitFor();
        assert.match(await desk.locator('header').innerText(), /Paula Puesta/);
        for (let i = 0; i < 3; i++) {
            await desk.goBack();
            assert.doesNotMatch(await desk.content(), /Óscar Operador/, 'a page that came back is made anew');
            assert.doesNotMatch(await desk.evaluate(() => [...document.querySelectorAll('input')].map((field) => field.value).join(' ')), /A medias/);
        }
    });
});
