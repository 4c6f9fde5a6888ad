// F18, its half of the mail: many faults of the mail server and of the line to it, and a
// server that is away for hours.  No mail is lost, what may have been taken before goes
// out again as the same mail, and while the breaker is open nobody tries.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { counts } from '../helpers/chance.mjs';
import { Chaos } from './chaos.mjs';
import { check, drain, group, say } from './checker.mjs';
import { Crowd } from './crowd.mjs';
import { Outage } from './outage.mjs';
import { drain_hurried, fail_behind, failing_shop, mixed, tries } from './provider.mjs';

const faults = Number(process.env.FAULT_MAILS ?? 40);
const away_s = 6 * 3600;
const SLOTS = 2;                 // each looks at mails before the queue `default`
const waiting = 8;               // mails that are written while it is away

const REFUSED = ['550', '554'];  // for good
const LATER = ['421', '450', '451', 'drop', 'taken-drop'];
const LINE = ['refused', 'no-smtp', 'silent', 'drip', 'no-tls', 'data-cut'];
// Half-open in the middle of a mail: thirty seconds, which ./dev test has no time for.
const LONG = process.env.FAULT_MAILS ? ['data-stopped'] : [];

const faults_of = (up) => ({
    refused: { does: 'reset' },
    'no-smtp': { does: 'garbage' },
    silent: { does: 'stop' },
    drip: { does: 'drip', way: 'down', after: 4 },
    'no-tls': { does: 'garbage', way: 'down', after: 400 },    // 200 to 1,000 is the server's hello
    'data-cut': { does: 'reset', way: 'up', after: up },
    'data-stopped': { does: 'stop', way: 'up', after: up },
});

let system, chaos, crowd;

before(async () => {
    chaos = await Chaos.listen();
    system = await failing_shop({ mail_url: `smtp://localhost:${chaos.port}` });
    chaos.target = { host: '127.0.0.1', port: system.smtp.port };
    crowd = new Crowd(system, null, { email: 1 });
});
after(async () => {
    crowd?.abandon();
    await system?.stop();
    chaos?.close();
});

// Refused for good, or sent in the end.
function oracle() {
    const met = group(system.smtp.ledger.read().filter((l) => l.to), (l) => l.to[0]);
    return (n) => ((met.get(n.recipient) ?? []).some((l) => REFUSED.includes(l.step)) ? 'failed' : 'sent');
}

test(`${faults} faults of the mail server and its line lose no mail`, async () => {
    await crowd.announce_many(1);
    await drain_hurried(system, 10000);
    const whole = chaos.lines[0].up;         // six tenths of it are in the middle of the mail
    Object.assign(chaos.faults, faults_of(Math.floor(whole * 0.6)));
    const line = [...LINE, ...LONG], server = [...REFUSED, ...LATER];
    const broken = mixed(faults, [...line, 'data-cut', ...server.map(() => 'ok')], ['silent', 'drip', 'data-stopped']);
    const refusals = mixed(faults, server);
    chaos.script.set(broken);
    fail_behind(chaos, system.smtp.script, refusals);
    await crowd.announce_many(faults);
    const drain_ms = await drain_hurried(system, 60000 + faults * 300);
    const figures = await check(system, crowd.ledger.read(), { expected: oracle() });
    const fired = chaos.lines.filter((l) => l.fired), steps = system.smtp.ledger.read().map((l) => l.step);
    say('F18', { faults: fired.length + steps.filter((step) => step !== 'ok').length, ...counts(fired.map((l) => l.name)),
        ...counts(steps), ...figures, drain_ms });
    const sent = await system.sql("SELECT message_id FROM notifications WHERE channel = 'email' AND state = 'sent'");
    const known = await system.sql('SELECT message_id FROM notifications');
    assert.equal(system.mails().length, sent.length + steps.filter((step) => step === 'taken-drop').length,
        'each is taken once, and once more where the answer was lost');
    assert.ok(system.mails().every((m) => known.some((n) => `<${n.message_id}>` === m.message_id)), 'as the same mail');
    assert.equal(await tries(system, 'mail.send'), chaos.lines.length, 'one connection a try');
    const met = counts([...fired.map((l) => l.name), ...steps]), meant = counts([...broken, ...refusals]);
    for (const name of [...line, ...server])
        assert.equal(met[name], meant[name], `how often ${name} was met`);
});

test('while the mail server is away for six hours nobody tries, and then every mail leaves', async () => {
    await system.sql('DROP TRIGGER no_breaker');
    system.env.PAQUETERIA_WORKER_SLOTS = SLOTS;
    const outage = new Outage(system, { queue: 'mail', kind: 'mail.send', later: 'default', slots: SLOTS });
    const start = outage.clock.now();
    await outage.clock.start_worker();
    await chaos.away();
    await crowd.announce_many(waiting);
    await outage.through(away_s);
    await chaos.back();
    await outage.over();
    await drain(system);
    const figures = await check(system, crowd.ledger.read(), { expected: oracle() });
    say('F18 away', { hours: away_s / 3600, mails: waiting, ...await outage.check(),
        late_h: Math.ceil((outage.clock.now() - start) / 3600), ...figures });
});
