// How much memory and processor time, how soon the first answer, how heavy a page.
import fs from 'node:fs';
import { poll } from '../helpers/poll.mjs';

const PROGRAMS = ['serve', 'worker', 'tick'];

const is_there = (pid) => fs.existsSync(`/proc/${pid}`);
const with_children = (s, pid) => [pid, ...s.children(pid).flatMap((child) => with_children(s, child))];

// A process that has ended since it was listed holds nothing.
function kb_of(pid) {
    try {
        return Number(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss: *(\d+)/m)[1]);
    } catch (error) {
        if (error.code === 'ENOENT' || error.code === 'ESRCH')
            return 0;
        throw error;
    }
}

export function memory_mb(s) {
    return PROGRAMS.map((name) => s.pid(name)).filter(is_there).flatMap((pid) => with_children(s, pid))
        .reduce((sum, pid) => sum + kb_of(pid), 0) / 1024;
}

// The heaviest of the worker's processes below its parent.
export const slot_mb = (s) => Math.max(...s.children(s.pid('worker')).map(kb_of)) / 1024;

// The numbers of /proc/PID/stat after the name, which begin with the third of proc(5).
const stat = (pid) => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ').map(Number);
const TICKS = 100;                       // a second

// Processor time so far of these processes, all below them, and those that have ended.
export function cpu_seconds(s, pids) {
    return pids.filter(is_there).flatMap((pid) => with_children(s, pid))
        .reduce((sum, pid) => sum + stat(pid).slice(11, 15).reduce((a, b) => a + b), 0) / TICKS;
}

const began = (pid) => stat(pid)[19] / TICKS;
const uptime = () => Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

// Seconds from the birth of the master to the first good answer through nginx.
export async function start_seconds(s, address) {
    const client = s.client();
    const restarted = s.dev('restart', 'serve');
    await poll('the programs to be gone', async () => (await client.get(address)).status === 503);
    await poll('the first answer', async () => (await client.get(address)).status === 200);
    const answered = uptime();
    await restarted;
    return answered - began(s.pid('serve'));
}

// The addresses that a page or a style sheet names, which a first view fetches with it.
const NAMED = /<(?:link|script|img|use)\b[^>]*?(?:href|src)="([^"#]+)|url\(["']?([^"')#]+)/g;

async function weigh(client, address, seen) {
    const full = new URL(address, client.base);
    if (full.protocol === 'data:' || seen.has(full.pathname))
        return 0;
    if (full.origin !== client.base.origin)
        throw new Error(`${address} is somebody else's`);
    seen.add(full.pathname);
    const plain = await client.get(full.pathname + full.search);
    const packed = await client.get(full.pathname + full.search, { headers: { 'Accept-Encoding': 'gzip' } });
    if (packed.status !== 200)
        throw new Error(`${address} answers ${packed.status}`);
    let bytes = packed.body.length;
    if (/html|css/.test(plain.headers['content-type']))
        for (const m of plain.text.matchAll(NAMED))
            bytes += await weigh(client, new URL(m[1] ?? m[2], full).href, seen);
    return bytes;
}

export const page_kb = async (s, address) => await weigh(s.client(), address, new Set()) / 1024;
