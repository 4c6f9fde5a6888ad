// A phone sends photos into a form that is open at the counter, by a link that is good for that form alone.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { System, poll } from '../helpers/system.mjs';
import { hand_over, new_guide, on_shelf, pickup_code, row } from '../helpers/shop.mjs';
import { jpeg, jpeg_photo, photo, png_photo } from '../helpers/image.mjs';
import { raw } from '../helpers/raw.mjs';

let s, oper, other, pub;

before(async () => {
    s = await System.start();
    ({ anybody: pub, oper, admin: other } = await s.browsers());
});
after(() => s.stop());

// A form of the counter and a link for it, as its page asks for one.
async function opened(who = oper, form = '') {
    const guide = new_guide(), page = await who.get(`/receive?guide=${guide}`);
    const { csrf } = page.form('/receive').fields;
    const answer = await who.post('/photo-links', { form: { csrf, photo_form: form }, headers: { 'HX-Request': 'true' } });
    assert.equal(answer.status, 200, answer.text);
    return { guide, page, csrf, form: answer.text.match(/data-form="(\w{22})"/)[1], answer,
        token: answer.words.match(/\/photos\/(\w{22})/)[1] };
}
const phone = (token) => pub.get(`/photos/${token}`);
const send = async (token, photos, page) => pub.submit(page ?? await phone(token), `/photos/${token}`, {}, { photos });
const waiting = (form) => s.sql('SELECT f.* FROM linked_photos f JOIN photo_links l ON l.id = f.link_id WHERE l.form = ?1 ORDER BY f.id', form);
const list = (form, who = oper, headers = {}) => who.get(`/photo-links/${form}`, { headers: { 'HX-Request': 'true', ...headers } });
const ids = (answer) => [...answer.text.matchAll(/name="linked_photos" value="(\d+)"/g)].map((m) => m[1]);
const receive = (o, fields, who = oper) => who.submit(o.page, '/receive', { condition: 'REGULAR', observations: 'Mojada', photo_form: o.form, ...fields });
const spool = () => fs.readdirSync(path.join(s.dir, 'spool')).length;
const hours_later = (seconds) => s.sql('UPDATE photo_links SET at = at - ?1', seconds);
const DEAD = /Este enlace ya no sirve/;

