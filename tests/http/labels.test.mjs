// Labels of boxes and shelves: what is drawn on them is read back by a real decoder, and
// is what the counter's fields take.
import { strict as assert } from 'node:assert';
import { webcrypto } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readBarcodes, prepareZXingModule } from 'zxing-wasm/reader';
import { System, poll, top } from '../helpers/system.mjs';
import { on_shelf, announced } from '../helpers/shop.mjs';
import { symbol_pixels } from '../helpers/image.mjs';

let s, pub, oper, printer;

before(async () => {
    const wasm = fs.readFileSync(path.join(top, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
        fireImmediately: true });
    printer = await Printer.start();
    s = await System.start({ label_printer: `127.0.0.1:${printer.port}` });
    pub = s.client();
    oper = await s.as('OPERADOR');
});
after(async () => {
    await s.stop();
    printer.close();
});

// A label printer, as far as one can be seen from the network: it takes what comes.
class Printer {
    static start(port = 0) {
        const p = new Printer();
        p.jobs = [];
        p.server = net.createServer((socket) => {
            const parts = [];
            socket.on('data', (part) => parts.push(part));
            socket.on('error', () => {});
            socket.on('close', () => parts.length && p.jobs.push(Buffer.concat(parts)));
        });
        return new Promise((done) => p.server.listen(port, '127.0.0.1', () => {
            p.port = p.server.address().port;
            done(p);
        }));
    }

    next(what) {
        return poll(what, () => this.jobs.shift(), 20000);
    }

    close() { this.server.close(); }
}

async function read(svg) {
    const found = await readBarcodes(symbol_pixels(svg), { tryHarder: true, formats: ['QRCode', 'Code128'] });
    return found.map((f) => [f.format, f.text]);
}
const sources = (page) => [...page.text.matchAll(/class="symbol" src="([^"]+)"/g)].map((m) => m[1].replaceAll('&amp;', '&'));

for (const [symbol, format] of [['qr', 'QRCode'], ['128', 'Code128']])
    test(`the ${format} of each label says its code, and that finds the parcel`, async () => {
        const all = [await on_shelf(s, pub, oper), await on_shelf(s, pub, oper)];
        const page = await oper.get(`/packages/labels?ids=${all.map((p) => p.id).join(',')}&symbol=${symbol}`);
        assert.equal(page.status, 200, page.words);
        const src = sources(page);
        assert.equal(src.length, 2);
        for (const [i, p] of all.entries()) {
            const svg = await oper.get(src[i]);
            assert.match(svg.headers['content-type'], /^image\/svg\+xml/);
            assert.deepEqual(await read(svg.text), [[format, p.tracking_code]]);
            assert.equal((await oper.get(`/find?q=${p.tracking_code}`)).location, `/packages/${p.id}`);
            assert.match(page.words, /Rosa P\./, 'a short name, not all of it');
            assert.doesNotMatch(page.words, /300 ?555/);
        }
    });

test('labels of a zone say its positions, and reception takes them', async () => {
    const page = await oper.get('/packages/labels?zone=Estante%201&symbol=qr'), src = sources(page);
    assert.equal(src.length, 20);
    assert.deepEqual(await read((await oper.get(src[7])).text), [['QRCode', '07']]);
    const all = await oper.get('/packages/labels?zone=todas');
    assert.ok(sources(all).length > 100);
});

test('of more than a roll has it says that these are not all', async () => {
    assert.doesNotMatch((await oper.get('/packages/labels?zone=todas')).words, /primeras/);
    await s.sql("INSERT INTO positions (code, zone, walk_order, capacity) SELECT 'X' || value, 'Bodega', 5000 + value, 1"
        + ' FROM json_each(?1)', JSON.stringify(Array.from({ length: 150 }, (_, i) => i)));
    const page = await oper.get('/packages/labels?zone=todas');
    assert.equal(sources(page).length, 200);
    assert.match(page.words, /Son las primeras 200/);
    const asked = await (await s.token('OPERADOR')).post('/api/v1/labels', { json: { zone: 'todas' } });
    assert.deepEqual(asked.json, { printed: 200, more: true });
    assert.ok((await printer.next('all of them')).length > 200 * 19000);
    await s.sql("DELETE FROM positions WHERE zone = 'Bodega'");
});

test('a drop has the labels of what it brought', async () => {
    const p = await announced(s, pub);
    const done = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid', { scan: p.guide_number, carrier: 'varias' });
    assert.equal(done.status, 303);
    const page = await oper.get('/packages/labels?batch=1');
    assert.match(page.text, new RegExp(`<span class="code">${p.tracking_code}</span>`));
});

test('labels lead back to where they were asked for', async () => {
    const [p, q] = [await on_shelf(s, pub, oper), await on_shelf(s, pub, oper)];
    for (const [asked, back] of [[`ids=${p.id}`, `/packages/${p.id}`], [`ids=${p.id},${q.id}`, '/packages'],
        ['batch=1', '/receive/batch/1'], ['zone=todas', '/shelf']])
        assert.equal((await oper.get(`/packages/labels?${asked}`)).text.match(/data-back href="([^"]+)"/)[1], back, asked);
});

