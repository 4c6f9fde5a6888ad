// Was anything lost, or done twice?  What clients were told and what the providers
// took, compared with the database (quality.md §1 and §3).  Every fault is a sentence.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { poll } from '../helpers/poll.mjs';

const EVENTS = { announce: 'ANUNCIO', receive: 'RECEPCION', deliver: 'ENTREGA' };
const MESSAGES = { announce: 'package_announced', receive: 'package_received', deliver: 'package_delivered' };
const STATES = { announce: 'ANUNCIADO', receive: 'RECIBIDO', deliver: 'ENTREGADO' };
// How the SMS of an event reads, in the letters that it is sent in.
const SMS_TEXT = { package_announced: /anuncio recibido/, package_received: /: recibimos /,
    package_delivered: /: entregamos / };

// Nothing waits and nothing runs any more; how many ms that took.  What was killed three times waits 15 s
// before it is tried again.
export async function drain(system, ms = 60000) {
    const start = Date.now();
    let left;
    await poll('an empty queue', async () => {
        left = await system.sql('SELECT kind, state, attempt, crashes, run_at - unixepoch() AS due_in,'
            + " last_error FROM jobs WHERE state IN ('ready', 'running') LIMIT 20");
        return left.length === 0;
    }, ms).catch(async (error) => {
        const [{ n }] = await system.sql("SELECT count(*) AS n FROM jobs WHERE state IN ('ready', 'running')");
        throw new Error(`${error.message}: ${n} jobs are left, of them ${JSON.stringify(left, null, 1)}`);
    });
    return Date.now() - start;
}

export const group = (rows, key) => {
    const groups = new Map();
    for (const row of rows)
        groups.set(key(row), [...groups.get(key(row)) ?? [], row]);
    return groups;
};

async function read(system) {
    const rows = (what) => system.sql(what);
    const all = {
        packages: await rows('SELECT id, guide_key, state, total_fee, last_event_id FROM packages'),
        events: await rows('SELECT *, hex(hash) AS sum FROM package_events ORDER BY id'),
        payments: await rows('SELECT package_id, amount FROM payments'),
        notifications: await rows('SELECT n.*, np.package_id FROM notifications n'
            + ' LEFT JOIN notification_packages np ON np.notification_id = n.id'),
        jobs: await rows('SELECT id, kind, state, last_error FROM jobs'),
        attempts: await rows('SELECT job_id, attempt, outcome FROM job_attempts'),
        files: await rows('SELECT package_id, state FROM package_files'),
    };
    const by_package = (row) => row.package_id;
    return {
        ...all,
        package_of: group(all.packages, (p) => p.guide_key),
        events_of: group(all.events, by_package),
        payments_of: group(all.payments, by_package),
        messages_of: group(all.notifications, by_package),
        files_of: group(all.files, by_package),
        attempts_of: group(all.attempts, (a) => a.job_id),
    };
}

// The chain of custody as domain.md §1 has it, computed anew.
function chain_breaks(events) {
    let hash = Buffer.alloc(32);
    const part = (s) => `${Buffer.byteLength(s ?? '')}:${s ?? ''}|`;
    return events.filter((e) => {
        const text = `${e.package_id}|${e.at}|${e.user_id ?? 0}|${e.undoes ?? 0}|`
            + [e.kind, e.actor, e.state_before, e.state_after, e.details].map(part).join('');
        hash = createHash('sha256').update(hash).update(text).digest();
        return hash.toString('hex').toUpperCase() !== e.sum;
    });
}

class Checker {
    // expected: how a message must have ended where the providers were made to fail, and
    // so that a mail may have gone out again; without it all were sent but for a crash.
    // io_errors: every try may have been disturbed.
    constructor(db, sms, mails, { expected, io_errors }) {
        Object.assign(this, { db, expected, io_errors, lost: [], doubled: [], wrong: [] });
        const failed = db.notifications.filter((n) => expected?.(n) === 'failed');
        this.must_die = new Set(failed.map((n) => n.job_id));
        this.sms = group(sms, (line) => `+${line.number}`);
        this.mails = group(mails, (line) => line.message_id);
        this.counts = { sms: sms.length, mails: mails.length, unknown: 0, mails_again: 0 };
    }

