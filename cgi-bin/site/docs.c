/* The pages of /docs are made of the same file that programs read, which the build makes of the route tables. */
#include "cgi-bin/site/docs.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>

#include "app/schema_example.h"
#include "base/file.h"
#include "base/log.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "cgi-bin/site/schema.h"
#include "cgi-bin/texts.h"

#define DOCUMENT_MAX (8 << 20)   /* bytes */
#define JSON_TYPE "application/json"
#define PRETTY (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED)

struct docs_in { const char *q; };
static const struct param docs_rows[] = {
    PARAM(struct docs_in, q, P_TEXT, 0, 0, 60, "Palabras de la operación, o parte de su dirección"),
};
const struct params docs_params = PARAMS(struct docs_in, docs_rows);

struct docs_operation_in { const char *operation; };
static const struct param docs_operation_rows[] = {
    PARAM(struct docs_operation_in, operation, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 1, 120, "operationId de la operación"),
};
const struct params docs_operation_params = PARAMS(struct docs_operation_in, docs_operation_rows);

/* ---- the document ---- */

/* The document is read once, and again when the file is another: whoever asks for it by the hundred makes no work. */
static struct { struct stat file; struct buf text; struct json_object *doc; } kept;

static bool document_is_kept(const char *path)
{
    struct stat now;

    return kept.doc != NULL && stat(path, &now) == 0 && now.st_ino == kept.file.st_ino && now.st_dev == kept.file.st_dev
        && now.st_size == kept.file.st_size && now.st_mtim.tv_sec == kept.file.st_mtim.tv_sec
        && now.st_mtim.tv_nsec == kept.file.st_mtim.tv_nsec;
}

/* Reads the document anew.  What was kept stays when the file cannot be read. */
static void document_keep(struct req *r, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat file;
    const char *text = fd >= 0 && fstat(fd, &file) == 0 ? file_read(r->c->a, fd, DOCUMENT_MAX) : NULL;
    struct json_object *doc = text != NULL ? json_tokener_parse(text) : NULL;

    if (doc == NULL) {
        log_error("docs.document", "file", path, "request_id", r->c->request_id);
        return;
    }
    log_info("docs.document", "file", path, "bytes", NUM(file.st_size));
    json_object_put(kept.doc);
    buf_free(&kept.text);
    kept.file = file;
    kept.doc = doc;
    buf_str(&kept.text, text);
}

/* The document, which is the process's; NULL when there is none. */
static struct json_object *document_open(struct req *r)
{
    const char *path = r->c->conf->api_file;

    if (!document_is_kept(path))
        document_keep(r, path);
    return kept.doc;
}

enum err docs_openapi(struct req *r)
{
    if (document_open(r) == NULL)
        return req_fail(r, E_INTERNAL, T_INTERNAL);
    buf_add(&r->body, kept.text.data, kept.text.len);
    return req_raw(r, JSON_TYPE "; charset=utf-8");
}

/* An operation of the document, with where it is; told: the point makes it, and `path` is the kind of news. */
struct operation { const char *method, *path; struct json_object *is; bool told; };

/* Calls `see` with every operation, and with every request that the point makes, until it says true. */
static bool operations_see(struct json_object *doc, bool (*see)(void *x, const struct operation *op), void *x)
{
    static const char *const kinds[] = { "paths", "webhooks" };

    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct json_object *all = json_member(doc, kinds[i]);

        if (all == NULL)
            continue;
        json_object_object_foreach(all, path, methods)
        {
            json_object_object_foreach(methods, method, is)
                if (see(x, &(struct operation){ method, path, is, i > 0 }))
                    return true;
        }
    }
    return false;
}

static const char *operation_tag(const struct operation *op)
{
    return json_object_get_string(json_object_array_get_idx(json_member(op->is, "tags"), 0));
}

