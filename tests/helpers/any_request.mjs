// Requests of any form to an operation of the API: mostly what its description allows, sometimes with one value of
// another kind, sometimes nothing like it.
import fc from 'fast-check';
import { urlencoded } from './client.mjs';
import { new_key } from './shop.mjs';

// The effect of a made-up value of these would reach further than a system of a test: hosts that are written to, accounts that end.
export const NOT_ANY = /^PATCH \/settings|^(POST|PATCH|DELETE) \/(users|tokens|webhooks)/;

const few = (schema) => fc.constantFrom(...(schema.examples ?? [null]));

function text(schema) {
    if (schema.enum)
        return fc.constantFrom(...schema.enum);
    if (schema.format === 'date')
        return fc.date({ min: new Date('1999-01-01'), max: new Date('2101-01-01'), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10));
    const max = Math.min(schema.maxLength ?? 40, 60), min = Math.min(schema.minLength ?? 0, max);
    return fc.oneof(few(schema), fc.string({ minLength: min, maxLength: max, unit: 'grapheme' }), fc.string({ minLength: min, maxLength: max }));
}

// A value as the schema says.
export function value_of(schema) {
    const type = [schema.type].flat()[0];
    if (type === 'string')
        return text(schema);
    if (type === 'integer')
        return fc.oneof(few(schema), fc.integer({ min: Math.max(schema.minimum ?? 0, -(2 ** 31)), max: Math.min(schema.maximum ?? 9, 2 ** 31 - 1) }));
    if (type === 'boolean')
        return fc.boolean();
    if (type === 'array')
        return fc.array(value_of(schema.items), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) });
    return object_of(schema);
}

const object_of = (schema) => fc.record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, s]) => [name, value_of(s)])),
    { requiredKeys: schema.required ?? [] });

const wild = () => fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', '0', -1, 2 ** 53, 1e300, '\u0000', '%00', '../..', '<b>', "' OR 1=1--"));

function body_of(schema) {
    const good = object_of(schema), names = Object.keys(schema.properties ?? {});
    return fc.oneof({ arbitrary: good, weight: 6 },
        { arbitrary: fc.tuple(good, fc.constantFrom(...names, 'nadie_lo_conoce'), wild()).map(([o, name, v]) => ({ ...o, [name]: v })), weight: 3 },
        { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 });
}

// A tuple of what a request has: values of the path, query, body, and whether a key that is needed is there.
export function any_request(op) {
    const at = (place) => op.parameters.filter((p) => p.in === place);
    const values = (place, need) => fc.record(Object.fromEntries(at(place).map((p) => [p.name,
        fc.oneof({ arbitrary: value_of(p.schema), weight: 8 }, { arbitrary: fc.string({ minLength: 1, maxLength: 40 }), weight: 1 })])),
    { requiredKeys: need ? at(place).map((p) => p.name) : [] });
    const schema = op.requestBody?.content['application/json']?.schema;
    return fc.record({ path: values('path', true), query: values('query', false),
        keyed: fc.integer({ min: 0, max: 9 }).map((n) => n > 0), json: schema ? body_of(schema) : fc.constant(undefined) });
}

export function to_request(op, { path, query, keyed, json }) {
    let where = op.path;
    for (const [name, v] of Object.entries(path))
        where = where.replace(`{${name}}`, encodeURIComponent(v).replaceAll('.', '%2E'));
    const key = op.parameters.some((p) => p.name === 'Idempotency-Key');
    return { path: `${where}?${urlencoded(query)}`, headers: key && keyed ? { 'Idempotency-Key': new_key() } : {}, json };
}
