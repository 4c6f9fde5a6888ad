// A file of customers comes in and goes out: seconds of each step, and the largest memory of the processes that did it.
// Every third row is broken.  Fails when the import takes longer than an owner is to wait, or its memory grows with the
// rows.
//
//     node tests/bench/import.mjs [--rows 100000]
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { System, poll } from '../helpers/system.mjs';

const MOST_S = 20, MOST_MB = 200;
const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const FIRST = ['Ana', 'Luis', 'Rosa', 'Pedro', 'Marta', 'Jorge', 'Sofía', 'Iván', 'Elsa', 'Hugo'];
const letters = (i) => String(i).replace(/\d/g, (d) => 'abcdefghij'[d]);
const line = (i) => `${FIRST[i % 10]} ${letters(i)} Prueba;${i % 3 === 2 ? '12345' : `3${String(5550000000 + i).slice(-9)}`};${i % 40};${Math.floor(i / 120)};c${i}@example.com`;

// The largest memory (VmHWM, MB) of each program of isolated jobs, and its seconds on a processor so far, asked for again
// and again.
function watch() {
    const cpu = {};
    const most = {};
    const timer = setInterval(() => {
        for (const pid of fs.readdirSync('/proc').filter((x) => /^\d+$/.test(x)))
            try {
                const [, name] = /paqueteria-(job|sheet|worker)\0/.exec(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? [];
                const kb = name && /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
                if (kb) {
                    most[name] = Math.max(most[name] ?? 0, Math.round(kb[1] / 1024));
                    const times = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
                    cpu[name] = Math.max(name === 'worker' ? 0 : cpu[name] ?? 0, (Number(times[11]) + Number(times[12])) / 100);
                }
            } catch {
                // it has ended
            }
    }, 100);
    return () => (clearInterval(timer), { most, cpu });
}

async function measured(what, begin, read, is_done) {
    const stop = watch(), began = performance.now();
    const { id } = (await begin()).json;
    const end = await poll(what, async () => {
        const x = (await read(id)).json;
        return is_done(x) ? x : null;
    }, 600000);
    const s = (performance.now() - began) / 1000, { most, cpu } = stop();
    console.log(`${what}: ${s.toFixed(1)} s, on a processor ${JSON.stringify(cpu)}, largest memory in MB ${JSON.stringify(most)}`);
    return { id, s, most, end };
}

const s = await System.start();
let bad = 0;
try {
    const api = await s.token('ADMIN');
    const data = `Nombre;Celular;Torre;Apto;Correo\n${[...Array(Number(options.rows)).keys()].map(line).join('\n')}\n`;
    const of = (id) => api.get(`/api/v1/customer-imports/${id}`);
    const send = () => api.post('/api/v1/customers/import', { form: {}, files: { file: [{ name: 'todos.csv', type: 'text/csv', data }] } });
    const looked = await measured('look at it', send, of, (x) => x.state === 'read' || x.state === 'failed');
    console.log(JSON.stringify(looked.end));
    const start = (id) => () => api.post(`/api/v1/customer-imports/${id}/start`, { json: {} });
    const written = await measured('write it', start(looked.id), of, (x) => x.state === 'done');
    console.log(JSON.stringify(written.end));
    for (const format of ['xlsx', 'csv'])
        await measured(`out as ${format}`, () => api.post('/api/v1/customers/export', { json: { format } }),
            (id) => api.get(`/api/v1/customer-exports/${id}`), (x) => x.state === 'ready');
    const again = await measured('look at it again', send, of, (x) => x.state === 'read' || x.state === 'failed');
    console.log(JSON.stringify(again.end));
    bad += written.s > MOST_S || Object.values({ ...looked.most, ...written.most }).some((mb) => mb > MOST_MB);
} finally {
    await s.stop();
}
if (bad) {
    console.error(`the import is to take ${MOST_S} s and ${MOST_MB} MB`);
    process.exit(1);
}
