// SQL is data: literals in statements at file scope, each with a name of its own and
// registered, so that the unit test prepares it; nothing ever builds SQL.
import { code, lineAt, lint, ours, read } from '../helpers/lint.mjs';

const looksLikeSql = new RegExp([
    String.raw`^\s*(SELECT|INSERT INTO|INSERT OR|UPDATE \w+ SET|DELETE FROM|REPLACE INTO|WITH \w+ AS)\b`,
    String.raw`^\s*(CREATE|ALTER|DROP) (TABLE|INDEX|TRIGGER|VIEW|UNIQUE|TEMP)`,
    String.raw`^\s*((PRAGMA|VACUUM|ATTACH|ANALYZE|REINDEX|SAVEPOINT)\b|(BEGIN( \w+)?|COMMIT|ROLLBACK);?$)`,
].join('|'), 'i');
const looksLikePart = /\b(SELECT .*\bFROM|FROM \w+ (WHERE|JOIN)|ORDER BY|GROUP BY|LIMIT \$|VALUES ?\(|(WHERE|AND|OR) [\w.]+ ?(=|<|>|IS|IN|LIKE)|SET \w+ ?=)/;
const isSql = (s) => looksLikeSql.test(s) || looksLikePart.test(s);

// The index after the bracket that closes the one at `open`.
function closing(text, open) {
    for (let i = open, depth = 0; i < text.length; i++) {
        if (text[i] === '"' || text[i] === "'") {
            for (const q = text[i++]; text[i] !== q; i++)
                if (text[i] === '\\')
                    i++;
        } else if ('([{'.includes(text[i])) {
            depth++;
        } else if (')]}'.includes(text[i]) && --depth === 0) {
            return i + 1;
        }
    }
    return text.length;
}

// The arguments of a call: what stands between commas that are in no brackets and no string.
function args(text) {
    const list = [];
    let from = 0;
    for (let i = 0; i < text.length; i++) {
        if (text[i] === '"' || text[i] === "'") {
            for (const q = text[i++]; i < text.length && text[i] !== q; i++)
                if (text[i] === '\\')
                    i++;
        } else if ('([{'.includes(text[i])) {
            i = closing(text, i) - 1;
        } else if (text[i] === ',') {
            list.push(text.slice(from, i).trim());
            from = i + 1;
        }
    }
    list.push(text.slice(from).trim());
    return list;
}

// Name, parameters (null: it takes none) and body of a macro.
function macroOf(name, macros) {
    const m = macros.find((k) => k[1] === name);
    if (!m)
        return null;
    const body = m[2].replaceAll('\\\n', ' '), head = /^\(([^)]*)\)/.exec(body);
    return { params: head ? head[1].split(',').map((p) => p.trim()) : null, body: head ? body.slice(head[0].length) : body };
}

// The text of literals and macros that follow each other; null for what is neither.
// given: what the parameters of the macro around it stand for.
function literal(text, macros, given = {}) {
    let out = '';
    for (let i = 0; i < text.length;) {
        const m = /"((?:\\.|[^"\\])*)"|\w+|\s+/y;
        m.lastIndex = i;
        const [token, string] = m.exec(text) ?? [null];
        if (token === null)
            return null;
        i += token.length;
        if (string !== undefined || /^\s/.test(token)) {
            out += string ?? '';
            continue;
        }
        const macro = macroOf(token, macros);
        let part = given[token] ?? null;
        if (part === null && macro && macro.params === null)
            part = literal(macro.body, macros, given);
        else if (part === null && macro && text[i] === '(') {
            const end = closing(text, i), values = args(text.slice(i + 1, end - 1)).map((a) => literal(a, macros, given));
            i = end;
            part = literal(macro.body, macros, Object.fromEntries(macro.params.map((p, n) => [p, values[n]])));
        }
        if (part === null)
            return null;
        out += part;
    }
    return out;
}

// Label, letters and text of a statement, also of one made by a macro around STMT.
function contents(name, inner, macros) {
    let given = {};
    if (name !== 'STMT') {
        const macro = macroOf(name, macros), m = /^\s*STMT\(([\s\S]*)\)\s*$/.exec(macro?.body ?? '');
        if (!m || !macro.params)
            return [null, null, null];
        given = Object.fromEntries(macro.params.map((p, n) => [p, literal(inner[n] ?? '', macros)]));
        inner = args(m[1]);
    }
    return inner.map((part) => literal(part, macros, given));
}

const strings = (text) => [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)];
const blank = (text, from, to) => text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to);

