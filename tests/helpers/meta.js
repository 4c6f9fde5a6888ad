// A stand-in for Meta's Cloud API of WhatsApp, that speaks its protocol and can misbehave: each request to send takes the
// next fault of the script.  It tells by the webhook what it is asked to, signed as Meta signs.
'use strict';
const { createHmac } = require('node:crypto');
const http = require('node:http');
const { StandIn } = require('./ledger.js');

const ACCOUNT = { number_id: '106540352242922', token: 'llave-de-meta', app_secret: 'secreto-de-la-app', verify_token: 'palabra-larga-7' };

function reply(res, status, body, type = 'application/json') {
    res.writeHead(status, { 'Content-Type': type });
    res.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const taken = (m) => ({ messaging_product: 'whatsapp', contacts: [{ input: m.to, wa_id: m.to }], messages: [{ id: m.id, message_status: 'accepted' }] });
const error = (code, message) => ({ error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'x' } });
const refuses = (status, code) => ({ accepted: false, act: (res) => reply(res, status, error(code, 'No')) });

// accepted: whether Meta took the message although the answer may say nothing about it; act: how it answers.
const FAULTS = {
    ok: { accepted: true, act: (res, m) => reply(res, 200, taken(m)) },
    token: refuses(401, 190),
    limit: refuses(429, 130429),
    template: refuses(404, 132001),
    person: refuses(400, 131026),
    500: { accepted: false, act: (res) => reply(res, 500, 'Internal Server Error', 'text/plain') },
    'taken-500': { accepted: true, act: (res) => reply(res, 500, error(131000, 'Something went wrong')) },
    'taken-html': { accepted: true, act: (res) => reply(res, 200, '<h1>OK</h1>', 'text/html') },
    'taken-reset': { accepted: true, act: (res) => res.socket.resetAndDestroy() },
    'taken-held': { accepted: true, act: (res, m, meta) => meta.held.push(() => res.destroyed || reply(res, 200, taken(m))) },
    'taken-hang': { accepted: true, act: () => {} },
};

class Meta extends StandIn {
    constructor({ dir }) {
        super('meta', { dir }, http.createServer());
        this.count = 0;
    }

    listen() {
        return new Promise((done) => this.server.listen(0, '127.0.0.1', () => {
            this.url = `http://127.0.0.1:${this.server.address().port}/v23.0`;
            done(this);
        }));
    }

    answer(req, res, bytes) {
        const body = JSON.parse(bytes.toString('utf8') || 'null');
        if (req.method !== 'POST' || req.url !== `/v23.0/${ACCOUNT.number_id}/messages`)
            return reply(res, 404, error(100, 'Unknown path'));
        const known = req.headers.authorization === `Bearer ${ACCOUNT.token}`;
        const step = known ? this.script.next() : 'token', id = `wamid.${++this.count}`;
        this.ledger.add({ step, accepted: FAULTS[step].accepted, id, to: body.to, type: body.type, template: body.template,
            reference: body.biz_opaque_callback_data });
        return FAULTS[step].act(res, { ...body, id }, this);
    }

    // The messages that Meta took for a phone (ten digits); or all requests for it.
    to(phone, all = false) {
        return this.ledger.read().filter((line) => line.to.endsWith(phone.slice(-10)) && (all || line.accepted));
    }

    // The texts in the places of a message's template.
    static values(line) {
        return line.template.components[0].parameters.map((p) => p.text);
    }
}

// Meta tells the webhook statuses and messages of people, and signs each body in a header.
const telling = (value) => JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages',
    value: { messaging_product: 'whatsapp', metadata: { phone_number_id: ACCOUNT.number_id }, ...value } }] }] });
const status = (line, state, code) => ({ id: line.id, recipient_id: line.to, status: state, timestamp: '1793707200',
    biz_opaque_callback_data: line.reference, ...(code && { errors: [{ code, title: 'x', error_data: { details: 'x' } }] }) });
const signature = (text, secret = ACCOUNT.app_secret) => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

const start = (options) => new Meta(options).listen();

module.exports = { start, Meta, ACCOUNT, telling, status, signature };
