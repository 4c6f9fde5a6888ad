// A phone of 390 × 844: nothing sticks out, fingers hit what they aim at, the camera opens.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, PHONE, overflow } from '../helpers/browser.mjs';
import { jpeg, jpeg_photo } from '../helpers/image.mjs';
import { announced, hand_over, new_guide, on_shelf, pickup_code, received } from '../helpers/shop.mjs';
import { System, poll } from '../helpers/system.mjs';

const TARGET = 24;                   // px, WCAG 2.2 AA 2.5.8
const LONG = 'María Fernanda de los Ángeles Bustamante-Rodríguez Villavicencio';

let s, browser, resident_page, counter_page;
const parcels = {};

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    const resident = s.client(), oper = await s.as('OPERADOR');
    const long_guide = `${new_guide()}${'0123456789'.repeat(3)}`;
    parcels.announced = await announced(s, resident, { name: LONG, guides: long_guide });
    parcels.shelved = await received(s, oper, (await announced(s, resident, { name: LONG, carrier: 'Interrapidísimo' }))
        .guide_number, { condition: 'REGULAR', observations: 'Una-palabra-sin-espacios-que-no-cabe-en-una-línea-'.repeat(4) },
        [jpeg_photo(), jpeg_photo()]);
    parcels.delivered = await on_shelf(s, resident, oper, { name: LONG });
    await hand_over(oper, await pickup_code(resident, parcels.delivered), { method: 'efectivo', tendered: '50000' });
    await s.settled();
    resident_page = await browser.page({ device: PHONE });
    counter_page = await browser.page({ device: PHONE, role: 'ADMIN' });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

// Links and buttons that a finger may miss.  A link inside a sentence is as high as its line, which the
// standard allows.
const small_targets = (page) => page.evaluate((least) => {
    const shown = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !el.closest('.visually-hidden, .skip');
    const in_text = (el) => el.tagName === 'A' && getComputedStyle(el).display === 'inline'
        && el.parentElement.innerText.trim() !== el.innerText.trim();
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((el) => shown(el) && !in_text(el))
        .filter((el) => {
            const boxes = [el, ...(el.labels ?? [])].map((e) => e.getBoundingClientRect());
            return !boxes.some((b) => b.width >= least && b.height >= least);
        })
        .map((el) => `${Math.round(el.getBoundingClientRect().width)}×${Math.round(el.getBoundingClientRect().height)} `
            + el.outerHTML.slice(0, 140));
}, TARGET);

// The faults of a page on a phone, one line a thing.
async function amiss(page, where, { unfold = false } = {}) {
    await page.goto(where);
    if (unfold)
        await page.evaluate(() => document.querySelectorAll('main details').forEach((el) => { el.open = true; }));
    return [...await overflow(page), ...await small_targets(page)].map((what) => `${where}: ${what}`);
}

async function all_amiss(page, addresses, options) {
    const found = [];
    for (const where of addresses)
        found.push(...await amiss(page, where, options));
    return found;
}

describe('on a phone nothing sticks out and every target can be hit', () => {
    const open = () => [...['/announce', '/announce/fees', '/search', '/search?q=NADIE12345', '/help', '/terms', '/privacy',
        '/policies', '/cookies', '/auth/login', '/auth/forgot-password', '/no-existe'],
        ...Object.values(parcels).map((p) => `/t/${p.public_token}`),
        `/announce/done?c=${parcels.announced.tracking_code}`,
        `/search?q=${parcels.announced.guide_number}`,
        ...[58, 80].map((paper) => `/t/${parcels.delivered.public_token}/receipt?paper=${paper}`)];
    const counter = () => ['/dashboard', '/receive', '/deliver', '/packages', '/profile', '/profile/change-password',
        '/settings', '/packages/999999', `/receive?guide=${parcels.announced.guide_number}`,
        '/receive?guide=NUEVA12345', `/receive?guide=${parcels.shelved.guide_number}`,
        `/receive?done=${parcels.shelved.id}`, `/deliver?package=${parcels.shelved.id}`,
        `/deliver/done/${parcels.delivered.id}?tendered=50000`, '/find?q=NADIE12345',
        ...Object.values(parcels).map((p) => `/packages/${p.id}`)];

    test('on the public pages', async () => {
        assert.deepEqual(await all_amiss(resident_page, open()), []);
    });

    test('on the pages of the counter', async () => {
        assert.deepEqual(await all_amiss(counter_page, counter()), []);
    });

    test('with everything folded out', async () => {
        assert.deepEqual(await amiss(resident_page, '/announce', { unfold: true }), []);
        assert.deepEqual(await all_amiss(counter_page, [`/packages/${parcels.shelved.id}`,
            `/deliver?package=${parcels.shelved.id}`, '/profile'], { unfold: true }), []);
    });
});

