// How fast it is: pages and API through nginx, beside a minimal responder behind
// the same nginx; announcements beside raw durable SQLite transactions; the queue
// beside Celery; memory, start and weight.  One run: rounds in turn, medians of them, ratios within a
// round, so that what else the machine does weighs on both sides.
//
//     node tests/bench/bench.mjs [--seconds N] [--rounds N] [--only ROW,ROW] [--write]
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { System, poll, top } from '../helpers/system.mjs';
import { PACKAGES, fill } from './fill.mjs';
import { JOBS, queue_row } from './jobs.mjs';
import { load, report, report_keep } from './report.mjs';
import { cpu_seconds, memory_mb, page_kb, slot_mb, start_seconds } from './size.mjs';
import { ANNOUNCEMENT, LEAST } from './writes.mjs';

const run = promisify(execFile);
const RESPONDER = path.join(top, 'build/tests/bench/responder');
const READERS = 32;
const CLERKS = 12;

// beside: the row of the same round that it is compared with; ratio, cpu_ratio, p99: what must
// be reached.  The ratio by CPU is the steadier one where others share the machine.
const READS = [
    { id: 'responder', what: 'minimal responder: one package by code, JSON' },
    { id: 'lookup', what: 'look-up by code, JSON', beside: 'responder', ratio: 0.9, cpu_ratio: 0.88 },
    { id: 'page', what: 'track page', beside: 'responder', ratio: 0.65, cpu_ratio: 0.62, p99: 20 },
    { id: 'responder50', what: 'minimal responder: the last 50 packages, JSON' },
    { id: 'list', what: 'page of 50 packages, signed in', beside: 'responder50', ratio: 0.75, p99: 20 },
    { id: 'api50', what: '50 packages with all their fields, JSON, by token', beside: 'responder50', ratio: 0.5 },
];
const WRITES = [
    { id: 'raw', what: 'raw SQLite, synchronous=FULL: two rows' },
    { id: 'raw_rows', what: 'the same: the rows of an announcement', beside: 'raw' },
    { id: 'announce', what: 'announce', beside: 'raw_rows', ratio: 0.5, p99: 100 },
    { id: 'announced', what: 'announce, the worker busy with their messages', beside: 'raw_rows', p99: 100 },
];

const { values: options } = parseArgs({ options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
} });
const seconds = Number(options.seconds), rounds = Number(options.rounds);
if (options.write && rounds < 5)
    throw new Error('what is kept is a median of five rounds at least');
const chosen = options.only.split(',').filter(Boolean);
// The rows that were asked for, with the rows that they are compared with.
function wanted(rows) {
    const is_wanted = (row) => !chosen.length || chosen.includes(row.id)
        || rows.some((other) => other.beside === row.id && is_wanted(other));
    return rows.filter(is_wanted);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// The responder's socket beside the areas', with the same settings, and its address
// right after that of the look-up, so that nginx tries as many expressions for either.
async function responder_start(s) {
    const socket = path.join(s.dir, 'run/responder.sock');
    const child = spawn(RESPONDER, [socket, '2', path.join(s.dir, 'db/paqueteria.db')],
        { stdio: ['ignore', 'ignore', 'inherit'] });
    const also = (name, lines, change) => {
        const file = path.join(s.dir, 'conf', name);
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8')
            .replace(lines, (line) => `${line}\n${change(line)}`));
    };
    also('upstreams.conf', /^upstream track_.*$/mg, (line) => line.replaceAll('track', 'responder'));
    also('locations.conf', /^location \^~ \/api\/v1\/track\/ \{\n[^}]*\}\n[^}]*\}\n\}$/m,
        (lines) => lines.replaceAll('/api/v1/track/', '/responder/').replace('track_', 'responder_'));
    process.kill(s.pid('nginx'), 'SIGHUP');
    await poll('the responder', async () => (await s.client().get('/responder/list')).status === 200);
    return child;
}

// The address that each GET row asks for, and as whom.
async function targets(s, packages) {
    const staff = await s.as('USUARIO');
    const api = await s.token('USUARIO');
    const cookie = [...staff.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
        responder: { paths: packages.map((p) => `/responder/${p.code}`) },
        lookup: { paths: packages.map((p) => `/api/v1/track/${p.code}`) },
        page: { paths: packages.map((p) => `/t/${p.token}`) },
        responder50: { paths: ['/responder/list'] },
        list: { paths: ['/packages'], header: `Cookie: ${cookie}` },
        api50: { paths: ['/api/v1/packages'], header: `Authorization: Bearer ${api.bearer}` },
    };
}

// Asks once by hand before anything is measured: an error page or a redirect is no result.
async function size_by_hand(s, id, target) {
    const [name, value] = (target.header ?? 'Accept: */*').split(': ');
    const answer = await s.client().get(target.paths[0], { headers: { [name]: value } });
    if (answer.status !== 200)
        throw new Error(`${id}: ${target.paths[0]} answers ${answer.status}: ${answer.words.slice(0, 300)}`);
    return answer.body.length;
}

async function wrk(s, connections, header, ...args) {
    const { stdout } = await run('wrk', ['-t2', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s',
        '--script', path.join(top, 'tests/bench/wrk.lua'), ...(header ? ['-H', header] : []),
        s.base, '--', ...args]);
    const got = JSON.parse(stdout.match(/^JSON (.*)$/m)[1]);
    if (got.status + got.broken > 0 || got.requests === 0)
        throw new Error(`${args.join(' ')}: ${got.requests} answers, of them ${got.status} with an error's`
            + ` status, and ${got.broken} that did not come\n${s.logs()}`);
    return got;
}

