// F08: the disk gets full.  While a tenth of it is free all goes on; below that no photos are taken; below 3 %
// people read and hand parcels over.
import { after, before, describe, test } from 'node:test';
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { jpeg_photo } from '../helpers/image.mjs';
import { poll } from '../helpers/poll.mjs';
import { announced, new_guide, new_phone, on_shelf, receive } from '../helpers/shop.mjs';
import { System } from '../helpers/system.mjs';
import { hand_over } from './crowd.mjs';
import { arguments_of } from './storm.mjs';

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
