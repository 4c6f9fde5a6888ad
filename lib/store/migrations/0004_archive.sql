-- Photos that moved from the disk to an S3 server, and the queue of what asks that server:
-- while it is away its breaker holds these jobs alone.
ALTER TABLE package_files ADD COLUMN archived_at INTEGER;
INSERT INTO queues (name) VALUES ('archive');
CREATE INDEX package_files_unarchived ON package_files(id)
    WHERE state = 'ready' AND archived_at IS NULL AND purge_at IS NULL;
