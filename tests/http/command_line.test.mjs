// The administrator's command line on a system that has something to show.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { built, System, top } from '../helpers/system.mjs';

let s;
before(async () => {
    s = await System.start();
    const oper = await s.as('OPERADOR');
    await oper.submit(await oper.get('/receive?guide=AAAAA1'), '/receive', { carrier: 'Envía' });
    await s.token('USUARIO');
});
after(() => s.stop());

const READERS = ['package show AAAAA1', 'package verify', 'audit verify', 'jobs list', 'user list',
    'token list', 'rates list', 'secrets list', 'config', 'version'];

test('every command that only looks ends well and says something', async () => {
    for (const words of READERS)
        assert.notEqual((await s.paqueteria(words.split(' '))).trim(), '', words);
});

test('a package is shown with its history in words', async () => {
    const shown = await s.paqueteria(['package', 'show', 'AAAAA1']);
    assert.match(shown, /state\s+RECIBIDO/);
    assert.match(shown, /RECEPCION\s+Óscar Operador\s+\S/);
});

test('lists come as JSON for programs', async () => {
    for (const words of ['package show AAAAA1', 'jobs list', 'user list', 'token list', 'rates list'])
        JSON.parse(await s.paqueteria([...words.split(' '), '--json']));
});

test('a tariff is added from a day on, and says what it is missing', async () => {
    const day = (ahead) => new Date(Date.now() - 5 * 3600e3 + ahead * 86400e3).toISOString().slice(0, 10), later = day(60);
    const add = (...more) => s.paqueteria(['rates', 'add', '--type', 'NORMAL', ...more, '--json']);
    const added = JSON.parse(await add('--from', later, '--base', '1700'));
    assert.deepEqual([added.base_fee, added.storage_per_day, added.free_hours, added.valid_from],
        [1700, 1000, 24, `${later}T00:00:00-05:00`]);
    assert.match(await s.paqueteria(['rates', 'list']), /NORMAL +PROXIMA +\$1\.700/);
    for (const [args, words] of [
        [['--from', later, '--base', '1800'], /65\n.*valid_from: Ya hay una tarifa/],
        [['--from', 'mañana', '--base', '1800'], /65\n.*--from: Escriba una fecha/],
        [['--from', day(70), '--base', '200000000'], /65\n.*base_fee: Escriba un número/],
        [['--from', day(0), '--base', '1800'], /65\n.*valid_from: Una tarifa se avisa/],
    ])
        await assert.rejects(add(...args), words, args.join(' '));
    await assert.rejects(s.paqueteria(['rates', 'add', '--type', 'GRANDE', '--from', later, '--base', '1']), /package_type: Elija una/);
    assert.equal(JSON.parse(await add('--from', day(0), '--base', '1800', '--reason', 'Lo pidió el dueño')).base_fee, 1800);
});

test('what a parcel would cost is the simulator of the page', async () => {
    const args = ['rates', 'simulate', '--received', '2026-11-03 10:00', '--picked', '2026-11-06 10:00'];
    assert.match(await s.paqueteria(args), /total +\$3\.500[\s\S]*2026-11-06 +\$0 +\$3\.500/);
    const api = await s.token('USUARIO');
    const same = (await api.post('/api/v1/rates/quote', { json: { received_day: '2026-11-03', received_time: '10:00',
        picked_day: '2026-11-06', picked_time: '10:00' } })).json;
    assert.deepEqual(JSON.parse(await s.paqueteria([...args, '--json'])), same);
    await assert.rejects(s.paqueteria([...args.slice(0, 5), '2026-11-06']), /picked_time: Escriba una hora/);
});

test('with an administrator among three thousand users ./dev up makes no second one, and does not fail', async () => {
    const admins = () => s.value("SELECT count(*) FROM users WHERE role = 'ADMIN'"), before = await admins();
    await s.sql("INSERT INTO users (username, email, full_name, role, password_hash, created_at)"
        + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        + " SELECT 'zz' || i, 'zz' || i || '@example.invalid', 'Persona de prueba', 'USUARIO', 'x', 0 FROM n");
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', '. tools/dev/common.sh; . tools/dev/configure.sh; make_admin'],
        { cwd: top, env: { ...s.env, top, DEV_BUILD: built }, encoding: 'utf8' });
    assert.equal(said, '');
    assert.equal(await admins(), before);
});
