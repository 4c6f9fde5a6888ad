-- A claim that passes on to another package changes whether both are disputed.
DROP TRIGGER package_disputed_change;
CREATE TRIGGER package_disputed_change AFTER UPDATE OF settled_at, package_id ON claims
BEGIN
    UPDATE packages SET disputed = EXISTS (SELECT 1 FROM claims WHERE package_id = packages.id AND settled_at IS NULL)
    WHERE id IN (OLD.package_id, NEW.package_id);
END;
