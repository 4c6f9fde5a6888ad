// Five times the requests that a program can answer: who has waited too long is told at once to come back, those
// who are served get their page in time, and the counter's own network is served whatever strangers ask for.
// Alone: how much is answered must be its own.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { System } from '../helpers/system.mjs';
import { say } from './checker.mjs';
import { quantile, rest } from './crowd.mjs';
import { Flood } from './flood.mjs';

const seconds = Number(process.env.FAULT_OVERLOAD_S ?? 3);
const full = Boolean(process.env.FAULT_OVERLOAD_S);
const TIMES = 5;
const ADDRESSES = 500;           // so many that nginx's limits for one address refuse nobody
const AT_ONCE = 8;               // enough to keep one process busy
const CALM_S = 1.5;              // until a queue that stands is known as one
const PAGE = '/packages?limit=200';

async function parcels(system, n) {
    const announcer = system.client();
    for (let from = 0; from < n; from += 20) {
        const guides = Array.from({ length: 20 }, (_, i) => `CARGA${String(from + i).padStart(5, '0')}`);
        const answer = await announcer.post('/api/v1/announcements', { json: { name: 'Rosa Prueba',
            phone: `300555${String(from).padStart(4, '0')}`, guides, consent: true } });
        assert.equal(answer.status, 201, answer.text);
    }
}

test(`${TIMES} times the load: what is too much is refused at once, most of the rest is answered, the counter always`, async (t) => {
    const system = await System.start({ workers_busy: 1, announce_per_hour: 100000 });
    t.after(() => system.stop());
    await parcels(system, 200);
    const clerk = await system.as('OPERADOR');
    const cookie = `Cookie: ${[...clerk.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`;
    const strangers = new Flood(system.base, PAGE, Array.from({ length: ADDRESSES }, (_, i) => `127.91.${i >> 7}.${1 + (i & 127)}`), [cookie]);
    const own = new Flood(system.base, PAGE, Array(20).fill('127.0.0.1'), [cookie]);
    t.after(() => { strangers.close(); own.close(); });
    const before = await strangers.capacity(AT_ONCE, seconds / 2);
    const counter = [];
    let on = true;
    const watching = (async () => {
        for (; on; await rest(200))
            counter.push(await own.ask());
    })();
    const got = await strangers.overrun(before * TIMES, CALM_S, seconds);
    on = false;
    await watching;
    const most = (before + await strangers.capacity(AT_ONCE, seconds / 2)) / 2;      // the machine's pace may have changed
    const ok = got.filter((a) => a.status === 200), shed = got.filter((a) => a.status === 503);
    const ms = (list, share) => Math.round(quantile(list.map((a) => a.ms), share));
    const goodput = ok.length / seconds / most;
    say('overload', { capacity: Math.round(most), asked: Math.round(got.length / seconds), answered: Math.round(ok.length / seconds),
        goodput: goodput.toFixed(2), shed: shed.length, shed_p50_ms: ms(shed, 0.5), shed_p99_ms: ms(shed, 0.99),
        answered_p50_ms: ms(ok, 0.5), answered_p99_ms: ms(ok, 0.99), counter: counter.length, counter_p99_ms: ms(counter, 0.99) });
    assert.deepEqual([...new Set(got.map((a) => a.status))].filter((status) => ![200, 503].includes(status)), []);
    assert.deepEqual(counter.filter((a) => a.status !== 200), [], 'the counter is served');
    assert.ok(shed.length > 0, 'there was too much');
    assert.ok(ok.length > 0, 'and some of it was answered');
    if (!full)                   // ./dev test has no quiet machine
        return;
    assert.ok(goodput >= 0.8, `goodput ${goodput}`);
    assert.ok(ms(shed, 0.5) <= 50, `who is refused learns it after ${ms(shed, 0.5)} ms`);
    assert.ok(ms(counter, 0.99) <= 100, `the counter waits ${ms(counter, 0.99)} ms`);
});
