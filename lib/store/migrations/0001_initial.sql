-- The schema of domain.md §1, as far as pages and jobs use it.  Instants are Unix
-- seconds UTC, money is whole pesos; both INTEGER.  Never edited once released.

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE CHECK (username = lower(username) AND length(username) BETWEEN 3 AND 40),
    email TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    phone TEXT,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'OPERADOR', 'USUARIO')),
    password_hash TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    must_change_password INTEGER NOT NULL DEFAULT 0 CHECK (must_change_password IN (0, 1)),
    theme TEXT NOT NULL DEFAULT 'auto' CHECK (theme IN ('light', 'dark', 'auto')),
    last_login_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users(id),
    csrf TEXT NOT NULL,
    flash TEXT,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions(user_id);

CREATE TABLE password_resets (
    id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users(id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'OPERADOR', 'USUARIO')),
    scopes TEXT NOT NULL,
    created_by INTEGER REFERENCES users(id),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- Failures counted by what they were against: 'login:user:x', 'login:net:1.2.3.0', 'pickup:user:3'.
CREATE TABLE throttles (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    window_start INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    phone TEXT NOT NULL UNIQUE CHECK (phone GLOB '+[0-9]*'),
    email TEXT,
    document_type TEXT CHECK (document_type IN ('CC', 'CE', 'TI', 'NIT', 'PAS', 'PPT')),
    document_number TEXT,
    building TEXT,
    tower TEXT,
    apartment TEXT,
    floor TEXT,
    address TEXT,
    city TEXT,
    notes TEXT,
    is_vip INTEGER NOT NULL DEFAULT 0 CHECK (is_vip IN (0, 1)),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    search_key TEXT NOT NULL,
    sms_opt_out INTEGER NOT NULL DEFAULT 0 CHECK (sms_opt_out IN (0, 1)),
    email_opt_out INTEGER NOT NULL DEFAULT 0 CHECK (email_opt_out IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX customers_document ON customers(document_type, document_number)
    WHERE document_number IS NOT NULL;
CREATE INDEX customers_search ON customers(search_key);

CREATE TABLE rates (
    id INTEGER PRIMARY KEY,
    package_type TEXT NOT NULL CHECK (package_type IN ('NORMAL', 'EXTRA_DIMENSIONADO')),
    base_fee INTEGER NOT NULL CHECK (base_fee BETWEEN 0 AND 100000000),
    storage_per_day INTEGER NOT NULL CHECK (storage_per_day BETWEEN 0 AND 100000000),
    free_hours INTEGER NOT NULL CHECK (free_hours BETWEEN 0 AND 8760),
    valid_from INTEGER NOT NULL,
    created_by INTEGER REFERENCES users(id),
    created_at INTEGER NOT NULL,
    UNIQUE (package_type, valid_from)
) STRICT;
INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_at)
VALUES ('NORMAL', 1500, 1000, 24, 0, 0), ('EXTRA_DIMENSIONADO', 2000, 1000, 24, 0, 0);

CREATE TABLE closures (
    day INTEGER PRIMARY KEY,      -- days since 1970-01-01, Bogotá
    reason TEXT NOT NULL,
    created_by INTEGER REFERENCES users(id)
) STRICT;

CREATE TABLE positions (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    zone TEXT NOT NULL,
    walk_order INTEGER NOT NULL,
    size_class TEXT NOT NULL DEFAULT 'NORMAL' CHECK (size_class IN ('NORMAL', 'EXTRA_DIMENSIONADO')),
    capacity INTEGER,             -- NULL: without limit
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0 AND (capacity IS NULL OR used <= capacity)),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1))
) STRICT;
CREATE INDEX positions_walk ON positions(walk_order) WHERE is_active = 1;
INSERT INTO positions (code, zone, walk_order, capacity)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
SELECT printf('%02d', i), 'Estante ' || (i / 20 + 1), i, 1 FROM n;
INSERT INTO positions (code, zone, walk_order, capacity) VALUES ('PISO', 'Desborde', 1000, NULL);

