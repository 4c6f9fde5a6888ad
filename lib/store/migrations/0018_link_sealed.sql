-- The secret part of a parcel's link is derived, as its pickup code is, and of it only the hash is stored: a copy of
-- the file opens no page.  From here on public_token holds that hash, as hex, where link_version is 1 or more.
-- Programs of before write and read the token itself; they know nothing of link_version, so their rows have 0 until
-- the worker seals them, ten minutes and more after this (parcel/link.c).
ALTER TABLE packages ADD COLUMN link_version INTEGER NOT NULL DEFAULT 0;
-- The hash of the token that a parcel had before it was sealed, so that links that were sent go on opening it.
ALTER TABLE packages ADD COLUMN old_link TEXT;
CREATE UNIQUE INDEX packages_old_link ON packages(old_link) WHERE old_link IS NOT NULL;
CREATE INDEX packages_unsealed ON packages(id) WHERE link_version = 0;
