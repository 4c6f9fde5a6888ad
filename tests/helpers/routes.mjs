// The programs' own route tables, as they print them, and values for their parameters.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
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
