/* Customers: written down and changed by a clerk, listed, searched, and compared with those who are there. */
#include <criterion/criterion.h>

#include "domain/custody/customer_change.h"
#include "domain/money/customer_account.h"
#include "domain/parcel/customer_list.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/link.h"
#include "domain/parcel/person_find.h"
#include "domain/parcel/pickup.h"
#include "domain/people/customer_twin.h"
#include "domain/public/customer_email.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt person_of = STMT("t_customer_named", "s", "SELECT id FROM customers WHERE full_name = $1");
static const struct stmt queued = STMT("t_customer_queued", "s",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND state = 'queued'");
static const struct stmt noted = STMT("t_customer_noted", "s",
    "SELECT v.value FROM audit_values v JOIN audit_log l ON l.id = v.audit_id WHERE l.action = $1 ORDER BY l.id DESC LIMIT 1");
static const struct stmt sealed = STMT("t_customer_sealed", "s",
    "SELECT details FROM audit_log WHERE action = $1 ORDER BY id DESC LIMIT 1");

static const bool yes = true;

static int64_t id_of(struct fixture *f, const char *name)
{
    return db_scalar(f->db, 0, &person_of, name);
}

static const char *text_of(struct fixture *f, const struct stmt *s, const char *arg)
{
    struct rows q;
    const char *text;

    if (db_one(f->db, &q, s, arg) != OK)
        return "";
    text = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return text;
}

#define written(f, ...) customer_write((f), (struct customer_edit){ __VA_ARGS__ })
static struct customer customer_write(struct fixture *f, struct customer_edit in)
{
    struct customer out = { 0 };

    cr_assert_eq(customer_add(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    return out;
}

#define changed(f, ...) customer_rewrite((f), (struct customer_edit){ __VA_ARGS__ })
static struct customer customer_rewrite(struct fixture *f, struct customer_edit in)
{
    struct customer out = { 0 };

    cr_assert_eq(customer_change(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    return out;
}

/* The names of a list, in its order, by pages of two: "Ana Ríos, Beto Paz". */
static const char *names(struct fixture *f, const char *q, const char *kind)
{
    struct customer_filter filter = { .q = q, .kind = kind, .limit = 2 };
    const char *list = "";

    do {
        struct customer_rows all;

        cr_assert_eq(customer_list(&f->c, &filter, &all, &filter.before), OK, "%s", fixture_fault(f));
        for (size_t i = 0; i < all.n; i++)
            list = arena_printf(f->a, "%s%s%s", list, *list ? ", " : "", all.v[i].who.full_name);
    } while (filter.before != 0);
    return list;
}

static enum err refused(struct fixture *f, struct customer_edit in, const char *field)
{
    struct customer out;
    enum err e = in.id == 0 ? customer_add(&f->c, &in, &out) : customer_change(&f->c, &in, &out);

    cr_expect(e != OK && (field == NULL ? f->c.fault.field == NULL : text_is(f->c.fault.field, field)), "%s: %s", field,
              fixture_fault(f));
    return e;
}

Test(customer, is_found_without_accents_by_name_phone_document_and_home)
{
    static const struct { const char *q, *kind, *names; } rows[] = {
        { "", NULL, "Luz Sola, Óscar Güiza, María Núñez" }, { "nunez", NULL, "María Núñez" }, { "0011", NULL, "María Núñez" },
        { "1.020.304", NULL, "María Núñez" }, { "1020304", NULL, "María Núñez" }, { "torre 2 apto 301", NULL, "María Núñez" },
        { "robles", NULL, "Óscar Güiza, María Núñez" }, { "300 555 0012", NULL, "Óscar Güiza" }, { "luz", NULL, "Luz Sola" },
        { "luz", "conocidos", "" }, { "luz", "anunciados", "Luz Sola" }, { NULL, "anunciados", "Luz Sola" },
        { NULL, "conocidos", "Óscar Güiza, María Núñez" }, { NULL, "vip", "María Núñez" }, { "robles", "vip", "María Núñez" },
        { "oscar", "vip", "" }, { "nadie", NULL, "" }, { "m", NULL, "" }, { "\" OR *", NULL, "" },
    };
    struct fixture f;

    fixture_open(&f);
    written(&f, .name = "María Núñez", .phone = "300 555 0011", .document_type = "CC", .document_number = "1.020.304",
            .building = "Los Robles", .tower = "2", .apartment = "301", .is_vip = &yes);
    written(&f, .name = "Óscar Güiza", .phone = "300 555 0012", .building = "Los Robles");
    f.c.actor = ACTOR_CUSTOMER;
    parcel_announced(&f, .name = "Luz Sola", .phone = "300 555 0013", .guides = "GUIA-LUZ");
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_str_eq(names(&f, rows[i].q, rows[i].kind), rows[i].names, "«%s» %s: «%s»", rows[i].q, rows[i].kind,
                         names(&f, rows[i].q, rows[i].kind));
    fixture_close(&f);
}

Test(customer, whom_only_an_announcement_names_is_in_the_list_and_no_intake_finds_them)
{
    struct people none;
    struct fixture f;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    parcel_announced(&f, .name = "Luz Sola", .phone = "300 555 0013", .guides = "GUIA-LUZ");
    cr_expect_str_eq(names(&f, "luz", NULL), "Luz Sola");
    cr_expect_eq(person_find(&f.c, "luz", PERSON_ANY, 8, &none), OK);
    cr_expect_eq(none.n, 0);
    fixture_close(&f);
}

Test(customer, without_a_phone_is_written_down_as_such_and_not_by_leaving_the_field_blank)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "" }, "phone"), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001", .no_phone = &yes }, "phone"), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "X", .phone = "300 555 0001" }, "name"), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "123" }, "phone"), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001", .email = "rosa" }, "email"), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001", .document_number = "12345" },
                         "document_type"), E_INVALID);
    cr_expect(written(&f, .name = "Rosa Peña", .phone = "", .no_phone = &yes).phone == NULL);
    fixture_close(&f);
}

