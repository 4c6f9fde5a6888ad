// F07: SQLite does not corrupt what several processes write and checkpoint, and an
// older one, which does, is refused (quality.md §2).
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { top } from '../helpers/system.mjs';

const run = promisify(execFile);
const seconds = Number(process.env.FAULT_CANARY_S ?? 5);

function folder(t) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-f07-'));
    t.after(() => fs.rmSync(dir, { recursive: true }));
    return dir;
}

function program(name) {
    const made = path.join(top, 'build/tests/fault', name);
    if (!fs.existsSync(made))
        execFileSync('make', ['-C', path.join(top, 'build'), `tests/fault/${name}`], { stdio: 'ignore' });
    return made;
}

test('three writers and three checkpointers leave a whole database', async (t) => {
    const { stdout } = await run(program('wal_canary'), [folder(t), String(seconds)]);
    console.log(`F07 canary seconds=${seconds} ${stdout.trim()}`);
    const said = Object.fromEntries(stdout.trim().split(' ').map((pair) => pair.split('=')));
    assert.equal(said.integrity, 'ok');
    assert.equal(said.found, said.wrote, 'every acknowledged row is there');
    assert.ok(Number(said.wrote) > 100 * seconds, 'they did write');
});

test('a program refuses to open a database by a library that can corrupt it', async (t) => {
    const database = path.join(folder(t), 'x.db');
    const open = (version) => run(program('old_sqlite'), [database, String(version)]);
    for (const old of [3007000, 3040001, 3051002]) {
        const error = await open(old).then(() => assert.fail(`${old} was taken`), (e) => e);
        assert.match(error.stdout, /SQLite is older than 3\.51\.3/);
        assert.ok(!fs.existsSync(database), 'not even an empty one is made');
    }
    assert.equal((await open(3051003)).stdout, 'opened\n');
    console.log('F07 gate refused=3.7.0,3.40.1,3.51.2 taken=3.51.3');
});

test('configure refuses a folder with an older SQLite', { skip: !process.env.FAULT_CONFIGURE }, async (t) => {
    const dir = folder(t);
    fs.mkdirSync(path.join(dir, 'old'));
    fs.mkdirSync(path.join(dir, 'build'));
    fs.writeFileSync(path.join(dir, 'old/sqlite3.c'), '');
    fs.writeFileSync(path.join(dir, 'old/sqlite3.h'), '#define SQLITE_VERSION_NUMBER 3040001\n');
    const error = await run(path.join(top, 'configure'), ['--quiet', `--with-sqlite=${dir}/old`],
        { cwd: path.join(dir, 'build') }).then(() => assert.fail('3.40.1 was taken'), (e) => e);
    assert.match(error.stderr, /SQLite 3\.51\.3 or later is needed/);
    console.log('F07 configure refused=3.40.1');
});
