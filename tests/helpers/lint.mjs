// Functions that the structural lints share: the files of the tree, C without its comments,
// and the run itself, which first shows that each rule bites on a bad sample.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const top = fileURLToPath(new URL('../../', import.meta.url));

// Files that others wrote, or that our own tools make.
const foreign = /^(build[^/]*|var|node_modules|autom4te\.cache|sqlite|\.git|htdocs\/vendor|configure~?|aclocal\.m4|Makefile\.in)(\/|$)/;

// Paths below the top whose whole name matches, sorted.
export function paths(re, folder = '') {
    const found = [];
    for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
        const path = folder ? `${folder}/${entry.name}` : entry.name;
        if (foreign.test(path))
            continue;
        if (entry.isDirectory())
            found.push(...paths(re, path));
        else if (entry.isFile() && re.test(path))
            found.push(path);
    }
    return found.sort();
}

// { path: text } of them.
export const read = (re) => Object.fromEntries(paths(re).map((p) => [p, readFileSync(join(top, p), 'utf8')]));

export const ours = /^(lib|cgi-bin|bin|cron)\/.*\.[ch]$/;

// The same text, lines kept, with comments as spaces; with `strings` false what is
// in string literals too.
export function code(text, { strings = true } = {}) {
    const blank = (s) => s.replace(/[^\n]/g, ' ');
    return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g, (m) =>
        m[0] === '/' ? blank(m) : strings ? m : m[0] + blank(m.slice(1, -1)) + m[0]);
}

export const lineAt = (text, index) => text.slice(0, index).split('\n').length;

// check(files, say) calls say(place, what is wrong).  Each bad sample is a tree of
// its own, { files, says }, and must be complained of so; the good one must not.
export function lint(name, { check, files, bad, good }) {
    const complaints = (tree) => {
        const list = [];
        check(tree, (place, what) => list.push(`${place}: ${what}`));
        return list;
    };
    for (const sample of bad) {
        const said = complaints(sample.files);
        if (!said.some((s) => sample.says.test(s))) {
            console.error(`${name}: a rule does not bite: ${sample.says} on ${JSON.stringify(sample.files)}`);
            said.forEach((s) => console.error(`  said: ${s}`));
            process.exit(2);
        }
    }
    if (good) {
        const said = complaints(good);
        if (said.length) {
            console.error(`${name}: a rule bites where it should not: ${said.join('; ')}`);
            process.exit(2);
        }
    }
    const said = complaints(files);
    said.forEach((s) => console.error(s));
    if (said.length)
        process.exit(1);
    console.log(`${name}: ok, ${Object.keys(files).length} files, ${bad.length} bad samples refused`);
}
