-- Somebody who is to work here is invited: the account begins without a password, and whose it is chooses one by a link.
ALTER TABLE users ADD COLUMN joined_at INTEGER;       -- when there was a password first; NULL: invited, and not here yet
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
UPDATE users SET joined_at = created_at;

-- Links with a secret that stand for a user: to choose another password, to join, to confirm an e-mail.
ALTER TABLE password_resets ADD COLUMN kind TEXT NOT NULL DEFAULT 'clave' CHECK (kind IN ('clave', 'invitacion', 'correo'));
ALTER TABLE password_resets ADD COLUMN email TEXT;    -- the one that is to be confirmed
CREATE INDEX password_resets_user ON password_resets(user_id);

-- Two more kinds of messages: somebody is invited; a user is asked whether an e-mail is theirs.
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
        'user_invited', 'user_email')),
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
INSERT INTO notifications SELECT id, customer_id, user_id, event, channel, recipient, template_id, variables, class,
    state, parts, cost, attempts, provider_id, message_id, error, created_at, not_before, sending_at, sent_at,
    dedupe_key, job_id, resend_of, said, reserve FROM notifications_old ORDER BY id;
DROP TABLE notifications_old;
DROP INDEX notifications_old_resends;
CREATE INDEX notifications_customer ON notifications(customer_id, sending_at) WHERE class <> 'informativa';
CREATE INDEX notifications_cost ON notifications(sent_at) WHERE channel = 'sms' AND sent_at IS NOT NULL;
CREATE INDEX notifications_state ON notifications(state, id);
CREATE INDEX notifications_waiting ON notifications(customer_id, event, channel) WHERE state = 'queued';
CREATE INDEX notifications_recipient ON notifications(recipient, created_at);

INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('user_invited', 'email', 1, 'Lo esperan en {punto}',
 'Hola, {nombre}:

Lo invitan a trabajar en {punto}. Abra este enlace para elegir su contraseña; sirve una vez y durante tres días:
{enlace}

Si no sabe de qué se trata, no haga nada.', 'informativa', 0),
('user_email', 'email', 1, '¿Es suyo este correo? {punto}',
 'Hola, {nombre}:

En {punto} alguien escribió este correo como el suyo. Si fue usted, confírmelo; el enlace sirve una vez y durante un día:
{enlace}

Si no fue usted, no haga nada: no escribiremos aquí.', 'informativa', 0);
