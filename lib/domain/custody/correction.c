#include "domain/custody/correction.h"

#include "base/texts.h"
#include "domain/custody/claim_settle.h"
#include "domain/custody/give.h"
#include "domain/custody/texts.h"
#include "domain/parcel/carrier.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/event.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/money.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt guide_other = STMT("correct_guide_other", "si",
    "SELECT 1 FROM packages WHERE guide_key = $1 AND state <> 'CANCELADO' AND id <> $2");
static const struct stmt has_photo = STMT("correct_has_photo", "i",
    "SELECT 1 FROM package_files WHERE package_id = $1 AND purge_at IS NULL LIMIT 1");
static const struct stmt correct = STMT("package_correct", "issssssIss",
    "UPDATE packages SET type = $2, condition = $3, carrier = $4, guide_number = $5, guide_key = $6,"
    " announced_name = $7, declared_value = $8, observations = $9, receiver_name = $10 WHERE id = $1");
static const struct stmt set_rate = STMT("package_correct_rate", "is",
    "UPDATE packages SET rate_id = r.id, base_fee = r.base_fee, storage_per_day = r.storage_per_day,"
    " free_hours = r.free_hours"
    " FROM (SELECT id, base_fee, storage_per_day, free_hours FROM rates WHERE package_type = $2"
    " AND valid_from <= (SELECT announced_at FROM packages WHERE id = $1)"
    " ORDER BY valid_from DESC LIMIT 1) AS r WHERE packages.id = $1 AND state = 'RECIBIDO'");
static const struct stmt others_of = STMT("correct_others_of", "ii",
    "SELECT count(*) FROM packages WHERE customer_id = $1 AND id <> $2");
DB_REGISTER(&guide_other, &has_photo, &correct, &set_rate, &others_of)

/* A part of an object as text, money too; NULL for nothing. */
static const char *part_value(struct ctx *c, const struct correction_part *part, const void *object, size_t offset)
{
    const void *at = (const char *)object + offset;
    const char *text;

    if (part->flags & CORRECT_MONEY)
        return *(const int64_t *)at == 0 ? NULL : money_text(c->a, *(const int64_t *)at);
    text = *(const char *const *)at;
    return is_blank(text) ? NULL : text;
}

static void part_take(const struct correction_part *part, struct package *to, const struct correct_in *in)
{
    void *at = (char *)to + part->member;
    const void *from = (const char *)in + part->in;

    if (part->flags & CORRECT_MONEY)
        *(int64_t *)at = *(const int64_t *)from;
    else
        *(const char **)at = is_blank(*(const char *const *)from) ? NULL : *(const char *const *)from;
}

/* ---- one correction ---- */

struct correcting {
    struct ctx *c;
    struct correct_in in;        /* normalised */
    struct customer_in person;
    struct package before, after, *out;
    struct customer customer;    /* the new customer as known before; id 0: no new one */
    bool known;                  /* a new customer was given */
};

/* True when the name is a line of the list. */
static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *line = list; !is_blank(line); line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, name, n) == 0 && (line[n] == '\n' || line[n] == '\0'))
            return true;
    return false;
}

/* Takes a given value into x->after, or empties the part there if that was asked for. */
static enum err part_apply(struct correcting *x, const struct correction_part *part)
{
    struct ctx *c = x->c;
    const bool allowed = (part->states & correction_state(&x->before)) != 0;
    const char *given = part_value(c, part, &x->in, part->in), *was = part_value(c, part, &x->before, part->member);
    const bool empties = is_listed(x->in.clear, part->name) || (x->in.whole && allowed);

    if ((given == NULL && !empties) || text_equal(given, was))
        return OK;
    if (!allowed)
        return ctx_fail(c, E_CONFLICT, part->name, T_CORRECT_STATE, x->before.state, NULL);
    if (given == NULL && (part->flags & CORRECT_NEEDED))
        return ctx_fail(c, E_INVALID, part->name, T_REQUIRED, NULL);
    part_take(part, &x->after, &x->in);
    return OK;
}

