// F13: a slot is stopped in the middle of a job, past its lease; the job is done by
// another, and when the first goes on, what it brings is refused: one effect, `fenced`.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { processes } from './storm.mjs';

const stopped = [];
let system, crowd;

before(async () => {
    system = await busy_shop({ worker_lease_s: 2 });
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 100, photo: 1 });
});
after(async () => {
    stopped.forEach(go_on);
    await system?.stop();
});

function stop(pid) {
    process.kill(pid, 'SIGSTOP');
    stopped.push(pid);
}

function go_on(pid) {
    try {
        process.kill(pid, 'SIGCONT');
    } catch {
        // it has ended since
    }
}

const attempts = (job) => system.sql('SELECT attempt, outcome FROM job_attempts WHERE job_id = ?1 ORDER BY 1', job);
const ended = (job) => poll('the other slot', async () => await system.value(
    'SELECT state FROM jobs WHERE id = ?1', job) === 'done');
const fenced = (job) => poll('the first attempt to be fenced', async () =>
    (await attempts(job))[0].outcome === 'fenced');

test('a slot stopped while the SMS provider answers neither sends again nor says it was sent', async () => {
    system.liwa.script.set(['taken-held', 'ok']);
    const parcel = { ...crowd.parcel(), email: null };
    await crowd.announce(parcel);
    await poll('a message without its answer', () => system.liwa.held.length === 1);
    const job = (await system.sql("SELECT id, worker FROM jobs WHERE state = 'running' AND kind = 'sms.send'"))[0];
    stop(Number(job.worker.split('.')[1]));
    await ended(job.id);
    system.liwa.release();
    go_on(stopped[0]);
    await fenced(job.id);
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F13 sms', { accepted: system.sms().length, attempts: JSON.stringify(await attempts(job.id)), ...figures });
    assert.equal(system.sms().length, 1);
    assert.deepEqual(await attempts(job.id), [{ attempt: 1, outcome: 'fenced' }, { attempt: 2, outcome: 'ok' }]);
    assert.equal(await system.value('SELECT state FROM notifications'), 'unknown', 'for a person to decide');
});

test('a photo that a stopped slot comes back with is thrown away', async () => {
    const parcel = { ...crowd.parcel(), email: null };
    await crowd.announce(parcel);
    await drain(system);
    const receiving = crowd.receive(parcel);
    const child = await caught();
    await receiving;
    const job = await system.value("SELECT id FROM jobs WHERE kind = 'photo.process'");
    await ended(job);
    const kept = await system.sql('SELECT * FROM package_files');
    child.forEach(go_on);
    await fenced(job);
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F13 photo', { attempts: JSON.stringify(await attempts(job)), ...figures });
    assert.deepEqual(await attempts(job), [{ attempt: 1, outcome: 'fenced' }, { attempt: 2, outcome: 'ok' }]);
    assert.deepEqual(await system.sql('SELECT * FROM package_files'), kept, 'the other one stays');
    for (const key of [kept[0].storage_key, kept[0].thumbnail_key])
        assert.ok(fs.existsSync(path.join(system.dir, 'files', key)), 'and is on disk');
});

// The first process of a job that shows itself, stopped with its slot.
async function caught() {
    for (const until = Date.now() + 10000; Date.now() < until; await new Promise(setImmediate)) {
        const job = processes(system).find((p) => p.kind === 'job');
        if (job) {
            const slot = Number(fs.readFileSync(`/proc/${job.pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
            stop(job.pid);
            stop(slot);
            return [job.pid, slot];
        }
    }
    throw new Error('no job had a process of its own');
}
