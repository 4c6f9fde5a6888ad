// PDFs: made by the worker of what the database says, read back by tools that know nothing
// of us; given to those who may have them.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { System, poll, top } from '../helpers/system.mjs';
import { announced, hand_over, key, on_shelf, pickup_code, received } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

let s, pub, oper, boss, reader, read;

before(async () => {
    const wasm = fs.readFileSync(path.join(top, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
        fireImmediately: true });
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    ({ anybody: pub, admin: boss, oper, reader } = await s.browsers());
    read = await s.token('OPERADOR', 'packages:read cash:read notifications:read');
});
after(() => s.stop());

// ---- what a PDF says ----

const tool = (name, args, pdf) => execFileSync(name, args, { input: pdf, maxBuffer: 1 << 26, stdio: ['pipe', 'pipe', 'pipe'] });
const words = (pdf) => tool('pdftotext', ['-layout', '-', '-'], pdf).toString().replace(/\s+/g, ' ');
const pages = (pdf) => Number(tool('pdfinfo', ['-'], pdf).toString().match(/Pages:\s+(\d+)/)[1]);
const size = (pdf) => tool('pdfinfo', ['-'], pdf).toString().match(/Page size:\s+([\d.]+ x [\d.]+)/)[1];

// The QR code of the first page, as a picture says it.
async function symbol(pdf) {
    const pgm = tool('pdftoppm', ['-r', '200', '-gray', '-f', '1', '-l', '1', '-'], pdf);
    const [head, width, height] = pgm.toString('latin1', 0, 40).match(/^P5\s+(\d+)\s+(\d+)\s+255\s/);
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++)
        data.fill(pgm[head.length + i], i * 4, i * 4 + 3);
    const found = await readBarcodes({ width: Number(width), height: Number(height), data, colorSpace: 'srgb' },
        { tryHarder: true, formats: ['QRCode'] });
    return found.map((f) => f.text);
}

// ---- asking ----

const ready = (client, place) => poll(`the PDF at ${place}`, async () => {
    const page = await client.get(place);
    assert.equal(page.status, 200, page.words);
    return /Descargar el PDF/.test(page.text) && page;
}, 20000);

async function ask(client, from) {
    const asked = await client.submit(await client.get(from), '/documents');
    assert.equal(asked.status, 303, asked.words);
    await ready(client, asked.location);
    return client.get(`${asked.location}/file`);
}
const ask_json = (kind, subject_id) => read.post('/api/v1/documents', { json: { kind, subject_id } });

async function delivered(fields) {
    const p = await on_shelf(s, pub, oper, fields);
    assert.equal((await hand_over(oper, await pickup_code(pub, p))).status, 303);
    return p;
}

function check_pdf(answer, name) {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/pdf');
    assert.equal(answer.headers['cache-control'], 'private, no-store');
    assert.equal(answer.headers['content-disposition'], `attachment; filename="${name}.pdf"`);
    assert.match(answer.headers['content-security-policy'], /default-src 'none'.*sandbox/);
    assert.equal(answer.body.subarray(0, 5).toString(), '%PDF-');
    return answer.body;
}

test('the proof bundle has the photos, the hand-over, and each seal of the chain', async () => {
    const p = await received(s, oper, (await announced(s, pub)).guide_number, 
        { condition: 'ABIERTO', observations: 'Llegó rota' }, [jpeg_photo()]);
    await poll('the photo', async () => (await s.sql("SELECT 1 FROM package_files WHERE state = 'ready' AND package_id = ?1", p.id)).length);
    await hand_over(oper, await pickup_code(pub, p), { receiver_name: 'Rosa Prueba', signature: 'M10 20L90 140L300 30' });
    const pdf = check_pdf(await ask(oper, `/packages/${p.id}`), `custodia-${p.id}`);
    const text = words(pdf);
    for (const part of [p.guide_number, p.tracking_code, 'Rosa Prueba', 'Abierto', 'Llegó rota', 'Código de entrega, correcto',
        'Efectivo', '$1.500', 'Firma de Rosa Prueba', 'Óscar Operador', 'Está completa: al hacer este documento se recalcularon sus'])
        assert.ok(text.includes(part), `${part}: ${text}`);
    const events = await s.sql('SELECT lower(hex(hash)) AS hash, kind FROM package_events WHERE package_id = ?1', p.id);
    for (const e of events) {
        assert.ok(text.includes(e.hash), e.kind);
        assert.ok(text.includes(e.kind));
    }
    assert.match(tool('pdfimages', ['-list', '-'], pdf).toString(), /jpeg/);
    assert.deepEqual(await symbol(pdf), [`${s.base}/search?q=${p.tracking_code}`]);
    const said = await s.paqueteria(['package', 'verify', p.tracking_code]);
    assert.ok(said.includes(events.at(-1).hash), said);
});

