// A certificate for localhost, made by openssl in a folder of the test; it is its
// own authority, so `cert` is what the client's ca_file names.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

function certificate(dir) {
    const key = path.join(dir, 'standin.key');
    const cert = path.join(dir, 'standin.crt');
    if (!fs.existsSync(cert))
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
            'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', '/CN=localhost',
            '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
        { stdio: 'ignore' });
    return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), ca: cert };
}

module.exports = { certificate };
