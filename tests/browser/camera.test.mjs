// The camera instead of a scanner: Chromium films labels of ours, and what comes of it is
// what the picture says, by the decoder that it fetches from us.
// Long: half a minute and more.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Browser, Keys, PHONE, focused, overflow } from '../helpers/browser.mjs';
import { film, jpeg, symbol_pixels } from '../helpers/image.mjs';
import { System, poll } from '../helpers/system.mjs';
import { announced, new_guide, on_shelf, pickup_code, row } from '../helpers/shop.mjs';

let s, browser, resident, oper, page, file;

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    file = path.join(s.dir, 'camera.y4m');
    plays([null]);
    browser = await Browser.start(s, ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${file}`]);
    resident = s.client();
    oper = await s.as('OPERADOR');
    page = await browser.page({ role: 'OPERADOR' });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

// The film is written beside and renamed, since the camera may still read the one before.
function plays(pictures) {
    fs.writeFileSync(`${file}.new`, film(pictures));
    fs.renameSync(`${file}.new`, file);
}

// Gives the camera codes to see from when it is opened next, with nothing before each of them.
async function sees(texts, symbol = 'qr') {
    const pictures = [];
    for (const text of texts) {
        const svg = await oper.get(`/packages/symbol.svg?text=${encodeURIComponent(text)}&symbol=${symbol}`);
        assert.equal(svg.status, 200, svg.text);
        pictures.push(null, symbol_pixels(svg.text));
    }
    plays(pictures);
}
const open = (name, on = page) => on.getByRole('button', { name: `Cámara para ${name}` }).click();
const dialog = () => page.locator('#camera');
const filming = () => page.evaluate(() => document.querySelector('#camera video').srcObject !== null)
    .catch(() => false);         // it may just be going away
const dark = () => poll('the camera to be off', async () => !await filming());

for (const symbol of ['qr', '128'])
    test(`an announced parcel is found by its label alone, ${symbol}, and received where the shelf's label says`, async () => {
        const p = await announced(s, resident);
        await page.goto('/receive');
        await sees([p.tracking_code], symbol);
        await open('Guía');
        await page.locator('form[data-receive]').waitFor();
        assert.equal(await page.locator('input[name=guide][type=hidden]').inputValue(), p.guide_number);
        await sees(['57'], symbol);
        await open('Posición (opcional)');
        await page.waitForURL('**/receive?done=*');
        const kept = await row(s, p.guide_number);
        assert.equal(kept.state, 'RECIBIDO');
        assert.equal(await s.value('SELECT code FROM positions WHERE id = ?1', kept.position_id), '57');
        await s.sql("UPDATE positions SET used = 0 WHERE code = '57'");
    });

test('of a desk takes the photo of a damaged box into the form, which says what is needed before it is sent', async () => {
    const p = await announced(s, resident);
    plays([null]);
    await page.goto(`/receive?guide=${p.guide_number}`);
    await page.getByText('Fotos (opcional)').waitFor();
    await page.locator('input[name=condition][value=REGULAR]').check();
    await page.getByText('Fotos (obligatorio)').waitFor();
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.getByText('Tome o elija al menos una foto').waitFor();
    await page.getByText('Escriba qué tiene el paquete').waitFor();
    for (let i = 1; i <= 2; i++) {
        await page.getByRole('button', { name: /^Cámara para Fotos/ }).click();
        await dialog().getByRole('button', { name: 'Tomar la foto' }).click();
        await poll('the picture beside the field', async () => await page.locator('.photos img').count() === i);
        await dark();
    }
    assert.equal(await page.getByText('Tome o elija al menos una foto').isVisible(), false);
    await page.locator('#f-observations').fill('Mojada por debajo');
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.waitForURL('**/receive?done=*');
    assert.deepEqual(await s.sql('SELECT DISTINCT kind, count(*) AS n FROM package_files WHERE package_id = ?1', p.id), [{ kind: 'DANO', n: 2 }]);
    await poll('both to be pictures', async () => await s.value("SELECT count(*) FROM package_files WHERE package_id = ?1 AND state = 'ready'", p.id) === 2, 30000);
});

