-- The newest event of a parcel that was seen while the clock was believed, and when that was; and whether the clock has been
-- behind since.  Then an event after it with an earlier time was written by that clock.
ALTER TABLE clock_trust ADD COLUMN event_id INTEGER;
ALTER TABLE clock_trust ADD COLUMN event_at INTEGER;
ALTER TABLE clock_trust ADD COLUMN was_behind INTEGER NOT NULL DEFAULT 0;