static void operation_values(struct view_node *n, struct arena *a, const struct operation *op)
{
    char *method = arena_strdup(a, op->method);

    for (char *c = method; *c != '\0'; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    view_text(n, "method", method);
    view_text(n, "path", op->path);
    view_text(n, "id", json_member_text(op->is, "operationId"));
    view_bool(n, "told", op->told);
    view_text(n, "summary", json_member_text(op->is, "summary"));
    view_text(n, "who", json_member_text(op->is, "description"));
}

/* ---- the list of them ---- */

struct listing { struct req *r; const char *tag, *about, *words; struct view_node *area; int64_t found; };

/* Whether every word that was asked for is in the operation's words or address. */
static bool operation_fits(const struct listing *x, const struct operation *op)
{
    struct arena *a = x->r->c->a;
    const char *all = utf8_fold(a, arena_printf(a, "%s %s %s %s %s", op->method, op->path, json_member_text(op->is, "summary"),
                                                json_member_text(op->is, "operationId"), x->about));

    for (const char *at = x->words; *at != '\0'; at += strspn(at, " ")) {
        const size_t n = strcspn(at, " ");

        if (all == NULL || strstr(all, arena_strndup(a, at, n)) == NULL)
            return false;
        at += n;
    }
    return true;
}

static bool operation_list(void *arg, const struct operation *op)
{
    struct listing *x = arg;

    if (!streq(operation_tag(op), x->tag) || !operation_fits(x, op))
        return false;
    if (x->area == NULL)
        x->area = view_row(x->r->page, "areas");
    operation_values(view_row(x->area, "operations"), x->r->c->a, op);
    x->found++;
    return false;
}

static void problem_list(struct req *r)
{
    for (enum err e = E_MALFORMED; e < ERR_COUNT; e++) {
        struct view_node *row = view_row(r->page, "problems");

        view_text(row, "name", err_name(e));
        view_text(row, "title", problem_title(e));
        view_int(row, "status", err_status(e));
    }
}

enum err docs_index(struct req *r)
{
    const struct docs_in *in = r->in;
    struct json_object *doc = document_open(r), *tags = json_member(doc, "tags");
    const char *words = in->q != NULL ? utf8_fold(r->c->a, in->q) : "";
    struct listing x = { .r = r, .words = words != NULL ? words : "" };

    if (doc == NULL)
        return req_fail(r, E_INTERNAL, T_INTERNAL);
    for (size_t i = 0; i < json_object_array_length(tags); i++) {
        struct json_object *tag = json_object_array_get_idx(tags, i);

        x.tag = json_member_text(tag, "name");
        x.about = json_member_text(tag, "description");
        x.area = NULL;
        operations_see(doc, operation_list, &x);
        if (x.area != NULL)
            view_text(x.area, "about", x.about);
    }
    view_text(r->page, "form.q", in->q);
    view_int(r->page, "found", x.found);
    view_text(r->page, "base", r->c->conf->public_url);
    problem_list(r);
    return req_page(r, "site/docs.cst");
}

/* ---- one of them ---- */

struct finding { const char *id; struct operation op; };

static bool operation_find(void *arg, const struct operation *op)
{
    struct finding *x = arg;

    x->op = *op;
    return streq(json_member_text(op->is, "operationId"), x->id);
}

static void parameter_list(struct req *r, struct json_object *doc, const struct operation *op)
{
    static const struct word places[] = { { "path", "en la dirección" }, { "query", "en la consulta (?)" },
                                          { "header", "encabezado" }, WORDS_END };
    struct json_object *list = json_member(op->is, "parameters");

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *p = schema_resolve(doc, json_object_array_get_idx(list, i));
        struct view_node *row = view_row(r->page, "parameters");

        view_text(row, "name", json_member_text(p, "name"));
        view_text(row, "place", words_of(places, json_member_text(p, "in")));
        view_text(row, "kind", schema_words(r->c->a, doc, json_member(p, "schema")));
        view_text(row, "doc", json_member_text(p, "description"));
        view_bool(row, "required", json_object_get_boolean(json_member(p, "required")));
    }
}

