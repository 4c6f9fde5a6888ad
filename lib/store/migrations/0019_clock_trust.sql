-- The latest moment at which the wall clock was believed, by that clock and by the one that counts from the
-- start of the machine; and since when it is doubted, which it is after a jump.
CREATE TABLE clock_trust (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    believed_at INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    boot_ms INTEGER NOT NULL,
    doubted_at INTEGER,           -- when the doubt began, or the latest jump since; NULL: it is believed
    doubted_boot_id TEXT,
    doubted_boot_ms INTEGER
) STRICT;
