/* Problem: a fault as application/problem+json (RFC 9457). */
#include "base/buf.h"
#include "base/ctx.h"
#include "json/json.h"
#include "http/request.h"

static const char *const titles[ERR_COUNT] = {
    [OK] = "Sin error",
    [E_MALFORMED] = "Solicitud ilegible",
    [E_AUTH] = "Falta identificarse",
    [E_FORBIDDEN] = "Sin permiso",
    [E_NOT_FOUND] = "No existe",
    [E_METHOD] = "Método no admitido",
    [E_CONFLICT] = "El estado no lo permite",
    [E_PRECONDITION] = "Cambió mientras tanto",
    [E_TOO_LARGE] = "Demasiado grande",
    [E_MEDIA] = "Tipo de contenido desconocido",
    [E_INVALID] = "Datos por corregir",
    [E_THROTTLED] = "Demasiados intentos",
    [E_INTERNAL] = "Error interno",
    [E_BUSY] = "Mucha actividad",
    [E_FULL] = "No hay espacio",
};

const char *problem_title(enum err e)
{
    return titles[(unsigned)e < ERR_COUNT ? e : E_INTERNAL];
}

static const char *const advices[ERR_COUNT] = {
    [E_MALFORMED] = "La solicitud no se pudo leer. Revise el JSON, los encabezados y la codificación UTF-8.",
    [E_AUTH] = "Envíe Authorization: Bearer con un token vigente.",
    [E_FORBIDDEN] = "El rol o los permisos del token no alcanzan para esta acción.",
    [E_NOT_FOUND] = "No existe, o este token no puede verlo. Las dos cosas se responden igual.",
    [E_METHOD] = "Use uno de los métodos del encabezado Allow.",
    [E_CONFLICT] = "El estado no lo permite o cambió mientras tanto. Consulte el estado antes de repetir.",
    [E_PRECONDITION] = "El recurso cambió desde que usted lo leyó. Léalo otra vez y repita con su ETag.",
    [E_TOO_LARGE] = "El envío supera el límite que dice la respuesta. Divídalo.",
    [E_MEDIA] = "Use application/json, un formulario o multipart/form-data, según la operación.",
    [E_INVALID] = "La lista errors dice cada campo equivocado y qué se esperaba. Corríjalos y repita.",
    [E_THROTTLED] = "Espere los segundos del encabezado Retry-After.",
    [E_INTERNAL] = "El error es nuestro y quedó registrado. Al avisarnos, dé el valor de instance.",
    [E_BUSY] = "Repita después de los segundos del encabezado Retry-After, con la misma Idempotency-Key.",
    [E_FULL] = "El servidor no tiene espacio: nada se guardó. Repita con la misma Idempotency-Key cuando lo haya.",
};

const char *problem_advice(enum err e)
{
    return advices[(unsigned)e < ERR_COUNT ? e : E_INTERNAL];
}

/* Writes the name of a field as a JSON pointer in a fragment (RFC 6901): "#/name". */
static void pointer_write(struct buf *b, const char *field)
{
    buf_str(b, "#/");
    for (; *field != '\0'; field++) {
        if (*field == '~')
            buf_str(b, "~0");
        else if (*field == '/')
            buf_str(b, "~1");
        else
            buf_char(b, *field);
    }
}

static struct json_object *field_errors(struct ctx *c)
{
    struct json_object *list = json_object_new_array();
    struct buf pointer = { 0 };

    for (const struct fault *f = &c->fault; f != NULL; f = f->next) {
        struct json_object *o = json_object_new_object();

        buf_reset(&pointer);
        pointer_write(&pointer, f->field == NULL ? "" : f->field);
        json_add_text(o, "pointer", pointer.data);
        json_add_text(o, "message", fault_sentence(c->a, f));
        json_object_array_add(list, o);
    }
    buf_free(&pointer);
    return list;
}

void problem_write(struct buf *out, struct ctx *c, int status)
{
    enum err e = (unsigned)c->fault.err < ERR_COUNT ? c->fault.err : E_INTERNAL;
    struct json_object *o = json_object_new_object();

    json_add_text(o, "type", arena_printf(c->a, "/docs/errors/%s", err_name(e)));
    json_add_text(o, "title", problem_title(e));
    json_add_int(o, "status", status);
    json_add_text(o, "detail", fault_sentence(c->a, &c->fault));
    json_add_text(o, "instance", c->request_id);
    if (e == E_INVALID)
        json_add(o, "errors", field_errors(c));
    json_write(out, o);
    json_object_put(o);
}
