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
