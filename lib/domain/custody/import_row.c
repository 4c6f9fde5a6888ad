#include "domain/custody/import_row.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/custody/texts.h"
#include "domain/people/customer_column.h"
#include "domain/people/customer_twin.h"
#include "domain/people/texts.h"
#include "local/name.h"
#include "local/normal.h"

/* ---- what the cells say ---- */

/* Kinds of documents as people write them, folded and without marks. */
static const struct { const char *typed, *type; } kinds[] = {
    { "cc", "CC" }, { "c c", "CC" }, { "cedula", "CC" }, { "cedula de ciudadania", "CC" }, { "cedula ciudadania", "CC" },
    { "ce", "CE" }, { "c e", "CE" }, { "cedula de extranjeria", "CE" }, { "ti", "TI" }, { "t i", "TI" },
    { "tarjeta de identidad", "TI" }, { "nit", "NIT" }, { "pas", "PAS" }, { "pasaporte", "PAS" }, { "ppt", "PPT" },
    { "permiso por proteccion temporal", "PPT" },
};
static const char *const yes[] = { "si", "s", "x", "1", "yes", "y", "true", "verdadero", "vip" };
static const char *const no[] = { "no", "n", "0", "false", "falso" };

/* Folded, and with one blank for whatever is neither letter nor digit. */
static const char *words_fold(struct arena *a, const char *text)
{
    char *folded = utf8_fold(a, text), *words[8];
    const char *out = "";
    size_t n = folded != NULL ? utf8_words(folded, words, COUNT(words)) : 0;

    for (size_t i = 0; i < n; i++)
        out = i == 0 ? words[0] : arena_printf(a, "%s %s", out, words[i]);
    return out;
}

/* A text of the form's own field, on one line unless it is the notes. */
static const char *cell_text(struct ctx *c, const struct customer_cells *cells, enum customer_column column, const char *field)
{
    const char *text = cells->v[column];
    char number[DIGITS_SIZE];

    if (text == NULL)
        return NULL;
    if (text[0] == '\'' && text[1] != '\0' && strchr("=+-@", text[1]) != NULL)
        text++;                  /* the apostrophe by which a spreadsheet is kept from taking a text for a formula */
    if (strstr(text, "\xEF\xBF\xBD") != NULL || !utf8_clean(text, true))
        ctx_invalid(c, field, T_IMPORT_LETTERS, NULL);
    if (column != COLUMN_notes && column != COLUMN_other_phones && column != COLUMN_phone)
        text = utf8_trim(c->a, text);
    if (text != NULL && utf8_length(text) > customer_columns[column].most)
        ctx_invalid(c, field, T_IMPORT_LONG, arena_strdup(c->a, digits(number, (int64_t)customer_columns[column].most)), NULL);
    return is_blank(text) ? NULL : text;
}

/* 3.00555E+09, which a spreadsheet shows and some save, is no number any more. */
static bool is_scientific(const char *text)
{
    const size_t n = strspn(text, "0123456789.,");

    return n > 0 && (text[n] == 'E' || text[n] == 'e') && (text[n + 1] == '+' || isdigit((unsigned char)text[n + 1]));
}

/* Several phones of a cell, one a line: they stand between bars, commas or semicolons, or each has its plus. */
static char *phones_split(struct arena *a, const char *text)
{
    char *lines = arena_strdup(a, text);

    for (char *p = lines; *p != '\0'; p++)
        if (strchr("/,;|", *p) != NULL || (*p == ' ' && p[1] == '+'))
            *p = '\n';
    return lines;
}

static void phones_said(struct ctx *c, const struct customer_cells *cells, struct customer_edit *in)
{
    const char *first = cell_text(c, cells, COLUMN_phone, "phone"), *others = cell_text(c, cells, COLUMN_other_phones, "other_phones");
    char *rest = first != NULL ? phones_split(c->a, first) : NULL;

    others = others != NULL ? phones_split(c->a, others) : NULL;
    if (rest != NULL) {
        in->phone = strsep(&rest, "\n");
        if (!is_blank(rest))
            others = others != NULL ? arena_printf(c->a, "%s\n%s", rest, others) : rest;
    }
    if (in->phone != NULL && is_scientific(in->phone))
        ctx_invalid(c, "phone", T_IMPORT_SCIENTIFIC, in->phone, NULL);
    if (in->phone == NULL && others != NULL) {           /* the only phone stands in the other column */
        rest = arena_strdup(c->a, others);
        in->phone = strsep(&rest, "\n");
        others = rest;
    }
    in->other_phones = others;
}

