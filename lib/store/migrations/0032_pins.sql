-- A PIN stands for a person at the counter alone: it approves what an OPERADOR may not do, and changes who works there.
CREATE TABLE operator_pins (
    user_id INTEGER PRIMARY KEY REFERENCES users(id),
    pin_hash TEXT NOT NULL,       -- Argon2id, as a password's
    set_at INTEGER NOT NULL
) STRICT;
-- A session that began with a PIN is a counter's: nobody administers in it.
ALTER TABLE sessions ADD COLUMN by_pin INTEGER NOT NULL DEFAULT 0 CHECK (by_pin IN (0, 1));