    // Counts the rows that one act left: none is lost, two are one too many.
    once(what, found) {
        if (found.length === 0)
            this.lost.push(what);
        if (found.length > 1)
            this.doubled.push(`${what} (${found.length} times)`);
    }

    // Compares the acts of one parcel that were acknowledged with its rows.
    parcel(guide, acts) {
        const rows = this.db.package_of.get(guide) ?? [];
        this.once(`package ${guide}`, rows);
        if (rows.length !== 1)
            return;
        const id = rows[0].id;
        const events = this.db.events_of.get(id) ?? [];
        for (const e of chain_breaks(events))
            this.wrong.push(`${guide}: the chain of custody breaks at event ${e.id}`);
        if (rows[0].last_event_id !== events.at(-1)?.id)
            this.wrong.push(`${guide}: its last event is not the row's`);
        for (const [op, kind] of Object.entries(EVENTS)) {
            const of_kind = events.filter((e) => e.kind === kind);
            if (acts.has(op))
                this.act(guide, id, op, acts.get(op), of_kind);
            else if (of_kind.length > 0)
                this.wrong.push(`${guide}: ${kind} that nobody was told of`);
        }
        const state = STATES[[...acts.keys()].at(-1)];
        if (rows[0].state !== state)
            this.lost.push(`${guide} is ${rows[0].state} and was acknowledged as ${state}`);
    }

    act(guide, id, op, act, events) {
        this.once(`${guide} ${EVENTS[op]}`, events);
        const messages = (this.db.messages_of.get(id) ?? []).filter((n) => n.event === MESSAGES[op]);
        this.once(`${guide} SMS of ${op}`, messages.filter((n) => n.channel === 'sms'));
        if (act.email)
            this.once(`${guide} e-mail of ${op}`, messages.filter((n) => n.channel === 'email'));
        if (op === 'deliver') {
            const payments = this.db.payments_of.get(id) ?? [];
            this.once(`${guide} payment`, payments);
            if (payments.some((p) => p.amount !== 1500))
                this.wrong.push(`${guide}: paid ${payments.map((p) => p.amount)}`);
        }
        if (op === 'receive' && act.photo) {
            const files = this.db.files_of.get(id) ?? [];
            this.once(`${guide} photo`, files);
            if (files.some((f) => f.state !== 'ready'))
                this.wrong.push(`${guide}: its photo is ${files.map((f) => f.state)}`);
        }
    }

    // Something came between: a crash, a worker that was taken for dead, or errors
    // that kept the outcome from being written.
    was_disturbed(n) {
        return this.io_errors || (this.db.attempts_of.get(n.job_id) ?? [])
            .some((a) => ['crashed', 'timeout', 'fenced'].includes(a.outcome));
    }

    // A mail whose answer did not come goes out once more, and may then be refused.
    may_go_again(n) {
        return n.channel === 'email' && (this.expected || this.was_disturbed(n));
    }

    // A message that waited until its parcel was somewhere else was taken back, and says so.
    was_withdrawn(n) {
        const p = this.db.packages.find((row) => row.id === n.package_id);
        return ['cancelled', 'suppressed'].includes(n.state) && /^ya no es cierto/.test(n.error)
            && MESSAGES[Object.keys(STATES).find((op) => STATES[op] === p?.state)] !== n.event;
    }

    message(n) {
        const what = `${n.channel} ${n.event} ${n.id}`;
        const taken = n.channel === 'sms'
            ? (this.sms.get(n.recipient) ?? []).filter((line) => SMS_TEXT[n.event].test(line.message))
            : this.mails.get(`<${n.message_id}>`) ?? [];
        this.counts.unknown += n.state === 'unknown';
        if (this.was_withdrawn(n)) {
            if (taken.length > 0)
                this.wrong.push(`${what} is withdrawn and was accepted`);
            return;
        }
        if (n.state === 'sent' && taken.length === 0)
            this.lost.push(`${what} is sent and the provider has none`);
        else if (n.state === 'failed' && taken.length > 0 && !this.may_go_again(n))
            this.wrong.push(`${what} is failed and was accepted`);
        else if (!['sent', 'unknown', 'failed'].includes(n.state))
            this.lost.push(`${what} stayed ${n.state}`);
        if (this.expected && n.state !== this.expected(n))
            this.wrong.push(`${what} is ${n.state} and not ${this.expected(n)}: ${n.error}`);
        if (n.state === 'unknown' && !this.expected && !this.was_disturbed(n))
            this.wrong.push(`${what} is unknown without a crash`);
        if (n.channel === 'sms')
            this.sms_taken(what, n, taken);
        else
            this.mail_taken(what, n, taken);
    }

