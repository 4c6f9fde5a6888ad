// Photos: added, shown to staff and to whoever holds the link, and to nobody else;
// taken out again by those who may.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { announced, hand_over, new_guide, on_shelf, pickup_code, received } from '../helpers/shop.mjs';
import { jpeg, jpeg_photo, photo, png_photo } from '../helpers/image.mjs';

const UNDO_S = 4;
let s, pub, oper, reader, boss, write;

before(async () => {
    s = await System.start({ undo_s: UNDO_S });
    ({ anybody: pub, admin: boss, oper, reader } = await s.browsers());
    write = await s.token('OPERADOR', 'packages:read packages:write');
});
after(() => s.stop());

const detail = (p, who = oper) => who.get(`/packages/${p.id}`);
const add = async (p, photos, fields = {}) => oper.submit(await detail(p), `/packages/${p.id}/files`,
    fields, { photos });
const files_of = (p) => s.sql('SELECT * FROM package_files WHERE package_id = ?1 ORDER BY id', p.id);
const ready = (p, n = 1) => poll('the photos to be ready', async () => {
    const files = await files_of(p);
    return files.filter((f) => f.state === 'ready').length === n && files;
}, 20000);
// A package with one photo that is ready.
async function with_photo() {
    const p = await on_shelf(s, pub, oper);
    assert.equal((await add(p, [jpeg_photo()])).status, 303);
    return [p, (await ready(p))[0]];
}
const on_disk = (key) => fs.existsSync(path.join(s.dir, 'files', key));

function check_photo(answer) {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'image/webp');
    assert.equal(answer.body.subarray(8, 12).toString(), 'WEBP');
    assert.equal(answer.headers['cache-control'], 'private, no-cache');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.match(answer.headers['content-security-policy'], /default-src 'none'.*sandbox/);
    assert.match(answer.headers['content-disposition'], /^inline; filename="paquete-\d+-\d+\.webp"$/);
    assert.equal(answer.headers['x-accel-redirect'], undefined, 'the place on the disk stays inside');
}

test('photos of the form are shown to staff and by the link, in two sizes', async () => {
    const p = await on_shelf(s, pub, oper);
    const done = await add(p, [jpeg_photo(), png_photo()]);
    assert.equal(done.status, 303);
    assert.match((await oper.follow(done)).words, /Fotos guardadas/);
    assert.match((await detail(p)).words, /2 fotos agregadas/);
    const files = await ready(p, 2);
    const page = await detail(p, reader);
    for (const f of files) {
        assert.match(page.text, new RegExp(`src="/files/${f.id}/thumb"`));
        check_photo(await reader.get(`/files/${f.id}`));
        check_photo(await reader.get(`/files/${f.id}/thumb`));
        const link = `/t/${p.public_token}/files/${f.key}`;
        assert.match((await pub.get(`/t/${p.public_token}`)).text, new RegExp(`src="${link}\\?thumb=1"`));
        check_photo(await pub.get(link));
        check_photo(await pub.get(`${link}?thumb=1`));
    }
    const large = await reader.get(`/files/${files[0].id}`);
    const small = await reader.get(`/files/${files[0].id}/thumb`);
    assert.notDeepEqual(large.body, small.body);
});

// The files and folders below `dir`, with their kinds and modes.
function modes(dir) {
    return fs.readdirSync(dir, { withFileTypes: true, recursive: true }).map((e) => {
        const name = path.join(e.parentPath ?? e.path, e.name), st = fs.lstatSync(name);
        return { name: path.relative(dir, name), mode: st.mode & 0o777, socket: st.isSocket() };
    });
}

