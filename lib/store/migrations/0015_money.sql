-- A position that two administrators change at once is changed by the first (If-Match).
ALTER TABLE positions ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- What a parcel costs tomorrow is told when it arrives, by SMS as by mail.  One part with a usual guide.  Whoever
-- has written a version of their own keeps it.
INSERT INTO notification_templates (event, channel, version, body, class, is_active, created_at)
SELECT event, channel, 2,
    '{punto}: llegó {guia}. Hoy paga {costo}; desde {desde}, {manana}. Código {entrega}. {enlace}', class, is_active,
    unixepoch()
FROM notification_templates t WHERE event = 'package_received' AND channel = 'sms' AND language = 'es' AND version = 1
 AND NOT EXISTS (SELECT 1 FROM notification_templates o WHERE o.event = t.event AND o.channel = t.channel
                 AND o.language = t.language AND o.version > 1);
