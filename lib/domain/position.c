/* Shelf positions: `used` is counted in the row, guarded by its CHECK, so that
 * two counters can never put more on a position than it holds. */
#include "base/utf8.h"
#include "domain/position.h"
#include "domain/tx.h"

static const struct stmt take = STMT("position_take", "s",
    "UPDATE positions SET used = used + 1 WHERE code = $1 AND is_active = 1"
    " AND (capacity IS NULL OR used < capacity) RETURNING id, code");
static const struct stmt take_first = STMT("position_take_first", "",
    "UPDATE positions SET used = used + 1 WHERE id = (SELECT id FROM positions WHERE is_active = 1"
    " AND (capacity IS NULL OR used < capacity) ORDER BY walk_order LIMIT 1) RETURNING id, code");
static const struct stmt known = STMT("position_known", "s",
    "SELECT 1 FROM positions WHERE code = $1 AND is_active = 1");
static const struct stmt release = STMT("position_release", "i",
    "UPDATE positions SET used = used - 1 WHERE id = $1 AND used > 0");
static const struct stmt free_ones = STMT("positions_free", "",
    "SELECT coalesce(sum(capacity - used), 0) FROM positions WHERE is_active = 1 AND capacity IS NOT NULL");
DB_REGISTER(&take, &take_first, &known, &release, &free_ones)

static enum err taken_row(struct ctx *c, struct rows *q, int64_t *id, const char **code)
{
    *id = db_int(q, 0);
    *code = db_dup(q, 1, c->a);
    return db_end(q);
}

enum err position_take_tx(struct ctx *c, const char *code, int64_t *id, const char **taken)
{
    struct rows q;
    enum err e;

    if (is_blank(code)) {
        e = db_one(c->db, &q, &take_first);
        if (e == E_NOT_FOUND)
            return ctx_fail(c, E_CONFLICT, "position", T_POSITION_NO_ROOM, NULL);
        return e != OK ? e : taken_row(c, &q, id, taken);
    }
    code = utf8_upper_ascii(c->a, code);
    e = db_one(c->db, &q, &take, code);
    if (e == OK)
        return taken_row(c, &q, id, taken);
    if (e != E_NOT_FOUND)
        return e;
    if (db_scalar(c->db, 0, &known, code) == 0)
        return ctx_fail(c, E_INVALID, "position", T_POSITION_NONE, code, NULL);
    return ctx_fail(c, E_CONFLICT, "position", T_POSITION_FULL, code, NULL);
}

enum err position_release_tx(struct ctx *c, int64_t id)
{
    return id == 0 ? OK : db_exec(c->db, NULL, &release, id);
}

int64_t position_free(struct ctx *c)
{
    return db_scalar(c->db, 0, &free_ones);
}

bool position_exists(struct ctx *c, const char *code)
{
    return db_scalar(c->db, 0, &known, utf8_upper_ascii(c->a, code)) != 0;
}
