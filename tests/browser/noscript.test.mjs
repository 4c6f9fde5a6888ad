// The whole service without JavaScript: each page works, only slower.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, PHONE } from '../helpers/browser.mjs';
import { jpeg } from '../helpers/image.mjs';
import { announced, new_guide, new_phone, on_shelf, pickup_code, row, wrong_code } from '../helpers/shop.mjs';
import { PEOPLE, System } from '../helpers/system.mjs';

let s, browser, resident, oper;      // the last two: clients that set the stage
let page;                            // the receptionist's window

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    resident = s.client();
    oper = await s.as('OPERADOR');
    page = await browser.page({ js: false });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const text = (p = page) => p.locator('main').innerText();

describe('a resident without JavaScript', () => {
    let phone_page;
    const guides = [new_guide(), new_guide()];

    before(async () => { phone_page = await browser.page({ js: false, device: PHONE }); });

    test('sees what is wrong at its field, and what was typed stays', async () => {
        await phone_page.goto('/announce');
        await phone_page.getByLabel('Nombre completo').fill('Rosa Prueba');
        await phone_page.getByLabel('Celular').fill('12345');
        await phone_page.getByLabel('Guía(s)').fill(guides.join('\n'));
        await phone_page.getByLabel('Acepto el tratamiento').check();
        await phone_page.getByRole('button', { name: 'Anunciar' }).click();
        assert.match(await phone_page.getByRole('alert').innerText(), /celular de diez dígitos/);
        assert.equal(await phone_page.getByLabel('Celular').getAttribute('aria-invalid'), 'true');
        assert.equal(await phone_page.getByLabel('Guía(s)').inputValue(), guides.join('\n'));
        await phone_page.getByRole('alert').getByRole('link').first().click();
        assert.match(phone_page.url(), /#f-phone$/);
    });

    test('announces two parcels, opens one, and finds it again by its code', async () => {
        await phone_page.getByLabel('Celular').fill(new_phone());
        await phone_page.getByRole('button', { name: 'Anunciar' }).click();
        assert.match(await text(phone_page), /2 paquetes anunciados/);
        await phone_page.getByRole('link', { name: /Ver el paquete/ }).first().click();
        assert.match(await text(phone_page), /ANUNCIADO/);
        const p = await row(s, guides[0]);
        await phone_page.goto('/search');
        await phone_page.getByLabel('Código de consulta o guía').fill(p.tracking_code.toLowerCase());
        await phone_page.getByRole('button', { name: 'Consultar' }).click();
        assert.match(await text(phone_page), new RegExp(p.tracking_code));
    });

    test('works out the fee', async () => {
        await phone_page.goto('/announce');
        await phone_page.getByLabel('Días que el paquete espera').fill('3');
        await phone_page.getByRole('button', { name: 'Calcular' }).click();
        assert.match(await text(phone_page), /\$3\.500/);
    });

    test('whose number takes no SMS is asked once for an e-mail or to go on without', async () => {
        await phone_page.goto('/announce');
        await phone_page.getByLabel('Nombre completo').fill('Rosa Prueba');
        await phone_page.getByLabel('Celular').fill('6015550123');
        await phone_page.getByLabel('Guía(s)').fill(new_guide());
        await phone_page.getByLabel('Acepto el tratamiento').check();
        await phone_page.getByRole('button', { name: 'Anunciar' }).click();
        assert.match(await phone_page.getByRole('alert').innerText(), /no llegan SMS/);
        await phone_page.getByLabel('Sigo sin avisos').check();
        await phone_page.getByRole('button', { name: 'Anunciar' }).click();
        await phone_page.waitForURL('**/announce/done?c=*');
    });
});

describe('the counter without JavaScript', () => {
    test('signs in, and comes back to the page that was asked for', async () => {
        await page.goto('/receive');
        assert.match(page.url(), /\/auth\/login/);
        await page.getByLabel('Usuario o correo').fill(PEOPLE.OPERADOR.username);
        await page.getByLabel('Contraseña').fill('no es esta');
        await page.getByRole('button', { name: 'Ingresar' }).click();
        assert.match(await page.getByRole('alert').innerText(), /no coinciden/);
        await page.getByLabel('Contraseña').fill(PEOPLE.OPERADOR.password);
        await page.getByRole('button', { name: 'Ingresar' }).click();
        await page.waitForURL('**/receive');
        assert.equal(await page.locator('[data-keys]').isVisible(), false, 'no button that would do nothing');
    });

    test('receives an announced parcel with a photo, and undoes it', async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await page.locator('[data-scan]').fill(p.guide_number);
        await page.locator('[data-scan]').press('Enter');
        await page.locator('input[name=photos]').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: jpeg() });
        await page.getByRole('button', { name: 'Recibir' }).click();
        assert.match(await text(), /Póngalo en la posición/);
        const [toast, work] = [await page.locator('.toast').boundingBox(), await page.locator('main > *').first().boundingBox()];
        assert.ok(toast.y >= 0 && toast.y + toast.height <= work.y, `a toast that nothing can close covers nothing: ${JSON.stringify([toast, work])}`);
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
        await page.getByRole('button', { name: /Deshacer/ }).click();
        assert.equal((await row(s, p.guide_number)).state, 'ANUNCIADO');
    });

    test('receives what nobody announced', async () => {
        const guide = new_guide();
        await page.goto('/receive');
        await page.locator('[data-scan]').fill(guide);
        await page.getByRole('button', { name: 'Buscar guía' }).click();
        await page.getByRole('textbox', { name: /^Nombre/ }).fill('Pedro Vecino');
        await page.getByRole('textbox', { name: /^Celular/ }).fill(new_phone());
        await page.getByRole('button', { name: 'Recibir' }).click();
        assert.match(await text(), /Pedro Vecino/);
        assert.equal((await row(s, guide)).state, 'RECIBIDO');
    });

    test('hands over against the code, with change, and undoes it', async () => {
        const p = await on_shelf(s, resident, oper);
        const code = await pickup_code(resident, p);
        await page.goto('/deliver');
        await page.getByLabel('Código del cliente').fill(wrong_code(code));
        await page.getByRole('button', { name: 'Buscar' }).click();
        assert.match(await page.getByRole('alert').innerText(), /código no corresponde/);
        await page.getByLabel('Código del cliente').fill(code);
        await page.getByRole('button', { name: 'Buscar' }).click();
        await page.getByLabel('Con cuánto paga').fill('5000');
        await page.getByRole('button', { name: /Cobrar/ }).click();
        assert.match(await text(), /Entregado[\s\S]*\$3\.500/);
        await page.getByRole('button', { name: /Deshacer/ }).click();
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('hands over without the code to somebody with a document', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto(`/deliver?package=${p.id}`);
        await page.getByText('Entregar sin código').click();
        await page.getByLabel('Olvidó o borró el código').check();
        await page.getByLabel('Verifiqué la identidad').check();
        await page.getByLabel('CC', { exact: true }).check();
        await page.getByLabel('Sus últimos cuatro').fill('4321');
        assert.equal(await page.getByLabel('Quién recibe').inputValue(), 'Rosa Prueba');
        await page.getByRole('button', { name: /Cobrar/ }).click();
        assert.match(await text(), /Entregado/);
        assert.equal((await row(s, p.guide_number)).state, 'ENTREGADO');
    });

    test('finds by the omnibox, notes, moves, and cancels with a reason, and undoes that', async () => {
        const p = await on_shelf(s, resident, oper);
        await page.goto('/dashboard');
        await page.getByLabel(/^Buscar por código/).fill(p.guide_number);
        await page.getByLabel(/^Buscar por código/).press('Enter');
        await page.waitForURL(`**/packages/${p.id}`);
        await page.getByText('Agregar una nota').click();
        await page.getByLabel('Nota', { exact: true }).fill('Llamó a preguntar');
        await page.getByRole('button', { name: 'Guardar nota' }).click();
        assert.match(await text(), /Llamó a preguntar/);
        await page.getByText('Mover de posición').click();
        await page.getByLabel('Posición nueva').fill('88');
        await page.getByRole('button', { name: 'Mover', exact: true }).click();
        assert.match(await text(), /88/);
        await page.getByText('Cancelar el paquete').first().click();
        await page.getByLabel('Motivo').selectOption('cliente_solicita');
        await page.getByRole('button', { name: 'Sí, cancelar el paquete' }).click();
        assert.match(await text(), /CANCELADO/);
        await page.getByRole('button', { name: /Deshacer/ }).click();
        assert.equal((await row(s, p.guide_number)).state, 'RECIBIDO');
    });

    test('changes the colours, and they stay', async () => {
        await page.goto('/settings');
        await page.getByLabel(/Oscuro/).check();
        await page.getByRole('button', { name: 'Guardar' }).click();
        await page.goto('/dashboard');
        assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
        const ground = await page.locator('body').evaluate((el) => getComputedStyle(el).backgroundColor);
        assert.ok(ground.match(/\d+/g).slice(0, 3).every((n) => Number(n) < 80), ground);
    });

    test('signs out, and the pages are closed', async () => {
        await page.locator('.user summary').click();
        await page.getByRole('button', { name: 'Salir' }).click();
        await page.goto('/receive');
        assert.match(page.url(), /\/auth\/login/);
    });
});
