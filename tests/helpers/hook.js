// A stand-in for the program of somebody else that is told what happens (webhooks), over
// TLS, which keeps what it was told and can misbehave: each request takes the next fault
// of the script.
'use strict';
const https = require('node:https');
const { certificate } = require('./certificate.js');
const { StandIn } = require('./ledger.js');

const STEP_MS = 200;

// A body that never ends.
function endless(res, piece, wait) {
    res.writeHead(200, { 'Content-Type': 'text/plain' });
    const more = () => !res.destroyed && res.write(piece, () => setTimeout(more, wait).unref());
    more();
}

const FAULTS = {
    ok: (res) => { res.writeHead(200, { 'Content-Type': 'text/plain' }); res.end('recibido'); },
    204: (res) => { res.writeHead(204); res.end(); },
    400: (res) => { res.writeHead(400); res.end('no entiendo <b>eso</b>\u0001\r\n'); },
    410: (res) => { res.writeHead(410); res.end('ya no'); },
    500: (res) => { res.writeHead(500); res.end('se cayó'); },
    redirect: (res) => { res.writeHead(307, { Location: '/otra' }); res.end(); },
    silent: () => {},
    huge: (res) => endless(res, 'x'.repeat(65536), 0),
    drip: (res) => endless(res, '.', STEP_MS),
    binary: (res) => { res.writeHead(200); res.end(Buffer.from([0xff, 0xfe, 0x41, 0x1b, 0x42])); },
    reset: (res) => (res.socket._parent || res.socket).resetAndDestroy(),
    garbage: (res) => res.socket.end('\0\x01 no es HTTP\r\n\r\n'),
    held: (res, hook) => hook.held.push(() => FAULTS.ok(res)),
};

class Hook extends StandIn {
    constructor({ dir, script }) {
        super('hook', { dir, script }, https.createServer(certificate(dir)));
    }

    listen() {
        return new Promise((done) => this.server.listen(0, '127.0.0.1', () => {
            this.port = this.server.address().port;
            this.url = `https://localhost:${this.port}/avisos`;
            done(this);
        }));
    }

    answer(req, res, bytes) {
        const step = this.script.next();
        this.ledger.add({ step, url: req.url, method: req.method, headers: req.headers, body: bytes.toString('utf8') });
        FAULTS[step](res, this);
    }

    // The requests that told of this kind; without one, all.
    told(kind) {
        return this.ledger.read().map((line) => ({ ...line, json: JSON.parse(line.body) }))
            .filter((line) => !kind || line.json.type === kind);
    }
}

const start = (options) => new Hook(options).listen();

module.exports = { start };
