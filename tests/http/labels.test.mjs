// Labels of boxes and shelves: what is drawn on them is read back by a real decoder, and
// is what the counter's fields take.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readBarcodes, prepareZXingModule } from 'zxing-wasm/reader';
import { System, top } from '../helpers/system.mjs';
import { on_shelf, announced } from '../helpers/shop.mjs';
import { symbol_pixels } from '../helpers/image.mjs';

let s, pub, oper;

before(async () => {
    const wasm = fs.readFileSync(path.join(top, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
        fireImmediately: true });
    s = await System.start();
    pub = s.client();
    oper = await s.as('OPERADOR');
});
after(() => s.stop());

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

test('a drop has the labels of what it brought', async () => {
    const p = await announced(s, pub);
    const done = await oper.submit(await oper.get('/receive/rapid'), '/receive/rapid', { scan: p.guide_number });
    assert.equal(done.status, 303);
    const page = await oper.get('/packages/labels?batch=1');
    assert.match(page.text, new RegExp(`<span class="code">${p.tracking_code}</span>`));
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
