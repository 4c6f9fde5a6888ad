-- Who types an e-mail whole on the page of their phone's link shows that they have the phone, not the mailbox: until
-- the letter's own link is opened too, this instant is all that is known.  E-mails that were typed before stay.
ALTER TABLE packages ADD COLUMN email_said_at INTEGER;
