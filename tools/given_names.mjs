// Makes lib/local/given_names_many.def anew from a clone of github.com/joke2k/faker:   node tools/given_names.mjs faker >…
import fs from 'node:fs';
import path from 'node:path';

const LOCALES = ['es_CO', 'es_ES', 'es_MX', 'es_AR', 'es_CL', 'pt_BR', 'pt_PT', 'en_US', 'it_IT', 'fr_FR'];
const PARTICLES = ['del', 'los', 'las'];

const fold = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const names = new Set();
for (const locale of LOCALES) {
    const file = path.join(process.argv[2], 'faker/providers/person', locale, '__init__.py');
    for (const [, list] of fs.readFileSync(file, 'utf8').matchAll(/^ {4}first_names?_\w+[^=\n]*= *(?:OrderedDict)?[([{](.*?)^ {4}[)\]}]/gms))
        for (const [, name] of list.replace(/#.*/g, '').matchAll(/["']([^"'\n]+)["']/g))
            fold(name).split(/[ -]/).filter((word) => /^[a-z]{3,15}$/.test(word) && !PARTICLES.includes(word))
                .forEach((word) => names.add(word));
}
const lines = [];
for (const name of [...names].sort()) {
    const cell = JSON.stringify(name);
    if (lines.length > 0 && lines.at(-1).length + cell.length < 105)
        lines[lines.length - 1] += `, ${cell}`;
    else
        lines.push(`GIVEN(${cell}`);
}
console.log(`/* Given names of Colombia, of Spain and its neighbours, of Mexico, Argentina, Chile, Brazil and the United States,
 * folded, sorted.  From the lists of Faker 40.35.0 (github.com/joke2k/faker); copyright (c) 2012 Daniele Faraglia; its
 * licence is given_names.LICENSE.  Made by tools/given_names.mjs. */`);
console.log(lines.map((line) => `${line})`).join('\n'));
