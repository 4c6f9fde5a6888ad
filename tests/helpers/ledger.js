// A stand-in's ledger: one JSON line for each thing that happened, written before
// the answer leaves, so that a checker can compare it with the database.
'use strict';
const fs = require('node:fs');

class Ledger {
    constructor(path) {
        this.path = path;
        this.fd = fs.openSync(path, 'a', 0o600);
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

// "--name value" pairs of a command line.
function options(argv) {
    const found = {};
    for (let i = 0; i + 1 < argv.length; i += 2)
        found[argv[i].replace(/^--/, '')] = argv[i + 1];
    return found;
}

module.exports = { Ledger, Script, options };
