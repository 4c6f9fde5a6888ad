// F28: after a reboot what was running is back in work at once.  F24: a worker that is
// told to stop gives back what it cannot finish.  F29: a pile of reports delays no SMS.
// F14: jobs that crash, loop, eat memory and flood end dead, and nobody else notices.
// Mails leave though thousands of SMS wait, or the provider of SMS answers none.
// Alone: it measures times.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { ACTS, add_job, kill_worker, start_bad_worker, with_bad_worker } from './bad_worker.mjs';
import { Crowd, busy_shop, quantile, rest } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { is_alive, program } from './storm.mjs';

const grace_s = Number(process.env.FAULT_GRACE_S ?? 4);
const reports = Number(process.env.FAULT_REPORTS ?? 1500);
const pile = Number(process.env.FAULT_PILE ?? 3000);
const bad = Number(process.env.FAULT_BAD ?? 5);
const RUNNING = 50;
const SLOTS = 8;                 // as a worker has where nothing else is configured

const boots = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-boot-'));
const boot_id_file = path.join(boots, 'boot_id');
const boot = (id) => fs.writeFileSync(boot_id_file, `${id}\n`);
let system, crowd;

before(async () => {
    boot('the-first-boot');
    system = await busy_shop({ boot_id_file, worker_grace_s: grace_s });
    await drain(system);                         // the ticks that the schedule makes up for
    await with_bad_worker(system);
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 0 });
});
after(async () => {
    crowd?.abandon();
    await system?.stop();
    fs.rmSync(boots, { recursive: true });
});

const pause = (queue, on) => system.sql('UPDATE queues SET paused = ?1 WHERE name = ?2', on, queue);
const jobs = (where) => system.sql(`SELECT * FROM jobs WHERE ${where} ORDER BY id`);
const outcomes = async (id) => (await system.sql('SELECT outcome FROM job_attempts WHERE job_id = ?1'
    + ' ORDER BY attempt', id)).map((row) => row.outcome);
const announce = (n) => Promise.all(Array.from({ length: n }, () => crowd.announce(crowd.parcel())));