Test(customer, of_the_same_document_is_refused_and_one_who_is_alike_only_until_the_clerk_says_that_it_is_another)
{
    struct customer_edit flatmate = { .name = "Rosa Peña Ríos", .phone = "300 555 0001" };
    struct fixture f;

    fixture_open(&f);
    written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .document_type = "CC", .document_number = "12345",
            .tower = "2", .apartment = "301");
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Luis Gil", .phone = "300 555 0002", .document_type = "CC",
                                                     .document_number = "12.345" }, "document_number"), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "Ese documento ya es de Rosa Peña. Si es la misma persona, use su ficha.");
    cr_expect_eq(refused(&f, flatmate, "another"), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "Ya existe: Rosa Peña, torre 2 · apto 301. Use esa ficha, o marque que es otra persona.");
    flatmate.another = true;
    cr_expect_neq(customer_write(&f, flatmate).id, id_of(&f, "Rosa Peña"));
    written(&f, .name = "Luis Gil", .phone = "300 555 0001");
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "ROSA PEÑA", .phone = "300 555 0009", .tower = "2", .apartment = "301" },
                         "another"), E_CONFLICT);
    fixture_close(&f);
}

Test(customer, pairs_who_may_be_one_are_listed_and_flatmates_are_not)
{
    struct twin_filter filter = { .limit = 1 };
    const char *list = "";
    struct fixture f;

    fixture_open(&f);
    written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .tower = "2", .apartment = "301");
    written(&f, .name = "Luis Peña", .phone = "300 555 0001", .tower = "2", .apartment = "301", .another = true);
    written(&f, .name = "Rosa Peña Ríos", .phone = "300 555 0002", .tower = "2", .apartment = "301", .another = true);
    written(&f, .name = "Luis Peña", .no_phone = &yes, .another = true);
    do {
        struct twin_pairs all;

        cr_assert_eq(customer_twin_pairs(&f.c, &filter, &all, &filter.after), OK);
        for (size_t i = 0; i < all.n; i++)
            list = arena_printf(f.a, "%s%s + %s (%s); ", list, all.v[i].first.full_name, all.v[i].second.full_name, all.v[i].reason);
    } while (filter.after != 0);
    cr_expect_str_eq(list, "Rosa Peña + Rosa Peña Ríos (vivienda); Luis Peña + Luis Peña (nombre); ");
    fixture_close(&f);
}

Test(customer, changes_by_parts_and_the_audit_says_what_was_and_is_beside_the_sealed_row)
{
    struct customer was, is;
    struct fixture f;

    fixture_open(&f);
    was = written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .notes = "Timbre dañado", .email = "rosa@example.com");
    is = changed(&f, .id = was.id, .version = was.version, .notes = "", .tower = "4");
    cr_expect(is.notes == NULL && streq(is.tower, "4") && streq(is.email, "rosa@example.com"));
    cr_expect_gt(is.version, was.version);
    cr_expect_str_eq(text_of(&f, &noted, "customer_change"), "Torre: nada → 4; Notas: Timbre dañado → nada");
    cr_expect(strstr(text_of(&f, &sealed, "customer_change"), "dañado") == NULL);
    cr_expect_eq(refused(&f, (struct customer_edit){ .id = was.id, .version = was.version, .tower = "5" }, NULL), E_PRECONDITION);
    cr_expect_eq(refused(&f, (struct customer_edit){ .id = 999, .tower = "5" }, NULL), E_NOT_FOUND);
    fixture_close(&f);
}

