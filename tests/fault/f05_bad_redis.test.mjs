// F05: a Redis that is slow, half-open, talks nonsense or refuses everything.  Nobody
// who announces a parcel notices, nothing crashes, and a message still leaves at most a
// second later.
// Alone: it measures times.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { between } from '../helpers/chance.mjs';
import { poll } from '../helpers/poll.mjs';
import { Chaos } from './chaos.mjs';
import { check, drain, say } from './checker.mjs';
import { Crowd, busy_shop, rest, quantile } from './crowd.mjs';
import { redis } from './redis.mjs';
import { processes } from './storm.mjs';

const requests = Number(process.env.FAULT_REDIS_REQUESTS ?? 15);
const PACE_MS = 240;             // at most, between two: together longer than a slot waits for Redis
const SLOTS = 8;
// The slowest are judged where there are enough of them to tell Redis from a busy machine.
const SLOWEST = process.env.FAULT_REDIS_REQUESTS ? 0.95 : 0.8;
const MORE_MS = 50;              // a request may take longer by this
const LATE_MS = 1200;            // a message may come this late

// A server that takes the password and then says this to everything.
const says = (error) => ({ answer: (bytes) => (/AUTH/.test(bytes) ? '+OK\r\n' : `-${error}\r\n`) });
const FAULTS = {
    slow: { delay: 15 },
    'too slow': { delay: 400 },
    drip: { does: 'drip', way: 'down', after: 0, ms: 8 },
    'half-open': { does: 'stop' },
    'half-open later': { does: 'stop', way: 'down', after: 5 },      // after the +OK to AUTH
    garbage: { does: 'garbage' },
    'garbage later': { does: 'garbage', way: 'down', after: 5 },
    OOM: says("OOM command not allowed when used memory > 'maxmemory'."),
    READONLY: says("READONLY You can't write against a read only replica."),
    NOAUTH: { answer: () => '-NOAUTH Authentication required.\r\n' },
};

let dir, system, chaos, crowd;

before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-chaos-'));
    fs.chmodSync(dir, 0o755);
    chaos = await Chaos.listen(path.join(dir, 'redis.sock'));
    Object.assign(chaos.faults, FAULTS);
    chaos.target = { path: path.join(dir, 'none') };
    system = await busy_shop({ redis: chaos.place.path });
    chaos.target = { path: path.join(system.dir, 'run/redis.sock') };
    crowd = new Crowd(system, null, { email: 1 });
});
after(async () => {
    crowd?.abandon();
    await system?.stop();
    chaos?.close();
    fs.rmSync(dir, { recursive: true, force: true });
});

// How long each announcement took, and from its answer until its SMS left, in ms.
async function announce(n, pace_ms) {
    const took = [], from = Date.now();
    for (let i = 0; i < n; i++) {
        const start = performance.now();
        await crowd.announce(crowd.parcel());
        took.push(performance.now() - start);
        await rest(between(0, pace_ms));
    }
    await drain(system);
    const sent = new Map(system.sms().map((line) => [`+${line.number}`, line.at]));
    const late = crowd.ledger.read().filter((act) => act.at >= from).map((act) => sent.get(act.phone) - act.at);
    return { took, late };
}

// Gives all connections to Redis a fault from now on, those that are open too.
async function redis_is(name) {
    chaos.script.set([name]);
    await chaos.away();
    await chaos.back();
}

async function all_slots_wait() {
    const clients = await redis(system, 'CLIENT', 'LIST');
    return clients.split('\n').filter((line) => line.includes(' cmd=xreadgroup ')).length === SLOTS;
}

const pids = () => processes(system).map((p) => `${p.kind} ${p.pid}`).sort();

let usual;

test('with a Redis that works hints flow', async () => {
    await poll('all slots', all_slots_wait);
    await announce(5, 0);        // the first ones open what stays open
    usual = await announce(2 * requests, 30);
    assert.ok(chaos.lines.some((line) => line.down > 0), 'through the proxy');
});

// The short form has one fault of each sort.
const CHOSEN = process.env.FAULT_REDIS_REQUESTS ? Object.keys(FAULTS)
    : ['too slow', 'drip', 'half-open', 'garbage later', 'OOM', 'NOAUTH'];
for (const name of CHOSEN)
    test(`with a Redis that is ${name} requests are as quick, and messages a second later at most`, async () => {
        const living = pids(), broken = chaos.lines.length;
        await redis_is(name);
        const bad = await announce(requests, PACE_MS);
        const ms = (list, share) => Math.round(quantile(list, share));
        const more_ms = ms(bad.took, 0.5) - ms(usual.took, 0.5);
        const more_slowest_ms = ms(bad.took, SLOWEST) - ms(usual.took, SLOWEST);
        const late_ms = ms(bad.late, 1) - ms(usual.late, 0.5);
        const figures = await check(system, crowd.ledger.read());
        say(`F05 ${name}`, { requests, usual_ms: ms(usual.took, 0.5), more_ms, more_slowest_ms, late_ms,
            connections: chaos.lines.length - broken, ...crowd.stats, ...figures });
        assert.ok(chaos.lines.length > broken, 'Redis was asked');
        assert.ok(more_ms <= MORE_MS && more_slowest_ms <= MORE_MS, `${more_ms} ms and ${more_slowest_ms} ms more`);
        assert.ok(late_ms <= LATE_MS, `a message ${late_ms} ms late`);
        assert.equal(crowd.stats.http_5xx + crowd.stats.broken, 0, 'no request failed');
        assert.deepEqual(pids(), living, 'nothing crashed');
    });
