-- Whoever announces a parcel writes an e-mail beside a phone that may be somebody else's.  Until the
-- phone's owner says that it is theirs, letters to it hold no code and no secret link.
ALTER TABLE customers ADD COLUMN email_confirmed_at INTEGER;
UPDATE customers SET email_confirmed_at = created_at WHERE email IS NOT NULL;
-- The owner sees and ends every authorisation of theirs, by whichever link it was made.
CREATE INDEX pickup_authorizations_customer ON pickup_authorizations(customer_id) WHERE customer_id IS NOT NULL;
