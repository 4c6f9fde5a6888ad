-- A question has an inbox: it is somebody's, both sides add to it, and the answer goes to who asked.  A question of another
-- kind, NO_LLEGO, is about a box that a carrier says it left here: it may be about no package of ours.  Programs of before
-- go on asking and closing meanwhile, so what they do not know may be NULL.
CREATE TABLE inquiries_old AS SELECT * FROM inquiries;
DROP TABLE inquiries;
CREATE TABLE inquiries (
    id INTEGER PRIMARY KEY,
    package_id INTEGER REFERENCES packages(id),       -- NULL: of NO_LLEGO, while nobody has found the box
    customer_id INTEGER REFERENCES customers(id),     -- who asked: the package may turn out to be another's
    content TEXT NOT NULL,                            -- what was asked first; what followed is in inquiry_texts
    state TEXT NOT NULL DEFAULT 'ABIERTO' CHECK (state IN ('ABIERTO', 'LEIDO', 'RESPONDIDO', 'CERRADO')),
    at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by INTEGER REFERENCES users(id),
    kind TEXT NOT NULL DEFAULT 'PREGUNTA' CHECK (kind IN ('PREGUNTA', 'NO_LLEGO')),
    again_at INTEGER,                                 -- since when it waits again, after an answer or once reopened
    assigned_to INTEGER REFERENCES users(id),
    name TEXT, phone TEXT, email TEXT,                -- of NO_LLEGO: who asks, as they wrote it
    guide_number TEXT, guide_key TEXT, carrier TEXT,
    said_day INTEGER,                                 -- the day on which the carrier says that it left the box
    outcome TEXT CHECK (outcome IN ('ENCONTRADO', 'NO_ENCONTRADO')),
    CHECK ((state = 'CERRADO') = (closed_at IS NOT NULL)),
    CHECK (kind = 'NO_LLEGO' OR package_id IS NOT NULL),
    CHECK ((kind = 'NO_LLEGO') = (guide_key IS NOT NULL)),
    CHECK (outcome IS NULL OR (kind = 'NO_LLEGO' AND state = 'CERRADO'))
) STRICT;
INSERT INTO inquiries (id, package_id, customer_id, content, state, at, closed_at, closed_by)
    SELECT id, package_id, customer_id, content, state, at, closed_at, closed_by FROM inquiries_old ORDER BY id;
DROP TABLE inquiries_old;
CREATE INDEX inquiries_package ON inquiries (package_id) WHERE package_id IS NOT NULL;
CREATE INDEX inquiries_customer ON inquiries (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX inquiries_closed_by ON inquiries (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX inquiries_waiting ON inquiries (id) WHERE state IN ('ABIERTO', 'LEIDO');
CREATE INDEX inquiries_state ON inquiries (state, id);
CREATE INDEX inquiries_assigned ON inquiries (assigned_to, state, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX inquiries_missing ON inquiries (guide_key) WHERE guide_key IS NOT NULL;

-- What both sides added to a question, in its order.
CREATE TABLE inquiry_texts (
    id INTEGER PRIMARY KEY,
    inquiry_id INTEGER NOT NULL REFERENCES inquiries(id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    user_id INTEGER REFERENCES users(id),             -- who answered; NULL: who asked wrote again
    content TEXT NOT NULL
) STRICT;
CREATE INDEX inquiry_texts_inquiry ON inquiry_texts (inquiry_id);
CREATE INDEX inquiry_texts_user ON inquiry_texts (user_id) WHERE user_id IS NOT NULL;

-- Where a box was looked for that a carrier says it left here.
CREATE TABLE inquiry_steps (
    inquiry_id INTEGER NOT NULL REFERENCES inquiries(id) ON DELETE CASCADE,
    step TEXT NOT NULL CHECK (step IN ('guia', 'nombre', 'bandeja', 'entregas')),
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users(id),
    PRIMARY KEY (inquiry_id, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX inquiry_steps_user ON inquiry_steps (user_id);

-- Answers that are written already; {variables} are of lib/domain/message/wording.def.
CREATE TABLE canned_answers (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER REFERENCES users(id)
) STRICT;
CREATE INDEX canned_answers_changed_by ON canned_answers (changed_by) WHERE changed_by IS NOT NULL;
INSERT INTO canned_answers (title, body, changed_at) VALUES
('Horario y dirección', 'Nuestro horario es {horario}. Estamos en {direccion}.', 0),
('Ya está en el punto', 'Su paquete, guía {guia}, ya está en el punto. Hoy paga {costo}. Nuestro horario es {horario}.', 0),
('Todavía no ha llegado', 'La guía {guia} todavía no ha llegado al punto. Apenas la recibamos le avisamos; no hace falta que venga antes.', 0),
('Puede recogerlo otra persona', 'Sí, otra persona puede recogerlo: en la página de su paquete toque «Autorizar a otra persona». Le damos un código que usted le envía; ella trae su documento.', 0);

INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('inquiry_answered', 'sms', 1, NULL, '{punto} le responde: {texto} {enlace}', 'informativa', 0),
('inquiry_answered', 'email', 1, 'Respuesta a su pregunta. {punto}',
 'Hola, {nombre}:

Usted nos preguntó, y le respondemos:

{texto}

También puede verla en la página de su paquete:
{enlace}

{punto} · {direccion} · {horario}', 'informativa', 0);
