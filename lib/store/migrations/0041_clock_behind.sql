-- The newest event of a parcel that was seen while the clock was believed, and when that was.  An event after it with an
-- earlier time was written by a clock that was behind.
ALTER TABLE clock_trust ADD COLUMN event_id INTEGER;
ALTER TABLE clock_trust ADD COLUMN event_at INTEGER;
