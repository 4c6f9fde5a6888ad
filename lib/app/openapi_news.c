/* News that programs of others are told, as the member `webhooks` of the API's description: a request for each kind of news,
 * which the point makes and the program answers. */
#include "app/openapi_part.h"
#include "app/schema_example.h"
#include "base/words.h"
#include "domain/ground/news.h"

#define TAG "news"

static struct json_object *news_parameters(struct openapi *o)
{
    static const char *const names[] = { "webhook_id", "webhook_timestamp", "webhook_signature" };
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < COUNT(names); i++)
        json_object_array_add(list, openapi_ref(o, "parameters", names[i]));
    return list;
}

/* {"type": "object"} with these members, of which *need are there always. */
static struct json_object *object_schema(struct json_object *members, struct json_object *need)
{
    struct json_object *s = json_object_new_object();

    json_add_text(s, "type", "object");
    json_add(s, "properties", members);
    json_add(s, "required", need);
    return s;
}

static struct json_object *data_schema(struct openapi *o, const struct news_shape *shape)
{
    struct json_object *members = json_object_new_object(), *need = json_object_new_array();

    for (size_t i = 0; i < COUNT(shape->members) && shape->members[i].name != NULL; i++) {
        const struct news_member *m = &shape->members[i];

        json_object_object_add(members, m->name, fields_schema(o, m->fields, m->table));
        if (m->always)
            json_object_array_add(need, json_object_new_string(m->name));
    }
    return object_schema(members, need);
}

static struct json_object *instant_schema(void)
{
    struct json_object *s = json_object_new_object(), *list = json_object_new_array();

    json_add_text(s, "type", "string");
    json_add_text(s, "format", "date-time");
    json_add_text(s, "description", "Cuándo pasó");
    json_object_array_add(list, json_object_new_string("2026-11-30T10:15:00-05:00"));
    json_add(s, "examples", list);
    return s;
}

static struct json_object *news_schema(struct openapi *o, const struct word *kind, const struct news_shape *shape)
{
    struct json_object *members = json_object_new_object(), *need = json_object_new_array(),
                       *type = json_object_new_object();
    static const char *const names[] = { "type", "timestamp", "data" };

    json_add_text(type, "type", "string");
    json_add_text(type, "const", kind->value);
    json_add(members, "type", type);
    json_add(members, "timestamp", instant_schema());
    json_add(members, "data", data_schema(o, shape));
    for (size_t i = 0; i < COUNT(names); i++)
        json_object_array_add(need, json_object_new_string(names[i]));
    return object_schema(members, need);
}

static struct json_object *news_body(struct openapi *o, const struct word *kind, const struct news_shape *shape)
{
    struct json_object *body = json_object_new_object(), *content = openapi_member(body, "content"),
                       *media = openapi_member(content, "application/json"), *schema = news_schema(o, kind, shape);

    json_add(media, "example", schema_example(o->doc, schema));
    json_add(media, "schema", schema);
    json_add_bool(body, "required", true);
    return body;
}

static struct json_object *news_answers(void)
{
    struct json_object *all = json_object_new_object();

    json_add_text(openapi_member(all, "2XX"), "description", "Recibido. Con cualquier otra respuesta, o ninguna en 10 segundos,"
                  " se intenta otra vez durante tres días");
    json_add_text(openapi_member(all, "410"), "description", "Ya no se quieren avisos: la dirección queda en pausa");
    return all;
}

static void news_describe(struct openapi *o, const struct word *kind, const struct news_shape *shape)
{
    struct json_object *op = openapi_member(openapi_member(openapi_member(o->doc, "webhooks"), kind->value), "post"),
                       *tags = json_object_new_array();
    char *id = arena_printf(o->a, "on_%s", kind->value);

    for (char *c = id; *c != '\0'; c++)
        *c = (char)(*c == '.' ? '_' : *c);
    json_object_array_add(tags, json_object_new_string(TAG));
    json_add_text(op, "operationId", id);
    json_add(op, "tags", tags);
    json_add_text(op, "summary", kind->words);
    json_add_text(op, "description", "La solicitud la hace el punto, a cada dirección de avisos que quiere saberlo.");
    json_add(op, "security", json_object_new_array());
    json_add(op, "parameters", news_parameters(o));
    json_add(op, "requestBody", news_body(o, kind, shape));
    json_add(op, "responses", news_answers());
}

void openapi_news(struct openapi *o, const struct news_shape *shapes)
{
    struct json_object *tag = json_object_new_object();

    for (const struct word *kind = news_kinds; kind->value != NULL; kind++) {
        const struct news_shape *shape = shapes;
        const struct route like = { POST, .path = kind->value };

        while (shape->kinds[0] != '\0' && !has_prefix(kind->value, shape->kinds))
            shape++;
        o->rt = &like;
        if (shape->kinds[0] == '\0')
            openapi_lacks(o, "no row of the area's `tells` says what it tells of");
        news_describe(o, kind, shape);
    }
    o->rt = NULL;
    json_add_text(tag, "name", TAG);
    json_add_text(tag, "description", "Avisos que el punto hace a otros programas");
    json_object_array_add(json_object_object_get(o->doc, "tags"), tag);
}
