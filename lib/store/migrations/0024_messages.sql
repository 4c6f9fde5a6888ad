-- Messages are read later than they are sent: no "hoy", which the reader takes for their own.  An SMS has no ó, so
-- "llegó" read "llego", and "canceló" "cancelo".  Whoever has written a version of their own keeps it:
-- the house's first versions are of the instant 0, and that of 0014 is known by its words.
WITH wordings(event, channel, body) AS (VALUES
('package_received', 'sms', '{punto}: recibimos {guia}. Paga {costo}; desde {desde}, {manana}. Código {entrega}. {enlace}'),
('package_received', 'email', 'Hola, {nombre}:

Ya puede recoger: {guia}.

Código de entrega: {entrega}
Muéstrelo en el punto o díctelo; no lo comparta con nadie más.

Paga {costo}. Desde {desde} paga {manana}.

Fotos e historia del paquete:
{enlace}

{punto} · {direccion} · {horario}
Usamos sus datos solo para recibir y entregar sus paquetes y avisarle de ellos.'),
('package_cancelled', 'sms', '{punto}: cancelamos {guia}. Si no lo esperaba, pregunte en el punto. {enlace}'),
('pickup_reminder', 'sms', '{punto}: {guia} lo espera. Paga {costo}; desde {desde}, {manana}. Código de entrega {entrega}. {enlace}'),
('pickup_reminder', 'email', 'Hola, {nombre}:

Todavía no ha recogido: {guia}.

Código de entrega: {entrega}
Paga {costo}. Desde {desde} paga {manana}.

Fotos e historia del paquete:
{enlace}

{punto} · {direccion} · {horario}
Si no quiere estos recordatorios por correo: {baja}'))
INSERT INTO notification_templates (event, channel, version, subject, body, class, is_active, created_at)
SELECT t.event, t.channel, t.version + 1, t.subject, w.body, t.class, t.is_active, unixepoch()
FROM notification_templates t JOIN wordings w ON w.event = t.event AND w.channel = t.channel
WHERE t.language = 'es' AND (t.created_at = 0
 OR t.body = '{punto}: llegó {guia}. Hoy paga {costo}; desde {desde}, {manana}. Código {entrega}. {enlace}')
 AND NOT EXISTS (SELECT 1 FROM notification_templates o WHERE o.event = t.event AND o.channel = t.channel
                 AND o.language = t.language AND o.version > t.version);

-- A message is settled with its job since now; these waited for jobs that are dead.
UPDATE notifications SET state = 'failed', error = coalesce(error, 'venció sin ejecutarse')
WHERE state = 'queued' AND job_id IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_id AND j.state IN ('ready', 'running'));
