// The time of an answer could tell strangers whether a user name, an e-mail, a code or a link is somebody's.  Each pair is
// asked in turns, so that whatever else the machine does meets both alike; the medians may differ by less than 5 ms.
//     node tests/bench/timing.mjs [SAMPLES]
import { announced } from '../helpers/shop.mjs';
import { PEOPLE, System } from '../helpers/system.mjs';

const samples = Number(process.argv[2] ?? 500), MOST_MS = 5;
const s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000 });
const anybody = s.client(), known = PEOPLE.OPERADOR.username;
const p = await announced(s, anybody), { csrf } = (await anybody.get('/auth/login')).form('/auth/login').fields;

// The throttles and the letters of an hour are forgotten: they would make the next samples wait.
const forget = () => s.sql('DELETE FROM throttles').then(() => s.sql('UPDATE password_resets SET expires_at = 1'));
const post = (address, form) => anybody.post(address, { form: { csrf, ...form } });
const sign_in = (username) => () => post('/auth/login', { username, password: 'no es la suya' });
const reset = (username) => () => post('/auth/forgot-password', { username });
const off = (text) => text.slice(0, -1) + (text.endsWith('7') ? '8' : '7');      // a text like it, which is nobody's

// Rows: what is asked for, one who is there, and one who is not.
const PAIRS = [
    ['a sign-in with a wrong password', sign_in(known), sign_in('nadie'), forget],
    ['a sign-in by e-mail', sign_in(`${known}@example.com`), sign_in('nadie@example.com'), forget],
    ['a letter for another password', reset(known), reset('nadie'), forget],
    ['a link of a letter', () => anybody.get(`/auth/reset-password?token=${'a'.repeat(43)}`), () => anybody.get('/auth/reset-password?token=x')],
    ['a look-up by code', () => anybody.get(`/search?q=${p.tracking_code}`), () => anybody.get(`/search?q=${off(p.tracking_code)}`)],
    ['a look-up by guide', () => anybody.get(`/search?q=${p.guide_number}`), () => anybody.get(`/search?q=${off(p.guide_number)}`)],
    ['a look-up by code, of the API', () => anybody.get(`/api/v1/track/${p.tracking_code}`), () => anybody.get(`/api/v1/track/${off(p.tracking_code)}`)],
    ['a link of a parcel', () => anybody.get(`/t/${p.public_token}`), () => anybody.get(`/t/${off(p.public_token)}`)],
];

async function timed(ask) {
    const from = performance.now(), { status } = await ask();
    return { ms: performance.now() - from, status };
}

const median = (list) => list.map((x) => x.ms).sort((a, b) => a - b)[Math.floor(list.length / 2)];
const statuses = (list) => [...new Set(list.map((x) => x.status))].join('/');

try {
    for (const [what, one, other, before] of PAIRS) {
        const there = [], nobody = [];
        for (let i = 0; i < samples; i++) {
            await before?.();
            const first = i % 2 === 0;
            (first ? there : nobody).push(await timed(first ? one : other));
            await before?.();
            (first ? nobody : there).push(await timed(first ? other : one));
        }
        const apart = Math.abs(median(there) - median(nobody));
        console.log(`${what}: ${median(there).toFixed(2)} ms (${statuses(there)}), nobody's ${median(nobody).toFixed(2)} ms (${statuses(nobody)}): `
            + `${apart.toFixed(2)} ms apart${apart < MOST_MS ? '' : ', TOO MUCH'}`);
        if (apart >= MOST_MS)
            process.exitCode = 1;
    }
} finally {
    await s.stop();
}
