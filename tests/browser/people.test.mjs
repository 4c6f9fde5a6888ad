// People and their parcels: flatmates with one phone, a number that has another owner by now, a person without a phone, and
// a guide that two people announced, each from the announcement to the hand-over, in a browser.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, DESK, Keys } from '../helpers/browser.mjs';
import { email_link, new_guide, new_phone, row } from '../helpers/shop.mjs';
import { System } from '../helpers/system.mjs';

let s, browser, resident, desk;

before(async () => {
    s = await System.start({ announce_per_hour: 1000, undo_s: 1 });
    browser = await Browser.start(s);
    resident = await browser.page({ https: true });
    desk = await browser.page({ role: 'OPERADOR', https: true });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const main = (page) => page.locator('main').innerText();

async function announce({ name, phone, guide, email }) {
    await resident.goto('/announce');
    await resident.getByLabel('Nombre completo').fill(name);
    await resident.getByLabel('Celular').fill(phone);
    await resident.getByLabel('Guía(s)').fill(guide);
    if (email) {
        await resident.getByText('Más datos (opcional)').click();
        await resident.locator('#f-email').fill(email);
    }
    await resident.getByLabel('Acepto el tratamiento').check();
    await resident.getByRole('button', { name: 'Anunciar' }).click();
    await resident.waitForURL(/\/(search|announce\/done)\?/);
    return main(resident);
}

async function receive(guide, fill = async () => {}) {
    await desk.goto(`/receive?guide=${guide}`);
    const seen = await main(desk);
    await fill();
    await desk.getByRole('button', { name: 'Recibir', exact: true }).click();
    await desk.waitForURL('**/receive?done=*');
    return seen;
}

// The words on the sticker of a parcel.
async function label(guide) {
    await desk.goto(`/packages/labels?ids=${(await row(s, guide)).id}`);
    return main(desk);
}

async function page_of(guide) {
    await desk.goto(`/packages/${(await row(s, guide)).id}`);
    return main(desk);
}

// Hands over by the code of the message, and returns what the clerk saw before the payment.
async function hand_over_by_code(code) {
    await desk.goto('/deliver');
    await new Keys(desk).scan(code);
    await desk.getByText('Código correcto.').waitFor();
    const seen = await main(desk);
    await pay();
    return seen;
}

async function pay() {
    await desk.getByText('Nequi', { exact: true }).first().check();
    await desk.getByLabel('Referencia del pago').fill('N-1');
    await desk.getByRole('button', { name: /Cobrar/ }).click();
    await desk.waitForURL('**/deliver/done/*');
}

const code_of = async (phone, guide) => (await s.sms_soon(phone, new RegExp(`${guide}.*C[oó]digo \\d{6}`))).message.match(/C[oó]digo (\d{6})/)[1];

describe('flatmates with one phone', () => {
    const phone = new_phone(), hers = new_guide(), his = new_guide(), earlier = new_guide(), unannounced = new_guide();
    let code;

    test('are two people at the counter, on the label and in the messages', async () => {
        await announce({ name: 'Ana Ríos', phone, guide: earlier });
        await announce({ name: 'Bruno Gil', phone, guide: his });
        await receive(earlier);
        assert.doesNotMatch(await page_of(his), /celular de/, 'what nobody has compared is no name of a phone');
        await hand_over_by_code(await code_of(phone, earlier));
        assert.doesNotMatch(await page_of(his), /celular de/, 'a code says whose phone it is, not what she is called');
        await receive(unannounced, async () => {
            await desk.locator('#f-name').fill('Ana Ríos');
            await desk.locator('#f-phone').fill(phone);
        });
        await hand_over_by_code(await code_of(phone, unannounced));
        await announce({ name: 'Ana Ríos', phone, guide: hers });
        assert.match(await receive(hers), /Ana Ríos/);
        assert.match(await receive(his), /Bruno Gil[^]*Celular de\s+Ana Ríos/i);
        assert.match(await label(hers), /Ana R\./);
        assert.match(await label(his), /Bruno G\./);
        assert.match(await page_of(his), /Bruno Gil\s+celular de Ana Ríos/);
        await desk.goto('/packages');
        assert.match(await desk.locator('tr', { hasText: his }).innerText(), /Bruno Gil[^]*celular de Ana Ríos/);
        code = await code_of(phone, his);
    });

    test('each gets their own parcel by their own code', async () => {
        const seen = await hand_over_by_code(code);
        assert.ok(seen.includes(his) && !seen.includes(hers), seen);
        assert.match(seen, /Bruno Gil/);
        assert.equal((await row(s, hers)).state, 'RECIBIDO');
        assert.match(await hand_over_by_code(await code_of(phone, hers)), /Ana Ríos/);
    });
});

describe('a number that has another owner by now', () => {
    const phone = new_phone(), before = new_guide(), now = new_guide(), email = 'antes@example.com';

    test('tells nothing of the new one to the e-mail that the former owner confirmed', async () => {
        await announce({ name: 'Carla Vega', phone, guide: before, email });
        const link = (await s.sms_soon(phone, /\/t\//)).message.match(/\/t\/\w{22}/)[0];
        await resident.goto(link);
        await resident.locator('#f-email').fill(email);
        await resident.getByRole('button', { name: 'Es mío' }).click();
        await resident.locator('#toasts').getByText(`abra el enlace del correo que enviamos a ${email}`).waitFor();
        await resident.goto(email_link(s, await row(s, before)));
        await resident.getByRole('button', { name: 'Sí, es mío' }).click();
        await resident.getByRole('heading', { name: 'Correo confirmado' }).waitFor();
        assert.equal(await s.value('SELECT email FROM customers WHERE email = ?1', email), email);
        await announce({ name: 'Dora Paz', phone, guide: now });
        assert.match(await receive(now), /Dora Paz/);
        const code = await code_of(phone, now);
        assert.match(await label(now), /Dora P\./);
        assert.doesNotMatch(await page_of(now), /Carla/);
        assert.match(await hand_over_by_code(code), /Dora Paz/);
        assert.ok(s.sms(phone).filter((m) => m.message.includes(now)).every((m) => !/Carla/.test(m.message)));
        await s.settled();
        const letters = s.mails(email).map((m) => m.text).join('\n');
        assert.ok(!letters.includes(now) && !letters.includes(code) && !letters.includes('Dora'), letters);
    });
});

describe('a person without a phone', () => {
    const one = new_guide(), two = new_guide();

    test('is written down as such, is found by the name, and collects with a document', async () => {
        for (const guide of [one, two])
            await receive(guide, async () => {
                await desk.locator('#f-name').fill('Elvira Luna');
                await desk.getByLabel('No tiene celular').check();
            });
        assert.equal((await row(s, one)).customer_id, (await row(s, two)).customer_id);
        assert.match(await page_of(one), /Elvira Luna\s+No tiene celular/);
        assert.match(await label(one), /Elvira L\./);
        assert.equal(await s.value('SELECT count(*) FROM notification_packages WHERE package_id = ?1', (await row(s, one)).id), 0, 'no message goes');
        await desk.goto('/deliver');
        await new Keys(desk).scan('elvira luna');
        await desk.getByText('No tiene celular').waitFor();
        assert.ok((await main(desk)).includes(one) && (await main(desk)).includes(two));
        await desk.getByText('Entregar sin código').click();
        await desk.getByLabel('No tiene el celular a mano').check();
        await desk.getByLabel(/Verifiqué la identidad/).check();
        await desk.getByLabel('CC', { exact: true }).check();
        await desk.getByLabel(/Sus últimos cuatro/).fill('4321');
        await desk.getByLabel(/Quién recibe/).fill('Elvira Luna');
        await pay();
        assert.equal((await row(s, two)).state, 'ENTREGADO');
    });

    test('is said to have none, or a phone, but not both', async () => {
        const guide = new_guide();
        await desk.goto(`/receive?guide=${guide}`);
        await desk.locator('#f-name').fill('Elvira Luna');
        await desk.locator('#f-phone').fill(new_phone());
        await desk.getByLabel('No tiene celular').check();
        await desk.getByRole('button', { name: 'Recibir', exact: true }).click();
        await desk.getByText('no las dos cosas').first().waitFor();
        assert.equal(await desk.locator('#f-name').inputValue(), 'Elvira Luna');
        assert.equal(await desk.getByLabel('No tiene celular').isChecked(), true);
    });
});

describe('a guide that two people announced', () => {
    const guide = new_guide(), first = new_phone(), second = new_phone();

    test('is disputed for both, and loud at the counter', async () => {
        await announce({ name: 'Fabio Cruz', phone: first, guide });
        assert.match(await announce({ name: 'Gloria Sáenz', phone: second, guide }), /Falta comparar la etiqueta[^]*traiga su documento/);
        for (const phone of [first, second])
            await s.sms_soon(phone, /dos personas anunciaron/);
        assert.match(await receive(guide), /En disputa: compare la etiqueta[^]*Fabio Cruz[^]*Gloria Sáenz/);
        assert.match(await main(desk), /En disputa[^]*De quién dice que es/);
        assert.match(await label(guide), /EN DISPUTA/);
        await desk.goto(`/deliver?package=${(await row(s, guide)).id}`);
        assert.match(await main(desk), /En disputa: falta comparar de quién es/);
        assert.equal(await desk.locator('input[name="ids"]').count(), 0);
        assert.equal(await desk.getByRole('button', { name: /Cobrar/ }).count(), 0);
        await desk.setViewportSize({ width: 390, height: 844 });
        assert.equal(await desk.evaluate(() => document.documentElement.scrollWidth), 390, 'nothing sticks out on a phone');
        await desk.setViewportSize(DESK.viewport);
        const [line, button] = await Promise.all([desk.locator('.line-pick'), desk.getByRole('link', { name: /Comparar/ })].map((x) => x.boundingBox()));
        assert.ok(line.x + line.width - button.x - button.width < 40, 'it stands at the end of its line');
        await s.settled();
        assert.ok(!s.sms().some((m) => m.message.includes(guide) && /C[oó]digo \d{6}/.test(m.message)), 'no code went out');
    });

    test('is theirs whose name the label has, once a clerk has compared it', async () => {
        await desk.getByRole('link', { name: /Comparar/ }).click();
        await desk.getByLabel(/Gloria Sáenz/).check();
        await desk.getByLabel('Con qué comparó').selectOption('etiqueta');
        await desk.getByRole('button', { name: 'Es de esa persona' }).click();
        await desk.locator('#toasts').getByText('Queda escrito que es de Gloria Sáenz').waitFor();
        assert.match(await label(guide), /Gloria S\./);
        const code = await code_of(second, guide);
        assert.match(await hand_over_by_code(code), /Gloria Sáenz/);
        assert.ok(!s.sms(first).some((m) => m.message.includes(code)));
    });
});
