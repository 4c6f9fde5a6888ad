-- A claim may be told from the package's first announcement by its e-mail alone: of a phone where no SMS goes.
ALTER TABLE claims ADD COLUMN email TEXT;       -- as announced_email of a package, and not proved

-- Addresses that want no messages though they are not their customer's own: anybody may write one beside a phone.
-- The hash is keyed, so that the list tells nobody's address.
CREATE TABLE opt_outs (
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    address_hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, address_hash)
) STRICT, WITHOUT ROWID;

-- Until 0021 an e-mail became the customer's own when somebody said yes to its first letter and its last part, and
-- those of before 0013 without a question.  It stays where a clerk wrote it (then, an act of theirs stands in the
-- history of one of the customer's packages) or where it was proved since.  Any other one is asked again.
CREATE TABLE unproved AS SELECT c.id, c.email FROM customers c
WHERE c.email_confirmed_at < (SELECT applied_at FROM schema_migrations WHERE name LIKE '%people.sql')
 AND NOT EXISTS (SELECT 1 FROM packages p WHERE p.customer_id = c.id AND p.announced_email = c.email
                 AND p.email_proof IS NOT NULL)
 AND (c.email_confirmed_at <= (SELECT applied_at FROM schema_migrations WHERE name LIKE '%proven_email.sql')
  OR NOT EXISTS (SELECT 1 FROM packages p JOIN package_events e ON e.package_id = p.id
                 WHERE p.customer_id = c.id AND e.actor = 'user' AND e.at = c.email_confirmed_at));
UPDATE packages SET announced_email = u.email FROM unproved u
WHERE u.id = packages.customer_id AND packages.announced_email IS NULL AND state IN ('ANUNCIADO', 'RECIBIDO');
UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id IN (SELECT id FROM unproved);
DROP TABLE unproved;

-- Two people may announce with one phone.  Whoever has written a version of their own keeps it.
INSERT INTO notification_templates (event, channel, version, subject, body, class, is_active, created_at)
SELECT event, channel, version + 1, subject, replace(body, ', con celulares distintos', ''), class, is_active, unixepoch()
FROM notification_templates t WHERE event = 'package_disputed' AND channel = 'email' AND language = 'es' AND created_at = 0
 AND NOT EXISTS (SELECT 1 FROM notification_templates o WHERE o.event = t.event AND o.channel = t.channel
                 AND o.language = t.language AND o.version > t.version);
