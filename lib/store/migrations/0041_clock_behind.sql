-- A clock that was behind has dated rows wrongly: the instants that it showed, and by how much it was wrong.  While they are here,
-- nothing happens by age: rows that were written meanwhile look old.  The keeper dates them anew and forgets this.
ALTER TABLE clock_trust ADD COLUMN behind_from INTEGER;
ALTER TABLE clock_trust ADD COLUMN behind_to INTEGER;
ALTER TABLE clock_trust ADD COLUMN behind_by INTEGER;
