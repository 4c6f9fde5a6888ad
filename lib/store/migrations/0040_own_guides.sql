-- Numbers that the point itself gave to boxes without a readable guide (lib/domain/parcel/own_guide.h).  No row is ever
-- deleted, so that no number is given twice.
CREATE TABLE own_guides (number INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
