-- Questions that a resident asks the point on the page of their link.
CREATE TABLE inquiries (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    customer_id INTEGER REFERENCES customers(id),     -- who asked: the package may turn out to be another's
    content TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'ABIERTO' CHECK (state IN ('ABIERTO', 'LEIDO', 'RESPONDIDO', 'CERRADO')),
    at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by INTEGER REFERENCES users(id),
    CHECK ((state = 'CERRADO') = (closed_at IS NOT NULL))
) STRICT;
CREATE INDEX inquiries_package ON inquiries (package_id);
CREATE INDEX inquiries_customer ON inquiries (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX inquiries_closed_by ON inquiries (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX inquiries_open ON inquiries (id) WHERE state <> 'CERRADO';
