// Mutants: each row of table.mjs changes one line of the product; the unit program that the row names must
// fail.  Only the changed file is compiled, and the library linked anew beside the one of the build.
//
//     node tests/mutants/run.mjs [--build DIR] [--sample N] [WORD…]
//
// WORD: only rows whose file or program holds it.  A sample is drawn by TEST_SEED, or by a seed that is said.
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants } from './table.mjs';

const top = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const { values: options, positionals: words } = parseArgs({ allowPositionals: true,
    options: { build: { type: 'string', default: 'build' }, sample: { type: 'string' } } });
const build = path.resolve(top, options.build);
const PATIENCE_MS = 120000;      // a program that a mutant makes hang is killed then

// Commands of the build, which its Makefile fills in.
const ASKED = {
    compile: '$(CC) $(DEFS) -I@SHADOW@/lib -I@SHADOW@ $(DEFAULT_INCLUDES) $(INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) -w -c',
    parts: '$(foreach p,$(LIBRARY_PARTS),$($(subst .,_,$(subst /,_,$(p)))_OBJECTS))',
    library: '$(LIBRARY)',
    share: '$(CC) -shared $(AM_CFLAGS) $(CFLAGS) $(HARDEN_LDFLAGS) $(LIBRARY_LDFLAGS) $(LDFLAGS) -Wl,-soname,$(notdir $(LIBRARY))',
    behind: '$(OWN_SQLITE_LIB) $(FCGI_LIBS) $(CLEARSILVER_LIBS) $(HIREDIS_LIBS) $(SODIUM_LIBS) $(SQLITE_LIBS) $(JSONC_LIBS) $(UTF8PROC_LIBS)',
    program: '$(CC) $(AM_CFLAGS) $(CFLAGS) $(HARDEN_LDFLAGS) $(PROGRAM_LDFLAGS) $(LDFLAGS)',
    with: 'tests/unit/libunit.a $(JOB_LIBS) $(VIPS_LIBS) $(SECCOMP_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS) $(CRITERION_LIBS) $(LIBS)',
};

function makefile_says() {
    const lines = Object.values(ASKED).map((what) => `\t$(info ${what})@:`).join('\n');
    const said = execFileSync('make', ['-s', '--no-print-directory', '-C', build, '--eval', `mutants-ask:\n${lines}\n`,
        'mutants-ask'], { encoding: 'utf8' }).split('\n');
    return Object.fromEntries(Object.keys(ASKED).map((key, i) => [key, said[i]]));
}

