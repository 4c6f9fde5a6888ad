#!/usr/bin/env node
// docs/permissions.md: who may ask for which address, from the programs' own route tables.  ./dev build keeps it up to
// date; `permissions.mjs --check` only says whether it is.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url)), built = process.env.DEV_BUILD ?? path.join(top, 'build');
const file = path.join(top, 'docs/permissions.md');
const ROLES = ['PUBLIC', 'USUARIO', 'OPERADOR', 'ADMIN'];

function areas() {
    const dir = path.join(built, 'cgi-bin');
    return fs.readdirSync(dir).filter((name) => name.endsWith('.fcgi')).sort().map((name) =>
        JSON.parse(execFileSync(path.join(dir, name), ['--routes'], { encoding: 'utf8' })));
}

// Says by what the sender is known: pages know a session, the API a token.
function known_by(r) {
    if (r.role === 'PUBLIC')
        return r.answer.includes('LOCAL') ? 'this machine' : 'nothing';
    return r.answer.includes('JSON') ? `token${r.scope ? `, \`${r.scope}\`` : ''}` : 'session';
}

const row = (r) => `| \`${r.method} ${r.path}\` | ${ROLES.map((role) => (ROLES.indexOf(role) >= ROLES.indexOf(r.role) ? '✓' : '–'))
    .join(' | ')} | ${known_by(r)} | ${r.title} |`;

const section = (area) => `## ${area.area}

| address | nobody signed in | USUARIO | OPERADOR | ADMIN | known by | what |
|---|---|---|---|---|---|---|
${area.routes.map(row).join('\n')}
`;

const text = `# Who may what

Made by \`./dev build\` of the programs' own route tables (\`build/cgi-bin/NAME.fcgi --routes\`), by which they answer; do
not edit.  A role may what the roles before it may.  A page knows people by their session and takes no token; an address
of the API knows a program by its bearer token, which needs the role and the scope, and takes no cookie.  Whoever is not known gets the
sign-in or 401, whoever may not gets 403 (\`tests/http/routes.test.mjs\` asks for every row as every role, and with tokens of
other scopes).  What a role may do with one thing and not with another (an own drawer, an own session, a discount above the limit) is
decided by \`lib/domain\`.

${areas().map(section).join('\n')}`;

const is = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
if (is !== text && process.argv[2] === '--check') {
    console.error('permissions: docs/permissions.md is not what the route tables say: ./dev build, and commit it');
    process.exit(1);
}
if (is !== text) {
    fs.writeFileSync(file, text);
    console.log('docs/permissions.md updated');
}