test('nobody else reads the database, uploads or secrets, and the group only photos', async () => {
    await with_photo();
    const at = (name) => modes(path.join(s.dir, name));
    const open_to = (list, bits) => list.filter((f) => !f.socket && f.mode & bits).map((f) => `${f.name} ${f.mode.toString(8)}`);
    for (const folder of ['db', 'spool', 'secrets'])
        assert.deepEqual(open_to(at(folder), 0o077), [], folder);
    assert.ok(at('db').length >= 2);
    for (const folder of ['files', 'run/metrics'])
        assert.deepEqual(open_to(at(folder), 0o027), [], folder);
    assert.ok(at('files').some((f) => f.mode === 0o640), 'nginx sends the photos');
});

test('in Redis the programs may add hints and wait for them, and nothing else', async () => {
    const tried = async (...words) => (await s.redis('--user', 'default', ...words)).trim();
    for (const words of ['CONFIG GET *', 'KEYS *', 'FLUSHALL', 'EVAL return1 0', 'GET paq:q:sms', 'SET paq:x 1',
        'ACL LIST', 'XADD other * j 0', 'XRANGE paq:q:sms - +', 'SHUTDOWN', 'CLIENT LIST'])
        assert.match(await tried(...words.split(' ')), /NOPERM|No permissions/, words);
    assert.match(await tried('XADD', 'paq:q:prueba', '*', 'j', '0'), /^[0-9]+-[0-9]+$/);
});

// The parts of a WebP by name: EXIF, XMP and the colour profile have their own.
function webp_parts(body) {
    const names = [];
    for (let at = 12; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4) + (body.readUInt32LE(at + 4) & 1))
        names.push(body.toString('latin1', at, at + 4));
    return names;
}

test('a photo taken sideways is upright, and where it was taken is in neither size', async () => {
    const p = await on_shelf(s, pub, oper);
    const sideways = jpeg(64, 48, { sideways: true });
    assert.ok(sideways.includes('Exif'), 'the phone wrote it');
    assert.equal((await add(p, [photo('lado.jpg', 'image/jpeg', sideways)])).status, 303);
    const [f] = await ready(p);
    assert.deepEqual([f.width, f.height], [48, 64]);
    for (const address of [`/files/${f.id}`, `/files/${f.id}/thumb`])
        assert.deepEqual(webp_parts((await reader.get(address)).body).filter((n) => !/^VP8/.test(n)), []);
});

