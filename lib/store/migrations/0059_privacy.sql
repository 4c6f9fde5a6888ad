-- What people ask about their own data (Ley 1581/2012), with its term in business days; and documents of a person.
CREATE TABLE privacy_requests (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('CONSULTA', 'RECTIFICACION', 'SUPRESION', 'REVOCATORIA', 'RECLAMO')),
    at INTEGER NOT NULL,
    name TEXT, phone TEXT, email TEXT, content TEXT,  -- as they wrote it; NULL: none, or forgotten since
    link_salt INTEGER NOT NULL,                       -- with the id it makes the secret of the link
    link_hash BLOB NOT NULL UNIQUE,
    link_until INTEGER,                               -- NULL: as long as the request is open
    letter TEXT CHECK (letter IN ('sms', 'email')),   -- how the link went to them; NULL: it did not
    link_at INTEGER,                                  -- they opened the link and said that it is they
    seen_at INTEGER,                                  -- a clerk saw their document
    seen_by INTEGER REFERENCES users(id),
    customer_id INTEGER REFERENCES customers(id),     -- whose data it is about, once somebody has found them
    due_day INTEGER,                                  -- the last day of the term; NULL: nobody has proved who they are
    extended_at INTEGER,
    extended_by INTEGER REFERENCES users(id),
    extended_why TEXT,
    closed_at INTEGER,
    closed_by INTEGER REFERENCES users(id),
    outcome TEXT CHECK (outcome IN ('ATENDIDA', 'NEGADA', 'DESISTIDA')),
    answer TEXT,
    done TEXT CHECK (done IN ('datos', 'correccion', 'supresion', 'revocatoria', 'respuesta')),
    done_audit INTEGER REFERENCES audit_log(id),      -- where the audit log has it
    data_until INTEGER,                               -- until when the link gives their data
    told_day INTEGER,                                 -- the last day on which the administrators were told of it
    CHECK ((due_day IS NULL) = (link_at IS NULL AND seen_at IS NULL)),
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX privacy_open ON privacy_requests(due_day, id) WHERE closed_at IS NULL;
CREATE INDEX privacy_closed ON privacy_requests(id) WHERE closed_at IS NOT NULL;
CREATE INDEX privacy_customer ON privacy_requests(customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX privacy_seen_by ON privacy_requests(seen_by) WHERE seen_by IS NOT NULL;
CREATE INDEX privacy_extended_by ON privacy_requests(extended_by) WHERE extended_by IS NOT NULL;
CREATE INDEX privacy_closed_by ON privacy_requests(closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX privacy_done ON privacy_requests(done_audit) WHERE done_audit IS NOT NULL;

-- A document may be about a person.
CREATE TABLE documents_old AS SELECT * FROM documents;
DROP TABLE documents;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,     -- in the customer's address of it
    kind TEXT NOT NULL CHECK (kind IN ('recibo', 'cierre', 'expediente', 'custodia', 'entrega', 'datos')),
    subject_id INTEGER NOT NULL,  -- a package; of a cierre a cash session, of an entrega a courier's batch, of datos a customer
    asked_by INTEGER REFERENCES users(id),       -- NULL: the customer, by the link
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed')),
    title TEXT,                   -- as it stands on it
    storage_key TEXT,
    size INTEGER,
    pages INTEGER,
    ready_at INTEGER,
    error TEXT
) STRICT;
INSERT INTO documents SELECT id, key, kind, subject_id, asked_by, asked_at, state, title, storage_key, size, pages, ready_at, error
    FROM documents_old ORDER BY id;
DROP TABLE documents_old;
CREATE UNIQUE INDEX documents_pending ON documents(kind, subject_id) WHERE state = 'pending';
CREATE INDEX documents_asked ON documents(asked_at);
CREATE INDEX documents_subject ON documents(kind, subject_id);

-- An answer may be about something else than a package: the letter says where to read it, and no more.  A wording that
-- somebody has changed stays.
INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at)
SELECT 'inquiry_answered', 'email', 2, 'Sobre lo que nos escribió. {punto}', 'Hola, {nombre}:

Usted nos escribió, y le respondemos:

{texto}

También puede verlo en esta página:
{enlace}

{punto} · {direccion} · {horario}', 'informativa', 0
WHERE NOT EXISTS (SELECT 1 FROM notification_templates WHERE event = 'inquiry_answered' AND channel = 'email' AND version > 1);
