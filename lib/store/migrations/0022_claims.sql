-- A guide that is announced already may be announced by somebody else: which of them is right, a clerk decides
-- by the label of the box or by a document, and until then no code leaves.
CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    name TEXT NOT NULL,           -- who announced it later, as announced_name and announced_phone of a package
    phone TEXT,                   -- E.164; NULL: they have none
    at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by INTEGER REFERENCES users(id),
    outcome TEXT CHECK (outcome IN ('suyo', 'ajeno')),       -- it is this person's, or not
    compared TEXT CHECK (compared IN ('etiqueta', 'documento')),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX claims_package ON claims(package_id);
CREATE INDEX claims_open ON claims(package_id) WHERE settled_at IS NULL;

-- Two more kinds of messages: a guide is disputed; an e-mail is asked whether it is its reader's.
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
        'authorization_created', 'custom_message', 'email_confirmation', 'password_reset', 'report_ready')),
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
    resend_of INTEGER REFERENCES notifications(id)
) STRICT;
CREATE INDEX notifications_old_resends ON notifications(resend_of);
INSERT INTO notifications SELECT id, customer_id, user_id, event, channel, recipient, template_id, variables, class,
    state, parts, cost, attempts, provider_id, message_id, error, created_at, not_before, sending_at, sent_at,
    dedupe_key, job_id, resend_of FROM notifications_old ORDER BY id;
DROP TABLE notifications_old;
DROP INDEX notifications_old_resends;
CREATE INDEX notifications_customer ON notifications(customer_id, sending_at) WHERE class <> 'informativa';
CREATE INDEX notifications_cost ON notifications(sent_at) WHERE channel = 'sms' AND sent_at IS NOT NULL;
CREATE INDEX notifications_state ON notifications(state, id);
CREATE INDEX notifications_waiting ON notifications(customer_id, event, channel) WHERE state = 'queued';
CREATE INDEX notifications_recipient ON notifications(recipient, created_at);

INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('package_disputed', 'sms', 1, NULL,
 '{punto}: dos personas anunciaron la guía {guia}. {estado} No hay código hasta comparar la etiqueta: traiga su documento.',
 'informativa', 0),
('package_disputed', 'email', 1, 'Dos personas anunciaron la guía {guia}',
 'Hola, {nombre}:

Dos personas anunciaron la misma guía, {guia}, con celulares distintos. {estado}

Se entrega a quien diga la etiqueta de la caja. Traiga su documento: hasta que en el punto lo comparemos, nadie recibe el código de entrega.

{punto} · {direccion} · {horario}', 'informativa', 0),
('email_confirmation', 'email', 1, '¿Es suyo este correo? {punto}',
 'Alguien escribió este correo al anunciar un paquete en {punto}.

Si fue usted y quiere recibir aquí los avisos, confírmelo:
{enlace}

Si no fue usted, no haga nada: no le escribiremos más por ese paquete.

{punto} · {direccion} · {horario}', 'informativa', 0);
