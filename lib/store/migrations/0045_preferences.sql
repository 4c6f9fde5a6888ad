-- How many rows a list has on a page, and where one begins.
ALTER TABLE users ADD COLUMN page_rows INTEGER NOT NULL DEFAULT 50 CHECK (page_rows IN (10, 20, 50, 100));
ALTER TABLE users ADD COLUMN home TEXT NOT NULL DEFAULT 'dashboard' CHECK (home IN ('dashboard', 'receive', 'deliver',
    'packages', 'shelf'));