// Somebody who holds a lock of a worker, as a living one does.
async function hold_lock(name) {
    const file = path.join(system.dir, 'run', `worker.${name}.lock`);
    const holder = spawn('flock', [file, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    return holder;
}

test(`after a reboot ${RUNNING} jobs that were running are back in work within 5 s`, async () => {
    await pause('sms', 1);
    await announce(RUNNING);
    const host = await system.value('SELECT host FROM workers LIMIT 1');
    await kill_worker(system);
    const name = '1.1.before';
    const holder = await hold_lock(name);        // so that only the boot tells that it is dead
    await system.sql("UPDATE jobs SET state = 'running', attempt = 1, worker = ?1, host = ?2,"
        + " boot_id = 'the-first-boot', lease_until = 1e15, lease_wall = unixepoch() + 9999,"
        + " started_at = unixepoch() WHERE queue = 'sms' AND state = 'ready'", name, host);
    await system.sql('INSERT INTO job_attempts (job_id, attempt, worker, started_at)'
        + " SELECT id, 1, worker, unixepoch() FROM jobs WHERE worker = ?1", name);
    assert.match(await system.cron('jobs-sweep'), /cola: 0$/m, 'in this boot its lock is held');
    await pause('sms', 0);
    boot('the-second-boot');
    const start = Date.now();
    await start_bad_worker(system);
    await poll('all of them taken up again', async () => await system.value('SELECT count(*) FROM job_attempts'
        + ' WHERE attempt = 2') === RUNNING, 20000);
    const back_ms = Date.now() - start;
    await drain(system);
    holder.stdin.end();
    const figures = await check(system, crowd.ledger.read());
    say('F28', { running: RUNNING, back_ms, ...figures });
    assert.ok(back_ms <= 5000, `${back_ms} ms`);
    assert.equal(await system.value("SELECT count(*) FROM job_attempts WHERE attempt = 1 AND outcome = 'crashed'"),
        RUNNING);
    assert.equal(figures.unknown, 0);
});

async function hang(queue, kind, n) {
    await add_job(system, queue, kind);
    await poll(`${n} running jobs`, async () => (await jobs("state = 'running'")).length === n);
}

test('told to stop with 4 running jobs the worker loses none and all are back in time', async () => {
    const limit_ms = (grace_s + 5) * 1000;
    const first = await system.value('SELECT max(id) FROM jobs');
    system.liwa.script.set(['taken-held', 'ok']);
    await hang('reports', 'hang.light', 1);      // they hang one after another, so that each finds its slot
    await hang('reports', 'hang.light', 2);
    await hang('files', 'hang.alone', 3);
    await announce(1);
    await poll('a message without its answer', () => system.liwa.held.length === 1);
    const mine = await jobs(`id > ${first}`);
    const pid = program(system, 'worker');
    const start = Date.now();
    process.kill(pid, 'SIGTERM');
    await rest(500);                             // it lets finish what does
    system.liwa.release();
    await poll('the worker to end', () => !is_alive(pid), limit_ms);
    const stop_ms = Date.now() - start;
    assert.deepEqual(await jobs("state = 'running'"), [], 'what it held is given back');
    await start_bad_worker(system);
    await poll('all four to be done', async () => (await jobs(`id > ${first} AND state = 'done'`)).length === 4);
    const back_ms = Date.now() - start;
    const figures = await check(system, crowd.ledger.read());
    const tries = [];
    for (const j of mine)
        tries.push([j.kind, ...await outcomes(j.id)].join(' '));
    say('F24', { grace_s, stop_ms, back_ms, ...figures, tries: JSON.stringify(tries) });
    assert.ok(back_ms <= limit_ms, `${back_ms} ms`);
    assert.deepEqual(tries, ['hang.light crashed ok', 'hang.light crashed ok', 'hang.alone ok', 'sms.send ok']);
});

test(`${reports} reports that wait delay no SMS by more than 2 s`, async () => {
    await system.sql('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)'
        + " INSERT INTO jobs (queue, kind, args, state, run_at, max_attempts, created_at) SELECT 'reports',"
        + " 'noop', '{}', 'ready', unixepoch(), 3, unixepoch() FROM n", reports);
    const waiting = () => system.value("SELECT count(*) FROM jobs WHERE queue = 'reports' AND state = 'ready'");
    const start = Date.now(), left = [];
    do {
        const sent = system.sms().length;
        await announce(1);
        await poll('its message', () => system.sms().length > sent, 30000);
        left.push(await waiting());
    } while (left.at(-1) > 0 && left.length < 20);
    const delays = crowd.waits(start);
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F29', { reports, messages: delays.length, longest_ms: Math.max(...delays), left_after_first: left[0],
        ...figures, drain_ms });
    assert.ok(left[0] > 0, 'the first left before the reports were done');
    assert.ok(Math.max(...delays) <= 2000, `${delays}`);
});

// Jobs that misbehave: four kinds in a process of their own, two in their slot; a loop in a
// slot takes its deadline and 5 s more, so that the short form has none.
const bad_jobs = (n) => Array.from({ length: n }, (_, i) => [
    ['files', 'bad.alone', { act: ACTS.crash }],
    ['files', 'bad.alone', { act: ACTS.eat }],
    ['files', 'bad.endless', { act: ACTS.loop }],
    ['files', 'bad.endless', { act: ACTS.flood }],
    ['reports', 'bad.light', { act: n < 50 || i % 2 ? ACTS.crash : ACTS.loop }],
][i % 5]);

// How the tries ended of what crashes or eats, which is a crash, and of what goes on until
// its time or its processor's time is over.
const ends_of = async (...acts) => (await system.sql("SELECT DISTINCT a.outcome || ': ' || j.last_error AS end"
    + ' FROM job_attempts a JOIN jobs j ON j.id = a.job_id'
    + ` WHERE j.kind LIKE 'bad.%' AND json_extract(j.args, '$.act') IN (${acts}) ORDER BY 1`)).map((row) => row.end);