describe('photos from a phone:', () => {
    test('two of them stand in the open form, and go with it as if they had been chosen there', async () => {
        const o = await opened();
        assert.match((await phone(o.token)).words, /Tome la foto/);
        const done = await send(o.token, [jpeg_photo(), png_photo()]);
        assert.equal(done.status, 303, done.words);
        assert.match((await pub.follow(done)).words, /Llegó\. Ya puede cerrar Hay 2 fotos/);
        const shown = await poll('both to be seen', async () => {
            const answer = await list(o.form);
            return answer.text.match(/<img /g)?.length === 2 && answer;
        }, 90000);
        const small = await oper.get(shown.text.match(/src="([^"]+)"/)[1]);
        assert.equal(small.headers['content-type'], 'image/webp');
        assert.equal(small.body.subarray(8, 12).toString(), 'WEBP');
        assert.equal((await receive(o, { linked_photos: ids(shown) })).status, 303);
        const p = await row(s, o.guide);
        assert.equal(p.condition, 'REGULAR');
        await poll('both to be photos of the parcel', async () =>
            await s.value("SELECT count(*) FROM package_files WHERE package_id = ?1 AND state = 'ready' AND kind = 'DANO'", p.id) === 2, 90000);
        assert.deepEqual(await waiting(o.form), []);
        const late = await phone(o.token);
        assert.equal(late.status, 404);
        assert.match(late.words, DEAD);
    });

    test('what has not changed is asked for with 304', async () => {
        const o = await opened(), first = await list(o.form);
        assert.equal((await list(o.form, oper, { 'If-None-Match': first.headers.etag })).status, 304);
        await send(o.token, [jpeg_photo()]);
        assert.equal((await list(o.form, oper, { 'If-None-Match': first.headers.etag })).status, 200);
    });

    test('another form does not see them, nor another person, nor who has signed out and in again', async () => {
        const o = await opened(), mine = await opened(), again = await s.as('OPERADOR');
        await send(o.token, [jpeg_photo()]);
        const [id] = ids(await list(o.form));
        assert.ok(id);
        for (const [who, form] of [[oper, mine.form], [other, o.form], [again, o.form]]) {
            assert.deepEqual(ids(await list(form, who)), []);
            assert.equal((await who.get(`/photo-links/${form}/photos/${id}`)).status, 404);
            const { csrf } = (await who.get('/profile')).form('/logout').fields;
            assert.equal((await who.post(`/photo-links/${form}/photos/${id}/delete`, { form: { csrf } })).status, 404);
        }
        const theirs = await opened(other);
        for (const [who, form] of [[oper, mine], [other, { ...theirs, form: o.form }]]) {
            const answer = await receive(form, { linked_photos: id }, who);
            assert.equal(answer.status, 422);
            assert.match(answer.words, /Una foto del celular ya no está/);
        }
        assert.equal((await waiting(o.form)).length, 1);
        assert.ok([303, 403].includes((await pub.get(`/photo-links/${o.form}`)).status));
    });

    test('each goes once: a double click repeats the answer, and another form does not get it', async () => {
        const o = await opened();
        await send(o.token, [jpeg_photo()]);
        const linked_photos = ids(await list(o.form));
        assert.equal((await receive(o, { linked_photos })).status, 303);
        assert.equal((await receive(o, { linked_photos })).status, 303);
        const p = await row(s, o.guide);
        assert.equal(await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1', p.id), 1);
        const next = await opened(oper, o.form);
        assert.equal((await receive(next, { linked_photos })).status, 422);
    });

    test('a form that comes back keeps what the phone sent', async () => {
        const o = await opened();
        await send(o.token, [jpeg_photo()]);
        const again = await receive(o, { observations: '', linked_photos: ids(await list(o.form)) });
        assert.equal(again.status, 422);
        assert.equal(again.form('/receive').fields.photo_form, o.form);
        assert.equal((await oper.submit(again, '/receive', { observations: 'Mojada', linked_photos: ids(await list(o.form)) })).status, 303);
    });

    test('of a hand-over and of a parcel that is here go the same way', async () => {
        const here = await on_shelf(s, pub, oper), o = await opened();
        await send(o.token, [jpeg_photo()]);
        const added = await oper.submit(await oper.get(`/packages/${here.id}`), `/packages/${here.id}/files`,
            { kind: 'DANO', photo_form: o.form, linked_photos: ids(await list(o.form)) });
        assert.equal(added.status, 303, added.words);
        assert.equal(await s.value('SELECT count(*) FROM package_files WHERE package_id = ?1', here.id), 1);
        const two = await opened();
        await send(two.token, [jpeg_photo()]);
        await hand_over(oper, await pickup_code(pub, here), { photo_form: two.form, linked_photos: ids(await list(two.form)) });
        assert.equal(await s.value("SELECT count(*) FROM package_files WHERE package_id = ?1 AND kind = 'ENTREGA'", here.id), 1);
    });

    test('after eleven minutes the link is dead, an hour later what nobody took is gone with its file', async () => {
        const o = await opened(), page = await phone(o.token);
        await send(o.token, [jpeg_photo()], page);
        const [{ spool_path }] = await waiting(o.form);
        await hours_later(660);
        assert.match((await phone(o.token)).words, DEAD);
        const late = await send(o.token, [jpeg_photo()], page);
        assert.equal(late.status, 404);
        assert.match(late.words, DEAD);
        assert.equal((await waiting(o.form)).length, 1, 'it may still be sent with its form');
        await hours_later(3600);
        await s.cron('clean-temp');
        await poll('the photo to be forgotten', async () => (await waiting(o.form)).length === 0, 20000);
        assert.equal(fs.existsSync(spool_path), false);
        assert.equal(await s.value('SELECT count(*) FROM photo_links WHERE form = ?1', o.form), 0);
    });

    test('a newer link of the form takes the place of the one before; signing out ends it', async () => {
        const clerk = await s.as('OPERADOR'), o = await opened(clerk);
        const next = await opened(clerk, o.form);
        assert.equal(next.form, o.form);
        assert.equal((await phone(o.token)).status, 404);
        assert.equal((await phone(next.token)).status, 200);
        await clerk.submit(await clerk.get('/profile'), '/logout');
        assert.equal((await phone(next.token)).status, 404);
    });

    test('what is no photo is told on the phone, six are the most, and a dead link stores nothing', async () => {
        const o = await opened();
        await s.settled();
        const before = spool();
        const bad = await send(o.token, [photo('foto.png', 'image/png', Buffer.from('<?php echo 1; ?>'.repeat(20)))]);
        assert.equal(bad.status, 422);
        assert.match(bad.words, /no es una foto que sepamos leer/);
        assert.equal((await send(o.token, Array.from({ length: 5 }, () => jpeg_photo()))).status, 303);
        const many = await send(o.token, [jpeg_photo(), jpeg_photo()]);
        assert.equal(many.status, 422);
        assert.match(many.words, /Caben seis fotos/);
        await poll('only the five to be in the spool', () => spool() === before + 5);
        const five = { linked_photos: ids(await list(o.form)) }, files = { photos: [jpeg_photo(), jpeg_photo()] };
        const seven = await oper.submit(o.page, '/receive', { photo_form: o.form, ...five }, files);
        assert.equal(seven.status, 422);
        assert.match(seven.words, /más de seis fotos/);
        assert.equal((await receive(o, five)).status, 303);
    });

    test('one that the counter takes away is gone, and so is its file', async () => {
        const o = await opened();
        await send(o.token, [jpeg_photo()]);
        const [id] = ids(await list(o.form)), [{ spool_path }] = await waiting(o.form);
        assert.equal((await oper.post(`/photo-links/${o.form}/photos/${id}/delete`, { form: { csrf: o.csrf } })).status, 303);
        assert.deepEqual(await waiting(o.form), []);
        assert.equal(fs.existsSync(spool_path), false);
    });

    test('cut off in the middle it is not read, which is seen and not sent along', async () => {
        const o = await opened();
        await send(o.token, [photo('rota.jpg', 'image/jpeg', jpeg(640, 480).subarray(0, 700))]);
        await poll('it to be told', async () => /No se pudo leer/.test((await list(o.form)).words), 90000);
        assert.deepEqual(ids(await list(o.form)), []);
    });
});

describe('the body of a phone:', () => {
    // The beginning of a post, of which the rest never comes.
    const begin = (token, size, o = {}) => raw(new URL(s.base).port, `${[`POST /photos/${token} HTTP/1.1`, `Host: ${new URL(s.base).host}`,
        ...size === null ? ['Transfer-Encoding: chunked'] : [`Content-Length: ${size}`], 'Content-Type: multipart/form-data; boundary=x',
        `Origin: ${s.base}`, 'Connection: close', ...o.headers ?? []].join('\r\n')}\r\n\r\n${size === null ? '1000\r\n' : ''}${'a'.repeat(4096)}`, { ms: 10000, ...o });

    test('is refused before it is read, by whatever link takes nothing, in the same words', async () => {
        const o = await opened(), used = await opened(), late = await opened();
        await receive(used, { condition: 'BUENO' });
        await s.sql('UPDATE photo_links SET at = at - 660 WHERE form = ?1', late.form);
        await s.settled();          // photos of before are done
        const before = spool(), plain = (text) => text.replace(/^(x-request-id|date): .*$/gim, '').replace(/[A-Za-z0-9_-]{22,}/g, '');
        // The connections are opened side by side, since each lingers for some seconds after its answer.
        const answers = await Promise.all(['x'.repeat(22), used.token, late.token, `${o.token}x`, o.form].flatMap((token) =>
            [20e6, null].map((size) => begin(token, size))));
        for (const answer of answers) {
            assert.deepEqual(answer.statuses, [403], answer.text);
            assert.match(Buffer.from(answer.text, 'latin1').toString(), DEAD);
            assert.equal(plain(answer.text), plain(answers[0].text));
        }
        const cookie = `Cookie: ${[...oper.cookies].map((c) => c.join('=')).join('; ')}`;
        assert.deepEqual((await begin('x'.repeat(22), 20e6, { headers: [cookie] })).statuses, [403], 'nor of staff');
        assert.deepEqual((await begin(o.token, 20e6, { ms: 1500 })).statuses, [], 'a link that lives waits for it');
        assert.equal(spool(), before);
    });

    test('comes so often and no more by one link', async () => {
        const o = await opened();
        let refused = 0;
        for (let i = 0; i < 60 && !refused; i++)
            refused = (await begin(o.token, 20e6, { ms: 150 })).statuses.length;
        assert.equal(refused, 1);
        assert.equal((await phone(o.token)).status, 200, 'its page still says how many came');
    });

    test('has a secret that no log has seen', async () => {
        const o = await opened();
        await send(o.token, [jpeg_photo()]);
        await phone('x'.repeat(22));
        await s.settled();
        for (const file of fs.readdirSync(path.join(s.dir, 'log')))
            assert.equal(fs.readFileSync(path.join(s.dir, 'log', file), 'latin1').includes(o.token), false, file);
        assert.equal(await s.value("SELECT count(*) FROM photo_links WHERE hex(token_hash) LIKE '%' || hex(?1) || '%'", o.token), 0);
    });
});