test('the proof bundle says whose code of a third person it was, and the end of the document that was compared', async () => {
    const p = await on_shelf(s, pub, oper), api = await s.token('OPERADOR');
    const { id, code } = (await pub.post(`/api/v1/track/token/${p.public_token}/authorizations`, { headers: key(),
        json: { name: 'Pedro Ruíz', document_type: 'CE', document_number: '77-1234' } })).json;
    const done = await api.post('/api/v1/deliveries', { headers: key(), json: { ids: [p.id], code, authorized: id, method: 'nequi', reference: 'N-1', amount: 1500 } });
    assert.equal(done.status, 201, done.text);
    const text = words(check_pdf(await ask(oper, `/packages/${p.id}`), `custodia-${p.id}`));
    for (const part of ['Código de la persona autorizada, correcto', 'Pedro Ruíz', 'CE terminado en 1234'])
        assert.ok(text.includes(part), `${part}: ${text}`);
    assert.ok(!text.includes('771234'));
});

test('a note of many lines is on the proof bundle to its last word', async () => {
    const note = Array.from({ length: 120 }, (_, i) => `r${i}`);
    const p = await received(s, oper, (await announced(s, pub)).guide_number,
        { condition: 'ABIERTO', observations: note.join('\n') }, [jpeg_photo()]);
    const text = words((await ask(oper, `/packages/${p.id}`)).body);
    assert.ok(text.includes(note.join(' ')), text);
    assert.match(text, /Anunciado \d\d\/\d\d\/\d{4}/, 'and what comes after it');
});

// Black dots of a page outside the field of a signature, as a picture says it.
test('a signature stays in its field, wherever its strokes were said to go', async () => {
    const p = await on_shelf(s, pub, oper);
    await hand_over(oper, await pickup_code(pub, p), { signature: 'M10 20L99999 99999L10 20L400 99999' });
    const pdf = (await ask(oper, `/packages/${p.id}`)).body;
    const pgm = tool('pdftoppm', ['-r', '72', '-gray', '-f', '1', '-l', '1', '-'], pdf);
    const head = pgm.toString('latin1', 0, 40).match(/^P5\s+(\d+)\s+(\d+)\s+255\s/);
    const width = Number(head[1]), row = (y) => pgm.subarray(head[0].length + y * width, head[0].length + (y + 1) * width);
    assert.ok(row(780).every((dot) => dot === 255), 'the margin below the foot is empty');
});

test('a row that was changed by hand shows in the proof bundle', async () => {
    const p = await delivered();
    await s.sql('DROP TRIGGER package_events_fixed');
    await s.sql("UPDATE package_events SET details = '{\"proof\":\"excepcion\"}' WHERE package_id = ?1 AND kind = 'ENTREGA'", p.id);
    const text = words((await ask(oper, `/packages/${p.id}`)).body);
    assert.match(text, /NO CUADRA: el suceso \d+/);
    assert.doesNotMatch(text, /Está completa/);
});

test('the customer gets the receipt by the link, on paper as long as its text, and nobody else by its key', async () => {
    const p = await delivered(), other = await delivered();
    const page = await pub.get(`/t/${p.public_token}/receipt`);
    const asked = await pub.submit(page, `/t/${p.public_token}/documents`);
    assert.equal(asked.status, 303, asked.words);
    await ready(pub, asked.location);
    const pdf = check_pdf(await pub.get(`${asked.location}/file`), `recibo-${p.id}`);
    const text = words(pdf);
    for (const part of [p.guide_number, 'Rosa Prueba', '$1.500', 'Efectivo', 'No es factura'])
        assert.ok(text.includes(part), part);
    assert.match(size(pdf), /^226\.8 x [23]\d\d(\.\d+)?$/, '80 mm wide');
    assert.deepEqual(await symbol(pdf), [`${s.base}/search?q=${p.tracking_code}`]);
    const key = asked.location.split('/').at(-1);
    for (const place of [`/t/${other.public_token}/documents/${key}`, `/t/${p.public_token}/documents/${key.slice(1)}x`])
        for (const end of ['', '/file'])
            assert.equal((await pub.get(place + end)).status, 404, place + end);
});