/* The answer when all went well: the first of them in the document. */
static void success_values(struct req *r, struct json_object *doc, const struct operation *op)
{
    struct view_node *n = view_child(r->page, "answer");
    struct json_object *schema = NULL, *example;

    json_object_object_foreach(json_member(op->is, "responses"), status, answer)
    {
        struct json_object *content = json_member(answer, "content");

        view_text(n, "status", status);
        view_text(n, "doc", json_member_text(answer, "description"));
        view_bool(n, "told", op->told);
        if (content == NULL)
            return;
        json_object_object_foreach(content, type, media)
        {
            view_text(n, "type", type);
            schema = json_member(media, "schema");
        }
        if (json_member(schema_resolve(doc, schema), "properties") == NULL)
            return;
        schema_rows(n, r->c->a, doc, schema);
        example = schema_example(doc, schema);
        view_text(n, "example", arena_strdup(r->c->a, json_object_to_json_string_ext(example, PRETTY)));
        json_object_put(example);
        return;
    }
}

static void failure_list(struct req *r, struct json_object *doc, const struct operation *op)
{
    json_object_object_foreach(json_member(op->is, "responses"), status, answer)
    {
        const char *ref = json_member_text(answer, "$ref"), *name = strrchr(ref, '/');
        struct view_node *row;

        if (name == NULL || status[0] < '4')
            continue;
        row = view_row(r->page, "problems");
        view_text(row, "status", status);
        view_text(row, "name", name + 1);
        view_text(row, "title", json_member_text(schema_resolve(doc, answer), "description"));
    }
}

/* Writes the example's call for a terminal; a value of the path is the parameter's example. */
static void example_values(struct req *r, struct json_object *doc, const struct operation *op)
{
    struct json_object *list = json_member(op->is, "parameters"), *body = json_member(json_member(op->is, "requestBody"), "content");
    struct json_object *example = json_member(json_member(body, JSON_TYPE), "example");
    struct arena *a = r->c->a;
    struct view_node *n = view_child(r->page, "example");
    const char *path = op->path;

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *p = schema_resolve(doc, json_object_array_get_idx(list, i));
        const char *hole = arena_printf(a, "{%s}", json_member_text(p, "name")), *at = strstr(path, hole);

        if (at != NULL && streq(json_member_text(p, "in"), "path"))
            path = arena_printf(a, "%.*s%s%s", (int)(at - path), path, json_object_get_string(json_object_array_get_idx(
                json_member(json_member(p, "schema"), "examples"), 0)), at + strlen(hole));
        view_bool(n, "key", streq(json_member_text(p, "name"), "Idempotency-Key") && json_object_get_boolean(json_member(p, "required")));
    }
    view_text(n, "address", arena_printf(a, "%s%s", r->c->conf->public_url, path));
    view_bool(n, "token", json_object_array_length(json_member(op->is, "security")) > 0);
    if (example != NULL)
        view_text(n, "body", arena_strdup(r->c->a, json_object_to_json_string_ext(example, PRETTY)));
}

enum err docs_operation(struct req *r)
{
    const struct docs_operation_in *in = r->in;
    struct json_object *doc = document_open(r), *content, *media;
    struct finding x = { .id = in->operation };

    if (doc == NULL)
        return req_fail(r, E_INTERNAL, T_INTERNAL);
    if (!operations_see(doc, operation_find, &x))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    req_title(r, arena_strdup(r->c->a, json_member_text(x.op.is, "summary")));
    operation_values(view_child(r->page, "operation"), r->c->a, &x.op);
    parameter_list(r, doc, &x.op);
    content = json_member(json_member(x.op.is, "requestBody"), "content");
    media = json_member(content, "multipart/form-data") != NULL ? json_member(content, "multipart/form-data") : json_member(content, JSON_TYPE);
    if (media != NULL)
        schema_rows(view_child(r->page, "body"), r->c->a, doc, json_member(media, "schema"));
    view_bool(r->page, "body.files", json_member(content, "multipart/form-data") != NULL);
    success_values(r, doc, &x.op);
    failure_list(r, doc, &x.op);
    example_values(r, doc, &x.op);
    return req_page(r, "site/docs_operation.cst");
}
