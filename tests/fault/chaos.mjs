// A proxy that breaks lines as a script says: before a TCP port or a unix socket, each
// connection takes the next fault by its name.  What became of each is kept in `lines`,
// for the oracle of a test.
//
//   const chaos = await Chaos.listen();            // or listen('/a/socket')
//   chaos.target = { port: 25 };                   // or { path: '/its/socket' }
//   chaos.faults.cut = { does: 'reset', way: 'up', after: 100 };
//   chaos.script.set(['ok', 'cut', 'ok']);         // the last one stays
//
// A fault does something when so many bytes have passed `up` (from the client) or `down`
// (from the server), and without a way as soon as there is a connection:
//   reset     RST to both sides
//   stop      half-open: nothing passes this way any more, the line stays
//   garbage   bytes of no protocol to the client, and the end
//   drip      from here on a byte each second, or each `ms`
// { delay: ms } holds each answer for so long.  { answer: (bytes) => text } needs no
// server: what it says to each piece is what the client gets.
import net from 'node:net';
import { once } from 'node:events';
import ledger from '../helpers/ledger.js';

const GARBAGE = Buffer.from('\0\x01\xfe no es ningun protocolo \xff\r\n\r\n', 'latin1');
const NO_FAULT = {};

// RST where there is such a thing.  Not where the end was already said: Node 20 would
// wait for that handle at its exit for ever.
function reset(socket) {
    if (socket?.remotePort && !socket.writableEnded)
        socket.resetAndDestroy();
    else
        socket?.destroy();
}

function drip(line, to, bytes, ms) {
    line.waiting = Buffer.concat([line.waiting ?? Buffer.alloc(0), bytes]);
    if (line.timer || to.destroyed)
        return;
    line.timer = setInterval(() => {
        if (line.waiting.length && !to.destroyed)
            to.write(line.waiting.subarray(0, 1));
        line.waiting = line.waiting.subarray(1);
    }, ms);
    to.on('close', () => clearInterval(line.timer));
    line.timer.unref();
}

export class Chaos {
    static async listen(path) {
        const chaos = new Chaos();
        chaos.place = path ? { path } : { host: '127.0.0.1', port: 0 };
        await chaos.back();
        if (!path)
            chaos.place.port = chaos.port = chaos.server.address().port;
        return chaos;
    }

    constructor() {
        this.faults = { ok: NO_FAULT };
        this.script = new ledger.Script(['ok']);
        this.lines = [];
        this.sockets = new Set();
        this.target = null;
    }

    // The proxy stops listening and cuts off whoever was connected; back() undoes it.
    async away() {
        this.server.close();
        this.sockets.forEach(reset);
        await once(this.server, 'close');
    }

    async back() {
        this.server = net.createServer((client) => this.accept(client));
        await once(this.server.listen(this.place), 'listening');
    }

    accept(client) {
        const name = this.script.next();
        const line = { name, fault: this.faults[name], at: Date.now(), up: 0, down: 0, fired: false, client };
        this.lines.push(line);
        this.keep(client);
        if (line.fault.answer)
            return client.on('data', (bytes) => client.write(line.fault.answer(bytes.toString('latin1'))));
        if (line.fault.does && !line.fault.way)
            return this.act(line, null);
        line.server = this.keep(net.connect(this.target));
        line.server.on('connect', () => { line.port = line.server.localPort; });
        this.pass(line, 'up', client, line.server);
        return this.pass(line, 'down', line.server, client);
    }

    keep(socket) {
        this.sockets.add(socket);
        return socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    }

    pass(line, way, from, to) {
        const { does, after, delay, way: bad_way } = line.fault;
        const wait = (fn) => (delay && way === 'down' ? setTimeout(fn, delay) : fn());
        from.on('data', (bytes) => {
            const room = does && bad_way === way ? Math.max(0, after - line[way]) : bytes.length;
            line[way] += bytes.length;
            if (room > 0)
                wait(() => to.write(bytes.subarray(0, room)));
            if (room < bytes.length)
                this.act(line, to, bytes.subarray(room));
        });
        from.on('error', () => reset(to));
        const dripping = () => way === 'down' && line.timer;
        for (const event of ['end', 'close'])
            from.on(event, () => dripping() || wait(() => to.end()));
    }

    act(line, to, rest) {
        line.fired = true;
        switch (line.fault.does) {
        case 'reset':
            reset(line.client);
            return reset(line.server);
        case 'garbage':
            line.client.end(GARBAGE);
            return line.server?.destroy();
        case 'drip':
            return drip(line, to, rest, line.fault.ms ?? 1000);
        default:                     // stop: what comes is read and forgotten
            return line.client.resume();
        }
    }

    close() {
        this.server.close();
        this.sockets.forEach((socket) => socket.destroy());
    }
}
