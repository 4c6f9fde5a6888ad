-- The end of a dispute is a kind of message of its own: a clerk's text is another, and strangers cannot make one.
PRAGMA defer_foreign_keys = ON;
CREATE INDEX notifications_old_resends ON notifications(resend_of);
CREATE TABLE notifications_old AS SELECT * FROM notifications;
DROP TABLE notifications;
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER REFERENCES customers(id),
    user_id INTEGER REFERENCES users(id),
    event TEXT NOT NULL CHECK (event IN ('package_announced', 'package_received', 'package_delivered',
        'package_cancelled', 'package_disputed', 'pickup_reminder', 'payment_due', 'inquiry_answered',
        'authorization_created', 'custom_message', 'email_confirmation', 'password_reset', 'report_ready',
        'user_invited', 'user_email', 'claim_ended')),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    recipient TEXT NOT NULL,
    template_id INTEGER NOT NULL REFERENCES notification_templates(id),
    variables TEXT NOT NULL,      -- JSON; never a code
    class TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown',
        'suppressed', 'cancelled')),
    parts INTEGER,
    cost INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    provider_id TEXT,
    message_id TEXT,              -- of an e-mail: the same at every try
    error TEXT,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    sending_at INTEGER,
    sent_at INTEGER,
    dedupe_key TEXT NOT NULL UNIQUE,
    job_id INTEGER,
    resend_of INTEGER REFERENCES notifications(id),
    said TEXT,
    reserve INTEGER NOT NULL DEFAULT 0 CHECK (reserve IN (0, 1))
) STRICT;
CREATE INDEX notifications_old_resends ON notifications(resend_of);
INSERT INTO notifications SELECT id, customer_id, user_id, iif(event = 'custom_message'
    AND variables ->> 'claim_ended' IS NOT NULL, 'claim_ended', event), channel, recipient, template_id, variables, class,
    state, parts, cost, attempts, provider_id, message_id, error, created_at, not_before, sending_at, sent_at,
    dedupe_key, job_id, resend_of, said, reserve FROM notifications_old ORDER BY id;
DROP TABLE notifications_old;
DROP INDEX notifications_old_resends;
CREATE INDEX notifications_customer ON notifications(customer_id, sending_at) WHERE class <> 'informativa';
CREATE INDEX notifications_cost ON notifications(sent_at) WHERE channel = 'sms' AND sent_at IS NOT NULL;
CREATE INDEX notifications_state ON notifications(state, id);
CREATE INDEX notifications_waiting ON notifications(customer_id, event, channel) WHERE state = 'queued';
CREATE INDEX notifications_recipient ON notifications(recipient, created_at);
UPDATE notification_packages SET event = 'claim_ended'
WHERE notification_id IN (SELECT id FROM notifications WHERE event = 'claim_ended');
INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('claim_ended', 'sms', 1, NULL, '{punto}: {texto}', 'informativa', 0),
('claim_ended', 'email', 1, 'Sobre la guía que anunció, {punto}',
 'Hola, {nombre}:

{texto}

{punto} · {direccion} · {horario}', 'informativa', 0);

-- A dispute may end since an administrator corrected whose the package is; and who loses it is told by the e-mail that was
-- proved to be theirs, where no SMS goes to their phone.
CREATE INDEX consents_old_claims ON consents(claim_id) WHERE claim_id IS NOT NULL;
CREATE TABLE claims_old AS SELECT * FROM claims;
DROP TABLE claims;
CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    name TEXT NOT NULL,           -- who announced it later, as announced_name and announced_phone of a package
    phone TEXT,                   -- E.164; NULL: they have none
    at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by INTEGER REFERENCES users(id),
    outcome TEXT CHECK (outcome IN ('suyo', 'ajeno')),       -- it is this person's, or not
    compared TEXT CHECK (compared IN ('etiqueta', 'documento', 'correccion')),
    email TEXT,                   -- as announced_email of a package, and not proved
    network TEXT,
    proved_email TEXT,            -- an e-mail that was proved to be theirs; NULL: none
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
) STRICT;
INSERT INTO claims SELECT id, package_id, name, phone, at, settled_at, settled_by, outcome, compared, email, network, NULL
    FROM claims_old ORDER BY id;
DROP TABLE claims_old;
DROP INDEX consents_old_claims;
CREATE INDEX claims_package ON claims(package_id);
CREATE INDEX claims_open ON claims(package_id) WHERE settled_at IS NULL;
CREATE TRIGGER package_disputed_new AFTER INSERT ON claims WHEN NEW.settled_at IS NULL
BEGIN
    UPDATE packages SET disputed = 1 WHERE id = NEW.package_id;
END;
CREATE TRIGGER package_disputed_change AFTER UPDATE OF settled_at, package_id ON claims
BEGIN
    UPDATE packages SET disputed = EXISTS (SELECT 1 FROM claims WHERE package_id = packages.id AND settled_at IS NULL)
    WHERE id IN (OLD.package_id, NEW.package_id);
END;
