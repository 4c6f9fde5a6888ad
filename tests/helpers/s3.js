// A stand-in for an S3 server: one bucket in memory, path style.  Each signature is made
// again by AWS's own signer and compared; each request takes the next fault of the script.
//
// DIR holds s3.ledger, one JSON line a request ("done" says whether it took effect).
'use strict';
const http = require('node:http');
const { createHash } = require('node:crypto');
const { Sha256 } = require('@aws-crypto/sha256-js');
const { SignatureV4 } = require('@smithy/signature-v4');
const { StandIn } = require('./ledger.js');

const ACCOUNT = { bucket: 'fotos', region: 'co-bogota-1', access: 'acceso-de-prueba', secret: 'secreto-de-prueba' };
const SUM = 'x-amz-content-sha256';
const SKEW_MS = 15 * 60 * 1000;

const signer = new SignatureV4({ credentials: { accessKeyId: ACCOUNT.access, secretAccessKey: ACCOUNT.secret },
    region: ACCOUNT.region, service: 's3', sha256: Sha256, uriEscapePath: false, applyChecksum: false });

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

// "20261125T101500Z"
function instant(text) {
    const m = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
    return m && new Date(Date.UTC(m[1], m[2] - 1, m[3], m[4], m[5], m[6]));
}

function error(res, status, code) {
    res.writeHead(status, { 'Content-Type': 'application/xml' });
    res.end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}

// done: whether it took effect although the answer may say nothing about it.
const FAULTS = {
    ok: { done: true },
    500: { done: false, act: (res) => error(res, 500, 'InternalError') },
    503: { done: false, act: (res) => error(res, 503, 'SlowDown') },
    403: { done: false, act: (res) => error(res, 403, 'AccessDenied') },
    reset: { done: false, act: (res) => res.socket.resetAndDestroy() },
    garbage: { done: false, act: (res) => res.socket.end('\0\x01 no es HTTP\r\n\r\n') },
    redirect: { done: false, act: (res) => { res.writeHead(307, { Location: '/otro/sitio' }); res.end(); } },
    'taken-500': { done: true, act: (res) => error(res, 500, 'InternalError') },
    'taken-reset': { done: true, act: (res) => res.socket.resetAndDestroy() },
    'taken-held': { done: true, act: (res, s3) => s3.held.push(() => res.end()) },
};

class S3 extends StandIn {
    constructor({ dir, script }) {
        super('s3', { dir, script }, http.createServer());
        this.objects = new Map();
        this.ahead_ms = 0;           // its clock before ours, as the worker's may be
    }

    listen(port = 0) {
        return new Promise((done) => this.server.listen(port, '127.0.0.1', () => {
            this.port = this.server.address().port;
            this.endpoint = `http://127.0.0.1:${this.port}`;
            done(this);
        }));
    }

    settings(endpoint = this.endpoint) {
        return { storage: 's3', s3_endpoint: endpoint, s3_region: ACCOUNT.region, s3_bucket: ACCOUNT.bucket,
            s3_access_key: ACCOUNT.access };
    }

    now() { return Date.now() + this.ahead_ms; }

    // The fault of a request's signature, or nothing.
    async header_fault(req, url, body) {
        const at = instant(req.headers['x-amz-date']), given = req.headers.authorization ?? '';
        const names = /SignedHeaders=([^,]*),/.exec(given)?.[1].split(';') ?? [];
        if (!at || Math.abs(this.now() - at) > SKEW_MS)
            return 'RequestTimeTooSkewed';
        if (req.headers[SUM] !== hash(body))
            return 'XAmzContentSHA256Mismatch';
        const headers = Object.fromEntries(names.map((name) => [name, req.headers[name]]));
        const made = await signer.sign({ method: req.method, protocol: 'http:', hostname: '127.0.0.1', path: url.pathname,
            query: {}, headers, body }, { signingDate: at, signableHeaders: new Set(names) });
        return made.headers.authorization === given ? null : 'SignatureDoesNotMatch';
    }

    async query_fault(req, url) {
        const at = instant(url.searchParams.get('X-Amz-Date')), seconds = Number(url.searchParams.get('X-Amz-Expires'));
        if (!at || !(seconds > 0) || this.now() > at.getTime() + seconds * 1000 || at - this.now() > SKEW_MS)
            return 'AccessDenied';
        const made = await signer.presign({ method: req.method, protocol: 'http:', hostname: '127.0.0.1', path: url.pathname,
            query: {}, headers: { host: req.headers.host, [SUM]: 'UNSIGNED-PAYLOAD' } },
        { signingDate: at, expiresIn: seconds, unsignableHeaders: new Set([SUM]), unhoistableHeaders: new Set([SUM]) });
        return made.query['X-Amz-Signature'] === url.searchParams.get('X-Amz-Signature') ? null : 'SignatureDoesNotMatch';
    }

    answer(req, res, body) {
        return this.serve(req, res, body).catch((e) => error(res, 400, e.message));
    }

    async serve(req, res, body) {
        const url = new URL(req.url, this.endpoint), key = url.pathname.slice(`/${ACCOUNT.bucket}/`.length);
        const step = this.script.next(req.socket.remotePort), fault = FAULTS[step];
        const wrong = url.search ? await this.query_fault(req, url) : await this.header_fault(req, url, body);
        const done = !wrong && fault.done && url.pathname.startsWith(`/${ACCOUNT.bucket}/`);
        this.ledger.add({ method: req.method, key, step, done, wrong, type: req.headers['content-type'],
            size: body.length, signed_url: url.search !== '' });
        if (done && req.method === 'PUT')
            this.objects.set(key, { body, type: req.headers['content-type'] });
        const object = this.objects.get(key);
        if (done && req.method === 'DELETE')
            this.objects.delete(key);
        if (fault.act)
            return fault.act(res, this);
        if (wrong || !done)
            return error(res, wrong ? 403 : 404, wrong ?? 'NoSuchBucket');
        if (req.method === 'GET' && !object)
            return error(res, 404, 'NoSuchKey');
        res.writeHead(req.method === 'DELETE' ? 204 : 200, req.method === 'GET' ? { 'Content-Type': object.type } : {});
        return res.end(req.method === 'GET' ? object.body : '');
    }
}

const start = (o) => new S3(o).listen(o.port);

module.exports = { start, ACCOUNT, FAULTS };
