// The description of the API as the build made it: its operations, requests made of their examples, and answers held
// against what they declare.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { urlencoded } from './client.mjs';
import { new_key } from './shop.mjs';
import { built } from './system.mjs';

export const doc = JSON.parse(fs.readFileSync(path.join(built, 'cgi-bin/openapi.json'), 'utf8'));

export const resolve = (o) => (o?.$ref ? resolve(o.$ref.slice(2).split('/').reduce((at, key) => at[key], doc)) : o);

export const operations = Object.entries(doc.paths).flatMap(([where, methods]) =>
    Object.entries(methods).map(([method, op]) => ({ ...op, method: method.toUpperCase(), path: where,
        name: `${method.toUpperCase()} ${where}`, parameters: op.parameters.map(resolve) })));

// A client must go on when an answer has a member more; our tests must not.
function strict(schema) {
    if (Array.isArray(schema))
        return schema.map(strict);
    if (!schema || typeof schema !== 'object')
        return schema;
    const all = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
    return all.properties && all.type === 'object' ? { additionalProperties: false, ...all } : all;
}

const ajv = new Ajv({ strict: false, allErrors: true });
formats(ajv);
ajv.addSchema(strict(doc), 'api');

const escape = (key) => encodeURIComponent(key.replace(/~/g, '~0').replace(/\//g, '~1'));
const validator = (...keys) => ajv.getSchema(`api#/${keys.map(escape).join('/')}`);

// Asserts that the description declares this answer: its status, its type, its headers, each member of it.
export function check_answer(op, answer) {
    const where = `${op.name} → ${answer.status} ${answer.text.slice(0, 400)}`;
    const declared = resolve(op.responses[answer.status]);
    assert.ok(declared, `${where}: the status is not declared`);
    for (const name of ['etag', 'link', 'idempotent-replayed', 'retry-after', 'ratelimit-limit'])
        if (answer.headers[name] !== undefined)
            assert.ok(Object.keys(declared.headers ?? {}).some((h) => h.toLowerCase() === name), `${where}: ${name} is not declared`);
    if (declared.content === undefined)
        return assert.equal(answer.text, '', where);
    const type = answer.headers['content-type'].split(';')[0];
    assert.ok(declared.content[type], `${where}: ${type} is not declared`);
    if (!/json$/.test(type))
        return;
    const problem = type === 'application/problem+json';
    const valid = problem ? validator('components', 'schemas', 'problem')
        : validator('paths', op.path, op.method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema');
    assert.ok(valid(answer.json), `${where}\n${ajv.errorsText(valid.errors)}`);
    if (problem)
        assert.equal(answer.json.status, answer.status, where);
}

// What is told to programs of others: kind → its request, as the description has it; and whether a body is as described.
export const told = doc.webhooks;
export function check_news(kind, body) {
    const valid = validator('webhooks', kind, 'post', 'requestBody', 'content', 'application/json', 'schema');
    assert.ok(valid(body), `${kind} ${JSON.stringify(body).slice(0, 600)}\n${ajv.errorsText(valid.errors)}`);
}

// The request that the description gives as an example; `real` has the values that exist in this system.
export function example_of(op, real = {}) {
    const value = (p) => real[p.name] ?? p.schema.examples?.[0];
    const headers = {}, query = {};
    let at = op.path;
    for (const p of op.parameters) {
        if (p.in === 'path')
            at = at.replace(`{${p.name}}`, encodeURIComponent(value(p)));
        else if (p.in === 'query' && (p.required || p.name in real))
            query[p.name] = value(p);
        else if (p.in === 'header' && p.required)
            headers[p.name] = new_key();
    }
    const json = op.requestBody?.content['application/json'];
    const body = json && Object.fromEntries(Object.entries(json.example).map(([name, v]) => [name, real[name] ?? v]));
    return { path: `${at}${Object.keys(query).length ? `?${urlencoded(query)}` : ''}`, headers, json: body };
}