CREATE TABLE packages (
    id INTEGER PRIMARY KEY,
    tracking_code TEXT NOT NULL UNIQUE,
    public_token TEXT NOT NULL UNIQUE,
    pickup_version INTEGER NOT NULL DEFAULT 1,
    pickup_code_hash BLOB,
    guide_number TEXT NOT NULL,
    guide_key TEXT NOT NULL,
    carrier TEXT,
    state TEXT NOT NULL CHECK (state IN ('ANUNCIADO', 'RECIBIDO', 'ENTREGADO', 'CANCELADO')),
    type TEXT CHECK (type IN ('NORMAL', 'EXTRA_DIMENSIONADO')),
    condition TEXT CHECK (condition IN ('BUENO', 'ABIERTO', 'REGULAR')),
    customer_id INTEGER REFERENCES customers(id),
    announced_name TEXT,
    announced_phone TEXT,
    declared_value INTEGER CHECK (declared_value >= 0),
    position_id INTEGER REFERENCES positions(id),
    rate_id INTEGER REFERENCES rates(id),
    base_fee INTEGER,
    storage_per_day INTEGER,
    free_hours INTEGER,
    announced_at INTEGER NOT NULL,
    received_at INTEGER,
    delivered_at INTEGER,
    cancelled_at INTEGER,
    received_by INTEGER REFERENCES users(id),
    delivered_by INTEGER REFERENCES users(id),
    cancelled_by INTEGER REFERENCES users(id),
    storage_days INTEGER,
    storage_fee INTEGER,
    total_fee INTEGER,
    discount INTEGER NOT NULL DEFAULT 0 CHECK (discount >= 0),
    discount_reason TEXT,
    proof TEXT CHECK (proof IN ('codigo', 'autorizacion', 'excepcion')),
    receiver_name TEXT,
    receiver_document_type TEXT,
    receiver_document_last4 TEXT,
    cancel_reason TEXT CHECK (cancel_reason IN ('cliente_solicita', 'cliente_no_reclama', 'paquete_danado',
        'paquete_perdido', 'anuncio_expirado', 'error_operador', 'rechazado_en_recepcion',
        'devuelto_transportadora', 'otro')),
    cancel_text TEXT,
    observations TEXT,
    last_event_id INTEGER NOT NULL DEFAULT 0,
    CHECK (state <> 'RECIBIDO' OR (received_at IS NOT NULL AND type IS NOT NULL AND rate_id IS NOT NULL)),
    CHECK (state <> 'ENTREGADO' OR (delivered_at IS NOT NULL AND total_fee IS NOT NULL)),
    CHECK (state <> 'CANCELADO' OR (cancelled_at IS NOT NULL AND cancel_reason IS NOT NULL)),
    CHECK (position_id IS NULL OR state = 'RECIBIDO')
) STRICT;
CREATE UNIQUE INDEX packages_guide_active ON packages(guide_key) WHERE state <> 'CANCELADO';
CREATE INDEX packages_guide ON packages(guide_key);
CREATE UNIQUE INDEX packages_pickup ON packages(pickup_code_hash)
    WHERE state = 'RECIBIDO' AND pickup_code_hash IS NOT NULL;
CREATE INDEX packages_state ON packages(state, id);
CREATE INDEX packages_shelf ON packages(received_at) WHERE state = 'RECIBIDO';
CREATE INDEX packages_customer ON packages(customer_id, state);
CREATE INDEX packages_position ON packages(position_id) WHERE position_id IS NOT NULL;
CREATE INDEX packages_announced ON packages(announced_at) WHERE state = 'ANUNCIADO';
CREATE INDEX packages_received_at ON packages(received_at) WHERE received_at IS NOT NULL;
CREATE INDEX packages_delivered_at ON packages(delivered_at) WHERE delivered_at IS NOT NULL;

-- No state is skipped, whatever writes (security.md 61).
CREATE TRIGGER packages_transition BEFORE UPDATE OF state ON packages
WHEN OLD.state <> NEW.state
 AND NOT (OLD.state = 'ANUNCIADO' AND NEW.state IN ('RECIBIDO', 'CANCELADO'))
 AND NOT (OLD.state = 'RECIBIDO' AND NEW.state IN ('ENTREGADO', 'CANCELADO', 'ANUNCIADO'))
 AND NOT (OLD.state = 'ENTREGADO' AND NEW.state = 'RECIBIDO')
 AND NOT (OLD.state = 'CANCELADO' AND NEW.state IN ('ANUNCIADO', 'RECIBIDO'))
BEGIN
    SELECT RAISE(ABORT, 'no such transition of a package');
END;
CREATE TRIGGER packages_kept BEFORE DELETE ON packages
BEGIN
    SELECT RAISE(ABORT, 'packages are never deleted');
END;

