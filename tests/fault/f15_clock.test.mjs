// F15: the wall clock jumps, by an hour or a year, over midnight and 29 February.
// What runs is left to run, what waits leaves as if nothing had been, and a program of
// the schedule is started once for its minute, at the latest a day after it.
// Alone: it measures times.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { poll } from '../helpers/poll.mjs';
import { add_job, with_bad_worker } from './bad_worker.mjs';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { program } from './storm.mjs';

const HOUR = 3600, YEAR = 365 * 86400;
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const skip = !fs.existsSync(LIBRARY) && 'libfaketime is not here: install faketime';
const run = promisify(execFile);

// The clock of all programs of the system is ours and as much ahead as a file says; that
// of the test, and what counts from the start of the machine, stay as they are.
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-f15-'));
const ahead = path.join(dir, 'ahead');
const FAKED = { LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: ahead, FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' };

function jump(seconds) {
    fs.writeFileSync(`${ahead}.new`, `${seconds < 0 ? '' : '+'}${Math.floor(seconds)}\n`);
    fs.renameSync(`${ahead}.new`, ahead);
}

const BY_AGE = ['expire-announcements', 'retention', 'reminders', 'clean-temp', 'ageing', 'privacy', 'sms-cost'];

// Seconds from now until that time of Bogotá's day.
const until = (local) => (Date.parse(`${local}-05:00`) - Date.now()) / 1000;

let system, crowd;

before(async () => {
    if (skip)
        return;
    jump(0);
    const schedule_file = path.join(dir, 'schedule');
    fs.writeFileSync(schedule_file, '0 0 * * * 60 clean-temp # a\n30 2 * * * 2 sms-cost # b\n0 12 29 2 * 60 reminders # c\n');
    Object.assign(process.env, FAKED);
    // A certificate would not be valid in another year.
    system = await busy_shop({ schedule_file, sms_driver: 'file', sms_file: path.join(dir, 'sms') })
        .finally(() => Object.keys(FAKED).forEach((name) => delete process.env[name]));
    fs.writeFileSync(path.join(dir, 'sms'), '');
    system.sms = () => fs.readFileSync(path.join(dir, 'sms'), 'utf8').split('\n').filter(Boolean)
        .map((line) => JSON.parse(line)).map((line) => ({ ...line, number: line.number.replace('+', '') }));
    process.kill(program(system, 'tick'), 'SIGTERM');    // here a tick is asked for
    await drain(system);                                 // and what it began is over
    await with_bad_worker(system);
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 0 });
});
after(async () => {
    await system?.stop();
    fs.rmSync(dir, { recursive: true });
});

async function announced() {
    const parcel = crowd.parcel();
    await crowd.announce(parcel);
    return `${parcel.phone}`.slice(1);
}

async function leaves(numbers) {
    const start = Date.now();
    await poll('the messages to leave', () => numbers.every((n) => system.sms(n).length > 0),
        10000);
    return Date.now() - start;
}

// Somewhere in a job, and with a message that waits: the clock jumps.
async function jump_at_work(seconds) {
    await system.sql("UPDATE queues SET paused = 1 WHERE name = 'sms'");
    await add_job(system, 'reports', 'slow.light');
    await poll('the job to run', async () => await system.value("SELECT state FROM jobs WHERE kind = 'slow.light'"
        + ' ORDER BY id DESC LIMIT 1') === 'running');
    const waiting = await announced();
    jump(seconds);
    assert.match(await system.cron('jobs-sweep'), /cola: 0$/m, 'nothing is taken from who works');
    await system.sql("UPDATE queues SET paused = 0 WHERE name = 'sms'");
    return leaves([waiting, await announced()]);
}

// Rows that a clock a year ahead would have deleted, changed or written.
const belongings = async () => ({
    announced: await system.value("SELECT count(*) FROM packages WHERE state = 'ANUNCIADO'"),
    photos: await system.value('SELECT count(*) FROM package_files WHERE purge_at IS NULL'),
    messages: await system.value('SELECT count(*) FROM notifications'),
    sessions: await system.value('SELECT count(*) FROM sessions'),
    keys: await system.value('SELECT count(*) FROM idempotency_keys'),
    jobs: await system.value("SELECT count(*) FROM jobs WHERE state = 'done' AND kind <> 'noop'"),
});

test('a clock a year ahead for five seconds cancels, deletes and reminds of nothing', { skip }, async () => {
    await announced();
    await drain(system);
    const had = await belongings();
    assert.ok(had.announced > 0 && had.jobs > 0);
    jump(YEAR);
    for (const name of BY_AGE)
        await assert.rejects(system.cron(name), /el reloj del servidor saltó/, `${name} by hand`);
    await system.sql("INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, priority, state)"
        + " SELECT 'maintenance', value, '{}', 0, 3, 0, 100, 'ready' FROM json_each(?1)",
    JSON.stringify(['package.expire', 'retention.run', 'temp.clean']));
    await poll('a slot to look at each', async () => await system.value(
        "SELECT count(*) FROM jobs WHERE queue = 'maintenance' AND state = 'ready' AND attempt > 0") === 3);
    assert.deepEqual(await belongings(), had);
    jump(0);
    await poll('the clock to be believed', async () => await system.value(
        'SELECT doubted_at IS NULL FROM clock_trust') === 1);
    await system.hasten();
    await drain(system);         // now they have run, by the true clock
    assert.deepEqual({ ...await belongings(), jobs: had.jobs }, had);
});

