// Chance that can be had again: every test that chooses by lot says its seed, and takes it
// back by TEST_SEED=… in its environment.  Faults are dealt, not thrown: of a deck each kind
// comes a known number of times, only its place is by lot.
import { createHash, randomBytes } from 'node:crypto';

export const seed = process.env.TEST_SEED ?? randomBytes(4).toString('hex');
console.log(`TEST_SEED=${seed}`);

let state = createHash('sha256').update(seed).digest().readUInt32LE();

// Below 1, at least 0 (mulberry32).
export function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

export const between = (low, high) => low + random() * (high - low);
export const one_of = (list) => list[Math.floor(random() * list.length)];

export function shuffled(list) {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
}

// n cards, each of these names in its turn, shuffled.
export const dealt = (n, names) => shuffled(Array.from({ length: n }, (_, i) => names[i % names.length]));

// A function that is true in that share of its calls (0.2: in every fifth), spread evenly.
export function evenly(share) {
    let n = 0;
    return () => Math.floor(++n * share) > Math.floor((n - 1) * share);
}

// How often each name is there.
export function counts(names) {
    const found = {};
    for (const name of names)
        found[name] = (found[name] ?? 0) + 1;
    return found;
}
