// F06: the power is cut: all processes die, and what the kernel had not yet written is
// gone.  What people were told stays, the database is whole, every event has its jobs.
// The store is on an ext4 of its own in a file, whose shutdown by ioctl plays the cut.
import { test } from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { between } from '../helpers/chance.mjs';
import { poll } from '../helpers/poll.mjs';
import { Crowd, busy_shop, rest } from './crowd.mjs';
import { check, drain, say } from './checker.mjs';
import { is_alive, program } from './storm.mjs';

const cuts = Number(process.env.FAULT_POWER_CUTS ?? 2);
const KINDS = ['db', 'files', 'spool'];
const PROGRAMS = ['worker', 'serve', 'tick', 'nginx', 'redis'];

const run = (file, ...args) => execFileSync(file, args, { stdio: 'pipe', encoding: 'utf8' });

// An ext4 in a file, mounted and taken away again.
class Disk {
    constructor() {
        this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-f06-'));
        this.image = path.join(this.dir, 'disk.img');
        this.root = path.join(this.dir, 'disk');
        fs.mkdirSync(this.root);
        run('truncate', '-s', '256M', this.image);
        run('mke2fs', '-q', '-t', 'ext4', this.image);
    }

    mount() {
        run('mount', '-o', 'loop', this.image, this.root);
        this.mounted = true;
    }

    unmount() {
        if (this.mounted)
            run('umount', this.root);
        this.mounted = false;
    }

    remove() {
        this.unmount();
        fs.rmSync(this.dir, { recursive: true });
    }

    // EXT4_IOC_SHUTDOWN, flag 2: not even the journal is flushed.
    cut() {
        run('perl', '-e', 'my $flag = pack("L", 2); open(my $f, "<", $ARGV[0]) or die $!;'
            + ' ioctl($f, 0x8004587d, $flag) or die $!', this.root);
    }
}

// Why this machine cannot play it; a disk that can is tried.
function why_not() {
    const disk = new Disk();
    try {
        disk.mount();
        disk.cut();
        return false;
    } catch (error) {
        return `no ext4 on a loop device here: ${(error.stderr || error.message).trim()}`;
    } finally {
        disk.remove();
    }
}

// Moves to the disk whose power is cut all that is to survive.
function move(system, disk) {
    for (const kind of KINDS) {
        const here = path.join(system.dir, kind), there = path.join(disk.root, kind);
        run('cp', '-a', here, there);
        fs.rmSync(here, { recursive: true });
        fs.symlinkSync(there, here);
    }
    fs.chmodSync(disk.root, 0o755);
    run('sync');
}

async function cut_power(system, disk) {
    const running = PROGRAMS.map((name) => program(system, name)).filter((pid) => pid > 0);
    const pids = running.flatMap((pid) => system.family(pid));
    disk.cut();
    for (const pid of pids) {
        try {
            process.kill(pid, 'SIGKILL');
        } catch {
            // it died with its parent
        }
    }
    await poll('all processes to be gone', () => !pids.some(is_alive));
    await poll('the disk to be nobody\'s', () => {      // a child that was just being started ends when it finds its parent gone
        try {
            disk.unmount();
        } catch {
            return false;
        }
        return true;
    });
    disk.mount();
    await system.dev('start');
}

test(`${cuts} power cuts under load lose nothing that was acknowledged`, { skip: why_not() }, async (t) => {
    const system = await busy_shop();
    let crowd, disk;
    t.after(async () => {
        crowd?.abandon();
        await system.stop().finally(() => disk?.remove());
    });
    await system.dev('down');
    disk = new Disk();
    disk.mount();
    fs.chmodSync(disk.dir, 0o755);
    move(system, disk);
    await system.dev('start');
    crowd = new Crowd(system, await system.token('OPERADOR'), { email: 20, photo: 8, again: [500] });
    crowd.start(8);
    let told = 0;
    for (let n = 0; n < cuts; n++) {
        await rest(between(500, 1500));
        const acknowledged = crowd.ledger.read().length;
        await cut_power(system, disk);
        assert.equal(await system.value('PRAGMA integrity_check'), 'ok');
        assert.ok(acknowledged > told, 'there was work before the cut');
        told = acknowledged;
    }
    await crowd.stop();
    const drain_ms = await drain(system);
    const figures = await check(system, crowd.ledger.read());
    say('F06', { cuts, acknowledged: crowd.ledger.read().length, ...crowd.stats, ...figures, drain_ms });
});
