// A browser without a screen: cookies, forms as they stand in the page, and what a
// browser would send along.  Also raw enough for requests that no browser sends.
import http from 'node:http';
import https from 'node:https';
import { randomBytes } from 'node:crypto';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export const unescape = (s) => s.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, d, x, n) => {
    if (n)
        return ENTITIES[n.toLowerCase()] ?? all;
    return String.fromCodePoint(d ? Number(d) : parseInt(x, 16));
});

function attributes(tag) {
    const found = {};
    for (const m of tag.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g))
        found[m[1].toLowerCase()] = unescape(m[2] ?? m[3] ?? m[4] ?? '');
    return found;
}

function select_value(inner) {
    const options = [...inner.matchAll(/<option\b([^>]*)>([^<]*)/gi)]
        .map((m) => ({ ...attributes(m[1]), text: unescape(m[2]).trim() }));
    const chosen = options.find((o) => 'selected' in o) ?? options[0];
    return chosen ? chosen.value ?? chosen.text : '';
}

// A file input in which nothing was chosen, as a browser sends it.
const NO_FILE = { name: '', type: 'application/octet-stream', data: '' };

function input_value(a) {
    const type = (a.type ?? 'text').toLowerCase();
    if (type === 'file')
        return NO_FILE;
    if ('disabled' in a || ['submit', 'button', 'image', 'reset'].includes(type)
        || (['checkbox', 'radio'].includes(type) && !('checked' in a)))
        return undefined;
    return a.value ?? (type === 'checkbox' ? 'on' : '');
}

// The fields of a form that a browser would send untouched, in the order of the page: name → value
// or list of values.  is_ours: by the attribute `form`, which names another form than the
// one around the field.
function form_fields(html, is_ours) {
    const fields = {};
    for (const m of html.matchAll(/<(input)\b([^>]*)>|<(textarea|select)\b([^>]*)>([\s\S]*?)<\/\3>/gi)) {
        const a = attributes(m[2] ?? m[4]);
        const value = m[1] ? input_value(a)
            : m[3].toLowerCase() === 'select' ? select_value(m[5]) : unescape(m[5]).replace(/^\r?\n/, '');
        if (a.name && value !== undefined && is_ours(a.form))
            fields[a.name] = a.name in fields ? [fields[a.name], value].flat() : value;
    }
    return fields;
}

export function forms(html) {
    return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map((m) => {
        const a = attributes(m[1]);
        return { action: a.action, method: (a.method ?? 'get').toUpperCase(),
            multipart: a.enctype === 'multipart/form-data', html: m[0],
            fields: { ...form_fields(m[2], (id) => id === undefined), ...(a.id && form_fields(html, (id) => id === a.id)) } };
    });
}