const run = (command, env = process.env) => new Promise((done) => {
    execFile('bash', ['-c', command], { cwd: build, env, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
        (error, out, err) => done({ code: error ? error.code ?? 'killed' : 0, out: out + err }));
});

// The row's line, changed; throws when it is not there once.
function changed(row) {
    const text = fs.readFileSync(path.join(top, row.file), 'utf8'), pieces = text.split(row.from);
    if (pieces.length !== 2)
        throw new Error(`"${row.from}" stands ${pieces.length - 1} times in ${row.file}`);
    return pieces.join(row.to);
}

const object_of = (file, objects) => {
    const dir = path.dirname(file), name = path.basename(file, '.c');
    return objects.find((o) => path.dirname(o) === dir && path.basename(o).replace(/^.*_a-/, '') === `${name}.o`);
};

// Compiles the files of the row in `dir`, and links what the program loads.  Gives the program's command and
// environment, or the compiler's words.
async function make_mutant(says, dir, row) {
    const shadow = path.join(dir, row.file), objects = says.parts.split(/\s+/).filter(Boolean), made = [], replaced = new Map();
    fs.mkdirSync(path.dirname(shadow), { recursive: true });
    fs.writeFileSync(shadow, changed(row));
    for (const file of row.compiled ?? [row.file]) {
        const source = file === row.file ? shadow : path.join(top, file), object = path.join(dir, `${made.length}.o`);
        const { code, out } = await run(`${says.compile.replaceAll('@SHADOW@', dir)} -o ${object} ${source}`);
        if (code !== 0)
            throw new Error(`does not compile: ${out.slice(0, 300)}`);
        made.push(object);
        const old = object_of(file, objects);
        if (old !== undefined)
            replaced.set(old, object);
    }
    const program = path.join('tests/unit', row.program);
    const link = replaced.size > 0
        ? `${says.share} -o ${dir}/${path.basename(says.library)} ${objects.map((o) => replaced.get(o) ?? o).join(' ')} ${says.behind}`
        : `${says.program} -o ${dir}/program ${program}.o ${made.join(' ')} ${says.with}`;
    const { code, out } = await run(link);
    if (code !== 0)
        throw new Error(`does not link: ${out.slice(0, 300)}`);
    return { program: replaced.size > 0 ? program : `${dir}/program`, library: replaced.size > 0 ? dir : path.join(build, 'lib') };
}

const environment = (library) => ({ ...process.env, LD_LIBRARY_PATH: library, TEST_SRCDIR: top, TEST_BUILDDIR: build,
    ASAN_OPTIONS: 'detect_stack_use_after_return=1:detect_leaks=0' });

// Undefined when the mutant is found out, else what is wrong.
async function judge(says, row) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-mutant-'));
    try {
        const { program, library } = await make_mutant(says, dir, row);
        const { code } = await run(`${program} --fail-fast`, environment(library));
        return code === 0 ? 'survived' : undefined;
    } catch (error) {
        return error.message;
    } finally {
        fs.rmSync(dir, { recursive: true });
    }
}

const shown = (text) => JSON.stringify(text.length > 70 ? `…${text.slice(-70)}` : text);
const name_of = (row) => `${row.file}: ${shown(row.from)} → ${shown(row.to)} (${row.program})`;

// A sample of the rows: those whose hashes with the seed come first.
function sample(rows, n, seed) {
    const place = (row) => createHash('sha256').update(seed + name_of(row)).digest('hex');
    return [...rows].sort((a, b) => (place(a) < place(b) ? -1 : 1)).slice(0, n);
}

async function all(rows, one) {
    const waiting = [...rows], lanes = Math.max(1, Math.min(os.availableParallelism(), 4));
    await Promise.all(Array.from({ length: lanes }, async () => {
        for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
            await one(row);
    }));
}

// The table fits the tree, whichever rows are tried.
const stale = mutants.map((row) => {
    try {
        changed(row);
        return undefined;
    } catch (error) {
        return error.message;
    }
}).filter(Boolean);

const seed = process.env.TEST_SEED ?? randomBytes(4).toString('hex');
const asked = mutants.filter((row) => words.every((w) => `${row.file} ${row.program}`.includes(w)));
const rows = options.sample ? sample(asked, Number(options.sample), seed) : asked;
const programs = [...new Set(rows.map((row) => row.program))];
execFileSync('make', ['-s', `-j${os.availableParallelism()}`, '-C', build, ...programs.map((p) => `tests/unit/${p}`)], { stdio: 'inherit' });
const says = makefile_says();
const wrong = stale.map((what) => `mutants: ${what}`);
// A program that fails anyhow would find out whatever there is.
await all(options.sample ? [] : programs, async (program) => {
    const { code } = await run(`tests/unit/${program}`, environment(path.join(build, 'lib')));
    if (code !== 0)
        wrong.push(`${program} fails without a mutant`);
});
await all(rows.filter((row) => !stale.some((what) => what.includes(`"${row.from}"`))), async (row) => {
    const what = await judge(says, row);
    if (what !== undefined)
        wrong.push(`${name_of(row)}: ${what}`);
    else if (!options.sample)
        console.log(`found out: ${name_of(row)}`);
});
wrong.forEach((line) => console.error(line));
console.log(`${rows.length} of ${mutants.length} mutants tried${options.sample ? ` (TEST_SEED=${seed})` : ''}, ${wrong.length} wrong`);
process.exit(wrong.length > 0 ? 1 : 0);
