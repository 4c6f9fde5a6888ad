// The figures as tables, and where they are kept.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { top } from '../helpers/system.mjs';

const DOCUMENT = path.join(top, 'docs/benchmarks.md');

const percent = (x) => `${Math.round(x * 100)} %`;
const ms = (x) => (x === undefined ? '' : x < 10 ? x.toFixed(2) : x.toFixed(1));
const whole = (x) => (x === undefined ? '' : Math.round(x).toLocaleString('en'));

const reached = (is, must) => !must || is >= must;

// The median, and the least and the most of the rounds.
const ratio_words = ({ ratio, least, most }) => (Math.round(least * 100) === Math.round(most * 100) ? percent(ratio)
    : `${percent(ratio)} (${Math.round(least * 100)} to ${Math.round(most * 100)})`);

function speed_line(row) {
    const must = [row.ratio && `≥ ${percent(row.ratio)}`, row.cpu_ratio && `CPU ≥ ${percent(row.cpu_ratio)}`,
        row.p99 && `p99 ≤ ${row.p99} ms`].filter(Boolean);
    const met = reached(row.is.ratio, row.ratio) && reached(row.is.cpu_ratio, row.cpu_ratio)
        && (!row.p99 || row.is.p99 <= row.p99);
    return [row.what, whole(row.is.rate), ms(row.is.p50), ms(row.is.p99), whole(row.is.cpu && row.is.cpu * 1e6),
        row.beside ? ratio_words(row.is) : '', row.is.cpu_ratio ? percent(row.is.cpu_ratio) : '',
        must.join(', '), must.length ? (met ? 'yes' : '**no**') : ''];
}

function size_line({ what, is, unit, most }) {
    return [what, `${is.toFixed(unit === 's' ? 2 : 1)} ${unit}`, most ? `≤ ${most} ${unit}` : '',
        most ? (is <= most ? 'yes' : '**no**') : ''];
}

function table(head, lines) {
    const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => [...line[i]].length)));
    const print = (line) => `| ${line.map((cell, i) => cell + ' '.repeat(widths[i] - [...cell].length))
        .join(' | ')} |`;
    return [print(head), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...lines.map(print)]
        .join('\n');
}

export const load = () => os.loadavg()[0].toFixed(1);

function output(file, ...args) {
    return execFileSync(file, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
}

// A tree that was unpacked or copied knows no commit, and may have no git beside it.
function commit() {
    try {
        return output('git', '-C', top, 'rev-parse', '--short', 'HEAD');
    } catch {
        return 'unknown';
    }
}

function machine() {
    const cpus = os.cpus();
    const header = path.join(top, 'node_modules/better-sqlite3/deps/sqlite3/sqlite3.h');
    const sqlite = fs.readFileSync(header, 'utf8').match(/#define SQLITE_VERSION\s+"([^"]+)"/)[1];
    const packages = output('dpkg-query', '-W', '-f=${source:Package} ${Version}, ', 'nginx', 'libfcgi-dev',
        'clearsilver-dev', 'libjson-c-dev', 'redis-server', 'celery', 'wrk');
    return `${new Date().toISOString().slice(0, 10)}, commit ${commit()};`
        + ` ${cpus.length} × ${cpus[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB,`
        + ` Linux ${os.release()}; ${packages} SQLite ${sqlite}, gcc ${output('gcc', '-dumpfullversion')}.`;
}

// how: one sentence of how it was measured.
export function report(speeds, sizes, how) {
    return `${machine()}\n\n${how}\n\n`
        + `${table(['what', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'ratio', 'by CPU', 'must', 'reached'],
            speeds.map(speed_line))}\n\n`
        + `${table(['what', 'is', 'must', 'reached'], sizes.map(size_line))}\n`;
}

// The text around the measured part is written by people and stays.
export function report_keep(text) {
    const old = fs.readFileSync(DOCUMENT, 'utf8');
    const made = old.replace(/(<!-- measured -->\n)[\s\S]*(<!-- end -->)/, (_, begin, end) => begin + text + end);
    if (!made.includes(text))
        throw new Error(`${DOCUMENT} has no place for the figures`);
    fs.writeFileSync(DOCUMENT, made);
}
