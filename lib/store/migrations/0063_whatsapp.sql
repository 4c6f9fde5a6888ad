-- WhatsApp beside SMS and e-mail.  A message that goes instead of another one, since that one came to nothing, names it;
-- the provider tells when a message arrived and when it was read.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE notification_templates_old AS SELECT * FROM notification_templates;
DROP TABLE notification_templates;
CREATE TABLE notification_templates (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'whatsapp')),
    language TEXT NOT NULL DEFAULT 'es',
    version INTEGER NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('informativa', 'cobranza', 'publicidad')),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by INTEGER REFERENCES users(id),
    provider_name TEXT,           -- of WhatsApp: the template's name with Meta; NULL: that kind does not go by WhatsApp
    provider_language TEXT,       -- its language there, es or es_CO
    category TEXT CHECK (category IN ('utility', 'marketing', 'authentication')),
    UNIQUE (event, channel, language, version)
) STRICT;
INSERT INTO notification_templates (id, event, channel, language, version, subject, body, class, is_active, created_at, created_by)
SELECT id, event, channel, language, version, subject, body, class, is_active, created_at, created_by
FROM notification_templates_old ORDER BY id;
DROP TABLE notification_templates_old;
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
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'whatsapp')),
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
    message_id TEXT,              -- the same at every try: of an e-mail, and our reference of a WhatsApp message
    error TEXT,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    sending_at INTEGER,
    sent_at INTEGER,
    dedupe_key TEXT NOT NULL UNIQUE,
    job_id INTEGER,
    resend_of INTEGER REFERENCES notifications(id),
    said TEXT,
    reserve INTEGER NOT NULL DEFAULT 0 CHECK (reserve IN (0, 1)),
    instead_of INTEGER REFERENCES notifications(id),
    delivered_at INTEGER,
    read_at INTEGER
) STRICT;
CREATE INDEX notifications_old_resends ON notifications(resend_of);
CREATE INDEX notifications_instead ON notifications(instead_of) WHERE instead_of IS NOT NULL;
INSERT INTO notifications (id, customer_id, user_id, event, channel, recipient, template_id, variables, class, state,
    parts, cost, attempts, provider_id, message_id, error, created_at, not_before, sending_at, sent_at, dedupe_key, job_id,
    resend_of, said, reserve)
SELECT id, customer_id, user_id, event, channel, recipient, template_id, variables, class, state, parts, cost, attempts,
    provider_id, message_id, error, created_at, not_before, sending_at, sent_at, dedupe_key, job_id, resend_of, said, reserve
FROM notifications_old ORDER BY id;
DROP TABLE notifications_old;
DROP INDEX notifications_old_resends;
CREATE INDEX notifications_customer ON notifications(customer_id, sending_at) WHERE class <> 'informativa';
CREATE INDEX notifications_cost ON notifications(sent_at) WHERE channel <> 'email' AND sent_at IS NOT NULL;
CREATE INDEX notifications_state ON notifications(state, id);
CREATE INDEX notifications_waiting ON notifications(customer_id, event, channel) WHERE state = 'queued';
CREATE INDEX notifications_recipient ON notifications(recipient, created_at);
CREATE INDEX notifications_of_customer ON notifications(customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX notifications_provider ON notifications(provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX notifications_reference ON notifications(message_id) WHERE channel = 'whatsapp';

CREATE TABLE opt_outs_old AS SELECT * FROM opt_outs;
DROP TABLE opt_outs;
CREATE TABLE opt_outs (
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'whatsapp')),
    address_hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, address_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO opt_outs SELECT channel, address_hash, at FROM opt_outs_old;
DROP TABLE opt_outs_old;

-- What a person agreed to: that their data are kept, or that they are written to by WhatsApp at a phone of theirs.  Of
-- the latter the last one counts; channels is the order in which they want to be told, NULL when they take it back.
ALTER TABLE consents ADD COLUMN purpose TEXT NOT NULL DEFAULT 'datos' CHECK (purpose IN ('datos', 'whatsapp'));
ALTER TABLE consents ADD COLUMN phone TEXT;
ALTER TABLE consents ADD COLUMN channels TEXT;
ALTER TABLE consents ADD COLUMN proof TEXT;
ALTER TABLE consents ADD COLUMN user_id INTEGER REFERENCES users(id);
CREATE INDEX consents_whatsapp ON consents(phone, customer_id) WHERE purpose = 'whatsapp';
-- The phone in it is personal: it goes with the name of its person.
CREATE TRIGGER consents_forget_phone AFTER UPDATE OF search_key ON customers
WHEN NEW.search_key = '' AND OLD.search_key <> '' AND NEW.merged_into IS NULL
BEGIN
    UPDATE consents SET phone = NULL WHERE customer_id = NEW.id AND purpose = 'whatsapp';
END;

INSERT INTO queues (name) VALUES ('whatsapp');

-- The texts to be approved by Meta: until the point writes the name of the approved one, that kind goes by another channel.
INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at, provider_language, category) VALUES
('package_announced', 'whatsapp', 1, NULL,
 'Hola, {nombre}: en {punto} recibimos su anuncio: {guia}. Código de consulta: {codigo}. Vea el estado en {enlace} y responda BAJA si no quiere más avisos por aquí.',
 'informativa', 0, 'es', 'utility'),
('package_received', 'whatsapp', 1, NULL,
 'Hola, {nombre}: en {punto} recibimos {guia}. Código de entrega: {entrega}. Paga {costo}; desde {desde}, {manana}. Fotos en {enlace} y responda BAJA si no quiere más avisos por aquí.',
 'informativa', 0, 'es', 'utility'),
('package_delivered', 'whatsapp', 1, NULL,
 'Hola, {nombre}: en {punto} entregamos {guia}. Su recibo está en {enlace} y si no fue usted quien lo recogió, avísenos de inmediato.',
 'informativa', 0, 'es', 'utility'),
('package_cancelled', 'whatsapp', 1, NULL,
 'Hola, {nombre}: en {punto} cancelamos {guia}. Vea por qué en {enlace} o pregunte en el punto.',
 'informativa', 0, 'es', 'utility'),
('pickup_reminder', 'whatsapp', 1, NULL,
 'Hola, {nombre}: en {punto} le guardamos {guia}. Código de entrega: {entrega}. Paga {costo}; desde {desde}, {manana}. Fotos en {enlace} y responda BAJA si no quiere más avisos por aquí.',
 'cobranza', 0, 'es', 'utility'),
('inquiry_answered', 'whatsapp', 1, NULL,
 'Hola, {nombre}: {punto} le responde: {texto} Lo puede leer completo en {enlace} cuando quiera.',
 'informativa', 0, 'es', 'utility'),
('custom_message', 'whatsapp', 1, NULL,
 'Hola, {nombre}: {punto} le escribe: {texto} Responda BAJA si no quiere más avisos por aquí.',
 'informativa', 0, 'es', 'utility');