test('the decoder is ours, asked for only when the camera is opened', async () => {
    const fresh = await browser.page({ role: 'OPERADOR' }), fetched = [];
    fresh.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await fresh.goto('/deliver', { waitUntil: 'networkidle' });
    assert.deepEqual(fetched.filter((f) => /zxing/.test(f)), []);
    const p = await on_shelf(s, resident, oper);
    await sees([await pickup_code(resident, p)]);
    await open('Código del cliente', fresh);
    await fresh.locator('form[data-deliver]').waitFor();
    assert.deepEqual(fetched.filter((f) => /zxing/.test(f)), ['/vendor/zxing-reader.js', '/vendor/zxing-reader.wasm']);
    await fresh.close();
});

test('in series it stays open: each box once, with its verdict, until it is closed', async () => {
    const guides = [new_guide(), new_guide(), new_guide()];
    await page.goto('/receive/rapid');
    await page.locator('#f-carrier').selectOption('varias');
    await sees(guides, '128');
    await open('Guía');
    await poll('the three boxes', async () => await page.locator('#lines > li:not(.line-waiting)').count() >= 3, 20000);
    for (const guide of guides)
        assert.equal((await row(s, guide)).state, 'RECIBIDO');
    // The film goes round: the second time each is already there, which is said and seen.
    await poll('the verdict beside the picture', async () => /camera-(ok|bad)/.test(await dialog().locator('.camera-last').getAttribute('class')));
    assert.equal(await s.value('SELECT count(*) FROM packages WHERE guide_number IN (?1, ?2, ?3)', ...guides), 3);
    assert.equal(await filming(), true);
    await page.keyboard.press('Escape');
    await dark();
    assert.equal(await focused(page), 'scan');
});

test('a box held before the camera is read once', async () => {
    const guide = new_guide();
    await page.goto('/receive/rapid');
    const svg = await oper.get(`/packages/symbol.svg?text=${guide}&symbol=qr`);
    plays([symbol_pixels(svg.text)]);
    await open('Guía');
    await poll('the box', async () => (await row(s, guide))?.state === 'RECIBIDO');
    const reads = () => page.evaluate(() => document.querySelector('#camera video').currentTime);
    const since = await reads();
    await poll('three seconds more of it', async () => await reads() > since + 3);
    assert.equal(await page.locator('#lines').getByText(guide).count(), 1);
    assert.equal(await page.locator('#verdict .verdict-bad').count(), 0);
    await dialog().getByRole('button', { name: 'Cerrar la cámara' }).click();
    await dark();
});

test('an audit goes on from page to page: the shelf, its box, and one that is not of it', async () => {
    const here = await on_shelf(s, resident, oper), code = await s.value('SELECT code FROM positions WHERE id = ?1', here.position_id);
    const start = await oper.submit(await oper.get('/shelf/audit'), '/shelf/audit', { position: code });
    await page.goto(start.location);
    const stranger = new_guide();
    // Waits for a page to open the camera anew, which then sees what comes next.
    const films_on = (words) => poll(`the camera on the page that says ${words}`, async () =>
        words.test(await page.locator('main').innerText()) && filming(), 20000);
    await sees([code]);
    await open('Posición');
    await poll('the camera', filming);
    for (const [next, words] of [[here.tracking_code, /0 en su sitio/], [stranger, /En su sitio · /], ['', /Ningún paquete tiene esa guía/]]) {
        await (next ? sees([next]) : plays([null]));
        await films_on(words);
    }
    assert.equal(await dialog().locator('.camera-bad').innerText(), 'Ningún paquete tiene esa guía');
    assert.equal(await s.value("SELECT count(*) FROM shelf_audit_boxes WHERE result = 'EN_SU_SITIO' AND package_id = ?1", here.id), 1);
    await page.keyboard.press('Escape');
    await dark();
});

test('at hand-over the boxes are read one after the other, and then it is the turn of the code', async () => {
    const p = await on_shelf(s, resident, oper);
    const phone = await s.value('SELECT phone FROM customers WHERE id = ?1', p.customer_id);
    const other = await on_shelf(s, resident, oper, { phone: phone.slice(3) });
    await page.goto(`/deliver?package=${p.id}`);
    await sees([p.tracking_code, other.tracking_code]);
    await open('Escanee cada caja');
    await poll('both boxes', async () => await page.getByText('Escaneada', { exact: true }).count() === 2, 15000);
    await dark();
    assert.equal(await focused(page), 'code');
    assert.equal(await dialog().isVisible(), false);
});