static void document_said(struct ctx *c, const struct customer_cells *cells, struct customer_edit *in)
{
    const char *type = cell_text(c, cells, COLUMN_document_type, "document_type");
    const char *cedula = cell_text(c, cells, COLUMN_cedula, "document_number"), *folded;

    in->document_number = cell_text(c, cells, COLUMN_document_number, "document_number");
    if (in->document_number == NULL && cedula != NULL) {
        in->document_number = cedula;
        type = type == NULL ? "CC" : type;
    }
    if (in->document_number == NULL)
        return;                  /* a kind without a number says nothing */
    if (is_scientific(in->document_number))
        ctx_invalid(c, "document_number", T_IMPORT_SCIENTIFIC, in->document_number, NULL);
    folded = type != NULL ? words_fold(c->a, type) : "";
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (streq(kinds[i].typed, folded))
            in->document_type = kinds[i].type;
    if (in->document_type == NULL)
        ctx_invalid(c, "document_type", T_IMPORT_KIND, NULL);
}

static void vip_said(struct ctx *c, const struct customer_cells *cells, struct import_said *out)
{
    const char *text = cell_text(c, cells, COLUMN_vip, "is_vip"), *folded = text != NULL ? words_fold(c->a, text) : NULL;

    if (folded == NULL)
        return;
    out->vip = text_is_one_of(folded, yes, COUNT(yes));
    if (!out->vip && !text_is_one_of(folded, no, COUNT(no)))
        ctx_invalid(c, "is_vip", T_IMPORT_VIP, NULL);
    out->in.is_vip = &out->vip;
}

enum err import_said(struct ctx *c, const char *columns, const char *text, struct import_said *out)
{
    struct customer_cells cells;
    struct customer_edit *in = &out->in;
    const char *surname;
    size_t n;
    const char **v = cells_split(c->a, text, &n);

    *out = (struct import_said){ 0 };
    customer_cells_read(c->a, columns, v, n, &cells);
    in->name = cell_text(c, &cells, COLUMN_name, "name");
    surname = cell_text(c, &cells, COLUMN_surname, "name");
    in->name = in->name == NULL ? surname != NULL ? surname : "" : surname == NULL ? in->name
        : arena_printf(c->a, "%s %s", in->name, surname);
    phones_said(c, &cells, in);
    document_said(c, &cells, in);
    vip_said(c, &cells, out);
    in->email = cell_text(c, &cells, COLUMN_email, "email");
    in->building = cell_text(c, &cells, COLUMN_building, "building");
    in->tower = cell_text(c, &cells, COLUMN_tower, "tower");
    in->apartment = cell_text(c, &cells, COLUMN_apartment, "apartment");
    in->floor = cell_text(c, &cells, COLUMN_floor, "floor");
    in->address = cell_text(c, &cells, COLUMN_address, "address");
    in->city = cell_text(c, &cells, COLUMN_city, "city");
    in->notes = cell_text(c, &cells, COLUMN_notes, "notes");
    out->no_phone = in->phone == NULL;
    if (out->no_phone)
        in->no_phone = &out->no_phone;
    return customer_edit_take(c, in, &out->who);
}

/* ---- what is wrong, in words ---- */

static const struct word field_words[] = {
    { "name", "Nombre" }, { "phone", "Celular" }, { "other_phones", "Otros celulares" }, { "email", "Correo" },
    { "document_type", "Tipo de documento" }, { "document_number", "Documento" }, { "building", "Edificio" },
    { "tower", "Torre" }, { "apartment", "Apartamento" }, { "floor", "Piso" }, { "address", "Dirección" }, { "city", "Ciudad" },
    { "notes", "Notas" }, { "is_vip", "VIP" }, WORDS_END
};

const char *import_faults(struct ctx *c, const char **field)
{
    struct buf b = { 0 };
    const char *words;

    *field = words_of(field_words, c->fault.field);
    for (const struct fault *f = &c->fault; f != NULL && f->text != NULL; f = f->next)
        buf_printf(&b, "%s%s%s%s", b.len > 0 ? " " : "", f->field != NULL ? words_or_value(field_words, f->field) : "",
                   f->field != NULL ? ": " : "", fault_sentence(c->a, f));
    words = arena_strdup(c->a, b.len > 0 ? b.data : "No se pudo leer.");
    buf_free(&b);
    c->fault = (struct fault){ 0 };
    return words;
}

/* ---- who is there already ---- */

static bool home_equal(const struct customer *x, const struct customer *y)
{
    return text_equal(x->building, y->building) && text_equal(x->tower, y->tower) && text_equal(x->apartment, y->apartment);
}

