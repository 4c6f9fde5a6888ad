-- Who claims a guide that another person announced gives consent as any announcement does; from which
-- network it came tells the same person again (ground/throttle.h), and is NULL where staff wrote it.
ALTER TABLE claims ADD COLUMN network TEXT;
ALTER TABLE consents ADD COLUMN claim_id INTEGER REFERENCES claims(id);
CREATE INDEX consents_claim ON consents(claim_id) WHERE claim_id IS NOT NULL;

-- A message about a package may go to somebody else than its customer: reader_id is the claim of who claims it, or
-- the authorisation of whom the customer named, by the event; 0: it goes to the customer.
CREATE TABLE notification_packages_new (
    notification_id INTEGER NOT NULL REFERENCES notifications(id),
    package_id INTEGER NOT NULL REFERENCES packages(id),
    event TEXT NOT NULL,
    channel TEXT NOT NULL,
    occurrence INTEGER NOT NULL,  -- the package event that caused it
    reader_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (package_id, event, channel, occurrence, reader_id)
) STRICT, WITHOUT ROWID;
INSERT INTO notification_packages_new (notification_id, package_id, event, channel, occurrence)
SELECT notification_id, package_id, event, channel, occurrence FROM notification_packages;
DROP TABLE notification_packages;
ALTER TABLE notification_packages_new RENAME TO notification_packages;
CREATE INDEX notification_packages_of ON notification_packages(notification_id);

-- Messages that waited to be sent to who claims a package, and those that were sent, are shown with it.
INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence, reader_id)
SELECT n.id, k.package_id, n.event, n.channel, -n.id, k.id
FROM notifications n JOIN claims k ON k.id = n.variables ->> 'claim_id' WHERE n.event = 'package_disputed';

-- 1: it is about a parcel that has been on the shelf, so that it may spend the whole budget of SMS though strangers
-- can cause a message of that kind.
ALTER TABLE notifications ADD COLUMN reserve INTEGER NOT NULL DEFAULT 0 CHECK (reserve IN (0, 1));
