// Makes lib/domain/people/common_passwords_many.def anew from the passwords.json of the npm package
// @zxcvbn-ts/language-common, without those that may be the phone of somebody:   node tools/common_passwords.mjs passwords.json >…
import fs from 'node:fs';

const FIRST = 10000, LONG = 10, WIDTH = 16;          // LONG: what may be a password of ours as it is

const all = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const words = [...new Set(all.filter((word, i) => i < FIRST || word.length >= LONG)
    .map((word) => word.toLowerCase()).filter((word) => /^[!-~]+$/.test(word) && !/^3\d{9}$/.test(word) && word.length <= WIDTH))].sort((a, b) => (a < b ? -1 : 1));
const lines = [];
for (const word of words) {
    const cell = JSON.stringify(word);
    if (lines.length > 0 && lines.at(-1).length + cell.length < 105)
        lines[lines.length - 1] += `, ${cell}`;
    else
        lines.push(`MANY(${cell}`);
}
console.log(`/* The ${FIRST} commonest passwords of the world, and of the next 40,000 those of ${LONG} and more symbols, sorted.
 * From passwords.json of @zxcvbn-ts/language-common 4.1.3; copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.,
 * 2021 @zxcvbn-ts; its licence is common_passwords.LICENSE.  Made by tools/common_passwords.mjs. */`);
console.log(lines.map((line) => `${line})`).join('\n'));
