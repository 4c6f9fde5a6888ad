// F18, its half of the mail: many faults of the mail server and of the line to it, and a
// server that is away for hours.  No mail is lost, what may have been taken before goes
// out again as the same mail, and while the breaker is open nobody tries.  (The other
// half waits for the driver of S3, which does not exist yet.)
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { top } from '../helpers/system.mjs';
import { Chaos } from './chaos.mjs';
import { check, drain, group, say } from './checker.mjs';
import { Crowd } from './crowd.mjs';
import { counts, drain_hurried, failing_shop, mixed, tries } from './provider.mjs';
import { redis } from './redis.mjs';
import { program, start_again } from './storm.mjs';

const faults = Number(process.env.FAULT_MAILS ?? 40);
const away_s = 6 * 3600;
const SLOTS = 2;                 // each looks at mails before the queue `default`
const waiting = 8;               // mails that are written while it is away

const REFUSED = ['550', '554'];  // for good
const LATER = ['421', '450', '451', 'drop', 'taken-drop'];
const LINE = ['refused', 'no-smtp', 'silent', 'drip', 'no-tls', 'data-cut'];
// Half-open in the middle of a mail: thirty seconds, which ./dev test has no time for.
const LONG = process.env.FAULT_MAILS ? ['data-stopped'] : [];

const faults_of = (up) => ({
    refused: { does: 'reset' },
    'no-smtp': { does: 'garbage' },
    silent: { does: 'stop' },
    drip: { does: 'drip', way: 'down', after: 4 },
    'no-tls': { does: 'garbage', way: 'down', after: 400 },    // 200 to 1,000 is the server's hello
    'data-cut': { does: 'reset', way: 'up', after: up },
    'data-stopped': { does: 'stop', way: 'up', after: up },
});

let system, chaos, crowd;

before(async () => {
    chaos = await Chaos.listen();
    system = await failing_shop({ mail_url: `smtp://localhost:${chaos.port}` });
    chaos.target = { host: '127.0.0.1', port: system.smtp.port };
    crowd = new Crowd(system, null, { email: 1 });
});
after(async () => {
    crowd?.abandon();
    await system?.stop();
    chaos?.close();
});

async function announce(n) {
    for (let i = 0; i < n; i++)
        await crowd.announce(crowd.parcel());
}

// Refused for good, or sent in the end.
function oracle() {
    const met = group(system.smtp.ledger.read().filter((l) => l.to), (l) => l.to[0]);
    return (n) => ((met.get(n.recipient) ?? []).some((l) => REFUSED.includes(l.step)) ? 'failed' : 'sent');
}

test(`${faults} faults of the mail server and its line lose no mail`, async () => {
    await announce(1);
    await drain_hurried(system, 10000);
    const whole = chaos.lines[0].up;         // six tenths of it are in the middle of the mail
    Object.assign(chaos.faults, faults_of(Math.floor(whole * 0.6)));
    const line = [...LINE, ...LONG], server = [...REFUSED, ...LATER];
    chaos.script.set(mixed(faults, [...line, 'data-cut', ...server.map(() => 'ok')], ['silent', 'drip', 'data-stopped']));
    system.smtp.script.set(mixed(faults, server));
    await announce(faults);
    const drain_ms = await drain_hurried(system, 60000 + faults * 300);
    const figures = await check(system, crowd.ledger.read(), { expected: oracle() });
    const fired = chaos.lines.filter((l) => l.fired), steps = system.smtp.ledger.read().map((l) => l.step);
    say('F18', { faults: fired.length + steps.filter((step) => step !== 'ok').length, ...counts(fired.map((l) => l.name)),
        ...counts(steps), ...figures, drain_ms });
    const sent = await system.sql("SELECT message_id FROM notifications WHERE channel = 'email' AND state = 'sent'");
    const known = await system.sql('SELECT message_id FROM notifications');
    assert.equal(system.mails().length, sent.length + steps.filter((step) => step === 'taken-drop').length,
        'each is taken once, and once more where the answer was lost');
    assert.ok(system.mails().every((m) => known.some((n) => `<${n.message_id}>` === m.message_id)), 'as the same mail');
    assert.equal(await tries(system, 'mail.send'), chaos.lines.length, 'one connection a try');
    for (const name of [...line, ...server])
        assert.ok(chaos.lines.some((l) => l.name === name) || steps.includes(name), `nobody met ${name}`);
    assert.ok(fired.some((l) => l.name === 'data-cut'), 'no mail was cut');
});