test('where the browser reads codes by itself it is asked, and ours is not fetched', async () => {
    const fresh = await browser.page({ role: 'OPERADOR' }), fetched = [], p = await announced(s, resident);
    fresh.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await fresh.addInitScript((text) => {
        window.BarcodeDetector = class {
            static getSupportedFormats = async () => ['qr_code', 'code_128', 'code_39', 'ean_13', 'itf', 'pdf417'];
            constructor({ formats }) { window.asked = formats; }
            async detect(video) {
                const at = (x, y) => [{ x, y }, { x: x + 9, y }, { x: x + 9, y: y + 9 }, { x, y: y + 9 }];
                return [{ rawValue: 'DELBORDE1', cornerPoints: at(0, 0) },
                    { rawValue: text, cornerPoints: at(video.videoWidth / 2, video.videoHeight / 2) }];
            }
        };
    }, p.guide_number);
    await fresh.goto('/receive');
    await open('Guía', fresh);
    await fresh.locator('form[data-receive]').waitFor();
    assert.equal(await fresh.locator('input[name=guide][type=hidden]').inputValue(), p.guide_number, 'the one in the middle');
    assert.deepEqual(fetched.filter((f) => /zxing/.test(f)), []);
    await fresh.close();
});

test('a camera that is refused or absent is said calmly, and the field is ready', async () => {
    for (const [name, words] of [['NotAllowedError', /no tiene permiso/], ['NotFoundError', /no tiene cámara/], ['AbortError', /No se pudo usar la cámara/]]) {
        const fresh = await browser.page({ role: 'OPERADOR' });
        await fresh.addInitScript((fault) => {
            navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', fault); };
        }, name);
        await fresh.goto('/receive');
        await open('Guía', fresh);
        await poll(`the words for ${name}`, async () => words.test(await fresh.locator('.camera-word').innerText()));
        assert.equal(await focused(fresh), 'guide');
        assert.equal(await fresh.locator('#camera').isVisible(), false);
        await fresh.close();
    }
});

test('without cameras in the browser there is no button', async () => {
    const fresh = await browser.page({ role: 'OPERADOR' });
    await fresh.addInitScript(() => Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined }));
    await fresh.goto('/receive');
    assert.equal(await fresh.getByRole('button', { name: /Cámara/ }).count(), 0);
    await fresh.close();
});

test('on a phone the picture leaves room for the verdict', async () => {
    const phone = await browser.page({ role: 'OPERADOR', device: PHONE }), guide = new_guide();
    await phone.goto('/receive/rapid');
    await sees([guide]);
    await open('Guía', phone);
    await poll('the box', async () => (await row(s, guide))?.state === 'RECIBIDO');
    await phone.locator('#verdict .giant').waitFor();
    const picture = await phone.locator('#camera').boundingBox(), verdict = await phone.locator('#verdict .giant').boundingBox();
    assert.ok(picture.y + picture.height <= verdict.y, `${JSON.stringify(picture)} over ${JSON.stringify(verdict)}`);
    assert.deepEqual(await overflow(phone), []);
    await phone.close();
});

// The address that the open form shows as a QR.
const link_of = async (on) => (await on.locator('.photo-address').innerText()).replace(/^.*(?=\/photos\/)/, '');
const thumbs = (n, on = page) => poll(`${n} thumbnails`, async () => await on.locator('.linked img').count() === n, 30000);
const damaged = async (p) => {
    await page.goto(`/receive?guide=${p.guide_number}`);
    await page.locator('input[name=condition][value=REGULAR]').check();
    await page.locator('#f-observations').fill('Mojada por debajo');
};
// A picture of some megabytes, as a phone takes it.
const large = () => ({ name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([jpeg(3000, 2000), Buffer.alloc(2 << 20)]) });
const shoot = async (phone, name, picture = large()) => {
    const [chooser] = await Promise.all([phone.waitForEvent('filechooser'), phone.getByRole('button', { name, exact: true }).click()]);
    await chooser.setFiles([picture]);
};

