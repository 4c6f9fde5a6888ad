/* docs/search.md says which index each statement uses. */
#include "base/clock.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package_columns.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_list.h"

#define LIST_USUAL 50
#define LIST_MAX 200

/* The columns that a row of the list page shows (brief_rows): a page of 50 is read in half the time. */
#define SELECT_BRIEF                                                                             \
    "SELECT p.id, p.tracking_code, p.guide_number, p.carrier, p.state, p.customer_id, p.announced_name,"  \
    " p.base_fee, p.storage_per_day, p.free_hours, p.announced_at, p.received_at, p.delivered_at,"     \
    " p.cancelled_at, o.code, " PARCEL_NAME ", " PARCEL_PHONE ", " PARCEL_PHONE_NAME ", " PARCEL_DISPUTED PACKAGE_FROM

/* A statement a kind of list, so that each can use its index.  All of them take all filters: $1
 * before, $2 limit, $3 state, $4 type, $5 unidentified, $6 customer, $7 and $8 the bounds of
 * received_at, $9 disputed. */
#define LIST(name, select, shape) STMT(name, "iissiIIIi", select "WHERE " shape " AND p.id < $1"    \
    " AND ($3 IS NULL OR p.state = $3) AND ($4 IS NULL OR p.type = $4)"                            \
    " AND ($5 = 0 OR p.customer_id IS NULL) AND ($6 IS NULL OR p.customer_id = $6)"                \
    " AND ($7 IS NULL OR (p.received_at > $7 AND p.received_at <= $8))"                            \
    " AND ($9 = 0 OR (" PARCEL_DISPUTED "))"                                                       \
    " ORDER BY p.id DESC LIMIT $2")
#define BY_ALL "1"
#define BY_STATE "p.state = $3"
#define BY_TYPE "p.type = $4"
#define BY_BOTH "p.type = $4 AND p.state = $3"
#define BY_CUSTOMER "p.customer_id = $6"
#define BY_CLAIM "p.disputed = 1"
#define BY_AGE "p.state = 'RECIBIDO' AND p.received_at > $7 AND p.received_at <= $8"
static const struct stmt list_all = LIST("packages_all", PACKAGE_SELECT, BY_ALL);
static const struct stmt list_state = LIST("packages_by_state", PACKAGE_SELECT, BY_STATE);
static const struct stmt list_type = LIST("packages_by_type", PACKAGE_SELECT, BY_TYPE);
static const struct stmt list_both = LIST("packages_by_type_and_state", PACKAGE_SELECT, BY_BOTH);
static const struct stmt list_customer = LIST("packages_of_customer", PACKAGE_SELECT, BY_CUSTOMER);
static const struct stmt list_age = LIST("packages_by_age", PACKAGE_SELECT, BY_AGE);
static const struct stmt list_claimed = LIST("packages_claimed", PACKAGE_SELECT, BY_CLAIM);
static const struct stmt brief_all = LIST("packages_all_brief", SELECT_BRIEF, BY_ALL);
static const struct stmt brief_state = LIST("packages_by_state_brief", SELECT_BRIEF, BY_STATE);
static const struct stmt brief_type = LIST("packages_by_type_brief", SELECT_BRIEF, BY_TYPE);
static const struct stmt brief_both = LIST("packages_by_type_and_state_brief", SELECT_BRIEF, BY_BOTH);
static const struct stmt brief_customer = LIST("packages_of_customer_brief", SELECT_BRIEF, BY_CUSTOMER);
static const struct stmt brief_age = LIST("packages_by_age_brief", SELECT_BRIEF, BY_AGE);
static const struct stmt brief_claimed = LIST("packages_claimed_brief", SELECT_BRIEF, BY_CLAIM);
DB_REGISTER(&list_all, &list_state, &list_customer, &list_age, &brief_all, &brief_state, &brief_customer, &brief_age,
            &list_type, &list_both, &brief_type, &brief_both, &list_claimed, &brief_claimed)

