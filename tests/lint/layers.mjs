// The table of who may include whom, and of the one file that knows a library.
import { code, lineAt, lint, ours, read } from '../helpers/lint.mjs';

// The folder itself is always allowed.
const layers = {
    'lib/base': '',
    'lib/local': 'base',
    'lib/json': 'base',
    'lib/metric': 'base',
    'lib/crypto': 'base json local metric',
    'lib/store': 'base json local metric',
    'lib/http': 'base json local metric',
    'lib/view': 'base json local metric',
    'lib/code': 'base json local metric',
    'lib/queue': 'base json local metric crypto store',
    'lib/storage': 'base json local metric crypto',
    'lib/send': 'base json local metric crypto',
    'lib/print': 'base json local metric code',
    'lib/domain': 'base json local metric crypto store queue',
    'lib/jobs': 'base json local metric crypto store queue domain storage send print code view',
    'lib/app': 'base json local metric crypto store queue http view domain',
    'cgi-bin': 'base json local metric http view domain storage code app',
    bin: 'base json local metric crypto store queue domain storage send jobs view',
    cron: 'base json local metric crypto store queue domain storage send jobs view',
};

// The master and the clock stay small: they are what everything else hangs on.
const narrower = {
    'bin/serve.c': 'base', 'bin/serve_pool.c': 'base metric', 'bin/serve.h': 'base',
    'cron/tick.c': 'base metric store',
};

