// A crowd that asks for one page, as cheaply as node can: connections stay open, each request is the same
// prepared bytes, and of an answer only its status and its end are looked at.  What the generator itself needs
// of the machine is so little that it does not take from the system what it measures.
import net from 'node:net';
import { poll } from '../helpers/poll.mjs';
import { rest } from './crowd.mjs';

const READ_BYTES = 1 << 18;
const LENGTH = Buffer.from('\r\nContent-Length: ');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const scratch = Buffer.alloc(READ_BYTES);        // answers are read one after another, and thrown away

// A connection on which one request is under way at a time.
class Line {
    constructor(port, from, bytes) {
        Object.assign(this, { port, from, bytes });
    }

    // Calls done with the status, or the error in its place, and the milliseconds.
    ask(done) {
        this.done = done;
        this.since = performance.now();
        this.socket ??= this.connect();
        this.socket.write(this.bytes);
    }

    connect() {
        const socket = net.connect({ host: '127.0.0.1', port: this.port, localAddress: this.from, noDelay: true,
            onread: { buffer: scratch, callback: (n, bytes) => { this.read(bytes.subarray(0, n)); return true; } } });
        const away = (why) => {
            if (this.socket === socket)
                this.socket = null;
            this.end(why);
        };
        socket.on('error', (error) => away(error.code));
        socket.on('close', () => away('closed'));
        return socket;
    }

    // The first piece holds the whole head: nginx sends it at once.
    read(bytes) {
        if (this.left === undefined) {
            const end = bytes.indexOf('\r\n\r\n'), at = bytes.indexOf(LENGTH);
            this.status = Number(bytes.latin1Slice(9, 12));
            this.left = at < 0 ? Infinity : parseInt(bytes.latin1Slice(at + LENGTH.length, at + LENGTH.length + 9), 10) + end + 4;
        }
        this.left -= bytes.length;
        if (this.left <= 0 || (this.left === Infinity && bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)))
            this.end(this.status);
    }

    end(status) {
        const { done } = this;
        this.left = this.done = undefined;
        done?.(status, performance.now() - this.since);
    }

    close() {
        this.socket?.destroy();
    }
}

export class Flood {
    // addresses: of this machine, from which the crowd asks in turn; headers: lines that each request has.
    constructor(base, path, addresses, headers = []) {
        const { port, host } = new URL(base);
        const bytes = Buffer.from([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
        Object.assign(this, { port, addresses, bytes });
        this.lines = [];
        while (this.lines.length < addresses.length)
            this.one_more();
        this.free = [...this.lines];
    }

    one_more() {
        const line = new Line(this.port, this.addresses[this.lines.length % this.addresses.length], this.bytes);
        this.lines.push(line);
        return line;
    }

    // Is asked by whom has rested longest, or by one more.
    ask_by(done) {
        const line = this.free.shift() ?? this.one_more();
        line.ask((status, ms) => {
            this.free.push(line);
            done({ status, ms });
        });
    }

    ask() {
        return new Promise((done) => this.ask_by(done));
    }

    // How many a second are answered well when `at_once` of them ask again as soon as they have an answer.
    async capacity(at_once, seconds) {
        const start = performance.now();
        let n = 0;
        await Promise.all(Array.from({ length: at_once }, async () => {
            while (performance.now() - start < seconds * 1000) {
                const { status } = await this.ask();
                n += status === 200;
            }
        }));
        return n / ((performance.now() - start) / 1000);
    }

    // Asks so many times a second whether or not those before were answered; what each got who asked after calm_s.
    async overrun(per_second, calm_s, seconds) {
        const start = performance.now(), got = [];
        const gone_s = () => (performance.now() - start) / 1000;
        let n = 0, answered = 0;
        for (; gone_s() < calm_s + seconds; await rest(2))
            for (; n < gone_s() * per_second; n++) {
                const counts = gone_s() > calm_s;
                this.ask_by((answer) => {
                    answered++;
                    if (counts)
                        got.push(answer);
                });
            }
        await poll('the last answers', () => answered === n, 60000);
        return got;
    }

    close() {
        for (const line of this.lines)
            line.close();
    }
}