describe('on a phone a person can do it all with a thumb', () => {
    test('the camera is what a photo field opens, for several photos', async () => {
        for (const where of [`/receive?guide=${parcels.announced.guide_number}`, `/packages/${parcels.shelved.id}`]) {
            await counter_page.goto(where);
            const fields = await counter_page.locator('input[type=file]').evaluateAll((all) => all.map((el) =>
                ({ accept: el.accept, capture: el.getAttribute('capture'), multiple: el.multiple })));
            assert.ok(fields.length, where);
            for (const field of fields)
                assert.deepEqual(field, { accept: 'image/*', capture: 'environment', multiple: true }, where);
        }
    });

    test('numbers bring up the number pad', async () => {
        await counter_page.goto(`/deliver?package=${parcels.shelved.id}`);
        for (const name of ['Código de entrega', 'Con cuánto paga', 'Valor a cobrar'])
            assert.equal(await counter_page.getByLabel(name).getAttribute('inputmode'), 'numeric', name);
        await resident_page.goto('/announce');
        assert.equal(await resident_page.getByLabel('Celular').getAttribute('type'), 'tel');
    });

    test('announce by touch, and the button is never under something else', async () => {
        const guide = new_guide();
        await resident_page.goto('/announce');
        await resident_page.getByLabel('Nombre completo').fill(LONG);
        await resident_page.getByLabel('Celular').fill('3005550123');
        await resident_page.getByLabel('Guía(s)').fill(guide);
        await resident_page.getByLabel('Acepto el tratamiento').tap();
        await resident_page.getByRole('button', { name: 'Anunciar' }).tap();
        await resident_page.waitForURL('**/announce/done?c=*');
        assert.deepEqual(await overflow(resident_page), []);
    });

    test('which guides are understood stands below the field while one types, by the server\'s rule', async () => {
        await resident_page.goto('/announce');
        const field = resident_page.getByLabel('Guía(s)'), words = resident_page.locator('[data-guides-check]');
        const says = (text) => poll(`«${text}»`, async () => (await words.textContent()) === text && (await words.isVisible()) === (text !== ''), 20000);
        await says('');
        for (const [typed, told] of [['700011112233 700011112234', '2 guías: 700011112233 · 700011112234'],
            ['700011112233\n7000-1111-2233', 'Una guía: 700011112233. Una está repetida'],
            ['Hola Rosa, tu pedido 2000012345 va con la guía 9123456788. Dudas: 3005550011', 'Una guía: 9123456788'], ['', '']]) {
            await field.fill(typed);
            await says(told);
        }
        await field.fill(Array.from({ length: 20 }, new_guide).join('\n'));
        await poll('all twenty', async () => /^20 guías: /.test(await words.textContent()), 20000);
        assert.deepEqual(await overflow(resident_page), []);
    });

    test('the device remembers name and phone when told to, and forgets them', async () => {
        const typed = () => resident_page.evaluate(() => ['name', 'phone'].map((name) => document.forms[0].elements[name].value));
        const remember = resident_page.getByLabel('Recordarme en este aparato'), forget = resident_page.getByRole('button', { name: 'Olvidarlos' });
        await resident_page.goto('/announce');
        assert.deepEqual(await typed(), ['', ''], 'nothing without being told to');
        assert.equal(await forget.isVisible(), false);
        await resident_page.getByLabel('Nombre completo').fill('Rosa Ñáñez');
        await resident_page.getByLabel('Celular').fill('3005550124');
        await remember.tap();
        await resident_page.getByRole('button', { name: 'Anunciar' }).tap();
        await resident_page.getByRole('alert').waitFor();        // without a guide; what was typed comes from the form
        await resident_page.goto('/announce');
        assert.deepEqual(await typed(), ['Rosa Ñáñez', '3005550124']);
        assert.equal(await remember.isChecked(), true);
        assert.match(await resident_page.locator('[data-phone-check]').textContent(), /Recibe SMS/);
        await forget.tap();
        assert.deepEqual(await typed(), ['', '']);
        await resident_page.goto('/announce');
        assert.deepEqual([...await typed(), await resident_page.evaluate(() => localStorage.length)], ['', '', 0]);
    });

    test('receive with photos by touch: the button stays within reach and the toast hides nothing', async () => {
        await counter_page.goto(`/receive?guide=${parcels.announced.guide_number}`);
        await counter_page.locator('input[name=photos]').setInputFiles(
            [1, 2, 3].map((n) => ({ name: `foto ${n}.jpg`, mimeType: 'image/jpeg', buffer: jpeg() })));
        await poll('three previews', async () => await counter_page.locator('.photos img').count() === 3);
        const button = counter_page.getByRole('button', { name: 'Recibir' });
        const box = await button.boundingBox();
        assert.ok(box.y >= 0 && box.y + box.height <= PHONE.viewport.height, 'in sight without scrolling');
        await button.tap();
        await counter_page.waitForURL('**/receive?done=*');
        await counter_page.getByRole('button', { name: /Deshacer/ }).waitFor();
        assert.deepEqual(await overflow(counter_page), []);
        const giant = await counter_page.locator('.giant').boundingBox();
        const toast = await counter_page.locator('.toast').boundingBox();
        assert.ok(giant.y >= toast.y + toast.height || giant.y + giant.height <= toast.y, 'the position is not covered');
        await counter_page.getByRole('button', { name: /Deshacer/ }).tap();
        await poll('the announcement again', async () => (await s.value('SELECT state FROM packages WHERE id = ?1',
            parcels.announced.id)) === 'ANUNCIADO');
    });
});
