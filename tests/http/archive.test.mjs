// Photos with `storage = s3`: on the disk first, then in the archive, served from where
// they are, removed from where they are; a server that is away holds nothing else up.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import s3_server from '../helpers/s3.js';
import { System, poll } from '../helpers/system.mjs';
import { on_shelf } from '../helpers/shop.mjs';
import { jpeg_photo } from '../helpers/image.mjs';

let s, s3, pub, oper, boss;

before(async () => {
    const dir = fs.mkdtempSync('/tmp/paqueteria-s3-');
    s3 = await s3_server.start({ dir });
    s = await System.start({ ...s3.settings(), undo_s: 2 });
    await s.paqueteria(['secrets', 'set', 's3_secret_key'], `${s3_server.ACCOUNT.secret}\n`);
    pub = s.client();
    oper = await s.as('OPERADOR');
    boss = await s.as('ADMIN');
});
after(async () => {
    await s?.stop();
    s3?.close();
});

const detail = (p, who = oper) => who.get(`/packages/${p.id}`);
const file_of = async (p) => (await s.sql('SELECT * FROM package_files WHERE package_id = ?1 ORDER BY id DESC', p.id))[0];
const on_disk = (key) => fs.existsSync(path.join(s.dir, 'files', key));

async function with_photo() {
    const p = await on_shelf(s, pub, oper);
    const answer = await oper.submit(await detail(p), `/packages/${p.id}/files`, {}, { photos: [jpeg_photo()] });
    assert.equal(answer.status, 303, answer.words);
    return p;
}
const until = (p, what, is) => poll(what, async () => {
    const f = await file_of(p);
    return is(f) && f;
}, 20000);
const archived = (p) => until(p, 'the photo to be archived', (f) => f.archived_at !== null);

test('a photo that is ready moves to the archive, in both sizes, with its type', async () => {
    const p = await with_photo(), f = await archived(p);
    await poll('the disk to forget it', () => !on_disk(f.storage_key) && !on_disk(f.thumbnail_key));
    for (const key of [f.storage_key, f.thumbnail_key]) {
        assert.equal(s3.objects.get(key).type, 'image/webp');
        assert.equal(s3.objects.get(key).body.subarray(8, 12).toString(), 'WEBP');
    }
    assert.ok(s3.ledger.read().every((l) => l.wrong === null), 'AWS\'s own signer makes the same signatures');
});

test('it is shown to staff and by the link from there, and to nobody else', async () => {
    const p = await with_photo(), f = await archived(p);
    const page = await detail(p);
    assert.match(page.headers['content-security-policy'], new RegExp(`img-src 'self' blob: data: ${s3.endpoint}$`));
    assert.doesNotMatch(page.words, /Pendiente de archivar/);
    assert.doesNotMatch((await oper.get('/packages')).headers['content-security-policy'], /127\.0\.0\.1/);
    for (const [who, where, key] of [[oper, `/files/${f.id}`, f.storage_key], [oper, `/files/${f.id}/thumb`, f.thumbnail_key],
        [pub, `/t/${p.public_token}/files/${f.key}?thumb=1`, f.thumbnail_key]]) {
        const answer = await who.get(where);
        assert.equal(answer.status, 302, where);
        assert.equal(answer.headers['cache-control'], 'no-store');
        const got = await fetch(answer.headers.location);
        assert.equal(got.status, 200, where);
        assert.deepEqual(Buffer.from(await got.arrayBuffer()), s3.objects.get(key).body);
        assert.equal((await fetch(answer.headers.location.replace(/\w{6}$/, '000000'))).status, 403, 'another signature');
        s3.ahead_ms = 61000;
        assert.equal((await fetch(answer.headers.location)).status, 403, 'a minute later');
        s3.ahead_ms = 0;
    }
    assert.equal((await pub.get(`/files/${f.id}`)).status, 303, 'to the sign-in');
    assert.equal((await pub.get(`/t/${'x'.repeat(22)}/files/${f.key}`)).status, 404);
});

// The proof bundle of a parcel, as a file.
async function proof(p) {
    const asked = await boss.submit(await detail(p, boss), '/documents', { kind: 'custodia' });
    const page = await poll('the PDF', async () => {
        const answer = await boss.get(asked.location);
        return /Descargar el PDF/.test(answer.text) && answer;
    }, 20000);
    assert.equal(page.status, 200);
    return (await boss.get(`${asked.location}/file`)).body;
}
const tool = (name, args, pdf) => execFileSync(name, args, { input: pdf }).toString();

