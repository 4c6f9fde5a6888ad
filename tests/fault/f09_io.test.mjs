// F09: one in fifty reads, writes and syncs of the programs and the worker fails, on
// disk and on sockets.  Requests may fail honestly; what was acknowledged is there,
// and nothing crashes.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop, rest } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { arguments_of, is_alive, program, start_again, start_program } from './storm.mjs';

const seconds = Number(process.env.FAULT_IO_S ?? 5);
const PROBABILITY = 0.02;
// No short reads: libfiu's may be of nothing in the middle of a file, which no disk gives
// and which reads as its end.
const FAULTS = [...['read', 'readv', 'pread', 'write', 'writev', 'pwrite', 'ftruncate', 'write/reduce', 'pwrite/reduce']
    .map((name) => `posix/io/rw/${name}`), 'posix/io/sync/*', 'posix/io/dir/*', 'posix/io/oc/open'];
const WITH_FAULTS = ['fiu-run', '-x', '-f', '',
    ...FAULTS.flatMap((name) => ['-c', `enable_random name=${name},probability=${PROBABILITY}`])];
const PROGRAMS = ['worker', 'serve'];
const AGAIN_MS = 200;

const skip = !existsSync('/usr/bin/fiu-run') && 'fiu-run is not here: install fiu-utils and libfiu0';

// Stands for systemd while `watch` lasts: a program that ended is started again, since
// reading the configuration may fail as well, sooner or later.
async function keep(system, name, args, watch) {
    const child = await start_program(system, name, args);
    child.on('exit', async (code, signal) => {
        if (signal && signal !== 'SIGTERM')
            watch.crashed.push(`${name} ${signal}`);
        await rest(AGAIN_MS);
        if (watch.on)
            watch.tries[name] = keep(system, name, args, watch);
    });
}

async function stop(system, name) {
    const pid = program(system, name);
    const args = arguments_of(pid).slice(0, -1);
    process.kill(pid, 'SIGTERM');
    await poll(`${name} to end`, () => !is_alive(pid), 40000);
    return args;
}

// Runs work() with I/O errors in both programs; then they run as before.
async function with_errors(system, work) {
    const watch = { on: true, tries: {}, crashed: [] };
    const as_they_were = {};
    for (const name of PROGRAMS) {
        as_they_were[name] = await stop(system, name);
        await keep(system, name, [...WITH_FAULTS, ...as_they_were[name]], watch);
    }
    await work();
    watch.on = false;
    for (const name of PROGRAMS) {
        await rest(AGAIN_MS);
        await watch.tries[name];
        if (program(system, name))
            await stop(system, name);
        await start_again(system, name, as_they_were[name]);
    }
    return watch.crashed;
}

// Deaths by a signal that their parents logged.
const crashes = (system) => [...system.log('worker').matchAll(/worker\.child_ended .*status=(\d+)/g),
    ...system.log('serve').matchAll(/serve\.died .*signal=(\d+)/g)]
    .filter(([, status]) => (status & 0x7f) !== 0).map(([line]) => line);

test(`in ${seconds} s of I/O errors nothing acknowledged is lost and nothing crashes`, { skip }, async (t) => {
    const system = await busy_shop();
    let crowd;
    t.after(() => {
        crowd?.abandon();
        return system.stop();
    });
    // An error may look like one in what was sent.
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 10, again: [403, 422, 500], insist_ms: 180000 });
    const failed = () => system.log('serve').match(/db\.statement/g)?.length ?? 0;
    const crashed = await with_errors(system, async () => {
        crowd.start(6);
        await rest(seconds * 1000);
        // Errors may also keep a program from starting for long.
        await poll('errors, and work in spite of them', () => failed() > 0 && crowd.stats.announce > 0, 60000);
        crowd.working = false;
    });
    await crowd.stop();
    const failed_statements = failed();
    await poll('all jobs done', async () => {            // jobs that failed too often wait for a person
        await system.paqueteria(['jobs', 'retry', '--dead']);
        await system.hasten();
        return await system.value("SELECT count(*) FROM jobs WHERE state NOT IN ('done')") === 0;
    }, 60000);
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read(), { io_errors: true });
    say('F09', { seconds, probability: PROBABILITY, failed_statements, ...crowd.stats, ...figures, drain_ms,
        crashes: crashed.length + crashes(system).length });
    assert.deepEqual([...crashed, ...crashes(system)], []);
});