Test(customer, of_whom_a_clerk_notes_something_is_still_unknown_and_known_by_a_name_that_the_clerk_writes)
{
    struct customer who;
    struct fixture f;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    parcel_announced(&f, .name = "Luz Sola", .phone = "300 555 0013", .guides = "GUIA-LUZ");
    f.c.actor = ACTOR_USER;
    who = changed(&f, .id = id_of(&f, "Luz Sola"), .notes = "Llamó a preguntar", .is_vip = &yes);
    cr_expect_eq(who.known_at, 0);
    who = changed(&f, .id = who.id, .name = "Luz Sola", .other_phones = "300 555 0014");
    cr_expect_eq(who.known_at, 0, "nobody has looked at the name");
    who = changed(&f, .id = who.id, .phone = "300 555 0015");
    cr_expect_eq(who.known_at, 0, "nobody has looked at the name");
    who = changed(&f, .id = who.id, .name = "Luz Marina Sola");
    cr_expect_eq(who.known_at, f.c.now);
    fixture_close(&f);
}

Test(customer, whose_phone_is_another_one_now_gets_new_codes_there_and_the_former_ones_open_nothing)
{
    struct package p, former;
    const char *token;
    struct fixture f;

    fixture_open(&f);
    p = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-ROSA");
    token = link_token(&f.c, &p);
    changed(&f, .id = p.customer_id, .phone = "300 555 0002");
    cr_expect_eq(package_by_token(&f.c, token, &former), E_NOT_FOUND);
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550001"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550002"), 1);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Cambió el celular de su dueño: el código y el enlace de antes ya no sirven");
    fixture_close(&f);
}

static const struct stmt phone_of = STMT("t_customer_phone_of", "i", "SELECT coalesce(phone_of, 0) FROM customers WHERE id = $1");

Test(customer, of_several_phones_is_found_by_each_and_what_is_announced_by_any_in_their_name_is_theirs)
{
    struct customer rosa;
    struct package p, other;
    struct fixture f;

    fixture_open(&f);
    rosa = written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .other_phones = "300 555 0002\n\n+57 300 555 0003\n300 555 0001\n3005550002");
    cr_expect_str_eq(rosa.other_phones, "+573005550002 +573005550003");
    cr_expect_str_eq(names(&f, "0003", NULL), "Rosa Peña");
    f.c.actor = ACTOR_CUSTOMER;
    p = parcel_announced(&f, .name = "ROSA PENA", .phone = "300 555 0002", .guides = "GUIA-1");
    cr_expect_eq(p.customer_id, rosa.id);
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550001"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550002"), 1);
    other = parcel_announced(&f, .name = "Luis Gil", .phone = "300 555 0002", .guides = "GUIA-2");
    cr_expect_neq(other.customer_id, rosa.id);
    cr_expect_eq(db_scalar(f.db, -1, &phone_of, other.customer_id), rosa.id);
    f.c.actor = ACTOR_USER;
    rosa = changed(&f, .id = rosa.id, .other_phones = "");
    cr_expect(rosa.other_phones == NULL);
    cr_expect_eq(db_scalar(f.db, -1, &phone_of, other.customer_id), 0);
    cr_expect_str_eq(names(&f, "0003", NULL), "");
    fixture_close(&f);
}

Test(customer, by_another_phone_nobody_is_found_whose_name_leaves_a_doubt)
{
    static const struct { const char *known, *announced; } rows[] = {
        { "Juan Pérez", "Ana Pérez" },               /* his wife's phone */
        { "Carlos Gómez", "Carlos Restrepo" },       /* whoever has the number by now */
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct customer known;
        struct package p;
        struct fixture f;

        fixture_open(&f);
        known = written(&f, .name = rows[i].known, .phone = "300 555 0001", .other_phones = "300 555 0002");
        f.c.actor = ACTOR_CUSTOMER;
        p = parcel_announced(&f, .name = rows[i].announced, .phone = "300 555 0002", .guides = "GUIA-1");
        cr_expect_neq(p.customer_id, known.id, "%s", rows[i].known);
        cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550001"), 0, "%s", rows[i].known);
        cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550002"), 1, "%s", rows[i].known);
        fixture_close(&f);
    }
}

