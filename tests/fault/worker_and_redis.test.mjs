// The worker is killed between two messages, Redis is flushed in the middle of ten announcements, and
// each of the ten is told exactly once.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { redis } from './redis.mjs';
import { is_alive, program } from './storm.mjs';

let system, crowd;

before(async () => {
    system = await busy_shop();
    crowd = new Crowd(system, null, { email: 1 });
});
after(() => system?.stop());

// Pauses both queues of messages, or lets them go on: no new message starts while they are paused.
const pause = (on) => system.sql(`UPDATE queues SET paused = ${on} WHERE name IN ('sms', 'mail')`);

async function kill_worker() {
    const pid = program(system, 'worker');
    const slots = system.children(pid);
    process.kill(pid, 'SIGKILL');
    await poll('the slots to die with their parent', () => !slots.some(is_alive));
}

test('the worker is killed between two messages and Redis flushed among ten announcements', async () => {
    await crowd.announce_many(5);
    assert.equal(await redis(system, 'FLUSHALL'), 'OK');
    await poll('two messages', () => system.sms().length >= 2);
    await pause(1);
    await crowd.announce_many(5);
    await poll('nothing on its way', async () => await system.value(
        "SELECT count(*) FROM jobs WHERE state = 'running'") === 0);
    const before_kill = { sms: system.sms().length, mails: system.mails().length };
    await kill_worker();
    assert.equal(await redis(system, 'FLUSHALL'), 'OK');
    await pause(0);
    await system.dev('restart', 'worker');
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('worker killed between two messages', { announcements: 10, sms_before: before_kill.sms,
        mails_before: before_kill.mails, ...figures, drain_ms });
    assert.ok(before_kill.sms >= 2 && before_kill.sms < 10, 'some had left, some not');
    assert.equal(system.sms().length, 10);
    assert.equal(new Set(system.sms().map((line) => line.number)).size, 10);
    assert.equal(system.mails().length, 10);
    assert.equal(new Set(system.mails().map((line) => line.message_id)).size, 10);
    assert.deepEqual(await system.sql('SELECT channel, state, count(*) AS n FROM notifications'
        + ' GROUP BY 1, 2 ORDER BY 1'), [{ channel: 'email', state: 'sent', n: 10 },
        { channel: 'sms', state: 'sent', n: 10 }]);
    assert.deepEqual(await system.sql('SELECT a.outcome, count(*) AS n FROM job_attempts a'
        + ' JOIN notifications n ON n.job_id = a.job_id GROUP BY 1'), [{ outcome: 'ok', n: 20 }],
    'each at the first try');
});

test('killed in the middle of a message, that one is shown as unconfirmed and not sent again', async () => {
    system.liwa.script.set(['ok', 'ok', 'taken-held', 'ok']);
    await crowd.announce_many(10);
    await poll('a message without its answer', () => system.liwa.held.length === 1);
    await kill_worker();
    assert.equal(await redis(system, 'FLUSHALL'), 'OK');
    system.liwa.release();
    await system.dev('restart', 'worker');
    await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('worker killed in the middle of a message', { announcements: 10, ...figures });
    assert.ok(figures.unknown >= 1 && figures.unknown <= 3, 'what its slots held');
    const sms = system.sms();
    assert.equal(new Set(sms.map((line) => line.number)).size, sms.length, 'nobody was told twice');
    assert.ok(sms.length > 20 - figures.unknown, 'only what is unconfirmed may be missing');
});
