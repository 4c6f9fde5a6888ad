// F01 for messages: kill -9 of slots, of the keeper and of the worker that starts them, at dealt moments, while many SMS
// and mails go out.  None is lost, no SMS goes twice, by what the providers took and by the database; and when nobody is
// killed any more the queue is empty within a minute.  Then the same with a provider that takes 9 s for each SMS.
// Long: more than a minute.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { Storm } from './storm.mjs';

const kills = Number(process.env.FAULT_MESSAGE_KILLS ?? 20);
const DECK = { slot: 14, keeper: 3, worker: 3 };
const DRAINED_MS = 60000;
// answers: the step of the provider's script; every_ms: between two kills; rest_ms: of each who announces.  Of slots that
// wait for 9 s the killed leave nothing but SMS of which nobody knows whether they left, so fewer are killed in a second.
const PROVIDERS = [
    { name: 'answers at once', answers: 'ok', every_ms: [5, 65], people: 3, rest_ms: 100, slots: 8 },
    { name: 'takes 9 s for each SMS', answers: 'taken-slow', every_ms: [50, 650], people: 2, rest_ms: 1000, slots: 16 },
];

for (const { name, answers, every_ms, people, rest_ms, slots } of PROVIDERS)
    test(`${kills} processes of the worker are killed while messages go to a provider that ${name}: none is lost or doubled`, async (t) => {
        const system = await busy_shop({ worker_slots: slots });
        const crowd = new Crowd(system, await system.token('OPERADOR'), { email: 2, received: 0.5, rest_ms });
        t.after(() => {
            crowd.abandon();
            return system.stop();
        });
        system.liwa.script.set([answers]);
        crowd.start(people);
        await poll('the first messages', () => system.sms().length + system.mails().length > 3, 30000);
        const start = Date.now();
        const killed = await new Storm(system, { deck: DECK, every_ms }).run(kills);
        const storm_ms = Date.now() - start;
        await crowd.stop();
        const drain_ms = await drain(system, DRAINED_MS);
        const figures = await check(system, crowd.ledger.read());
        say('F01', { provider: answers, kills, storm_ms, ...crowd.stats, ...figures, drain_ms, ...killed });
        assert.ok(figures.sms + figures.mails > kills / 4, 'there were messages');
    });
