-- What a message said when it left, its codes and the secret part of its links hidden; NULL: it has not left.
ALTER TABLE notifications ADD COLUMN said TEXT;