Test(customer, of_several_phones_gets_link_and_code_of_each_parcel_on_the_one_that_announced_it)
{
    struct customer rosa;
    struct package first, second;
    struct packages open;
    const char *token;
    struct fixture f;

    fixture_open(&f);
    rosa = written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .other_phones = "300 555 0002");
    first = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-1");
    second = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0002", .guides = "GUIA-2");
    cr_assert(first.customer_id == rosa.id && second.customer_id == rosa.id);
    cr_expect_str_eq(second.customer_phone, "+573005550002");
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550002"), 1);
    cr_assert_eq(pickup_opens(&f.c, &first, &open), OK);
    cr_expect_eq(open.n, 1, "the code of one phone opens what went to it");
    token = link_token(&f.c, &second);
    changed(&f, .id = rosa.id, .phone = "300 555 0003");
    cr_expect_eq(package_by_token(&f.c, token, &second), OK, "its phone is the same");
    cr_expect_str_eq(second.customer_phone, "+573005550002");
    cr_assert_eq(package_by_id(&f.c, first.id, &first), OK);
    cr_expect_str_eq(first.customer_phone, "+573005550003");
    fixture_close(&f);
}

Test(customer, who_announces_a_guide_again_by_another_phone_of_theirs_does_not_claim_it)
{
    static const char *const phones[] = { "300 555 0002", "300 555 0002", "300 555 0001" };
    struct package p;
    struct fixture f;

    fixture_open(&f);
    written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .other_phones = "300 555 0002");
    f.c.actor = ACTOR_CUSTOMER;
    for (size_t i = 0; i < COUNT(phones); i++) {
        p = parcel_announced(&f, .name = "Rosa Peña", .phone = phones[i], .guides = "GUIA-1");
        cr_expect(!p.disputed, "%zu", i);
    }
    cr_expect_eq(db_scalar(f.db, -1, &queued, "+573005550001"), 0);
    fixture_close(&f);
}

static const struct stmt asked = STMT("t_customer_asked", "s",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event = 'email_confirmation'");
static const struct stmt lettered = STMT("t_customer_lettered", "s",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event <> 'email_confirmation'");

Test(customer, whose_email_a_clerk_types_gets_no_code_there_before_its_reader_confirms_it)
{
    struct customer rosa;
    struct package p;
    struct fixture f;

    fixture_open(&f);
    rosa = written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .email = "rosa@example.com");
    cr_expect_eq(rosa.email_confirmed_at, 0);
    p = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-1");
    cr_expect_eq(p.customer_id, rosa.id);
    cr_expect(!package_email_may_know(&f.c, &p, "rosa@example.com"));
    cr_expect_eq(db_scalar(f.db, -1, &lettered, "rosa@example.com"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &asked, "rosa@example.com"), 1);
    cr_assert_eq(email_confirm(&f.c, strrchr(email_link(&f.c, &p), '/') + 1), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_by_id(&f.c, rosa.id, &rosa), OK);
    cr_expect_eq(rosa.email_confirmed_at, f.c.now);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(package_email_may_know(&f.c, &p, "rosa@example.com"));
    p = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-2");
    cr_expect(package_email_may_know(&f.c, &p, "rosa@example.com"), "and from then on");
    fixture_close(&f);
}

Test(customer, whose_email_a_clerk_types_later_is_asked_for_what_waits_and_for_nobody_elses)
{
    struct customer rosa;
    struct package p, q;
    struct fixture f;

    fixture_open(&f);
    p = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-1");
    rosa = changed(&f, .id = p.customer_id, .email = "rosa@example.com");
    cr_expect_eq(db_scalar(f.db, -1, &asked, "rosa@example.com"), 1);
    q = parcel_announced(&f, .name = "Rosa Díaz", .phone = "300 555 0001", .guides = "GUIA-2");
    cr_assert_eq(q.customer_id, rosa.id, "one shared word");
    cr_expect(q.announced_email == NULL);
    q = parcel_received(&f, .guide = "GUIA-3", .name = "Rosa Peña", .phone = "300 555 0001");
    cr_expect_str_eq(q.announced_email, "rosa@example.com");
    cr_expect(q.email_proof == NULL);
    fixture_close(&f);
}

Test(customer, other_phones_are_phones_beside_a_first_one)
{
    static const struct { const char *phones, *field; } rows[] = {
        { "300 555 0002\nninguno", "other_phones" },
        { "3005550002\n3005550003\n3005550004\n3005550005\n3005550006\n3005550007", "other_phones" },
    };
    struct customer rosa;
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001", .other_phones = rows[i].phones },
                             rows[i].field), E_INVALID);
    cr_expect_eq(refused(&f, (struct customer_edit){ .name = "Rosa Peña", .no_phone = &yes, .other_phones = "3005550002" }, "phone"), E_INVALID);
    rosa = written(&f, .name = "Rosa Peña", .phone = "300 555 0001", .other_phones = "+1 234 567 8901\n+1 234 567 890\n300 555 0002");
    cr_expect_str_eq(rosa.other_phones, "+12345678901 +1234567890 +573005550002", "one is the beginning of another");
    cr_expect_eq(refused(&f, (struct customer_edit){ .id = rosa.id, .no_phone = &yes }, "phone"), E_INVALID, "the others stay without a first");
    rosa = changed(&f, .id = rosa.id, .phone = "300 555 0002");
    cr_expect_str_eq(rosa.other_phones, "+12345678901 +1234567890", "which is the first one now");
    rosa = changed(&f, .id = rosa.id, .no_phone = &yes, .other_phones = "");
    cr_expect_null(rosa.phone);
    fixture_close(&f);
}