/* Whether somebody who is like the row's person is that person. */
static bool twin_is_one(struct ctx *c, const struct import_said *said, const struct twin *t)
{
    const struct customer *who = &said->who;

    if (who->document_number != NULL && t->who.document_number != NULL
        && !(text_is(who->document_number, t->who.document_number) && text_is(who->document_type, t->who.document_type)))
        return false;
    if (streq(t->reason, "documento"))
        return names_look_alike(c->a, t->who.full_name, who->full_name);
    if (streq(t->reason, "celular"))
        return names_same(c->a, t->who.full_name, who->full_name) || names_equal(c->a, t->who.full_name, who->full_name);
    return who->phone == NULL && t->who.phone == NULL && names_equal(c->a, t->who.full_name, who->full_name)
        && home_equal(who, &t->who);
}

static void twin_doubt(struct ctx *c, const struct twin *t, struct import_fate_of *out)
{
    const char *place = t->home != NULL ? arena_printf(c->a, ", %s", t->home) : "";

    out->fate = streq(t->reason, "documento") ? FATE_ERROR : FATE_TWIN;
    out->field = streq(t->reason, "documento") ? "Documento" : NULL;
    out->words = streq(t->reason, "documento")
        ? arena_printf(c->a, "Documento: ya es de %s, que se llama de otra manera.", t->who.full_name)
        : arena_printf(c->a, "%s que %s%s.", words_of(twin_reasons, t->reason), t->who.full_name, place);
    out->customer_id = t->who.id;
}

const char *import_edit(struct ctx *c, const struct import_said *said, const struct customer *before, struct customer_edit *in)
{
    const char *stays = "";

    *in = said->in;
    in->id = before->id;
    in->version = before->version;
    in->name = NULL;
    in->no_phone = NULL;
    if (!streq(before->full_name, said->who.full_name))
        stays = arena_printf(c->a, "Se deja el nombre %s. ", before->full_name);
    if (before->phone != NULL) {
        if (said->who.phone != NULL && !streq(before->phone, said->who.phone) && !list_has(before->other_phones, said->who.phone))
            stays = arena_printf(c->a, "%sSe deja el celular %s. ", stays, phone_words(c->a, before->phone));
        in->phone = NULL;
    }
    if (before->other_phones != NULL || (before->phone == NULL && in->phone == NULL))
        in->other_phones = NULL;
    if (before->email != NULL && (before->email_confirmed_at != 0 || said->who.email == NULL)) {
        if (said->who.email != NULL && !streq(before->email, said->who.email))
            stays = arena_printf(c->a, "%sSe deja el correo confirmado %s. ", stays, before->email);
        in->email = NULL;
    }
    if (before->document_number != NULL)
        in->document_number = in->document_type = NULL;
    return *stays != '\0' ? stays : NULL;
}

/* Says what would change of somebody who is there. */
static enum err person_compare(struct ctx *c, const struct import_said *said, const struct customer *before, struct import_fate_of *out)
{
    struct customer_edit in;
    struct customer after = *before;
    const char *stays = import_edit(c, said, before, &in), *what, *note;
    enum err e = customer_edit_take(c, &in, &after);

    if (e != OK)
        return e;
    note = customer_differences(c->a, before, &after, &what);
    out->fate = what != NULL ? FATE_CHANGE : FATE_SAME;
    out->customer_id = before->id;
    out->version = before->version;
    out->words = what == NULL ? stays : arena_printf(c->a, "%s%s. %s", note != NULL ? note : "",
        before->is_vip != after.is_vip ? after.is_vip ? note != NULL ? "; ahora VIP" : "Ahora VIP"
        : note != NULL ? "; ya no VIP" : "Ya no VIP" : "", stays != NULL ? stays : "");
    return OK;
}

enum err import_match(struct ctx *c, const struct import_said *said, struct import_fate_of *out)
{
    const struct customer *who = &said->who;
    const struct twin_of of = { .name = who->full_name, .phone = who->phone, .document_type = who->document_type,
                                .document_number = who->document_number, .building = who->building, .tower = who->tower,
                                .apartment = who->apartment };
    struct twins all;
    size_t ones = 0, one = 0;
    enum err e = customer_twins(c, &of, &all);

    *out = (struct import_fate_of){ .fate = FATE_NEW };
    for (size_t i = 0; e == OK && i < all.n; i++)
        if (twin_is_one(c, said, &all.v[i])) {
            one = i;
            ones++;
            if (streq(all.v[i].reason, "documento"))
                break;
        }
    if (e != OK || all.n == 0)
        return e;
    if (ones == 1)
        return person_compare(c, said, &all.v[one].who, out);
    twin_doubt(c, &all.v[0], out);
    return OK;
}
