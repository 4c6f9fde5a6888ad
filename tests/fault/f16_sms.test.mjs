// F16: many SMS to a provider that answers well, refuses, takes the message and says
// nothing, breaks off, drips, talks nonsense or sends elsewhere, over lines that break
// by themselves.  None is accepted twice or lost, and each ends as an oracle says that
// knows what the provider and the line did (jobs.md §4).
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { counts } from '../helpers/chance.mjs';
import { poll } from '../helpers/poll.mjs';
import { Chaos } from './chaos.mjs';
import { check, group, say } from './checker.mjs';
import { Crowd } from './crowd.mjs';
import { drain_hurried, failing_shop, mixed, tries } from './provider.mjs';

const sends = Number(process.env.FAULT_SENDS ?? 72);

// Whether an answer of the provider means that the SMS was taken; after NO it is tried again.
const MEANS = { ok: 'YES', 'taken-held': 'YES', 429: 'NO', 400: 'NEVER', refused: 'NEVER', redirect: 'UNKNOWN', 500: 'UNKNOWN',
    reset: 'UNKNOWN', 'taken-500': 'UNKNOWN', 'taken-502': 'UNKNOWN', 'taken-504': 'UNKNOWN', 'taken-html': 'UNKNOWN',
    'taken-timeout': 'UNKNOWN', 'taken-reset': 'UNKNOWN', 'taken-drip': 'UNKNOWN', 'taken-garbage': 'UNKNOWN' };
const STATE = { YES: 'sent', NEVER: 'failed', UNKNOWN: 'unknown' };

// Faults of the line.  A request of which no byte left certainly did not arrive; one that broke in
// the middle never reaches the provider, but the sender cannot know; and a line that breaks in the
// answer hides it.
const BEFORE = ['refused', 'hello-cut', 'no-tls', 'silent', 'drip-hello'];
const DURING = ['request-cut', 'request-stopped'];
const AFTER = ['answer-cut', 'answer-stopped', 'answer-drip'];
const SLOW = [...DURING, ...AFTER].filter((name) => !/cut/.test(name))
    .concat('silent', 'drip-hello', 'taken-timeout', 'taken-drip');

const faults_of = ({ up, down }) => ({
    refused: { does: 'reset' },
    'hello-cut': { does: 'reset', way: 'up', after: 100 },
    'no-tls': { does: 'garbage' },
    silent: { does: 'stop' },
    'drip-hello': { does: 'drip', way: 'down', after: 0 },
    'request-cut': { does: 'reset', way: 'up', after: up - 60 },
    'request-stopped': { does: 'stop', way: 'up', after: up - 60 },
    'answer-cut': { does: 'reset', way: 'down', after: down + 10 },
    'answer-stopped': { does: 'stop', way: 'down', after: down + 10 },
    'answer-drip': { does: 'drip', way: 'down', after: down + 10 },
});

let system, chaos, crowd;

before(async () => {
    chaos = await Chaos.listen();
    system = await failing_shop({ liwa_url: `https://localhost:${chaos.port}/v2/sms/single` });
    chaos.target = { host: '127.0.0.1', port: system.liwa.server.address().port };
    crowd = new Crowd(system, null, { email: Infinity });
});
after(async () => {
    crowd?.abandon();
    await system?.stop();
    chaos?.close();
});

const announce = () => crowd.announce({ ...crowd.parcel(), email: null });

// How many bytes a whole request is, and how many come back before its answer.
async function measure() {
    system.liwa.script.set(['taken-held', 'ok']);
    await announce();
    await poll('a request', () => system.liwa.held.length === 1);
    const sizes = { up: chaos.lines[0].up, down: chaos.lines[0].down };
    system.liwa.release();
    await drain_hurried(system, 10000);
    return sizes;
}

// The most that the sender could know of one request that reached the provider.
function meaning(request) {
    const line = chaos.lines.findLast((l) => l.port === request.port && l.at <= request.at);
    return AFTER.includes(line.name) && line.fired ? 'UNKNOWN' : MEANS[request.step];
}

const requests = () => system.liwa.ledger.read().filter((line) => line.kind === 'send');

// How each message must have ended, by phone.  One that met no end at the provider was
// cut off in the middle of a request.
function oracle() {
    const of_phone = group(requests(), (r) => `+${r.number}`);
    const ends = new Map();
    for (const act of crowd.ledger.read()) {
        const met = (of_phone.get(act.phone) ?? []).map(meaning);
        assert.ok(met.slice(0, -1).every((m) => m === 'NO'), `${act.guide} was sent again after ${met}`);
        ends.set(act.phone, STATE[met.at(-1)] ?? 'unknown');
    }
    return ends;
}

test(`of ${sends} SMS over bad lines to a bad provider none is sent twice and each is what it says`, async () => {
    chaos.faults = { ...chaos.faults, ...faults_of(await measure()) };
    const bad = Object.keys(MEANS).filter((name) => MEANS[name] !== 'YES');
    const broken = [...BEFORE, ...DURING, ...AFTER];
    chaos.script.set(mixed(sends, [...broken, ...broken.map(() => 'ok')], SLOW));
    system.liwa.script.set(mixed(Math.floor(sends * 0.8), ['ok', 'ok', 'ok', 'ok', ...bad], SLOW));
    for (let n = 0; n < sends; n++)
        await announce();
    const drain_ms = await drain_hurried(system, 30000 + sends * 300);
    const ends = oracle();
    const figures = await check(system, crowd.ledger.read(),
        { expected: (n) => ends.get(n.recipient) });
    const met = requests();
    const lines = chaos.lines.filter((l) => l.name === 'ok' || l.fired);
    say('F16', { sends, connections: chaos.lines.length, ...counts(ends.values()), ...figures, drain_ms });
    // Requests cut in the middle, and no others, were never at the provider and are in doubt.
    const silent = [...ends].filter(([phone, state]) => state === 'unknown'
        && !met.some((r) => `+${r.number}` === phone && meaning(r) === 'UNKNOWN'));
    assert.equal(silent.length, lines.filter((l) => DURING.includes(l.name)).length);
    assert.equal(await tries(system, 'sms.send'), chaos.lines.length, 'one connection a try');
    for (const name of [...broken, ...bad])
        assert.ok(chaos.lines.some((l) => l.name === name) || met.some((r) => r.step === name), `nobody met ${name}`);
    assert.ok(lines.some((l) => AFTER.includes(l.name)), 'no answer was hidden');
});
