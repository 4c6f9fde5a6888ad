#include "domain/people/customer_edit.h"

#include "base/buf.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/message/texts.h"
#include "domain/people/approval.h"
#include "domain/people/identity.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt insert = STMT("customer_add", "sssi",
    "INSERT INTO customers (full_name, search_key, phone, created_at, known_at) VALUES ($1, $2, $3, $4, $4) RETURNING id");
static const struct stmt update = STMT("customer_change", "isssssssssssssiii",
    "UPDATE customers SET full_name = $2, search_key = $3, phone = $4, email = $5, document_type = $6, document_number = $7,"
    " building = $8, tower = $9, apartment = $10, floor = $11, address = $12, city = $13, notes = $14, is_vip = $15,"
    " known_at = nullif($16, 0), email_confirmed_at = iif($5 IS NULL, NULL, $17) WHERE id = $1");
static const struct stmt of_document = STMT("customer_of_document", "ssi",
    "SELECT full_name FROM customers WHERE document_type = $1 AND document_number = $2 AND id <> $3");
static const struct stmt forget_phone = STMT("customer_phones_set", "is",
    "DELETE FROM customer_phones WHERE customer_id = $1 AND phone NOT IN (SELECT value FROM json_each($2))");
static const struct stmt add_phone = STMT("customer_phone_add", "isiI",
    "INSERT INTO customer_phones (customer_id, phone, at, added_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
static const struct stmt waits = STMT("customer_waits", "i",
    "SELECT 1 FROM packages WHERE customer_id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO') LIMIT 1");
static const struct stmt list_insert = STMT("customer_list_add", "ssssssssssssssi",
    "INSERT INTO customers (full_name, search_key, phone, email, email_confirmed_at, document_type, document_number, building, tower,"
    " apartment, floor, address, city, notes, is_vip, created_at, known_at)"
    " VALUES ($1, $2, $3, $4, iif($4 IS NULL, NULL, 0), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 = 'VIP', $15, $15) RETURNING id");
DB_REGISTER(&insert, &list_insert, &update, &waits, &of_document, &forget_phone, &add_phone)

/* The texts of a person that are stored as they are typed, and their words. */
#define PLAIN(m, words) { #m, words, offsetof(struct customer_edit, m), offsetof(struct customer, m), true }
#define READ(m, words) { #m, words, 0, offsetof(struct customer, m), false }
static const struct part {
    const char *name, *words;
    size_t in, member;
    bool plain;
} parts[] = {
    READ(full_name, "Nombre"), READ(phone, "Celular"), READ(other_phones, "Otros celulares"), READ(email, "Correo"), READ(document_type, "Tipo de documento"),
    READ(document_number, "Documento"), PLAIN(building, "Edificio"), PLAIN(tower, "Torre"), PLAIN(apartment, "Apartamento"),
    PLAIN(floor, "Piso"), PLAIN(address, "Dirección"), PLAIN(city, "Ciudad"), PLAIN(notes, "Notas"),
};

static const char *part_of(const struct part *p, const struct customer *who)
{
    return *(const char *const *)(const void *)((const char *)who + p->member);
}

static bool differ(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a != b : !streq(a, b);
}

/* ---- what is typed ---- */

static void plain_take(const struct customer_edit *in, struct customer *to)
{
    for (size_t i = 0; i < COUNT(parts); i++) {
        const char *typed = *(const char *const *)(const void *)((const char *)in + parts[i].in);

        if (parts[i].plain && typed != NULL)
            *(const char **)(void *)((char *)to + parts[i].member) = is_blank(typed) ? NULL : typed;
    }
}

static void phone_take(struct ctx *c, const struct customer_edit *in, struct customer *to)
{
    struct customer_in who = { .name = "Nadie", .phone = in->phone, .no_phone = in->no_phone != NULL && *in->no_phone };

    if (in->phone == NULL && !who.no_phone)
        return;
    if (customer_check(c, &who) == OK || who.phone != NULL || who.no_phone)
        to->phone = who.no_phone ? NULL : who.phone;
}

/* The stored other phones, one a line. */
static char *other_phones_lines(struct ctx *c, const char *stored)
{
    char *lines = stored != NULL ? arena_strdup(c->a, stored) : NULL;

    for (size_t i = 0; lines != NULL && lines[i] != '\0'; i++)
        if (lines[i] == ' ')
            lines[i] = '\n';
    return lines;
}

/* Takes the other phones, one a line, without the first one and without repetitions; those that are stored are
 * taken again when the first one was typed alone. */
static void other_phones_take(struct ctx *c, const struct customer_edit *in, struct customer *to)
{
    char *rest = in->other_phones != NULL ? arena_strdup(c->a, in->other_phones)
        : in->phone != NULL || in->no_phone != NULL ? other_phones_lines(c, to->other_phones) : NULL, *line;
    const char *list = NULL;
    int n = 0;

    if (rest == NULL)
        return;
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *phone = normal_phone(c->a, line);

        if (line[strspn(line, " \t\r")] == '\0')
            continue;
        if (phone == NULL || n == CUSTOMER_PHONES_MAX)
            ctx_invalid(c, "other_phones", phone == NULL ? T_OTHER_PHONE : T_OTHER_PHONES_MAX, NULL);
        else if (!text_is(to->phone, phone) && !list_has(list, phone)) {
            list = list == NULL ? phone : arena_printf(c->a, "%s %s", list, phone);
            n++;
        }
    }
    if (list != NULL && to->phone == NULL)
        ctx_invalid(c, "phone", T_PHONE_FIRST, NULL);
    to->other_phones = list;
}

