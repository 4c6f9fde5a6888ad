// The worker with kinds whose handlers misbehave (bad_worker.c), in place of the one
// that ships.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { top } from '../helpers/system.mjs';
import { is_alive, program, start_again } from './storm.mjs';

export const ACTS = { crash: 0, loop: 1, eat: 2, flood: 3 };

// Made of the same libraries as the programs: make knows whether it is of today.
function built(name) {
    execFileSync('make', ['-C', path.join(top, 'build'), `tests/fault/${name}`], { stdio: 'ignore' });
    return path.join(top, 'build/tests/fault', name);
}

const arguments_of = (system, worker) => [worker, '--config', path.join(system.dir, 'conf/paqueteria.conf')];

export const start_bad_worker = (system) => start_again(system, 'worker',
    arguments_of(system, built('bad_worker')));

// Kill -9, as a power cut does; its slots die with it.
export async function kill_worker(system) {
    const pid = program(system, 'worker');
    const slots = system.children(pid);
    process.kill(pid, 'SIGKILL');
    await poll('the slots to die with their parent', () => ![pid, ...slots].some(is_alive));
}

export async function with_bad_worker(system) {
    const job = path.join(system.dir, 'programs/paqueteria-job');
    await kill_worker(system);
    fs.rmSync(job);
    fs.symlinkSync(built('bad_job'), job);
    await start_bad_worker(system);
}

// A job as job_add_tx would write it, in any queue; no hint goes out.
export const add_job = (system, queue, kind, args = {}, tries = 3) => system.sql('INSERT INTO jobs'
    + ' (queue, kind, args, state, run_at, max_attempts, created_at)'
    + " VALUES (?1, ?2, ?3, 'ready', unixepoch(), ?4, unixepoch())", queue, kind, JSON.stringify(args), tries);
