-- {guia} may be "2 paquetes": a sentence around it is true of one and of several, so that nobody reads "2 paquetes lo
-- espera".  Whoever has written a version of their own keeps it: the house's words are known by these.
WITH wordings(event, channel, was, subject, body) AS (VALUES
('package_announced', 'sms', '{punto}: anuncio recibido. Guía {guia}, código de consulta {codigo}. Le avisamos cuando llegue: {enlace}', NULL,
 '{punto}: anuncio recibido: {guia}. Código de consulta {codigo}. Le avisamos cuando llegue: {enlace}'),
('package_announced', 'email', 'Hola, {nombre}:

Recibimos el anuncio de su paquete con guía {guia}.
%', 'Recibimos su anuncio: {guia}', 'Hola, {nombre}:

Recibimos su anuncio: {guia}.
Su código de consulta es {codigo}.

Le avisamos cuando llegue al punto. Puede ver su estado aquí:
{enlace}

{punto} · {direccion} · {horario}
Usamos sus datos solo para recibir y entregar sus paquetes y avisarle de ellos.'),
('package_delivered', 'email', 'Hola, {nombre}:

Entregamos {guia}. Su recibo queda aquí:
%', 'Entregamos {guia}', NULL),
('package_cancelled', 'email', 'Hola, {nombre}:

Se canceló {guia}. Aquí puede ver por qué:
%', 'Cancelamos {guia}', 'Hola, {nombre}:

Cancelamos {guia}. Aquí puede ver por qué:
{enlace}

{punto} · {direccion} · {horario}'),
('package_received', 'email', 'Hola, {nombre}:

Ya puede recoger: {guia}.
%', 'Listo para recoger: {guia}', NULL),
('pickup_reminder', 'sms', '{punto}: {guia} lo espera. Paga {costo}; desde {desde}, {manana}. Código de entrega {entrega}. {enlace}', NULL,
 '{punto}: le guardamos {guia}. Paga {costo}; desde {desde}, {manana}. Código de entrega {entrega}. {enlace}'),
('pickup_reminder', 'email', 'Hola, {nombre}:

Todavía no ha recogido: {guia}.
%', 'Por recoger: {guia}', NULL))
INSERT INTO notification_templates (event, channel, version, subject, body, class, is_active, created_at)
SELECT t.event, t.channel, t.version + 1, coalesce(w.subject, t.subject), coalesce(w.body, t.body), t.class, t.is_active, unixepoch()
FROM notification_templates t JOIN wordings w ON w.event = t.event AND w.channel = t.channel
WHERE t.language = 'es' AND t.created_by IS NULL AND t.body LIKE w.was
 AND NOT EXISTS (SELECT 1 FROM notification_templates o WHERE o.event = t.event AND o.channel = t.channel
                 AND o.language = t.language AND o.version > t.version);