// --- away for hours ---------------------------------------------------------

// The worker's clock, in seconds ahead of the test's.
class Clock {
    constructor() {
        this.file = path.join(system.dir, 'run/clock');
        this.ahead = 0;
        this.set(0);
    }

    set(ahead) {
        this.ahead = ahead;
        fs.writeFileSync(`${this.file}.new`, `+${ahead}\n`);
        fs.renameSync(`${this.file}.new`, this.file);
    }

    now() { return Math.floor(Date.now() / 1000) + this.ahead; }
    until(when) { this.set(Math.max(this.ahead, when - Math.floor(Date.now() / 1000))); }

    // The worker by this clock.  The monotonic ones stay as they are, as in a machine.
    async start_worker() {
        process.kill(system.pid('worker'), 'SIGTERM');
        await poll('the worker to end', () => program(system, 'worker') === 0, 40000);
        await start_again(system, 'worker', ['env', 'LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1',
            `FAKETIME_TIMESTAMP_FILE=${this.file}`, 'FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1',
            path.join(process.env.DEV_BUILD ?? path.join(top, 'build'), 'bin/paqueteria-worker'),
            '--config', path.join(system.dir, 'conf/paqueteria.conf')]);
    }
}

const breaker = async () => (await system.sql("SELECT * FROM queues WHERE name = 'mail'"))[0];
const hint = (queue) => redis(system, 'XADD', `paq:q:${queue}`, '*', 'j', '0');
const mail_attempts = () => system.sql('SELECT a.* FROM job_attempts a JOIN jobs j ON j.id = a.job_id'
    + " WHERE j.kind = 'mail.send' ORDER BY a.started_at");

// A slot that takes this job has looked at the mails before it.
async function slots_have_looked() {
    await system.sql("INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, priority, state)"
        + " VALUES ('default', 'noop', '{}', 0, 3, 0, 100, 'ready')");
    await hint('default');
    await poll('a slot to look', async () => await system.value(
        "SELECT count(*) FROM jobs WHERE kind = 'noop' AND state <> 'done'") === 0);
}

// To the next moment at which a mail may go, and until one has been tried.
async function next_try(clock) {
    const before = (await mail_attempts()).length;
    const due = await system.value("SELECT min(run_at) FROM jobs WHERE kind = 'mail.send' AND state = 'ready'");
    clock.until(Math.max(due, (await breaker()).open_until) + 1);
    await hint('mail');
    await poll('a try', async () => (await mail_attempts()).length > before);
    await poll('its end', async () => await system.value(
        "SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND state = 'running'") === 0);
}

test('while the mail server is away for six hours nobody tries, and then every mail leaves', async () => {
    await system.sql('DROP TRIGGER no_breaker');
    system.env.PAQUETERIA_WORKER_SLOTS = SLOTS;
    const clock = new Clock(), start = clock.now(), done = (await mail_attempts()).length;
    await clock.start_worker();
    await chaos.away();
    await announce(waiting);
    const open = [];             // when the breaker was open, and how many had been tried by then
    while (clock.now() < start + away_s) {
        await next_try(clock);
        const { open_until, open_for } = await breaker();
        if (open_until <= clock.now())
            continue;
        open.push([open_until - open_for, open_until]);
        const so_far = (await mail_attempts()).length;
        clock.until(open_until - Math.ceil(open_for / 10));
        await slots_have_looked();
        assert.equal((await mail_attempts()).length, so_far, 'nobody tries while it is open');
    }
    const tried = (await mail_attempts()).slice(done);
    const burnt = tried.filter((a) => open.some(([from, to]) => a.started_at > from && a.started_at < to));
    await chaos.back();
    while (await system.value("SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND state = 'ready'") > 0)
        await next_try(clock);
    await drain(system);
    const figures = await check(system, crowd.ledger.read(), { expected: oracle() });
    say('F18 away', { hours: away_s / 3600, mails: waiting, openings: open.length,
        tries_in_vain: tried.length, burnt: burnt.length,
        longest_opening_s: Math.max(...open.map(([from, to]) => to - from)), late_h: Math.ceil((clock.now() - start) / 3600),
        ...figures });
    assert.equal(burnt.length, 0);
    assert.ok(tried.length <= 5 + 2 * SLOTS + open.length, 'one each time that it was half open');
    assert.deepEqual([(await breaker()).failures, (await breaker()).open_until], [0, 0]);
});
