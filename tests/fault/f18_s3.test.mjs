// F18, its half of the archive: many faults of an S3 server and of the line to it, and one
// that is away for hours.  Each photo is on the disk until the archive has it, whole.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { counts } from '../helpers/chance.mjs';
import s3_server from '../helpers/s3.js';
import { poll } from '../helpers/poll.mjs';
import { jpeg_photo } from '../helpers/image.mjs';
import { on_shelf } from '../helpers/shop.mjs';
import { Chaos } from './chaos.mjs';
import { say } from './checker.mjs';
import { Outage } from './outage.mjs';
import { drain_hurried, fail_behind, failing_shop, mixed } from './provider.mjs';

const faults = Number(process.env.FAULT_OBJECTS ?? 30);
const away_s = 6 * 3600;
const SLOTS = 2;
const waiting = 6;               // photos that are taken while it is away
const AT_ONCE = 6;               // in one form

const SERVER = ['500', '503', '403', 'reset', 'garbage', 'redirect', 'taken-500', 'taken-reset'];
const LINE = {
    refused: { does: 'reset' },
    'no-http': { does: 'garbage' },
    'head-cut': { does: 'reset', way: 'up', after: 200 },
    'answer-cut': { does: 'reset', way: 'down', after: 20 },
};
// Ten or thirty seconds each, which ./dev test has no time for.
const SLOW = process.env.FAULT_OBJECTS ? { silent: { does: 'stop' }, drip: { does: 'drip', way: 'down', after: 4 } } : {};

let system, s3, chaos, api, parcel;

before(async () => {
    chaos = await Chaos.listen();
    s3 = await s3_server.start({ dir: fs.mkdtempSync('/tmp/paqueteria-s3-') });
    chaos.target = { host: '127.0.0.1', port: s3.port };
    system = await failing_shop(s3.settings(`http://127.0.0.1:${chaos.port}`));
    await system.paqueteria(['secrets', 'set', 's3_secret_key'], `${s3_server.ACCOUNT.secret}\n`);
    api = await system.token('OPERADOR');
    parcel = await on_shelf(system, system.client(), await system.as('OPERADOR'));
});
after(async () => {
    await system?.stop();
    s3?.close();
    chaos?.close();
});

async function photograph(n) {
    for (let left = n; left > 0; left -= AT_ONCE) {
        const photos = Array.from({ length: Math.min(left, AT_ONCE) }, () => jpeg_photo());
        const answer = await api.post(`/api/v1/packages/${parcel.id}/files`, { files: { photos } });
        assert.equal(answer.status, 201, answer.text);
    }
}

// When the disk has forgotten what moved, which it does after the row says so.
async function look_at_rest() {
    await poll('the disk to forget', async () => (await look()).left_on_disk === 0);
    return look();
}

// Where each photo is, and whether it is whole there.
async function look() {
    const rows = await system.sql('SELECT * FROM package_files');
    const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');
    const on_disk = (key) => fs.existsSync(path.join(system.dir, 'files', key));
    const archived = rows.filter((f) => f.archived_at !== null);
    const lost = archived.filter((f) => sum(s3.objects.get(f.storage_key)?.body ?? '') !== f.sha256
        || !s3.objects.has(f.thumbnail_key));
    const left = archived.filter((f) => on_disk(f.storage_key) || on_disk(f.thumbnail_key));
    return { photos: rows.length, ready: rows.filter((f) => f.state === 'ready').length, archived: archived.length,
        lost: lost.length, left_on_disk: left.length };
}

test(`${faults} faults of the archive and its line lose no photo`, async () => {
    Object.assign(chaos.faults, LINE, SLOW);
    const line = Object.keys({ ...LINE, ...SLOW });
    const n = Math.ceil(faults / 2);
    const broken = mixed(n, [...line, ...line.map(() => 'ok')], Object.keys(SLOW)), refusals = mixed(n, SERVER);
    chaos.script.set(broken);
    fail_behind(chaos, s3.script, refusals);
    await photograph(n);
    const drain_ms = await drain_hurried(system, 60000 + faults * 300);
    const steps = s3.ledger.read().map((l) => l.step), fired = chaos.lines.filter((l) => l.fired);
    const figures = await look_at_rest();
    say('F18 S3', { faults: fired.length + steps.filter((step) => step !== 'ok').length,
        ...counts(fired.map((l) => l.name)), ...counts(steps), ...figures, drain_ms });
    assert.deepEqual(figures, { photos: n, ready: n, archived: n, lost: 0, left_on_disk: 0 });
    assert.ok(s3.ledger.read().every((l) => !l.wrong), 'each request was rightly signed');
    const met = counts([...fired.map((l) => l.name), ...steps]), meant = counts([...broken, ...refusals]);
    for (const name of [...line, ...SERVER])
        assert.equal(met[name], meant[name], `how often ${name} was met`);
});

test('while the archive is away for six hours nobody tries, photos are shown, and then all of them move', async () => {
    await system.sql('DROP TRIGGER no_breaker');
    system.env.PAQUETERIA_WORKER_SLOTS = SLOTS;
    const before_it = await look();
    const outage = new Outage(system, { queue: 'archive', kind: 'file.archive', later: 'maintenance', slots: 1,
        moved: (ahead) => { s3.ahead_ms = ahead * 1000; } });
    const start = outage.clock.now();
    await outage.clock.start_worker();
    await chaos.away();
    await photograph(waiting);
    await outage.through(away_s);
    const during = await look();
    assert.equal(during.ready, before_it.photos + waiting, 'they are prepared and shown from the disk');
    assert.equal(during.archived, before_it.archived);
    await chaos.back();
    await outage.over();
    const figures = await look_at_rest();
    say('F18 S3 away', { hours: away_s / 3600, waiting, ...await outage.check(),
        late_h: Math.ceil((outage.clock.now() - start) / 3600), ...figures });
    assert.deepEqual(figures, { photos: before_it.photos + waiting, ready: before_it.photos + waiting,
        archived: before_it.photos + waiting, lost: 0, left_on_disk: 0 });
});