CREATE TABLE package_events (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    kind TEXT NOT NULL CHECK (kind IN ('ANUNCIO', 'RECEPCION', 'REUBICACION', 'ENTREGA', 'CANCELACION',
        'MODIFICACION', 'ANULACION', 'IMAGEN_AGREGADA', 'NOTA_AGREGADA', 'AUTORIZACION', 'CONTACTO',
        'INVENTARIO')),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('user', 'customer', 'system')),
    user_id INTEGER REFERENCES users(id),
    state_before TEXT,
    state_after TEXT,
    details TEXT NOT NULL,        -- JSON, no personal values
    undoes INTEGER REFERENCES package_events(id),
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX package_events_package ON package_events(package_id, id);
CREATE INDEX package_events_at ON package_events(at);
CREATE TRIGGER package_events_kept BEFORE DELETE ON package_events
BEGIN
    SELECT RAISE(ABORT, 'the chain of custody is append-only');
END;
CREATE TRIGGER package_events_fixed BEFORE UPDATE ON package_events
BEGIN
    SELECT RAISE(ABORT, 'the chain of custody is append-only');
END;

-- Personal values of an event, outside of its hash but for a salted hash in details: they can be erased.
CREATE TABLE event_values (
    id INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES package_events(id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    salt BLOB NOT NULL,
    UNIQUE (event_id, name)
) STRICT;

CREATE TABLE package_files (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    key TEXT NOT NULL UNIQUE,     -- unguessable, in public addresses
    kind TEXT NOT NULL CHECK (kind IN ('RECEPCION', 'ENTREGA', 'DANO', 'COMPROBANTE', 'FIRMA')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'failed')),
    spool_path TEXT,              -- while pending
    storage_key TEXT,
    thumbnail_key TEXT,
    sha256 TEXT,
    size INTEGER,
    width INTEGER,
    height INTEGER,
    content_type TEXT,
    error TEXT,
    created_at INTEGER NOT NULL,
    created_by INTEGER REFERENCES users(id),
    purge_at INTEGER
) STRICT;
CREATE INDEX package_files_package ON package_files(package_id);

CREATE TABLE cash_sessions (
    id INTEGER PRIMARY KEY,
    opened_by INTEGER NOT NULL REFERENCES users(id),
    opened_at INTEGER NOT NULL,
    base INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    package_id INTEGER NOT NULL REFERENCES packages(id),
    operation_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    method TEXT NOT NULL CHECK (method IN ('efectivo', 'nequi', 'daviplata', 'bancolombia', 'bre_b',
        'transferencia', 'tarjeta')),
    reference TEXT,
    cash_session_id INTEGER REFERENCES cash_sessions(id),
    taken_by INTEGER NOT NULL REFERENCES users(id),
    taken_at INTEGER NOT NULL,
    reverses INTEGER UNIQUE REFERENCES payments(id),
    reason TEXT,
    CHECK (method = 'efectivo' OR reference IS NOT NULL),
    CHECK ((reverses IS NULL) = (amount > 0))
) STRICT;
CREATE INDEX payments_package ON payments(package_id);
CREATE INDEX payments_at ON payments(taken_at);
CREATE TRIGGER payments_kept BEFORE DELETE ON payments
BEGIN
    SELECT RAISE(ABORT, 'payments are append-only');
END;
CREATE TRIGGER payments_fixed BEFORE UPDATE ON payments
BEGIN
    SELECT RAISE(ABORT, 'payments are append-only');
END;

CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    text_version TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    channel TEXT NOT NULL,
    at INTEGER NOT NULL,
    address TEXT NOT NULL,
    package_id INTEGER REFERENCES packages(id),
    customer_id INTEGER REFERENCES customers(id)
) STRICT;

CREATE TABLE notification_templates (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    language TEXT NOT NULL DEFAULT 'es',
    version INTEGER NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('informativa', 'cobranza', 'publicidad')),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by INTEGER REFERENCES users(id),
    UNIQUE (event, channel, language, version)
) STRICT;

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER REFERENCES customers(id),
    user_id INTEGER REFERENCES users(id),
    event TEXT NOT NULL CHECK (event IN ('package_announced', 'package_received', 'package_delivered',
        'package_cancelled', 'pickup_reminder', 'payment_due', 'inquiry_answered', 'authorization_created',
        'custom_message', 'password_reset', 'report_ready')),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    recipient TEXT NOT NULL,
    template_id INTEGER NOT NULL REFERENCES notification_templates(id),
    variables TEXT NOT NULL,      -- JSON; never a code
    class TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown',
        'suppressed', 'cancelled')),
    parts INTEGER,
    cost INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    provider_id TEXT,
    message_id TEXT,              -- of an e-mail: the same at every try
    error TEXT,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    sending_at INTEGER,
    sent_at INTEGER,
    dedupe_key TEXT NOT NULL UNIQUE,
    job_id INTEGER,
    resend_of INTEGER REFERENCES notifications(id)
) STRICT;
CREATE INDEX notifications_customer ON notifications(customer_id, sending_at) WHERE class <> 'informativa';
CREATE INDEX notifications_cost ON notifications(sent_at) WHERE channel = 'sms' AND sent_at IS NOT NULL;
CREATE INDEX notifications_state ON notifications(state, id);
CREATE INDEX notifications_waiting ON notifications(customer_id, event, channel) WHERE state = 'queued';
CREATE INDEX notifications_recipient ON notifications(recipient, created_at);

