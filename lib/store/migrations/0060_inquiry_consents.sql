-- Who asks about a box that nobody here knows consents as those do who announce one.  When the question goes, its consent
-- keeps what was agreed to and when, and nothing of the person.
ALTER TABLE consents ADD COLUMN inquiry_id INTEGER REFERENCES inquiries(id);
CREATE INDEX consents_inquiry ON consents(inquiry_id) WHERE inquiry_id IS NOT NULL;
CREATE TRIGGER inquiries_forget_consent BEFORE DELETE ON inquiries BEGIN
    UPDATE consents SET address = '', inquiry_id = NULL WHERE inquiry_id = OLD.id;
END;
