// The words of the code: a comment has a subject, whatever the language, and there is one style of braces.
//
// "Of two at once the first is right" asks its reader to have read the code.  Comments that begin with one of
// these words almost always leave their subject out; at most two in a hundred may.  A comment beside a member
// or a constant ("/* or NULL */") is about that, so small letters count for the worst of the words only.
import { code, lineAt, lint, ours, read } from '../helpers/lint.mjs';

const MOST = 0.02;
const worst = 'of what who whose those that one';
const words = (`${worst} which it its one's ones these this they them their by all both either neither such another others other `
    + 'same without with as in from for to at on into only each every any none nobody here there now then so but and or also too again')
    .split(' ');
const capital = (w) => w[0].toUpperCase() + w.slice(1);
const subjectless = new RegExp(`^(?:${[...worst.split(' '), ...words.map(capital)].join('|')})(?![\\w-])`);

// How each kind of file writes a comment: what is quoted is passed over, and lines of comment that follow
// each other are one comment.
const quoted = /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/.source, block = /\/\*([\s\S]*?)\*\//.source;
const C = new RegExp(`${quoted}|${block}|//([^\n]*)`, 'g');
const JS = new RegExp([quoted, /`(?:\\[\s\S]|[^`\\])*`/.source, block,
    /(?<![^\s;{}(,])\/\/ ((?:[^\n]*\n *\/\/ )*[^\n]*)/.source].join('|'), 'g');
const HASH = /(?<![^\n\s;])# ((?:[^\n]*\n *# )*[^\n]*)/g;
const kinds = [
    { of: /\.([ch]|def|css)$/, comment: C },
    { of: /\.m?js$/, comment: JS },
    { of: /\.sql$/, comment: /-- ((?:[^\n]*\n *-- )*[^\n]*)/g },
    { of: /\.cst$/, comment: /<\?cs # ([\s\S]*?)\?>/g },
    { of: /./, comment: HASH },
];
const everything = new RegExp('^(lib|cgi-bin|bin|cron|tests|tools|nginx|templates|htdocs|deploy)/.*\\.([ch]|def|css|m?js|sql|cst|sh|in|mk|lua)$'
    + '|^(dev|configure\\.ac|Makefile\\.am|deploy/logrotate|cron/(crontab|schedule))$');
// A database remembers the hash of each migration that it has had, so the oldest keep their words.
const LAST_KEPT = 27;
const is_kept = (path) => /\.sql$/.test(path) && Number(path.match(/\/(\d+)_/)?.[1]) <= LAST_KEPT;

// Comments with the line they begin on, and the first line of what they say.
function comments(path, text) {
    const found = [];
    for (const m of text.matchAll(kinds.find((k) => k.of.test(path)).comment)) {
        const said = (m[1] ?? m[2])?.replace(/^\s*\*? ?/gm, '').trim();
        if (said && /\p{L}{2}/u.test(said))
            found.push({ line: lineAt(text, m.index), said: said.split('\n')[0] });
    }
    return found;
}

// The C of the programs is counted apart: its comments are the most, and would hide the others.
function checkComments(files, say) {
    const counts = { programs: { count: 0, bad: [] }, others: { count: 0, bad: [] } };
    for (const [path, text] of Object.entries(files).filter(([p]) => !is_kept(p)))
        for (const { line, said } of comments(path, text)) {
            const part = counts[ours.test(path) ? 'programs' : 'others'];
            part.count++;
            if (subjectless.test(said))
                part.bad.push([`${path}:${line}`, `a comment without its subject: ${said}`]);
        }
    for (const { bad, count } of Object.values(counts))
        if (bad.length > MOST * count || process.argv.includes('-v'))
            bad.forEach((b) => say(...b));
    return counts;
}

// Braces around one statement on one line, where no branch of the same if needs them.
function checkBraces(files, say) {
    const block = /^( +)(?:if|for|while) \((?:[^\n]|\n\1 {5,})*\) \{\n\1 {4}\S[^\n]*;\n\1\}\n/gm;
    for (const [path, text] of Object.entries(files).filter(([p]) => /\.[ch]$/.test(p)))
        for (const m of code(text, { strings: false }).matchAll(block))
            say(`${path}:${lineAt(text, m.index)}`, 'braces around a single line');
}

function check(files, say) {
    checkComments(files, say);
    checkBraces(files, say);
}

const one = (text, says, path = 'lib/base/a.c') => ({ files: { [path]: text }, says });
const files = read(everything);
const counts = checkComments(files, () => {});
lint('words', {
    check,
    files,
    good: { 'htdocs/js/a.js': "// Rows are read\n// once.\nf('// Of two'); // bytes, or null\n", 'tools/a.sh': '# Rows are read\n# once.\nf "$#"  # bytes\n',
        'lib/store/migrations/0001_a.sql': '-- Of two the first\n', 'lib/base/a.c': '/* Rows are read once. */\nint a; /* bytes, or NULL */\nconst char *s = "/* of */";\nvoid f(void)\n{\n    if (a) {\n        b();\n    } else {\n        c();\n        d();\n    }\n}\n' },
    bad: [
        one('/* Of two at once the first is right. */\n', /without its subject/),
        one('int a; /* of those that wait */\n', /without its subject/),
        one('// What it was\n', /without its subject/),
        one('/*\n * Those that are left\n */\n', /without its subject/),
        one('// Of two at once\n// the first is right.\n', /without its subject/, 'htdocs/js/a.js'),
        one('f();     // what it was\n', /without its subject/, 'tests/a.mjs'),
        one('# Of two at once\n', /without its subject/, 'tools/a.sh'),
        one('a 1;  # What it was\n', /without its subject/, 'nginx/nginx.conf.in'),
        one('-- Of two at once\n', /without its subject/, 'lib/store/migrations/9999_a.sql'),
        one('<?cs # As it was. ?>', /without its subject/, 'templates/a.cst'),
        one('/* As it was. */', /without its subject/, 'htdocs/css/a.css'),
        one('void f(void)\n{\n    if (a) {\n        b();\n    }\n}\n', /braces around/),
        one('void f(void)\n{\n    for (a = 0; a < 3;\n         a++) {\n        b();\n    }\n}\n', /braces around/),
    ],
});
for (const [part, { bad, count }] of Object.entries(counts))
    console.log(`words: ${part}: ${bad.length} of ${count} comments begin without their subject`);
