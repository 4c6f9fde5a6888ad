// Who may include whom, and which file alone knows a library.
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
    [/^xlsxwriter/, /^lib\/jobs\/report/],
    [/^(vips|webp)\//, /^lib\/jobs\/picture\.c$/],
    [/^png\.h$/, /^bin\/demo\/picture\.c$/],
    [/^magic\.h$/, /^lib\/(storage|jobs)\/photo/],
    [/^(fcgiapp|fcgi_stdio|fcgi_config)\.h$/, /^lib\/app\/serve\.c$/],
    [/^json-c\//, /^lib\/json\/json\.h$/],
    [/^utf8proc\.h$/, /^lib\/(base|local)\//],
    [/^seccomp\.h$/, /^(bin|lib\/jobs)\//],
    // send/ needs its base64; store/ may not include crypto/ and sums its migrations.
    [/^sodium\.h$/, /^lib\/(crypto|send)\/|^lib\/store\/migrate\.c$/],
];
// The rest of what is between < and > is libc's.
const libc = /^(sys|arpa|netinet|linux)\/[a-z0-9_]+\.h$|^[a-z0-9]+\.h$/;
const notLibc = /^(ev|uv|event|glib|openssl|pcre2?|lua|zlib|png|jpeglib|libxml|expat)\.h$/;

const folderOf = (path) => path.match(/^(lib\/[^/]+|[^/]+)\//)[1];

function check(files, say) {
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
        'bin/demo.c': '#include "demo.h"\n#include "domain/package.h"\n',
        'lib/view/view.c': '#include <ClearSilver.h>\n',
    },
    bad: [
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
