// Bytes as they are, to a port: for requests that no client library would send.
import net from 'node:net';
import tls from 'node:tls';

// Everything that came back until the other side closed, or until it ends like `until`;
// closed is false when it did not within `ms`.
export function raw(port, bytes, { ms = 3000, from, ca, until } = {}) {
    return new Promise((done, fail) => {
        const chunks = [];
        const to = { host: '127.0.0.1', port, localAddress: from, ca, servername: 'localhost' };
        const socket = ca ? tls.connect(to) : net.connect(to);
        const end = (closed) => {
            clearTimeout(timer);
            socket.destroy();
            const text = Buffer.concat(chunks).toString('latin1');
            done({ closed, text, statuses: [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map((m) => Number(m[1])) });
        };
        const timer = setTimeout(() => end(false), ms);
        socket.on('data', (chunk) => {
            chunks.push(chunk);
            if (until?.test(Buffer.concat(chunks).toString('latin1')))
                end(false);
        });
        socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? end(true) : fail(error)));
        socket.on('close', () => end(true));
        socket.write(bytes);
    });
}
