// The queue beside Celery on the same Redis: from the first no-op that is put in until
// none is left; and how long one waits for an idle slot.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { poll, top } from '../helpers/system.mjs';
import { cpu_seconds } from './size.mjs';

const run = promisify(execFile);
const PRODUCER = path.join(top, 'build/tests/bench/producer');
const FOLDER = path.join(top, 'tests/bench');
const PYTHON = '/usr/bin/python3';       // Debian's, which has Debian's Celery

// beside, ratio, p99: as in bench.mjs.
export const JOBS = [
    { id: 'celery', what: 'Celery, 4 processes, as it ships: no-ops put in and run' },
    { id: 'celery_late', what: 'Celery, acks_late, Redis appendfsync always', beside: 'celery' },
    { id: 'jobs', what: 'ours, 4 at once, every step durable', beside: 'celery', ratio: 1.5 },
    { id: 'jobs_late', what: 'ours beside Celery with acks_late', beside: 'celery_late', ratio: 1.5 },
    { id: 'disk', what: 'what the disk allows one after the other: flushes a second / 2' },
    { id: 'wait', what: 'commit of a no-op to its start, slots idle', p99: 50 },
    { id: 'wait_alone', what: 'the same without Redis', p99: 1200 },
];

function broker(s) {
    const password = fs.readFileSync(path.join(s.dir, 'secrets/redis_password'), 'utf8').trim();
    return `redis+socket://:${password}@${path.join(s.dir, 'run/redis.sock')}`;
}

// A worker of Celery that has answered its first task.
async function celery_start(s, safe) {
    await s.redis('ACL', 'SETUSER', 'default', 'allkeys', 'allchannels', '+@all');      // ours may less
    const env = { ...process.env, BROKER: broker(s), SAFE: safe ? '1' : '', PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(PYTHON, ['-m', 'celery', '-A', 'celery_noop', 'worker', '--concurrency', '4', '--loglevel',
        'ERROR', '--without-gossip', '--without-mingle'], { cwd: FOLDER, env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.resume();
    const drain = async (count) => Number((await run(PYTHON, ['celery_noop.py', String(count)],
        { cwd: FOLDER, env, timeout: 120000 })).stdout);
    await drain(20);
    return { pid: child.pid, drain, stop: () => new Promise((done) => child.once('exit', done) && child.kill('SIGTERM')) };
}

// Processor time of a job: of the queue and of who runs it, without who put it in.
async function with_cpu(s, pid, count, run_all) {
    const pids = [pid, s.pid('redis')];
    const before = cpu_seconds(s, pids);
    const took = await run_all();
    return { rate: count / took, cpu: (cpu_seconds(s, pids) - before) / count };
}

async function celery(s, count, safe) {
    const c = await celery_start(s, safe);
    try {
        return await with_cpu(s, c.pid, count, () => c.drain(count));
    } finally {
        await c.stop();
    }
}

async function celery_late(s, count) {
    await s.redis('CONFIG', 'SET', 'appendfsync', 'always');
    await s.redis('CONFIG', 'SET', 'appendonly', 'yes');
    try {
        return await celery(s, count, true);
    } finally {
        await s.redis('CONFIG', 'SET', 'appendonly', 'no');
    }
}

const conf = (s) => path.join(s.dir, 'conf/paqueteria.conf');

async function fill_and_wait(s, count) {
    const left = () => s.value("SELECT count(*) FROM jobs WHERE kind = 'noop' AND state IN ('ready', 'running')");
    const start = performance.now();
    await run(PRODUCER, [conf(s), 'fill', String(count)], { env: s.env });
    await poll('all no-ops done', async () => await left() === 0, 120000);
    return (performance.now() - start) / 1000;
}

async function ours(s, count) {
    const got = await with_cpu(s, s.pid('worker'), count, () => fill_and_wait(s, count));
    const done = await s.value("SELECT count(*) FROM jobs WHERE kind = 'noop' AND state = 'done'");
    if (done < count)
        throw new Error(`${done} of ${count} no-ops are done`);
    await s.sql("DELETE FROM job_attempts");
    await s.sql("DELETE FROM jobs WHERE kind = 'noop'");
    return got;
}

// A job of ours waits for the disk twice, as it is put in and as it is done: how often that can
// be, with a page and its frame appended each time.  Slots that wait side by side may share a flush.
function disk(s, seconds) {
    const file = path.join(s.dir, 'db/flushes'), fd = fs.openSync(file, 'w'), frame = Buffer.alloc(4096 + 24, 1);
    const start = performance.now();
    let flushes = 0;
    for (; performance.now() - start < seconds * 1000; flushes++) {
        fs.writeSync(fd, frame);
        fs.fdatasyncSync(fd);
    }
    const took = (performance.now() - start) / 1000;
    fs.closeSync(fd);
    fs.rmSync(file);
    return { rate: flushes / took / 2 };
}

async function wait(s, count) {
    const { stdout } = await run(PRODUCER, [conf(s), 'wait', String(count)], { env: s.env });
    const [p50, p99] = stdout.trim().split(' ').map(Number);
    return { p50, p99 };
}

async function wait_alone(s, count) {
    process.kill(s.pid('redis'), 'SIGKILL');
    try {
        return await wait(s, count);
    } finally {
        await s.dev('start');
    }
}

// seconds: about so long a row.
export const queue_row = (s, id, seconds) => ({
    celery: () => celery(s, 700 * seconds, false),
    celery_late: () => celery_late(s, 300 * seconds),
    jobs: () => ours(s, 1500 * seconds),
    jobs_late: () => ours(s, 1500 * seconds),
    disk: () => disk(s, seconds),
    wait: () => wait(s, 40 * seconds),
    wait_alone: () => wait_alone(s, 2 * seconds),
})[id]();
