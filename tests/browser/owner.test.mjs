// An owner's first day: from an empty database the first administrator signs in and does all that a point needs without
// a shell, and without a page that is not there; then the first parcel comes and is handed over.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, Keys, PHONE, focus_comes } from '../helpers/browser.mjs';
import { jpeg } from '../helpers/image.mjs';
import liwa from '../helpers/liwa.js';
import { new_guide, new_phone } from '../helpers/shop.mjs';
import smtp from '../helpers/smtp.js';
import { System, poll } from '../helpers/system.mjs';

const FIRST = 'una-clave-de-un-dia-1', OWN = 'cuatro palabras mias de verdad';

const phone = new_phone(), guide = new_guide();   // the first parcel's

let s, browser;
let page, clerk, resident;           // the owner's window, the operator's, a phone
let code;
const missing = [];

before(async () => {
    s = await System.start({ sms_driver: 'none', mail_url: '', liwa_account: '', mail_user: '', undo_s: 1 });
    // The administrator is the only one, whom ./dev up makes: the people of other tests are not there yet.
    await s.sql("DELETE FROM users WHERE username <> 'admin'");
    await s.paqueteria(['user', 'passwd', '--password-stdin', 'admin'], `${FIRST}\n`);
    browser = await Browser.start(s);
    page = await browser.page({ https: true });
    page.on('response', (answer) => {
        if (answer.status() === 404 && !answer.url().endsWith('/favicon.ico'))
            missing.push(answer.url());
    });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const field = (label, options) => page.locator('main').getByLabel(label, options);
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const saved = async () => {
    await page.locator('.toasts').getByText('Listo, quedó guardado.').waitFor();
    assert.equal(await page.locator('[data-summary]').count(), 0);
};
// The owner goes from the first page by the link of a step, as an owner goes.
const go = async (step) => {
    await page.goto('/dashboard');
    await page.locator('.first-steps').getByRole('link', { name: step }).click();
    await page.waitForURL((url) => url.pathname !== '/dashboard');
};
const ticked = async (step) => {
    await page.goto('/dashboard');
    const row = page.locator('.first-steps li', { hasText: step });
    assert.match(await row.innerText(), /hecho/, step);
};

describe('an owner on the first day', () => {
    test('signs in, chooses a password and sees what is to be done', async () => {
        await page.goto('/auth/login');
        await field('Usuario o correo').fill('admin');
        await field('Contraseña').fill(FIRST);
        await press('Ingresar');
        await field('Contraseña actual').fill(FIRST);
        await field('Contraseña nueva').fill(OWN);
        await field('La nueva otra vez').fill(OWN);
        await press('Cambiar la contraseña');
        await page.goto('/dashboard');
        assert.match(await page.locator('.first-steps').innerText(), /Primeros pasos 0 de 8/);
        assert.equal(await page.locator('.rail').getByRole('link', { name: 'Ajustes' }).count(), 1);
    });

    test('names the point and writes its hours, which residents read at once', async () => {
        await go('Nombre y dirección');
        await field('Nombre del punto').fill('Portería Los Sauces');
        await field('Dirección').fill('Calle 10 # 5-51, portería');
        await field('Horario').fill('Lunes a sábado 8:00–20:00');
        await field('Teléfono').fill('601 555 0100');
        await field('WhatsApp').fill('300 555 0199');
        await field('Color').fill('#8a1c4f');
        await press('Guardar');
        await saved();
        await ticked('Nombre y dirección');
        await ticked('Horario');
        const resident = await browser.page();
        await poll('the name for residents', async () => {
            await resident.goto('/help');
            return (await resident.locator('body').innerText()).includes('Portería Los Sauces');
        });
        assert.match(await resident.locator('.site-foot').innerText(), /Lunes a sábado 8:00–\u2060?20:00[\s\S]*601 555 0100[\s\S]*WhatsApp 300 555 0199/);
        assert.equal(await resident.locator('.site-name .icon').evaluate((el) => getComputedStyle(el).backgroundColor), 'rgb(138, 28, 79)');
        await resident.close();
    });

    test('uploads a logo, which residents see', async () => {
        await page.goto('/admin/settings/site');
        await field('Imagen').setInputFiles({ name: 'logo.jpg', mimeType: 'image/jpeg', buffer: jpeg(600, 300) });
        await press('Subir el logo');
        await page.getByAltText('El logo de hoy').waitFor();
        const resident = await browser.page();
        const logo = resident.locator('.site-name img');
        await poll('the logo for residents', async () => {
            await resident.goto('/help');
            return await logo.count() === 1 && logo.evaluate((img) => img.complete && img.naturalWidth > 0);
        });
        await resident.close();
    });

    test('sets a tariff, which holds from today without a notice', async () => {
        await go('Tarifas');
        await field('Tarifa base').fill('1800');
        await field('Bodegaje por día').fill('1000');
        await press('Poner la tarifa');
        await page.waitForURL('**/rates');
        await ticked('Tarifas');
        await poll('the tariff to hold', async () =>
            (await s.client().get('/api/v1/rates/current')).json.rates.some((r) => r.base_fee === 1800));
    });

    test('makes a shelf', async () => {
        await go('Estante');
        await page.getByRole('link', { name: 'Agregar' }).click();
        await field('Código', { exact: true }).fill('A01');
        await field('Hasta').fill('A05');
        await field('Zona').fill('Entrada');
        await field('Cuántos paquetes caben').fill('1');
        await press('Agregar');
        await page.waitForURL((url) => url.pathname === '/shelf/positions');
        await ticked('Estante');
    });

    test('gives the SMS account, whose first trial says that it is wrong, and the second that it works', async () => {
        await go('Los SMS salen');
        assert.match(await page.locator('main').innerText(), /Hoy no sale ninguno/);
        await page.getByText('Liwa.co').click();
        await field('Cuenta', { exact: true }).fill(liwa.ACCOUNT.account);
        await field('Contraseña de la cuenta').fill('mal-escrita');
        await field('Llave de la API').fill(liwa.ACCOUNT.key);
        await press('Guardar');
        await saved();
        await field('Celular').fill(new_phone());
        await press('Enviar la prueba');
        await page.locator('#test').getByText('no aceptó la cuenta').waitFor();
        await field('Contraseña de la cuenta').fill(liwa.ACCOUNT.password);
        await press('Guardar');
        await saved();
        await page.goto('/dashboard');
        assert.match(await page.locator('.first-steps li', { hasText: 'Los SMS salen' }).innerText(), /falta/, 'an account proves nothing');
        await go('Los SMS salen');
        await field('Celular').fill(new_phone());
        await press('Enviar la prueba');
        await page.locator('#test').getByText('El operador aceptó la prueba').waitFor();
        await ticked('Los SMS salen');
    });

    test('gives the mail server, and a letter comes', async () => {
        await go('Los correos salen');
        await field('Servidor de correo').fill('localhost');
        await field('Puerto').fill(String(s.smtp.port));
        await field('Usuario').fill(smtp.USER.name);
        await page.locator('[name="mail.password"]').fill(smtp.USER.password);
        await field('Dirección que envía').fill('avisos@example.com');
        await field('Su contraseña').fill(OWN);
        await press('Guardar');
        await saved();
        await field('Correo', { exact: true }).fill('duena@example.com');
        await press('Enviar la prueba');
        await page.locator('#test').getByText('El servidor de correo aceptó la prueba').waitFor();
        await ticked('Los correos salen');
    });

    test('invites the first operator, who chooses a password by the letter and signs in', async () => {
        await go('El primer operador');
        await field('Nombre completo').fill('Óscar Operador');
        await field('Correo', { exact: true }).fill('oscar@example.com');
        await field('Usuario', { exact: true }).fill('oscar');
        await field('Su contraseña').fill(OWN);
        await press('Invitar');
        await page.locator('.toasts').getByText('Enlace enviado a oscar@example.com').waitFor();
        const mail = await poll('the invitation', () => s.mails('oscar@example.com')[0]);
        clerk = await browser.page({ https: true });
        await clerk.goto(mail.text.match(/\/auth\/invite\?token=\w+/)[0]);
        await clerk.getByLabel('Contraseña').fill('mostrador azul y grande');
        await clerk.getByLabel('La misma otra vez').fill('mostrador azul y grande');
        await clerk.getByRole('button', { name: 'Empezar' }).click();
        await clerk.getByLabel('Usuario o correo').fill('oscar');
        await clerk.getByLabel('Contraseña').fill('mostrador azul y grande');
        await clerk.getByRole('button', { name: 'Ingresar' }).click();
        await clerk.waitForURL('**/dashboard');
        await ticked('El primer operador');
    });

    test('receives the first parcel, which a resident announced on a phone', async () => {
        const keys = new Keys(page);
        resident = await browser.page({ https: true, device: PHONE });
        await resident.goto('/announce');
        await resident.getByLabel('Nombre completo').fill('Rosa Prueba');
        await resident.getByLabel('Celular').fill(phone);
        await resident.getByLabel('Guía(s)').fill(guide);
        await resident.getByLabel('Acepto el tratamiento').check();
        await resident.getByRole('button', { name: 'Anunciar' }).click();
        await resident.waitForURL('**/announce/done?c=*');
        await go('El primer paquete');
        await focus_comes(page, 'guide');
        await Promise.all([page.waitForEvent('load'), keys.scan(guide)]);
        assert.match(await page.locator('main').innerText(), /Rosa Prueba/);
        await press('Recibir');
        await page.waitForURL('**/receive?done=*');
        const sms = (await s.sms_soon(phone, /recibimos .*Codigo \d{6}\b/)).message;
        code = sms.match(/Codigo (\d{6})\b/)[1];
        await resident.goto(sms.match(/\/t\/\w{22}/)[0]);
        assert.match(await resident.locator('main').innerText(), new RegExp(`${code.slice(0, 3)} ${code.slice(3)}[^]*Hoy paga\\s+\\$1\\.800`));
    });

    test('has an operator who answers by the keyboard what the resident asks, who reads it on the page of the parcel', async () => {
        const keys = new Keys(clerk), asked = '¿Puede recogerlo mi hermana el sábado?', answered = 'Sí: autorícela en esta página.';
        await resident.getByRole('link', { name: 'Escribir una pregunta' }).click();
        await resident.getByLabel('Su pregunta').fill(asked);
        await resident.getByRole('button', { name: 'Enviar la pregunta' }).click();
        await resident.locator('#questions').getByText('La recibimos').waitFor();
        await clerk.goto('/dashboard');
        assert.equal(await clerk.locator('.rail [data-inquiries]').innerText(), '1');
        await clerk.locator('.rail').getByRole('link', { name: 'Preguntas' }).click();
        await clerk.waitForURL('**/messages');
        await clerk.getByRole('link', { name: 'Rosa Prueba' }).click();
        await clerk.waitForURL('**/messages/1');
        assert.ok((await clerk.locator('main').innerText()).includes(asked));
        await keys.tab_to('[name=answer]', 60);
        await keys.type(answered);
        await keys.tab_to('[data-answer] [type=submit]');
        await Promise.all([clerk.waitForEvent('load'), keys.press('Enter')]);
        await clerk.locator('#toasts').getByText('por SMS').waitFor();
        await resident.reload();
        assert.ok((await resident.locator('#questions .question-answer').innerText()).includes(answered));
        await s.sms_soon(phone, /le responde: Si: autoricela en esta pagina\./);
    });

    test('has an operator who hands it over and is paid, and the list of first steps is gone', async () => {
        const keys = new Keys(clerk);
        await clerk.goto('/deliver');
        await focus_comes(clerk, 'code');
        await Promise.all([clerk.waitForEvent('load'), keys.scan(code)]);
        await focus_comes(clerk, 'box');
        await keys.scan(guide);
        await clerk.getByText('Nequi').first().click();
        await clerk.getByLabel('Referencia del pago').fill('M123');
        await clerk.getByRole('button', { name: /^Cobrar/ }).click();
        await clerk.waitForURL('**/deliver/done/*');
        assert.match(await clerk.locator('main').innerText(), /Entregado[^]*\$1\.800/);
        await resident.reload();
        assert.match(await resident.locator('main').innerText(), /Pagó\s+\$1\.800/);
        await page.goto('/dashboard');
        assert.equal(await page.locator('.first-steps').count(), 0, 'all is done');
        assert.match(await page.locator('main').innerText(), /Nada pendiente/, 'a trial that failed, and then did not, is nothing to look into');
    });

    test('reads in the audit who did all that, and what was before', async () => {
        await page.locator('.rail').getByRole('link', { name: 'Ajustes' }).click();
        await page.waitForURL('**/admin/settings');
        await page.getByRole('link', { name: /^Auditoría/ }).click();
        await page.waitForURL('**/admin/audit');
        const row = (...words) => words.reduce((rows, text) => rows.filter({ hasText: text }), page.locator('main tbody tr'));
        await row('Cambió un ajuste', 'admin', 'El punto · Horario', 'Antes: Lunes a viernes 9:30', 'Después: Lunes a sábado 8:00–20:00').waitFor();
        await row('El punto · WhatsApp', 'Antes: (en blanco)', 'Después: 300 555 0199').waitFor();
        await row('Agregó una tarifa', 'admin', 'Tarifa base: 1800').waitFor();
        await row('Invitó a alguien a trabajar', 'admin', 'oscar').waitFor();
        await row('Aceptó la invitación', 'oscar').waitFor();
        await row('Respondió una pregunta', 'oscar').getByRole('link', { name: 'Pregunta 1', exact: true }).click();
        await page.waitForURL('**/messages/1');
        await page.goto('/admin/audit/verify');
        assert.match(await page.locator('main').innerText(), /El registro está completo/);
    });

    test('met no page that is not there', () => assert.deepEqual(missing, []));
});
