/* Included before every file by c.sh: calls with "..." say nothing about types to the
 * compiler, and an int given where int64_t is read is garbage at run time.  Here each
 * such argument is checked: of a statement, that it is 8 bytes wide (int64_t, size_t or
 * a pointer); of log, fault and metric, that it is a text. */
#include "base/ctx.h"
#include "base/log.h"
#include "metric/metric.h"
#include "store/db.h"

/* V_ALL(F, a, b, c) is F(a) F(b) F(c). */
#define V_EXPAND(...) V_EXPAND_3(V_EXPAND_3(V_EXPAND_3(V_EXPAND_3(__VA_ARGS__))))
#define V_EXPAND_3(...) V_EXPAND_2(V_EXPAND_2(V_EXPAND_2(V_EXPAND_2(__VA_ARGS__))))
#define V_EXPAND_2(...) V_EXPAND_1(V_EXPAND_1(V_EXPAND_1(V_EXPAND_1(__VA_ARGS__))))
#define V_EXPAND_1(...) __VA_ARGS__
#define V_PARENS ()
#define V_EACH(F, x, ...) F(x) __VA_OPT__(V_EACH_AGAIN V_PARENS (F, __VA_ARGS__))
#define V_EACH_AGAIN() V_EACH
#define V_ALL(F, ...) __VA_OPT__(V_EXPAND(V_EACH(F, __VA_ARGS__)))

/* "1 ? (x) : (x)" is x as it is passed: an array is a pointer. */
#define V_WIDE(x) (void)sizeof(struct { int i; _Static_assert(sizeof(1 ? (x) : (x)) == 8, \
    "an argument of a statement is not 8 bytes wide: cast it to int64_t"); }),
#define V_IS_TEXT(x) _Generic(1 ? (x) : (x), char *: 1, const char *: 1, void *: 1, default: 0)
#define V_WORDS(x) (void)sizeof(struct { int i; _Static_assert(V_IS_TEXT(x), \
    "an argument is no text: NUM(n), or the words for it"); }),

#define db_query(db, q, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_query)(db, q, s __VA_OPT__(,) __VA_ARGS__))
#define db_exec(db, n, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_exec)(db, n, s __VA_OPT__(,) __VA_ARGS__))
#define db_one(db, q, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_one)(db, q, s __VA_OPT__(,) __VA_ARGS__))
#define db_get(db, f, o, a, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_get)(db, f, o, a, s __VA_OPT__(,) __VA_ARGS__))
#define db_value(db, n, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_value)(db, n, s __VA_OPT__(,) __VA_ARGS__))
#define db_scalar(db, n, s, ...) (V_ALL(V_WIDE, __VA_ARGS__) (db_scalar)(db, n, s __VA_OPT__(,) __VA_ARGS__))

#define log_line(level, event, ...) (V_ALL(V_WORDS, __VA_ARGS__) (log_line)(level, event, __VA_ARGS__))
#define ctx_fail(c, e, field, t, ...) (V_ALL(V_WORDS, __VA_ARGS__) (ctx_fail)(c, e, field, t, __VA_ARGS__))
#define ctx_invalid(c, field, t, ...) (V_ALL(V_WORDS, __VA_ARGS__) (ctx_invalid)(c, field, t, __VA_ARGS__))
#define metric_add(m, n, ...) (V_ALL(V_WORDS, __VA_ARGS__) (metric_add)(m, n, __VA_ARGS__))
#define metric_observe(m, s, ...) (V_ALL(V_WORDS, __VA_ARGS__) (metric_observe)(m, s, __VA_ARGS__))
#define metric_gauge(out, m, v, ...) (V_ALL(V_WORDS, __VA_ARGS__) (metric_gauge)(out, m, v, __VA_ARGS__))