test('a browser that has a photo asks whether it may still show it', async () => {
    const [p, f] = await with_photo();
    const link = `/t/${p.public_token}/files/${f.key}`;
    const head = await pub.request('HEAD', link);
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers['content-type'], 'image/webp');
    const again = await pub.get(link, { headers: { 'If-None-Match': head.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal((await reader.request('HEAD', `/files/${f.id}`)).status, 200);
});

test('a link opens its own photos only, and every other answer is the same', async () => {
    const [p, f] = await with_photo();
    const [, other] = await with_photo();
    const signature = await s.sql(`INSERT INTO package_files (package_id, key, kind, state, storage_key,
        content_type, created_at) VALUES (?1, 'firma-de-prueba', 'FIRMA', 'ready', ?2, 'image/webp', 1)
        RETURNING key`, p.id, f.storage_key);
    const waiting = await s.sql(`INSERT INTO package_files (package_id, key, kind, state, created_at)
        VALUES (?1, 'pendiente-de-prueba', 'RECEPCION', 'pending', 1) RETURNING key`, p.id);
    const anybody = s.client();
    check_photo(await anybody.get(`/t/${p.public_token}/files/${f.key}`));
    const plain = (answer) => ({ status: answer.status, type: answer.headers['content-type'],
        cache: answer.headers['cache-control'],
        text: answer.text.replaceAll(answer.headers['x-request-id'], '').replace(/\/t\/[^"<]*/g, '')
            .replace(/name="csrf" value="[^"]*"/g, '') });
    const unknown = plain(await anybody.get(`/t/${'x'.repeat(22)}/files/${'y'.repeat(22)}`));
    assert.equal(unknown.status, 404);
    for (const [token, key] of [[p.public_token, other.key], ['x'.repeat(22), f.key],
        [p.public_token, 'y'.repeat(22)], [p.public_token, signature[0].key],
        [p.public_token, waiting[0].key], [p.tracking_code, f.key], [p.public_token, String(f.id)]])
        assert.deepEqual(plain(await anybody.get(`/t/${token}/files/${key}`)), unknown, `${token} ${key}`);
});

test('the place on the disk answers to nobody', async () => {
    const [p, f] = await with_photo();
    const link = `/t/${p.public_token}/files/`;
    for (const where of [`${link}..%2f..%2fdb`, `${link}${f.storage_key.replaceAll('/', '%2F')}`,
        `${link}${f.storage_key}`, `/_files/${f.storage_key}`, '/_files/', `/files/../_files/${f.storage_key}`,
        '/_files/%2e%2e/db/paqueteria.db'])
        assert.ok([400, 404].includes((await boss.get(where)).status), where);
});

test('without a session the photos of staff ask to sign in, and there is nothing to guess', async () => {
    const [, f] = await with_photo();
    for (const where of [`/files/${f.id}`, `/files/${f.id}/thumb`, '/files/999999']) {
        const answer = await pub.get(where);
        assert.equal(answer.status, 303);
        assert.equal(answer.location, `/auth/login?next=${where}`);
    }
    for (const where of ['/files/999999', '/files/0', '/files/x', '/files/999999/thumb'])
        assert.equal((await reader.get(where)).status, 404, where);
});

test('what is no photo, too many or none is refused, and nothing is kept', async () => {
    const p = await on_shelf(s, pub, oper);
    await s.settled();
    const spool = () => fs.readdirSync(path.join(s.dir, 'spool')).length;
    const before = spool();
    for (const [photos, sentence] of [
        [[], /Escriba este dato/],
        [[photo('foto.png', 'image/png', Buffer.from('<?php echo 1; ?>'.repeat(20)))], /no es una foto que sepamos leer/],
        [[jpeg_photo(), photo('x.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))],
            /«x\.svg» no es una foto/],
        [Array.from({ length: 7 }, () => jpeg_photo()), /como máximo 6 fotos/],
    ]) {
        const refused = await add(p, photos);
        assert.ok([422, 413].includes(refused.status), String(sentence));
        assert.match(refused.words, sentence);
    }
    assert.deepEqual(await files_of(p), []);
    await poll('the spool to be as before', () => spool() === before);   // it is cleaned after the answer
    const coming = await announced(s, pub);
    const early = await write.post(`/api/v1/packages/${coming.id}/files`, { files: { photos: [jpeg_photo()] } });
    assert.equal(early.status, 409);
    assert.match(early.json.detail, /mientras el paquete está en el punto/);
    assert.equal((await write.post('/api/v1/packages/999999/files', { files: { photos: [jpeg_photo()] } })).status, 404);
    await poll('the spool to be as before', () => spool() === before);
});

test('the API adds photos once under one key, and says where they are once ready', async () => {
    const p = await on_shelf(s, pub, oper);
    const send = () => write.post(`/api/v1/packages/${p.id}/files`, { form: { kind: 'DANO' },
        files: { photos: [png_photo()] }, headers: { 'Idempotency-Key': 'files-test-key-1' } });
    const first = await send();
    assert.equal(first.status, 201);
    assert.deepEqual(first.json.photos.map((x) => [x.kind, x.state, x.url]), [['DANO', 'pending', null]]);
    assert.equal((await send()).headers['idempotent-replayed'], 'true');
    await ready(p, 1);
    const [one] = (await write.get(`/api/v1/packages/${p.id}`)).json.photos;
    assert.ok(!('key' in one) && !('storage_key' in one));
    for (const url of [one.url, one.thumbnail_url]) {
        check_photo(await write.get(new URL(url).pathname));
        assert.equal((await pub.get(new URL(url).pathname)).status, 401);
    }
    assert.equal((await files_of(p)).length, 1);
});

test('the last photo of what came damaged stays until there is another', async () => {
    const guide = (await announced(s, pub)).guide_number;
    const p = await received(s, oper, guide, { condition: 'ABIERTO', observations: 'Cinta rota' }, [jpeg_photo()]);
    const [f] = await files_of(p);
    const answer = await write.request('DELETE', `/api/v1/files/${f.id}`);
    assert.equal(answer.status, 409);
    assert.match(answer.json.detail, /única que muestra cómo llegó/);
    await oper.submit(await detail(p), `/packages/${p.id}/files`, { kind: 'DANO' }, { photos: [png_photo()] });
    assert.equal((await write.request('DELETE', `/api/v1/files/${f.id}`)).status, 204);
});

test('an operator takes a photo out in time, and it is gone for all', async () => {
    const [p, f] = await with_photo();
    assert.equal((await write.request('DELETE', `/api/v1/files/${f.id}`)).status, 204);
    assert.equal((await reader.get(`/files/${f.id}`)).status, 404);
    assert.equal((await pub.get(`/t/${p.public_token}/files/${f.key}`)).status, 404);
    const page = await detail(p);
    assert.doesNotMatch(page.text, new RegExp(`/files/${f.id}`));
    assert.match(page.words, /Foto retirada/);
    assert.equal((await write.request('DELETE', `/api/v1/files/${f.id}`)).status, 404);
    await poll('its bytes to be deleted', () => !on_disk(f.storage_key) && !on_disk(f.thumbnail_key), 20000);
    await poll('its row to know', async () => {
        const [left] = await files_of(p);
        return left.storage_key === null && left.thumbnail_key === null;
    });
});

test('after that time it is part of the chain: only an administrator takes it out', async () => {
    const [p, f] = await with_photo();
    const since = Date.now();
    const read = await s.token('USUARIO', 'packages:read packages:write');
    assert.equal((await read.request('DELETE', `/api/v1/files/${f.id}`)).status, 403, 'who only reads');
    assert.equal((await pub.request('DELETE', `/api/v1/files/${f.id}`)).status, 401);
    await poll('the time for undo to pass', () => Date.now() > since + (UNDO_S + 2) * 1000);
    const late = await write.request('DELETE', `/api/v1/files/${f.id}`);
    assert.equal(late.status, 403);
    assert.match(late.json.detail, /cadena de custodia/);
    const page = await detail(p);
    assert.doesNotMatch(page.text, new RegExp(`/files/${f.id}/delete`), 'no button that would be refused');
    const csrf = page.form('/logout').fields.csrf;
    assert.equal((await oper.post(`/files/${f.id}/delete`, { form: { csrf } })).status, 403);
    check_photo(await reader.get(`/files/${f.id}`));

    const done = await boss.submit(await detail(p, boss), `/files/${f.id}/delete`);
    assert.equal(done.location, `/packages/${p.id}`);
    assert.match((await boss.follow(done)).words, /Foto retirada\./);
    assert.equal((await reader.get(`/files/${f.id}`)).status, 404);
});

test('a photo of the hand-over can be added after it', async () => {
    const p = await received(s, oper, new_guide(), { name: 'Rosa Prueba', phone: '3005550009' });
    await hand_over(oper, await pickup_code(pub, p));
    const page = await detail(p);
    assert.equal(page.form(`/packages/${p.id}/files`).fields.kind, 'ENTREGA');
    assert.equal((await add(p, [jpeg_photo()])).status, 303);
    await ready(p);
    assert.match((await detail(p)).words, /Foto de la entrega/);
});

test('files that no row knows are told apart from all others, and go once they are a day old', async () => {
    const [p, f] = await with_photo(), folder = path.dirname(f.storage_key);
    const at = (name) => path.join(s.dir, 'files', name), put = (name, days) => {
        fs.mkdirSync(path.dirname(at(name)), { recursive: true });
        fs.writeFileSync(at(name), 'x');
        fs.utimesSync(at(name), Date.now() / 1000 - days * 86400, Date.now() / 1000 - days * 86400);
    };
    const old = [`${folder}/huerfana.webp`, `${folder}/.cortada.webp`, '2020/01/999999/nadie.webp'];
    const fresh = `${folder}/nueva.webp`, document = `${folder}/documento.pdf`, foreign = 'LEEME.txt';
    old.forEach((name) => put(name, 2));
    put(fresh, 0);
    put(document, 2);
    put(foreign, 2);
    [f.storage_key, f.thumbnail_key].forEach((name) => fs.utimesSync(at(name), 0, 0));
    await s.sql("INSERT INTO documents (key, kind, subject_id, asked_at, state, storage_key)"
        + " VALUES ('k-orphans', 'recibo', ?1, unixepoch(), 'ready', ?2)", p.id, document);
    const found = async () => JSON.parse(await s.paqueteria(['storage', 'orphans', '--json'])).map((o) => o.key).sort();
    assert.deepEqual(await found(), [...old, fresh].sort());
    assert.ok(old.every(on_disk), 'asking removes nothing');
    assert.match(await s.paqueteria(['storage', 'orphans', '--remove']), /^4 archivos .*\n3 de hace más de un día, borrados/m);
    assert.deepEqual(await found(), [fresh]);
    for (const name of [fresh, document, foreign, f.storage_key, f.thumbnail_key])
        assert.ok(on_disk(name), name);
});

// Faults in the middle of an upgrade: the job's program is there and cannot work yet.
const NOT_NOW = [
    ['its program is of another version than the database', /es de otra versión/,
        () => s.sql("INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (9999, 'x', 'x', 0)"),
        () => s.sql('DELETE FROM schema_migrations WHERE number = 9999')],
    ['its program is not there', /no se pudo iniciar/, () => fs.renameSync(job_program(), `${job_program()}.away`),
        () => fs.renameSync(`${job_program()}.away`, job_program())],
    ['its program finds no library', /se está instalando/, () => replaced('exit 127'), put_back],
];
const job_program = () => path.join(s.dir, 'programs/paqueteria-job');
function replaced(script) {
    fs.renameSync(job_program(), `${job_program()}.away`);
    fs.writeFileSync(job_program(), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
function put_back() {
    fs.renameSync(`${job_program()}.away`, job_program());
}
const job_that = (p, what) => poll('the job to have been tried', async () => (await s.sql('SELECT j.*,'
    + ' (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id) AS tries FROM jobs j JOIN package_files f'
    + " ON json_extract(j.args, '$.file_id') = f.id WHERE f.package_id = ?1 AND j.kind = 'photo.process'"
    + " AND j.state = 'ready' AND j.last_error IS NOT NULL", p.id)).find(what), 20000);

for (const [what, why, break_it, mend_it] of NOT_NOW)
    test(`a photo waits without losing a try while ${what}`, async () => {
        const p = await on_shelf(s, pub, oper);
        await break_it();
        try {
            assert.equal((await add(p, [jpeg_photo()])).status, 303);
            const j = await job_that(p, () => true);
            assert.match(j.last_error, why);
            assert.deepEqual([j.max_attempts - j.attempt, j.tries, j.crashes], [5, 0, 0]);
            assert.ok(j.run_at > Date.now() / 1000, 'not at once again');
        } finally {
            await mend_it();
        }
        await s.hasten();
        await ready(p);
    });

test('a photo whose program is killed has lost a try', async () => {
    const p = await on_shelf(s, pub, oper);
    replaced('kill -9 $$');
    try {
        assert.equal((await add(p, [jpeg_photo()])).status, 303);
        const j = await job_that(p, (row) => row.crashes > 0);
        assert.match(j.last_error, /el proceso murió/);
        assert.ok(j.max_attempts - j.attempt < 5);
    } finally {
        put_back();
    }
    await s.hasten();
    await ready(p);
});
