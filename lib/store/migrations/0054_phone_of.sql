-- A new person read the whole table of people to learn whose phone it is, since a condition with CASE has no index: the more
-- people, the slower each announcement.
DROP TRIGGER customer_phone_new;
CREATE TRIGGER customer_phone_new AFTER INSERT ON customers WHEN NEW.phone IS NOT NULL
BEGIN
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = NEW.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id)
    WHERE id = NEW.id;
    UPDATE customers SET phone_of = nullif((SELECT f.customer_id FROM phone_people f WHERE f.phone = NEW.phone
        ORDER BY f.known_at, f.customer_id LIMIT 1), id)
    WHERE phone = NEW.phone AND NEW.known_at IS NOT NULL AND id <> NEW.id;
END;
