-- When a machine's boot began by its wall clock, which shows when that clock jumps.
CREATE TABLE host_clocks (
    host TEXT PRIMARY KEY,
    boot_id TEXT NOT NULL,
    booted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
