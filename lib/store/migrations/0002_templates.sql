-- First wording of the messages; edited later as new versions, never in place.
-- SMS stay within GSM-7 and, with usual values, within one or two parts.
INSERT INTO notification_templates (event, channel, version, subject, body, class, created_at) VALUES
('package_announced', 'sms', 1, NULL,
 '{punto}: anuncio recibido. Guía {guia}, código de consulta {codigo}. Le avisamos cuando llegue: {enlace}', 'informativa', 0),
('package_announced', 'email', 1, 'Anunciamos su paquete {guia}',
 'Hola, {nombre}:

Recibimos el anuncio de su paquete con guía {guia}.
Su código de consulta es {codigo}.

Le avisamos cuando llegue al punto. Puede ver su estado aquí:
{enlace}

{punto} · {direccion} · {horario}
Usamos sus datos solo para recibir y entregar sus paquetes y avisarle de ellos.', 'informativa', 0),
('package_received', 'sms', 1, NULL,
 '{punto}: llegó {guia}. Hoy paga {costo}. Código de entrega {entrega}. Detalle: {enlace}', 'informativa', 0),
('package_received', 'email', 1, 'Su paquete está listo: {guia}',
 'Hola, {nombre}:

Ya puede recoger: {guia}.

Código de entrega: {entrega}
Muéstrelo en el punto o díctelo; no lo comparta con nadie más.

Hoy paga {costo}. Desde {desde} paga {manana}.

Fotos e historia del paquete:
{enlace}

{punto} · {direccion} · {horario}
Usamos sus datos solo para recibir y entregar sus paquetes y avisarle de ellos.', 'informativa', 0),
('package_delivered', 'sms', 1, NULL,
 '{punto}: entregamos {guia}. Si no fue usted, responda de inmediato en el punto. Recibo: {enlace}', 'informativa', 0),
('package_delivered', 'email', 1, 'Entregamos su paquete {guia}',
 'Hola, {nombre}:

Entregamos {guia}. Su recibo queda aquí:
{enlace}

Si usted no lo recogió ni autorizó a nadie, avísenos de inmediato.

{punto} · {direccion} · {horario}', 'informativa', 0),
('package_cancelled', 'sms', 1, NULL,
 '{punto}: se canceló {guia}. Si no lo esperaba, pregunte en el punto. {enlace}', 'informativa', 0),
('package_cancelled', 'email', 1, 'Se canceló su paquete {guia}',
 'Hola, {nombre}:

Se canceló {guia}. Aquí puede ver por qué:
{enlace}

{punto} · {direccion} · {horario}', 'informativa', 0),
('password_reset', 'email', 1, 'Cambiar su contraseña de {punto}',
 'Hola, {nombre}:

Alguien pidió cambiar su contraseña. Si fue usted, abra este enlace; sirve una vez y durante una hora:
{enlace}

Si no fue usted, no haga nada: su contraseña sigue igual.', 'informativa', 0),
('pickup_reminder', 'sms', 1, NULL,
 '{punto}: {guia} lo espera. Hoy paga {costo}; desde {desde}, {manana}. Código de entrega {entrega}. {enlace}', 'cobranza', 0),
('pickup_reminder', 'email', 1, 'Su paquete lo espera: {guia}',
 'Hola, {nombre}:

Todavía no ha recogido: {guia}.

Código de entrega: {entrega}
Hoy paga {costo}. Desde {desde} paga {manana}.

Fotos e historia del paquete:
{enlace}

{punto} · {direccion} · {horario}
Si no quiere estos recordatorios por correo: {baja}', 'cobranza', 0),
('custom_message', 'sms', 1, NULL, '{punto}: {texto}', 'informativa', 0),
('custom_message', 'email', 1, 'Mensaje de {punto}',
 'Hola, {nombre}:

{texto}

{punto} · {direccion} · {horario}', 'informativa', 0);
