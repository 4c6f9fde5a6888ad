-- A tick that was taken is done only when its program ended well; until then it is tried again.
ALTER TABLE cron_ticks ADD COLUMN tries INTEGER NOT NULL DEFAULT 1;
