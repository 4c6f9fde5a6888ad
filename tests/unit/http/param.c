#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/texts.h"
#include "http/multipart.h"
#include "http/param.h"
#include "http/texts.h"
#include "json/texts.h"
#include "tests/helpers/memory_source.h"

struct item { const char *name; int64_t n; };
static const struct param item_rows[] = {
    PARAM(struct item, name, P_TEXT, PARAM_REQUIRED, 0, 5, ""),
    PARAM(struct item, n, P_INT, 0, 0, 9, ""),
};
static const struct params item_params = PARAMS(struct item, item_rows);

struct in {
    int64_t id;
    const char *text, *scan, *note, *raw, *kind;
    int64_t n, money, day, page;
    bool yes;
    const int64_t *maybe;
    struct ids ids;
    struct uploads photos;
    struct param_rows list;
    const char *of_page, *of_api;
};

static const struct word kinds[] = { WORD("A"), WORD("B"), WORDS_END };

static const struct param rows[] = {
    PARAM(struct in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 1, INT64_MAX, ""),
    PARAM(struct in, text, P_TEXT, PARAM_REQUIRED, 2, 5, ""),
    PARAM(struct in, scan, P_SCAN, 0, 0, 10, ""),
    PARAM(struct in, note, P_LONG, 0, 0, 10, ""),
    PARAM(struct in, raw, P_RAW, 0, 0, 10, ""),
    PARAM_ENUM(struct in, kind, 0, kinds, ""),
    PARAM(struct in, n, P_INT, 0, -5, 5, ""),
    PARAM(struct in, money, P_MONEY, 0, 0, 2000000, ""),
    PARAM(struct in, day, P_DAY, 0, 0, 0, ""),
    PARAM(struct in, page, P_INT, PARAM_QUERY, 1, 9, ""),
    PARAM(struct in, yes, P_BOOL, 0, 0, 0, ""),
    PARAM(struct in, maybe, P_INT, PARAM_MAYBE, 0, 5, ""),
    PARAM(struct in, ids, P_IDS, 0, 0, 3, ""),
    PARAM(struct in, photos, P_FILES, 0, 0, 2, ""),
    PARAM_ROWS(struct in, list, 0, 2, &item_params, ""),
    PARAM(struct in, of_page, P_TEXT, PARAM_PAGE, 0, 5, ""),
    PARAM(struct in, of_api, P_TEXT, PARAM_API | PARAM_REQUIRED, 0, 5, ""),
};
static const struct params schema = PARAMS(struct in, rows);

struct call {
    struct ctx c;
    struct request r;
    struct in *in;
};

static enum err call(struct call *k, const char *method, const char *query, const char *type,
                     const char *body, unsigned how)
{
    struct arena *a = arena_new();
    struct memory_source *m = arena_alloc(a, sizeof(*m));
    const char *vars[] = { "REQUEST_METHOD", method, "REQUEST_URI", arena_printf(a, "/?%s", query),
                           "CONTENT_TYPE", type, "CONTENT_LENGTH",
                           arena_printf(a, "%zu", strlen(body)), NULL };
    const char *why;
    void *in = NULL;
    enum err e;

    memset(k, 0, sizeof(*k));
    k->c.a = a;
    k->c.conf = conf_parse(a, "", &why);
    m->vars = vars;
    m->body = body;
    m->n = strlen(body);
    cr_assert_eq(request_open(&k->c, &k->r, memory_source(m)), OK);
    m->vars = NULL;
    pairs_add(a, &k->r.path_values, (struct pair){ "id", "7", 1 });
    e = param_read(&k->c, &schema, &k->r, how, &in);
    k->in = in;
    request_close(&k->r);        /* the values must outlive the JSON tree */
    return e;
}

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

static void done(struct call *k)
{
    arena_free(k->c.a);
}

