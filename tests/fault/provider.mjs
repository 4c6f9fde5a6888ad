// Helpers of the tests of failing providers: many messages at once, a fault for each.
import { dealt } from '../helpers/chance.mjs';
import ledger from '../helpers/ledger.js';
import { poll } from '../helpers/poll.mjs';
import { drain } from './checker.mjs';
import { busy_shop } from './crowd.mjs';

const SLOTS = 32;                // so that those that wait for a time-out wait together

// The breaker would stop everything after five faults in a row; what it does is a test
// of its own (F18).
const NO_BREAKER = 'CREATE TRIGGER no_breaker AFTER UPDATE OF failures ON queues WHEN NEW.failures > 0'
    + ' BEGIN UPDATE queues SET failures = 0, open_for = 0, open_until = 0 WHERE name = NEW.name; END';

export async function failing_shop(settings) {
    const system = await busy_shop({ worker_slots: SLOTS, ...settings });
    await system.sql(NO_BREAKER);
    return system;
}

// n names of faults in any order, each as often as the others, or once less.  `first` come
// first: the slow ones, so that they are waited for once and not one after another.
export function mixed(n, names, first = []) {
    const list = dealt(n, names);
    return [...list.filter((name) => first.includes(name)), ...list.filter((name) => !first.includes(name)), 'ok'];
}

// Until nothing waits; what is to be tried again later may be at once.
export async function drain_hurried(system, ms) {
    const start = Date.now();
    await poll('every message to have ended', async () => {
        await system.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND run_at > unixepoch()");
        return await system.value("SELECT count(*) FROM jobs WHERE state IN ('ready', 'running')") === 0;
    }, ms);
    await drain(system);
    return Date.now() - start;
}

export const tries = (system, kind) => system.value('SELECT count(*) FROM job_attempts a JOIN jobs j'
    + ' ON j.id = a.job_id WHERE j.kind = ?1', kind);

// The server's faults come behind lines that are well, and behind a broken one it is well: none
// hides another, so that each is met as often as it was dealt.
export function fail_behind(chaos, script, steps) {
    const deck = new ledger.Script(steps);
    const fails = (port) => chaos.lines.findLast((l) => l.port === port)?.fault.does;
    script.next = (port) => (fails(port) ? 'ok' : deck.next());
}
