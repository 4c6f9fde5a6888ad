// The state in which every private system begins: configured, its database migrated, its people
// and certificates there.  Made once for these programs, kept in their build folder, and copied.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

// Ports that stand for the copy's own in its files; no other number there begins so.
const PORTS = ['64001', '64002'];
const COPIED = ['conf', 'db', 'files', 'programs', 'secrets', 'standin', 'tls'];
// Made again after so long: nobody in it shall have been added days ago.
const HOUR = 3600000;

const times_of = (files) => files.map((file) => `${file} ${fs.statSync(file).mtimeMs}`);
const within = (dir) => fs.readdirSync(dir).sort().map((name) => path.join(dir, name));

// The name of what is prepared, another whenever the programs or files that it is made of change.
function version(top, built) {
    const made_of = [`${built}/bin/paqueteria`, `${built}/nginx/areas.stamp`, `${top}/dev`, `${top}/nginx/nginx.conf.in`,
        ...within(`${top}/tools/dev`), ...within(`${top}/lib/store/migrations`), ...within(`${top}/tests/helpers`)];
    return createHash('sha256').update([...times_of(made_of), Math.floor(Date.now() / HOUR)].join('\n'))
        .digest('hex').slice(0, 16);
}

// The first to come makes it; whoever made one at the same moment finds that place taken.
function keep(dir, kept) {
    const old = fs.existsSync(path.dirname(kept)) ? within(path.dirname(kept)) : [];
    const made = `${kept}.${process.pid}`;
    fs.mkdirSync(made, { recursive: true });
    execFileSync('cp', ['-a', ...COPIED.map((name) => path.join(dir, name)), made]);
    fs.writeFileSync(path.join(made, 'dir'), dir);
    try {
        fs.renameSync(made, kept);
    } catch {
        fs.rmSync(made, { recursive: true });
    }
    for (const other of old.filter((name) => Date.now() - (fs.statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 2 * HOUR))
        fs.rmSync(other, { recursive: true, force: true });
}

// Fill `dir` with such a system, whose doors are these two ports.  make(): configure one
// in `dir` for the two ports that it gets, with everybody in it.
export async function copy_prepared({ top, built, dir, ports, make }) {
    const kept = path.join(built, 'prepared', version(top, built));
    if (!fs.existsSync(kept)) {
        await make(PORTS);
        keep(dir, kept);
        COPIED.forEach((name) => fs.rmSync(path.join(dir, name), { recursive: true }));
    }
    execFileSync('cp', ['-a', ...COPIED.map((name) => path.join(kept, name)), dir]);
    const was = fs.readFileSync(path.join(kept, 'dir'), 'utf8');
    for (const file of within(path.join(dir, 'conf'))) {
        const text = fs.readFileSync(file, 'utf8').replaceAll(was, dir);
        const mode = fs.statSync(file).mode;
        fs.writeFileSync(file, PORTS.reduce((now, port, i) => now.replaceAll(port, ports[i]), text), { mode });
    }
}