const macrosOf = (clean) => [...clean.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)((?:\\\n|[^\n])*)/gm)];
// The macros of the headers of a file's own folder, where several files share the columns of a table.
function shared(path, clean, files) {
    const folder = path.replace(/^lib\//, '').replace(/[^/]*$/, '');
    return [...clean.matchAll(/^#include "([^"]+\.h)"/gm)].map((m) => m[1])
        .filter((name) => name.startsWith(folder) && files[`lib/${name}`])
        .flatMap((name) => macrosOf(code(files[`lib/${name}`])));
}

// The statements of a file, and the file without them and without its macros.
function parse(path, text, files) {
    const clean = code(text);
    const own = macrosOf(clean), macros = [...own, ...shared(path, clean, files)];
    let rest = clean;
    for (const m of own)
        rest = blank(rest, m.index, m.index + m[0].length);
    const stmts = [];
    for (const m of rest.matchAll(/^([ \t]*)((?:static |const )*)struct stmt (\w+)(\[[^\]]*\])? *= */gm)) {
        const from = m.index + m[0].length;
        const call = /^(\w+)\(/.exec(rest.slice(from));
        const to = call ? closing(rest, from + call[0].length - 1) : from;
        const inner = call ? args(rest.slice(from + call[0].length, to - 1)) : [];
        const [label, letters, sql] = call ? contents(call[1], inner, macros) : [];
        stmts.push({ line: lineAt(rest, m.index), how: m[1] + m[2], name: m[3], macro: call?.[1],
            label, letters, sql, inner, from, to });
    }
    for (const s of stmts)
        rest = blank(rest, s.from, s.to);
    return { clean, macros, stmts, rest };
}

function checkStatements(path, file, say, labels) {
    const { macros, stmts, rest } = file;
    const wrappers = macros.filter((m) => /\bSTMT\(/.test(m[2])).map((m) => m[1]);
    for (const s of stmts) {
        const at = `${path}:${s.line}`;
        if (s.how !== 'static const ')
            say(at, `${s.name}: a statement is static const, at file scope`);
        if (s.macro !== 'STMT' && !wrappers.includes(s.macro))
            say(at, `${s.name}: made by ${s.macro ?? 'hand'}, not by STMT`);
        for (const part of s.inner)
            if (/[a-z_]/.test(part.replace(/"(?:\\.|[^"\\])*"/g, '').replace(/\b[A-Z][A-Z0-9_]*\b/g, '')))
                say(at, `${s.name}: more than literals and macros: ${part.replace(/\s+/g, ' ').slice(0, 60)}`);
        if (s.label == null || !/^[a-z0-9_]+$/.test(s.label))
            say(at, `${s.name}: its label is no plain literal`);
        else if (labels.has(s.label))
            say(at, `"${s.label}" is the label of ${labels.get(s.label)} too`);
        else
            labels.set(s.label, at);
        if (s.letters == null || s.sql == null || !/^[iIsb]*$/.test(s.letters)) {
            say(at, `${s.name}: its argument letters or its text cannot be read`);
            continue;
        }
        const bare = s.sql.replace(/'[^']*'/g, "''");
        if (/[%?@#]|[^:]:\w/.test(bare.replaceAll(/ % /g, ' ')))
            say(at, `${s.name}: arguments are $1, $2, …`);
        for (const [number] of bare.matchAll(/\b86400\b|\bLIMIT \d{2,}/g))
            say(at, `${s.name}: ${number} has a name in C, so it is an argument`);
        const used = new Set([...bare.matchAll(/\$(\d+)/g)].map((m) => Number(m[1])));
        for (let n = 1; n <= Math.max(s.letters.length, ...used); n++)
            if (!used.has(n) || n > s.letters.length)
                say(at, `${s.name}: $${n} and the letters "${s.letters}" do not agree`);
    }
    const calls = [...rest.matchAll(/\bDB_REGISTER\(([^)]*)\)/g)];
    const known = calls.flatMap((m) => [...m[1].matchAll(/&(\w+)/g)].map((k) => k[1]));
    for (const s of stmts)
        if (known.filter((k) => k === s.name).length !== 1)
            say(`${path}:${s.line}`, `${s.name} is not once in DB_REGISTER`);
}

// Outside statements there is no SQL, and no macro of SQL is used.
function checkRest(path, file, say) {
    const { macros, rest } = file;
    const driver = path === 'lib/store/sqlite.c' || path === 'lib/store/pgsql.c';
    for (const m of strings(rest)) {
        const before = rest.slice(0, m.index);
        if (isSql(m[1]) && !(driver && /\bpragma\(lite, $/.test(before)))
            say(`${path}:${lineAt(rest, m.index)}`, `SQL outside a statement: ${m[1].slice(0, 50)}`);
    }
    for (const macro of macros.filter((m) => strings(m[2]).some((s) => isSql(s[1])))) {
        const use = new RegExp(`\\b${macro[1]}\\b`).exec(rest);
        if (use)
            say(`${path}:${lineAt(rest, use.index)}`, `the SQL of ${macro[1]} is used outside a statement`);
    }
    for (const m of rest.matchAll(/\bsqlite3_(\w*printf|get_table|prepare(?:_v2|16|16_v2)?)\(/g))
        say(`${path}:${lineAt(rest, m.index)}`, `${m[0]} has no place here`);
    for (const m of rest.matchAll(/\b(sqlite3_prepare_v3|sqlite3_exec)\(([^;]*)/g)) {
        const text = args(m[2])[1];
        const where = [...rest.slice(0, m.index).matchAll(/^(?:\w[\w ]*[ *])(\w+)\(/gm)].pop()?.[1];
        const good = m[1] === 'sqlite3_exec' ? text === 'sql' && ['pragma', 'db_script'].includes(where) : text === 's->sql';
        if (!good)
            say(`${path}:${lineAt(rest, m.index)}`, `${m[1]} of ${text} in ${where}`);
    }
    if (/\bdb_script\(/.test(rest) && !/^lib\/store\//.test(path))
        say(path, 'db_script runs migrations, nothing else');
}

// A call gives as many arguments as its statement has letters; a blob is two.
function checkCalls(path, file, say) {
    const letters = Object.fromEntries(file.stmts.map((s) => [s.name, s.letters]));
    const first = { db_query: 2, db_exec: 2, db_one: 2, db_scalar: 2, db_value: 2, db_get: 4 };
    for (const m of file.rest.matchAll(/\b(db_query|db_exec|db_one|db_scalar|db_value|db_get)\(/g)) {
        const open = m.index + m[0].length;
        const list = args(file.rest.slice(open, closing(file.rest, open - 1) - 1));
        const s = /^&(\w+)$/.exec(list[first[m[1]]] ?? '')?.[1];
        if (letters[s] == null)
            continue;
        const wants = letters[s].replaceAll('b', 'bb').length;
        if (list.length - 1 - first[m[1]] !== wants)
            say(`${path}:${lineAt(file.rest, m.index)}`, `${s} takes ${wants} arguments, not ${list.length - 1 - first[m[1]]}`);
    }
}

// The door itself: what takes arguments takes a statement, and none takes a text.
function checkDoor(path, text, say) {
    const clean = code(text).replace(/^[ \t]*#(?:\\\n|[^\n])*/gm, '');
    for (const m of clean.matchAll(/\b(db_\w+)\(([^;{]*?)\)[^(),]*;/g)) {
        const at = `${path}: ${m[1]}`;
        if (/\.\.\./.test(m[2]) && !/const struct stmt \*\w+,\s*\.\.\.$/.test(m[2].trim()))
            say(at, 'has arguments but no statement');
        if (/const char \*\s*(sql|query|text|fmt|format|f)\b/.test(m[2]))
            say(at, 'takes a text');
    }
    if (/\bformat\s*\(/.test(clean) || /va_list/.test(clean))
        say(path, 'a formatted call');
}

function check(files, say) {
    const labels = new Map();
    for (const [path, text] of Object.entries(files)) {
        if (path === 'lib/store/db.h') {
            checkDoor(path, text, say);
            continue;
        }
        const file = parse(path, text, files);
        checkStatements(path, file, say, labels);
        checkRest(path, file, say);
        checkCalls(path, file, say);
    }
}

const one = (text, says, path = 'lib/domain/a.c') => ({ files: { [path]: text }, says });
const S = 'static const struct stmt s = STMT("a_one", "i", "SELECT 1 WHERE 1 = $1");\n';
lint('sql', {
    check,
    files: read(ours),
    good: {
        'lib/domain/a.c': '#define COLUMNS "id, name FROM users WHERE id > 0"\n#define LIST(n, w) STMT(n, "i", "SELECT " COLUMNS w)\n'
            + 'static const struct stmt a = STMT("a_list", "ib",\n    "SELECT " COLUMNS " AND id = $1 AND x = $2 % 3 AND y = \':a\'");\n'
            + 'static const struct stmt b = LIST("b_list", " AND id = $1");\nDB_REGISTER(&a, &b)\n'
            + 'void f(void) { log_warn("update failed"); header("attachment; filename"); e = db_exec(c->db, NULL, &a, (int64_t)f(1, 2), p, n); }\n',
        'lib/domain/p/b.h': '#define SHARED "SELECT id FROM users "\n',
        'lib/domain/p/a.c': '#include "domain/p/b.h"\nstatic const struct stmt c = STMT("c_one", "i", SHARED "WHERE id = $1");\nDB_REGISTER(&c)\n',
        'lib/store/db.h': 'enum err db_exec(struct db *db, int64_t *changed, const struct stmt *s, ...) MUST_CHECK;\nvoid db_close(struct db *db);\n',
    },
    bad: [
        { files: { 'lib/domain/p/b.h': '#define COLUMNS "SELECT id FROM users "\n',
            'lib/domain/p/a.c': '#include "domain/p/b.h"\nvoid f(void) { run(COLUMNS); }' }, says: /a\.c:2.*the SQL of COLUMNS is used outside/ },
        one('void f(void) { run("SELECT id FROM users"); }', /SQL outside a statement/),
        one('void f(void) { buf_printf(b, "delete from users where id = %d", id); }', /SQL outside a statement/),
        one('void f(void) { buf_printf(b, " AND id = %d", id); }', /SQL outside a statement/),
        one('void f(void) { buf_str(b, " ORDER BY name"); }', /SQL outside a statement/),
        one('void f(void) { run("BEGIN"); }', /SQL outside a statement/, 'lib/store/sqlite.c'),
        one('#define T "SELECT 1 FROM users"\nvoid f(void) { run(T); }', /the SQL of T is used outside/),
        one(S, /s is not once in DB_REGISTER/),
        one(`${S}DB_REGISTER(&s, &s)`, /s is not once in DB_REGISTER/),
        { files: { 'lib/domain/a.c': `${S}DB_REGISTER(&s)`, 'lib/domain/b.c': `${S}DB_REGISTER(&s)` }, says: /the label of lib\/domain\/a\.c:1 too/ },
        one('const struct stmt s = STMT("a", "", "SELECT 1");\nDB_REGISTER(&s)', /static const, at file scope/),
        one('void f(void) {\n    static const struct stmt s = STMT("a", "", "SELECT 1");\n}', /static const, at file scope/),
        one('static const struct stmt s = { "a", "", text, NULL };\nDB_REGISTER(&s)', /made by hand/),
        one('static char text[90];\nstatic const struct stmt s = STMT("a", "", text);\nDB_REGISTER(&s)', /more than literals/),
        one('static const struct stmt s = STMT("a", "s", "SELECT %s");\nDB_REGISTER(&s)', /arguments are \$1/),
        one('static const struct stmt s = STMT("a", "s", "SELECT ?1");\nDB_REGISTER(&s)', /arguments are \$1/),
        one('static const struct stmt s = STMT("a", "s", "SELECT $1, $2");\nDB_REGISTER(&s)', /\$2 and the letters/),
        one('static const struct stmt s = STMT("a", "is", "SELECT $1");\nDB_REGISTER(&s)', /\$2 and the letters/),
        one('static const struct stmt s = STMT("a", "", "DELETE FROM a LIMIT 5000");\nDB_REGISTER(&s)', /LIMIT 5000 has a name/),
        one('static const struct stmt s = STMT("a", "", "SELECT at / 86400 FROM a");\nDB_REGISTER(&s)', /86400 has a name/),
        one('static const struct stmt s = STMT("a", LETTERS, "SELECT $1");\nDB_REGISTER(&s)', /cannot be read/),
        one('#define L(n, w) STMT(n, "i", "SELECT 1 WHERE " w)\nstatic const struct stmt s = L("a", "$2 = $1");\nDB_REGISTER(&s)', /\$2 and the letters/),
        one('#define W(x) " WHERE " x " = $2"\nstatic const struct stmt s = STMT("a", "i", "SELECT 1" W("$1"));\nDB_REGISTER(&s)', /\$2 and the letters/),
        one(`${S}DB_REGISTER(&s)\nvoid f(void) { e = db_exec(db, NULL, &s); }`, /takes 1 arguments, not 0/),
        one(`${S}DB_REGISTER(&s)\nvoid f(void) { n = db_scalar(db, 0, &s, a, b); }`, /takes 1 arguments, not 2/),
        one('int f(sqlite3 *l, char *t) { return sqlite3_exec(l, t, NULL, NULL, NULL); }', /sqlite3_exec of t/, 'lib/store/sqlite.c'),
        one('int f(void) { sqlite3_prepare_v3(l, text, -1, 0, &st, NULL); }', /prepare_v3 of text/, 'lib/store/sqlite.c'),
        one('int f(void) { p = sqlite3_mprintf("%q", x); }', /has no place here/, 'lib/store/sqlite.c'),
        one('void f(void) { db_script(db, text, &why); }', /runs migrations/),
        one('enum err db_run(struct db *db, const char *fmt, ...);', /no statement/, 'lib/store/db.h'),
        one('enum err db_run(struct db *db, const char *sql);', /takes a text/, 'lib/store/db.h'),
        one('enum err db_run(struct db *db, int x) __attribute__((format (printf, 2, 3)));', /formatted/, 'lib/store/db.h'),
    ],
});
