#include "import.h"

#include <ctype.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/texts.h"
#include "http/multipart.h"
#include "local/money.h"

#define NAME_MOST 120            /* characters of a file's name that are kept */
#define LOOK_AGAIN "2"           /* seconds until the page of an import that moves is loaded again */

/* ---- parameters ---- */

struct form_in { struct uploads file; };
static const struct param form_rows[] = {
    PARAM(struct form_in, file, P_FILES, PARAM_REQUIRED, 0, 1, "El archivo, .xlsx o .csv"),
};
const struct params import_form_params = PARAMS(struct form_in, form_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Importación"),
};
const struct params import_id_params = PARAMS(struct id_in, id_rows);

#define F struct import_filter
#define FILTER                                                                                                \
    PARAM(F, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Importación"),                                       \
    PARAM_ENUM(F, fate, 0, import_fates, "Solo las filas así"),                                                 \
    PARAM(F, after, P_ID, 0, 0, 0, "Dónde terminó la página anterior, como lo dijo su next"),                   \
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice")
static const struct param rows_rows[] = { FILTER };
const struct params import_page_params = PARAMS(F, rows_rows), import_rows_params = PARAMS(F, rows_rows);

static const struct param start_rows[] = {
    PARAM(struct import_start, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Importación"),
    PARAM(struct import_start, with_twins, P_BOOL, 0, 0, 0, "También a los que pueden estar ya, como personas nuevas"),
};
const struct params import_start_params = PARAMS(struct import_start, start_rows);

/* ---- sending a file ---- */

static bool name_ends(const char *name, const char *end)
{
    const size_t n = strlen(name), k = strlen(end);

    if (n <= k)
        return false;
    for (size_t i = 0; i < k; i++)
        if (tolower((unsigned char)name[n - k + i]) != end[i])
            return false;
    return true;
}

/* Whether the file is called as what it begins with: an XLSX is a zip, and a CSV is none.  What is in it only the process
 * that reads it says. */
static bool file_is_right(const struct upload *u)
{
    const int fd = open(u->path, O_RDONLY | O_CLOEXEC);
    char begin[4] = { 0 };
    const bool read_ok = fd >= 0 && read(fd, begin, sizeof begin) >= 0, zip = memcmp(begin, "PK\3\4", 4) == 0;

    if (fd >= 0)
        close(fd);
    return read_ok && (name_ends(u->name, ".xlsx") ? zip : !zip && (name_ends(u->name, ".csv") || name_ends(u->name, ".txt")
                                                                    || name_ends(u->name, ".tsv")));
}

/* The file's name without a path, as the pages say it. */
static const char *file_name(struct arena *a, const char *sent)
{
    const char *slash = strrchr(sent, '/'), *back = strrchr(sent, '\\');
    const char *name = slash != NULL && (back == NULL || slash > back) ? slash + 1 : back != NULL ? back + 1 : sent;

    name = utf8_clean(name, false) ? utf8_trim(a, name) : NULL;
    return is_blank(name) || utf8_length(name) > NAME_MOST ? "archivo" : name;
}

enum err import_form(struct req *r)
{
    struct imports all;
    enum err e = import_list(r->c, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "imports");

        view_fields(row, import_fields, &all.v[i]);
        view_text(row, "words", words_of(import_states, all.v[i].state));
    }
    view_int(r->page, "most_mb", r->c->conf->photo_mb);
    req_operation(r);
    return e != OK ? e : req_page(r, "customers/import.cst");
}

enum err import_send(struct req *r)
{
    const struct form_in *in = r->in;
    struct import im;
    enum err e = OK;

    if (in->file.n == 0)
        e = ctx_fail(r->c, E_INVALID, "file", T_REQUIRED, NULL);
    else if (!file_is_right(&in->file.v[0]))
        e = ctx_fail(r->c, E_INVALID, "file", T_IMPORT_FILE, NULL);
    if (e == OK)
        e = photos_end(r, import_begin(r->c, in->file.v[0].path, file_name(r->c->a, in->file.v[0].name), in->file.v[0].size, &im));
    if (e != OK)
        return e;
    if (!req_is_api(r))
        return req_redirect(r, "/customers/imports/%lld", (long long)im.id);
    req_header(r, "Location", arena_printf(r->c->a, "/api/v1/customer-imports/%lld", (long long)im.id));
    return req_one(r, import_fields, &im);
}

/* ---- looking at it ---- */

static void fill_chip(struct req *r, const F *f, const char *fate, const char *words, int64_t n)
{
    struct view_node *row = view_row(r->page, "fates");
    const char *path = arena_printf(r->c->a, "/customers/imports/%lld", (long long)f->id);

    view_text(row, "label", arena_printf(r->c->a, "%s %s", words, count_text(r->c->a, n)));
    view_text(row, "href", link_add(r->c->a, path, "fate", fate));
    view_bool(row, "current", text_equal(is_blank(f->fate) ? NULL : f->fate, fate));
}

