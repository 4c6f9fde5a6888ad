// The queue beside Celery on the same Redis: from the first no-op that is put in until
// none is left; and how long one waits for an idle slot.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { poll, top } from '../helpers/system.mjs';

const run = promisify(execFile);
const PRODUCER = path.join(top, 'build/tests/bench/producer');
const FOLDER = path.join(top, 'tests/bench');
const PYTHON = '/usr/bin/python3';       // Debian's, which has Debian's Celery

// beside, ratio, p99: as in bench.mjs.
export const JOBS = [
    { id: 'celery', what: 'Celery, 4 processes, as it ships: no-ops put in and run' },
    { id: 'celery_late', what: 'Celery, acks_late, Redis appendfsync always', beside: 'celery' },
    { id: 'jobs', what: 'ours, 4 slots, every step durable', beside: 'celery', ratio: 1.5 },
    { id: 'jobs_late', what: 'ours beside Celery with acks_late', beside: 'celery_late', ratio: 1.5 },
    { id: 'wait', what: 'commit of a no-op to its start, slots idle', p99: 50 },
    { id: 'wait_alone', what: 'the same without Redis', p99: 1200 },
];

function broker(s) {
    const password = fs.readFileSync(path.join(s.dir, 'secrets/redis_password'), 'utf8').trim();
    return `redis+socket://:${password}@${path.join(s.dir, 'run/redis.sock')}`;
}

// A worker of Celery that has answered its first task.
async function celery_start(s, safe) {
    const env = { ...process.env, BROKER: broker(s), SAFE: safe ? '1' : '', PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(PYTHON, ['-m', 'celery', '-A', 'celery_noop', 'worker', '--concurrency', '4', '--loglevel',
        'ERROR', '--without-gossip', '--without-mingle'], { cwd: FOLDER, env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.resume();
    const drain = async (count) => Number((await run(PYTHON, ['celery_noop.py', String(count)],
        { cwd: FOLDER, env, timeout: 120000 })).stdout);
    await drain(20);
    return { drain, stop: () => new Promise((done) => child.once('exit', done) && child.kill('SIGTERM')) };
}

async function celery(s, count, safe) {
    const c = await celery_start(s, safe);
    try {
        return { rate: count / await c.drain(count) };
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

async function ours(s, count) {
    const left = () => s.value("SELECT count(*) FROM jobs WHERE kind = 'noop' AND state IN ('ready', 'running')");
    const start = performance.now();
    await run(PRODUCER, [conf(s), 'fill', String(count)], { env: s.env });
    await poll('all no-ops done', async () => await left() === 0, 120000);
    const seconds = (performance.now() - start) / 1000;
    const done = await s.value("SELECT count(*) FROM jobs WHERE kind = 'noop' AND state = 'done'");
    if (done < count)
        throw new Error(`${done} of ${count} no-ops are done`);
    await s.sql("DELETE FROM job_attempts");
    await s.sql("DELETE FROM jobs WHERE kind = 'noop'");
    return { rate: count / seconds };
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
    wait: () => wait(s, 40 * seconds),
    wait_alone: () => wait_alone(s, 2 * seconds),
})[id]();
