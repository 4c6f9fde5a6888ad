// F21 and F23: the areas are replaced under load, by a reload (HUP) and by an upgrade of the
// master (USR2).  New processes stand ready before the old ones go, so no request fails.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { announced } from '../helpers/shop.mjs';
import { System } from '../helpers/system.mjs';
import { say } from './checker.mjs';
import { quantile, rest } from './crowd.mjs';
import { arguments_of, is_alive, start_again } from './storm.mjs';

const storm_s = Number(process.env.FAULT_HUPS_S ?? 2);       // a HUP each 100 ms for so long
const P99_MS = process.env.FAULT_HUPS_S ? 200 : 2000;        // ./dev test has no quiet machine
const PER_SECOND = 100, STORM_PER_SECOND = process.env.FAULT_HUPS_S ? 300 : 100;

let system, pages;

before(async () => {
    system = await System.start();
    const anybody = system.client(), clerk = await system.as('OPERADOR');
    const p = await announced(system, anybody);
    pages = [
        ...['/announce', '/search', `/api/v1/track/${p.tracking_code}`, '/auth/login', '/help', '/health']
            .map((path) => [anybody, path]),
        ...['/dashboard', '/packages', '/receive', '/deliver', '/cash', '/shelf', '/notifications', '/rates', '/ageing']
            .map((path) => [clerk, path]),
    ];
});
after(() => system?.stop());

// Sends requests at a steady rate, whether or not those before have ended, until work() has.
async function under_load(per_second, work) {
    const times = [], failed = [], waiting = [];
    let on = true, n = 0;
    async function ask([client, path]) {
        const from = performance.now();
        const answer = await client.get(path).catch((error) => ({ status: error.message }));
        times.push(performance.now() - from);
        if (answer.status !== 200)
            failed.push(`${path} ${answer.status}`);
    }
    const start = performance.now();
    const load = (async () => {
        for (; on; await rest(5))
            for (; n < (performance.now() - start) / 1000 * per_second; n++)
                waiting.push(ask(pages[n % pages.length]));
    })();
    await work();
    on = false;
    await load;
    await Promise.all(waiting);
    return { requests: n, failed, p50_ms: Math.round(quantile(times, 0.5)), p99_ms: Math.round(quantile(times, 0.99)) };
}

const processes = () => system.children(system.pid('serve'));

// Until none of these processes is there and as many others are.
const replaced = (old) => poll('all processes to be replaced', () => {
    const now = processes();
    return now.length >= old.length && !now.some((pid) => old.includes(pid));
}, 60000);

for (const [signal, what] of [['SIGHUP', 'a reload'], ['SIGUSR2', 'an upgrade of the master']])
    test(`${what} replaces every process and fails no request`, async () => {
        const old = processes(), start = performance.now();
        const { failed, ...figures } = await under_load(PER_SECOND, async () => {
            process.kill(system.pid('serve'), signal);
            await replaced(old);
        });
        say('F21', { signal, processes: old.length, took_s: Math.round((performance.now() - start) / 1000), ...figures,
            failed: failed.length });
        assert.deepEqual(failed, []);
        assert.ok(figures.p99_ms <= P99_MS, `p99 ${figures.p99_ms} ms`);
    });

test(`a reload each 100 ms for ${storm_s} s fails no request`, async () => {
    const { failed, ...figures } = await under_load(STORM_PER_SECOND, async () => {
        for (const end = Date.now() + storm_s * 1000; Date.now() < end; await rest(100))
            process.kill(system.pid('serve'), 'SIGHUP');
    });
    say('F21 storm', { seconds: storm_s, ...figures, failed: failed.length });
    assert.deepEqual(failed, []);
});

// A full disk or a fault of it lasts a moment; the master must not do without an area from then on.
test('an area whose socket could not be made answers as soon as it can be', async () => {
    const pid = system.pid('serve'), args = arguments_of(pid).slice(0, -1);
    const socket = path.join(system.dir, 'run/announce.sock');
    const status = async (address) => (await system.client().get(address)).status;
    process.kill(pid, 'SIGTERM');
    await poll('the master to end', () => !is_alive(pid), 40000);
    fs.mkdirSync(socket);        // nothing of this name can be removed or made
    await start_again(system, 'serve', args);
    await poll('another area to answer', async () => await status('/search') === 200, 30000);
    assert.equal(await status('/announce'), 503);
    const ready = await system.client().get('/ready');
    assert.deepEqual([ready.status, ready.text], [503, 'not ready: announce\n']);
    const { text } = await system.client().get('/metrics');
    assert.match(text, /paqueteria_area_up\{area="announce"\} 0\n/);
    assert.match(text, /paqueteria_area_up\{area="track"\} 1\n/);
    assert.match(await system.paqueteria(['doctor']).catch((error) => error.message), /MAL +páginas: announce\.fcgi no contesta/);
    fs.rmdirSync(socket);
    await poll('the area to answer', async () => await status('/announce') === 200, 30000);
    await poll('the system to be ready', async () => await status('/ready') === 200, 30000);
});

// A cleaner of temporary folders does that.
test('an area whose socket was removed, or is something else, gets it again within seconds', async () => {
    const socket = path.join(system.dir, 'run/announce.sock'), anybody = system.client();
    const statuses = async () => [(await anybody.get('/announce')).status, (await anybody.post('/announce', { form: {} })).status];
    const usual = await statuses();
    for (const harm of [() => fs.rmSync(socket), () => { fs.rmSync(socket); fs.writeFileSync(socket, ''); }]) {
        harm();
        await poll('the area to answer as it did', async () => `${await statuses()}` === `${usual}` && fs.statSync(socket).isSocket(), 30000);
    }
    assert.match(system.log('serve'), /serve\.socket_gone area=announce/);
});
