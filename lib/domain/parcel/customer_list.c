/* The words that are found are those of the index person_words, as for person_find.c. */
#include "domain/parcel/customer_list.h"

#include "base/csv.h"
#include "domain/ground/tx.h"
#include "domain/parcel/person_find.h"
#include "local/money.h"

#define LIST_USUAL 50
#define LIST_MAX 200
#define KNOWN ((int64_t)2 << 40) /* numbers of person_words from here on are those of known people */

#define COLUMNS "c.id, c.full_name, c.phone, c.email, c.building, c.tower, c.apartment, c.sms_opt_out, c.email_opt_out," \
    " c.created_at, c.email_confirmed_at, c.document_type, c.document_number, c.floor, c.address, c.city, c.notes, c.is_vip,"  \
    " c.is_active, c.known_at, (SELECT group_concat(k.phone, ' ' ORDER BY k.id) FROM customer_phones k WHERE k.customer_id = c.id)," \
    " c.version, (SELECT count(*) FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO'),"  \
    " (SELECT o.full_name FROM customers o WHERE o.id = c.phone_of)"
/* A statement a kind of list, so that each has its index. */
#define LIST(name, shape) \
    STMT(name, "ii", "SELECT " COLUMNS ", c.id FROM customers c WHERE c.is_active = 1 AND " shape "c.id < $1 ORDER BY c.id DESC LIMIT $2")
static const struct stmt of_all = LIST("customers_all", "c.search_key <> '' AND ");
static const struct stmt of_known = LIST("customers_known", "c.known_at IS NOT NULL AND ");
static const struct stmt of_unmet = LIST("customers_unmet", "c.known_at IS NULL AND c.search_key <> '' AND ");
static const struct stmt of_vip = LIST("customers_vip", "c.is_vip = 1 AND ");
static const struct stmt found = STMT("customers_found", "siii",
    "SELECT " COLUMNS ", hit.number FROM (SELECT rowid AS number FROM person_words WHERE person_words MATCH $1"
    " AND rowid < $2 AND rowid >= $3 ORDER BY rowid DESC LIMIT $4) hit"
    " CROSS JOIN customers c ON c.id = hit.number & 1099511627775 ORDER BY hit.number DESC");
static const struct stmt found_vip = STMT("customers_found_vip", "sii",
    "SELECT " COLUMNS ", hit.number FROM (SELECT rowid AS number FROM person_words WHERE person_words MATCH $1 AND rowid < $2"
    " AND rowid & 1099511627775 IN (SELECT v.id FROM customers v WHERE v.is_vip = 1 AND v.is_active = 1)"
    " ORDER BY rowid DESC LIMIT $3) hit CROSS JOIN customers c ON c.id = hit.number & 1099511627775 ORDER BY hit.number DESC");
static const struct stmt by_id = STMT("customer_row", "i", "SELECT " COLUMNS " FROM customers c WHERE c.id = $1");
DB_REGISTER(&of_all, &of_known, &of_unmet, &of_vip, &found, &found_vip, &by_id)

const struct word customer_kinds[] = {
    { "conocidos", "Conocidos" }, { "anunciados", "Sin conocer" }, { "vip", "VIP" }, WORDS_END
};

#define R struct customer_row
static const struct field more_rows[] = {
    FIELD(R, waiting, F_INT, "Cuántos paquetes suyos están por recoger"),
    FIELD(R, phone_of, F_TEXT, "De quién es el celular, si es de otra persona"),
};
static const struct fields more_fields = FIELDS(more_rows);
static const struct field row_rows[] = {
    FIELD_PART(R, who, customer_fields),
    FIELD(R, waiting, F_INT, "Cuántos paquetes suyos están por recoger"),
    FIELD(R, phone_of, F_TEXT, "De quién es el celular, si es de otra persona"),
    FIELD(R, home, F_TEXT, "Dónde vive, en palabras"),
};
const struct fields customer_row_fields = FIELDS(row_rows);
static const struct field sheet_rows[] = {
    FIELD_AS(R, who.id, "id", F_INT, "Número"),
    FIELD_AS(R, who.full_name, "full_name", F_TEXT, "Nombre"),
    FIELD_AS(R, who.phone, "phone", F_PHONE, "Celular"),
    FIELD_AS(R, who.other_phones, "other_phones", F_PHONE, "Otros celulares"),
    FIELD_AS(R, who.email, "email", F_TEXT, "Correo"),
    FIELD_AS(R, who.document_type, "document_type", F_TEXT, "Tipo de documento"),
    FIELD_AS(R, who.document_number, "document_number", F_TEXT, "Documento"),
    FIELD_AS(R, who.building, "building", F_TEXT, "Edificio"),
    FIELD_AS(R, who.tower, "tower", F_TEXT, "Torre"),
    FIELD_AS(R, who.apartment, "apartment", F_TEXT, "Apartamento"),
    FIELD_AS(R, who.floor, "floor", F_TEXT, "Piso"),
    FIELD_AS(R, who.address, "address", F_TEXT, "Dirección"),
    FIELD_AS(R, who.city, "city", F_TEXT, "Ciudad"),
    FIELD_AS(R, who.notes, "notes", F_TEXT, "Notas"),
    FIELD_AS(R, who.is_vip, "is_vip", F_BOOL, "VIP"),
    FIELD_AS(R, who.sms_opt_out, "sms_opt_out", F_BOOL, "No quiere SMS"),
    FIELD_AS(R, who.email_opt_out, "email_opt_out", F_BOOL, "No quiere correos"),
    FIELD_AS(R, who.created_at, "created_at", F_INSTANT, "Desde cuándo"),
    FIELD_AS(R, who.known_at, "known_at", F_INSTANT, "Desde cuándo lo conoce el punto"),
    FIELD(R, waiting, F_INT, "Por recoger"),
};
const struct fields customer_sheet_fields = FIELDS(sheet_rows);