static void fill_counts(struct req *r, const F *f, const struct import *im)
{
    const int64_t counts[] = { im->errors, im->twins, im->changes, im->fresh, im->same };

    fill_chip(r, f, NULL, "Todas", im->rows);
    for (size_t i = 0; i < COUNT(counts); i++)
        if (counts[i] > 0)
            fill_chip(r, f, import_fates[i].value, import_fates[i].words, counts[i]);
}

static enum err fill_rows(struct req *r, const F *f)
{
    struct import_rows all;
    int64_t next;
    enum err e = import_rows(r->c, f, &all, &next);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "rows");
        const struct import_row *one = &all.v[i];

        view_fields(row, import_row_fields, one);
        view_text(row, "fate_words", words_of(import_fates, one->fate));
        view_text(row, "state_words", streq(one->state, "pendiente") ? NULL : words_of(import_row_states, one->state));
        view_bool(row, "bad", streq(one->fate, "error"));
        view_bool(row, "doubtful", streq(one->fate, "posible"));
    }
    if (e == OK)
        req_pages(r, next);
    return e;
}

/* The page says how far the import is, and what can be done now. */
static void fill_import(struct req *r, const struct import *im)
{
    struct view_node *node = view_child(r->page, "import");
    const bool reads = streq(im->state, "reading"), writes = streq(im->state, "writing");
    const char *why;
    const bool stopped = import_has_stopped(r->c, im, &why);
    const int64_t all = import_open(im, im->with_twins != 0) + im->written + im->skipped;

    view_fields(node, import_fields, im);
    view_text(node, "words", words_of(import_states, im->state));
    view_bool(node, "reads", reads && !stopped);
    view_bool(node, "writes", writes && !stopped);
    view_bool(node, "stopped", stopped);
    view_text(node, "why", utf8_sentence(r->c->a, why));
    view_bool(node, "ready", streq(im->state, "read") || (writes && stopped));
    view_bool(node, "ended", streq(im->state, "done") || streq(im->state, "cancelled"));
    view_bool(node, "cancellable", reads || writes || streq(im->state, "read"));
    view_bool(node, "kept", im->kept != 0);
    view_bool(node, "doubtful", im->kept != 0 && (im->errors > 0 || im->twins > 0 || im->skipped > 0));
    view_bool(node, "has_twins", im->twins > 0);
    view_int(node, "percent", writes && all > 0 ? (im->written + im->skipped) * 100 / all : 0);
    view_text(node, "open_count", count_text(r->c->a, import_open(im, false)));
    view_int(node, "open", import_open(im, false));
    view_text(node, "rows_count", count_text(r->c->a, im->rows));
    view_text(node, "written_count", count_text(r->c->a, im->written));
    view_text(node, "skipped_count", count_text(r->c->a, im->skipped));
    view_text(node, "all_count", count_text(r->c->a, all));
    if ((reads || writes) && !stopped && !req_tells_fault(r))
        req_header(r, "Refresh", LOOK_AGAIN);
}

enum err import_page(struct req *r)
{
    const F *f = r->in;
    struct import im;
    enum err e = import_by_id(r->c, f->id, &im);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, import_fields, &im);
    fill_import(r, &im);
    fill_counts(r, f, &im);
    if (!streq(im.state, "reading") && im.kept)
        e = fill_rows(r, f);
    req_operation(r);
    req_title(r, im.file_name);
    return e != OK ? e : req_page(r, "customers/import_one.cst");
}

enum err imports_json(struct req *r)
{
    struct imports all;
    enum err e = import_list(r->c, &all);

    return e != OK ? e : req_all(r, import_fields, all);
}

enum err import_rows_json(struct req *r)
{
    const F *f = r->in;
    struct import_rows all;
    struct import im;
    int64_t next;
    enum err e = import_by_id(r->c, f->id, &im);

    if (e == OK)
        e = import_rows(r->c, f, &all, &next);
    return e != OK ? e : req_list(r, import_row_fields, all, next);
}

enum err import_sheet(struct req *r)
{
    const struct id_in *in = r->in;
    enum err e = import_errors_sheet(r->c, in->id, &r->body);

    if (e != OK)
        return e;
    req_header(r, "Content-Disposition", arena_printf(r->c->a, "attachment; filename=\"importacion-%lld-revisar.csv\"", (long long)in->id));
    return req_raw(r, "text/csv; charset=utf-8");
}

/* ---- doing it ---- */

static enum err import_answer(struct req *r, enum err e, const struct import *im)
{
    if (e != OK)
        return e;
    return req_is_api(r) ? req_one(r, import_fields, im) : req_redirect(r, "/customers/imports/%lld", (long long)im->id);
}

enum err import_run(struct req *r)
{
    struct import im;

    return import_answer(r, import_start(r->c, r->in, &im), &im);
}

enum err import_stop(struct req *r)
{
    const struct id_in *in = r->in;
    struct import im;

    return import_answer(r, import_cancel(r->c, in->id, &im), &im);
}
