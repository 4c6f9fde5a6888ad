-- The second step of a sign-in: a code of an app, or one of those that are kept for the day on which the phone is lost.
CREATE TABLE totp (
    user_id INTEGER PRIMARY KEY REFERENCES users(id),
    secret TEXT NOT NULL,         -- sealed
    made_at INTEGER NOT NULL,
    confirmed_at INTEGER,         -- NULL: its owner has not typed a code of it yet, and none is asked for
    last_step INTEGER NOT NULL DEFAULT 0      -- of the last code that was taken: none before it is taken again
) STRICT;
CREATE TABLE recovery_codes (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    code_hash BLOB NOT NULL,      -- keyed
    used_at INTEGER
) STRICT;
CREATE INDEX recovery_codes_user ON recovery_codes(user_id);
-- What a session still lacks.  codigo: the code, until when nobody is signed in; alta: its user must set an app up first.
ALTER TABLE sessions ADD COLUMN lacks TEXT CHECK (lacks IN ('codigo', 'alta'));
