// An answer of the API held against what its row gives: no member more, none less, each of its kind.
import assert from 'node:assert/strict';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00$/;
const KINDS = {
    int: Number.isSafeInteger, id: (v) => Number.isSafeInteger(v) && v !== 0, money: Number.isSafeInteger,
    bool: (v) => typeof v === 'boolean', instant: (v) => INSTANT.test(v), text: (v) => typeof v === 'string',
    phone: (v) => /^\+\d+$/.test(v), address: (v) => /^\+\d+$|@/.test(v),
};

function check_value(where, field, value) {
    if (value === null)
        return assert.ok(field.may_be_null, `${where} is null`);
    if (field.type === 'object')
        return check_members(where, field.fields, value);
    if (field.type !== 'list')
        return assert.ok(KINDS[field.type](value), `${where} is no ${field.type}: ${JSON.stringify(value)}`);
    assert.ok(Array.isArray(value), where);
    value.forEach((item, i) => check_members(`${where}[${i}]`, field.fields, item));
}

function check_members(where, fields, object) {
    const here = Object.keys(object), need = fields.filter((f) => !f.optional).map((f) => f.name);
    assert.deepEqual(here.filter((name) => !fields.some((f) => f.name === name)), [], `${where} has more`);
    assert.deepEqual(need.filter((name) => !here.includes(name)), [], `${where} has less`);
    for (const f of fields.filter((x) => here.includes(x.name)))
        check_value(`${where}.${f.name}`, f, object[f.name]);
}

export function check_gives(r, answer) {
    const { shape, status, fields, type } = r.gives;
    assert.equal(answer.status, status, `${r.name}: ${answer.text.slice(0, 300)}`);
    if (shape === 'other')
        return assert.equal(answer.headers['content-type'].split(';')[0], type, r.name);
    if (status === 204)
        return assert.equal(answer.text, '', r.name);
    if (shape === 'list' || shape === 'whole') {
        const next = { name: 'next', type: 'id', may_be_null: true }, items = { name: 'items', type: 'list', fields };
        return check_members(r.name, shape === 'list' ? [items, next] : [items], answer.json);
    }
    check_members(r.name, shape === 'nothing' ? [] : fields, answer.json);
}
