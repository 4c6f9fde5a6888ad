// F08: the disk gets full.  While a tenth of it is free all goes on; below that no photos are taken; below 3 %
// people read and hand parcels over; when nothing is left that is said, and all goes on as soon as there is room.
// A disk is filled in two ways: by a limit on the size of the programs' files, which works everywhere, and a small
// file system of its own, where one can be mounted.
import { after, before, describe, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jpeg_photo } from '../helpers/image.mjs';
import { poll } from '../helpers/poll.mjs';
import { announced, new_guide, new_phone, on_shelf, receive } from '../helpers/shop.mjs';
import { PEOPLE, System } from '../helpers/system.mjs';
import { check, drain, say } from './checker.mjs';
import { Crowd, busy_shop, hand_over } from './crowd.mjs';
import { arguments_of } from './storm.mjs';

const cycles = Number(process.env.FAULT_DISK_CYCLES ?? 2);
const SMALL = '48m';

const run = (file, ...args) => execFileSync(file, args, { stdio: 'pipe', encoding: 'utf8' });

describe('little room', () => {
    let s, anybody, oper, api, on_the_shelf, before_all;

    // Has the programs of these areas read the configuration again with these bounds, in per cent: how much is
    // free is this machine's own business.
    async function bounds(low_percent, least_percent, areas) {
        const file = path.join(s.dir, 'conf/paqueteria.conf');
        const of_areas = () => s.children(s.pid('serve')).filter((pid) =>
            areas.includes(arguments_of(pid)[0].match(/(\w+)\.fcgi$/)?.[1]));
        const old = of_areas();
        before_all ??= fs.readFileSync(file, 'utf8');
        fs.writeFileSync(file, `${before_all}\ndisk_low_percent = ${low_percent}\ndisk_least_percent = ${least_percent}\n`);
        fs.writeFileSync(path.join(s.dir, 'run/restart'), `${areas.join('\n')}\n`);
        process.kill(s.pid('serve'), 'SIGHUP');
        await poll('their processes to be new', () => {
            const now = of_areas();
            return now.length >= old.length && !now.some((pid) => old.includes(pid));
        }, 30000);
    }

    before(async () => {
        s = await System.start();
        anybody = s.client();
        oper = await s.as('OPERADOR');
        api = await s.token('OPERADOR');
        on_the_shelf = await on_shelf(s, anybody, oper);
    });
    after(() => s?.stop());

    test('with less than a tenth of the disk free no photos are taken, and the form says so with what was typed', async () => {
        await bounds(100, 0, ['receive', 'dashboard', 'ops']);
        const guide = new_guide();
        const refused = await receive(oper, guide, { name: 'Rosa Prueba', phone: new_phone() }, jpeg_photo());
        assert.equal(refused.status, 507, refused.words);
        assert.match(refused.words, /Queda poco espacio.*no se reciben fotos/);
        assert.equal(refused.form('/receive').fields.name, 'Rosa Prueba');
        assert.equal((await receive(oper, guide, { name: 'Rosa Prueba', phone: new_phone() })).status, 303, 'without');
        const json = await api.post('/api/v1/packages/receive', { form: { guide: new_guide() },
            files: { photos: jpeg_photo() }, headers: { 'Idempotency-Key': 'falla-sin-espacio-1' } });
        assert.deepEqual([json.status, json.json.type], [507, '/docs/errors/full']);
        assert.match(json.json.detail, /no se reciben fotos/);
        assert.equal((await anybody.get('/ready')).status, 200);
        assert.match((await (await s.as('ADMIN')).get('/dashboard')).words, /Queda poco espacio en el disco/);
        assert.deepEqual(fs.readdirSync(path.join(s.dir, 'spool')), []);
    });

    test('with less than 3 % people read and hand over, the rest says why not, and /ready agrees', async () => {
        const p = on_the_shelf;
        await bounds(100, 100, ['announce', 'track', 'packages', 'receive', 'deliver', 'auth', 'ops']);
        const ready = await anybody.get('/ready');
        assert.deepEqual([ready.status, ready.text], [503, 'not ready\n']);
        for (const [who, at] of [[anybody, `/t/${p.public_token}`], [anybody, '/announce'], [oper, '/packages'], [oper, '/receive']])
            assert.equal((await who.get(at)).status, 200, at);
        const guide = new_guide(), page = await anybody.get('/announce');
        const refused = await anybody.submit(page, '/announce', { name: 'Rosa Prueba', phone: new_phone(), guides: guide, consent: '1' });
        assert.equal(refused.status, 507, refused.words);
        assert.match(refused.words, /Casi no queda espacio.*solo se puede consultar y entregar/);
        assert.equal(refused.form('/announce').fields.guides, guide);
        assert.equal((await api.post('/api/v1/announcements', { json: {} })).json.type, '/docs/errors/full');
        assert.match((await oper.get('/packages')).words, /Casi no queda espacio/, 'the counter knows');
        const clerk = await s.as('OPERADOR');            // signs in now
        assert.equal((await clerk.get('/deliver')).status, 200);
        const given = await api.post('/api/v1/deliveries', { json: hand_over(p.id),
            headers: { 'Idempotency-Key': 'falla-sin-espacio-2' } });
        assert.equal(given.status, 201, given.text);
        await bounds(0, 0, ['announce', 'ops']);
        assert.equal((await anybody.get('/ready')).status, 200);
        await announced(s, anybody);
    });
});

