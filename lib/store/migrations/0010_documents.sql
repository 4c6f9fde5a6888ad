-- A PDF of one thing, made by a job when somebody asks for it; made again rather than
-- kept, so that it goes after some days.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,     -- in the customer's address of it
    kind TEXT NOT NULL CHECK (kind IN ('recibo', 'cierre', 'expediente', 'custodia', 'entrega')),
    subject_id INTEGER NOT NULL,  -- a package; of a cierre a cash session, of an entrega a courier's batch
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
-- Asked for twice while it is made, it is made once.
CREATE UNIQUE INDEX documents_pending ON documents(kind, subject_id) WHERE state = 'pending';
CREATE INDEX documents_asked ON documents(asked_at);

INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('report_ready', 'email', 1, '{texto}', 'Va adjunto en PDF: {texto}.

{punto} · {direccion} · {horario}', 'informativa', 0);
