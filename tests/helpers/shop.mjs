// Acts of people at a pick-up point, through the forms that they have.
import { strict as assert } from 'node:assert';
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

let count = 0, phones = 2100;

// Guides and phones that no other test of the file has.
export const new_guide = () => `GUIA7000${String(++count).padStart(4, '0')}`;
export const new_phone = () => `300555${String(++phones % 10000).padStart(4, '0')}`;
export const e164 = (phone) => `+57${phone}`;

// The key of an operation that is done once, and the header that carries it to the API.
export const new_key = () => randomBytes(12).toString('hex');
export const key = () => ({ 'Idempotency-Key': new_key() });

// Announce by the public form; the answer to the POST.
export async function announce(client, fields = {}) {
    const page = await client.get('/announce');
    return client.submit(page, '/announce', { name: 'Rosa Prueba', phone: new_phone(),
        guides: new_guide(), consent: '1', ...fields });
}

// A parcel that was just announced, as its row.
export async function announced(s, client, fields = {}) {
    const guides = fields.guides ?? new_guide();
    const answer = await announce(client, { ...fields, guides });
    assert.equal(answer.status, 303, answer.words);
    return row(s, guides);
}

export async function row(s, guide) {
    const [p] = await s.sql('SELECT * FROM packages WHERE guide_number = ?1 ORDER BY id DESC LIMIT 1', guide);
    return p && { ...p, public_token: link_token(s, p) };
}

// The secret part of a parcel's link, which is stored nowhere (lib/domain/parcel/link.c).
export function link_token(s, { tracking_code, link_version }) {
    return derived(s, 'pickup_key', `link:${tracking_code}:${link_version}`);
}

// The address by which the reader of the letter that asks proves an e-mail (lib/domain/parcel/email_proof.c).
export function email_link(s, { id, announced_email }) {
    return `/email/${id}-${derived(s, 'token_key', `email:${id}:${announced_email}`)}`;
}

// An announced parcel whose e-mail its reader has proved by that link.
export async function announced_by_mail(s, client, fields) {
    const p = await announced(s, client, fields), at = email_link(s, p);
    const answer = await client.submit(await client.get(at), at);
    assert.equal(answer.status, 303, answer.words);
    return row(s, p.guide_number);
}

function derived(s, secret, text) {
    const key = fs.readFileSync(path.join(s.dir, 'secrets', secret), 'utf8').trimEnd();
    let number = BigInt(`0x${createHmac('sha256', key).update(text).digest('hex')}`);
    let token = '';
    for (; token.length < 22; number /= 62n)
        token += BASE62[Number(number % 62n)];
    return token;
}

// Receive by the counter's form; the answer to the POST.
export async function receive(oper, guide, fields = {}, photos = []) {
    const page = await oper.get(`/receive?guide=${encodeURIComponent(guide)}`);
    return oper.submit(page, '/receive', fields, { photos });
}

export async function received(s, oper, guide, fields, photos) {
    const answer = await receive(oper, guide, fields, photos);
    assert.equal(answer.status, 303, answer.words);
    return row(s, guide);
}

// An announced and received parcel.
export async function on_shelf(s, client, oper, fields = {}) {
    const p = await announced(s, client, fields);
    return received(s, oper, p.guide_number);
}

// The code as its owner reads it on the page of the link.
export async function pickup_code(client, p) {
    const page = await client.get(`/t/${p.public_token}`);
    return page.text.match(/<p class="code code-large">(\d{3}) (\d{3})<\/p>/).slice(1).join('');
}

// A code of six digits that is not this one.
export const wrong_code = (code) => String((Number(code) + 1) % 1000000).padStart(6, '0');

// Goes from the code to the page of hand-over; the answer itself if nothing is found.
export async function quote(oper, code) {
    const answer = await oper.submit(await oper.get('/deliver'), '/deliver/quote', { code });
    return answer.status === 303 ? oper.follow(answer) : answer;
}

// A link by which a phone sends photos into a form of that clerk: its secret.
export async function photo_link(clerk) {
    const { csrf } = (await clerk.get('/profile')).form('/logout').fields;
    return (await clerk.post('/photo-links', { form: { csrf } })).words.match(/\/photos\/(\w{22})/)[1];
}

// A hidden field that a browser gives as one value is a list when several boxes are ticked.
export async function hand_over(oper, code, fields = {}) {
    const page = await quote(oper, code);
    assert.equal(page.status, 200, page.words);
    return oper.submit(page, '/deliver', fields);
}
