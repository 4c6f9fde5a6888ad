// The rows of a table are used, no two say the same, and who uses one gives as many
// arguments or labels as the row has.  A row that nobody reads misleads who does.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, lineAt, lint, ours, read, top } from '../helpers/lint.mjs';

// The arguments of the call whose name begins at `from`.
function argsAt(text, from) {
    const list = [''];
    let i = text.indexOf('(', from) + 1;
    for (let depth = 0; i < text.length; i++) {
        const c = text[i];
        if (c === '"' || c === "'") {
            const end = /(["'])(?:\\.|(?!\1)[^\\])*\1/y;
            end.lastIndex = i;
            const s = end.exec(text)?.[0] ?? c;
            list[list.length - 1] += s;
            i += s.length - 1;
            continue;
        }
        if (c === ')' && depth === 0)
            break;
        depth += '([{'.includes(c) ? 1 : ')]}'.includes(c) ? -1 : 0;
        if (c === ',' && depth === 0)
            list.push('');
        else
            list[list.length - 1] += c;
    }
    return list.map((s) => s.trim());
}

const rows = (path, text, re) => [...code(text).matchAll(re)].map((m) => ({ path, line: lineAt(text, m.index), v: m.slice(1) }));
// A table is one file, or one in each folder.
const TABLES = {
    texts: [/(^|\/)texts\.def$/, /^TEXT\((T_\w+), "((?:\\.|[^"\\])*)"\)/gm],
    metrics: ['lib/metric/metrics.def', /^(?:COUNTER|HISTOGRAM|GAUGE)\((M_\w+), "(\w+)", "([\w,]*)"/gm],
    settings: ['lib/domain/ground/setting.def', /^SETTING\((S_\w+), "([\w.]+)"/gm],
    conf: ['lib/base/conf.def', /^CONF_(?:TEXT|INT|BOOL)\((\w+),/gm],
    kinds: ['lib/queue/kinds.def', /^KIND\("([\w.]+)", "(\w+)"/gm],
};

function checkTexts(table, sources, say) {
    const holes = {}, seen = {};
    for (const { path, line, v: [id, words] } of table) {
        const at = `${path}:${line}`;
        if (seen[words])
            say(at, `${id} says the same as ${seen[words]}`);
        seen[words] = id;
        holes[id] = (words.match(/%s/g) ?? []).length;
        if (/%(?!s)/.test(words.replaceAll('%%', '')))
            say(at, `${id}: only %s is filled in`);
        if (holes[id] > 3)
            say(at, `${id}: a fault has three arguments`);
    }
    for (const [path, text] of Object.entries(sources)) {
        for (const m of text.matchAll(/\b(ctx_fail|ctx_invalid)\(/g)) {
            const args = argsAt(text, m.index), at = m[1] === 'ctx_fail' ? 3 : 2;
            // A call that chooses between two sentences gives the arguments of the one that takes more.
            const ids = [...(args[at] ?? '').matchAll(/\bT_\w+/g)].map((k) => k[0]).filter((id) => id in holes);
            const most = ids.sort((a, b) => holes[b] - holes[a])[0];
            if (most && args.length - 2 - at !== holes[most])
                say(`${path}:${lineAt(text, m.index)}`, `${most} has ${holes[most]} places and gets ${args.length - 2 - at} arguments`);
        }
    }
}

function checkMetrics(table, sources, say) {
    const labels = Object.fromEntries(table.map(({ v }) => [v[0], v[2] ? v[2].split(',').length : 0]));
    for (const [path, text] of Object.entries(sources))
        for (const m of text.matchAll(/\b(metric_inc|metric_add|metric_observe|metric_gauge)\(/g)) {
            const args = argsAt(text, m.index), id = args.find((a) => /^M_\w+$/.test(a));
            const before = { metric_inc: 1, metric_add: 2, metric_observe: 2, metric_gauge: 3 }[m[1]];
            if (id in labels && args.length - before - 1 !== labels[id])
                say(`${path}:${lineAt(text, m.index)}`, `${id} has ${labels[id]} labels and gets ${args.length - before - 1}`);
        }
}

function checkJobs(table, sources, say) {
    const handlers = (sources['lib/jobs/light.def'] ?? '') + (sources['lib/jobs/isolated.c'] ?? '');
    for (const { line, v: [name] } of table) {
        const at = `${TABLES.kinds[0]}:${line}`, file = `lib/jobs/${name.replace('.', '_')}.c`;
        if ((handlers.match(new RegExp(`(?:\\{ |LIGHT\\()"${name.replace('.', '\\.')}", \\w+, JOB_\\w+(?: \\}|\\))`, 'g')) ?? []).length !== 1)
            say(at, `${name} has not one row in lib/jobs/light.def or isolated.c`);
        if (!(file in sources))
            say(at, `${name}: no ${file}`);
    }
}

// htdocs/vendor: what its README says is what lies there, at the version of package.json.
function checkVendor(files, say) {
    const path = 'htdocs/vendor/README.md';
    const versions = JSON.parse(files['package.json'] ?? '{}').devDependencies ?? {};
    for (const [, file, name, version, sum] of (files[path] ?? '').matchAll(/^\| ([\w.-]+) \| ([\w.@/-]+) \| ([\w.-]+) \| [^|]+ \| ([0-9a-f]{64}) \|$/gm)) {
        const at = join(top, 'htdocs/vendor', file);
        if (!existsSync(at) || createHash('sha256').update(readFileSync(at)).digest('hex') !== sum)
            say(path, `${file} is not what the table says`);
        if (versions[name] !== version)
            say(path, `${name} is ${version} here and ${versions[name]} in package.json`);
    }
}

// Files of templates/ and htdocs/ are each asked for by somebody.
function checkFiles(files, say) {
    const everything = Object.entries(files);
    const elsewhere = (path, words) => everything.some(([p, t]) => p !== path && !p.startsWith('tests/') && t.includes(words));
    for (const [path, text] of everything) {
        if (/^templates\/.*\.cst$/.test(path) && !elsewhere(path, `"${path.slice(10)}"`))
            say(path, 'no page renders or includes it');
        // A service worker or a module is loaded by its whole path as well.
        if (/^htdocs\/.*\.(css|js)$/.test(path) && !elsewhere(path, path.slice(7)))
            say(path, 'no page loads it');
        if (path === 'templates/macros.cst')
            for (const m of text.matchAll(/def:(\w+)\(/g))
                if (!everything.some(([, t]) => t.includes(`call:${m[1]}(`)) && !new RegExp(`\\b${m[1]}\\b`).test(files['templates/README.md']))
                    say(`${path}:${lineAt(text, m.index)}`, `no page calls ${m[1]}, and templates/README.md does not offer it`);
    }
    if (files['cron/schedule'])
        for (const line of files['cron/schedule'].split('\n').filter((l) => l && !l.startsWith('#'))) {
            const name = line.trim().split(/\s+/)[6];
            if (!(`cron/${name}.c` in files))
                say('cron/schedule', `no cron/${name}.c`);
        }
    const numbers = Object.keys(files).map((p) => /^lib\/store\/migrations\/(\d{4})_[a-z0-9_]+\.sql$/.exec(p)?.[1]).filter(Boolean).map(Number);
    numbers.forEach((n, i) => {
        if (n !== i + 1)
            say('lib/store/migrations', `${n} comes at place ${i + 1}`);
    });
    const version = /#define SCHEMA_VERSION (\d+)/.exec(files['lib/store/migrate.c'] ?? '')?.[1];
    if (version && Number(version) !== numbers.length)
        say('lib/store/migrate.c', `SCHEMA_VERSION is ${version}, and there are ${numbers.length} migrations`);
    if (files['package.json']) {
        const users = everything.filter(([p]) => /^(tests|configure\.ac|dev$|htdocs)/.test(p) && p !== 'tests/lint/tables.mjs').map(([, t]) => t).join('\n');
        for (const name of Object.keys(JSON.parse(files['package.json']).devDependencies ?? {}))
            if (!users.includes(name))
                say('package.json', `nobody uses ${name}`);
    }
}

function check(files, say) {
    const tables = {}, sources = {};
    for (const [key, [path, re]] of Object.entries(TABLES)) {
        tables[key] = [];
        for (const file of Object.keys(files).filter((p) => path.test?.(p) ?? p === path)) {
            const read = rows(file, files[file], re);
            const written = files[file].match(/^[A-Z_]+\(/gm)?.length ?? 0;
            if (read.length !== written)
                say(file, `${written - read.length} rows cannot be read`);
            tables[key].push(...read);
        }
    }
    for (const [path, text] of Object.entries(files))
        if (ours.test(path))
            sources[path] = code(text);
    const everything = Object.values(sources).join('\n');
    const words = new Set(everything.match(/\b[TMS]_[A-Z0-9_]+\b/g));
    // X-macros of other tables name texts too.
    for (const [path, text] of Object.entries(files))
        if (path.endsWith('.def'))
            for (const m of code(text).matchAll(/(?<!^[A-Z_]+\()\b[TMS]_[A-Z0-9_]+\b/gm))
                words.add(m[0]);
    for (const key of ['texts', 'metrics', 'settings'])
        for (const { path, line, v } of tables[key])
            if (!words.has(v[0]))
                say(`${path}:${line}`, `${v[0]} is used nowhere`);
    const readers = Object.entries(sources).filter(([p]) => !/^lib\/base\/conf\./.test(p)).map(([, t]) => t).join('\n');
    for (const { line, v: [key] } of tables.conf)
        if (!new RegExp(`(->|\\.)${key}\\b`).test(readers))
            say(`${TABLES.conf[0]}:${line}`, `${key} is read nowhere`);
    checkTexts(tables.texts, sources, say);
    checkMetrics(tables.metrics, sources, say);
    checkJobs(tables.kinds, { ...sources, 'lib/jobs/light.def': files['lib/jobs/light.def'] }, say);
    checkFiles(files, say);
    checkVendor(files, say);
}

const T = 'TEXT(T_ONE, "Uno.")\n', use = { 'lib/app/a.c': 'f(T_ONE);' };
const bad = (files, says) => ({ files, says });
lint('tables', {
    check,
    files: { ...read(ours), ...read(/\.def$|^(templates|htdocs|lib\/store\/migrations|tests)\/.*\.(cst|css|js|mjs|sql|sh)$|^templates\/README\.md$|^(cron\/schedule|package\.json|configure\.ac|dev)$/),
        ...read(/^htdocs\/.*\.webmanifest$/),
        'htdocs/vendor/README.md': readFileSync(join(top, 'htdocs/vendor/README.md'), 'utf8') },
    good: {
        'lib/base/texts.def': 'TEXT(T_ONE, "Uno.")\nTEXT(T_TWO, "Dos %s: %s.")\n',
        'lib/metric/metrics.def': 'COUNTER(M_A, "a_total", "one,two", "A.")\nCOUNTER(M_B, "b_total", "", "B.")\n',
        'lib/base/conf.def': 'CONF_TEXT(run_dir, "/run", "x")\n',
        'lib/domain/ground/setting.def': 'SETTING(S_ONE, "a.b", "", "x")\n',
        'lib/queue/kinds.def': 'KIND("sms.send", "sms", 1, 2, 3, 0, "")\n',
        'lib/jobs/light.def': 'LIGHT("sms.send", run, JOB_ANY_CLOCK)', 'lib/jobs/sms_send.c': ' ',
        'lib/app/a.c': 'f(T_ONE); ctx_fail(c, E, NULL, T_TWO, f("a", b), c, NULL); metric_inc(M_A, "x", y, NULL); metric_add(M_B, 3, NULL);'
            + 'c->run_dir; setting_text(c, S_ONE); page(r, "a/b.cst");',
        'templates/a/b.cst': '', 'lib/store/migrations/0001_a.sql': '',
        'cron/schedule': '# x\n* * * * * 60 one\n', 'cron/one.c': ' ',
    },
    bad: [
        bad({ 'lib/base/texts.def': T }, /T_ONE is used nowhere/),
        bad({ 'lib/base/texts.def': `${T}TEXT(T_TWO, "Uno.")\n`, 'lib/app/a.c': 'f(T_ONE, T_TWO);' }, /T_TWO says the same as T_ONE/),
        bad({ 'lib/base/texts.def': 'TEXT(T_ONE, "Uno %d.")\n', ...use }, /only %s/),
        bad({ 'lib/base/texts.def': 'TEXT(T_ONE, "%s.")\n', 'lib/app/a.c': 'ctx_fail(c, e, NULL, T_ONE, NULL);' }, /1 places and gets 0/),
        bad({ 'lib/base/texts.def': T, 'lib/app/a.c': 'ctx_invalid(c, "x", b ? T_ONE : T_ONE, "a", NULL);' }, /0 places and gets 1/),
        bad({ 'lib/base/texts.def': 'TEXT(T_ONE,\n    "Uno.")\n', ...use }, /1 rows cannot be read/),
        bad({ 'lib/metric/metrics.def': 'COUNTER(M_A, "a", "", "A.")\n' }, /M_A is used nowhere/),
        bad({ 'lib/metric/metrics.def': 'COUNTER(M_A, "a", "x", "A.")\n', 'lib/app/a.c': 'metric_inc(M_A, NULL);' }, /1 labels and gets 0/),
        bad({ 'lib/metric/metrics.def': 'GAUGE(M_A, "a", "", "A.")\n', 'lib/app/a.c': 'metric_gauge(b, M_A, 1, "x", NULL);' }, /0 labels and gets 1/),
        bad({ 'lib/domain/ground/setting.def': 'SETTING(S_ONE, "a", "", "x")\n' }, /S_ONE is used nowhere/),
        bad({ 'lib/base/conf.def': 'CONF_TEXT(run_dir, "/run", "x")\n', 'lib/app/a.c': 'run_dir' }, /run_dir is read nowhere/),
        bad({ 'lib/queue/kinds.def': 'KIND("a.b", "q", 1)\n', 'lib/jobs/a_b.c': '' }, /a\.b has not one row/),
        bad({ 'lib/queue/kinds.def': 'KIND("a.b", "q", 1)\n', 'lib/jobs/light.def': 'LIGHT("a.b", run, JOB_BY_AGE)' }, /no lib\/jobs\/a_b\.c/),
        bad({ 'templates/a/b.cst': '' }, /no page renders/),
        bad({ 'templates/macros.cst': '<?cs def:x(a) ?>' }, /no page calls x/),
        bad({ 'htdocs/js/a.js': '' }, /no page loads/),
        bad({ 'cron/schedule': '* * * * * 60 two\n' }, /no cron\/two\.c/),
        bad({ 'lib/store/migrations/0001_a.sql': '', 'lib/store/migrations/0003_b.sql': '' }, /3 comes at place 2/),
        bad({ 'lib/store/migrations/0001_a.sql': '', 'lib/store/migrate.c': '#define SCHEMA_VERSION 2\n' }, /there are 1 migrations/),
        bad({ 'htdocs/vendor/README.md': `| htmx.min.js | htmx.org | 2 | 0BSD | ${'0'.repeat(64)} |\n` }, /not what the table says/),
        bad({ 'htdocs/vendor/README.md': `| htmx.min.js | htmx.org | 2 | 0BSD | ${'0'.repeat(64)} |\n`,
            'package.json': '{"devDependencies":{"htmx.org":"3"}}' }, /is 2 here and 3 in/),
        bad({ 'package.json': '{"devDependencies":{"left-pad":"1"}}' }, /nobody uses left-pad/),
    ],
});
