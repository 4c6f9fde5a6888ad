// An authenticator app: the code of a secret in base32, now or so many steps of 30 seconds later (RFC 6238).
import { createHmac } from 'node:crypto';

export function totp(secret, later = 0) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))), counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
    const sum = createHmac('sha1', key).update(counter).digest();
    return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}
