// The documents speak of what is there: links and their headings, files, commands of
// ./dev and of paqueteria, routes and names of the code.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { code, lint, ours, paths, read, top } from '../helpers/lint.mjs';

// Names that a walk-through invents for its example.
const examples = { 'docs/adding-a-route.md': /carrier|transportador/i, 'docs/adding-a-job.md': /chain/i };

const folders = 'lib cgi-bin bin cron templates htdocs nginx deploy tests docs'.split(' ');
const texts = { ...read(ours), ...read(/\.(def|mjs|js|sql|sh|mk|am|ac|cst|css|in|yml|service|json)$|^(dev|\.ci\/run|cron\/(crontab|schedule)|package\.json)$/) };
delete texts['tests/lint/docs.mjs'];                // its own bad samples
const words = new Set(Object.values(texts).flatMap((t) => t.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
const all = Object.values(texts).join('\n');
const names = new Set(paths(/./).map((p) => p.slice(p.lastIndexOf('/') + 1)));
const built = read(/(^|\/)local\.mk$/);
const devCommands = new Set([...texts.dev.matchAll(/^(\w+) [^|\n]*\| /gm)].map((m) => m[1]));
const commands = [...code(Object.entries(texts).filter(([p]) => /^bin\/.*\.c$/.test(p)).map(([, t]) => t).join('\n'))
    .matchAll(/\{ "([a-z]+(?: [a-z]+)?)", (?:"[^"]*"|[A-Z_]+)/g)].map((m) => m[1]);
const routes = Object.entries(texts).filter(([p]) => /^cgi-bin\/|^nginx\//.test(p)).map(([, t]) => t).join('\n');
const noRoute = /^\/(tmp|etc|var|run|usr|proc|dev|home|sys|srv|opt)(\/|$)|^\/$|^\/_/;

// The anchor that GitHub gives a heading.
const slug = (s) => s.toLowerCase().replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[^\p{L}\p{N} -]/gu, '').trim().replace(/ /g, '-');
const headings = (text) => new Set([...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.*)$/gm)].map((m) => slug(m[1])));

function globbed(path) {
    if (!path.includes('*'))
        return existsSync(join(top, path));
    const dir = dirname(path), re = new RegExp(`^${path.slice(dir.length + 1).replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`);
    return dir.includes('*') || (existsSync(join(top, dir)) && readdirSync(join(top, dir)).some((f) => re.test(f)));
}

// A file of ours, or what is built from one.
function isThere(path, from) {
    const plain = path.replace(/:\d+$/, '').replace(/[.,;:]+$/, '').replace(/\/$/, '');
    const source = plain.replace(/\.fcgi$/, '');
    return [plain, join(dirname(from), plain), `lib/${plain}`, `templates/${plain}`].some(globbed)
        || existsSync(join(top, `${source}.c`)) || Object.entries(built).some(([mk, t]) =>
            t.includes(plain) || t.replaceAll('%D%', dirname(mk)).split(/\s+/).includes(plain));
}

const wordsOf = (span) => span.split(/\s+/);

function checkSpan(span, from, say) {
    const dev = /(?:^|[ ;])\.\/dev (\w+)/.exec(span);
    if (dev && !devCommands.has(dev[1]))
        say(`./dev ${dev[1]}: no such command`);
    const cli = /(?:^|[ /])paqueteria (?:--config \S+ )?([a-z]+)(?: ([a-z]+))?/.exec(span);
    if (cli && !commands.some((c) => c === cli[1] || c === `${cli[1]} ${cli[2]}`))
        say(`paqueteria ${cli[1]} ${cli[2] ?? ''}: no such command`);
    const route = /^(?:(?:GET|POST|PATCH|PUT|DELETE) )?(\/[\w{}./-]*)$/.exec(span);
    if (route && !noRoute.test(route[1]) && !routes.includes(`"${route[1]}"`) && !routes.includes(` ${route[1]} `) && !routes.includes(`"${route[1]}/`))
        say(`${route[1]}: no such route`);
    if (span !== 'noun_verb' && /^[a-z]+(_[a-z0-9]+)+(\(\))?$/.test(span) && !words.has(span.replace('()', '')) && !all.includes(span.replace('()', '')))
        say(`${span}: no such name in the code`);
    for (const [, name] of span.matchAll(/(?<![\w./*<>-])(\w[\w.-]*\.(?:[ch]|def|m?js|sh|cst|css|sql))(?![\w.*/])/g))
        if (!names.has(name))
            say(`${name}: no file of that name`);
    for (const word of wordsOf(span)) {
        const path = word.replace(/^['"(]+|['")]+$/g, '').replace(/^\.\//, '');
        if (/[<>{}$…]|NAME|^https?:|^\//.test(path) || !path.includes('/'))
            continue;
        if (folders.includes(path.split('/')[0]) && !isThere(path, from))
            say(`${path}: no such file`);
    }
}

function check(files, say) {
    for (const [path, text] of Object.entries(files)) {
        const invented = examples[path];
        let fence = false;
        text.split('\n').forEach((line, i) => {
            const tell = (what) => say(`${path}:${i + 1}`, what);
            if (/^```/.test(line))
                fence = !fence;
            // Code is an example, but for its commands and for the headers that it includes.
            if (fence || /^ {4}/.test(line)) {
                const header = /^ *#include "([^"]+)"/.exec(line);
                if (header && !invented?.test(header[1]) && !existsSync(join(top, 'lib', header[1])) && !existsSync(join(top, header[1])))
                    tell(`${header[1]}: no such header`);
                for (const m of line.matchAll(/(?:\.\/dev \w+|\bpaqueteria(?: --config \S+)? [a-z]+(?: [a-z]+)?)(?= |$)/g))
                    if (!invented?.test(line) && !/[#"]/.test(line.slice(0, m.index)))
                        checkSpan(m[0], path, tell);
                return;
            }
            for (const m of line.matchAll(/`([^`]+)`/g))
                if (!invented?.test(m[1]))
                    checkSpan(m[1], path, tell);
            for (const m of line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) {
                const [to, anchor] = m[1].split('#');
                if (/^(https?|mailto):/.test(m[1]))
                    continue;
                const target = to ? normalize(join(dirname(path), decodeURI(to))) : path;
                const there = target in files || existsSync(join(top, target));
                if (!there)
                    tell(`${m[1]}: a link to nothing`);
                else if (anchor && files[target] && !headings(files[target]).has(decodeURIComponent(anchor)))
                    tell(`${m[1]}: no such heading`);
            }
        });
    }
}

const one = (text, says) => ({ files: { 'docs/x.md': text }, says });
const files = read(/\.md$|(^|\/)README$/);
delete files['docs/permissions.md'];      // made of the route tables: permissions.sh
if (paths(/\.md$/).length === 0)
    throw new Error('no documents');
lint('docs', {
    check,
    files,
    good: {
        'docs/x.md': '# One thing: `two`\n[a](../dev) [b](#one-thing-two) [c](y.md#more) [d](https://x.example/) `./dev up --demo` `lib/base/err.h`\n'
            + '`cgi-bin/track.fcgi --routes` `paqueteria secrets init` `/auth/login` `db_write` `templates/layout/*_head.cst` `<area>/x.cst` `/tmp/x`\n'
            + '    ./dev test   everything\n',
        'docs/y.md': '## More\n',
    },
    bad: [
        one('[a](nothing.md)', /nothing\.md: a link to nothing/),
        one('![a](img/nothing.png)', /a link to nothing/),
        one('# A\n[a](#b)', /#b: no such heading/),
        one('see `lib/base/nothing.h`', /no such file/),
        one('    #include "domain/nothing.h"', /no such header/),
        one('with `nothing_ever.c`', /no file of that name/),
        one('see `tests/lint/*.nothing`', /no such file/),
        one('`cgi-bin/nothing.fcgi --routes`', /no such file/),
        one('`./dev nothing`', /no such command/),
        one('    ./dev nothing   does it', /no such command/),
        one('`paqueteria nothing at`', /no such command/),
        one('```\npaqueteria secrets nothing\n```', /no such command/),
        one('`GET /no/such/route`', /no such route/),
        one('calls `package_nothing_ever`', /no such name/),
    ],
});