Test(param, what_may_be_left_out_tells_zero_from_nothing)
{
    struct call k;

    cr_assert_eq(call(&k, "PATCH", "", JSON, "{\"text\":\"abc\"}", READ_PAGE), OK);
    cr_expect_null(k.in->maybe);
    done(&k);
    cr_assert_eq(call(&k, "PATCH", "", JSON, "{\"text\":\"abc\",\"maybe\":null}", READ_PAGE), OK);
    cr_expect_null(k.in->maybe);
    done(&k);
    cr_assert_eq(call(&k, "PATCH", "", JSON, "{\"text\":\"abc\",\"maybe\":0}", READ_PAGE), OK);
    cr_assert_not_null(k.in->maybe);
    cr_expect_eq(*k.in->maybe, 0);
    done(&k);
    cr_expect_eq(call(&k, "PATCH", "", JSON, "{\"text\":\"abc\",\"maybe\":6}", READ_PAGE), E_INVALID);
    cr_expect_str_eq(k.c.fault.field, "maybe");
    done(&k);
}

Test(param, what_a_scanner_read_keeps_apart_what_control_characters_separate)
{
    static const struct { const char *sent, *scan; } scans[] = {
        { "AB12", "AB12" }, { "+AB++12%0D%0A", "AB  12" }, { "AB%09CD", "AB\tCD" }, { "AB%0D%0A%1DCD", "AB\tCD" },
        { "%1EAB12%04", "AB12" }, { "%E2%80%8FAB%C2%AD12%EF%BB%BF", "AB12" },
    };
    struct call k;

    for (size_t i = 0; i < COUNT(scans); i++) {
        char *body;

        cr_assert_gt(asprintf(&body, "text=a%%E2%%80%%AEb&scan=%s", scans[i].sent), 0);
        cr_assert_eq(call(&k, "POST", "", FORM, body, READ_PAGE), OK, "%s", body);
        cr_expect_str_eq(k.in->scan, scans[i].scan, "%s gave «%s»", body, k.in->scan);
        cr_expect_str_eq(k.in->text, "ab", "a mark that nobody sees is dropped without a word");
        done(&k);
        free(body);
    }
}

Test(param, a_good_form_fills_the_struct)
{
    struct call k;
    int64_t day;

    cr_assert(clock_parse_day("2026-11-25", &day));
    cr_assert_eq(call(&k, "POST", "page=3", FORM "; charset=UTF-8",
                      "csrf=x&operation_id=y&text=++a++%C3%B1%0A&note=%0D%0Aa%0D%0Ab%0Dc%0A&raw=+p+"
                      "&kind=B&n=-5&money=%24+1.234.567&day=%E2%80%8E25%2F11%2F2026&yes=on&ids=3%2C5&ids=8"
                      "&photos=",
                      READ_PAGE), OK);
    cr_assert_eq(k.in->id, 7);
    cr_assert_str_eq(k.in->text, "a ñ");
    cr_assert_str_eq(k.in->note, "a\nb\nc");
    cr_assert_str_eq(k.in->raw, " p ");
    cr_assert_str_eq(k.in->kind, "B");
    cr_assert_eq(k.in->n, -5);
    cr_assert_eq(k.in->money, 1234567);
    cr_assert_eq(k.in->day, day);
    cr_assert_eq(k.in->page, 3);
    cr_assert(k.in->yes);
    cr_assert_eq(k.in->ids.n, 3);
    cr_assert_eq(k.in->ids.v[2], 8);
    cr_assert_eq(k.in->photos.n, 0);
    done(&k);

    cr_assert_eq(call(&k, "POST", "", JSON,
                      "{\"text\":\"a \\u00f1\",\"note\":null,\"kind\":\"\",\"n\":0,\"money\":1500,"
                      "\"day\":\"2026-11-25\",\"yes\":true,\"ids\":[1,2]}", READ_PAGE), OK);
    cr_assert_str_eq(k.in->text, "a ñ");
    cr_assert_null(k.in->note);
    cr_assert_null(k.in->kind);
    cr_assert_eq(k.in->money, 1500);
    cr_assert(k.in->yes);
    cr_assert_eq(k.in->ids.v[1], 2);
    done(&k);

    cr_assert_eq(call(&k, "GET", "text=ab&utm_source=x", "", "", READ_PAGE | READ_LENIENT), OK);
    cr_assert_str_eq(k.in->text, "ab");
    done(&k);
}

