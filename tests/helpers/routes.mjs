// The programs' own route tables, as they print them, and values for their parameters.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { forms } from './client.mjs';
import { top } from './system.mjs';

export const ROLES = ['PUBLIC', 'USUARIO', 'OPERADOR', 'ADMIN'];
export const LISTS = ['ids', 'lines', 'files'];      // may come more than once

export function areas() {
    const dir = path.join(top, 'build/cgi-bin');
    return fs.readdirSync(dir).filter((name) => name.endsWith('.fcgi')).map((name) =>
        JSON.parse(execFileSync(path.join(dir, name), ['--routes'], { encoding: 'utf8' })));
}

export function all_routes() {
    return areas().flatMap((area) => area.routes.map((r) => ({ ...r, area: area.area,
        name: `${r.method} ${r.path}`, json: r.answer.includes('JSON'), raw: r.answer.includes('RAW') })));
}

// The addresses that a path of the route tables stands for.
export const to_pattern = (p) => new RegExp(`^${p.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);

// The methods that Allow must name for a path: those of every row of that area which it fits.
export function methods_of(routes, area, address) {
    const found = routes.filter((r) => r.area === area && to_pattern(r.path).test(address))
        .flatMap((r) => (r.method === 'GET' ? ['GET', 'HEAD'] : [r.method]));
    return [...new Set(found)].sort();
}

// values: name → value for the {parameters}; what is missing becomes a number that no row has.
export const address_of = (r, values = {}) =>
    r.path.replace(/\{(\w+)\}/g, (all, name) => encodeURIComponent(values[name] ?? 999999));

// A value of the right form for a parameter, so that only what a test spoils is wrong.
export function good(p) {
    const table = { text: 'abcdefghijkl', scan: 'abcdefghijkl', long: 'texto', lines: 'ABC123456', raw: 'una-clave-larga-7',
        int: String(Math.max(1, p.min)), id: '999999', money: '1500', bool: '1', day: '2026-01-02',
        enum: p.choices?.[0], ids: '999999', rows: [] };
    const value = table[p.type];
    return p.type === 'text' && p.max > 0 ? value.slice(0, p.max) : value;
}

// Values that a parameter of this type refuses.
export function bad(p) {
    const table = { int: ['x', '1.5', String(p.max + 1), '99999999999999999999'], id: ['x', '0', '-1'],
        money: ['x', '1,5', '1.50', '-1'], bool: ['quizás'], day: ['2026-02-30', 'hoy'], enum: ['OTRA'],
        ids: ['x', '1,x', '7,7'] };
    return table[p.type] ?? [...(p.type === 'scan' ? [] : ['a\u0001b']), 'a\u0085b', ...(p.max > 0 ? ['x'.repeat(p.max + 1)] : [])];
}

// Faults of the forms of a page as it came, before any script.  A form without one leads to a row that takes it, has every
// field that the row asks for, and a button in sight (or one field alone, which Enter sends).
export function forms_amiss(routes, address, text) {
    const html = text.replace(/<template\b[^]*?<\/template>/g, ''), amiss = [];
    for (const f of forms(html).filter((one) => one.method !== 'DIALOG')) {
        const action = (f.action ?? address).replace(/[?#].*/, ''), id = f.html.match(/^<form\b[^>]*\bid="([^"]+)"/)?.[1];
        const controls = f.html.match(/<(?:input|select|textarea|button)\b[^>]*>/g) ?? [];
        if (id)
            controls.push(...html.match(new RegExp(`<(?:input|select|textarea|button)\\b[^>]*\\bform="${id}"[^>]*>`, 'g')) ?? []);
        const rows = routes.filter((r) => r.method === f.method && !r.path.startsWith('/api/') && to_pattern(r.path).test(action));
        const buttons = controls.filter((c) => /^<button\b|type="(submit|image)"/.test(c) && !/type="(button|reset)"|\shidden\b/.test(c));
        const to = rows.find((r) => r.path === action) ?? rows[0], names = controls.map((c) => c.match(/\bname="([^"]+)"/)?.[1]);
        const lacks = to?.params.filter((p) => p.in !== 'path' && p.required && !names.includes(p.name)) ?? [];
        const can_go = buttons.length > 0 || controls.filter((c) => !/type="hidden"/.test(c)).length === 1;
        amiss.push(...[!to && 'leads nowhere', !can_go && 'has no button', ...lacks.map((p) => `has no ${p.name}`)].filter(Boolean)
            .map((what) => `the form to ${f.method} ${action} ${what}`));
    }
    return amiss;
}