CREATE TABLE notification_packages (
    notification_id INTEGER NOT NULL REFERENCES notifications(id),
    package_id INTEGER NOT NULL REFERENCES packages(id),
    event TEXT NOT NULL,
    channel TEXT NOT NULL,
    occurrence INTEGER NOT NULL,  -- the package event that caused it
    PRIMARY KEY (package_id, event, channel, occurrence)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_packages_of ON notification_packages(notification_id);

CREATE TABLE provider_tokens (
    provider TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    obtained_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    credit INTEGER
) STRICT;

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    max_running INTEGER NOT NULL DEFAULT 100,
    rate REAL NOT NULL DEFAULT 0,           -- tokens a second; 0: no limit
    burst REAL NOT NULL DEFAULT 1,
    tokens REAL NOT NULL DEFAULT 1,
    tokens_at INTEGER NOT NULL DEFAULT 0,   -- ms
    failures INTEGER NOT NULL DEFAULT 0,    -- breaker: failures in a row
    open_until INTEGER NOT NULL DEFAULT 0,  -- breaker: seconds
    open_for INTEGER NOT NULL DEFAULT 0     -- breaker: its last opening, seconds
) STRICT;
INSERT INTO queues (name) VALUES ('sms'), ('mail'), ('default'), ('files'), ('reports'), ('maintenance');

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL REFERENCES queues(name),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    args TEXT NOT NULL CHECK (length(args) <= 16384),
    priority INTEGER NOT NULL DEFAULT 100,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled')),
    run_at INTEGER NOT NULL,
    expires_at INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    crashes INTEGER NOT NULL DEFAULT 0,
    host TEXT,
    worker TEXT,
    boot_id TEXT,
    lease_until INTEGER,          -- CLOCK_BOOTTIME, ms
    lease_wall INTEGER,           -- database time, seconds: judged by other hosts
    unique_key TEXT UNIQUE,
    last_error TEXT,
    error_class TEXT,
    progress INTEGER NOT NULL DEFAULT 0,
    request_id TEXT,
    package_id INTEGER REFERENCES packages(id),
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX jobs_ready ON jobs(queue, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs(queue, worker) WHERE state = 'running';
CREATE INDEX jobs_expiring ON jobs(expires_at) WHERE state = 'ready' AND expires_at IS NOT NULL;
CREATE INDEX jobs_over ON jobs(state, finished_at, queue) WHERE finished_at IS NOT NULL;
-- Of the console's lists.  None is on state or queue alone: without statistics the
-- planner would take it for a claim, which then reads every job there ever was.
CREATE INDEX jobs_gone ON jobs(state, id) WHERE state = 'dead' OR state = 'cancelled';
CREATE INDEX jobs_failed ON jobs(id) WHERE last_error IS NOT NULL;
CREATE INDEX jobs_package ON jobs(package_id) WHERE package_id IS NOT NULL;
CREATE INDEX jobs_kind ON jobs(kind);
CREATE INDEX jobs_of_queue ON jobs((queue || ''));

CREATE TABLE job_attempts (
    job_id INTEGER NOT NULL REFERENCES jobs(id),
    attempt INTEGER NOT NULL,
    worker TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT CHECK (outcome IN ('ok', 'error', 'timeout', 'crashed', 'fenced')),
    error TEXT,
    PRIMARY KEY (job_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
    name TEXT PRIMARY KEY,        -- host:slot
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    job_id INTEGER,
    since INTEGER,
    heartbeat_at INTEGER NOT NULL,
    rss_kb INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE cron_ticks (
    name TEXT NOT NULL,
    tick INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    ok INTEGER,
    PRIMARY KEY (name, tick)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    user_id INTEGER REFERENCES users(id),
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id INTEGER,
    address TEXT NOT NULL,
    request_id TEXT,
    details TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_fixed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,          -- JSON
    changed_by INTEGER REFERENCES users(id),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,         -- with its owner: 'u3:…'
    fingerprint TEXT NOT NULL,
    status INTEGER,
    answer TEXT,                  -- facts the answer is shaped from again, JSON
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_old ON idempotency_keys(expires_at);
