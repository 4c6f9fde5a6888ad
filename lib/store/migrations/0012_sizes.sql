-- A position says which parcels are put on it by themselves.  Until now its size steered nothing and
-- was NORMAL unless somebody said otherwise, so that becomes CUALQUIERA: receiving goes on as it did.
ALTER TABLE positions ADD COLUMN takes TEXT NOT NULL DEFAULT 'CUALQUIERA'
    CHECK (takes IN ('CUALQUIERA', 'NORMAL', 'EXTRA_DIMENSIONADO'));
UPDATE positions SET takes = size_class WHERE size_class = 'EXTRA_DIMENSIONADO';
ALTER TABLE positions DROP COLUMN size_class;
ALTER TABLE positions RENAME COLUMN takes TO size_class;
-- The first free one of a size, and the first without limit, however many are taken before it.
CREATE INDEX positions_free ON positions(size_class, walk_order, id) WHERE is_active = 1 AND used < capacity;
CREATE INDEX positions_overflow ON positions(walk_order, id) WHERE is_active = 1 AND capacity IS NULL;
DROP INDEX positions_walk;
