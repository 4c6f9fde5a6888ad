// A stand-in for Liwa.co, the SMS provider, that speaks its protocol and can
// misbehave: each request to send takes the next fault of the script.
//
//   node tests/helpers/liwa.js --dir DIR [--port N] [--script ok,502,…] [--tls yes]
//
// DIR holds liwa.ledger, one JSON line a request ("accepted" says whether the message
// counts as taken), and with TLS standin.crt for the client's ca_file.
// POST /_script takes a JSON array of faults; GET /_ledger gives the lines.
'use strict';
const http = require('node:http');
const https = require('node:https');
const { certificate } = require('./certificate.js');
const { Script, StandIn, options } = require('./ledger.js');

const ACCOUNT = { account: 'cuenta', password: 'clave-liwa', key: 'llave-liwa' };

function reply(res, status, body, type = 'application/json') {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    res.writeHead(status, { 'Content-Type': type });
    res.end(text);
}

const SLOW_MS = 9000;            // the client waits for ten seconds
const taken = (m) => ({ success: true, message: 'Enviado', number: m.number, menssageId: m.id });
const refused = (text) => ({ success: false, message: text });

// accepted: whether the provider took the message although the answer may say
// nothing about it; act: how it answers.
const FAULTS = {
    ok: { accepted: true, act: (res, m) => reply(res, 200, taken(m)) },
    'number-id': { accepted: true, act: (res, m) => reply(res, 200, { ...taken(m), menssageId: m.n }) },
    400: { accepted: false, act: (res) => reply(res, 400, refused('Número inválido')) },
    429: { accepted: false, act: (res) => reply(res, 429, refused('Demasiadas solicitudes')) },
    refused: { accepted: false, act: (res) => reply(res, 200, refused('Número inválido')) },
    key: { accepted: false, act: (res) => reply(res, 500, refused('Invalid API KEY')) },
    jwt: { accepted: false, act: (res) => reply(res, 500, refused('jwt expired')) },
    500: { accepted: false, act: (res) => reply(res, 500, refused('Error interno')) },
    'taken-500': { accepted: true, act: (res) => reply(res, 500, refused('Error interno')) },
    'taken-502': { accepted: true, act: (res) => reply(res, 502, '<h1>Bad Gateway</h1>', 'text/html') },
    'taken-504': { accepted: true, act: (res) => reply(res, 504, '<h1>Time-out</h1>', 'text/html') },
    'taken-html': { accepted: true, act: (res) => reply(res, 200, '<h1>OK</h1>', 'text/html') },
    'taken-timeout': { accepted: true, act: () => {} },
    'taken-reset': { accepted: true, act: reset },
    'taken-drip': { accepted: true, act: drip },
    'taken-held': { accepted: true, act: (res, m, liwa) => liwa.held.push(() => reply(res, 200, taken(m))) },
    'taken-slow': { accepted: true, act: (res, m) => setTimeout(() => res.destroyed || reply(res, 200, taken(m)), SLOW_MS).unref() },
    'taken-garbage': { accepted: true, act: (res) => res.socket.end('\0\x01 no es HTTP\r\n\r\n') },
    reset: { accepted: false, act: reset },
    redirect: {
        accepted: false,
        act: (res) => { res.writeHead(307, { Location: '/v2/sms/single' }); res.end(); },
    },
};

// RST, as of a machine that went away; under TLS it is the socket below that has one.
function reset(res) {
    (res.socket._parent || res.socket).resetAndDestroy();
}

function drip(res, m) {
    const text = JSON.stringify(taken(m));
    let sent = 0;
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
    const timer = setInterval(() => {
        if (res.destroyed || sent >= text.length)
            clearInterval(timer);
        else
            res.write(text[sent++]);
    }, 1000);
    timer.unref();
}

// A JWT as theirs: valid 24 h, its claim `saldo` is the credit left.
function jwt(n, credit) {
    const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
    return `${part({ alg: 'HS256' })}.${part({ n, saldo: credit })}.${part({ s: 'firma' })}`;
}

class Liwa extends StandIn {
    constructor({ dir, script, tls }) {
        const files = tls ? certificate(dir) : null;
        super('liwa', { dir, script }, tls ? https.createServer(files) : http.createServer());
        this.logins = new Script(['ok']);
        this.count = 0;
        this.credit = 123456;
        this.tls = files;
    }

    listen(port = 0) {
        return new Promise((done) => this.server.listen(port, '127.0.0.1', () => {
            const base = `${this.tls ? 'https' : 'http'}://localhost:${this.server.address().port}`;
            this.base = base;
            this.authUrl = `${base}/v2/auth/login`;
            this.url = `${base}/v2/sms/single`;
            done(this);
        }));
    }

    answer(req, res, bytes) {
        let body = null;
        try {
            body = JSON.parse(bytes.toString('utf8') || 'null');
        } catch {
            return reply(res, 400, refused('JSON inválido'));
        }
        const route = this.routes[`${req.method} ${req.url}`];
        return route ? route.call(this, req, res, body) : reply(res, 404, refused('No existe'));
    }

    login(req, res, body) {
        const step = this.logins.next();
        const known = body.account === ACCOUNT.account && body.password === ACCOUNT.password;
        const ok = step === 'ok' && known;
        this.ledger.add({ kind: 'login', step, ok });
        if (step !== 'ok')
            return FAULTS[step].act(res, {});
        if (!known)
            return reply(res, 401, refused('Cuenta o clave incorrecta'));
        this.token = jwt(++this.count, this.credit);
        return reply(res, 200, { token: this.token });
    }

    send(req, res, body) {
        const m = { ...body, n: ++this.count, id: `liwa-${this.count}` };
        const good = req.headers.authorization === `Bearer ${this.token}`
            && req.headers['api-key'] === ACCOUNT.key;
        const step = good ? this.script.next() : 'jwt';
        const fault = FAULTS[step];
        this.ledger.add({ kind: 'send', step, accepted: fault.accepted, id: m.id,
            number: m.number, message: m.message, type: m.type, port: req.socket.remotePort });
        fault.act(res, m, this);
    }

    get routes() {
        return {
            'POST /v2/auth/login': this.login,
            'POST /v2/sms/single': this.send,
            'POST /_script': (req, res, body) => { this.script.set(body); reply(res, 200, {}); },
            'GET /_ledger': (req, res) => reply(res, 200, this.ledger.read()),
        };
    }
}

async function start(o) {
    return new Liwa(o).listen(o.port);
}

module.exports = { start, ACCOUNT, FAULTS };

if (require.main === module) {
    const o = options(process.argv.slice(2));
    start({ dir: o.dir || '.', port: Number(o.port || 0), tls: o.tls === 'yes',
        script: o.script ? o.script.split(',') : [] })
        .then((liwa) => console.log(`liwa_auth_url = ${liwa.authUrl}\nliwa_url = ${liwa.url}`));
}
