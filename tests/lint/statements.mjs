// Each row of docs/security-tests.md names a file that is there and words that stand in it; a row without one says why.
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { top } from '../helpers/lint.mjs';

// What is wrong with a table of statements; `text_of` gives a file's text, or null.
export function faults(table, text_of) {
    const found = [], seen = new Set();
    for (const line of table.split('\n').filter((x) => /^\| \d/.test(x))) {
        const [, statement, file, words] = line.split('|').map((x) => x.trim());
        seen.add(parseInt(statement, 10));
        if (file === '–') {
            if (words.length < 10)
                found.push(`statement ${statement} has no test and does not say why`);
            continue;
        }
        const text = text_of(file);
        if (text === null)
            found.push(`statement ${statement}: ${file} is not there`);
        else if (!text.replaceAll("\\'", "'").includes(words))
            found.push(`statement ${statement}: ${file} has no "${words}"`);
    }
    for (const n of [...Array(38).keys()].map((i) => i + 1).concat([...Array(12).keys()].map((i) => i + 53)))
        if (!seen.has(n))
            found.push(`statement ${n} has no row`);
    return found;
}

const read = (file) => (existsSync(path.join(top, file)) ? readFileSync(path.join(top, file), 'utf8') : null);
const table = read('docs/security-tests.md');
for (const [bad, says] of [[table.replace(/^\| 1 the.*\n/m, ''), 'statement 1 has no row'],
    [table.replace('two_at_once_then_busy', 'three_at_once'), 'has no "three_at_once"'],
    [table.replace('tests/lint/sql.mjs', 'tests/lint/no.mjs'), 'is not there']])
    if (!faults(bad, read).some((x) => x.includes(says))) {
        console.error(`statements: a rule does not bite: ${says}`);
        process.exit(2);
    }
const found = faults(table, read);
found.forEach((x) => console.error(`statements: ${x}`));
console.log(`statements: ${found.length ? `${found.length} faults` : 'ok'}`);
process.exit(found.length ? 1 : 0);