Test(param, each_wrong_value_names_its_field)
{
    static const struct { const char *type, *body, *field; const struct text *t; } bad[] = {
        { FORM, "", "text", T_REQUIRED }, { FORM, "text=", "text", T_REQUIRED },
        { FORM, "text=+%09+", "text", T_REQUIRED },
        { FORM, "text=a", "text", T_TOO_SHORT }, { FORM, "text=abcdef", "text", T_TOO_LONG },
        { FORM, "text=%C3%B1%C3%B1%C3%B1%C3%B1%C3%B1%C3%B1", "text", T_TOO_LONG },
        { FORM, "text=a%00b", "text", T_NOT_UTF8 }, { FORM, "text=a%FFb", "text", T_NOT_UTF8 },
        { FORM, "text=a%0Ab", "text", T_NOT_UTF8 }, { FORM, "text=a%C0%80b", "text", T_NOT_UTF8 },
        { FORM, "text=a%C2%85b", "text", T_NOT_UTF8 },
        { FORM, "text=ab&text=cd", "text", T_REPEATED },
        { FORM, "text=ab&text=", "text", T_REPEATED },
        { FORM, "text=ab&note=a%1B", "note", T_NOT_UTF8 },
        { FORM, "text=ab&raw=a%0A", "raw", T_NOT_UTF8 },
        { FORM, "text=ab&kind=C", "kind", T_NOT_CHOICE },
        { FORM, "text=ab&kind=A%00", "kind", T_NOT_CHOICE },
        { FORM, "text=ab&n=6", "n", T_NOT_NUMBER }, { FORM, "text=ab&n=1.5", "n", T_NOT_NUMBER },
        { FORM, "text=ab&n=1%00", "n", T_NOT_NUMBER },
        { FORM, "text=ab&n=99999999999999999999", "n", T_NOT_NUMBER },
        { FORM, "text=ab&money=1.50", "money", T_NOT_MONEY },
        { FORM, "text=ab&money=1500.000", "money", T_NOT_MONEY },
        { FORM, "text=ab&money=1%2C50", "money", T_NOT_MONEY },
        { FORM, "text=ab&money=%24", "money", T_NOT_MONEY },
        { FORM, "text=ab&money=2.000.001", "money", T_NOT_NUMBER },
        { FORM, "text=ab&money=-1", "money", T_NOT_NUMBER },
        { FORM, "text=ab&day=2026-02-30", "day", T_NOT_DAY },
        { FORM, "text=ab&yes=tal+vez", "yes", T_NOT_BOOL },
        { FORM, "text=ab&ids=1%2C2%2C3%2C4", "ids", T_MANY },
        { FORM, "text=ab&ids=1%2C1", "ids", T_REPEATED },
        { FORM, "text=ab&ids=1%2C", "ids", T_NOT_ID }, { FORM, "text=ab&ids=0", "ids", T_NOT_ID },
        { FORM, "text=ab&photos=x", "photos", T_NOT_FILE },
        { FORM, "text=ab&other=1", "other", T_UNKNOWN_FIELD },
        { FORM, "text=ab&id=8", "id", T_UNKNOWN_FIELD },       /* a path parameter */
        { FORM, "text=ab&page=1", "page", T_UNKNOWN_FIELD },   /* a query parameter */
        { JSON, "{\"text\":5}", "text", T_NOT_TEXT },
        { JSON, "{\"text\":[\"ab\"]}", "text", T_NOT_TEXT },
        { JSON, "{\"text\":\"ab\",\"n\":\"5\"}", "n", T_NOT_NUMBER },
        { JSON, "{\"text\":\"ab\",\"n\":1.0}", "n", T_NOT_NUMBER },
        { JSON, "{\"text\":\"ab\",\"n\":true}", "n", T_NOT_NUMBER },
        { JSON, "{\"text\":\"ab\",\"money\":\"1.500\"}", "money", T_NOT_MONEY },
        { JSON, "{\"text\":\"ab\",\"yes\":\"true\"}", "yes", T_NOT_BOOL },
        { JSON, "{\"text\":\"ab\",\"yes\":1}", "yes", T_NOT_BOOL },
        { JSON, "{\"text\":\"ab\",\"ids\":[1,\"2\"]}", "ids", T_NOT_ID },
        { JSON, "{\"text\":\"ab\",\"ids\":\"1,2\"}", "ids", T_NOT_ID },
        { JSON, "{\"text\":\"ab\",\"kind\":1}", "kind", T_NOT_CHOICE },
        { JSON, "{\"text\":\"ab\",\"photos\":\"x\"}", "photos", T_NOT_FILE },
        { FORM, "text=ab&list=x", "list", T_NOT_LIST },
        { JSON, "{\"text\":\"ab\",\"list\":{\"name\":5}}", "list", T_ITEM },
        { JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"a\"},{}]}", "list", T_ITEM },
        { JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"a\",\"n\":10}]}", "list", T_ITEM },
        { JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"a\",\"zz\":1}]}", "list", T_ITEM },
        { JSON, "{\"text\":\"ab\",\"list\":[1]}", "list", T_NOT_LIST },
        { JSON, "{\"text\":\"ab\",\"list\":[[]]}", "list", T_NOT_LIST },
        { JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}", "list", T_MANY },
        { JSON, "{\"text\":\"ab\",\"csrf\":\"x\"}", "csrf", T_UNKNOWN_FIELD },
        { JSON, "{\"text\":\"ab\",\"\":1}", "", T_UNKNOWN_FIELD },
    };
    struct call k;

    for (size_t i = 0; i < COUNT(bad); i++) {
        cr_assert_eq(call(&k, "POST", "", bad[i].type, bad[i].body, READ_PAGE), E_INVALID, "%s",
                     bad[i].body);
        cr_assert_str_eq(k.c.fault.field, bad[i].field, "%s: %s", bad[i].body, k.c.fault.field);
        cr_assert_eq(k.c.fault.text, bad[i].t, "%s: %s", bad[i].body, text_es(k.c.fault.text));
        cr_assert_null(k.c.fault.next, "%s", bad[i].body);
        done(&k);
    }
}

