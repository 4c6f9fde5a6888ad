// A client that was generated from the description (@hey-api/openapi-ts) compiles and does the main flow.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { new_guide, new_key, new_phone, pickup_code, row } from '../helpers/shop.mjs';
import { System, built, top } from '../helpers/system.mjs';

const tools = path.join(top, 'build-api/node_modules'), made = path.join(top, 'build-api/made');

test('a generated client compiles, and takes a parcel from its announcement to its owner', async () => {
    const { createClient } = await import(pathToFileURL(path.join(tools, '@hey-api/openapi-ts/dist/index.mjs')));
    fs.rmSync(made, { recursive: true, force: true });
    await createClient({ input: path.join(built, 'cgi-bin/openapi.json'), logs: { level: 'silent' },
        output: { path: path.join(made, 'client'), importFileExtension: '.js' } });
    fs.copyFileSync(path.join(import.meta.dirname, 'flow.ts'), path.join(made, 'flow.ts'));
    execFileSync(process.execPath, [path.join(tools, 'typescript/bin/tsc'), '--strict', '--skipLibCheck', '--target', 'es2022',
        '--module', 'nodenext', '--moduleResolution', 'nodenext', '--lib', 'es2022,dom,dom.iterable', path.join(made, 'flow.ts')], { stdio: 'inherit' });
    const { flow } = await import(pathToFileURL(path.join(made, 'flow.js')));
    const s = await System.start();
    try {
        const anybody = s.client(), guide = new_guide();
        const way = await flow({ baseUrl: s.base, operator: (await s.token('OPERADOR')).bearer, admin: (await s.token('ADMIN')).bearer, guide,
            phone: new_phone(), key: new_key, id: async () => (await row(s, guide)).id, code: async () => pickup_code(anybody, await row(s, guide)) });
        assert.equal(way.who.role, 'OPERADOR');
        assert.equal(way.received.state, 'RECIBIDO');
        assert.equal(way.corrected.carrier, 'Envía');
        assert.equal(way.stale.response.status, 412);
        assert.match(way.stale.error.type, /precondition$/);
        assert.equal(way.delivered.packages[0].state, 'ENTREGADO');
        assert.deepEqual(way.again.data, way.delivered);
        assert.equal(way.again.response.headers.get('Idempotent-Replayed'), 'true');
        assert.ok(way.events.items.length >= 4);
        assert.equal(way.nobody.response.status, 401);
    } finally {
        await s.stop();
    }
});
