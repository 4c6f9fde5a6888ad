// A mail server for tests: npm's smtp-server with STARTTLS (or implicit TLS) and
// authentication; each message takes the next fault of the script.
//
//   node tests/helpers/smtp.js --dir DIR [--port N] [--script ok,450,…] [--implicit yes]
//
// DIR holds smtp.ledger, one JSON line a message that was taken or refused, parsed;
// standin.crt is what the client's ca_file names.
'use strict';
const path = require('node:path');
const { SMTPServer } = require('smtp-server');
const { simpleParser } = require('mailparser');
const { certificate } = require('./certificate.js');
const { Ledger, Script, options } = require('./ledger.js');

const USER = { name: 'correo', password: 'clave-smtp' };

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

// at: in which phase; taken: whether the message counts as accepted.
const FAULTS = {
    ok: {},
    421: { at: 'mail', error: refusal(421, 'Service not available') },
    450: { at: 'rcpt', error: refusal(450, 'Mailbox busy') },
    550: { at: 'rcpt', error: refusal(550, 'No such user') },
    451: { at: 'data', error: refusal(451, 'Try later') },
    554: { at: 'data', error: refusal(554, 'Transaction failed') },
    drop: { at: 'data', drop: true },
    'taken-drop': { at: 'data', drop: true, taken: true },
};

class Smtp {
    constructor({ dir, script, implicit, logins = true }) {
        this.tls = certificate(dir);
        this.ca = this.tls.ca;
        this.implicit = Boolean(implicit);
        this.ledger = new Ledger(path.join(dir, 'smtp.ledger'));
        this.script = new Script(script);
        this.server = new SMTPServer({
            key: this.tls.key,
            cert: this.tls.cert,
            secure: this.implicit,
            authOptional: !logins,
            disableReverseLookup: true,
            onAuth: (auth, session, done) => this.login(auth, done),
            onMailFrom: (address, session, done) => this.begin(session, done),
            onRcptTo: (to, session, done) => this.phase('rcpt', session, done, [to.address]),
            onData: (stream, session, done) => this.data(stream, session, done),
        });
        this.server.on('error', () => {});       // a client's TLS alert ends up here
    }

    listen(port = 0) {
        return new Promise((done) => {
            const server = this.server.listen(port, '127.0.0.1', () => {
                this.port = server.address().port;
                this.url = `${this.implicit ? 'smtps' : 'smtp'}://localhost:${this.port}`;
                done(this);
            });
        });
    }

    close() {
        this.server.close();
        this.ledger.close();
    }

    login(auth, done) {
        if (auth.username === USER.name && auth.password === USER.password)
            return done(null, { user: auth.username });
        return done(refusal(535, 'Authentication failed'));
    }

    begin(session, done) {
        session.step = this.script.next(session.remotePort);
        return this.phase('mail', session, done);
    }

    phase(name, session, done, to) {
        const fault = FAULTS[session.step];
        if (fault.at !== name || !fault.error)
            return done();
        this.ledger.add({ step: session.step, accepted: false, to });
        return done(fault.error);
    }

    async data(stream, session, done) {
        const fault = FAULTS[session.step];
        const chunks = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        const mail = await simpleParser(stream).catch(() => null);
        if (!mail)
            return;                  // the line broke in the middle
        this.ledger.add({
            step: session.step,
            accepted: fault.at === undefined || Boolean(fault.taken),
            secure: session.secure,
            user: session.user || null,
            from: session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map((r) => r.address),
            headers: Object.fromEntries(mail.headerLines.map((h) => [h.key, h.line])),
            message_id: mail.messageId,
            subject: mail.subject,
            attachments: mail.attachments.map((a) => ({ name: a.filename, type: a.contentType, base64: a.content.toString('base64') })),
            sender: mail.from ? mail.from.text : null,
            date: mail.date,
            // A line end that was taken for a character of the text.
            encoded_ends: /=0A/i.test(Buffer.concat(chunks).toString('latin1')),
            text: mail.text,
            html: mail.html || null,
        });
        if (fault.drop) {
            for (const c of this.server.connections)
                if (c.session === session)
                    c._socket.destroy();
            return;
        }
        done(fault.error || null, fault.error ? undefined : 'taken');
    }
}

async function start(o) {
    return new Smtp(o).listen(o.port);
}

module.exports = { start, USER, FAULTS };

if (require.main === module) {
    const o = options(process.argv.slice(2));
    start({ dir: o.dir || '.', port: Number(o.port || 0), implicit: o.implicit === 'yes',
        script: o.script ? o.script.split(',') : [] })
        .then((smtp) => console.log(`mail_url = ${smtp.url}\nca_file = ${smtp.ca}`));
}
