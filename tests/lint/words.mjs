// The words of the code: a comment has a subject, and there is one style of braces.
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

// Comments with their first line: a block, or // to the end of the line.
function comments(text) {
    const found = [];
    for (const m of text.matchAll(/"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|\/\*([\s\S]*?)\*\/|\/\/([^\n]*)/g)) {
        const said = (m[1] ?? m[2])?.replace(/^\s*\*? ?/gm, '').trim();
        if (said && /\p{L}{2}/u.test(said))
            found.push({ line: lineAt(text, m.index), said: said.split('\n')[0] });
    }
    return found;
}

function checkComments(files, say) {
    const bad = [];
    let count = 0;
    for (const [path, text] of Object.entries(files))
        for (const { line, said } of comments(text)) {
            count++;
            if (subjectless.test(said))
                bad.push([`${path}:${line}`, `a comment without its subject: ${said}`]);
        }
    if (bad.length > MOST * count || process.argv.includes('-v'))
        bad.forEach((b) => say(...b));
    return { bad: bad.length, count };
}

// Braces around one statement on one line, where no branch of the same if needs them.
function checkBraces(files, say) {
    const block = /^( +)(?:if|for|while) \((?:[^\n]|\n\1 {5,})*\) \{\n\1 {4}\S[^\n]*;\n\1\}\n/gm;
    for (const [path, text] of Object.entries(files))
        for (const m of code(text, { strings: false }).matchAll(block))
            say(`${path}:${lineAt(text, m.index)}`, 'braces around a single line');
}

function check(files, say) {
    checkComments(files, say);
    checkBraces(files, say);
}

const one = (text, says) => ({ files: { 'lib/base/a.c': text }, says });
const files = read(ours);
const { bad, count } = checkComments(files, () => {});
lint('words', {
    check,
    files,
    good: { 'lib/base/a.c': '/* Rows are read once. */\nint a; /* bytes, or NULL */\nconst char *s = "/* of */";\nvoid f(void)\n{\n    if (a) {\n        b();\n    } else {\n        c();\n        d();\n    }\n}\n' },
    bad: [
        one('/* Of two at once the first is right. */\n', /without its subject/),
        one('int a; /* of those that wait */\n', /without its subject/),
        one('// What it was\n', /without its subject/),
        one('/*\n * Those that are left\n */\n', /without its subject/),
        one('void f(void)\n{\n    if (a) {\n        b();\n    }\n}\n', /braces around/),
        one('void f(void)\n{\n    for (a = 0; a < 3;\n         a++) {\n        b();\n    }\n}\n', /braces around/),
    ],
});
console.log(`words: ${bad} of ${count} comments begin without their subject`);
