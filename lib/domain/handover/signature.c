#include "domain/handover/signature.h"

#include "domain/ground/tx.h"
#include "domain/handover/texts.h"

#define DECIMAL "0123456789"

static const struct stmt of_package = STMT("signature_of", "i",
    "SELECT s.signature FROM delivery_signature_packages l JOIN delivery_signatures s"
    " ON s.operation_id = l.operation_id WHERE l.package_id = $1");
static const struct stmt keep = STMT("signature_keep", "ssi",
    "INSERT INTO delivery_signatures (operation_id, signature, signed_at) VALUES ($1, $2, $3)");
static const struct stmt keep_for = STMT("signature_keep_for", "is",
    "INSERT INTO delivery_signature_packages (package_id, operation_id) VALUES ($1, $2)");
static const struct stmt forget_for = STMT("signature_forget_for", "i",
    "DELETE FROM delivery_signature_packages WHERE package_id = $1 RETURNING operation_id");
static const struct stmt forget_last = STMT("signature_forget_last", "s",
    "DELETE FROM delivery_signatures WHERE operation_id = $1 AND NOT EXISTS"
    " (SELECT 1 FROM delivery_signature_packages WHERE operation_id = $1)");
DB_REGISTER(&of_package, &keep, &keep_for, &forget_for, &forget_last)

/* Moves *s behind a number of at most five digits and three decimals; false when none stands there. */
static bool coordinate_skip(const char **s)
{
    size_t whole = strspn(*s, DECIMAL), part = 0;

    *s += whole;
    if (**s == '.') {
        part = strspn(*s + 1, DECIMAL);
        if (part == 0)
            return false;
        *s += 1 + part;
    }
    return whole >= 1 && whole <= 5 && part <= 3;
}

/* "M10 10L12 14 …": nothing else gets into a page or a PDF. */
static bool is_path(const char *s)
{
    if (*s != 'M' || strlen(s) > SIGNATURE_MAX)
        return false;
    while (*s == 'M' || *s == 'L') {
        s++;
        if (!coordinate_skip(&s) || *s++ != ' ' || !coordinate_skip(&s))
            return false;
    }
    return *s == '\0';
}

const char *signature_check(struct ctx *c, const char *sent)
{
    if (is_blank(sent))
        return NULL;
    if (is_path(sent))
        return sent;
    ctx_invalid(c, "signature", T_SIGNATURE_BAD, NULL);
    return NULL;
}

enum err signature_of(struct ctx *c, int64_t package_id, const char **out)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &of_package, package_id);

    *out = NULL;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : domain_fault(c, e);
    *out = db_dup(&q, 0, c->a);
    return domain_fault(c, db_end(&q));
}

enum err signature_keep_tx(struct ctx *c, const char *operation, const int64_t *ids, size_t n,
                           const char *signature)
{
    enum err e = db_exec(c->db, NULL, &keep, operation, signature, c->now);

    for (size_t i = 0; i < n && e == OK; i++)
        e = db_exec(c->db, NULL, &keep_for, ids[i], operation);
    return e;
}

enum err signature_forget_tx(struct ctx *c, int64_t package_id)
{
    const char *operation;
    struct rows q;
    enum err e = db_one(c->db, &q, &forget_for, package_id);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    operation = db_dup(&q, 0, c->a);
    e = db_end(&q);
    return e != OK ? e : db_exec(c->db, NULL, &forget_last, operation);
}