test('what is none is refused, and nothing of it is drawn', async () => {
    for (const [address, status] of [['/packages/labels?ids=999999', 404], ['/packages/labels?ids=x', 422],
        ['/packages/labels?batch=999999', 404], ['/packages/labels?symbol=pdf417', 422], ['/packages/symbol.svg', 422],
        [`/packages/symbol.svg?text=${'x'.repeat(61)}`, 422], ['/packages/symbol.svg?text=%F0%9F%93%A6&symbol=128', 422]])
        assert.equal((await oper.get(address)).status, status, address);
    assert.match((await oper.get('/packages/labels')).words, /No hay nada que etiquetar/);
    const hostile = await oper.get('/packages/symbol.svg?text=%3Cscript%3E');
    assert.doesNotMatch(hostile.text, /script/);
    assert.equal((await pub.get('/packages/labels')).status, 303, 'to the sign-in');
});

const by_printer = async (client, address, fields) => {
    const answer = await client.submit(await client.get(address), '/packages/labels', fields);
    assert.equal(answer.status, 303, answer.words);
    assert.match((await client.follow(answer)).words, /Enviadas a la impresora de etiquetas/);
};

// The picture that ZPL draws, by an interpreter that is not ours.
async function drawn(zpl) {
    globalThis.crypto ??= webcrypto;     // which its run-time expects, and an older Node does not have
    const { api } = await createRequire(import.meta.url)('zpl-renderer-js').ready;
    return Promise.all((await api.zplToBase64MultipleAsync(zpl.toString('latin1'), 50, 25, 8))
        .map(async (png) => (await readBarcodes(new Uint8Array(Buffer.from(png, 'base64')),
            { tryHarder: true, formats: ['QRCode', 'Code128'] })).map((f) => [f.format, f.text])));
}

test('the printer of the counter gets a label each, in ZPL, with the symbol that was chosen', async () => {
    const all = [await on_shelf(s, pub, oper), await on_shelf(s, pub, oper)];
    const ids = all.map((p) => p.id).join(',');
    for (const [symbol, format] of [['qr', 'QRCode'], ['128', 'Code128']]) {
        await by_printer(oper, `/packages/labels?ids=${ids}&symbol=${symbol}`);
        const zpl = await printer.next('labels');
        assert.deepEqual(await drawn(zpl), all.map((p) => [[format, p.tracking_code]]));
    }
    await by_printer(oper, '/packages/labels?zone=Estante%201');
    assert.deepEqual((await drawn(await printer.next('labels of a zone'))).slice(5, 7), [[['QRCode', '05']], [['QRCode', '06']]]);
});

// The raster of "GS v 0", dot by dot.
function raster(bytes) {
    assert.equal(bytes.toString('latin1', 0, 6), '\x1b@\x1dv0\0');
    const stride = bytes.readUInt16LE(6), height = bytes.readUInt16LE(8), width = stride * 8;
    assert.equal(bytes.length, 10 + stride * height + 1);
    assert.equal(bytes.at(-1), 12, 'on to the next sticker');
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++)
        if (bytes[10 + (i >> 3)] & (0x80 >> (i & 7)))
            data.fill(0, i * 4, i * 4 + 3);
    return { width, height, data, colorSpace: 'srgb' };
}

test('with ESC/POS it gets dots, and each parcel its label when it is received', async () => {
    const own = await Printer.start();
    const other = await System.start({ label_printer: `127.0.0.1:${own.port}`, label_language: 'escpos' });
    try {
        const clerk = await other.as('OPERADOR');
        const admin = await other.token('ADMIN');
        assert.ok(admin);
        await other.sql("INSERT INTO settings (key, value, changed_at) VALUES ('labels.on_receive', '1', 0)");
        const p = await on_shelf(other, other.client(), clerk);
        const picture = raster(await own.next('the label of a reception'));
        assert.deepEqual((await readBarcodes(picture, { tryHarder: true })).map((f) => f.text), [p.tracking_code]);
        assert.equal(picture.width, 400);
    } finally {
        await other.stop();
        own.close();
    }
});

test('a printer that is away is tried again, and without one the page has no such button', async () => {
    const p = await on_shelf(s, pub, oper);
    const { port } = printer;
    await new Promise((done) => printer.server.close(done));
    await by_printer(oper, `/packages/labels?ids=${p.id}`);
    await poll('a failed try', async () => await s.value(
        "SELECT last_error FROM jobs WHERE kind = 'label.print' AND state = 'ready' AND attempt > 0") === 'la impresora de etiquetas no responde');
    printer = await Printer.start(port);
    await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE kind = 'label.print' AND state = 'ready'");
    assert.deepEqual(await drawn(await printer.next('the label after all')), [[['QRCode', p.tracking_code]]]);
    const reader = await s.as('USUARIO');
    assert.doesNotMatch((await reader.get(`/packages/labels?ids=${p.id}`)).text, /method="post"/);
});
