// The administrator's command line on a system that has something to show.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { System } from '../helpers/system.mjs';

let s;
before(async () => {
    s = await System.start();
    const oper = await s.as('OPERADOR');
    await oper.submit(await oper.get('/receive?guide=AAAAA1'), '/receive', { carrier: 'Envía' });
    await s.token('USUARIO');
});
after(() => s.stop());

const READERS = ['package show AAAAA1', 'package verify', 'audit verify', 'jobs list', 'user list',
    'token list', 'secrets list', 'config', 'version'];

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
    for (const words of ['package show AAAAA1', 'jobs list', 'user list', 'token list'])
        JSON.parse(await s.paqueteria([...words.split(' '), '--json']));
});