Test(param, objects_of_a_list_are_read_by_their_own_schema)
{
    const struct item *list;
    struct call k;

    cr_assert_eq(call(&k, "POST", "", JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"uno\",\"n\":1},"
                      "{\"n\":2,\"name\":\"dos\"}]}", READ_PAGE), OK);
    cr_assert_eq(k.in->list.n, 2);
    list = k.in->list.v;
    cr_assert_str_eq(list[0].name, "uno");
    cr_assert_eq(list[1].n, 2);
    done(&k);
    cr_assert_eq(call(&k, "POST", "", JSON, "{\"text\":\"ab\",\"list\":[]}", READ_PAGE), OK);
    cr_assert_eq(k.in->list.n, 0);
    done(&k);
    cr_assert_eq(call(&k, "POST", "", JSON, "{\"text\":\"ab\",\"list\":[{\"name\":\"uno\"},{\"n\":1}]}", READ_PAGE),
                 E_INVALID);
    cr_assert_str_eq(k.c.fault.args[0], "2");
    cr_assert_str_eq(k.c.fault.args[1], "name");
    done(&k);
}

Test(param, one_answer_names_all_and_queries_are_apart)
{
    struct call k;
    size_t n = 0;

    cr_assert_eq(call(&k, "POST", "text=ab", FORM, "n=x&day=x&zz=1&ids=x", READ_PAGE), E_INVALID);
    for (const struct fault *f = &k.c.fault; f != NULL; f = f->next)
        n++;
    cr_assert_eq(n, 5, "text (from the query), zz, n, day, ids: %zu", n);
    done(&k);

    cr_assert_eq(call(&k, "POST", "", JSON, "[1]", READ_PAGE), E_MALFORMED);
    done(&k);
    cr_assert_eq(call(&k, "POST", "", JSON, "{\"a\":1,\"a\":2}", READ_PAGE), E_MALFORMED);
    cr_assert_eq(k.c.fault.text, T_JSON_DUPLICATE);
    done(&k);
    cr_assert_eq(call(&k, "GET", "text=ab&utm_source=x", "", "", READ_PAGE), E_INVALID);
    done(&k);
}