static enum err guide_apply(struct correcting *x)
{
    struct ctx *c = x->c;
    struct guide_reading read;

    if (text_equal(x->after.guide_number, x->before.guide_number))
        return OK;
    guide_read(c->a, x->after.guide_number, &read);
    x->after.guide_key = read.key;
    if (own_guide_formed(read.key))
        return own_guide_refuse(c, read.key, "guide");
    if (db_scalar(c->db, 0, &guide_other, x->after.guide_key, x->before.id) != 0)
        return ctx_fail(c, E_CONFLICT, "guide", T_GUIDE_ACTIVE, x->after.guide_number, NULL);
    return OK;
}

/* Applies a corrected name where the phone stays.  A person who has this parcel alone, or who was called as the
 * announcement was, has the new name from now on; a person who is known by another name keeps it, and the parcel is
 * somebody else's. */
static enum err customer_rename(struct correcting *x)
{
    struct ctx *c = x->c;
    const char *name = x->after.announced_name;
    struct customer_in in = { .name = name, .phone = x->before.customer_phone };
    struct customer who;
    int64_t id;
    enum err e;

    if (name == NULL || x->before.customer_id == 0 || text_equal(name, x->before.announced_name))
        return OK;
    e = customer_by_id(c, x->before.customer_id, &who);
    if (e != OK)
        return e;
    if (text_equal(who.full_name, x->before.announced_name)
        && (names_alike(c->a, name, who.full_name) || db_scalar(c->db, 0, &others_of, who.id, x->before.id) == 0))
        return customer_rename_tx(c, who.id, name);
    if (names_alike(c->a, name, who.full_name))
        return OK;
    e = customer_ensure_tx(c, &in, &id);
    return e != OK || id == who.id ? e : customer_by_id(c, id, &x->customer);
}

/* Gives the package another customer, and that person's name as the announced one, with which pages greet, unless
 * the correction gives a name too. */
static enum err customer_apply(struct correcting *x)
{
    struct ctx *c = x->c;
    int64_t id;
    enum err e;

    if (!x->known)
        return customer_rename(x);
    if (!(correction_state(&x->before) & (CORRECT_ANNOUNCED | CORRECT_SHELF)))
        return ctx_fail(c, E_CONFLICT, "phone", T_CORRECT_STATE, x->before.state, NULL);
    if (x->before.customer_id == 0)
        return ctx_fail(c, E_CONFLICT, "phone", T_CORRECT_NOBODY, NULL);
    e = customer_ensure_tx(c, &x->person, &id);
    if (e == OK && id == x->before.customer_id && text_equal(x->person.phone, x->before.customer_phone))
        return ctx_fail(c, E_INVALID, "phone", T_CORRECT_SAME, NULL);
    if (e == OK)
        e = customer_by_id(c, id, &x->customer);
    if (e != OK)
        return e;
    if (text_equal(x->after.announced_name, x->before.announced_name))
        x->after.announced_name = x->person.name;
    return OK;
}

static bool part_is_changed(struct correcting *x, const struct correction_part *part)
{
    return !text_equal(part_value(x->c, part, &x->before, part->member), part_value(x->c, part, &x->after, part->member));
}

/* A parcel that did not arrive well has a photo and a note, as at reception. */
static enum err correct_check_damage(const struct correcting *x)
{
    const bool now = !text_equal(x->after.condition, x->before.condition)
        || !text_equal(x->after.observations, x->before.observations);

    if (!now || correction_state(&x->before) != CORRECT_SHELF || streq(x->after.condition, "BUENO"))
        return OK;
    if (x->after.observations == NULL)
        return ctx_fail(x->c, E_INVALID, "observations", T_DAMAGE_NOTE, NULL);
    if (db_scalar(x->c->db, 0, &has_photo, x->before.id) == 0)
        return ctx_fail(x->c, E_INVALID, "condition", T_DAMAGE_PHOTO, NULL);
    return OK;
}