test('the receipt says what was given back since, and what is left as paid', async () => {
    const p = await delivered();
    const [{ id }] = await s.sql('SELECT id FROM payments WHERE package_id = ?1', p.id);
    const back = await (await s.token('ADMIN')).post(`/api/v1/payments/${id}/reverse`,
        { json: { reason: 'Cobro doble' }, headers: { 'Idempotency-Key': 'devuelto-00000001' } });
    assert.equal(back.status, 201, back.text);
    const asked = await pub.submit(await pub.get(`/t/${p.public_token}/receipt`), `/t/${p.public_token}/documents`);
    await ready(pub, asked.location);
    const text = words((await pub.get(`${asked.location}/file`)).body);
    assert.match(text, /Total \$1\.500 Efectivo \$1\.500 Devuelto [^$]*, -\$1\.500 Efectivo Pagado \$0 /, text);
});

test('a receipt asked for before the hand-over is refused with a sentence', async () => {
    const p = await on_shelf(s, pub, oper);
    const refused = await oper.submit(await oper.get(`/packages/${p.id}`), '/documents', { kind: 'recibo' });
    assert.equal(refused.status, 409);
    assert.match(refused.words, /El comprobante existe desde que el paquete se entrega/);
});

test('a hand-over that was undone leaves no receipt behind, not by the customer\'s key either', async () => {
    const p = await on_shelf(s, pub, oper);
    const done = await hand_over(oper, await pickup_code(pub, p));
    assert.equal(done.status, 303, done.words);
    const asked = await pub.submit(await pub.get(`/t/${p.public_token}/receipt`), `/t/${p.public_token}/documents`);
    await ready(pub, asked.location);
    const undone = await oper.submit(await oper.follow(done), `/deliver/${p.id}/undo`);
    assert.equal(undone.status, 303, undone.words);
    for (const end of ['', '/file'])
        assert.equal((await pub.get(asked.location + end)).status, 409, end);
    // Nor when it is handed over again, by another payment.
    assert.equal((await hand_over(oper, await pickup_code(pub, p), { method: 'nequi', reference: 'N-77' })).status, 303);
    assert.equal((await pub.get(`${asked.location}/file`)).status, 404);
    assert.match((await pub.get(asked.location)).words, /La entrega se deshizo después/);
});

test('two clicks on sending it are one mail, and both say that it went', async () => {
    const p = await delivered();
    const asked = await oper.submit(await oper.get(`/packages/${p.id}`), '/documents', { kind: 'recibo' });
    const page = await ready(oper, asked.location);
    const sent = await Promise.all([1, 2].map(() => oper.submit(page, `${asked.location}/mail`, { email: 'doble@example.com' })));
    assert.deepEqual(sent.map((a) => a.status), [303, 303]);
    assert.equal(await s.value("SELECT count(*) FROM notifications WHERE recipient = 'doble@example.com'"), 1);
});

test('what a token may not read it may not send to itself', async () => {
    const mails = await s.token('ADMIN', 'notifications:write'), p = await delivered();
    const { id } = (await ask_json('recibo', p.id)).json;
    await ready(oper, `/documents/${id}`);
    assert.equal((await mails.post(`/api/v1/documents/${id}/mail`, { json: { email: 'a@example.com' } })).status, 403);
});

