// F11: twelve people write while somebody holds the writers' lock for 3 s, as a long
// transaction would: they wait, nobody is refused, and it is over when it is over.
// Alone: it measures times.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Crowd, busy_shop, quantile, rest } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';

const holds = Number(process.env.FAULT_HOLDS ?? 1);
const WRITERS = 12;
const HELD_S = 3;

// Holds the lock for three seconds; the moments of its beginning and end.
async function hold(system) {
    const holder = spawn('flock', [`${system.dir}/db/paqueteria.db.lock`, 'sh', '-c', `echo held; exec sleep ${HELD_S}`],
        { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const from = Date.now();
    await once(holder, 'exit');
    return { from, to: Date.now() };
}

// Notes when each request of a client began and ended.
function timed(client, times) {
    const send = client.send.bind(client);
    client.send = async (...request) => {
        const from = Date.now();
        return send(...request).finally(() => times.push({ from, to: Date.now() }));
    };
    return client;
}

const overlap = (a, b) => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

test(`${WRITERS} writers wait ${holds} times ${HELD_S} s for the lock and nobody is refused`, async (t) => {
    const system = await busy_shop();
    let crowd;
    t.after(() => {
        crowd?.abandon();
        return system.stop();
    });
    const times = [], held = [];
    crowd = new Crowd(system, timed(await system.token('OPERADOR'), times), { email: 20, rest_ms: 150 });
    timed(crowd.public, times);
    crowd.start(WRITERS);
    for (let n = 0; n < holds; n++) {
        await rest(1000);
        held.push(await hold(system));
    }
    await rest(1000);
    await crowd.stop();
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    const waits = times.map((r) => r.to - r.from - held.reduce((sum, h) => sum + overlap(r, h), 0));
    const waited = times.filter((r) => held.some((h) => overlap(r, h) > (HELD_S - 1) * 1000)).length;
    const p99_ms = quantile(waits, 0.99);
    say('F11', { holds, requests: times.length, waited, p99_ms, longest_ms: Math.max(...waits), ...crowd.stats,
        ...figures, drain_ms });
    assert.equal(crowd.stats.http_5xx + crowd.stats.broken, 0, 'no request failed');
    assert.ok(waited >= holds * WRITERS / 2, 'most of them waited');
    assert.ok(p99_ms <= 500, `${p99_ms} ms`);
});
