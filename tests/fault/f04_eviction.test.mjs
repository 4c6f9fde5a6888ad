// F04: Redis full, throwing away what nobody has looked at lately (256 MB, allkeys-lru),
// while no worker runs.  Every hint and every queue of hints may go; no job and no
// session does.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { redis } from './redis.mjs';
import { program } from './storm.mjs';

const memory_mb = Number(process.env.FAULT_REDIS_MB ?? 16);
const parcels = Number(process.env.FAULT_EVICTED_JOBS ?? 60);
const sessions = 10;
const VALUE = 16384;

let system, crowd;

before(async () => {
    system = await busy_shop();
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 4 });
});
after(() => {
    crowd?.abandon();
    return system?.stop();
});

async function work() {
    for (let i = 0; i < parcels; i++) {
        const parcel = crowd.parcel();
        await crowd.announce(parcel);
        if (i % 3 === 0)
            await crowd.receive(parcel);
    }
}

const stat = async (name) => Number((await redis(system, 'INFO', 'stats')).match(new RegExp(`${name}:(\\d+)`))[1]);
const hints_left = async () => Number(await redis(system, 'EXISTS', 'paq:q:sms', 'paq:q:mail', 'paq:q:default',
    'paq:q:files', 'paq:q:reports', 'paq:q:maintenance'));

// Twice as much as it may keep, by one client and in one go.  Which key is the oldest is
// known to Redis by samples: a queue of hints may outlive one filling.
async function fill() {
    const keys = Math.ceil(2 * memory_mb * 1024 * 1024 / VALUE);
    const value = 'x'.repeat(VALUE);
    const lines = Array.from({ length: keys }, (_, i) => `SET relleno:${i} ${value}\r\n`);
    for (let at = 0; at < lines.length; at += 512)
        await system.redis_lines(lines.slice(at, at + 512).join(''), ['--pipe']);
}

test(`Redis full at ${memory_mb} MB and evicting loses no job and no session`, async () => {
    const browsers = await Promise.all(Array.from({ length: sessions }, () => system.as('OPERADOR')));
    process.kill(program(system, 'worker'), 'SIGTERM');
    await poll('the worker to end', () => program(system, 'worker') === 0);
    assert.equal(await redis(system, 'CONFIG', 'SET', 'maxmemory', `${memory_mb}mb`), 'OK');
    await work();
    const hinted = await hints_left();
    await poll('the queues of hints to be evicted', async () => {
        await fill();
        return await hints_left() === 0;
    }, 60000);
    const evicted = await stat('evicted_keys');
    await work();                // while it evicts all the time
    await fill();
    const signed_out = (await Promise.all(browsers.map((b) => b.get('/dashboard')))).filter((a) => a.status !== 200);
    const waiting = await system.value("SELECT count(*) FROM jobs WHERE state = 'ready'");
    await system.dev('restart', 'worker');
    const drain_ms = await drain(system, 60000 + parcels * 500);
    const figures = await check(system, crowd.ledger.read());
    say('F04', { memory_mb, evicted_keys: await stat('evicted_keys'), queues_evicted: hinted, waiting,
        ...crowd.stats, ...figures, signed_out: signed_out.length, drain_ms });
    assert.ok(evicted > 0, 'keys were evicted');
    assert.ok(hinted > 0, 'there were queues of hints');
    assert.ok(waiting >= 2 * parcels, 'the jobs waited all this time');
    assert.equal(signed_out.length, 0);
    assert.equal(crowd.stats.http_5xx + crowd.stats.broken, 0, 'no request failed');
});