test('a phone sends the photo of a damaged box into the open form, and keys alone are enough at the desk', async () => {
    const p = await announced(s, resident), keys = new Keys(page);
    await damaged(p);
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.getByText('Tome o elija al menos una foto').waitFor();
    await keys.tab_to('[data-by-phone]');
    await keys.press('Enter');
    await page.locator('.photo-link').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.className), 'card photo-link', 'where no Enter makes another');
    const address = await link_of(page);
    await keys.scan('GUIA12345');
    assert.equal(await link_of(page), address);
    assert.equal(new URL(page.url()).searchParams.get('guide'), p.guide_number, 'nor does a scanner');
    const phone = await browser.page({ device: PHONE });
    await phone.goto(address);
    assert.deepEqual(await overflow(phone), []);
    let sent = 0;
    phone.on('request', (request) => { sent += request.method() === 'POST' ? request.postDataBuffer()?.length ?? 1 : 0; });
    await shoot(phone, 'Tomar la foto');
    await phone.getByText('Llegó. Ya puede cerrar').waitFor();
    assert.ok(sent < 1 << 20, `it was made smaller before it went: ${sent}`);
    await thumbs(1);
    assert.equal(await page.getByText('Tome o elija al menos una foto').isVisible(), false);
    await page.getByText('Llegó una foto del celular.').waitFor();
    await shoot(phone, 'Tomar otra foto');
    await phone.getByText('Hay 2 fotos').waitFor();
    await thumbs(2);
    await keys.tab_to('[aria-label="Quitar la foto 1 del celular"]');
    await keys.press('Enter');
    await thumbs(1);
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.waitForURL('**/receive?done=*');
    assert.deepEqual(await s.sql('SELECT kind, count(*) AS n FROM package_files WHERE package_id = ?1', p.id), [{ kind: 'DANO', n: 1 }]);
    await phone.reload();
    await phone.getByRole('heading', { name: 'Este enlace ya no sirve' }).waitFor();
    await phone.close();
});

test('a phone without JavaScript sends it too, and a form that comes back still has it', async () => {
    const p = await announced(s, resident), phone = await browser.page({ device: PHONE, js: false });
    await damaged(p);
    await page.getByRole('button', { name: 'Con el celular' }).click();
    await page.locator('.photo-link').waitFor();
    await phone.goto(await link_of(page));
    await phone.getByLabel('Foto', { exact: true }).setInputFiles([{ name: 'f.jpg', mimeType: 'image/jpeg', buffer: jpeg() }]);
    await phone.getByRole('button', { name: 'Enviar' }).click();
    await phone.getByText('Llegó. Ya puede cerrar').waitFor();
    await thumbs(1);
    await page.locator('#f-position').fill('ZZZZ');
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.locator('[data-summary]').waitFor();
    await thumbs(1);
    await page.locator('#f-position').fill('');
    await page.getByRole('button', { name: 'Recibir', exact: true }).click();
    await page.waitForURL('**/receive?done=*');
    assert.equal(await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1', p.id), 1);
    await phone.close();
});

test('what came is asked for no longer once the link is over, nor while nobody looks', async () => {
    const p = await announced(s, resident), asked = [], fresh = await browser.page({ role: 'OPERADOR' });
    fresh.on('request', (request) => { if (/photo-links\/\w/.test(request.url())) asked.push(request.url()); });
    await fresh.clock.install();
    await fresh.goto(`/receive?guide=${p.guide_number}`);
    await fresh.getByRole('button', { name: 'Con el celular' }).click();
    await fresh.locator('.photo-link').waitFor();
    for (let i = 0; i < 3; i++) {
        const before = asked.length;
        await poll('another question', async () => { await fresh.clock.runFor(2100); return asked.length > before; });
    }
    const hide = (hidden) => fresh.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
        document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await hide(true);
    const unseen = asked.length;
    await fresh.clock.runFor(60000);
    assert.equal(asked.length, unseen);
    await hide(false);
    await poll('a question at once', () => asked.length > unseen);
    await fresh.clock.runFor(600000);
    await fresh.getByText('El enlace venció').waitFor();
    const before = asked.length;
    await fresh.clock.runFor(60000);
    assert.equal(asked.length, before);
    assert.equal(await fresh.locator('.photo-link').count(), 0);
    await fresh.close();
});
