-- What a question is about, and how soon it needs an answer: as a clerk says.
ALTER TABLE inquiries ADD COLUMN priority TEXT NOT NULL DEFAULT 'MEDIA' CHECK (priority IN ('BAJA', 'MEDIA', 'ALTA', 'URGENTE'));
ALTER TABLE inquiries ADD COLUMN category TEXT CHECK (category IN ('RETIRO', 'COBRO', 'DANO', 'MENSAJES', 'DATOS', 'OTRO'));
CREATE INDEX inquiries_category ON inquiries (category, state, id) WHERE category IS NOT NULL;
CREATE INDEX inquiries_priority ON inquiries (priority, state, id) WHERE priority <> 'MEDIA';