test(`${bad} jobs that crash, loop, eat memory and flood end dead and delay nothing else`, async () => {
    const pid = program(system, 'worker');
    const left = () => system.value("SELECT count(*) FROM jobs WHERE kind LIKE 'bad.%' AND state <> 'dead'");
    for (const job of bad_jobs(bad))
        await add_job(system, ...job, bad < 50 ? 2 : 3);
    const start = Date.now();
    crowd.rest_ms = 100;
    crowd.start(2);
    await poll('all of them dead', async () => {
        await system.sql("UPDATE jobs SET run_at = unixepoch() WHERE kind LIKE 'bad.%' AND state = 'ready'");
        return await left() === 0;
    }, 20000 + bad * 4000);
    const storm_ms = Date.now() - start;
    await poll('messages, also where few leave in so short a time', () => crowd.waits(start).length > 10, 60000);
    await crowd.stop();
    const crashed = await ends_of(ACTS.crash, ACTS.eat), stopped = await ends_of(ACTS.loop, ACTS.flood);
    await system.sql("DELETE FROM job_attempts WHERE job_id IN (SELECT id FROM jobs WHERE kind LIKE 'bad.%')");
    await system.sql("DELETE FROM jobs WHERE kind LIKE 'bad.%'");
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const waits = crowd.waits(start), sms_p99_ms = quantile(waits, 0.99);
    say('F14', { bad, storm_ms, messages: waits.length, sms_p99_ms, ...figures, stopped: JSON.stringify(stopped) });
    assert.deepEqual(crashed, ['crashed: el proceso murió']);
    assert.ok(stopped.includes('timeout: pasó su tiempo'), `${stopped}`);
    assert.equal(program(system, 'worker'), pid, 'the consumer lives');
    await poll('its slots and its keeper', () => system.children(pid).length === SLOTS + 1);
    assert.ok(sms_p99_ms <= 2000, `${sms_p99_ms} ms`);
});

// The mail of a password that somebody asked for, and how long it took to leave.
async function password_mail(username) {
    const anybody = system.client(), sent = system.mails().length, start = Date.now();
    await anybody.submit(await anybody.get('/auth/forgot-password'), '/auth/forgot-password',
        { username });
    await poll('the mail with the link', () => system.mails().length > sent, 60000);
    return Date.now() - start;
}

// n SMS of different people wait in the paused queue, each with its job, as copies of one that was sent.
async function sms_waiting(n) {
    const parcel = crowd.parcel();
    await crowd.announce(parcel);
    await drain(system);
    const one = await system.value('SELECT max(id) FROM notifications WHERE recipient = ?1', parcel.phone);
    await pause('sms', 1);
    await system.sql('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)'
        + ' INSERT INTO notifications (customer_id, event, channel, recipient, template_id, variables, class, state,'
        + ' created_at, not_before, dedupe_key) SELECT customer_id, event, channel,'
        + " '+57300555' || printf('%04d', i), template_id, variables, class, 'queued', created_at, not_before,"
        + " 'pila:' || i || ':' || id FROM notifications, n WHERE id = ?1", one, n);
    await system.sql('INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence)'
        + ' SELECT n.id, np.package_id, np.event, np.channel, 1e6 + n.id FROM notifications n'
        + ' JOIN notification_packages np ON np.notification_id = ?1 WHERE n.id > ?1', one);
    await system.sql('INSERT INTO jobs (queue, kind, args, state, run_at, max_attempts, created_at)'
        + " SELECT 'sms', 'sms.send', json_object('notification_id', id), 'ready', unixepoch(), 12, unixepoch()"
        + ' FROM notifications WHERE id > ?1', one);
}

const sms_left = () => system.value("SELECT count(*) FROM jobs WHERE queue = 'sms' AND state = 'ready'");

test(`${pile} SMS that wait delay no mail by more than 2 s`, async () => {
    await sms_waiting(pile);
    await pause('sms', 0);
    const mails_ms = [await password_mail('oper'), await password_mail('oper')];
    const left = await sms_left();
    await system.sql("UPDATE jobs SET state = 'cancelled' WHERE queue = 'sms' AND state = 'ready'");
    await drain(system);
    say('F29', { sms: pile, mails_ms: String(mails_ms), left });
    assert.ok(left > 0, 'the mails left before the SMS were done');
    assert.ok(Math.max(...mails_ms) <= 2000, `${mails_ms} ms`);
});

test('with a provider that does not answer and 60 SMS that wait a mail leaves within 2 s', async () => {
    const running = () => system.value("SELECT count(*) FROM jobs WHERE queue = 'sms' AND state = 'running'");
    await sms_waiting(60);
    system.liwa.script.set(['taken-held']);
    await pause('sms', 0);
    await poll('several SMS to wait for their answers', async () =>
        system.liwa.held.length > 1 && system.liwa.held.length === await running());
    const mails_ms = [await password_mail('jefa'), await password_mail('jefa')];
    const held = system.liwa.held.length, left = await sms_left();
    system.liwa.script.set(['ok']);
    system.liwa.release();
    const drain_ms = await drain(system);
    say('F29', { held, mails_ms: String(mails_ms), left, drain_ms });
    assert.ok(left + held > 50, 'the provider is waited for');
    assert.ok(Math.max(...mails_ms) <= 2000, `${mails_ms} ms`);
});
