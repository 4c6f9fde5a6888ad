// Instructions of the processor that one GET takes, counted by valgrind's callgrind: they are nearly the same on
// every machine and however busy it is, so they tell what a change of the code saves.
//
//     node tests/bench/instructions.mjs [page|lookup|list] [FILE]
//
// prints them all in all and by function; FILE keeps callgrind's own figures for callgrind_annotate.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { System, built, poll } from '../helpers/system.mjs';
import { PACKAGES, fill } from './fill.mjs';

const WARM = 100, REQUESTS = 200, SHOWN = 40;
const TARGETS = {
    page: { area: 'track', path: (p) => `/t/${p.token}` },
    lookup: { area: 'track', path: (p) => `/api/v1/track/${p.code}` },
    list: { area: 'packages', path: () => '/packages', role: 'USUARIO' },
};

// A folder of programs, in which that of the area is started under callgrind.
function programs_make(dir, area) {
    const areas = path.join(built, 'cgi-bin');
    for (const name of fs.readdirSync(areas).filter((n) => n.endsWith('.fcgi') && n !== `${area}.fcgi`))
        fs.symlinkSync(path.join(areas, name), path.join(dir, name));
    fs.writeFileSync(path.join(dir, `${area}.fcgi`), '#!/bin/sh\necho $$ >"$0.pid"\nexec valgrind -q --tool=callgrind'
        + ` --callgrind-out-file="${dir}/counts" ${path.join(areas, area)}.fcgi "$@"\n`, { mode: 0o755 });
}

// Sums the costs of each function's own lines; those after "calls=" belong to what it calls.
function own_costs(text) {
    const names = {}, costs = {};
    let at, called = false;
    for (const line of text.split('\n')) {
        const [, kind, id, name] = line.match(/^(c?fn)=\((\d+)\)(?: (.*))?/) ?? [];
        if (name)
            names[id] = name;
        if (kind === 'fn')
            at = id;
        const cost = line.match(/^[+\-*\d]\S* (\d+)$/);
        if (cost && !called)
            costs[at] = (costs[at] ?? 0) + Number(cost[1]);
        if (cost || line.startsWith('calls='))
            called = !cost;
    }
    return Object.entries(costs).map(([id, cost]) => ({ name: names[id], cost: cost / REQUESTS }))
        .sort((a, b) => b.cost - a.cost);
}

const target = TARGETS[process.argv[2] ?? 'page'];
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'instructions-'));
programs_make(dir, target.area);
const s = await System.start({ development: false, sms_driver: 'none', workers_busy: 1, programs_dir: dir });
try {
    const packages = await fill(s, PACKAGES);
    const client = target.role ? await s.as(target.role) : s.client();
    const ask = async (n) => {
        for (const p of packages.slice(0, n)) {
            const answer = await client.get(target.path(p));
            if (answer.status !== 200)
                throw new Error(`${target.path(p)}: ${answer.status}`);
        }
    };
    const pid = fs.readFileSync(path.join(dir, `${target.area}.fcgi.pid`), 'utf8').trim();
    const control = (option) => execFileSync('callgrind_control', [option, pid], { stdio: 'ignore' });
    await ask(WARM);
    control('--zero');
    await ask(REQUESTS);
    control('--dump');
    const counts = path.join(dir, 'counts.1');
    await poll('the counts', () => fs.existsSync(counts) && /^totals:/m.test(fs.readFileSync(counts, 'utf8')));
    if (process.argv[3])
        fs.copyFileSync(counts, process.argv[3]);
    const costs = own_costs(fs.readFileSync(counts, 'utf8'));
    const row = (cost, name) => console.log(String(Math.round(cost)).padStart(9), name);
    row(costs.reduce((sum, f) => sum + f.cost, 0), 'instructions for one request; of them');
    costs.slice(0, SHOWN).forEach((f) => row(f.cost, f.name));
} finally {
    await s.stop();
    fs.rmSync(dir, { recursive: true });
}
