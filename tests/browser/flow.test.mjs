// The main road at a desk: a resident announces, the counter receives, the resident is
// told, the counter hands over against the code and is paid, the resident sees it.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, Keys, focus_comes, focused } from '../helpers/browser.mjs';
import { jpeg } from '../helpers/image.mjs';
import { announced, new_guide, new_phone, row } from '../helpers/shop.mjs';
import { System, poll, top } from '../helpers/system.mjs';

const real = path.join(top, '../shared/data/photos');       // some machines have none
const skip = !fs.existsSync(real) && 'no photos beside the repository';

let s, browser, public_client;
let resident, desk;                  // the two windows

before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    public_client = s.client();
    resident = await browser.page({ https: true });
    desk = await browser.page({ role: 'OPERADOR', https: true });
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

describe('a parcel from its announcement to its hand-over, at a desk', () => {
    const guide = new_guide(), phone = new_phone();
    let code, link;

    test('the resident announces it, and is told while typing whether SMS come', async () => {
        await resident.goto('/');
        await resident.waitForURL('**/announce');
        const note = resident.locator('[data-phone-check]');
        assert.equal(await note.isVisible(), false);
        const number = resident.getByLabel('Celular');
        await number.pressSequentially('6015550123');
        assert.match(await note.textContent(), /no llegan SMS/);
        await number.fill('');
        await number.pressSequentially(phone);
        assert.match(await note.textContent(), /Recibe SMS/);
        await resident.getByLabel('Nombre completo').fill('Rosa Ñáñez');
        await resident.getByLabel('Guía(s)').fill(guide);
        await resident.getByLabel('Acepto el tratamiento').check();
        await resident.getByRole('button', { name: 'Anunciar' }).click();
        await resident.waitForURL('**/announce/done?c=*');
        assert.match(await resident.locator('.panel-ok').innerText(), new RegExp((await row(s, guide)).tracking_code));
        await resident.getByRole('link', { name: /Ver el paquete/ }).click();
        await resident.waitForURL('**/search?q=*');
        assert.match(await resident.locator('main').innerText(), /ANUNCIADO/);
        link = (await s.sms_soon(phone, /\/t\//)).message.match(/\/t\/\w{22}/)[0];
    });

    test('what it will cost is worked out in the page as the days are typed', async () => {
        await resident.goto('/announce');
        const name = resident.getByLabel('Nombre completo'), result = resident.locator('#fees-result');
        await name.fill('a medio escribir');
        await resident.getByLabel('Días que el paquete espera').fill('3');
        await poll('two days of storage', async () => (await result.innerText()).includes('$3.500'));
        assert.equal(new URL(resident.url()).search, '');
        assert.equal(await name.inputValue(), 'a medio escribir');
        await resident.goto(link);
    });

    test('the counter receives it with the scanner and Enter alone, and reads the position from afar', async () => {
        await desk.goto('/receive');
        const keys = new Keys(desk);
        assert.equal(await focused(desk), 'guide');
        await keys.scan(guide.toLowerCase());
        await desk.getByRole('heading', { name: 'Rosa Ñáñez' }).waitFor();
        assert.equal(await focused(desk), 'position');
        await keys.look();
        await keys.press('Enter');
        await desk.waitForURL('**/receive?done=*');
        assert.equal(await focused(desk), 'guide', 'ready for the next one');
        console.log(`reception: scan, then ${keys.report()}`);
        assert.ok(keys.presses <= 2);
        const position = desk.locator('.verdict .giant');
        const place = (await s.sql(`SELECT o.code FROM packages p JOIN positions o ON o.id = p.position_id
            WHERE guide_number = ?1`, guide))[0];
        assert.equal(await position.innerText(), place.code);
        assert.ok((await position.boundingBox()).height >= 96, 'readable from two metres');
    });

    test('the resident reads the code in the SMS and sees what is owed', async () => {
        code = (await s.sms_soon(phone, /Codigo \d{6}\b/)).message.match(/Codigo (\d{6})\b/)[1];
        await resident.reload();
        const text = await resident.locator('main').innerText();
        assert.match(text, /RECIBIDO/);
        assert.match(text, /Hoy paga\s+\$1\.500/);
        assert.ok(text.includes(`${code.slice(0, 3)} ${code.slice(3)}`), text);
        const qr = resident.locator('img.qr');
        assert.ok(await qr.evaluate((img) => img.complete && img.naturalWidth > 0));
    });

    test('the code is typed, the money counted, and the change is shown large', async () => {
        const keys = new Keys(desk);
        await keys.press('F4');
        await desk.waitForURL('**/deliver');
        await desk.locator('[data-scan]').waitFor();
        await keys.type(code);
        await keys.press('Enter');
        await desk.getByRole('heading', { name: 'Rosa Ñáñez' }).waitFor();
        await focus_comes(desk, 'box');
        await keys.type(guide);
        await keys.press('Enter');
        await focus_comes(desk, 'tendered');
        await keys.type('20000');
        assert.match(await desk.locator('[data-change]').innerText(), /\$18\.500/);
        await keys.press('Enter');
        await desk.waitForURL('**/deliver/done/*');
        console.log(`hand-over: ${keys.report()}`);
        assert.equal(await desk.locator('.giant').innerText(), '$18.500');
        assert.match(await desk.locator('main').innerText(), /Entregado/);
        assert.equal(await focused(desk), 'code', 'ready for the next person');
    });

    test('the receipt says what was paid for what', async () => {
        const paper = await desk.context().newPage();
        await paper.goto(await desk.getByRole('link', { name: /Comprobante/ }).getAttribute('href'));
        await resident.goto(`${link}/receipt`);
        for (const window of [paper, resident]) {
            const text = await window.locator('main').innerText();
            for (const part of [guide, 'Rosa Ñáñez', '$1.500', 'fectivo', 'No es factura'])
                assert.ok(text.includes(part), `${part} in ${text}`);
        }
        await paper.close();
        await resident.goto(link);
    });

    test('undo runs out in sight, takes it back to the shelf, and it can be handed over again', async () => {
        const left = desk.locator('[data-left]');
        const first = Number((await left.innerText()).match(/\d+/)[0]);
        assert.ok(first > 0 && first <= 30);
        await poll('the time to run', async () => Number((await left.innerText()).match(/\d+/)[0]) < first);
        await desk.getByRole('button', { name: /Deshacer/ }).click();
        await desk.waitForURL('**/deliver?package=*');
        assert.match(await desk.locator('.toasts').innerText(), /Entrega deshecha/);
        await resident.reload();
        assert.match(await resident.locator('main').innerText(), /RECIBIDO/);
        await desk.getByLabel('Código de entrega').fill(code);
        await desk.getByLabel('Nequi').check();
        assert.equal(await desk.getByLabel('Con cuánto paga').isVisible(), false);
        await desk.getByLabel('Referencia del pago').fill('NQ-4471');
        await desk.getByRole('button', { name: /Cobrar .*1\.500/ }).click();
        await desk.waitForURL('**/deliver/done/*');
        assert.match(await desk.locator('main').innerText(), /Nequi, ref\. NQ-4471/);
    });

    test('the resident sees it delivered and paid', async () => {
        await resident.reload();
        const text = await resident.locator('main').innerText();
        assert.match(text, /ENTREGADO/);
        assert.match(text, /Pagó\s+\$1\.500/);
        assert.doesNotMatch(text, new RegExp(`${code.slice(0, 3)} ${code.slice(3)}`));
    });
});

describe('photos at reception', () => {
    // Attach by keyboard, receive, and give the parcel's row.
    async function receive_with(files) {
        const { guide_number } = await announced(s, public_client);
        await desk.goto('/receive');
        const chooser = new Promise((done) => desk.once('filechooser', done));
        const keys = new Keys(desk);
        await keys.scan(guide_number);
        await desk.locator('form[data-receive]').waitFor();
        await keys.look();
        await keys.tab_to('input[name=photos]');
        await keys.press('Enter');
        await (await chooser).setFiles(files);
        const shown = desk.locator('.photos img');
        await poll('the previews', async () => await shown.count() === files.length);
        await keys.tab_to('form[data-receive] button[type=submit]');
        await keys.press('Enter');
        await desk.waitForURL('**/receive?done=*');
        console.log(`reception with ${files.length} photos: scan, then ${keys.report()}`);
        return row(s, guide_number);
    }

    const files_of = (p) => s.sql('SELECT * FROM package_files WHERE package_id = ?1 ORDER BY id', p.id);

    // The photos of a parcel as its owner's page shows them: { width, height, bytes, thumb }.
    async function photos_seen(p) {
        await poll('processed photos', async () =>
            (await files_of(p)).every((f) => f.state === 'ready'), 40000);
        await resident.goto(`/t/${p.public_token}`);
        const links = await resident.locator('ul.photos a').evaluateAll((all) => all.map((a) => a.href));
        const seen = [];
        for (const href of links) {
            const photo = await resident.evaluate(async (src) => {
                const blob = await (await fetch(src)).blob();
                const { width, height } = await createImageBitmap(blob);
                return { width, height, bytes: [...new Uint8Array(await blob.arrayBuffer())] };
            }, href);
            seen.push({ ...photo, bytes: Buffer.from(photo.bytes) });
        }
        for (const img of await resident.locator('ul.photos img').all())
            assert.ok(await img.evaluate((el) => el.decode().then(() => el.naturalWidth > 0)));
        return seen;
    }

    // The chunks of a WebP by name: EXIF and XMP, and GPS with them, have their own.
    function chunks(bytes) {
        assert.equal(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 12), 'RIFFWEBP');
        const found = [];
        for (let at = 12; at + 8 <= bytes.length; at += 8 + Math.ceil(bytes.readUInt32LE(at + 4) / 2) * 2)
            found.push(bytes.toString('latin1', at, at + 4));
        return found;
    }

    // Width and height of a JPEG as it lies in the file, whatever its EXIF says.
    function stored_size(bytes) {
        let at = 2;
        while (![0xc0, 0xc1, 0xc2].includes(bytes[at + 1]))
            at += 2 + bytes.readUInt16BE(at + 2);
        return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }

    test('are attached by keyboard, previewed, kept and shown to the owner', async () => {
        const p = await receive_with([
            { name: 'una.jpg', mimeType: 'image/jpeg', buffer: jpeg(640, 480) },
            { name: 'otra.jpg', mimeType: 'image/jpeg', buffer: jpeg(480, 640) }]);
        const seen = await photos_seen(p);
        assert.deepEqual(seen.map((f) => [f.width, f.height]), [[640, 480], [480, 640]]);
    });

    test('a parcel that came damaged is not received without photo and note', async () => {
        const { guide_number } = await announced(s, public_client);
        await desk.goto(`/receive?guide=${guide_number}`);
        await desk.getByLabel('Golpeado').check();
        await desk.getByRole('button', { name: 'Recibir' }).click();
        assert.equal(await desk.locator('input[name=photos]').evaluate((el) => el.validity.valueMissing), true);
        assert.equal(await s.value('SELECT state FROM packages WHERE guide_number = ?1', guide_number), 'ANUNCIADO');
        await desk.locator('input[name=photos]').setInputFiles(
            { name: 'golpe.jpg', mimeType: 'image/jpeg', buffer: jpeg() });
        await desk.getByLabel('Observaciones').fill('Una esquina hundida');
        await desk.getByRole('button', { name: 'Recibir' }).click();
        await desk.waitForURL('**/receive?done=*');
        assert.equal(await s.value('SELECT condition FROM packages WHERE guide_number = ?1', guide_number), 'REGULAR');
    });

    test('a turned photo comes out upright, GPS is gone, an iPhone\'s HEIC can be seen', { skip }, async () => {
        const names = ['landscape_6.jpg', 'DSCN0010.jpg', 'iphone_13_pro_max.HEIC'];
        const originals = names.map((name) => fs.readFileSync(path.join(real, name)));
        assert.ok(originals[1].includes('Exif\0'), 'the sample says where it was taken');
        const p = await receive_with(names.map((name) => path.join(real, name)));
        const [turned, gps, heic] = await photos_seen(p);
        const lying = stored_size(originals[0]);         // orientation 6
        assert.ok(lying.width < lying.height && turned.width > turned.height,
            `${lying.width}×${lying.height} became ${turned.width}×${turned.height}`);
        assert.ok(Math.abs(turned.width / turned.height - lying.height / lying.width) < 0.02);
        assert.ok(heic.width >= 1000 || heic.height >= 1000, `${heic.width}×${heic.height}`);
        for (const photo of [turned, gps, heic])
            assert.deepEqual(chunks(photo.bytes).filter((name) => /EXIF|XMP/.test(name)), []);
    });

    test('a file that is no photo is refused by name, and what was typed stays', async () => {
        const { guide_number } = await announced(s, public_client);
        await desk.goto(`/receive?guide=${guide_number}`);
        await desk.locator('input[name=photos]').setInputFiles(
            { name: 'virus.png', mimeType: 'image/png', buffer: Buffer.from('MZ esto no es una foto') });
        await desk.getByLabel('Observaciones').fill('Caja azul');
        await desk.getByRole('button', { name: 'Recibir' }).click();
        await desk.getByRole('alert').waitFor();
        assert.match(await desk.getByRole('alert').innerText(), /virus\.png/);
        assert.equal(await desk.getByLabel('Observaciones').inputValue(), 'Caja azul');
        assert.match(await desk.title(), /^Error: /);
    });
});
