-- A third person whom the customer names by the link: with a code of their own, once.
CREATE TABLE pickup_authorizations (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),     -- whose link made it
    customer_id INTEGER REFERENCES customers(id),            -- all of whose parcels it opens
    name TEXT NOT NULL,
    document_type TEXT NOT NULL CHECK (document_type IN ('CC', 'CE', 'TI', 'NIT', 'PAS', 'PPT')),
    document_number TEXT NOT NULL,
    phone TEXT,                   -- E.164; NULL: the customer tells the code
    version INTEGER NOT NULL DEFAULT 1,
    code_hash BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    used_at INTEGER,
    used_by INTEGER REFERENCES users(id)
) STRICT;
CREATE UNIQUE INDEX pickup_authorizations_code ON pickup_authorizations(code_hash)
    WHERE used_at IS NULL AND revoked_at IS NULL;
CREATE INDEX pickup_authorizations_package ON pickup_authorizations(package_id);

INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('authorization_created', 'sms', 1, NULL,
 '{punto}: {autorizado} puede recoger los paquetes de {nombre} con el código {llave} y su documento, hasta {vence}.',
 'informativa', 0),
('authorization_created', 'email', 1, 'Autorizó a {autorizado} a recoger',
 'Hola, {nombre}:

Desde el enlace de su paquete se autorizó a {autorizado} a recoger todos los que estén listos.

Código de esa persona: {llave}
Sirve una sola vez, con su documento, hasta {vence}.

Si no fue usted, anule la autorización en la página de su paquete.

{punto} · {direccion} · {horario}', 'informativa', 0);