// No program may write a byte to a file: what a limit on their size does.
class Limit {
    constructor(system) {
        this.system = system;
    }

    set(soft) {
        for (const pid of ['serve', 'worker'].flatMap((name) => this.system.family(this.system.pid(name))))
            try {
                run('prlimit', `--pid=${pid}`, `--fsize=${soft}:unlimited`);
            } catch {
                // it has ended meanwhile
            }
    }

    prepare() {}
    fill() { this.set(0); }
    empty() { this.set('unlimited'); }
    remove() {}
}

// A file system of 48 MB for database, photos and uploads.
class Tmpfs {
    constructor(system) {
        this.system = system;
        this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-f08-'));
        fs.chmodSync(this.root, 0o755);
    }

    mount() {
        run('mount', '-t', 'tmpfs', '-o', `size=${SMALL},mode=755`, 'tmpfs', this.root);
        this.mounted = true;
    }

    async prepare() {
        await this.system.dev('down');
        this.mount();
        for (const kind of ['db', 'files', 'spool']) {
            const here = path.join(this.system.dir, kind), there = path.join(this.root, kind);
            run('cp', '-a', here, there);
            fs.rmSync(here, { recursive: true });
            fs.symlinkSync(there, here);
        }
        await this.system.dev('start');
    }

    // Fills the disk to the last byte, also what is freed meanwhile.
    fill() {
        const fd = fs.openSync(path.join(this.root, 'ballast'), 'a');
        for (let block = Buffer.alloc(1 << 20); block.length > 0;)
            try {
                fs.writeSync(fd, block);
            } catch (error) {
                if (error.code !== 'ENOSPC')
                    throw error;
                block = block.subarray(0, block.length >> 1);
            }
        fs.closeSync(fd);
    }

    empty() { fs.rmSync(path.join(this.root, 'ballast'), { force: true }); }

    remove() {
        if (this.mounted)
            run('umount', this.root);
        fs.rmSync(this.root, { recursive: true });
    }
}

// Why this machine cannot mount one; one that it can is tried.
function why_no_tmpfs() {
    const disk = new Tmpfs();
    try {
        disk.mount();
        return false;
    } catch (error) {
        return `no file system can be mounted here: ${(error.stderr || error.message).trim()}`;
    } finally {
        disk.remove();
    }
}

