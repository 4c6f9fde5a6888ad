// A process that hangs (the only one of an area, the keeper, a slot) is noticed by its missing sign of life,
// killed and replaced.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { announced } from '../helpers/shop.mjs';
import { System, built } from '../helpers/system.mjs';
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
    await poll('the area to work', async () => (await system.client().get('/help')).status === 200);
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
    fs.writeFileSync(path.join(system.dir, 'run/worker.9.1.gone.lock'), '');     // and nobody holds it
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

// Processes that are started once the file says something else.
const conf_file = () => path.join(system.dir, 'conf/paqueteria.conf');
const restarted = async (what, pid, now) => {
    process.kill(pid, 'SIGKILL');
    return poll(what, () => now() && now() !== pid && now());
};

test('a typo in the configuration changes nothing, also not for a process that is started later', async () => {
    const good = fs.readFileSync(conf_file(), 'utf8');
    fs.writeFileSync(conf_file(), `${good}undo_s = treinta\n`);
    try {
        process.kill(system.pid('serve'), 'SIGHUP');
        await poll('the master to refuse it', () => /event=serve\.config /.test(system.log('serve')));
        await restarted('another process of the area', area_of('site')[0], () => area_of('site')[0]);
        const made = await restarted('another slot', slot(1), () => slot(1));
        await restarted('another keeper', slot(0), () => slot(0));
        assert.equal((await system.client().get('/help')).status, 200);
        const p = await announced(system, system.client());
        await system.settled();
        assert.ok(await system.value("SELECT count(*) FROM notification_packages WHERE package_id = ?1", p.id) > 0);
        assert.equal(slot(1), made, 'it stays');
    } finally {
        fs.writeFileSync(conf_file(), good);
    }
});

test('an area that is started without its database stays, says so, and goes on when it is there', async () => {
    const at = path.join(system.dir, 'db'), away = path.join(system.dir, 'db-away');
    let made;
    fs.renameSync(at, away);
    try {
        made = await restarted('another process of the area', area_of('site')[0], () => area_of('site')[0]);
        const page = await poll('an answer', async () => {
            const answer = await system.client().get('/help');
            return answer.status === 503 && /Hay mucha actividad|Espere|Volvemos/.test(answer.words) && answer;
        });
        assert.ok(Number(page.headers['retry-after']) > 0);
        assert.match(system.log('serve'), /event=app\.database area=site/);
    } finally {
        fs.renameSync(away, at);
    }
    assert.equal((await system.client().get('/help')).status, 200);
    assert.deepEqual(area_of('site'), [made], 'the same process all the while');
});

test('an area whose processes die as soon as they start answers our page within a second, then goes on', async () => {
    const file = path.join(system.dir, 'programs/site.fcgi'), real = fs.realpathSync(file);
    fs.rmSync(file);
    fs.writeFileSync(file, '#!/bin/sh\nkill -BUS $$\n', { mode: 0o755 });
    try {
        process.kill(area_of('site')[0], 'SIGKILL');
        const asked = [];
        for (const start = Date.now(); Date.now() - start < 4000;) {
            const from = Date.now(), answer = await system.client().get('/help');
            asked.push(Date.now() - from);
            assert.equal(answer.status, 503);
            assert.match(answer.words, /Volvemos en un momento/);
        }
        say('dying area', { requests: asked.length, slowest_ms: Math.max(...asked) });
        assert.ok(Math.max(...asked) <= 1000, `${Math.max(...asked)} ms`);
    } finally {
        fs.rmSync(file);
        fs.symlinkSync(real, file);
    }
    process.kill(system.pid('serve'), 'SIGHUP');
    await poll('the area', async () => (await system.client().get('/help')).status === 200);
});

const can_mount = spawnSync('unshare', ['-m', 'true']).status === 0;

