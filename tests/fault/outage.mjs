// A provider that is away for hours, and the breaker of its queue, by a clock that the
// test moves: while the breaker is open nobody tries, so no attempt is burnt.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { poll } from '../helpers/poll.mjs';
import { built } from '../helpers/system.mjs';
import { redis } from './redis.mjs';
import { program, start_again } from './storm.mjs';

// The worker's clock, in seconds ahead of the test's.
class Clock {
    constructor(system) {
        this.system = system;
        this.file = path.join(system.dir, 'run/clock');
        this.ahead = 0;
        this.set(0);
    }

    set(ahead) {
        this.ahead = ahead;
        fs.writeFileSync(`${this.file}.new`, `+${ahead}\n`);
        fs.renameSync(`${this.file}.new`, this.file);
    }

    now() { return Math.floor(Date.now() / 1000) + this.ahead; }
    until(when) { this.set(Math.max(this.ahead, when - Math.floor(Date.now() / 1000))); }

    // The worker by this clock, and nobody by another: who has the time of this machine, as a
    // program of the tick, would take the breaker's for a jump and mend it.  The monotonic
    // clocks stay as they are, as in a machine.
    async start_worker() {
        const { system } = this;
        process.kill(program(system, 'tick'), 'SIGTERM');
        process.kill(system.pid('worker'), 'SIGTERM');
        await poll('the worker to end', () => program(system, 'worker') === 0, 40000);
        await start_again(system, 'worker', ['env', 'LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1',
            `FAKETIME_TIMESTAMP_FILE=${this.file}`, 'FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1',
            path.join(built, 'bin/paqueteria-worker'),
            '--config', path.join(system.dir, 'conf/paqueteria.conf')]);
    }
}

// queue, kind: of the jobs that ask the provider; later: a queue that a slot looks at
// only when it found nothing in that one; slots: how many the worker has; moved: told
// of each step of the clock.
export class Outage {
    constructor(system, { queue, kind, later, slots, moved = () => {} }) {
        Object.assign(this, { system, queue, kind, later, slots, moved });
        this.clock = new Clock(system);
        this.open = [];          // from when to when
        this.in_vain = [];       // attempts while it was away
    }

    async breaker() { return (await this.system.sql('SELECT * FROM queues WHERE name = ?1', this.queue))[0]; }
    attempts() {
        return this.system.sql('SELECT a.* FROM job_attempts a JOIN jobs j ON j.id = a.job_id'
            + ' WHERE j.kind = ?1 ORDER BY a.started_at', this.kind);
    }
    left(state) { return this.system.value('SELECT count(*) FROM jobs WHERE kind = ?1 AND state = ?2', this.kind, state); }
    hint(queue) { return redis(this.system, 'XADD', `paq:q:${queue}`, '*', 'j', '0'); }

    until(when) {
        this.clock.until(when);
        this.moved(this.clock.ahead);
    }

    // A slot that takes this job has looked at the provider's before it.
    async slots_have_looked() {
        await this.system.sql("INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, priority, state)"
            + " VALUES (?1, 'noop', '{}', 0, 3, 0, 100, 'ready')", this.later);
        await this.hint(this.later);
        await poll('a slot to look', async () => await this.system.value(
            "SELECT count(*) FROM jobs WHERE kind = 'noop' AND state <> 'done'") === 0);
    }

    // Notes when the breaker opened and until when, once for each time.
    saw({ open_until, open_for }) {
        if (open_until > 0 && this.open.at(-1)?.[1] !== open_until)
            this.open.push([open_until - open_for, open_until]);
    }

    // Moves the clock to the next moment at which a job may run, and waits until one has been tried.
    async next_try() {
        const before = (await this.attempts()).length;
        // Asked anew each time: another try may have ended meanwhile and moved the moment.
        const aim = async () => {
            const due = await this.system.value("SELECT min(run_at) FROM jobs WHERE kind = ?1 AND state = 'ready'", this.kind);
            const breaker = await this.breaker();
            this.saw(breaker);           // nobody else sees an opening that is over with this step
            this.until(Math.max(due, breaker.open_until) + 1);
            await this.hint(this.queue);
        };
        const tried = async () => (await this.attempts()).length > before;
        await poll('a try', async () => await tried() || await aim()).catch(async (error) => {
            throw new Error(`${error.message} at ${this.clock.now()}: ${JSON.stringify([await this.breaker(),
                await this.system.sql("SELECT * FROM jobs WHERE state IN ('ready', 'running')")])}`);
        });
        await poll('its end', async () => await this.left('running') === 0);
    }

    // Try whenever it may be tried, and see that nobody does while the breaker is open.
    async through(seconds) {
        const end = this.clock.now() + seconds, done = (await this.attempts()).length;
        while (this.clock.now() < end) {
            await this.next_try();
            const breaker = await this.breaker(), { open_until, open_for } = breaker;
            this.saw(breaker);
            if (open_until <= this.clock.now())
                continue;
            const so_far = (await this.attempts()).length;
            this.until(open_until - Math.ceil(open_for / 10));
            await this.slots_have_looked();
            assert.equal((await this.attempts()).length, so_far, 'nobody tries while it is open');
        }
        this.in_vain = (await this.attempts()).slice(done);
    }

    // Ends the outage: all jobs that wait are done.
    async over() {
        while (await this.left('ready') > 0)
            await this.next_try();
    }

    // The figures, which hold in each outage.
    async check() {
        const burnt = this.in_vain.filter((a) => this.open.some(([from, to]) => a.started_at > from && a.started_at < to));
        assert.equal(burnt.length, 0);
        assert.ok(this.in_vain.length <= 5 + 2 * this.slots + this.open.length,
            `one each time that it was half open: ${this.in_vain.length} tries, ${this.open.length} openings`);
        assert.deepEqual([(await this.breaker()).failures, (await this.breaker()).open_until], [0, 0]);
        return { openings: this.open.length, tries_in_vain: this.in_vain.length, burnt: burnt.length,
            longest_opening_s: Math.max(...this.open.map(([from, to]) => to - from)) };
    }
}
