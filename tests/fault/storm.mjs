// Kill -9 of whatever runs, each kind as often as it was dealt.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { between, dealt, one_of } from '../helpers/chance.mjs';
import { top } from '../helpers/system.mjs';
import { rest } from './crowd.mjs';

const EX_TEMPFAIL = 75;
const EVERY_MS = [5, 65];
const AWAY_MS = 20000;           // how long a kind may be away before something is wrong
// How many of forty are of each kind: those that hold work before those that everything
// else hangs on.
const OF_FORTY = { fastcgi: 18, slot: 11, job: 4, keeper: 2, nginx: 2, worker: 2, serve: 1 };

function read(file) {
    try {
        return fs.readFileSync(file, 'utf8');
    } catch {
        return '';
    }
}

const start_time = (pid) => read(`/proc/${pid}/stat`).split(') ').at(-1).split(' ')[19];
export const is_alive = (pid) => /^[^Z]/.test(read(`/proc/${pid}/stat`).split(') ').at(-1));
export const arguments_of = (pid) => read(`/proc/${pid}/cmdline`).split('\0');

// The pid of a program that ./dev started, 0 when it does not run; a number that is
// another process by now is not it.
export function program(system, name) {
    const [pid, started] = read(path.join(system.dir, 'run', `${name}.dev`)).trim().split(' ');
    return pid && started === start_time(pid) ? Number(pid) : 0;
}

function worker_kind(pid) {
    const args = arguments_of(pid);
    const at = args.indexOf('--child');
    if (at < 0)
        return 'job';
    return args[at + 1] === '0' ? 'keeper' : 'slot';
}

// Everything that may be killed: { kind, pid, name }, with the name of what nobody but
// us starts again.
export function processes(system) {
    const found = [];
    const add = (kind, pid, name) => found.push({ kind, pid, name });
    const worker = program(system, 'worker');
    const serve = program(system, 'serve');
    const nginx = program(system, 'nginx');
    if (worker)
        add('worker', worker, 'worker');
    for (const pid of worker ? system.children(worker) : []) {
        add(worker_kind(pid), pid);
        system.children(pid).forEach((job) => add('job', job));
    }
    if (serve)
        add('serve', serve, 'serve');
    for (const pid of serve ? system.children(serve) : [])
        add('fastcgi', pid);
    for (const pid of nginx ? system.children(nginx) : [])
        add('nginx', pid);
    return found;
}

// The program, where ./dev looks for it.
export async function start_program(system, name, args) {
    const log = fs.openSync(path.join(system.dir, 'log', `${name}.log`), 'a');
    const child = spawn(args[0], args.slice(1), { cwd: top, env: system.env, detached: true,
        stdio: ['ignore', log, log] });
    fs.closeSync(log);
    await once(child, 'spawn');
    child.unref();
    fs.writeFileSync(path.join(system.dir, 'run', `${name}.dev`), `${child.pid} ${start_time(child.pid)}\n`);
    return child;
}

// Starts a program as systemd would: once more when the dying one still holds its lock.
export async function start_again(system, name, args) {
    const child = await start_program(system, name, args);
    child.on('exit', (code) => code === EX_TEMPFAIL && start_again(system, name, args));
    return child;
}

export class Storm {
    // o: how many of a deck are of each kind, and the bounds of the time between two kills.
    constructor(system, o = {}) {
        Object.assign(this, { deck: OF_FORTY, every_ms: EVERY_MS, ...o });
        this.system = system;
        this.killed = {};
    }

    async run(kills) {
        const deck = Object.entries(this.deck).flatMap(([kind, n]) => Array(n).fill(kind));
        for (const kind of dealt(kills, deck)) {
            await rest(between(...this.every_ms));
            await this.kill_one(kind);
        }
        return this.killed;
    }

    // Kills one process of a kind; it may have to be waited for, as a photo's job is until the next photo comes.
    async kill_one(kind) {
        for (const until = Date.now() + AWAY_MS; Date.now() < until; await rest(3)) {
            const found = processes(this.system).filter((p) => p.kind === kind);
            if (found.length > 0 && await this.kill(one_of(found)))
                return;
        }
        throw new Error(`no ${kind} ran for ${AWAY_MS} ms`);
    }

    async kill({ kind, pid, name }) {
        const args = arguments_of(pid).slice(0, -1);
        try {
            process.kill(pid, 'SIGKILL');
        } catch {
            return 0;            // it ended by itself just now
        }
        this.killed[kind] = (this.killed[kind] ?? 0) + 1;
        if (name)
            await start_again(this.system, name, args);
        return 1;
    }
}