    sms_taken(what, n, taken) {
        if (taken.length > 1)
            this.doubled.push(`${what} (accepted ${taken.length} times)`);
        if (n.state === 'sent' && taken.length === 1 && taken[0].id !== n.provider_id)
            this.wrong.push(`${what} has the provider's id ${n.provider_id}, not ${taken[0].id}`);
    }

    // A mail may go out again after a crash, as the same mail.
    mail_taken(what, n, taken) {
        if (taken.length > 1 && !this.may_go_again(n))
            this.doubled.push(`${what} (accepted ${taken.length} times)`);
        this.counts.mails_again += Math.max(0, taken.length - 1);
    }

    jobs() {
        const ends = (row) => (this.must_die.has(row.id) ? 'dead' : 'done');
        for (const j of this.db.jobs.filter((row) => row.state !== ends(row)))
            this.wrong.push(`job ${j.id} ${j.kind} is ${j.state}: ${j.last_error}`);
        for (const j of this.db.jobs.filter((row) => row.state === 'done')) {
            const tries = this.db.attempts_of.get(j.id) ?? [];
            this.once(`job ${j.id} ${j.kind} ended well`, tries.filter((a) => a.outcome === 'ok'));
            for (const a of tries.filter((row) => row.outcome === null))
                this.wrong.push(`try ${a.attempt} of job ${j.id} has no outcome`);
        }
    }
}

async function store_faults(system) {
    const faults = [];
    const whole = await system.value('PRAGMA integrity_check');
    if (whole !== 'ok')
        faults.push(`integrity: ${whole}`);
    if ((await system.sql('PRAGMA foreign_key_check')).length > 0)
        faults.push('a foreign key points nowhere');
    const shelf = (await system.sql('SELECT (SELECT sum(used) FROM positions) AS used,'
        + ' (SELECT count(*) FROM packages WHERE position_id IS NOT NULL) AS there'))[0];
    if (shelf.used !== shelf.there)
        faults.push(`positions count ${shelf.used} parcels, ${shelf.there} are there`);
    return faults;
}

// Compare; throws when a promise was broken.  acts: the client's ledger; expected: the
// state that a notification's row must have, where not all can be sent; io_errors: every
// try may have been disturbed.  Returns the figures, for the line that a test prints.
export async function check(system, acts, { expected, io_errors = false } = {}) {
    const checker = new Checker(await read(system), system.sms(), system.mails(), { expected, io_errors });
    const parcels = group(acts, (act) => act.guide);
    for (const [guide, list] of parcels)
        checker.parcel(guide, new Map(list.map((act) => [act.op, act])));
    for (const p of checker.db.packages)
        if (!parcels.has(p.guide_key))
            checker.wrong.push(`package ${p.guide_key}, which nobody announced`);
    checker.db.notifications.forEach((n) => checker.message(n));
    checker.jobs();
    const wrong = [...checker.wrong, ...await store_faults(system)];
    const all = [...checker.lost.map((s) => `lost: ${s}`), ...checker.doubled.map((s) => `doubled: ${s}`),
        ...wrong];
    assert.equal(all.length, 0, `${all.length} faults\n${all.slice(0, 30).join('\n')}`);
    return { ...checker.counts, lost: checker.lost.length, duplicated: checker.doubled.length,
        integrity: 'ok' };
}

// "F01 kills=200 …": the line of a test, kept in the notes.
export const say = (id, figures) => console.log([id,
    ...Object.entries(figures).map(([name, value]) => `${name}=${value}`)].join(' '));
