// Prism stands before a whole system as a proxy that validates: of many requests of any form it finds no answer that the
// description does not declare.  It reads the description by another library than our own test does.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { NOT_ANY, any_request, to_request } from '../helpers/any_request.mjs';
import { seed } from '../helpers/chance.mjs';
import { Client } from '../helpers/client.mjs';
import { operations } from '../helpers/openapi.mjs';
import { on_shelf } from '../helpers/shop.mjs';
import { System, built, poll, top } from '../helpers/system.mjs';

const RUNS = Math.min(10, Number(process.env.API_RUNS ?? 10));      // it takes its time over each
const prism = path.join(top, 'build-api/node_modules/@stoplight/prism-cli/dist/index.js');

function free_port() {
    const server = net.createServer();
    return new Promise((done) => server.listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => done(port));
    }));
}

test(`a validating proxy finds nothing wrong with the answers to requests of any form (${RUNS} to each operation)`, async (t) => {
    const s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    const port = await free_port();
    const proxy = spawn(process.execPath, [prism, 'proxy', path.join(built, 'cgi-bin/openapi.json'), s.base, '--host', '127.0.0.1', '--port', String(port)],
        { stdio: 'ignore' });
    try {
        await poll('the proxy listens', () => new Promise((done) => net.connect(port, '127.0.0.1').once('connect', () => done(true)).once('error', () => done(false))), 60000);
        await on_shelf(s, s.client(), await s.as('OPERADOR'));
        const callers = {}, found = [], statuses = {};
        for (const role of ['USUARIO', 'OPERADOR', 'ADMIN'])
            callers[role] = new Client(`http://127.0.0.1:${port}`, { bearer: (await s.token(role)).bearer });
        const anybody = new Client(`http://127.0.0.1:${port}`);
        for (const op of operations.filter((x) => !NOT_ANY.test(x.name.replace('/api/v1', '')))) {
            const ask = fc.asyncProperty(any_request(op), async (x) => {
                fc.pre(x.json !== null);         // Prism sends no body then, though it announces one
                const { path: where, headers, json } = to_request(op, x);
                const answer = await (callers[op['x-role']] ?? anybody).request(op.method, where, { headers, ...(json !== undefined && { json }) });
                statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
                const wrong = JSON.parse(answer.headers['sl-violations'] ?? '[]').filter((v) => v.location[0] === 'response');
                assert.ok(answer.status < 500, `${answer.status} ${answer.text.slice(0, 300)}`);
                assert.deepEqual(wrong, [], `${answer.status} ${answer.text.slice(0, 300)}`);
            });
            const run = await fc.check(ask, { numRuns: RUNS, seed: parseInt(seed, 16) | 0, endOnFailure: true });
            if (run.failed)
                found.push(`${op.name} ${JSON.stringify(run.counterexample)} ${run.errorInstance?.message}`);
        }
        t.diagnostic(JSON.stringify(statuses));
        assert.deepEqual(found, []);
    } finally {
        proxy.kill();
        await s.stop();
    }
});