static void email_take(struct ctx *c, const struct customer_edit *in, struct customer *to)
{
    const char *email = is_blank(in->email) ? NULL : normal_email(c->a, in->email);

    if (in->email == NULL)
        return;
    if (!is_blank(in->email) && email == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    if (differ(email, to->email))
        to->email_confirmed_at = 0;      /* a clerk may mistype it: its reader or the phone confirms it */
    to->email = email;
}

static void document_take(struct ctx *c, const struct customer_edit *in, struct customer *to)
{
    if (in->document_type != NULL)
        to->document_type = is_blank(in->document_type) ? NULL : in->document_type;
    if (in->document_number != NULL && is_blank(in->document_number))
        to->document_number = NULL;
    else if (in->document_number != NULL) {
        to->document_number = identity_number(c->a, in->document_number);
        if (to->document_number == NULL)
            ctx_invalid(c, "document_number", T_DOCUMENT_BAD, NULL);
    }
    if (to->document_type != NULL && words_of(identity_types, to->document_type) == NULL)
        ctx_invalid(c, "document_type", T_DOCUMENT_KIND, NULL);
    if (to->document_number != NULL && to->document_type == NULL)
        ctx_invalid(c, "document_type", T_DOCUMENT_KIND, NULL);
    if (to->document_number == NULL && is_blank(in->document_number))
        to->document_type = NULL;
}

enum err customer_edit_take(struct ctx *c, const struct customer_edit *in, struct customer *to)
{
    plain_take(in, to);
    phone_take(c, in, to);
    other_phones_take(c, in, to);
    email_take(c, in, to);
    document_take(c, in, to);
    if (in->name != NULL && (to->full_name = normal_name(c->a, in->name)) == NULL)
        ctx_invalid(c, "name", T_NAME_BAD, NULL);
    if (in->is_vip != NULL)
        to->is_vip = *in->is_vip;
    return ctx_faults(c);
}

/* ---- writing ---- */

static enum err document_free(struct ctx *c, const struct customer *who)
{
    struct rows q;
    const char *name;
    enum err e;

    if (who->document_number == NULL)
        return OK;
    e = db_one(c->db, &q, &of_document, who->document_type, who->document_number, who->id);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    name = db_dup(&q, 0, c->a);
    e = db_end(&q);
    return e != OK ? e : ctx_fail(c, E_CONFLICT, "document_number", T_DOCUMENT_TAKEN, name, NULL);
}

/* Writes those of the list that are new, and takes away those that are not in it. */
static enum err other_phones_write(struct ctx *c, const struct customer *w)
{
    struct json_object *list = json_object_new_array();
    char *rest = w->other_phones != NULL ? arena_strdup(c->a, w->other_phones) : NULL, *phone;
    enum err e = OK;

    while (e == OK && (phone = strsep(&rest, " ")) != NULL) {
        json_object_array_add(list, json_object_new_string(phone));
        e = db_exec(c->db, NULL, &add_phone, w->id, phone, c->now, c->user_id);
    }
    if (e == OK)
        e = db_exec(c->db, NULL, &forget_phone, w->id, json_text(c->a, list));
    json_object_put(list);
    return e;
}

static enum err edit_write(struct ctx *c, const struct customer *w, struct customer *out)
{
    enum err e = document_free(c, w);

    if (e == OK)
        e = db_exec(c->db, NULL, &update, w->id, w->full_name, utf8_fold(c->a, w->full_name), w->phone, w->email,
                    w->document_type, w->document_number, w->building, w->tower, w->apartment, w->floor, w->address,
                    w->city, w->notes, w->is_vip, w->known_at, w->email_confirmed_at);
    if (e == OK)
        e = other_phones_write(c, w);
    return e != OK ? e : customer_by_id(c, w->id, out);
}

/* A person of that name has the parcels that are announced in it: who is called otherwise has none of them any more. */
static bool is_renamed(struct ctx *c, const struct customer *before, const struct customer *after)
{
    return !streq(utf8_fold(c->a, before->full_name), utf8_fold(c->a, after->full_name))
        && db_scalar(c->db, 0, &waits, before->id) != 0;
}

/* The codes of a person's parcels go to their phones and their e-mail, and the name says which parcels are theirs:
 * where giving a parcel to another needs an approval, so does each way to take these to somebody else.  before:
 * nobody (id 0) of a new person, whose first phone an operator may write: to it goes what is theirs from now on. */
static enum err reach_check(struct ctx *c, const struct customer *before, const struct customer *after)
{
    const bool is_new = before->id == 0;
    const char *field = !is_new && differ(before->phone, after->phone) ? "phone"
        : differ(before->other_phones, after->other_phones) ? "other_phones"
        : differ(before->email, after->email) ? "email" : NULL;

    if (!approval_needed(c, APPROVE_GIVING, 0))
        return OK;
    if (field == NULL && !is_new && is_renamed(c, before, after))
        return ctx_fail(c, E_FORBIDDEN, "name", T_CUSTOMER_RENAMED, NULL);
    return field == NULL ? OK : ctx_fail(c, E_FORBIDDEN, field, T_CUSTOMER_REACH, NULL);
}

enum err customer_add_tx(struct ctx *c, const struct customer_edit *in, struct customer *out)
{
    static const struct customer nobody;
    struct customer w = { .known_at = c->now };
    enum err e;

    if (is_blank(in->name))
        ctx_invalid(c, "name", T_NAME_BAD, NULL);
    if (is_blank(in->phone) && !(in->no_phone != NULL && *in->no_phone))
        ctx_invalid(c, "phone", T_PHONE_OR_NONE, NULL);
    e = customer_edit_take(c, in, &w);
    if (e == OK)
        e = reach_check(c, &nobody, &w);
    if (e == OK)
        e = db_insert(c->db, &w.id, &insert, w.full_name, utf8_fold(c->a, w.full_name), w.phone, c->now);
    return e != OK ? e : edit_write(c, &w, out);
}

enum err customer_edit_tx(struct ctx *c, const struct customer_edit *in, struct customer *before, struct customer *out)
{
    struct customer w;
    enum err e = customer_by_id(c, in->id, before);

    if (e == OK && !before->is_active)
        e = E_NOT_FOUND;
    if (e != OK)
        return e;
    if (in->version != 0 && in->version != before->version)
        return ctx_fail(c, E_PRECONDITION, NULL, T_CUSTOMER_CHANGED, NULL);
    w = *before;
    e = customer_edit_take(c, in, &w);
    if (e == OK)
        e = reach_check(c, before, &w);
    if (e == OK && w.known_at == 0 && differ(w.full_name, before->full_name))
        w.known_at = c->now;
    return e != OK ? e : edit_write(c, &w, out);
}

enum err customer_list_add_tx(struct ctx *c, const struct customer *who, int64_t *id)
{
    struct customer w = *who;
    enum err e = document_free(c, who);

    if (e == OK)
        e = db_insert(c->db, &w.id, &list_insert, w.full_name, utf8_fold(c->a, w.full_name), w.phone, w.email,
                      w.document_type, w.document_number, w.building, w.tower, w.apartment, w.floor, w.address, w.city,
                      w.notes, w.is_vip ? "VIP" : "", c->now);
    *id = w.id;
    return e == OK && w.other_phones != NULL ? other_phones_write(c, &w) : e;
}

/* ---- the audit log ---- */

const char *customer_differences(struct arena *a, const struct customer *before, const struct customer *after,
                                 const char **what)
{
    struct buf names = { 0 }, note = { 0 };
    const char *text;

    for (size_t i = 0; i < COUNT(parts); i++) {
        const char *was = part_of(&parts[i], before), *is = part_of(&parts[i], after);

        if (!differ(was, is))
            continue;
        buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", parts[i].words);
        buf_printf(&note, "%s%s: %s → %s", note.len > 0 ? "; " : "", parts[i].words, was != NULL ? was : "nada",
                   is != NULL ? is : "nada");
    }
    if (before->is_vip != after->is_vip)
        buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", after->is_vip ? "ahora VIP" : "ya no VIP");
    *what = names.len > 0 ? arena_strdup(a, names.data) : NULL;
    text = note.len > 0 ? arena_strdup(a, note.data) : NULL;
    buf_free(&names);
    buf_free(&note);
    return text;
}

enum err customer_audit_tx(struct ctx *c, const char *action, const struct customer *before, const struct customer *after)
{
    struct json_object *details = json_object_new_object();
    const char *what, *note = customer_differences(c->a, before, after, &what);

    json_add_text(details, "what", what);
    return audit_note_tx(c, action, "customer", after->id, details, note);
}
