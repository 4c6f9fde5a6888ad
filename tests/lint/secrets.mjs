// The tree holds no secrets, people's phones, places of somebody's own machine, hosts of a registry, or
// work left for later.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lint, paths, top } from '../helpers/lint.mjs';

// 300 123 4567 is the example that sentences give; 300 555 is nobody's.
const examplePhone = /^3001234567$|^300555\d{4}$/;

// Patterns that no line of any text may hold.
const lines = [
    [/\b(TODO|FIXME|XXX|HACK)\b/, 'work left for later: do it, or an issue'],
    [/-----BEGIN [A-Z ]*PRIVATE KEY/, 'a private key'],
    [/\bAKIA[0-9A-Z]{16}\b/, 'a key of AWS'],
    [/\b(gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{20,}|npm_[A-Za-z0-9]{30,})/, 'a token of a service'],
    [/\beyJ[A-Za-z0-9_-]{12,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/, 'a signed web token'],
    [/\b(password|passwd|secret|api[-_]?key|token|clave|contraseña)\b["']?\s*[:=]\s*["'](?=[^"']*\d)(?=[^"']*[a-zA-Z])[A-Za-z0-9+/_=-]{24,}["']/i, 'looks like a secret'],
    [/(^|[\s"'=(`:])\/(home|root|Users|work|workspace|mnt|media)\/[\w.-]/, 'a path of one machine'],
    [/[A-Z]:\\\\?Users\\/, 'a path of one machine'],
    [/\b(registry\.npmjs\.org|registry\.yarnpkg\.com|npmmirror|artifactory|nexus\.|verdaccio|npm\.pkg\.github\.com|pypi\.org|proxy\.golang\.org)\b/, 'a host of a registry'],
    [/^\s*(@[\w-]+:)?registry\s*=/, 'a registry: npm\'s own setting says which'],
    [/\bhttps?_proxy\s*=\s*["']?https?:/i, 'the network of one machine'],
    [/^(<{7}|>{7}) |^={7}$/, 'a merge left open'],
];

// Names of files that hold secrets or somebody's data.
const names = /(^|\/)(id_(rsa|ed25519|ecdsa)|\.env(\..*)?|\.netrc|\.pgpass|\.npm_token|.*\.(pem|key|p12|pfx|sqlite3?|db|db-wal|rdb|xlsx?))$/;

function phonesOf(line) {
    return [...line.matchAll(/(?<![\w.%/-])(?:\+?57[ .-]?)?(3\d{2})[ .-]?(\d{3})[ .-]?(\d{4})(?![\w%])/g)]
        .map((m) => m[1] + m[2] + m[3]);
}

function checkLock(path, text, say) {
    const lock = JSON.parse(text);
    for (const [name, p] of Object.entries(lock.packages ?? {})) {
        if (p.resolved)
            say(path, `${name}: a resolved address (${p.resolved}); .npmrc leaves them out`);
        if (name && !p.link && !p.integrity)
            say(path, `${name}: no integrity`);
    }
}

function check(files, say) {
    for (const [path, text] of Object.entries(files)) {
        if (names.test(path))
            say(path, 'a file of this name does not belong here');
        if (path === 'package-lock.json') {
            checkLock(path, text, say);
            continue;
        }
        if (path === '.npmrc' && !/^omit-lockfile-registry-resolved=true$/m.test(text))
            say(path, 'omit-lockfile-registry-resolved=true is missing: the next lock file would name a host');
        text.split('\n').forEach((line, i) => {
            for (const [re, what] of lines)
                if (re.test(line))
                    say(`${path}:${i + 1}`, what);
            for (const phone of phonesOf(line))
                if (!examplePhone.test(phone))
                    say(`${path}:${i + 1}`, `${phone} may be somebody's phone: 300 555 xxxx`);
        });
    }
}

const one = (text, says, path = 'lib/a.c') => ({ files: { [path]: text }, says });
const lock = (p) => JSON.stringify({ packages: { '': {}, 'node_modules/a': p } });

// Reads texts; what is no UTF-8 text (images, corpora) has no lines to read, only a name.
const files = Object.fromEntries(paths(/^(?!LICENSE$|build-aux\/|configure$)/).map((p) => {
    const bytes = readFileSync(join(top, p));
    return [p, bytes.includes(0) ? '' : bytes.toString('utf8')];
}));
delete files['tests/lint/secrets.mjs'];       // its own bad samples

lint('secrets', {
    check,
    files,
    good: {
        'lib/a.c': '/* phones: 300 123 4567, +57 300 555 0001, 3005550000; id 13001234567; 1.3012345678 */\n'
            + 'const char *token = "token_hash_of_the_first";\n',
        'docs/a.md': 'Todo funciona en /var/lib/paqueteria, /etc/paqueteria y /tmp/x.\n',
        '.npmrc': 'omit-lockfile-registry-resolved=true\n',
        'package-lock.json': lock({ version: '1.0.0', integrity: 'sha512-x' }),
    },
    bad: [
        one('/* TODO: later */', /work left/), one('# FIXME', /work left/, 'dev'), one('// XXX', /work left/),
        one('-----BEGIN EC PRIVATE KEY-----', /private key/, 'docs/a.md'),
        one('-----BEGIN PRIVATE KEY-----', /private key/, 'docs/a.md'),
        one('id = AKIAIOSFODNN7EXAMPLE', /AWS/),
        one('t = ghp_0123456789abcdefghijklmnopqrstuvwxyz', /token of a service/),
        one('t = eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl', /signed web token/),
        one('const char *password = "a8Kd0qPz71LmXe92TgUv5Rb3";', /looks like a secret/),
        one('api_key: "a8Kd0qPz71LmXe92TgUv5Rb3"', /looks like a secret/, 'deploy/a.yml'),
        one('cd /home/maria/paqueteria', /one machine/, 'docs/a.md'),
        one('"/root/x"', /one machine/), one('x=/work/main', /one machine/, 'dev'),
        one('https://registry.npmjs.org/htmx', /registry/, 'dev'), one('registry=https://x', /registry/, '.npmrc'),
        one('', /omit-lockfile/, '.npmrc'),
        one(lock({ integrity: 'sha512-x', resolved: 'https://a.example/a.tgz' }), /resolved/, 'package-lock.json'),
        one(lock({ version: '1' }), /no integrity/, 'package-lock.json'),
        one('"3107654321"', /phone/), one('+57 310 765 4321', /phone/), one('573107654321', /phone/), one('310-765-4321', /phone/),
        one('export https_proxy=http://10.0.0.1:3128', /network/, 'dev'),
        one('', /does not belong/, 'deploy/server.key'), one('', /does not belong/, '.env'),
        one('', /does not belong/, 'tests/data/shop.db'),
        one('<<<<<<< HEAD', /merge/),
    ],
});
