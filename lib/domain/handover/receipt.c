#include <stdlib.h>

#include "domain/handover/receipt.h"
#include "crypto/crypto.h"
#include "domain/ground/tx.h"
#include "domain/handover/texts.h"
#include "domain/parcel/texts.h"

#define SYMBOLS 22               /* 62^22 > 2^128 */

static const struct stmt by_number = STMT("receipt_by_number", "i",
    "SELECT r.operation_id, (SELECT min(id) FROM packages p WHERE p.operation_id = r.operation_id)"
    " FROM receipts r WHERE r.number = $1");
DB_REGISTER(&by_number)

/* The operation's id and not the number alone: a database that was restored gives numbers again. */
static const char *receipt_token(struct ctx *c, int64_t number, const char *operation_id)
{
    const char *key = domain_secret(c, "pickup_key");

    return key == NULL ? NULL : token_derived(c->a, key, arena_printf(c->a, "receipt:%lld:%s", (long long)number,
                                                                      operation_id), SYMBOLS);
}

const char *receipt_address(struct ctx *c, const struct delivery *d)
{
    const char *token = d->receipt == 0 ? NULL : receipt_token(c, d->receipt, d->operation_id);

    return token == NULL ? NULL : arena_printf(c->a, "%s/r/%lld-%s", c->conf->public_url, (long long)d->receipt, token);
}

enum err receipt_by_key(struct ctx *c, const char *key, int64_t *package_id)
{
    char *end = NULL;
    int64_t number = is_blank(key) ? 0 : strtoll(key, &end, 10);
    const char *operation, *token;
    struct rows q;
    enum err e = number < 1 || *end != '-' ? E_NOT_FOUND : db_one(c->db, &q, &by_number, number);

    if (e == OK) {
        operation = db_dup(&q, 0, c->a);
        *package_id = db_int(&q, 1);
        e = db_end(&q);
        token = e != OK ? NULL : receipt_token(c, number, operation);
        if (e == OK && token == NULL)
            return E_INTERNAL;
        if (e == OK && !same_text(token, end + 1))
            e = E_NOT_FOUND;
        else if (e == OK && *package_id == 0)
            return ctx_fail(c, E_NOT_FOUND, NULL, T_RECEIPT_UNDONE, NULL);
    }
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_PACKAGE_NONE, NULL) : domain_fault(c, e);
}
