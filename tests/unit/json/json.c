#include <criterion/criterion.h>

#include "json/json.h"
#include "base/util.h"
#include "json/texts.h"

static struct json_object *parse(const char *s, const struct text **why)
{
    return json_parse(s, strlen(s), why);
}

Test(json, what_json_c_lets_through_is_refused)
{
    static const struct { const char *s; const struct text *why; } rows[] = {
        { "", T_JSON_SYNTAX }, { "null", T_JSON_SYNTAX }, { "{", T_JSON_SYNTAX },
        { "{'a':1}", T_JSON_SYNTAX }, { "[Infinity]", T_JSON_SYNTAX }, { "[NaN]", T_JSON_SYNTAX },
        { "[1,]", T_JSON_SYNTAX }, { "{\"a\":1,}", T_JSON_SYNTAX }, { "[01]", T_JSON_SYNTAX },
        { "[1.]", T_JSON_SYNTAX }, { "[.5]", T_JSON_SYNTAX }, { "[+1]", T_JSON_SYNTAX },
        { "[1e]", T_JSON_SYNTAX }, { "[\"a\nb\"]", T_JSON_SYNTAX }, { "[TRUE]", T_JSON_SYNTAX },
        { "[\"\\u0000\"]", T_JSON_SYNTAX }, { "[\"\\ud800\"]", T_JSON_SYNTAX },
        { "[\"\\udc00\"]", T_JSON_SYNTAX }, { "[\"\\ud800\\u0041\"]", T_JSON_SYNTAX },
        { "[\"\\x41\"]", T_JSON_SYNTAX }, { "[\"\xff\"]", T_JSON_SYNTAX },
        { "/* c */[1]", T_JSON_SYNTAX }, { "[1]x", T_JSON_SYNTAX }, { "[1] [2]", T_JSON_SYNTAX },
        { "\xef\xbb\xbf[1]", T_JSON_SYNTAX },
        { "{\"a\":1,\"a\":2}", T_JSON_DUPLICATE },
        { "{\"a\":{\"x\":1},\"b\":[{\"c\":1,\"\\u0063\":2}]}", T_JSON_DUPLICATE },
        { "{\"a\":{\"x\":1,\"y\":2},\"a\":null}", T_JSON_DUPLICATE },
        { "[9223372036854775808]", T_JSON_NUMBER }, { "[1e999]", T_JSON_NUMBER },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", T_JSON_DEEP },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct text *why = NULL;
        struct json_object *o = parse(rows[i].s, &why);

        cr_assert_null(o, "row %zu: %s", i, rows[i].s);
        cr_assert_eq(why, rows[i].why, "row %zu: %s: %s", i, rows[i].s, text_es(why));
    }
}

Test(json, ends_at_its_length_and_size)
{
    static char big[JSON_MAX_BYTES + 2];
    const struct text *why;

    cr_assert_null(json_parse("[1]\0x", 5, &why));
    memset(big, ' ', sizeof(big));
    memcpy(big, "[1]", 3);
    cr_assert_null(json_parse(big, JSON_MAX_BYTES + 1, &why));
    json_object_put(json_parse(big, JSON_MAX_BYTES, &why));
}

Test(json, good_text_is_read_strictly_by_type)
{
    const struct text *why;
    struct json_object *o = parse(" {\"s\":\"a\\u00f1\\ud83d\\udce6\\n\",\"n\":-7,\"d\":1.5,"
                                  "\"t\":\"12\",\"b\":true,\"z\":null,\"deep\":"
                                  "[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]],"
                                  "\"max\":9223372036854775807}\r\n", &why);
    const char *s;
    int64_t n;

    cr_assert_not_null(o);
    cr_assert(json_get_text(o, "s", &s));
    cr_assert_str_eq(s, "añ\U0001f4e6\n");
    cr_assert(json_get_int(o, "n", &n));
    cr_assert_eq(n, -7);
    cr_assert(json_get_int(o, "max", &n));
    cr_assert_eq(n, INT64_MAX);
    cr_assert_not(json_get_int(o, "d", &n));
    cr_assert_not(json_get_int(o, "t", &n));
    cr_assert_not(json_get_int(o, "b", &n));
    cr_assert_not(json_get_int(o, "absent", &n));
    cr_assert_not(json_get_text(o, "n", &s));
    cr_assert_not(json_get_text(o, "z", &s));
    json_object_put(o);

    o = parse("12", &why);
    cr_assert(json_object_is_type(o, json_type_int));
    json_object_put(o);
}

struct thing {
    int64_t id, owner, count, ready, price, since, never;
    const char *name, *note, *secret;
};

Test(json, a_field_table_writes_an_object)
{
    static const struct field rows[] = {
        FIELD(struct thing, id, F_ID, ""), FIELD(struct thing, owner, F_ID, ""),
        FIELD(struct thing, count, F_INT, ""), FIELD(struct thing, ready, F_BOOL, ""),
        FIELD(struct thing, price, F_MONEY, ""), FIELD(struct thing, since, F_INSTANT, ""),
        FIELD(struct thing, never, F_INSTANT, ""), FIELD(struct thing, name, F_TEXT, ""),
        FIELD(struct thing, note, F_TEXT, ""), FIELD_SECRET(struct thing, secret, F_TEXT, ""),
    };
    static const struct thing thing = {
        .id = 5, .count = 0, .ready = 1, .price = 1500, .since = 1795615920,
        .name = "Ña \"x\" </script>", .secret = "pepper",
    };
    struct arena *a = arena_new();
    struct json_object *o = json_of((struct fields)FIELDS(rows), &thing);

    cr_assert_str_eq(json_text(a, o),
                     "{\"id\":5,\"owner\":null,\"count\":0,\"ready\":true,\"price\":1500,"
                     "\"since\":\"2026-11-25T09:12:00-05:00\",\"never\":null,"
                     "\"name\":\"Ña \\\"x\\\" <\\/script>\",\"note\":null}");
    json_object_put(o);
    arena_free(a);
}

