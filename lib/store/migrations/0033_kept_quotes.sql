-- A hand-over that a clerk has begun has an address of its own, which can be reloaded, gone back to and opened in a
-- second tab.  The pickup code is in no row: whose code it was, and of which version, leads to it again.
CREATE TABLE kept_quotes (
    id TEXT PRIMARY KEY,              -- in the address: nobody guesses it, and only its clerk is shown it
    user_id INTEGER NOT NULL REFERENCES users(id),
    at INTEGER NOT NULL,              -- when the code was read, or the form failed
    customer_id INTEGER REFERENCES customers(id),
    package_id INTEGER REFERENCES packages(id),
    code_of INTEGER REFERENCES packages(id),            -- the package whose own code was read, and …
    code_version INTEGER,                               -- … which of its codes
    authorization_id INTEGER REFERENCES pickup_authorizations(id),   -- or the authorisation whose code it was
    operation_key TEXT NOT NULL,      -- of the hand-over that this quote leads to
    typed TEXT,                       -- the form when its hand-over failed, and …
    faults TEXT                       -- … why; both as the web programs write them
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_quotes_old ON kept_quotes(at);