Test(param, a_path_that_is_no_id_does_not_exist)
{
    static const char *const ids[] = { "x", "0", "-1", "1x", "99999999999999999999", "" };
    struct call k;

    for (size_t i = 0; i < COUNT(ids); i++) {
        void *in;

        cr_assert_eq(call(&k, "GET", "text=ab", "", "", READ_PAGE), OK);
        k.r.path_values.v[0].value = ids[i];
        k.r.path_values.v[0].len = strlen(ids[i]);
        cr_assert_eq(param_read(&k.c, &schema, &k.r, READ_PAGE, &in), E_NOT_FOUND, "«%s»", ids[i]);
        done(&k);
    }
}

Test(param, files_come_by_their_field_only)
{
    struct upload photo = { .field = "photos", .name = "a.jpg", .path = "/nowhere", .size = 1 };
    struct upload more[] = { photo, photo, photo }, wrong = photo;
    struct call k;
    void *out;
    struct in *in;

    cr_assert_eq(call(&k, "POST", "", FORM, "text=ab", READ_PAGE), OK);
    more[0].next = &more[1];
    k.r.uploads = more;
    cr_assert_eq(param_read(&k.c, &schema, &k.r, READ_PAGE, &out), OK);
    in = out;
    cr_assert_eq(in->photos.n, 2);
    cr_assert_str_eq(in->photos.v[1].path, "/nowhere");
    more[1].next = &more[2];
    cr_assert_eq(param_read(&k.c, &schema, &k.r, READ_PAGE, &out), E_INVALID);
    cr_assert_eq(k.c.fault.text, T_FILES_MANY);
    wrong.field = "note";
    k.r.uploads = &wrong;
    cr_assert_eq(param_read(&k.c, &schema, &k.r, READ_PAGE, &out), E_INVALID);
    cr_assert_eq(k.c.fault.text, T_NOT_TEXT);
    wrong.field = "zz";
    cr_assert_eq(param_read(&k.c, &schema, &k.r, READ_PAGE, &out), E_INVALID);
    cr_assert_eq(k.c.fault.text, T_UNKNOWN_FIELD);
    done(&k);
}

Test(param, what_only_the_page_or_only_the_api_sends_is_unknown_to_the_other)
{
    static const struct { unsigned how; const char *body; enum err e; const char *field; } cases[] = {
        { READ_PAGE, "text=ab&of_page=x", OK, NULL },
        { READ_PAGE, "text=ab", OK, NULL },        /* required of the API only */
        { READ_PAGE, "text=ab&of_api=x", E_INVALID, "of_api" },
        { READ_API, "text=ab&of_api=x", OK, NULL },
        { READ_API, "text=ab&of_api=x&of_page=x", E_INVALID, "of_page" },
        { READ_API, "text=ab", E_INVALID, "of_api" },
        { READ_API | READ_LENIENT, "text=ab&of_api=x&of_page=x", OK, NULL },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call k;

        cr_expect_eq(call(&k, "POST", "", FORM, cases[i].body, cases[i].how), cases[i].e, "row %zu", i);
        if (cases[i].field != NULL)
            cr_expect_str_eq(k.c.fault.field, cases[i].field, "row %zu", i);
        if (cases[i].e == OK && (cases[i].how & READ_API))
            cr_expect_null(k.in->of_page, "row %zu", i);
        done(&k);
    }
}

Test(param, a_link_asks_for_what_the_struct_holds)
{
    static const int64_t ids[] = { 3, 5 }, zero = 0;
    struct arena *a = arena_new();
    const struct in in = { .id = 7, .text = "a b&c", .kind = "A", .n = -5, .money = 1500, .day = 20782, .yes = true,
                           .maybe = &zero, .ids = { ids, 2 }, .page = 4 };

    cr_expect_str_eq(param_link(a, "/x", &schema, &(struct in){ .id = 7 }, NULL, NULL), "/x");
    cr_expect_str_eq(param_link(a, "/x", &schema, &in, "page", NULL),
                     "/x?text=a%20b%26c&kind=A&n=-5&money=1500&day=2026-11-25&yes=1&maybe=0&ids=3%2C5");
    cr_expect_str_eq(param_link(a, "/x", &schema, &(struct in){ .text = "ab", .page = 4, .yes = true }, "page", "5"),
                     "/x?text=ab&page=5&yes=1");
    arena_free(a);
}