const own_drawer = async (client) => {
    const answer = await client.submit(await client.get('/cash'), '/cash', { base: '50000' });
    assert.equal(answer.status, 303, answer.words);
    return Number((await client.get('/cash')).text.match(/action="\/cash\/(\d+)\//)[1]);
};
const step = async (client, id, what, fields) => {
    const answer = await client.submit(await client.get(`/cash/${id}`), `/cash/${id}/${what}`, fields);
    assert.equal(answer.status, 303, answer.words);
};

test('the closing has every peso of the drawer, on as many pages as it needs', async () => {
    const id = await own_drawer(oper), guides = [];
    for (let i = 0; i < 3; i++)
        guides.push((await delivered()).guide_number);
    for (let i = 0; i < 60; i++)
        await s.sql("INSERT INTO cash_movements (cash_session_id, kind, amount, reason, made_by, made_at) SELECT ?1, 'entrada', 100, 'Moneda ' || ?2,"
            + ' opened_by, opened_at FROM cash_sessions WHERE id = ?1', id, i);
    assert.doesNotMatch((await boss.get(`/cash/${id}`)).text, /value="cierre"/, 'no closing before it is closed');
    assert.equal((await ask_json('cierre', id)).status, 409);
    await step(oper, id, 'count', { note_50000: '1', note_2000: '5' });
    await step(oper, id, 'close', { explanation: 'Prueba de cierre' });
    const pdf = check_pdf(await ask(boss, `/cash/${id}`), `cierre-${id}`);
    const text = words(pdf);
    for (const part of [...guides, 'Moneda 0', 'Moneda 59', 'Óscar Operador', '$50.000', 'Prueba de cierre', 'Billetes de $50.000'])
        assert.ok(text.includes(part), `${part}: ${text}`);
    const n = pages(pdf);
    assert.ok(n >= 2);
    for (let i = 1; i <= n; i++)
        assert.ok(text.includes(`${i} de ${n}`));
    assert.ok(text.split('Motivo').length > 2, 'the heads of a table stand on each of its pages');
});

test('a token gets no closing without the scope of drawers, by whatever way', async () => {
    const id = await own_drawer(oper);
    await step(oper, id, 'count', { note_50000: '1' });
    await step(oper, id, 'close', {});
    const shelves = await s.token('ADMIN', 'packages:read notifications:write');
    const asked = await shelves.post('/api/v1/documents', { json: { kind: 'cierre', subject_id: id } });
    assert.equal(asked.status, 403, asked.text);
    const { json: { id: made } } = await ask_json('cierre', id);
    await ready(oper, `/documents/${made}`);
    for (const place of [`/api/v1/documents/${made}`, `/api/v1/documents/${made}/file`])
        assert.equal((await shelves.get(place)).status, 403, place);
    const mailed = await shelves.post(`/api/v1/documents/${made}/mail`, { json: { email: 'a@example.com' } });
    assert.equal(mailed.status, 403, mailed.text);
});

test('a token gets no proof bundle nor dossier without the scope of messages, which they list', async () => {
    const p = await on_shelf(s, pub, oper), shelves = await s.token('ADMIN', 'packages:read');
    for (const kind of ['custodia', 'expediente'])
        assert.equal((await shelves.post('/api/v1/documents', { json: { kind, subject_id: p.id } })).status, 403, kind);
});

test('a drawer that is not one\'s own is not printed', async () => {
    const id = await own_drawer(boss);
    assert.equal((await ask_json('cierre', id)).status, 404);
});

test('the dossier says what was tried, and the API makes it and hands it out', async () => {
    const p = await on_shelf(s, pub, oper);
    const noted = await oper.submit(await oper.get(`/ageing/${p.id}`), `/packages/${p.id}/contacts`,
        { outcome: 'no_contesto', channel: 'llamada', note: 'Buzón de voz' });
    assert.equal(noted.status, 303, noted.words);
    const asked = await ask_json('expediente', p.id);
    assert.equal(asked.status, 202, asked.text);
    const place = asked.headers.location;
    const made = await poll('the dossier', async () => {
        const { json } = await read.get(place);
        return json.state === 'ready' && json;
    });
    assert.equal(made.kind, 'expediente');
    assert.equal(made.key, undefined, 'the customer\'s key is not staff\'s');
    const text = words(check_pdf(await read.get(`${place}/file`), `expediente-${p.id}`));
    assert.match(text, /Llamada No contestó\. Buzón de voz/);
    assert.equal((await reader.get(place.replace('/api/v1', ''))).status, 403);
});

test('a courier\'s drop is a document with what came, what was refused and the signature, and goes by mail', async () => {
    const p = await announced(s, pub);
    const rapid = async (path, fields) => {
        const answer = await oper.submit(await oper.get('/receive/rapid'), path, fields);
        assert.equal(answer.status, 303, answer.words);
        return answer;
    };
    await rapid('/receive/rapid', { scan: p.guide_number, carrier: 'Envía' });
    await rapid('/receive/rapid/refuse', { guide: 'ROTA0001', refused: 'otro', note: 'Venía abierto' });
    const [{ id }] = await s.sql('SELECT max(id) AS id FROM courier_batches');
    await oper.submit(await oper.get(`/receive/batch/${id}`), `/receive/batch/${id}/close`,
        { courier_name: 'Pedro R.', signature: 'M10 20L90 140' });
    const slip = await oper.submit(await oper.get(`/packages/${p.id}`), `/packages/${p.id}/cancel`, { reason: 'error_operador' });
    assert.equal(slip.status, 303, slip.words);
    const asked = await oper.submit(await oper.get(`/receive/batch/${id}`), '/documents');
    const page = await ready(oper, asked.location);
    const text = words(check_pdf(await oper.get(`${asked.location}/file`), `entrega-${id}`));
    assert.match(text, /Recibidos 1 /, 'what was signed stays, whatever became of the parcel');
    for (const part of [p.guide_number, 'ROTA0001', 'Otro motivo. Venía abierto', 'Firma de Pedro R.', 'Óscar Operador'])
        assert.ok(text.includes(part), `${part}: ${text}`);

    const bad = await oper.submit(page, `${asked.location}/mail`, { email: 'nadie' });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /id="e-email"/);
    const sent = await oper.submit(page, `${asked.location}/mail`, { email: 'Flota@Example.com' });
    assert.equal(sent.status, 303, sent.words);
    assert.match((await oper.follow(sent)).words, /Enviado a Flota@Example\.com/);
    const twice = await oper.submit(await oper.get(asked.location), `${asked.location}/mail`, { email: 'flota@example.com' });
    assert.equal(twice.status, 409);
    assert.match(twice.words, /Ya se envió a flota@example\.com/);
    const mail = await poll('the mail', async () => {
        await s.hasten();
        return s.mails('flota@example.com')[0];
    });
    assert.match(mail.subject, /^Entrega de transportadora, /);
    assert.deepEqual(mail.attachments.map((a) => [a.name, a.type]), [[`entrega-${id}.pdf`, 'application/pdf']]);
    assert.ok(words(Buffer.from(mail.attachments[0].base64, 'base64')).includes('ROTA0001'));
    assert.equal(await s.value("SELECT count(*) FROM audit_log WHERE action = 'document_mail' AND details LIKE '%entrega%'"), 1);
});

test('a photo that is taken out takes the proof bundle with it', async () => {
    const p = await received(s, oper, (await announced(s, pub)).guide_number, {}, [jpeg_photo()]);
    const [file] = await poll('the photo', async () => {
        const rows = await s.sql("SELECT id FROM package_files WHERE state = 'ready' AND package_id = ?1", p.id);
        return rows.length && rows;
    });
    const asked = await boss.submit(await boss.get(`/packages/${p.id}`), '/documents', { kind: 'custodia' });
    await ready(boss, asked.location);
    const taken = await boss.submit(await boss.get(`/packages/${p.id}`), `/files/${file.id}/delete`);
    assert.equal(taken.status, 303, taken.words);
    assert.equal((await boss.get(`${asked.location}/file`)).status, 404);
    assert.match((await boss.get(asked.location)).words, /Una de sus fotos se borró después/);
});

test('a try that died before its row leaves no file that nobody knows of', async () => {
    const p = await on_shelf(s, pub, oper);
    await s.sql("CREATE TRIGGER dies BEFORE UPDATE OF state ON documents WHEN new.state = 'ready' BEGIN SELECT RAISE(ABORT, 'dies'); END");
    const { id } = (await ask_json('custodia', p.id)).json;
    const tried = () => s.value("SELECT attempt FROM jobs WHERE kind = 'document.build' ORDER BY id DESC LIMIT 1");
    await poll('two tries', async () => await tried() >= 2, 20000);
    await s.sql('DROP TRIGGER dies');
    await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE kind = 'document.build' AND state = 'ready'");
    await ready(oper, `/documents/${id}`);
    const key = await s.value('SELECT storage_key FROM documents WHERE id = ?1', id);
    assert.deepEqual(fs.readdirSync(path.dirname(path.join(s.dir, 'files', key))), [path.basename(key)]);
});

test('what is asked for twice while it is made is made once', async () => {
    const p = await on_shelf(s, pub, oper);
    await s.paqueteria(['jobs', 'pause', 'default']);
    const ids = [];
    for (let i = 0; i < 2; i++)
        ids.push((await ask_json('custodia', p.id)).json.id);
    assert.equal(ids[0], ids[1]);
    const waiting = await oper.get(`/documents/${ids[0]}`);
    assert.equal(waiting.headers.refresh, '1');
    assert.match(waiting.words, /El paquete .*Preparando el PDF/);
    assert.ok(waiting.text.includes(`data-back href="/packages/${p.id}"`));
    await s.paqueteria(['jobs', 'resume', 'default']);
    await ready(oper, `/documents/${ids[0]}`);
});

test('after a week documents leave the disk and the database', async () => {
    const p = await on_shelf(s, pub, oper);
    const answer = await ask(oper, `/packages/${p.id}`);
    assert.equal(answer.status, 200);
    const [d] = await s.sql('SELECT * FROM documents ORDER BY id DESC LIMIT 1');
    const file = path.join(s.dir, 'files', d.storage_key);
    assert.ok(fs.existsSync(file));
    await s.sql('UPDATE documents SET asked_at = asked_at - 8 * 86400 WHERE id = ?1', d.id);
    await s.cron('retention');
    assert.ok(!fs.existsSync(file));
    assert.equal((await s.sql('SELECT 1 FROM documents WHERE id = ?1', d.id)).length, 0);
    const gone = await oper.get(`/documents/${d.id}`);
    assert.equal(gone.status, 404);
    assert.match(gone.words, /Ese documento ya no está: pídalo otra vez/);
});
