// A stand-in's ledger: one JSON line for each thing that happened, written before
// the answer leaves, so that a checker can compare it with the database.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

class Ledger {
    constructor(file) {
        this.path = file;
        this.fd = fs.openSync(file, 'a', 0o600);
    }

    add(line) {
        fs.writeSync(this.fd, JSON.stringify({ at: Date.now(), ...line }) + '\n');
    }

    read() {
        return fs.readFileSync(this.path, 'utf8').split('\n').filter(Boolean)
            .map((line) => JSON.parse(line));
    }

    close() {
        fs.closeSync(this.fd);
    }
}

// Faults by script: each request takes the next one, then the last of all stays.  It gives the port
// that it came from, for a test that chooses by that.
class Script {
    constructor(steps) {
        this.set(steps);
    }

    set(steps) {
        this.steps = steps && steps.length > 0 ? [...steps] : ['ok'];
    }

    next() {
        return this.steps.length > 1 ? this.steps.shift() : this.steps[0];
    }
}

// A service that is reached by HTTP: its ledger, its script, and answers that wait for release().  Whoever
// extends it has `answer(req, res, body)`, where body is a Buffer.
class StandIn {
    constructor(name, { dir, script }, server) {
        this.ledger = new Ledger(path.join(dir, `${name}.ledger`));
        this.script = new Script(script);
        this.held = [];
        this.server = server;
        server.on('clientError', (error, socket) => socket.destroy());
        server.on('request', (req, res) => {
            const chunks = [];
            req.on('data', (chunk) => chunks.push(chunk));
            req.on('end', () => this.answer(req, res, Buffer.concat(chunks)));
        });
    }

    release() {
        for (const answer of this.held.splice(0))
            answer();
    }

    close() {
        this.server.closeAllConnections();
        this.server.close();
        this.ledger.close();
    }
}

// "--name value" pairs of a command line.
function options(argv) {
    const found = {};
    for (let i = 0; i + 1 < argv.length; i += 2)
        found[argv[i].replace(/^--/, '')] = argv[i + 1];
    return found;
}

module.exports = { Ledger, Script, StandIn, options };