static void row_read(struct ctx *c, struct rows *q, R *out)
{
    db_fill(q, 0, customer_fields, &out->who, c->a);
    db_fill(q, (int)customer_fields.count, more_fields, out, c->a);
    out->home = customer_home(c->a, out->who.building, out->who.tower, out->who.apartment);
}

enum err customer_row_by_id(struct ctx *c, int64_t id, R *out)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &by_id, id);

    if (e != OK)
        return domain_fault(c, e);
    *out = (R){ 0 };
    row_read(c, &q, out);
    return domain_fault(c, db_end(&q));
}

static bool kind_is(const struct customer_filter *f, const char *kind)
{
    return text_is(f->kind, kind);
}

static enum err rows_find(struct ctx *c, struct rows *q, const struct customer_filter *f, int64_t limit)
{
    const int64_t before = f->before > 0 ? f->before : INT64_MAX;
    const char *match = is_blank(f->q) ? NULL : person_match(c->a, f->q);

    if (match == NULL)
        return db_query(c->db, q, kind_is(f, "conocidos") ? &of_known : kind_is(f, "anunciados") ? &of_unmet
                        : kind_is(f, "vip") ? &of_vip : &of_all, before, limit);
    if (kind_is(f, "vip"))
        return db_query(c->db, q, &found_vip, match, before, limit);
    return db_query(c->db, q, &found, match, kind_is(f, "anunciados") && before > KNOWN ? KNOWN : before,
                    kind_is(f, "conocidos") ? KNOWN : (int64_t)0, limit);
}

enum err customer_list(struct ctx *c, const struct customer_filter *f, struct customer_rows *out, int64_t *next)
{
    const int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    int64_t cursor = 0;
    struct rows q;
    enum err e;

    *out = (struct customer_rows){ .v = arena_alloc(c->a, (size_t)limit * sizeof *out->v) };
    if (!is_blank(f->q) && *person_match(c->a, f->q) == '\0') {
        *next = 0;
        return OK;
    }
    e = rows_find(c, &q, f, limit + 1);
    *next = 0;                   /* which may be f->before */
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        if ((int64_t)out->n == limit) {
            *next = cursor;
            break;
        }
        row_read(c, &q, &out->v[out->n++]);
        cursor = db_int(&q, (int)(customer_fields.count + more_fields.count));
    }
    return domain_fault(c, db_end(&q));
}

enum err customer_sheet(struct ctx *c, const struct customer_filter *f, struct buf *out)
{
    struct customer_filter page = *f;
    int64_t n = 0;

    page.limit = LIST_MAX;
    csv_titles(out, customer_sheet_fields);
    do {
        struct customer_rows all;
        enum err e = customer_list(c, &page, &all, &page.before);

        if (e != OK)
            return e;
        for (size_t i = 0; i < all.n; i++, n++)
            csv_line(out, customer_sheet_fields, &all.v[i]);
    } while (page.before != 0 && n < CUSTOMER_SHEET_MAX);
    if (page.before != 0)
        csv_note(out, arena_printf(c->a, "Hay más: esta hoja llega hasta %s filas. Para ver las demás, filtre la lista.",
                                   count_text(c->a, CUSTOMER_SHEET_MAX)));
    return OK;
}
