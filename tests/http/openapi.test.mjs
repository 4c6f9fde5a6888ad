// The description of the API holds: every route is in it, every example does what it says, every answer is one that it
// declares, and every problem has its page.
import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { program } from '../fault/storm.mjs';
import { jpeg_photo } from '../helpers/image.mjs';
import { check_answer, doc, example_of, operations } from '../helpers/openapi.mjs';
import { all_routes } from '../helpers/routes.mjs';
import { announced, hand_over, new_guide, new_phone, on_shelf, pickup_code } from '../helpers/shop.mjs';
import { System } from '../helpers/system.mjs';

let s, anybody, oper;
const callers = {};                  // role → a client with a token of that role

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
    process.kill(program(s, 'tick'));          // the schedule would change something in between
    anybody = s.client();
    oper = await s.as('OPERADOR');
    for (const role of ['USUARIO', 'OPERADOR', 'ADMIN'])
        callers[role] = await s.token(role);
});
after(() => s?.stop());

const caller_of = (op) => callers[op['x-role']] ?? anybody;

function send(op, { path, headers, json }, client = caller_of(op)) {
    return client.request(op.method, path, { headers, ...(json !== undefined && { json }) });
}

test('the document is served as the build made it, and again only when it has changed', async () => {
    const first = await anybody.get('/api/v1/openapi.json');
    assert.equal(first.status, 200);
    assert.deepEqual(first.json, doc);
    assert.equal(first.json.openapi, '3.1.0');
    const again = await anybody.get('/api/v1/openapi.json', { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
});

test('it has every route of the API, and no other', () => {
    const rows = all_routes().filter((r) => r.path.startsWith('/api/v1/'));
    assert.deepEqual(operations.map((op) => op.name).sort(), rows.map((r) => r.name).sort());
    for (const r of rows) {
        const op = operations.find((x) => x.name === r.name);
        assert.equal(op['x-role'], r.role, r.name);
        assert.deepEqual(op.security, r.role === 'PUBLIC' ? [] : [{ token: r.scope ? [r.scope] : [] }], r.name);
        assert.equal(op.summary, r.title);
    }
    const ids = operations.map((op) => op.operationId);
    assert.equal(new Set(ids).size, ids.length);
});

describe('each example', () => {
    for (const op of operations)
        test(op.name, async () => {
            const answer = await send(op, example_of(op, {}));
            check_answer(op, answer);
        });
});