// Slots that have an outcome which they cannot write: it stands in the file of their lock, after a byte that is NUL
// while there is none; the second number of the file's name is the slot's.
const with_an_outcome = (system) => fs.readdirSync(path.join(system.dir, 'run'))
    .filter((name) => /^worker\..*\.lock$/.test(name) && /^\{/.test(fs.readFileSync(path.join(system.dir, 'run', name), 'latin1')))
    .map((name) => Number(name.split('.')[2]));

const AT_ONCE = 6;

test(`${AT_ONCE} slots that are killed while they cannot write that their SMS was accepted, ${cycles} times: none of these becomes unknown`, async (t) => {
    const system = await busy_shop({ worker_slots: 16, disk_low_percent: 0, disk_least_percent: 0 });
    const disk = new Limit(system), crowd = new Crowd(system, null, { email: 0 });
    t.after(() => {
        crowd.abandon();
        disk.empty();
        return system.stop();
    });
    for (let n = 0; n < cycles; n++) {
        system.liwa.script.set(['taken-held']);
        await Promise.all(Array.from({ length: AT_ONCE }, () => crowd.announce(crowd.parcel())));
        await poll('the SMS to be at the provider', async () => {
            await system.hasten();
            return system.liwa.held.length === AT_ONCE;
        }, 30000);
        disk.fill();
        system.liwa.script.set(['ok']);
        system.liwa.release();
        await poll('their outcomes to be kept', () => with_an_outcome(system).length === AT_ONCE, 30000);
        for (const pid of with_an_outcome(system))
            process.kill(pid, 'SIGKILL');
        await poll('these slots to be gone', () => !system.children(system.pid('worker')).some((pid) =>
            with_an_outcome(system).includes(pid)), 30000);
        await poll('the outcomes to be written', async () => {
            disk.empty();            // also for slots that were just being started
            return await system.value("SELECT count(*) FROM notifications WHERE state NOT IN ('sent', 'unknown')") === 0;
        }, 30000);
    }
    const drain_ms = await drain(system), figures = await check(system, crowd.ledger.read());
    say('F08', { how: 'killed', cycles, ...figures, drain_ms });
    assert.equal(figures.sms, cycles * AT_ONCE);
    assert.equal(figures.unknown, 0);
});

// Asserts what people are told while nothing can be written.
async function full_disk_said(system, oper) {
    const anybody = system.client();
    const wrong = await anybody.submit(await anybody.get('/auth/login'), '/auth/login',
        { username: PEOPLE.OPERADOR.username, password: 'ninguna-de-las-mias' });
    assert.equal(wrong.status, 422, wrong.words);
    assert.match(wrong.words, /no coinciden/);
    assert.equal((await anybody.get('/api/v1/track/ZZZZZZ')).status, 404, 'a wrong code is told as such');
    for (const [who, at] of [[anybody, '/announce'], [oper, '/packages'], [oper, '/receive']])
        assert.equal((await who.get(at)).status, 200, at);
    const guide = new_guide();
    const refused = await receive(oper, guide, { name: 'Rosa Prueba', phone: new_phone() });
    assert.equal(refused.status, 507, refused.words);
    assert.match(refused.words, /El servidor se quedó sin espacio/);
    assert.equal(refused.form('/receive').fields.name, 'Rosa Prueba', 'what was typed is still there');
}

for (const [what, Disk, skip] of [['a limit on files', Limit, false], ['a small file system', Tmpfs, why_no_tmpfs()]])
    test(`a full disk (${what}), ${cycles} times under load, loses nothing and is over when there is room`, { skip }, async (t) => {
        const system = await busy_shop({ disk_low_percent: 0, disk_least_percent: 0 });
        const disk = new Disk(system);
        let crowd;
        t.after(async () => {
            crowd?.abandon();
            disk.empty();
            await system.stop().finally(() => disk.remove());
        });
        await disk.prepare();
        const oper = await system.as('OPERADOR');
        crowd = new Crowd(system, await system.token('OPERADOR'), { email: 0, photo: 8 });
        crowd.start(4);
        for (let n = 0; n < cycles; n++) {
            const refused = crowd.stats.http_5xx;
            await poll('work', () => crowd.stats.announce > 5 * (n + 1), 30000);
            disk.fill();
            await poll('the first to be refused', () => crowd.stats.http_5xx > refused, 30000);
            await full_disk_said(system, oper);
            const told = crowd.stats.announce;
            disk.empty();
            await poll('work without a restart', () => crowd.stats.announce > told, 30000);
        }
        await crowd.stop();
        if (Disk === Tmpfs) {
            disk.fill();
            await system.dev('down');
            await system.dev('start');
            disk.empty();
            await poll('everything to open again', async () => (await system.client().get('/ready')).status === 200, 30000);
        }
        const drain_ms = await drain(system);
        const figures = await check(system, crowd.ledger.read());
        say('F08', { how: Disk.name, cycles, acknowledged: crowd.ledger.read().length, ...crowd.stats, ...figures, drain_ms });
    });