test('a master and its areas start though the disk of the run folder is full', { skip: !can_mount && 'no mounts here' },
    async () => {
        const run = path.join(system.dir, 'run-full');
        fs.mkdirSync(run);
        const child = spawn('unshare', ['-m', 'sh', '-c', `mount -t tmpfs -o size=64k none "$0" && mkdir "$0/metrics"
            head -c 1000000 /dev/zero >"$0/filler" 2>"$0/error"; exec "$1" --config "$2"`, run,
        path.join(built, 'bin/paqueteria-serve'), conf_file()],
        { env: { ...system.env, PAQUETERIA_RUN_DIR: run }, stdio: ['ignore', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
        const ended = once(child, 'exit');
        try {
            const areas = area_of('site').length + fs.readdirSync(path.join(system.dir, 'programs'))
                .filter((name) => name.endsWith('.fcgi')).length - 1;
            await poll('every area to be ready', () => (new Set([...said.matchAll(/program=(\S+) .*event=serve\.start area=/g)]
                .map((m) => m[1])).size === areas) || (child.exitCode !== null && assert.fail(said)));
            assert.match(said, /event=metric\.open .*No space left/);
            assert.doesNotMatch(said, /event=serve\.died/);
        } finally {
            child.kill('SIGTERM');
            await ended;
        }
    });

test('of killed slots no lock file stays', async () => {
    const locks = () => fs.readdirSync(path.join(system.dir, 'run')).filter((name) => /^worker\..*\.lock$/.test(name));
    await restarted('another slot', slot(3), () => slot(3));
    await poll('one lock for each slot', () => locks().length === 4);
});

test('the process of a job whose slot has gone does not begin', async () => {
    const job = path.join(system.dir, 'programs/paqueteria-job');
    const child = spawnSync(job, ['--config', conf_file(), '1', '1', '1'], { env: system.env, encoding: 'utf8' });
    assert.equal(child.status, 75);
    assert.match(child.stderr, /event=job\.orphan/);
});

test('the master makes its lock anew when somebody removes the file', async () => {
    const file = path.join(system.dir, 'run/serve.pid'), pid = fs.readFileSync(file, 'utf8');
    fs.rmSync(file);
    await poll('the lock', () => fs.existsSync(file));
    assert.equal(fs.readFileSync(file, 'utf8'), pid);
    assert.equal(spawnSync('flock', ['-n', file, 'true']).status, 1, 'and holds it');
    assert.match(system.log('serve'), /event=serve\.lock_gone/);
});

const children_of = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

test('the loop of cron is started again when it dies and when it hangs, and ends with its parent', async () => {
    const sweeps = () => system.value("SELECT count(*) FROM cron_ticks WHERE name = 'jobs-sweep' AND ok = 1");
    const conf = path.join(system.dir, 'conf/cron.conf');
    fs.writeFileSync(conf, `${fs.readFileSync(path.join(system.dir, 'conf/paqueteria.conf'), 'utf8')}\ncron_silent_s = 3\n`);
    const watcher = spawn(path.join(built, 'cron/paqueteria-tick'), ['--config', conf, '--loop'], { env: system.env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    watcher.stderr.on('data', (text) => { said += text; });
    const loop = () => children_of(watcher.pid)[0];
    const another = (than) => poll('another loop', () => loop() && loop() !== than, 30000);
    await poll('a program to have run', async () => await sweeps() > 0, 60000);
    assert.match((await system.client().get('/metrics')).text, /paqueteria_cron_up 1\n/);
    for (const [signal, event] of [['SIGKILL', /event=tick\.died/], ['SIGSTOP', /event=tick\.silent/]]) {
        const old = loop();
        process.kill(old, signal);
        await another(old);
        assert.match(said, event);
        assert.equal(is_alive(old), false);
    }
    const last = loop();
    process.kill(watcher.pid, 'SIGTERM');
    const [code] = await once(watcher, 'exit');
    assert.equal(code, 0, said);
    assert.equal(is_alive(last), false);
    await system.sql("UPDATE cron_ticks SET finished_at = finished_at - 3600");
    assert.match((await (await system.as('ADMIN')).get('/dashboard')).words, /según el reloj no se hace/);
    assert.match((await system.client().get('/metrics')).text, /paqueteria_cron_up 0\n/);
});
