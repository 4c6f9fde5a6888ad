// What hangs is noticed by its missing sign of life, killed and replaced: the only process
// of an area, the keeper, a slot.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { poll } from '../helpers/poll.mjs';
import { System } from '../helpers/system.mjs';
import { arguments_of, is_alive, processes } from './storm.mjs';
import { say } from './checker.mjs';

const SILENT_MS = 10000;         // METRIC_ALIVE_S
const SLACK_MS = 3000;           // its master looks each second, and the machine is loaded
let system, hung;

const area_of = (name) => processes(system).filter((p) => p.kind === 'fastcgi'
    && arguments_of(p.pid)[0].endsWith(`/${name}.fcgi`)).map((p) => p.pid);
const slot = (number) => processes(system).map((p) => p.pid).find((pid) => {
    const args = arguments_of(pid);
    return args.includes('--child') && args[args.indexOf('--child') + 1] === String(number);
});

before(async () => {
    system = await System.start({ worker_slots: 4 });
    await system.settled();
    await poll('every slot to wait', () => [0, 1, 2, 3, 4].every(slot));
    hung = { site: area_of('site'), keeper: slot(0), slot: slot(2) };
    assert.equal(hung.site.length, 1, 'a quiet area has one process');
    for (const pid of [...hung.site, hung.keeper, hung.slot])
        process.kill(pid, 'SIGSTOP');
    hung.since = Date.now();
});
after(() => system?.stop());

const replaced_after = async (what, fn) => {
    await poll(what, fn, SILENT_MS + SLACK_MS);
    return Date.now() - hung.since;
};

test('an area whose only process hangs lets nobody wait longer than 10 s, and then answers', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, async () => {
        const start = Date.now();
        const answer = await system.client().get('/help');
        return { ms: Date.now() - start, status: answer.status, words: answer.words };
    }));
    for (const a of asked) {
        assert.ok(a.ms < SILENT_MS + SLACK_MS, `${a.ms} ms`);
        assert.ok(a.status === 200 || /Volvemos en un momento/.test(a.words), `${a.status} ${a.words}`);
    }
    const replaced_ms = await replaced_after('an answer', async () => (await system.client().get('/help')).status === 200);
    say('hung area', { slowest_ms: Math.max(...asked.map((a) => a.ms)), replaced_ms });
    assert.notEqual(area_of('site')[0], hung.site[0]);
    assert.match(system.log('serve'), /event=serve\.silent area=site/);
});

test('a keeper that hangs is replaced, and what a dead slot left comes back', async () => {
    const id = await system.value("INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, priority,"
        + ' state, attempt, worker, host, boot_id, lease_until, lease_wall)'
        + " SELECT 'default', 'noop', '{}', 0, 3, unixepoch(), 100, 'running', 1, '9.1.gone', host,"
        + " (SELECT boot_id FROM clock_trust), 9e15, unixepoch() + 3600 FROM workers LIMIT 1 RETURNING id");
    const replaced_ms = await replaced_after('the keeper', () => slot(0) && slot(0) !== hung.keeper);
    await poll('the job', async () => await system.value('SELECT state FROM jobs WHERE id = ?1', id) === 'done', 5000);
    say('hung keeper', { replaced_ms });
    assert.match(system.log('worker'), /event=worker\.silent slot=0 /);
});

test('a slot that hangs is replaced', async () => {
    const replaced_ms = await replaced_after('the slot', () => slot(2) && slot(2) !== hung.slot);
    say('hung slot', { replaced_ms });
    assert.equal(is_alive(hung.slot), false);
});

test('what only has nothing to do is left alone', () => {
    const silent = [...system.log('serve').matchAll(/serve\.silent area=(\w+)/g)].map((m) => m[1]);
    assert.deepEqual(silent, ['site']);
    assert.equal((system.log('worker').match(/worker\.silent/g) ?? []).length, 2);
});
