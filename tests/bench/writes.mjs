// The statements of each transaction of the raw writer; the first is run once, before them all.

// The least: two rows, one index.
export const LEAST = [
    `CREATE TABLE IF NOT EXISTS raw (id INTEGER PRIMARY KEY, text TEXT, other INTEGER);
     CREATE INDEX IF NOT EXISTS raw_text ON raw(text)`,
    'BEGIN IMMEDIATE',
    'INSERT INTO raw (text, other) VALUES (hex(randomblob(20)), 1)',
    'INSERT INTO raw (text, other) VALUES (hex(randomblob(20)), 1)',
    'COMMIT',
];

// The rows of an announcement in the product's own tables, with nothing looked up,
// checked or computed.
const LAST = '(SELECT max(id) FROM packages)';
export const ANNOUNCEMENT = [
    'PRAGMA foreign_keys = ON',
    'BEGIN IMMEDIATE',
    `INSERT INTO customers (full_name, search_key, phone, created_at)
     VALUES ('Ana Pérez', 'ana perez', printf('+57%010d', abs(random() % 10000000000)), unixepoch())
     ON CONFLICT DO NOTHING`,
    `INSERT INTO packages (tracking_code, public_token, guide_number, guide_key, customer_id, announced_name,
        announced_phone, announced_at, state)
     SELECT hex(randomblob(8)), hex(randomblob(11)), g, g, (SELECT max(id) FROM customers), 'Ana Pérez',
        '+573005550000', unixepoch(), 'ANUNCIADO' FROM (SELECT hex(randomblob(8)) AS g)`,
    `INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id, customer_id)
     VALUES ('1', hex(randomblob(32)), 'web', unixepoch(), '127.0.0.1', ${LAST}, 1)`,
    `INSERT INTO package_events (package_id, kind, at, actor, state_after, details, hash)
     VALUES (${LAST}, 'ANUNCIO', unixepoch(), 'customer', 'ANUNCIADO', '{}', randomblob(32))`,
    `INSERT INTO notifications (customer_id, event, channel, recipient, template_id, variables, class, state,
        created_at, not_before, dedupe_key, job_id)
     SELECT 1, 'package_announced', 'sms', printf('+57%010d', abs(random() % 10000000000)), min(id), '{}',
        'informativa', 'queued', unixepoch(), unixepoch(), hex(randomblob(16)), 1 FROM notification_templates`,
    `INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence)
     SELECT max(id), ${LAST}, 'package_announced', 'sms', max(id) FROM notifications`,
    `INSERT INTO jobs (queue, kind, args, run_at, expires_at, max_attempts, package_id, created_at, state)
     VALUES ('sms', 'sms.send', '{"notification_id":1}', unixepoch(), unixepoch() + 86400, 12, ${LAST},
        unixepoch(), 'ready')`,
    'COMMIT',
];