test('a clock forty days behind for some seconds cancels nothing that was announced meanwhile, and charges no storage', { skip }, async () => {
    jump(-40 * 86400);
    await poll('the clock to be doubted', async () => await system.value('SELECT doubted_at IS NOT NULL FROM clock_trust') === 1);
    const waits = crowd.parcel(), comes = crowd.parcel();
    await crowd.announce(waits);
    await crowd.announce(comes);
    await crowd.receive(comes);
    jump(0);
    await announced();           // before the keeper looks
    await poll('its rows to be dated anew', async () => await system.value(
        'SELECT count(*) FROM packages WHERE announced_at < unixepoch() - 86400') === 0);
    await poll('the clock to be believed', async () => await system.value(
        'SELECT doubted_at IS NULL FROM clock_trust') === 1);
    await system.cron('expire-announcements');
    await system.hasten();
    await drain(system);
    const of = (p) => system.sql('SELECT state, received_at > unixepoch() - 600 AS fresh FROM packages WHERE guide_number = ?1', p.guide);
    assert.equal((await of(waits))[0].state, 'ANUNCIADO');
    assert.deepEqual(await of(comes), [{ state: 'RECIBIDO', fresh: 1 }]);
});

test('a clock that stays forty days behind is believed by a word alone, and once the right time is back no date of before has moved and nothing is cancelled', { skip }, async () => {
    const before = crowd.parcel(), came = crowd.parcel(), meanwhile = crowd.parcel(), shelved = crowd.parcel();
    const dates = (p) => system.sql('SELECT state, announced_at, received_at FROM packages WHERE guide_number = ?1', p.guide);
    const doubted = async (is, what) => poll(what, async () => await system.value('SELECT doubted_at IS NOT NULL FROM clock_trust') === is);

    await crowd.announce(before);
    await crowd.announce(came);
    await crowd.receive(came);
    const had = [await dates(before), await dates(came)];
    jump(-40 * 86400);
    await doubted(1, 'the clock to be doubted');
    await system.sql('UPDATE clock_trust SET doubted_at = doubted_at - 3700, doubted_boot_ms = doubted_boot_ms - 3700000');
    await assert.rejects(system.cron('expire-announcements'), /el reloj del servidor saltó/, 'an hour is not enough');
    const admin = await system.as('ADMIN');
    await admin.submit(await admin.get('/dashboard'), '/dashboard/clock');
    await doubted(0, 'the word to be taken');
    await crowd.announce(meanwhile);
    await crowd.announce(shelved);
    await crowd.receive(shelved);
    await poll('the keeper to note it', async () => await system.value('SELECT was_behind FROM clock_trust') === 0);
    assert.deepEqual([await dates(before), await dates(came)], had);
    jump(0);
    await poll('what was written meanwhile to be dated anew', async () => await system.value(
        'SELECT count(*) FROM packages WHERE announced_at < unixepoch() - 86400') === 0);
    await system.cron('expire-announcements');
    await system.hasten();
    await drain(system);
    assert.deepEqual([await dates(before), await dates(came)], had);
    assert.equal((await dates(meanwhile))[0].state, 'ANUNCIADO');
    assert.ok((await dates(shelved))[0].received_at > Date.now() / 1000 - 600);
});

const JUMPS = [['a year ahead', () => YEAR], ['a year back', () => -YEAR], ['an hour ahead', () => HOUR],
    ['an hour back', () => -HOUR], ['to 29 February', () => until('2028-02-29T09:00:00')],
    ['to just before midnight', () => until('2027-12-31T23:59:58')]]
    .slice(0, process.env.FAULT_CLOCK ? 6 : 2);

for (const [name, seconds] of JUMPS)
    test(`the clock jumps ${name} and again to where it was, and work goes on`, { skip }, async () => {
        const there_ms = await jump_at_work(seconds());
        const back_ms = await jump_at_work(0);
        await drain(system);
        const figures = await check(system, crowd.ledger.read());
        const tries = await system.sql("SELECT outcome, count(*) AS n FROM job_attempts GROUP BY 1");
        say('F15', { jump: name.replaceAll(' ', '_'), there_ms, back_ms, ...figures, tries: JSON.stringify(tries) });
        assert.ok(Math.max(there_ms, back_ms) <= 5000, `${there_ms} ${back_ms}`);
        assert.deepEqual(tries.map((row) => row.outcome), ['ok'], 'nothing was tried twice');
    });

