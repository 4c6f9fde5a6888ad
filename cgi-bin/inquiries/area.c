/* Inquiries: what residents ask by the link of their package, and boxes that a carrier says it left here: the inbox, one
 * question with its package beside it, what is done with it, and the answers that are written already. */
#include "app/route.h"

#include "base/log.h"
#include "base/texts.h"
#include "cgi-bin/texts.h"
#include "local/money.h"
#include "page.h"

/* ---- parameters ---- */

#define F struct inquiry_filter
#define FILTER                                                                                                     \
    PARAM_ENUM(F, state, 0, inquiry_states, "Estado; sin él, las que esperan una respuesta"),                          \
    PARAM_ENUM(F, category, 0, inquiry_categories, "De qué trata"),                                                    \
    PARAM_ENUM(F, priority, 0, inquiry_priorities, "Qué tan pronto"),                                                  \
    PARAM(F, mine, P_BOOL, 0, 0, 0, "Solo las de quien pregunta"),                                                     \
    PARAM(F, assigned_to, P_ID, 0, 0, 0, "Solo las de esta persona")
static const struct param list_rows[] = {
    FILTER,
    PARAM(F, after, P_ID, 0, 0, 0, "Número de la última pregunta ya vista"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

static const struct param sheet_rows[] = { FILTER };
static const struct params sheet_params = PARAMS(F, sheet_rows);

#define INQUIRY_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Pregunta")
struct one_in { int64_t id, canned; };
static const struct param one_rows[] = {
    INQUIRY_ID(struct one_in),
    PARAM(struct one_in, canned, P_ID, PARAM_PAGE, 0, 0, "La respuesta escrita con la que se empieza"),
};
static const struct params one_params = PARAMS(struct one_in, one_rows);

#define A struct inquiry_answer_in
static const struct param answer_rows[] = {
    INQUIRY_ID(A),
    PARAM(A, answer, P_LONG, PARAM_REQUIRED, ANSWER_LEAST, ANSWER_MOST, "La respuesta, de 5 a 2000 caracteres"),
    PARAM(A, seen, P_INT, PARAM_MAYBE, 0, INT64_MAX, "El número de lo último que agregó quien preguntó, como se leyó; 0: nada"),
    PARAM(A, close, P_BOOL, 0, 0, 0, "Cerrarla también"),
};
static const struct params answer_params = PARAMS(A, answer_rows);

static const struct param assign_rows[] = {
    INQUIRY_ID(struct inquiry_assign_in),
    PARAM(struct inquiry_assign_in, user_id, P_ID, 0, 0, 0, "Quién se encarga; nadie, si no se dice"),
};
static const struct params assign_params = PARAMS(struct inquiry_assign_in, assign_rows);

static const struct param sort_rows[] = {
    INQUIRY_ID(struct inquiry_sort_in),
    PARAM_ENUM(struct inquiry_sort_in, priority, 0, inquiry_priorities, "Qué tan pronto; igual, si no se dice"),
    PARAM_ENUM(struct inquiry_sort_in, category, 0, inquiry_categories, "De qué trata; igual, si no se dice"),
};
static const struct params sort_params = PARAMS(struct inquiry_sort_in, sort_rows);

#define CHOSEN_MAX 200
struct close_many_in { struct ids ids; };
static const struct param close_many_rows[] = {
    PARAM(struct close_many_in, ids, P_IDS, 0, 0, CHOSEN_MAX, "Las preguntas"),
};
static const struct params close_many_params = PARAMS(struct close_many_in, close_many_rows);

static const struct param step_rows[] = {
    INQUIRY_ID(struct missing_step_in),
    PARAM_ENUM(struct missing_step_in, step, PARAM_REQUIRED, missing_steps, "Dónde se buscó"),
};
static const struct params step_params = PARAMS(struct missing_step_in, step_rows);

static const struct param found_rows[] = {
    INQUIRY_ID(struct missing_found_in),
    PARAM(struct missing_found_in, found, P_SCAN, PARAM_REQUIRED, 0, 2000, "El paquete que es: su guía o su código, como se escanea"),
};
static const struct params found_params = PARAMS(struct missing_found_in, found_rows);

static const struct param gone_rows[] = {
    INQUIRY_ID(struct missing_gone_in),
    PARAM(struct missing_gone_in, note, P_LONG, 0, 0, MISSING_NOTE, "Lo que se agrega a la carta"),
};
static const struct params gone_params = PARAMS(struct missing_gone_in, gone_rows);

#define K struct canned_answer_in
static const struct param canned_rows[] = {
    PARAM(K, id, P_ID, PARAM_PATH, 0, 0, "Respuesta escrita"),
    PARAM(K, title, P_TEXT, PARAM_REQUIRED, 1, CANNED_TITLE, "Título, como se elige"),
    PARAM(K, body, P_LONG, PARAM_REQUIRED, 1, CANNED_BODY, "Lo que dice, con sus {datos}"),
};
static const struct params canned_params = PARAMS(K, canned_rows);
static const struct param canned_new_rows[] = {
    PARAM(K, title, P_TEXT, PARAM_REQUIRED, 1, CANNED_TITLE, "Título, como se elige"),
    PARAM(K, body, P_LONG, PARAM_REQUIRED, 1, CANNED_BODY, "Lo que dice, con sus {datos}"),
};
static const struct params canned_new_params = PARAMS(K, canned_new_rows);
struct canned_one_in { int64_t id; };
static const struct param canned_one_rows[] = {
    PARAM(struct canned_one_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Respuesta escrita"),
};
static const struct params canned_one_params = PARAMS(struct canned_one_in, canned_one_rows);

/* ---- reading ---- */

/* A question whole, as the API gives it. */
struct inquiry_whole { struct inquiry inquiry; struct inquiry_reach reach; struct missing_look steps; };
#define W struct inquiry_whole
static const struct field whole_rows[] = {
    FIELD_PART(W, inquiry, inquiry_fields),
    FIELD_LIST_AS(W, inquiry.texts, "texts", inquiry_text_fields, "Lo que siguió, en su orden"),
    FIELD_OBJECT(W, reach, inquiry_reach_fields, "Cómo llega la respuesta a quien preguntó"),
    FIELD_LIST(W, steps, missing_step_fields, "De NO_LLEGO: dónde se busca, y quién lo hizo ya"),
};
FIELD_TABLE_HERE(W, whole_fields, whole_rows)

static enum err inquiry_whole(struct req *r, const struct inquiry *i)
{
    W whole = { .inquiry = *i };
    enum err e = inquiry_reach(r->c, i, &whole.reach);

    if (e == OK && streq(i->kind, "NO_LLEGO"))
        e = missing_looked(r->c, i->id, &whole.steps);
    return e != OK ? e : req_one(r, whole_fields, &whole);
}

static enum err inquiries(struct req *r)
{
    const struct inquiry_filter *f = r->in;
    struct inquiries all;
    enum err e = inquiry_list(r->c, f, &all);

    if (e != OK)
        return e;
    return req_is_api(r) ? req_list(r, inquiry_fields, all, all.next) : inquiries_page(r, f, &all);
}

static enum err inquiry_one(struct req *r)
{
    const struct one_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_by_id(r->c, in->id, &i);

    if (e != OK)
        return e;
    return req_is_api(r) ? inquiry_whole(r, &i) : inquiry_page(r, &i, in->canned);
}

static enum err inquiries_sheet(struct req *r)
{
    enum err e = inquiry_sheet(r->c, r->in, &r->body);

    if (e != OK)
        return e;
    req_header(r, "Content-Disposition", "attachment; filename=\"preguntas.csv\"");
    return req_raw(r, "text/csv; charset=utf-8");
}

static enum err stats_json(struct req *r)
{
    struct inquiry_stats stats;
    enum err e = inquiry_stats(r->c, &stats);

    return e != OK ? e : req_one(r, inquiry_stats_fields, &stats);
}

/* The number beside the menu's entry, which pages ask for again and again. */
static enum err waiting_badge(struct req *r)
{
    const int64_t n = inquiry_waiting(r->c);

    if (n > 0)
        view_text(r->page, "count", n > 99 ? "99+" : arena_strdup(r->c->a, NUM(n)));
    return req_bare(r, "layout/inquiries_count.cst");
}

/* ---- doing ---- */

/* Ends an act: the API gets the question as it is now, the page of the question says what was done. */
static enum err act_end(struct req *r, enum err e, const struct inquiry *i, const struct text *said)
{
    if (e != OK)
        return e;
    if (req_is_api(r))
        return inquiry_whole(r, i);
    req_flash(r, said, NULL);
    return req_redirect(r, "/messages/%lld", (long long)i->id);
}

/* Whether a message of that state is on its way, or arrived already when a click was repeated. */
static bool message_goes(const char *state)
{
    return state != NULL && !streq(state, "suppressed") && !streq(state, "cancelled");
}

/* "por SMS y correo": how the answer goes out; NULL: no message goes. */
static const char *answer_ways(const struct inquiry *i)
{
    const struct inquiry_text *t = i->texts.n > 0 ? &i->texts.v[i->texts.n - 1] : NULL;
    const bool sms = t != NULL && message_goes(t->sms), email = t != NULL && message_goes(t->email);

    return sms && email ? "por SMS y por correo" : sms ? "por SMS" : email ? "por correo" : NULL;
}

/* Says truly what came of an answer, and leads to what waits next. */
static enum err answer_end(struct req *r, const struct inquiry *i)
{
    const char *ways = answer_ways(i);
    struct inquiry_reach to;
    enum err e = ways != NULL ? OK : inquiry_reach(r->c, i, &to);

    if (e != OK)
        return e;
    if (ways != NULL)
        req_flash(r, T_INQUIRY_SENT, ways);
    else
        req_flash(r, to.page ? T_INQUIRY_ON_PAGE : T_INQUIRY_UNTOLD, to.why != NULL ? to.why : "");
    return ways != NULL ? req_redirect(r, "/messages") : req_redirect(r, "/messages/%lld", (long long)i->id);
}

static enum err inquiry_answering(struct req *r)
{
    struct inquiry i;
    enum err e = inquiry_answer(r->c, r->in, &i);

    if (e != OK)
        return e;
    return req_is_api(r) ? inquiry_whole(r, &i) : answer_end(r, &i);
}

static enum err inquiry_reading(struct req *r)
{
    const struct one_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_read(r->c, in->id, &i);

    return act_end(r, e, &i, T_INQUIRY_READ);
}

static enum err inquiry_assigning(struct req *r)
{
    const struct inquiry_assign_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_assign(r->c, in, &i);

    return act_end(r, e, &i, in->user_id == 0 ? T_INQUIRY_NOBODYS : in->user_id == r->c->user_id ? T_INQUIRY_MINE
                   : T_INQUIRY_ASSIGNED);
}

static enum err inquiry_sorting(struct req *r)
{
    struct inquiry i;
    enum err e = inquiry_sort(r->c, r->in, &i);

    return act_end(r, e, &i, T_SAVED);
}

static enum err inquiry_closing(struct req *r)
{
    const struct one_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_close(r->c, in->id, &i);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return inquiry_whole(r, &i);
    req_flash(r, T_INQUIRY_ATTENDED, NULL);
    return req_redirect(r, "/messages");
}

static enum err inquiries_closing(struct req *r)
{
    const struct close_many_in *in = r->in;
    int64_t closed;
    enum err e = inquiries_close(r->c, in->ids.v, in->ids.n, &closed);

    if (e != OK)
        return e;
    req_flash(r, T_INQUIRIES_ATTENDED, count_text(r->c->a, closed));
    return req_redirect(r, "/messages");
}

static enum err inquiry_reopening(struct req *r)
{
    const struct one_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_reopen(r->c, in->id, &i);

    return act_end(r, e, &i, T_INQUIRY_REOPENED);
}

static enum err missing_ticking(struct req *r)
{
    struct inquiry i;
    enum err e = missing_tick(r->c, r->in, &i);

    return act_end(r, e, &i, T_SETTLED);
}

static enum err missing_finding(struct req *r)
{
    struct inquiry i;
    enum err e = missing_found(r->c, r->in, &i);

    if (e != OK)
        return e;
    return req_is_api(r) ? inquiry_whole(r, &i) : answer_end(r, &i);
}

static enum err missing_ending(struct req *r)
{
    struct inquiry i;
    enum err e = missing_gone(r->c, r->in, &i);

    if (e != OK)
        return e;
    return req_is_api(r) ? inquiry_whole(r, &i) : answer_end(r, &i);
}

/* ---- answers that are written already ---- */

static enum err canned_answers(struct req *r)
{
    struct canned_answers all;
    enum err e = canned_answer_list(r->c, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, canned_answer_fields, all);
    for (size_t i = 0; i < all.n; i++)
        view_fields(view_row(r->page, "answers"), canned_answer_fields, &all.v[i]);
    view_text(r->page, "names", canned_answer_names(r->c));
    return req_page(r, "inquiries/answers.cst");
}

static enum err canned_one(struct req *r)
{
    const struct canned_one_in *in = r->in;
    struct canned_answers all;
    enum err e = canned_answer_list(r->c, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].id == in->id) {
            view_fields(view_child(r->page, "form"), canned_answer_fields, &all.v[i]);
            view_text(r->page, "names", canned_answer_names(r->c));
            return req_page(r, "inquiries/answer.cst");
        }
    return e != OK ? e : req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
}

static enum err canned_saving(struct req *r)
{
    int64_t id;
    enum err e = canned_answer_save(r->c, r->in, &id);

    if (e != OK)
        return e;
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/messages/answers");
}

static enum err canned_removing(struct req *r)
{
    const struct canned_one_in *in = r->in;
    enum err e = canned_answer_remove(r->c, in->id);

    if (e != OK)
        return e;
    req_flash(r, T_CANNED_REMOVED, NULL);
    return req_redirect(r, "/messages/answers");
}

#define ONE "/messages/{id}"
#define READ "inquiries:read"
#define WRITE "inquiries:write"
#define API "/api/v1/inquiries"
static const struct route routes[] = {
    { GET, "/messages", ROLE_USUARIO, &list_params, inquiries, PAGE, "Preguntas" },
    { GET, "/messages/answers", ROLE_USUARIO, NULL, canned_answers, PAGE, "Respuestas escritas" },
    { POST, "/messages/answers", ROLE_ADMIN, &canned_new_params, canned_saving, PAGE, "Escribir otra respuesta",
      .form = "/messages/answers" },
    { GET, "/messages/answers/{id}", ROLE_ADMIN, &canned_one_params, canned_one, PAGE, "Cambiar una respuesta escrita" },
    { POST, "/messages/answers/{id}", ROLE_ADMIN, &canned_params, canned_saving, PAGE, "Cambiar una respuesta escrita",
      .form = "/messages/answers/{id}" },
    { POST, "/messages/answers/{id}/remove", ROLE_ADMIN, &canned_one_params, canned_removing, PAGE,
      "Quitar una respuesta escrita", .form = "/messages/answers" },
    { GET, ONE, ROLE_USUARIO, &one_params, inquiry_one, PAGE, "Pregunta" },
    { GET, "/inquiries/waiting", ROLE_USUARIO, NULL, waiting_badge, PAGE | POLLED, "Cuántas preguntas esperan" },
    { POST, "/inquiries/close", ROLE_OPERADOR, &close_many_params, inquiries_closing, PAGE,
      "Cerrar varias preguntas", .form = "/messages" },
    { POST, "/inquiries/{id}/read", ROLE_OPERADOR, &one_params, inquiry_reading, PAGE, "Dar una pregunta por leída",
      .form = ONE },
    { POST, "/inquiries/{id}/assign", ROLE_OPERADOR, &assign_params, inquiry_assigning, PAGE,
      "Decir quién se encarga de una pregunta", .form = ONE },
    { GET, "/messages/sheet", ROLE_OPERADOR, &sheet_params, inquiries_sheet, RAW, "Preguntas en una hoja" },
    { POST, "/inquiries/{id}/sort", ROLE_OPERADOR, &sort_params, inquiry_sorting, PAGE,
      "Decir de qué es una pregunta", .form = ONE },
    { POST, "/inquiries/{id}/answer", ROLE_OPERADOR, &answer_params, inquiry_answering, PAGE | OPTIONAL_KEY,
      "Responder una pregunta", .form = ONE },
    { POST, "/inquiries/{id}/close", ROLE_OPERADOR, &one_params, inquiry_closing, PAGE, "Cerrar una pregunta", .form = ONE },
    { POST, "/inquiries/{id}/reopen", ROLE_OPERADOR, &one_params, inquiry_reopening, PAGE, "Abrir otra vez una pregunta",
      .form = ONE },
    { POST, "/inquiries/{id}/steps", ROLE_OPERADOR, &step_params, missing_ticking, PAGE, "Anotar dónde se buscó", .form = ONE },
    { POST, "/inquiries/{id}/found", ROLE_OPERADOR, &found_params, missing_finding, PAGE | OPTIONAL_KEY,
      "Decir que se encontró", .form = ONE },
    { POST, "/inquiries/{id}/not-found", ROLE_OPERADOR, &gone_params, missing_ending, PAGE | OPTIONAL_KEY,
      "Decir que no está", .form = ONE },
    { GET, API, ROLE_USUARIO, &list_params, inquiries, JSON,
      "Las preguntas por responder, la más vieja primero, o las de un estado", READ, GIVES_LIST_OF(200, inquiry_fields) },
    { GET, API "/stats", ROLE_USUARIO, NULL, stats_json,
      JSON, "Cuántas preguntas hay, y desde cuándo esperan", READ,
      GIVES(200, inquiry_stats_fields) },
    { GET, API "/{id}", ROLE_USUARIO, &one_params, inquiry_one, JSON, "Una pregunta y lo que siguió", READ,
      GIVES(200, whole_fields) },
    { POST, API "/{id}/read", ROLE_OPERADOR, &one_params, inquiry_reading, JSON | OPTIONAL_KEY,
      "Dar una pregunta por leída", WRITE,
      GIVES(200, whole_fields) },
    { POST, API "/{id}/assign", ROLE_OPERADOR, &assign_params, inquiry_assigning, JSON | OPTIONAL_KEY,
      "Decir quién se encarga de una pregunta", WRITE, GIVES(200, whole_fields) },
    { POST, API "/{id}/sort", ROLE_OPERADOR, &sort_params, inquiry_sorting, JSON | OPTIONAL_KEY,
      "Decir de qué es una pregunta, y qué tan pronto necesita respuesta", WRITE, GIVES(200, whole_fields),
      .shows = "priority category" },
    { POST, API "/{id}/answer", ROLE_OPERADOR, &answer_params, inquiry_answering, JSON | IDEMPOTENT,
      "Responder una pregunta por los medios de quien la hizo", WRITE, GIVES(200, whole_fields) },
    { POST, API "/{id}/close", ROLE_OPERADOR, &one_params, inquiry_closing, JSON | OPTIONAL_KEY,
      "Cerrar una pregunta", WRITE,
      GIVES(200, whole_fields) },
    { POST, API "/{id}/reopen", ROLE_OPERADOR, &one_params, inquiry_reopening, JSON | OPTIONAL_KEY,
      "Abrir otra vez una pregunta", WRITE,
      GIVES(200, whole_fields) },
    { POST, API "/{id}/steps", ROLE_OPERADOR, &step_params, missing_ticking, JSON | OPTIONAL_KEY,
      "Anotar dónde se buscó un paquete que la transportadora dice que dejó", WRITE, GIVES(200, whole_fields) },
    { POST, API "/{id}/found", ROLE_OPERADOR, &found_params, missing_finding, JSON | OPTIONAL_KEY,
      "Decir que se encontró, y cuál es", WRITE, GIVES(200, whole_fields) },
    { POST, API "/{id}/not-found", ROLE_OPERADOR, &gone_params, missing_ending, JSON | OPTIONAL_KEY,
      "Decir que no está en el punto", WRITE, GIVES(200, whole_fields) },
    { GET, "/api/v1/canned-answers", ROLE_USUARIO, NULL, canned_answers, JSON, "Las respuestas escritas", READ,
      GIVES_ALL_OF(200, canned_answer_fields) },
};
const struct area area = { "inquiries", routes, COUNT(routes), .about = "Preguntas de los residentes, y sus respuestas" };