// wrk's rate, and the CPU time that a request costs nginx and the program that answers.
async function wrk_with_cpu(s, ...args) {
    const pids = [s.pid('nginx'), s.pid('serve'), s.responder.pid];
    const before = cpu_seconds(s, pids);
    const got = await wrk(s, ...args);
    return { rate: got.requests / got.seconds, p50: got.p50, p99: got.p99, requests: got.requests,
        size: got.bytes / got.requests, cpu: (cpu_seconds(s, pids) - before) / got.requests };
}

async function read_row(s, id, target) {
    const file = path.join(s.dir, `${id}.paths`);
    const size = await size_by_hand(s, id, target);
    fs.writeFileSync(file, `${target.paths.join('\n')}\n`);
    const got = await wrk_with_cpu(s, READERS, target.header, 'paths', file);
    if (got.size < size * 0.8)
        throw new Error(`${id}: answers of ${got.size} bytes on average, where one by hand has ${size}`);
    return got;
}

async function worker_stop(s) {
    const pid = s.pid('worker');
    if (!fs.existsSync(`/proc/${pid}`))
        return;
    process.kill(pid, 'SIGTERM');
    await poll('the worker to end', () => !fs.existsSync(`/proc/${pid}`), 40000);
}

async function announce_row(s, prefix) {
    const got = await wrk_with_cpu(s, CLERKS, undefined, 'announce', prefix);
    const made = await s.value("SELECT count(*) FROM packages WHERE guide_key LIKE ?1 || '%'", prefix);
    if (made < got.requests)
        throw new Error(`${prefix}: ${got.requests} answers but ${made} packages`);
    return got;
}

async function raw_row(database, statements) {
    const { stdout } = await run(RESPONDER, ['--write', database, String(seconds), ...statements]);
    const [rate, p50, p99] = stdout.trim().split(' ').map(Number);
    return { rate, p50, p99 };
}

const WRITERS = {
    raw: (s) => raw_row(path.join(s.dir, 'db/raw.db'), LEAST),
    // The raw writer has a copy of the database, as large as the one that the programs write to.
    async raw_rows(s) {
        const copy = path.join(s.dir, 'db/copy.db');
        fs.rmSync(copy, { force: true });
        await s.sql('VACUUM INTO ?1', copy);
        return raw_row(copy, ANNOUNCEMENT);
    },
    async announce(s, round) {
        await worker_stop(s);
        return announce_row(s, `HELD${round}X`);
    },
    async announced(s, round) {
        await s.dev('restart', 'worker');
        return announce_row(s, `SENT${round}X`);
    },
};

const figures = ({ rate, p99 }) => [rate && `${rate.toFixed(0)}/s`, p99 && `p99 ${p99.toFixed(1)} ms`]
    .filter(Boolean).join(', ');

// Rounds alternate in their order, so that no row always comes after the same one.
async function measure(rows, one) {
    const all = Object.fromEntries(rows.map((row) => [row.id, []]));
    for (let round = 1; round <= rounds; round++)
        for (const row of round % 2 ? rows : [...rows].reverse()) {
            const got = await one(row, round);
            process.stderr.write(`round ${round}: ${row.id} ${figures(got)}\n`);
            all[row.id].push(got);
        }
    return rows.map((row) => {
        const middle = (value) => median(all[row.id].map(value));
        const beside = (i) => all[row.beside][i];
        const ratios = row.beside && all[row.id].map((r, i) => r.rate / beside(i).rate);
        return { ...row, is: {
            rate: middle((r) => r.rate), p50: middle((r) => r.p50), p99: middle((r) => r.p99),
            cpu: middle((r) => r.cpu),
            ratio: row.beside && median(ratios), least: row.beside && Math.min(...ratios),
            most: row.beside && Math.max(...ratios),
            cpu_ratio: row.beside && middle((r, i) => beside(i).cpu / r.cpu),
        } };
    });
}

async function pages(s) {
    const sizes = [
        { what: 'all programs, slots and keeper, idle, proportional set size', is: memory_mb(s), unit: 'MB', most: 45 },
        { what: 'an idle slot of the worker', is: slot_mb(s), unit: 'MB', most: 8 },
    ];
    const packages = await fill(s, PACKAGES);
    s.responder = await responder_start(s);
    const asked = await targets(s, packages);
    sizes.push({ what: 'start of the master to the first 200', is: await start_seconds(s, asked.lookup.paths[0]),
        unit: 's', most: 1 });
    for (const [address, name] of [['/announce'], ['/search'], [asked.page.paths[0], '/t/{token}']])
        sizes.push({ what: `first view of ${name ?? address}, compressed`, is: await page_kb(s, address),
            unit: 'KB', most: 60 });
    const speeds = [
        ...await measure(wanted(READS), (row) => read_row(s, row.id, asked[row.id])),
        ...await measure(wanted(WRITES), (row, round) => WRITERS[row.id](s, round)),
    ];
    sizes.push({ what: 'all programs after all of this', is: memory_mb(s), unit: 'MB' });
    return { speeds, sizes };
}

// A private system for each part, so that none waits for what another left.
async function with_system(part) {
    const s = await System.start({ development: false, sms_driver: 'none', announce_per_hour: 100000,
        lookup_per_minute: 100000 });
    try {
        return await part(s);
    } finally {
        s.responder?.kill('SIGKILL');
        await s.stop();
    }
}

const before = load();
const { speeds, sizes } = await with_system(pages);
const jobs = await with_system((s) => measure(wanted(JOBS), (row) => queue_row(s, row.id, seconds)));
const text = report([...speeds, ...jobs], sizes, `${rounds} rounds of ${seconds} s a row, in turn; ${READERS}`
    + ` connections read, ${CLERKS} write; ${PACKAGES} packages; load average ${before} before, ${load()} after.`);
process.stdout.write(text);
if (options.write)
    report_keep(text);
