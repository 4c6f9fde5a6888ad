// F01: kill -9 of a random process every 5 to 65 ms while parcels are announced,
// received and handed over: nothing acknowledged is lost, nothing happens twice.
// Long: more than a minute.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { drain_hurried } from './provider.mjs';
import { Storm } from './storm.mjs';

const kills = Number(process.env.FAULT_KILLS ?? 200);

test(`${kills} processes are killed under load and no promise is broken`, async (t) => {
    const system = await busy_shop();
    let crowd;
    t.after(() => {
        crowd?.abandon();
        return system.stop();
    });
    crowd = new Crowd(system, await system.token('OPERADOR'), { photo: 4, rest_ms: 100 });
    crowd.start(12);
    const start = Date.now();
    const killed = await new Storm(system).run(kills);
    const storm_ms = Date.now() - start;
    await crowd.stop();
    const stop_ms = Date.now() - start - storm_ms;
    // A job that was killed three times waits before its next try, which ./dev test has no time for.
    const drain_ms = await (process.env.FAULT_KILLS ? drain : drain_hurried)(system, 60000);
    const figures = await check(system, crowd.ledger.read());
    say('F01', { kills, storm_ms, stop_ms, ...crowd.stats, ...figures, drain_ms, ...killed });
    assert.ok(crowd.stats.announce > kills / 10, 'there was a load');
});