/* ---- what the writer gives, beside what json-c prints of the same ---- */

struct leaf { int64_t id; const char *text; };
struct leaves { struct leaf *v; size_t n; };
static const struct field leaf_rows[] = { FIELD(struct leaf, id, F_ID, ""), FIELD(struct leaf, text, F_TEXT, "") };
FIELD_TABLE_HERE(struct leaf, leaf_fields, leaf_rows)

struct tree {
    int64_t n, money, at;
    const int64_t *some;
    bool yes;
    int64_t old_yes;
    const char *phone, *secret;
    struct leaf inside, beside;
    const struct leaf *maybe;
    struct leaves list;
    const struct leaves *list_maybe;
    bool seldom;
    const char *rare;
    int64_t sparse;
};
#define T struct tree
static const struct field tree_rows[] = {
    FIELD_PART(T, beside, leaf_fields),
    FIELD(T, n, F_INT, ""), FIELD(T, money, F_MONEY, ""), FIELD(T, at, F_INSTANT, ""), FIELD(T, some, F_INT, ""),
    FIELD_SECRET(T, secret, F_TEXT, ""),
    FIELD(T, yes, F_BOOL, ""), FIELD(T, old_yes, F_BOOL, ""), FIELD(T, phone, F_PHONE, ""),
    FIELD_OBJECT(T, inside, leaf_fields, ""), FIELD_OBJECT(T, maybe, leaf_fields, ""),
    FIELD_LIST(T, list, leaf_fields, ""), FIELD_LIST_MAYBE(T, list_maybe, leaf_fields, ""),
    FIELD_AS(T, inside.id, "inside_id", F_ID, ""),
    FIELD_OPTIONAL(T, seldom, F_BOOL, ""), FIELD_OPTIONAL(T, rare, F_TEXT, ""), FIELD_OPTIONAL(T, sparse, F_INT, ""),
};
FIELD_TABLE_HERE(T, tree_fields, tree_rows)

static void same_bytes(const struct tree *t)
{
    struct json_object *o = json_of(tree_fields, t);
    struct arena *a = arena_new();
    struct buf b = { 0 };

    json_write_object(&b, tree_fields, t);
    cr_expect_str_eq(b.data, json_text(a, o));
    buf_free(&b);
    json_object_put(o);
    arena_free(a);
}

Test(json, what_is_written_by_a_table_is_what_json_c_prints_of_all_kinds)
{
    static struct leaf two[] = { { 7, "a" }, { 0, NULL } };
    static const struct leaves list = { two, 2 }, none = { NULL, 0 };
    const int64_t numbers[] = { 0, 1, -1, 10, 99, 1500, INT64_MAX, INT64_MIN, 1795615920 };

    same_bytes(&(struct tree){ 0 });
    for (size_t i = 0; i < COUNT(numbers); i++)
        same_bytes(&(struct tree){ .n = numbers[i], .money = numbers[i], .some = &numbers[i],
                                   .at = numbers[i] / 1000000000, .yes = i % 2, .old_yes = i % 2,
                                   .inside = { numbers[i], "x" }, .secret = "pepper" });
    same_bytes(&(struct tree){ .phone = "+573005550014", .list = list, .list_maybe = &none, .maybe = two });
    same_bytes(&(struct tree){ .list_maybe = &list, .maybe = two + 1, .beside = two[0] });
    same_bytes(&(struct tree){ .seldom = true, .rare = "", .sparse = 7 });
}

Test(json, an_optional_member_is_left_out_while_it_says_nothing)
{
    static const struct field rows[] = {
        FIELD_OPTIONAL(struct tree, seldom, F_BOOL, ""), FIELD_OPTIONAL(struct tree, rare, F_TEXT, ""),
        FIELD(struct tree, n, F_INT, ""), FIELD_OPTIONAL(struct tree, sparse, F_INT, ""),
    };
    static const struct fields table = FIELDS(rows);
    struct buf b = { 0 };

    json_write_object(&b, table, &(struct tree){ .n = 1 });
    cr_expect_str_eq(b.data, "{\"n\":1}");
    buf_reset(&b);
    json_write_object(&b, table, &(struct tree){ .seldom = true, .rare = "", .sparse = 7 });
    cr_expect_str_eq(b.data, "{\"seldom\":true,\"rare\":\"\",\"n\":0,\"sparse\":7}");
    buf_free(&b);
}

Test(json, what_is_written_by_a_table_is_what_json_c_prints_of_hostile_texts)
{
    static const char *const texts[] = {
        "", "\"", "\\", "\\\"", "/", "</script>", "{", "}", "{\"a\":1}", "a{", ",", "\x7f", "ñ", "\U0001f4e6",
        "\xe2\x80\xae", "\xff\xfe", "\xc3", "\b\f\n\r\t", "%s%n", "'", "&lt;", "a\nb\"c\\d/e",
    };
    char one[2] = "", all[256];

    for (size_t i = 0; i < COUNT(texts); i++)
        same_bytes(&(struct tree){ .phone = texts[i], .inside = { 1, texts[i] } });
    for (int c = 1; c < 256; c++) {
        one[0] = (char)c;
        all[c - 1] = (char)c;
        same_bytes(&(struct tree){ .phone = one });
    }
    all[255] = '\0';
    same_bytes(&(struct tree){ .phone = all });
}