// Header, who may include it.
const libraries = [
    [/^ClearSilver\.h$|^(cs|cgi|util)\/(cs|cgi|neo_)/, /^lib\/view\/view\.c$/],
    [/^sqlite3\.h$/, /^lib\/store\/sqlite\.c$/],
    [/^sqlite3\.c$/, /^lib\/store\/amalgamation\.c$/],
    [/^libpq/, /^lib\/store\/pgsql\.c$/],
    [/^hiredis\//, /^lib\/queue\/(hint|cache)\.c$/],
    [/^curl\//, /^lib\/send\//],
    [/^zint\.h$/, /^lib\/code\//],
    [/^(cairo|pango|glib|hpdf)/, /^lib\/print\//],
    [/^xlsxwriter/, /^lib\/print\/workbook\.c$/],
    [/^(expat\.h$|minizip\/)/, /^lib\/jobs\/sheet_xlsx\.c$/],
    [/^(vips|webp)\//, /^lib\/jobs\/picture\.c$/],
    [/^png\.h$/, /^bin\/demo\/picture\.c$/],
    [/^magic\.h$/, /^lib\/(storage|jobs)\/photo/],
    [/^(fcgiapp|fcgi_stdio|fcgi_config)\.h$/, /^lib\/app\/(serve|lobby)\.[ch]$/],
    [/^json-c\//, /^lib\/json\/json\.h$/],
    [/^utf8proc\.h$/, /^lib\/(base|local)\//],
    [/^seccomp\.h$/, /^lib\/jobs\/sandbox\.c$/],
    // send/ needs its base64; store/ may not include crypto/ and sums its migrations.
    [/^sodium\.h$/, /^lib\/(crypto|send)\/|^lib\/store\/migrate\.c$/],
];
// The rest of what is between < and > is libc's.
const libc = /^(sys|arpa|netinet|linux)\/[a-z0-9_]+\.h$|^[a-z0-9]+\.h$/;
const notLibc = /^(ev|uv|event|glib|openssl|pcre2?|lua|zlib|png|jpeglib|libxml|expat)\.h$/;

// The rooms of the business, bottom to top: each knows those it names, and itself.
const rooms = {
    ground: '',
    message: 'ground',
    price: 'ground',
    people: 'ground message',
    shelf: 'ground price',
    parcel: 'ground message price people shelf',
    money: 'ground people parcel',
    handover: 'ground message price people shelf parcel money',
    custody: 'ground message price people shelf parcel money handover',
    paper: 'ground message people shelf parcel money',
    stocktake: 'ground shelf parcel',
    outbox: 'ground message people parcel handover',
    public: 'ground message price people parcel',
    law: 'ground message price people shelf parcel money handover custody paper outbox public',
    console: 'ground parcel money custody stocktake',
};

// A circle of files of one room, by what they include and call; null when there is none.
function circle(edges) {
    const state = {};
    const visit = (f, trail) => {
        if (state[f] === 2)
            return null;
        if (state[f] === 1)
            return [...trail.slice(trail.indexOf(f)), f];
        state[f] = 1;
        for (const g of edges[f] ?? []) {
            const found = visit(g, [...trail, f]);
            if (found)
                return found;
        }
        state[f] = 2;
        return null;
    };
    for (const f of Object.keys(edges)) {
        const found = visit(f, []);
        if (found)
            return found;
    }
    return null;
}

function checkRooms(files, say) {
    const ofRoom = {}, definer = {}, clean = {};
    for (const [path, text] of Object.entries(files)) {
        const m = /^lib\/domain\/([^/]+)\/[^/]+\.[ch]$/.exec(path);
        if (!m)
            continue;
        clean[path] = code(text);
        (ofRoom[m[1]] ??= []).push(path);
        if (!(m[1] in rooms))
            say(path, `room ${m[1]} has no row in the table of rooms`);
        if (path.endsWith('.c'))
            for (const k of clean[path].matchAll(/^(?!static|typedef|return|else)(?:[a-z][\w ]*[ *])([a-z]\w*)(?:\([^;{]*\)\s*\{|(?:\[[^\]]*\])* = )/gm))
                definer[k[1]] = path;
    }
    for (const [room, paths] of Object.entries(ofRoom)) {
        const edges = {}, mayUse = [room, ...(rooms[room] ?? '').split(' ')];
        for (const path of paths) {
            const unit = path.replace(/\.[ch]$/, '');
            edges[unit] ??= new Set();
            for (const m of clean[path].matchAll(/^[ \t]*#[ \t]*include[ \t]*"domain\/([^/"]+)\/([^"]+)\.h"/gm)) {
                if (!mayUse.includes(m[1]))
                    say(`${path}:${lineAt(clean[path], m.index)}`, `room ${room} may not include room ${m[1]}`);
                const other = `lib/domain/${m[1]}/${m[2]}`;
                if (path.endsWith('.h') && m[1] === room && other !== unit)
                    edges[unit].add(other);
            }
            if (path.endsWith('.c'))
                for (const name of new Set(clean[path].replace(/"(?:\\.|[^"\\])*"/g, '').match(/(?<![.>\w])[a-z]\w+/g)))
                    if (definer[name] && definer[name] !== path && definer[name].startsWith(`lib/domain/${room}/`)
                        && !new RegExp(`^static [^;{(=]*\\b${name}\\b`, 'm').test(clean[path]))
                        edges[unit].add(definer[name].replace(/\.c$/, ''));
        }
        const found = circle(edges);
        if (found)
            say(`lib/domain/${room}`, `a circle: ${found.map((f) => f.split('/').pop()).join(' → ')}`);
    }
}

const folderOf = (path) => path.match(/^(lib\/[^/]+|[^/]+)\//)[1];

function check(files, say) {
    checkRooms(files, say);
    for (const [path, text] of Object.entries(files)) {
        const folder = folderOf(path);
        const own = folder.replace('lib/', '');
        if (!(folder in layers)) {
            say(path, `folder ${folder} has no row in the table of layers`);
            continue;
        }
        const allowed = [own, ...(narrower[path] ?? layers[folder]).split(' ')];
        const clean = code(text);
        for (const m of clean.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm)) {
            const place = `${path}:${lineAt(clean, m.index)}`;
            const [, kind, name] = m;
            if (kind === '<') {
                const row = libraries.find(([header]) => header.test(name));
                if (row && !row[1].test(path))
                    say(place, `<${name}> is known only to ${row[1].source}`);
                else if (!row && (notLibc.test(name) || !libc.test(name)))
                    say(place, `<${name}> is no header of libc and in no row of the libraries`);
                continue;
            }
            const parts = name.split('/');
            if (name.includes('..'))
                say(place, `"${name}": from the top of lib/, without ..`);
            else if (parts.length === 1 && folder.startsWith('lib/'))
                say(place, `"${name}": with its folder, "${own}/${name}"`);
            else if (parts.length > 1 && !allowed.includes(parts[0]))
                say(place, `${path} may not include ${parts[0]} ("${name}"): it may ${allowed.join(' ')}`);
        }
        // A declaration of one's own instead of the header is the same by stealth.
        for (const m of clean.matchAll(/^[ \t]*extern\s+(?!"C")[^;{]*;/gm))
            if (path.endsWith('.c') && !/\benviron\b/.test(m[0]))
                say(`${path}:${lineAt(clean, m.index)}`, 'extern in a .c file: include the header that declares it');
    }
}

const sample = (path, text, says) => ({ files: { [path]: text }, says });
lint('layers', {
    check,
    files: read(ours),
    good: {
        'lib/domain/a.c': '#include <stdint.h>\n#include <sys/stat.h>\n#include "store/db.h"\n/* #include "http/form.h" */\n',
        'lib/domain/parcel/b.c': '#include "domain/shelf/position.h"\nint b_one(void)\n{\n    return 1;\n}\n',
        'lib/domain/parcel/c.c': 'int c_one(void)\n{\n    return b_one();\n}\n',
        'bin/demo.c': '#include "demo.h"\n#include "domain/package.h"\n',
        'lib/view/view.c': '#include <ClearSilver.h>\n',
    },
    bad: [
        sample('lib/domain/parcel/a.c', '#include "domain/money/cash.h"\n', /room parcel may not include room money/),
        sample('lib/domain/ground/a.h', '#include "domain/parcel/package.h"\n', /room ground may not include room parcel/),
        sample('lib/domain/attic/a.c', '', /room attic has no row/),
        { files: { 'lib/domain/parcel/a.h': '#include "domain/parcel/b.h"\n', 'lib/domain/parcel/b.h': '#include "domain/parcel/a.h"\n' },
            says: /a circle: a → b → a/ },
        { files: { 'lib/domain/parcel/a.c': 'int a_one(void)\n{\n    return b_one();\n}\n',
            'lib/domain/parcel/b.c': 'int b_one(void)\n{\n    return a_one();\n}\n' }, says: /a circle: a → b → a/ },
        sample('cgi-bin/a.c', '#include "store/db.h"\n', /cgi-bin\/a\.c:1: .*may not include store/),
        sample('cgi-bin/a.c', '  #  include "queue/job.h"\n', /may not include queue/),
        sample('lib/domain/a.c', '#include "http/request.h"\n', /may not include http/),
        sample('lib/domain/a.c', '#include "view/view.h"\n', /may not include view/),
        sample('lib/base/a.c', '#include "domain/fee.h"\n', /may not include domain/),
        sample('bin/worker.c', '#include "app/route.h"\n', /may not include app/),
        sample('bin/serve.c', '#include "store/db.h"\n', /may not include store/),
        sample('cron/tick.c', '#include "domain/fee.h"\n', /may not include domain/),
        sample('lib/view/other.c', '#include <ClearSilver.h>\n', /known only to/),
        sample('lib/view/other.c', '#include <cs/cs.h>\n', /known only to/),
        sample('lib/domain/a.c', '#include <sqlite3.h>\n', /known only to/),
        sample('lib/app/a.c', '#include <hiredis/hiredis.h>\n', /known only to/),
        sample('lib/jobs/a.c', '#include <curl/curl.h>\n', /known only to/),
        sample('cgi-bin/a.c', '#include <zint.h>\n', /known only to/),
        sample('lib/jobs/a.c', '#include <vips/vips.h>\n', /known only to/),
        sample('lib/app/a.c', '#include <event.h>\n', /no header of libc/),
        sample('lib/app/a.c', '#include <openssl/evp.h>\n', /no header of libc/),
        sample('lib/new/a.c', '', /no row in the table/),
        sample('lib/app/a.c', '#include "../domain/fee.h"\n', /without \.\./),
        sample('lib/app/a.c', '#include "app.h"\n', /with its folder/),
        sample('lib/app/a.c', 'extern int sneaky(void);\n', /extern in a \.c/),
    ],
});
