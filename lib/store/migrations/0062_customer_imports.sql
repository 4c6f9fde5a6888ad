-- People who come in by a file: what each row of it would do is looked at first, and done when somebody says so.  The rows
-- have what strangers are called, so they go some days later; the counts stay.
CREATE TABLE customer_imports (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'read', 'failed', 'writing', 'done', 'cancelled')),
    file_name TEXT NOT NULL,
    size INTEGER NOT NULL,
    spool_path TEXT,              -- while it is read
    format TEXT,                  -- "CSV · UTF-8"
    titles TEXT,                  -- of the columns, with U+001F between
    columns TEXT,                 -- what each is, a letter each (people/customer_column.h); NULL: no titles were found yet
    title_line INTEGER,
    rows INTEGER NOT NULL DEFAULT 0,          -- that were looked at
    errors INTEGER NOT NULL DEFAULT 0,
    twins INTEGER NOT NULL DEFAULT 0,
    changes INTEGER NOT NULL DEFAULT 0,
    fresh INTEGER NOT NULL DEFAULT 0,
    same INTEGER NOT NULL DEFAULT 0,
    with_twins INTEGER NOT NULL DEFAULT 0 CHECK (with_twins IN (0, 1)),   -- who may be there already is written too
    written INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,       -- when they were to be written, something had changed
    error TEXT,
    job_id INTEGER,               -- of the job that reads or writes; no reference: jobs are forgotten
    at INTEGER NOT NULL,
    by INTEGER REFERENCES users(id),
    ended_at INTEGER
) STRICT;
CREATE INDEX customer_imports_by ON customer_imports(by) WHERE by IS NOT NULL;
CREATE TABLE customer_import_rows (
    import_id INTEGER NOT NULL REFERENCES customer_imports(id),
    line INTEGER NOT NULL,
    fate INTEGER NOT NULL,        -- 0 error, 1 may be there already, 2 changes, 3 new, 4 the same
    person_key TEXT,              -- the phone, or "=" and the folded name
    document_key TEXT,            -- "CC 1012345678"
    name TEXT,
    cells TEXT NOT NULL,          -- as they came, with U+001F between
    customer_id INTEGER REFERENCES customers(id),      -- whom it changes, or who was made of it
    version INTEGER,              -- of that person, when it was looked at
    field TEXT,
    words TEXT,                   -- why, or what changes
    done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1, 2)),    -- 1 written, 2 skipped
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_import_rows_fate ON customer_import_rows(import_id, fate, line);
CREATE INDEX customer_import_rows_person ON customer_import_rows(import_id, person_key) WHERE fate = 3 AND person_key IS NOT NULL;
CREATE INDEX customer_import_rows_document ON customer_import_rows(import_id, document_key)
    WHERE fate = 3 AND document_key IS NOT NULL;
CREATE INDEX customer_import_rows_customer ON customer_import_rows(customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX customer_import_rows_open ON customer_import_rows(import_id, line) WHERE done = 0 AND fate BETWEEN 1 AND 3;

-- People who go out by a file, made by a job.
CREATE TABLE customer_exports (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed', 'gone')),
    format TEXT NOT NULL CHECK (format IN ('xlsx', 'csv')),
    q TEXT,
    kind TEXT,
    storage_key TEXT,
    rows INTEGER NOT NULL DEFAULT 0,
    size INTEGER,
    error TEXT,
    at INTEGER NOT NULL,
    by INTEGER REFERENCES users(id),
    ready_at INTEGER
) STRICT;
CREATE INDEX customer_exports_by ON customer_exports(by) WHERE by IS NOT NULL;
CREATE INDEX customer_exports_key ON customer_exports(storage_key) WHERE storage_key IS NOT NULL;
