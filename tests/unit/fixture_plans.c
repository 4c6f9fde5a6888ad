#include <criterion/criterion.h>
#include <string.h>

#include "fixture.h"

struct planning {
    struct fixture *f;
    bool (*ours)(const struct stmt *s, const char *file);
    bool (*fine)(const char *name, const char *step);
    int checked;
};

static void plan_check(const struct stmt *s, const char *file, void *arg)
{
    struct planning *p = arg;
    struct stmt *explain = arena_alloc(p->f->a, sizeof *explain);
    struct rows q;

    if (!p->ours(s, file))
        return;
    *explain = (struct stmt){ s->name, "", arena_printf(p->f->a, "EXPLAIN QUERY PLAN %s", s->sql) };
    cr_assert_eq(db_query(p->f->db, &q, explain), OK, "%s", s->name);
    while (db_next(&q))
        cr_expect(p->fine(s->name, db_text(&q, 3)), "%s (%s): %s", s->name, file, db_text(&q, 3));
    cr_assert_eq(db_end(&q), OK);
    p->checked++;
}

int fixture_plans(struct fixture *f, bool (*ours)(const struct stmt *s, const char *file),
                  bool (*fine)(const char *name, const char *step))
{
    struct planning p = { f, ours, fine, 0 };

    db_each_stmt(plan_check, &p);
    return p.checked;
}

bool fixture_is_one_of(const char *file, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(file, parts[i]) != NULL)
            return true;
    return false;
}
