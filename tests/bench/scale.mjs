// Find and list among ever more packages, through nginx, by somebody signed in: each row
// one request after another with other words each time, as one clerk asks.  Fails when a p99
// is above what quality.md §5 allows; that no plan reads all packages is in tests/unit/parcel/find.c.
//
//     node tests/bench/scale.mjs [--sizes 10000,100000,1000000] [--requests N]
import { parseArgs } from 'node:util';
import { System } from '../helpers/system.mjs';
import { fold, home_of, name_of, phone_of, scale_fill } from './scale_fill.mjs';

const MOST_MS = 20;
const { values: options } = parseArgs({ options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    requests: { type: 'string', default: '300' },
} });
const requests = Number(options.requests);

const typo = (word) => `${word.slice(0, 2)}${word[3] ?? 'x'}${word[2] ?? ''}${word.slice(4)}`;
const word = (i, at) => fold(name_of(i)).split(' ').at(at);
const find = (q) => `/api/v1/find?q=${encodeURIComponent(q)}`;
const whose = (q) => `/customers/suggest?q=${encodeURIComponent(q)}`, PART = { 'HX-Request': 'true' };

// The questions, of packages p and people i spread over all there are.
const ROWS = [
    ['code', (p) => find(p.code)],
    ['guide', (p) => find(p.guide)],
    ['beginning of a guide', (p) => find(p.guide.slice(0, 9))],
    ['last four of a guide', (p) => find(p.guide.slice(-4))],
    ['last six of a guide', (p) => find(p.guide.slice(-6))],
    ['phone', (p, i) => find(phone_of(i).slice(3))],
    ['position', (p, i) => find(String(i % 100).padStart(2, '0'))],
    ['one word of the name', (p, i) => find(word(i, -1))],
    ['three letters', (p, i) => find(word(i, 0).slice(0, 3))],
    ['two words of the name', (p, i) => find(`${word(i, 0)} ${word(i, -1).slice(0, 4)}`)],
    ['two words, not of one person', (p, i) => find(`${word(i, 0)} ${word(i + 7, -1)}`)],
    ['a word with a typo', (p, i) => find(typo(word(i, -1)))],
    ['two words with typos', (p, i) => find(`${typo(word(i, 0))} ${typo(word(i, -1))}`)],
    ['omnibox: hits as a part of a page', (p, i) => find(word(i, 0)).replace('/api/v1', ''), { 'HX-Request': 'true' }],
    ['whose it is: the last four of a phone', (p, i) => whose(phone_of(i).slice(-4)), PART],
    ['whose it is: tower and apartment', (p, i) => whose(`torre ${home_of(i).join(' apto ')}`), PART],
    ['whose it is: a word of the name', (p, i) => whose(word(i, -1)), PART],
    ['whose it is: two letters', (p, i) => whose(word(i, 0).slice(0, 2)), PART],
    ['whose it is: two words, not of one person', (p, i) => whose(`${word(i, 0)} ${word(i + 7, -1)}`), PART],
    ['list, page 1', () => '/packages'],
    ['list, page 10,000 or the last', (p, i, n) => `/packages?before=${Math.max(n - 500000, 60) + i % 5}`],
    ['list by state', () => '/packages?state=ENTREGADO'],
    ['list by size', () => '/packages?type=EXTRA_DIMENSIONADO'],
    ['list by state and size', () => '/packages?state=CANCELADO&type=EXTRA_DIMENSIONADO'],
    ['list of a customer', (p, i, n) => `/packages?customer_id=${1 + i % (n / 5)}`],
];

async function row(client, api, packages, n, [, address, headers]) {
    const times = [];
    for (let k = 0; k < requests; k++) {
        const at = address(packages[k % packages.length], (k * 7919 + 13) % (n / 5), n);
        const began = performance.now();
        const answer = await (at.startsWith('/api/') ? api : client).get(at, { headers });
        times.push(performance.now() - began);
        if (answer.status !== 200)
            throw new Error(`${at}: ${answer.status}`);
    }
    times.sort((a, b) => a - b);
    return { p50: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
}

const s = await System.start({ development: false, sms_driver: 'none' });
const table = new Map(ROWS.map(([what]) => [what, []]));
let bad = 0, from = 0;
try {
    const client = await s.as('OPERADOR'), api = await s.token('OPERADOR');
    for (const n of options.sizes.split(',').map(Number)) {
        const began = Date.now();
        await scale_fill(s, from, n);
        process.stderr.write(`${n} packages after ${((Date.now() - began) / 1000).toFixed(0)} s\n`);
        from = n;
        const packages = await s.sql(`SELECT tracking_code AS code, guide_key AS guide FROM packages
            WHERE id % ${Math.max(1, n / 1000)} = 7 % ${Math.max(1, n / 1000)}`);
        for (const r of ROWS) {
            await row(client, api, packages.slice(0, 5), n, r);          // a clerk's day is not cold
            const got = await row(client, api, packages, n, r);
            table.get(r[0]).push(`${got.p50.toFixed(1)} / ${got.p99.toFixed(1)}`);
            bad += got.p99 > MOST_MS;
            process.stderr.write(`${n} ${r[0]}: ${got.p50.toFixed(2)} ${got.p99.toFixed(2)}\n`);
        }
    }
} finally {
    await s.stop();
}
const sizes = options.sizes.split(',').map((n) => Number(n).toLocaleString('en'));
process.stdout.write([`| p50 / p99 ms | ${sizes.join(' | ')} |`, `|---${'|---'.repeat(sizes.length)}|`,
    ...[...table].map(([what, cells]) => `| ${what} | ${cells.join(' | ')} |`), ''].join('\n'));
if (bad > 0) {
    process.stderr.write(`${bad} of them above ${MOST_MS} ms\n`);
    process.exitCode = 1;
}