static enum err parts_apply(struct correcting *x)
{
    bool any = false;
    enum err e = OK;

    x->after = x->before;
    x->customer = (struct customer){ 0 };
    if (!is_blank(x->in.carrier))
        e = carrier_keep_tx(x->c, x->in.carrier, &x->in.carrier);
    for (size_t i = 0; i < CORRECTION_PARTS && e == OK; i++)
        e = part_apply(x, &correction_parts[i]);
    if (e == OK)
        e = guide_apply(x);
    if (e == OK)
        e = customer_apply(x);
    if (e == OK)
        e = correct_check_damage(x);
    for (size_t i = 0; i < CORRECTION_PARTS; i++)
        any = any || part_is_changed(x, &correction_parts[i]);
    return e == OK && !any && x->customer.id == 0 ? ctx_fail(x->c, E_INVALID, NULL, T_CORRECT_NOTHING, NULL) : e;
}

/* ---- writing it down ---- */

static enum err correct_row_tx(struct correcting *x)
{
    const struct package *p = &x->after;
    enum err e = db_exec(x->c->db, NULL, &correct, p->id, p->type, p->condition, p->carrier, p->guide_number,
                         p->guide_key, p->announced_name, p->declared_value, p->observations, p->receiver_name);

    if (e == OK && !text_equal(p->type, x->before.type))
        e = db_exec(x->c->db, NULL, &set_rate, p->id, p->type);
    return e == OK && x->customer.id != 0
        ? package_give_tx(x->c, &x->after, x->customer.id, x->known ? x->person.phone : x->before.customer_phone) : e;
}

static struct json_object *pair_object(struct json_object *before, struct json_object *after)
{
    struct json_object *o = json_object_new_array();

    json_object_array_add(o, before);
    json_object_array_add(o, after);
    return o;
}

static struct json_object *text_or_null(const char *s)
{
    return s == NULL ? NULL : json_object_new_string(s);
}

static void personal_pair(struct correcting *x, struct json_object *details, struct personal *list,
                          const char *name, const char *before, const char *after)
{
    personal_add(x->c, list, details, arena_printf(x->c->a, "%s_before", name), before);
    personal_add(x->c, list, details, arena_printf(x->c->a, "%s_after", name), after);
}

static const char *person_words(struct ctx *c, const char *name, const char *phone)
{
    return phone == NULL ? name : arena_printf(c->a, "%s, %s", name, phone_words(c->a, phone));
}

/* The event's member `corrected` has each part with its before and after; a personal part is null there, and
 * its hashes stand beside it. */
static enum err correct_event_tx(struct correcting *x)
{
    struct ctx *c = x->c;
    struct json_object *details = json_object_new_object(), *corrected = json_object_new_object();
    struct personal personal = { 0 };
    enum err e;

    json_add(details, "corrected", corrected);
    for (size_t i = 0; i < CORRECTION_PARTS; i++) {
        const char *was = part_value(c, &correction_parts[i], &x->before, correction_parts[i].member);
        const char *is = part_value(c, &correction_parts[i], &x->after, correction_parts[i].member);

        if (!part_is_changed(x, &correction_parts[i]))
            continue;
        json_add(corrected, correction_parts[i].name, correction_parts[i].flags & CORRECT_PERSONAL
                 ? NULL : pair_object(text_or_null(was), text_or_null(is)));
        if (correction_parts[i].flags & CORRECT_PERSONAL)
            personal_pair(x, details, &personal, correction_parts[i].name, was, is);
    }
    if (x->customer.id != 0) {
        json_add(corrected, CORRECT_CUSTOMER, pair_object(json_object_new_int64(x->before.customer_id),
                                           json_object_new_int64(x->customer.id)));
        personal_pair(x, details, &personal, CORRECT_CUSTOMER,
                      person_words(c, x->before.customer_name, x->before.customer_phone),
                      person_words(c, x->customer.full_name, x->customer.phone));
    }
    personal_add(c, &personal, details, "why", x->in.reason);
    e = event_add_tx(c, &x->after, (struct event_new){ .kind = "MODIFICACION", .before = x->before.state,
                                                       .after = x->before.state, .details = details });
    return e != OK ? e : event_personal_tx(c, x->after.last_event_id, &personal);
}

