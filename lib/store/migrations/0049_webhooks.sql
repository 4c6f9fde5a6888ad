-- Programs of others that are told what happens at the point, and each time that one was told.
CREATE TABLE webhook_endpoints (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    kinds TEXT NOT NULL,                    -- kinds of news (news.def) with a space between; '*': all
    secret TEXT NOT NULL,                   -- sealed (crypto/seal.c)
    former_secret TEXT,                     -- sealed; signs too until …
    former_until INTEGER,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),   -- as an administrator wants it
    paused_at INTEGER,                      -- since then the program is not told: it failed for too long
    paused_why TEXT,
    failing_since INTEGER,                  -- the first of the failures since it last answered well
    failures INTEGER NOT NULL DEFAULT 0,    -- how many since then
    retry_at INTEGER NOT NULL DEFAULT 0,    -- nothing is sent before, after several failures in a row
    last_ok_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by INTEGER REFERENCES users(id),
    CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    CHECK ((paused_at IS NULL) = (paused_why IS NULL))
) STRICT;
CREATE INDEX webhook_endpoints_created_by ON webhook_endpoints (created_by) WHERE created_by IS NOT NULL;

CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY,
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints(id),
    message_id TEXT NOT NULL UNIQUE,        -- header webhook-id: the same at each try
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    package_id INTEGER REFERENCES packages(id),
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at INTEGER,
    delivered_at INTEGER,
    status INTEGER,                         -- of the last answer; NULL: there was none
    answer TEXT,                            -- its beginning
    error TEXT
) STRICT;
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (endpoint_id, state, id);
CREATE INDEX webhook_deliveries_package ON webhook_deliveries (package_id) WHERE package_id IS NOT NULL;
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- A program that is slow to answer holds up only what other programs are told.
INSERT INTO queues (name, max_running) VALUES ('webhook', 4);