#define P struct package
static const struct field brief_rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(P, guide_number, F_TEXT, "Guía como se escribió"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, customer_id, F_ID, "Cliente"),
    FIELD(P, announced_name, F_TEXT, "Nombre en el anuncio"),
    FIELD(P, base_fee, F_MONEY, "Tarifa base"),
    FIELD(P, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(P, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
    FIELD(P, position_code, F_TEXT, "Código de la posición"),
    FIELD(P, customer_name, F_TEXT, "Nombre del cliente"),
    FIELD(P, customer_phone, F_PHONE, "Celular del cliente"),
    FIELD(P, phone_name, F_TEXT, "De quién es ese celular, si es de otra persona a quien se conoce"),
    FIELD(P, disputed, F_BOOL, "En disputa"),
};
static const struct fields brief_fields = FIELDS(brief_rows);

#define BANDS 6
#define BANDS_EACH(row) \
    row("0-1", 0, 1), row("2-3", 2, 3), row("4-7", 4, 7), row("8-15", 8, 15), row("16-30", 16, 30), row("30+", 31, 36500)
#define BAND_DAYS(name, from, to) { name, from, to }
#define BAND_NAME(name, from, to) WORD(name)
const struct age_band age_bands[BANDS] = { BANDS_EACH(BAND_DAYS) };
const struct word age_band_names[] = { BANDS_EACH(BAND_NAME), WORDS_END };

const struct age_band *age_band_of(const struct package *p, int64_t now)
{
    int64_t days = (now - p->received_at) / DAY_SECONDS;

    if (!streq(p->state, "RECIBIDO"))
        return NULL;
    for (size_t i = 0; i < BANDS; i++)
        if (days <= age_bands[i].to)
            return &age_bands[i];
    return &age_bands[BANDS - 1];
}

const struct age_band *age_band_named(const char *name)
{
    for (size_t i = 0; i < BANDS && !is_blank(name); i++)
        if (streq(age_bands[i].name, name))
            return &age_bands[i];
    return NULL;
}

static void list_push(struct ctx *c, struct fields f, struct packages *out, size_t cap, struct rows *q)
{
    if (out->v == NULL)
        out->v = arena_alloc(c->a, cap * sizeof *out->v);
    db_fill(q, 0, f, &out->v[out->n++], c->a);
}

/* A package that has an age or waits for its owner is on the shelf: with another state nothing can be
 * found. */
static bool filter_excludes_all(const struct package_filter *f)
{
    return (f->unidentified || !is_blank(f->band)) && !is_blank(f->state)
        && !streq(f->state, "RECIBIDO");
}

static enum err list_query(struct ctx *c, const struct package_filter *f, bool brief, int64_t limit,
                           struct rows *q)
{
    static const struct stmt *const all[] = { &list_all, &brief_all }, *const by_state[] = { &list_state, &brief_state },
        *const by_type[] = { &list_type, &brief_type }, *const by_both[] = { &list_both, &brief_both },
        *const by_customer[] = { &list_customer, &brief_customer }, *const by_age[] = { &list_age, &brief_age },
        *const by_claim[] = { &list_claimed, &brief_claimed };
    const struct age_band *band = age_band_named(f->band);
    const char *state = f->unidentified || band != NULL ? "RECIBIDO"
        : is_blank(f->state) ? NULL : f->state;
    const struct stmt *const *shape = f->disputed ? by_claim : f->customer_id != 0 ? by_customer : band != NULL ? by_age
        : state != NULL ? (is_blank(f->type) ? by_state : by_both) : is_blank(f->type) ? all : by_type;

    return db_query(c->db, q, shape[brief], f->before > 0 ? f->before : INT64_MAX, limit, state,
                    is_blank(f->type) ? NULL : f->type, (int64_t)f->unidentified, f->customer_id,
                    band ? c->now - (band->to + 1) * DAY_SECONDS : 0,
                    band ? c->now - band->from * DAY_SECONDS : 0, (int64_t)f->disputed);
}

static bool filter_fits(const struct package_filter *f, const struct package *p, int64_t now)
{
    const struct age_band *band = age_band_of(p, now);

    return (is_blank(f->state) || streq(f->state, p->state))
        && (is_blank(f->type) || (p->type != NULL && streq(f->type, p->type)))
        && (is_blank(f->band) || (band != NULL && streq(f->band, band->name)))
        && (!f->unidentified || (p->customer_id == 0 && streq(p->state, "RECIBIDO")))
        && (!f->disputed || p->disputed)
        && (f->customer_id == 0 || f->customer_id == p->customer_id);
}

/* The packages that package_find finds and the other filters leave. */
static enum err list_found(struct ctx *c, const struct package_filter *f, size_t limit,
                           struct packages *out)
{
    struct packages found;
    enum err e = package_find(c, f->q, LIST_MAX, &found);

    *out = (struct packages){ .v = found.v, .near = found.near };
    for (size_t i = 0; e == OK && i < found.n && out->n < limit; i++)
        if (filter_fits(f, &found.v[i], c->now))
            out->v[out->n++] = found.v[i];
    return e;
}

static enum err list_read(struct ctx *c, const struct package_filter *f, bool brief, struct packages *out,
                          int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e;

    *out = (struct packages){ 0 };
    *next = 0;
    if (filter_excludes_all(f))
        return OK;
    if (!is_blank(f->q))
        return list_found(c, f, (size_t)limit, out);
    e = list_query(c, f, brief, limit + 1, &q);
    if (e != OK)
        return e;
    while (db_next(&q))
        list_push(c, brief ? brief_fields : package_fields, out, (size_t)limit + 1, &q);
    e = db_end(&q);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return e;
}

enum err package_list(struct ctx *c, const struct package_filter *f, struct packages *out, int64_t *next)
{
    return domain_fault(c, list_read(c, f, false, out, next));
}

struct package_listing { struct ctx *c; const struct package_filter *f; struct package_rows *out; };

static enum err package_rows_read(struct db *db UNUSED, void *arg)
{
    struct package_listing *x = arg;
    enum err e = list_read(x->c, x->f, true, &x->out->all, &x->out->next);

    return e != OK ? e : fees_of(x->c, &x->out->all, &x->out->fees);
}

enum err package_rows(struct ctx *c, const struct package_filter *f, struct package_rows *out)
{
    struct package_listing x = { c, f, out };

    return domain_fault(c, db_read(c->db, package_rows_read, &x));
}