static enum err correct_tx(void *arg)
{
    struct correcting *x = arg;
    struct ctx *c = x->c;
    enum err e = package_by_id(c, x->in.id, &x->before);

    if (e == OK && x->in.version != 0 && x->in.version != x->before.last_event_id)
        return ctx_fail(c, E_PRECONDITION, NULL, T_CORRECT_CHANGED, NULL);
    if (e == OK)
        e = parts_apply(x);
    if (e == OK)
        e = correct_row_tx(x);
    if (e == OK)
        e = correct_event_tx(x);
    if (e == OK)
        e = package_by_id(c, x->in.id, x->out);
    if (e == OK && x->customer.id != 0 && x->out->disputed)
        e = claim_corrected_tx(c, &x->before, x->out);
    if (e != OK || x->customer.id == 0)
        return e;
    return notify_package_tx(c, correction_state(x->out) == CORRECT_SHELF ? "package_received" : "package_announced",
                             x->out, x->out->last_event_id, (int)c->conf->undo_s);
}

/* ---- checking the form ---- */

static void correct_check_name(struct ctx *c, const char **name, const char *field)
{
    const char *normal = is_blank(*name) ? NULL : normal_name(c->a, *name);

    if (!is_blank(*name) && normal == NULL)
        ctx_invalid(c, field, T_NAME_BAD, NULL);
    *name = normal;
}

static void correct_check_clear(struct ctx *c, const char *list)
{
    for (const char *line = list; !is_blank(line); line += strcspn(line, "\n"), line += *line == '\n') {
        const char *name = arena_strndup(c->a, line, strcspn(line, "\n"));
        bool known = false;

        for (size_t i = 0; i < CORRECTION_PARTS; i++)
            known = known || streq(correction_parts[i].name, name);
        if (!known)
            ctx_invalid(c, "clear", T_UNKNOWN_FIELD, name, NULL);
    }
}

static void correct_check_person(struct correcting *x)
{
    const bool reached = !is_blank(x->in.phone) || x->in.no_phone;

    if (!is_blank(x->in.name) && !reached)
        ctx_invalid(x->c, "phone", T_PHONE_NEEDED, NULL);
    if (reached && is_blank(x->in.name))
        ctx_invalid(x->c, "name", T_NAME_NEEDED, NULL);
    x->known = !is_blank(x->in.name) && reached;
    x->person = (struct customer_in){ .name = x->in.name, .phone = x->in.phone, .no_phone = x->in.no_phone };
    if (x->known && customer_check(x->c, &x->person) != OK)
        x->known = false;        /* customer_check named the fault */
}

static enum err correct_check(struct correcting *x)
{
    struct ctx *c = x->c;
    struct correct_in *in = &x->in;

    c->fault = (struct fault){ 0 };
    if (!is_blank(in->guide)) {
        struct guide_reading read;

        guide_read(c->a, in->guide, &read);
        if (read.number == NULL)
            ctx_invalid(c, "guide", T_GUIDE_BAD, NULL);
        in->guide = read.number;
    }
    correct_check_name(c, &in->announced_name, "announced_name");
    correct_check_name(c, &in->receiver_name, "receiver_name");
    correct_check_clear(c, in->clear);
    correct_check_person(x);
    if (is_blank(in->reason))
        ctx_invalid(c, "reason", T_REQUIRED, NULL);
    return ctx_faults(c);
}

enum err package_correct(struct ctx *c, const struct correct_in *in, struct package *out)
{
    struct correcting x = { .c = c, .in = *in, .out = out };
    enum err e = correct_check(&x);

    return e != OK ? e : package_write(c, "correct", in->id, out, correct_tx, &x);
}
