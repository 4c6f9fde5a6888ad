-- The audit log is read by who, what, on which row, in which request and when.
CREATE INDEX audit_by_user ON audit_log(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_by_action ON audit_log(action);
CREATE INDEX audit_by_object ON audit_log(object, object_id);
CREATE INDEX audit_by_request ON audit_log(request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_by_time ON audit_log(at);
