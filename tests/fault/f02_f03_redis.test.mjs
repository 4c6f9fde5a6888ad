// F02 and F03: Redis is emptied, killed and started again under load.  It only says
// "look now", so nobody notices: no job is lost or done twice, nobody is signed out,
// no request fails, and a message leaves at most a second later.
// Alone: it measures times.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { between } from '../helpers/chance.mjs';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop, quantile, rest } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { redis } from './redis.mjs';
import { program, start_again } from './storm.mjs';

const flushes = Number(process.env.FAULT_FLUSHES ?? 40);
const redis_kills = Number(process.env.FAULT_REDIS_KILLS ?? 8);
const SLOTS = 8;

let system, clerk, crowd;

before(async () => {
    system = await busy_shop();
    clerk = await system.as('OPERADOR');
    crowd = new Crowd(system, await system.token('OPERADOR'), { rest_ms: 250, email: 10 });
});
after(() => {
    crowd?.abandon();
    return system?.stop();
});

// How long a message takes while nothing is wrong, most of it the sending itself.
async function usual_wait() {
    crowd.start(2);
    await poll('some announcements', () => crowd.stats.announce >= 20, 30000);
    await crowd.stop();
    await drain(system);
    return quantile(crowd.waits(0), 0.5);
}

test(`Redis is flushed ${flushes} times under load and nothing is lost`, async () => {
    const usual_ms = await usual_wait();
    const start = Date.now();
    let signed_out = 0;
    crowd.start(2);
    for (let n = 0; n < flushes; n++) {
        await rest(between(20, 170));
        assert.equal(await redis(system, 'FLUSHALL'), 'OK');
        signed_out += (await clerk.get('/dashboard')).status !== 200;
    }
    await crowd.stop();
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const enqueue_to_start_p99_ms = quantile(crowd.waits(start), 0.99) - usual_ms;
    say('F02', { flushes, ...crowd.stats, ...figures, signed_out, usual_ms, enqueue_to_start_p99_ms, drain_ms });
    assert.equal(signed_out, 0);
    assert.equal(figures.unknown, 0);
    assert.equal(crowd.stats.http_5xx + crowd.stats.broken, 0, 'no request failed');
    assert.ok(enqueue_to_start_p99_ms <= 1500, `${enqueue_to_start_p99_ms} ms`);
});

// Killed, away for a moment, started again; the ms from its first answer until `resumed`.
async function redis_dies(resumed) {
    process.kill(program(system, 'redis'), 'SIGKILL');
    await rest(between(100, 500));
    await start_again(system, 'redis', ['redis-server', `${system.dir}/conf/redis.conf`]);
    await poll('Redis', async () => await redis(system, 'PING') === 'PONG');
    const back = Date.now();
    await poll('work by hints', resumed);
    return Date.now() - back;
}

// Since it is back: hints were written, and at least one slot has waited for them.
async function hints_flow() {
    const stats = await redis(system, 'INFO', 'commandstats');
    const good = (name) => {
        const m = stats.match(new RegExp(`cmdstat_${name}:calls=(\\d+).*failed_calls=(\\d+)`));
        return m ? m[1] - m[2] : 0;
    };
    return good('xadd') > 0 && good('xreadgroup') > 0;
}

async function all_slots_wait() {
    const clients = await redis(system, 'CLIENT', 'LIST');
    return clients.split('\n').filter((line) => line.includes(' cmd=xreadgroup ')).length === SLOTS;
}

test(`Redis is killed ${redis_kills} times under load and work goes on`, async () => {
    const resumes = [];
    crowd.stats.http_5xx = crowd.stats.broken = 0;
    crowd.start(2);
    while (resumes.length < redis_kills)
        resumes.push(await redis_dies(hints_flow));
    await crowd.stop();
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const longest_resume_ms = Math.max(...resumes);
    say('F03', { redis_kills, ...crowd.stats, ...figures, longest_resume_ms, drain_ms });
    assert.equal(crowd.stats.http_5xx + crowd.stats.broken, 0, 'no request failed');
    assert.ok(longest_resume_ms <= 2000, `${resumes}`);
});

test('every idle slot is back at Redis within two seconds', async () => {
    const resumes = [];
    await poll('all slots', all_slots_wait);
    while (resumes.length < Math.ceil(redis_kills / 4))
        resumes.push(await redis_dies(all_slots_wait));
    say('F03', { idle_kills: resumes.length, longest_resume_ms: Math.max(...resumes) });
    assert.ok(Math.max(...resumes) <= 2000, `${resumes}`);
});