// The tries of a program by date of its tick; two ticks may start it at once.
const ticks_of = (name) => system.sql('SELECT tries, ok FROM cron_ticks WHERE name = ?1 ORDER BY tick DESC LIMIT 1', name);

async function tick_at(local) {
    jump(until(local));
    const tick = () => run(path.join(system.dir, 'programs/paqueteria-tick'),
        ['--config', path.join(system.dir, 'conf/paqueteria.conf')], { env: system.env });
    const said = (await Promise.all([tick(), tick()])).map((out) => out.stderr).join('');
    return [...said.matchAll(/tick\.done program=(\S+) .*ok=true/g)].map((m) => m[1]).sort();
}

const BOTH = ['clean-temp', 'sms-cost'];
const TICKS = [
    ['2027-06-14T23:59:50', BOTH],               // the programs missed that day
    ['2027-06-15T00:00:01', ['clean-temp']],
    ['2027-06-14T23:30:00', []],                 // back over midnight, and over it again
    ['2027-06-15T00:00:30', []],
    ['2027-06-15T02:30:10', ['sms-cost']],
    ['2027-06-15T01:31:00', []],                 // an hour back, ahead, ahead
    ['2027-06-15T02:30:20', []],
    ['2027-06-15T03:31:00', []],
    ['2027-06-17T05:00:00', BOTH],               // two days away: the last of each
    ['2027-06-17T05:00:10', []],
    ['2028-06-17T05:00:00', BOTH],               // a year ahead and back
    ['2027-06-17T05:01:00', []],
    ['2028-02-28T23:59:58', BOTH],
    ['2028-02-29T00:00:02', ['clean-temp']],
    ['2028-02-29T12:00:05', ['reminders', 'sms-cost']],
    ['2028-02-29T11:00:00', []],
    ['2028-02-29T12:30:00', []],
    ['2028-03-01T00:00:10', ['clean-temp']],
    ['2028-03-01T12:00:10', ['sms-cost']],       // and no 29th
];

test('a program that could not be started, failed or was killed is made up for, and does its work once', { skip }, async () => {
    const program_file = path.join(system.dir, 'programs/sms-cost');
    const real = fs.realpathSync(program_file);
    const be = (script) => {
        fs.rmSync(program_file, { force: true });
        if (script)
            fs.writeFileSync(program_file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        else
            fs.symlinkSync(real, program_file);
    };
    const asked = () => system.value("SELECT count(*) FROM jobs WHERE unique_key LIKE 'cron:sms-cost:%'");
    const had = await asked();
    const steps = [
        ['02:30:10', () => fs.rmSync(program_file), [{ tries: 1, ok: 0 }]],      // an upgrade
        ['02:31:20', () => be('kill -9 $$'), [{ tries: 2, ok: 0 }]],
        ['02:32:00', () => be('exit 75'), [{ tries: 2, ok: 0 }]],                // not yet: it waits longer each time
        ['02:33:30', () => {}, [{ tries: 3, ok: 0 }]],
        ['02:37:00', () => be('sleep 1000 & wait'), [{ tries: 4, ok: 0 }]],     // it hangs, with all that it started
        ['02:42:00', () => be(''), [{ tries: 5, ok: 1 }]],
        ['02:50:00', () => {}, [{ tries: 5, ok: 1 }]],
    ];

    for (const [time, change, expected] of steps) {
        change();
        await tick_at(`2027-06-10T${time}`);
        assert.deepEqual(await ticks_of('sms-cost'), expected, time);
    }
    assert.equal(await asked(), had + 1);
    // The power is cut between taking and starting.
    await system.sql("UPDATE cron_ticks SET ok = NULL, finished_at = NULL WHERE name = 'sms-cost'"
        + " AND tick = (SELECT max(tick) FROM cron_ticks WHERE name = 'sms-cost')");
    assert.ok((await tick_at('2027-06-11T02:29:00')).includes('sms-cost'));
    assert.deepEqual(await ticks_of('sms-cost'), [{ tries: 6, ok: 1 }]);
    assert.equal(await asked(), had + 1, 'its job exists once');
});

test('a program of the schedule is started once for its minute however the clock jumps', { skip }, async () => {
    const mail_waits = (yes) => system.sql("UPDATE queues SET paused = ?1 WHERE name = 'mail'", yes);

    await mail_waits(1);         // its server's certificate is not of those years
    for (const [local, due] of TICKS)
        assert.deepEqual(await tick_at(local), due, local);
    jump(0);
    await mail_waits(0);
    await poll('the clock to be believed', async () => await system.value(
        'SELECT doubted_at IS NULL FROM clock_trust') === 1);
    await poll('what was tried in another year to be due in this', async () => await system.value(
        "SELECT count(*) FROM jobs WHERE state = 'ready' AND run_at > unixepoch() + 60") === 0);
    await system.hasten();
    await drain(system);
    say('F15', { ticks: TICKS.length, doubled: 0, started: TICKS.reduce((sum, [, due]) => sum + due.length, 0) });
});
