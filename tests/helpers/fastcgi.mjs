// Sends a request straight to a program's socket, as nginx would pass it on: for what a
// test cannot make nginx say, such as a client from somewhere else.
import net from 'node:net';

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content = Buffer.alloc(0)) {
    const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
    return Buffer.concat([head, content]);
}

function length(n) {
    if (n < 128)
        return Buffer.from([n]);
    const four = Buffer.alloc(4);
    four.writeUInt32BE((n | 0x80000000) >>> 0);
    return four;
}

function pair(name, value) {
    const n = Buffer.from(name), v = Buffer.from(String(value));
    return Buffer.concat([length(n.length), length(v.length), n, v]);
}

function parse(bytes) {
    const out = [];
    for (let at = 0; at + 8 <= bytes.length;) {
        const size = bytes.readUInt16BE(at + 4), padding = bytes[at + 6];
        if (bytes[at + 1] === STDOUT)
            out.push(bytes.subarray(at + 8, at + 8 + size));
        if (bytes[at + 1] === END)
            break;
        at += 8 + size + padding;
    }
    const text = Buffer.concat(out).toString('utf8');
    const end = text.indexOf('\r\n\r\n');
    const headers = Object.fromEntries(text.slice(0, end).split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
    return { status: Number(headers.status), headers, text: text.slice(end + 4) };
}

// Records of a request, as nginx sends them.  flags: 1 keeps the connection.
export function request_records(params, body = '', flags = 0) {
    const given = Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)));
    return Buffer.concat([record(BEGIN, Buffer.from([0, 1, flags, 0, 0, 0, 0, 0])), record(PARAMS, given), record(PARAMS),
        ...(body ? [record(STDIN, Buffer.from(body))] : []), record(STDIN)]);
}

// socket: the program's; params: CGI variables over the usual ones.
export function fastcgi(socket, params, body = '') {
    const all = { REQUEST_METHOD: 'GET', REQUEST_URI: '/', SERVER_PROTOCOL: 'HTTP/1.1',
        REMOTE_ADDR: '127.0.0.1', HTTP_HOST: 'localhost',
        CONTENT_LENGTH: body ? Buffer.byteLength(body) : '', ...params };
    return new Promise((done, fail) => {
        const chunks = [];
        const connection = net.connect(socket, () => connection.write(request_records(all, body)));
        connection.on('data', (chunk) => chunks.push(chunk));
        connection.on('error', fail);
        connection.on('close', () => done(parse(Buffer.concat(chunks))));
    });
}
