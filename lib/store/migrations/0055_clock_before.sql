-- What was believed before an administrator's word made the clock an earlier one: the latest moment, by both clocks, and the
-- newest event of then.  When that time comes back, it was right, and what was written meanwhile is dated anew.
ALTER TABLE clock_trust ADD COLUMN before_at INTEGER;           -- NULL: the clock was never set back by a word
ALTER TABLE clock_trust ADD COLUMN before_boot_id TEXT;
ALTER TABLE clock_trust ADD COLUMN before_boot_ms INTEGER;
ALTER TABLE clock_trust ADD COLUMN before_event_id INTEGER;
ALTER TABLE clock_trust ADD COLUMN before_event_at INTEGER;
