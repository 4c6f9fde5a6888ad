// People at work while something breaks: parcels are announced, received and handed
// over by the API, several at once.  Who gets no good answer asks again with the same
// Idempotency-Key until there is one; only that is written into the client's ledger,
// which a checker compares with the database (checker.mjs).
import path from 'node:path';
import { evenly } from '../helpers/chance.mjs';
import ledger from '../helpers/ledger.js';
import { jpeg_photo } from '../helpers/image.mjs';
import { System } from '../helpers/system.mjs';

// Created now: retention forgets a person of five years ago who has no parcel.
const KNOWN = 'INSERT INTO customers (full_name, search_key, phone, email, created_at, email_confirmed_at)';
const INSIST_MS = 60000;
const AGAIN_MS = 20;             // between a bad answer and the next try
const AWAY = [502, 503, 504, 507];   // answers after which a client asks again; any other refusal is a fault

// A system whose limits are not what is tested: messages wait a second, and nobody
// announces or sends too much.
export async function busy_shop(settings = {}) {
    const system = await System.start({ undo_s: 1, announce_per_hour: 100000, ...settings });
    await system.sql("INSERT INTO settings (key, value, changed_at) VALUES"
        + " ('sms.budget_day', '100000000', 0), ('sms.budget_month', '100000000', 0)");
    return system;
}

export const rest = (ms) => new Promise((done) => setTimeout(done, ms));

// The value below which this share of a list is.
export const quantile = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)];

export class Crowd {
    // o: the share of parcels that are received, and of these that are handed over;
    // one of so many (0: none) comes with an e-mail address, one with a photo; how long each
    // person rests between two parcels; after which answers more they ask again, and how long.
    constructor(system, clerk, o = {}) {
        Object.assign(this, { received: 0.7, delivered: 0.6, email: 4, photo: 0, rest_ms: 30, again: [], insist_ms: INSIST_MS, ...o });
        this.is_received = evenly(this.received);
        this.is_delivered = evenly(this.delivered);
        this.system = system;
        this.clerk = clerk;
        this.public = system.client();
        this.ledger = new ledger.Ledger(path.join(system.dir, 'client.ledger'));
        this.count = 0;
        this.stats = { announce: 0, receive: 0, deliver: 0, broken: 0, http_5xx: 0, replayed: 0 };
    }

    start(people) {
        this.working = true;
        this.ready ??= this.all_known();
        this.people = Array.from({ length: people }, () => this.person());
    }

    // Everybody finishes what they are at, and gets their good answers.
    async stop() {
        this.working = false;
        await Promise.all(this.people);
    }

    // The test is over, well or not: nobody asks again.
    abandon() {
        this.working = false;
        this.abandoned = true;
    }

    async person() {
        await this.ready;
        while (this.working) {
            const parcel = this.parcel();
            await this.announce(parcel);
            if (this.is_received() && this.working) {
                await this.receive(parcel);
                if (this.is_delivered() && this.working)
                    await this.deliver(parcel);
            }
            await rest(this.rest_ms);
        }
    }

    // A new parcel's fields; its phone is no other's, so that a message tells whose it is.
    parcel() {
        const n = this.count++;
        if (n > 9999)
            throw new Error('no more phones of the block that is nobody\'s');
        const digits = String(n).padStart(4, '0');
        return { n, guide: `FALLA${digits}`, phone: `+57300555${digits}`, name: 'Rosa Prueba',
            email: n % this.email === 0 ? `p${digits}@example.com` : null };
    }

    async insist(op, p, send) {
        const headers = { 'Idempotency-Key': `falla-${op}-${String(p.n).padStart(8, '0')}` };
        for (const until = Date.now() + this.insist_ms; ; await rest(AGAIN_MS)) {
            let broke = '';
            const answer = await send(headers).catch((error) => { broke = error.message; return null; });
            if (answer?.status < 300)
                return this.acknowledged(op, p, answer);
            if (this.abandoned)
                return null;
            if (answer && ![...AWAY, ...this.again].includes(answer.status))
                throw new Error(`${op} ${p.guide}: ${answer.status} ${answer.text}`);
            this.stats[answer ? 'http_5xx' : 'broken']++;
            if (Date.now() > until)
                throw new Error(`${op} ${p.guide}: no good answer in ${this.insist_ms} ms, at last ${answer?.status ?? broke}`);
        }
    }

    acknowledged(op, p, answer) {
        this.stats[op]++;
        this.stats.replayed += answer.headers['idempotent-replayed'] === 'true';
        this.ledger.add({ op, guide: p.guide, phone: p.phone, email: p.email, photo: p.photo ?? false,
            status: answer.status });
        return answer;
    }

    // Whoever has an e-mail came before and confirmed it, else it would get no letter of the parcel.
    async known(p) {
        if (p.email)
            await this.system.sql(`${KNOWN} VALUES ('Rosa Prueba', 'rosa prueba', ?1, ?2, unixepoch(), 1)`, p.phone, p.email);
    }

    // Makes all customers known before anything breaks.
    async all_known() {
        if (this.email > 0)
            await this.system.sql(`WITH RECURSIVE person(n) AS (SELECT ?1 UNION ALL SELECT n + ?2 FROM person
                WHERE n + ?2 <= 9999) ${KNOWN} SELECT 'Rosa Prueba', 'rosa prueba', printf('+57300555%04d', n),
                printf('p%04d@example.com', n), unixepoch(), 1 FROM person`, Math.ceil(this.count / this.email) * this.email, this.email);
    }

    async announce(p) {
        await (this.ready ?? this.known(p));
        const json = { name: p.name, phone: p.phone, guides: [p.guide], consent: true };
        if (p.email)
            json.email = p.email;
        return this.insist('announce', p, (headers) =>
            this.public.post('/api/v1/announcements', { json, headers }));
    }

    // n announcements, one after another.
    async announce_many(n) {
        for (let i = 0; i < n; i++)
            await this.announce(this.parcel());
    }

    // Milliseconds from the answer to an announcement until the provider has its message.  Messages that were no
    // longer true, because the parcel had been received meanwhile, do not count.
    waits(since) {
        const sent = new Map(this.system.sms().filter((line) => /anuncio recibido/.test(line.message))
            .map((line) => [`+${line.number}`, line.at]));
        return this.ledger.read().filter((act) => act.op === 'announce' && act.at >= since && sent.has(act.phone))
            .map((act) => sent.get(act.phone) - act.at);
    }

    async receive(p) {
        p.photo = this.photo > 0 && p.n % this.photo === 0;
        const what = p.photo ? { form: { guide: p.guide }, files: { photos: jpeg_photo() } }
            : { json: { guide: p.guide } };
        const answer = await this.insist('receive', p, (headers) =>
            this.clerk.post('/api/v1/packages/receive', { ...what, headers }));
        p.id = answer?.json.id;
    }

    deliver(p) {
        return this.insist('deliver', p, (headers) => this.clerk.post('/api/v1/deliveries', {
            headers, json: hand_over(p.id) }));
    }
}

// A hand-over without a code: somebody who forgot it shows a document.
export const hand_over = (id) => ({ ids: [id], override_reason: 'codigo_olvidado',
    identity_checked: true, receiver_name: 'Rosa Prueba', receiver_document_type: 'CC', receiver_document_last4: '1234',
    method: 'efectivo', amount: 1500 });