Test(customer, a_sheet_that_is_cut_says_so_in_its_last_line)
{
    static const struct stmt crowd = STMT("t_crowd", "i",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
        " INSERT INTO customers (full_name, search_key, created_at, known_at) SELECT 'Rosa ' || i, 'rosa ' || i, i, i FROM n");
    struct customer_filter all = { 0 };
    struct fixture f;
    struct buf sheet = { 0 };

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &crowd, (int64_t)10), OK);
    cr_assert_eq(customer_sheet(&f.c, &all, &sheet), OK);
    cr_expect_null(strstr(sheet.data, "Hay más"));
    cr_assert_eq(db_exec(f.db, NULL, &crowd, (int64_t)CUSTOMER_SHEET_MAX), OK);
    sheet.len = 0;
    cr_assert_eq(customer_sheet(&f.c, &all, &sheet), OK);
    cr_expect_not_null(strstr(sheet.data, "Hay más: esta hoja llega hasta 10.000 filas."));
    buf_free(&sheet);
    fixture_close(&f);
}

/* A stranger may announce a name beside anybody's phone: only who is known makes a phone somebody's. */
Test(customer, who_shares_a_phone_with_somebody_known_gets_no_name_of_theirs)
{
    struct customer rosa, luis;
    struct fixture f;

    fixture_open(&f);
    rosa = written(&f, .name = "Rosa Peña", .phone = "300 555 0001");
    luis = written(&f, .name = "Luis Gil", .phone = "300 555 0002", .other_phones = "300 555 0001");
    cr_expect_eq(db_scalar(f.db, -1, &phone_of, rosa.id), 0);
    cr_expect_eq(db_scalar(f.db, -1, &phone_of, luis.id), 0);
    f.c.actor = ACTOR_CUSTOMER;
    cr_expect_eq(parcel_announced(&f, .name = "Luis Gil", .phone = "300 555 0001", .guides = "GUIA-1").customer_id, luis.id);
    cr_expect_eq(parcel_announced(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-2").customer_id, rosa.id);
    fixture_close(&f);
}

Test(customer, account_sums_what_was_paid_discounted_and_is_owed)
{
    struct customer_account sum;
    struct package one, two, three;
    struct fixture f;

    fixture_open(&f);
    one = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-1");
    two = parcel_shelved(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-2");
    three = parcel_announced(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-3");
    {
        const struct deliver_in in = parcel_by_document(&one.id, 1);
        struct delivery out;

        cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    }
    cr_assert_eq(customer_account(&f.c, two.customer_id, &sum), OK);
    cr_expect(sum.announced == 1 && sum.waiting == 1 && sum.delivered == 1 && sum.cancelled == 0);
    cr_expect(sum.paid == 1500 && sum.owed == 1500 && sum.discounts == 0 && three.id != 0);
    fixture_close(&f);
}

static bool is_of_customers(const struct stmt *s, const char *file)
{
    static const char *const parts[] = { "parcel/customer_list.c", "people/customer_twin.c" };

    return !streq(s->name, "twin_newest") && fixture_is_one_of(file, parts, COUNT(parts));
}

static bool reads_no_whole_table(const char *name, const char *step)
{
    return streq(name, "twin_pairs") || strncmp(step, "SCAN", 4) != 0 || strstr(step, "VIRTUAL TABLE") != NULL
        || strncmp(step, "SCAN hit", 8) == 0 || strstr(step, "customers_vip") != NULL;
}

Test(customer, lists_searches_and_comparisons_read_no_whole_table)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_gt(fixture_plans(&f, is_of_customers, reads_no_whole_table), 10);
    fixture_close(&f);
}
