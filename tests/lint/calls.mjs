// Calls and state that have no place in our C: what can overflow, what starts a shell,
// what keeps hidden state.  Sizes are a feeling: they are said, never refused.
import { code, lineAt, lint, ours, read } from '../helpers/lint.mjs';

// Names, why not, and which file is right to use them all the same.
const forbidden = [
    ['strcpy strcat stpcpy sprintf vsprintf gets', 'knows no size: snprintf, buf or arena_printf'],
    ['strncpy strncat', 'forgets the NUL or counts the wrong end: snprintf'],
    ['alloca strdupa', 'grows the stack by what a stranger sent: the arena'],
    ['system popen wordexp execlp execvp execvpe posix_spawnp', 'a shell or a search of PATH: posix_spawn or execl of a full path'],
    ['strtok asctime ctime gmtime localtime strsignal inet_ntoa getpwnam getpwuid getgrnam rand srand random drand48',
        'keeps hidden state: the _r form, or base/clock, base/random'],
    ['mktemp tmpnam tempnam tmpfile', 'a name that can be guessed: mkstemp or O_TMPFILE'],
    ['atoi atol atoll atof sscanf', 'cannot say that it failed: strtoll, or http/value', /^bin\/worker\.c$/],
    ['setlocale', 'numbers and letters must not change with the machine'],
    ['longjmp setjmp', 'passes by what must be given back'],
    ['vfork', 'the child writes the parent\'s memory: posix_spawn'],
    ['malloc calloc realloc free strdup strndup asprintf vasprintf',
        'memory is the arena\'s (architecture §4, ownership)',
        /^lib\/(base|metric|json)\/|^lib\/(store\/(sqlite|stmt_cache|migrate|registry)|queue\/(hint|settle)|view\/(view|piece)|app\/serve|jobs\/photo_process|send\/exchange|code\/barcode)\.c$|^bin\/(serve|serve_pool|worker)\.c$|^cron\//],
];

// Variables that live as long as the process, beside the one struct app.
const state = {
    'bin/worker.c': { stopping: 'set by a signal' },
    'cgi-bin/site/docs.c': { kept: 'the API\'s description, read once' },
    'lib/app/serve.c': { stopping: 'set by a signal' },
    'lib/base/log.c': { program: 'its name, said once at the start',
        line: 'the line that is being made', batch: 'lines on their way to its standard error' },
    'lib/crypto/hash.c': { keyed: 'the key that an HMAC was made with last, and what follows from it' },
    'lib/crypto/secret.c': { kept: 'secrets that were read, each with its file', kept_next: 'whose place is taken next' },
    'lib/jobs/picture.c': { own_status: 'what the kernel says of this process, which can open nothing any more' },
    'lib/send/libcurl.c': { functions: 'the functions of libcurl, once it is loaded' },
    'lib/metric/metric.c': { counts: 'the mapped file of this process', mapped: 'whether it is one', counted: 'the name of the series that is counted' },
    'lib/store/registry.c': { files: 'filled before main' },
    'lib/queue/settle.c': { settlings: 'filled before main' },
    'lib/view/view.c': { cache: 'parsed templates', fixed_key: 'the value that stands in them as they are read',
        fixed_value: 'the same' },
    'lib/view/piece.c': { pieces: 'rendered pieces, each with its key' },
};

const sizes = [[/^cgi-bin\/.*\.c$/, 300], [/\.c$/, 400], [/\.h$/, 120]];

function checkState(path, clean, say) {
    const variable = /^([ \t]*)static ((?:_Thread_local |_Atomic |volatile |const )*(?:(?:struct|enum|union) )?(?:\w+ |\w*\s*\{[^}]*\}\s*)?(?:\w+ )*?(?:const )?[*\s]*(?:const )?)(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|;)/gm;
    for (const m of clean.matchAll(variable)) {
        const type = m[2].replace(/\{[^}]*\}/, '');
        const fixed = type.includes('*') ? /const\s*$/.test(type.slice(type.lastIndexOf('*'))) : /\bconst\b/.test(type);
        const place = `${path}:${lineAt(clean, m.index)}`;
        if (fixed)
            continue;
        if (m[1])
            say(place, `${m[3]}: a static variable in a function; the caller or the arena holds it`);
        else if (!state[path]?.[m[3]])
            say(place, `${m[3]}: state of the process that is not in the table of calls.mjs`);
    }
}