test('the proof bundle fetches its photos from there, and waits for a server that is away only once', async () => {
    const p = await with_photo();
    const more = await oper.submit(await detail(p), `/packages/${p.id}/files`, {}, { photos: [jpeg_photo(), jpeg_photo()] });
    assert.equal(more.status, 303, more.words);
    await poll('all to be archived', async () =>
        await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1 AND archived_at IS NOT NULL', p.id) === 3, 20000);
    assert.equal(tool('pdfimages', ['-list', '-'], await proof(p)).match(/ jpeg /g).length, 3);
    const gets = () => s3.ledger.read().filter((line) => line.method === 'GET').length, before = gets();
    s3.script.set(['503']);
    const text = tool('pdftotext', ['-', '-'], await proof(p));
    s3.script.set(['ok']);
    assert.match(text, /Fotos que no se pudieron leer: 3\. Pídalo otra vez más tarde/);
    assert.equal(gets() - before, 1);
    assert.deepEqual(fs.readdirSync(path.join(s.dir, 'spool')), []);
});

test('one that is taken out leaves the archive', async () => {
    const p = await with_photo(), f = await archived(p);
    assert.equal((await boss.submit(await detail(p, boss), `/files/${f.id}/delete`)).status, 303);
    assert.equal((await oper.get(`/files/${f.id}`)).status, 404);
    await poll('its objects to go', () => !s3.objects.has(f.storage_key) && !s3.objects.has(f.thumbnail_key), 20000);
    await until(p, 'its row to know', (row) => row.storage_key === null);
});

test('one that is taken out when half of it has come there leaves it as well', async () => {
    s3.script.set(['ok', '503']);
    const p = await with_photo();
    const f = await until(p, 'the photo to be ready', (row) => row.state === 'ready');
    await poll('half of it', () => s3.objects.has(f.storage_key) && !s3.objects.has(f.thumbnail_key), 20000);
    assert.equal((await boss.submit(await detail(p, boss), `/files/${f.id}/delete`)).status, 303);
    s3.script.set(['ok']);
    await poll('its row to know', async () => {
        await s.hasten();
        return (await file_of(p)).storage_key === null;
    }, 20000);
    assert.ok(!s3.objects.has(f.storage_key));
    assert.ok(!on_disk(f.storage_key) && !on_disk(f.thumbnail_key));
});

test('one that is taken out on its way there is waited for, and leaves it', async () => {
    s3.script.set(['ok', 'taken-held', 'ok']);
    const p = await with_photo();
    await poll('the second size to come', () => s3.held.length === 1, 20000);
    const f = await file_of(p);
    assert.equal((await boss.submit(await detail(p, boss), `/files/${f.id}/delete`)).status, 303);
    await poll('its deletion to look', async () => await s.value(
        "SELECT run_at > created_at FROM jobs WHERE kind = 'file.delete' ORDER BY id DESC LIMIT 1") === 1, 20000);
    s3.release();
    await poll('its objects to go', async () => {
        await s.hasten();
        return (await file_of(p)).storage_key === null;
    }, 20000);
    assert.ok(!s3.objects.has(f.storage_key) && !s3.objects.has(f.thumbnail_key));
});

test('one that two jobs take there is there', async () => {
    s3.script.set(['ok', 'taken-held', 'ok']);
    const p = await with_photo();
    await poll('the second size to come', () => s3.held.length === 1, 20000);
    assert.match(await s.paqueteria(['storage', 'archive']), /^1 fotos/);
    const f = await archived(p);
    s3.release();
    await poll('both jobs to end', async () => await s.value("SELECT count(*) FROM jobs WHERE kind = 'file.archive'"
        + " AND state <> 'done' AND package_id = ?1", p.id) === 0, 20000);
    await s.settled();
    assert.ok(s3.objects.has(f.storage_key) && s3.objects.has(f.thumbnail_key));
});

test('while the server is away photos are shown from the disk, and others are prepared', async () => {
    s3.script.set(['503']);
    const first = await with_photo();
    const f = await until(first, 'the photo to be ready', (row) => row.state === 'ready');
    await poll('a try', async () => await s.value("SELECT count(*) FROM job_attempts a JOIN jobs j ON j.id = a.job_id"
        + " WHERE j.kind = 'file.archive' AND a.outcome = 'error'") > 0, 20000);
    const answer = await oper.get(`/files/${f.id}/thumb`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'image/webp');
    assert.match((await detail(first)).words, /Pendiente de archivar/);
    const second = await with_photo();
    await until(second, 'another to be ready', (row) => row.state === 'ready');
    s3.script.set(['ok']);
    await s.hasten();
    await s.redis_lines('XADD paq:q:archive * j 0');
    await archived(first);
    await archived(second);
});

test('what was on the disk before there was an archive follows by a command', async () => {
    const p = await with_photo();
    await archived(p);
    const f = await file_of(p);
    for (const key of [f.storage_key, f.thumbnail_key]) {
        fs.writeFileSync(path.join(s.dir, 'files', key), s3.objects.get(key).body);
        s3.objects.delete(key);
    }
    await s.sql('UPDATE package_files SET archived_at = NULL WHERE id = ?1', f.id);
    assert.match(await s.paqueteria(['storage', 'archive']), /^1 fotos en camino/);
    await archived(p);
    assert.ok(s3.objects.has(f.storage_key) && s3.objects.has(f.thumbnail_key));
    assert.match(await s.paqueteria(['storage', 'archive']), /^0 fotos/);
});

test('the command line says whether the archive can be used, and what is wrong', async () => {
    assert.match(await s.paqueteria(['storage', 'check']), /guarda, da y borra/);
    s3.script.set(['403']);
    await assert.rejects(s.paqueteria(['storage', 'check']), /guardar: el almacén no aceptó la clave/);
    s3.script.set(['ok', 'reset']);
    await assert.rejects(s.paqueteria(['storage', 'check']), /leer: no hay conexión con el almacén/);
    s3.script.set(['ok']);
    await s.paqueteria(['secrets', 'set', 's3_secret_key'], 'otro\n');
    await assert.rejects(s.paqueteria(['storage', 'check']), /no aceptó la clave/);
    assert.equal(s3.ledger.read().at(-1).wrong, 'SignatureDoesNotMatch');
    await s.paqueteria(['secrets', 'set', 's3_secret_key'], `${s3_server.ACCOUNT.secret}\n`);
    for (const [name, value, says] of [['S3_ENDPOINT', 'ftp://x', /«s3_endpoint»/], ['S3_BUCKET', 'Mayúsculas', /«s3_bucket»/],
        ['S3_REGION', '', /«s3_region»/], ['S3_ACCESS_KEY', '', /«s3_access_key»/], ['STORAGE', 'nube', /«storage» es disk o s3/]]) {
        const env = s.env;
        s.env = { ...env, [`PAQUETERIA_${name}`]: value };
        await assert.rejects(s.paqueteria(['storage', 'check']), says);
        s.env = env;
    }
});