// The text of a page as a person reads it.
export const words = (html) => unescape(html.replace(/<(script|style|template)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();

export function urlencoded(fields) {
    const p = new URLSearchParams();
    for (const [name, value] of Object.entries(fields))
        for (const v of [value].flat())
            if (v !== undefined && v !== null && v !== NO_FILE)
                p.append(name, String(v));
    return p.toString();
}

// Values may be text or files: { name, type, data }.
export function multipart(fields) {
    const boundary = `----paq${randomBytes(12).toString('hex')}`;
    const parts = [];
    for (const [name, value] of Object.entries(fields))
        for (const v of [value].flat()) {
            if (v === undefined || v === null)
                continue;
            const file = typeof v === 'object';
            parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`
                + (file ? `; filename="${v.name}"\r\nContent-Type: ${v.type}` : '') + '\r\n\r\n'));
            parts.push(Buffer.isBuffer(v.data) ? v.data : Buffer.from(file ? v.data : String(v)));
            parts.push(Buffer.from('\r\n'));
        }
    parts.push(Buffer.from(`--${boundary}--\r\n`));
    return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

class Answer {
    constructor(res, body, path) {
        this.status = res.statusCode;
        this.headers = res.headers;
        this.raw_headers = res.rawHeaders;
        this.body = body;
        this.path = path;
    }

    get text() { return this.body.toString('utf8'); }
    get json() { return JSON.parse(this.text); }
    get words() { return words(this.text); }
    get location() { return this.headers.location; }

    // The form of this page whose action is (or begins with) `action`.
    form(action) {
        const all = forms(this.text);
        const found = all.find((f) => (f.action ?? this.path) === action)
            ?? all.find((f) => (f.action ?? this.path).startsWith(action));
        if (!found)
            throw new Error(`${this.path} (${this.status}) has no form to ${action}, only `
                + `[${all.map((f) => f.action).join(', ')}]: ${this.words.slice(0, 300)}`);
        return { ...found, action: found.action ?? this.path };
    }
}

export class Client {
    // base: "http://127.0.0.1:8080"; from: another address of this machine.
    constructor(base, { ca, from, bearer } = {}) {
        this.base = new URL(base);
        this.from = from;
        this.bearer = bearer;
        this.cookies = new Map();
        this.secure = this.base.protocol === 'https:';
        this.agent = new (this.secure ? https : http).Agent({ keepAlive: true, ca, maxSockets: 256 });
    }

    close() {
        this.agent.destroy();
    }

    // headers: null takes a standing header away.
    request(method, path, { headers = {}, body, json, form, files } = {}) {
        const all = { Host: this.base.host };
        if (this.cookies.size)
            all.Cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
        if (this.bearer)
            all.Authorization = `Bearer ${this.bearer}`;
        if (method !== 'GET' && method !== 'HEAD' && !this.bearer)
            Object.assign(all, { Origin: this.base.origin, 'Sec-Fetch-Site': 'same-origin' });
        if (json !== undefined) {
            all['Content-Type'] = 'application/json';
            body = typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json);
        } else if (files) {
            const made = multipart({ ...form, ...files });
            all['Content-Type'] = made.type;
            body = made.body;
        } else if (form !== undefined) {
            all['Content-Type'] = 'application/x-www-form-urlencoded';
            body = typeof form === 'string' || Buffer.isBuffer(form) ? form : urlencoded(form);
        }
        if (body !== undefined)
            all['Content-Length'] = Buffer.byteLength(body);
        Object.assign(all, headers);
        for (const name of Object.keys(all))
            if (all[name] === null)
                delete all[name];
        return this.send(method, path, all, body);
    }

    // A page is asked for again, as a browser does, when the connection that it was to come by, which had been used
    // before, was closed without a word: nginx closes one that nobody used for some time, maybe just now.
    send(method, path, headers, body) {
        return this.send_once(method, path, headers, body).catch((error) => {
            if (!['GET', 'HEAD'].includes(method) || !error.was_reused || error.code !== 'ECONNRESET')
                throw error;
            return this.send(method, path, headers, body);
        });
    }

    send_once(method, path, headers, body) {
        const tls = this.secure ? { servername: 'localhost' } : {};
        return new Promise((done, fail) => {
            const req = (this.secure ? https : http).request({
                ...tls, host: '127.0.0.1', port: this.base.port,      // `localhost` may be ::1, where nobody listens
                method, path, headers,
                agent: this.agent, localAddress: this.from,
            }, (res) => {
                const chunks = [];
                res.on('data', (chunk) => chunks.push(chunk));
                res.on('error', fail);
                res.on('end', () => {
                    this.keep(res.headers['set-cookie'] ?? []);
                    done(new Answer(res, Buffer.concat(chunks), path));
                });
            });
            req.on('error', (error) => fail(Object.assign(error, { was_reused: req.reusedSocket })));
            req.end(body);
        });
    }

    keep(lines) {
        for (const line of lines) {
            const [pair, ...rest] = line.split(';');
            const at = pair.indexOf('=');
            const ended = rest.some((a) => /^\s*max-age=0\s*$/i.test(a));
            if (ended)
                this.cookies.delete(pair.slice(0, at).trim());
            else
                this.cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1));
        }
    }

    get(path, o) { return this.request('GET', path, o); }
    post(path, o) { return this.request('POST', path, o); }

    // The items of a list of the API, page by page as Link leads to them.
    async pages(path) {
        const pages = [];
        for (let next = path; next;) {
            const answer = await this.get(next);
            next = answer.headers.link?.match(/^<(\/api[^>]*)>; rel="next"$/)[1];
            if (answer.status !== 200 || (answer.json.next === null) !== (next === undefined))
                throw new Error(`${answer.path}: ${answer.status}, next ${answer.json.next}, Link ${answer.headers.link}`);
            pages.push(answer.json.items);
        }
        return pages;
    }

    // Fill in the page's own form and send it, as a browser does without JavaScript.
    submit(page, action, fields = {}, files) {
        const form = page.form(action);
        const all = { ...form.fields, ...fields };
        if (form.method === 'GET')
            return this.get(`${form.action}?${urlencoded(all)}`);
        return this.post(form.action, { form: all, files: files ?? (form.multipart ? {} : undefined) });
    }

    // Follow a 303 by a GET.
    follow(answer) {
        if (answer.status !== 303)
            throw new Error(`no redirect but ${answer.status} from ${answer.path}: `
                + answer.words.slice(0, 400));
        return this.get(answer.location.replace(/#.*/, ''));     // a browser keeps that part to itself
    }

    async login(username, password) {
        const page = await this.get('/auth/login');
        const answer = await this.submit(page, '/auth/login', { username, password });
        if (answer.status !== 303)
            throw new Error(`${username} cannot sign in: ${answer.status} ${answer.words.slice(0, 300)}`);
        return this;
    }
}
