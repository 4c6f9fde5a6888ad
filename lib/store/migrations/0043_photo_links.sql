-- A phone sends photos into a form that is open at the counter.  The secret of the link is in no row, only its hash.
CREATE TABLE photo_links (
    id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users(id),
    session_id INTEGER NOT NULL,      -- no reference: a session that ends takes its row along, and the link is dead
    form TEXT NOT NULL,               -- the open form's own id, which its page was given
    at INTEGER NOT NULL,
    ended_at INTEGER                  -- when its form was sent, or got a newer link
) STRICT;
CREATE INDEX photo_links_form ON photo_links(form);
CREATE INDEX photo_links_old ON photo_links(at);

-- What came by such a link and waits for its form: the row goes when the form takes the photo along.
-- The number of a row that is gone is given to no other: the job that makes its preview, and the open form, still name it.
CREATE TABLE linked_photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    link_id INTEGER NOT NULL REFERENCES photo_links(id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'failed')),   -- of the preview
    spool_path TEXT NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL,
    preview BLOB                      -- WebP, some kilobytes, without metadata
) STRICT;
CREATE INDEX linked_photos_link ON linked_photos(link_id);

-- A session's number is given to no other either, since links name the session that made them and outlive it.
CREATE TABLE sessions_of_old AS SELECT * FROM sessions;
DROP TABLE sessions;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users(id),
    csrf TEXT NOT NULL,
    flash TEXT,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    by_pin INTEGER NOT NULL DEFAULT 0 CHECK (by_pin IN (0, 1))
) STRICT;
INSERT INTO sessions SELECT * FROM sessions_of_old;
DROP TABLE sessions_of_old;
CREATE INDEX sessions_user ON sessions(user_id);
