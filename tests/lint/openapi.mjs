// The description of the API is good OpenAPI: Redocly's recommended rules find nothing, not even something to warn of.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { top } from '../helpers/lint.mjs';

const doc = path.join(process.env.DEV_BUILD ?? path.join(top, 'build'), 'cgi-bin/openapi.json');
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

function faults(file) {
    const run = spawnSync(process.execPath, [path.join(top, 'node_modules/@redocly/cli/bin/cli.js'), 'lint', file, '--format=json'], { env, encoding: 'utf8', maxBuffer: 1 << 26 });
    return JSON.parse(run.stdout).problems.map((p) => `${p.severity} ${p.ruleId} ${p.location[0]?.pointer}: ${p.message}`);
}

// The rules bite: an operation without its id, and an example that is none.
const dir = mkdtempSync(path.join(tmpdir(), 'openapi-'));
try {
    const bad = JSON.parse(readFileSync(doc, 'utf8')), bad_file = path.join(dir, 'bad.json');
    delete bad.paths['/api/v1/whoami'].get.operationId;
    bad.paths['/api/v1/deliveries'].post.requestBody.content['application/json'].example.amount = 'mucho';
    writeFileSync(bad_file, JSON.stringify(bad));
    const said = faults(bad_file).join('\n');
    for (const rule of ['operation-operationId', 'no-invalid-media-type-examples'])
        if (!said.includes(rule)) {
            console.error(`openapi: a rule does not bite: ${rule}`);
            process.exit(2);
        }
} finally {
    rmSync(dir, { recursive: true });
}
const found = faults(doc);
found.forEach((f) => console.error(`openapi: ${f}`));
console.log(`openapi: ${found.length ? `${found.length} faults` : 'ok'}`);
process.exit(found.length ? 1 : 0);