function check(files, say) {
    for (const [path, text] of Object.entries(files)) {
        const clean = code(text, { strings: false });
        for (const [names, why, except] of forbidden)
            for (const m of clean.matchAll(new RegExp(`(?<![\\w.>])(${names.replaceAll(' ', '|')})\\s*\\(`, 'g')))
                if (!except?.test(path))
                    say(`${path}:${lineAt(clean, m.index)}`, `${m[1]} ${why}`);
        for (const m of clean.matchAll(/\btypedef\s+(struct|union|enum)\s*\w*\s*(?:\{|\w+\s*;)/g))
            say(`${path}:${lineAt(clean, m.index)}`, `typedef of a ${m[1]}: say ${m[1]} x`);
        for (const m of clean.matchAll(/^[ \t]*#[ \t]*define[ \t]+NDEBUG\b/gm))
            say(`${path}:${lineAt(clean, m.index)}`, 'asserts stay on');
        checkState(path, clean, say);
    }
    // The table names only variables that are there, so that a row does not outlive its reason.
    for (const [path, names] of Object.entries(state))
        for (const name of Object.keys(names))
            if (files[path] && !new RegExp(`^static [^\\n]*\\b${name}\\b|^\\} ${name}\\b`, 'm').test(files[path]))
                say(path, `${name} is in the table of calls.mjs and not in the file`);
}

const one = (text, says, path = 'lib/domain/a.c') => ({ files: { [path]: text }, says });
const files = read(ours);
lint('calls', {
    check,
    files,
    good: {
        'lib/domain/a.c': '/* system() is not called, nor strcpy(). */\nstatic const char *const words[] = { "system(" };\n'
            + 'static const struct { int a; } rows[] = { { 1 } };\nstatic int system_of(int x)\n{\n'
            + '    static const char hex[] = "0";\n    static const struct row *const r = NULL;\n    h->free(x);\n    return x;\n}\n'
            + 'static enum err one(struct ctx *c);\ntypedef enum err handler(struct req *r);\n',
    },
    bad: [
        one('void f(void) { strcpy(a, b); }', /strcpy knows no size/),
        one('void f(void) { strcat (a, b); }', /strcat knows no size/),
        one('void f(void) { sprintf(a, b); }', /sprintf knows no size/),
        one('void f(void) { vsprintf(a, b); }', /vsprintf knows no size/),
        one('void f(void) { gets(a); }', /gets knows no size/),
        one('void f(void) { if (system("ls")) g(); }', /system a shell/),
        one('void f(void) { p = popen(a, "r"); }', /popen a shell/),
        one('void f(void) { execvp(a, v); }', /execvp a shell/),
        one('void f(void) { p = alloca(n); }', /alloca grows/),
        one('void f(void) { t = localtime(&n); }', /localtime keeps/),
        one('void f(void) { n = atoi(s); }', /atoi cannot say/),
        one('void f(void) { p = malloc(3); }', /malloc memory/),
        one('typedef struct a { int x; } a;', /typedef of a struct/),
        one('typedef struct a a;', /typedef of a struct/),
        one('#define NDEBUG 1\n', /asserts stay on/),
        one('void f(void)\n{\n    static char buf[40];\n}', /buf: a static variable/),
        one('void f(void)\n{\n    static int n = 0;\n}', /n: a static variable/),
        one('void f(void)\n{\n    static const char *last;\n}', /last: a static variable/),
        one('void f(void)\n{\n    static struct app app;\n}', /app: a static variable/),
        one('static int calls;\n', /calls: state of the process/),
        one('static const char *last = "";\n', /last: state of the process/),
        one('static struct { int a, b; } seen[4];\n', /seen: state of the process/),
        one('static struct list *all;\n', /all: state of the process/),
        one('int x;', /cache is in the table/, 'lib/view/view.c'),
    ],
});

for (const [path, text] of Object.entries(files)) {
    const most = sizes.find(([re]) => re.test(path))[1], lines = text.split('\n').length - 1;
    if (lines > most)
        console.log(`note: ${path} has ${lines} lines; about ${most} reads well`);
}
