// Sends one command to Redis on a connection of its own.  No program is started for it, since a test that
// measures milliseconds cannot wait for a fork.  The answer is a string, '' when Redis is away.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const encode = (words) => `*${words.length}\r\n`
    + words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('');

// The first reply in this text and what is after it, or null while it is not whole.
function reply(text) {
    const end = text.indexOf('\r\n');
    if (end < 0)
        return null;
    const size = text[0] === '$' ? Number(text.slice(1, end)) : -1;
    if (size < 0)
        return [text.slice(1, end), text.slice(end + 2)];
    const from = end + 2;
    return text.length < from + size + 2 ? null : [text.slice(from, from + size), text.slice(from + size + 2)];
}

export function redis(system, ...words) {
    const password = fs.readFileSync(path.join(system.dir, 'secrets/redis_password'), 'latin1').trim();
    const socket = net.connect(path.join(system.dir, 'run/redis.sock'));
    let text = '';
    return new Promise((done) => {
        socket.setEncoding('latin1');
        socket.on('error', () => done(''));
        socket.on('close', () => done(''));
        socket.on('data', (more) => {
            text += more;
            const signed_in = reply(text);
            const answer = signed_in && reply(signed_in[1]);
            if (answer)
                done(answer[0]);
        });
        socket.write(encode(['AUTH', 'admin', password]) + encode(words));
    }).finally(() => socket.destroy());
}
