/* Requests about one's own data: whoever has proved nothing is told nothing and has no term; the term is counted in
 * business days, extended once, and closed with what was done; a copy for the person names nobody else. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/util.h"
#include "domain/custody/erase.h"
#include "domain/law/personal_data.h"
#include "domain/law/privacy_desk.h"
#include "domain/parcel/package_change.h"
#include "domain/people/privacy_link.h"
#include "json/json.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt letters = STMT("t_privacy_letters", "",
    "SELECT count(*) FROM notifications WHERE variables ->> 'privacy_id' IS NOT NULL");
static const struct stmt requests = STMT("t_privacy_requests", "", "SELECT count(*) FROM privacy_requests");

static const struct stmt document_is = STMT("t_privacy_document", "si",
    "UPDATE customers SET document_type = 'CE', document_number = $1 WHERE id = $2");

static const struct privacy_in usual = { "CONSULTA", "Ana Ríos", "300 555 0001", NULL, "Quiero saber qué datos míos tienen", true };

static struct privacy_request asked(struct fixture *f, struct privacy_in in)
{
    struct privacy_request p;

    cr_assert_eq(privacy_ask(&f->c, &in, &p), OK, "%s", fixture_fault(f));
    return p;
}

static const char *secret_of(struct fixture *f, int64_t id)
{
    const char *address;

    cr_assert_eq(privacy_link_address(&f->c, id, &address), OK);
    return strrchr(address, '/') + 1;
}

static struct privacy_request proved(struct fixture *f, struct privacy_in in)
{
    struct privacy_request p = asked(f, in);

    cr_assert_eq(privacy_prove(&f->c, secret_of(f, p.id), &p), OK, "%s", fixture_fault(f));
    return p;
}

static enum err closed(struct fixture *f, int64_t id, const char *outcome, const char *done)
{
    const struct privacy_close_in in = { id, outcome, "Esta es nuestra respuesta", done };
    struct privacy_request p;

    return privacy_close(&f->c, &in, &p);
}

static enum err identified(struct fixture *f, int64_t id, int64_t customer, const char *seen)
{
    const struct privacy_identify_in in = { id, customer, seen };
    struct privacy_request p;

    return privacy_identify(&f->c, &in, &p);
}

static void begin(struct fixture *f)
{
    fixture_open(f);
    f->conf->sms_driver = "file";
    f->c.role = ROLE_ADMIN;
}

/* The fixture's day is Tuesday 3 November 2026; of that month Monday 16 is a holiday. */
Test(privacy, the_term_begins_when_they_prove_who_they_are_and_steps_over_holidays)
{
    struct fixture f;
    struct privacy_request p;
    struct privacy_filter unproved = { .state = "SIN_PROBAR" };
    struct privacy_requests all;

    begin(&f);
    p = asked(&f, usual);
    cr_expect(p.due_day == 0 && streq(p.state, "SIN_PROBAR"));
    cr_assert_eq(privacy_list(&f.c, &unproved, &all), OK);
    cr_expect_eq(all.n, 1);
    f.c.now += 86400;
    cr_assert_eq(privacy_prove(&f.c, secret_of(&f, p.id), &p), OK);
    cr_expect_str_eq(p.due_on, "2026-11-19", "ten business days after Wednesday 4");
    cr_expect_eq(p.left, 10);
    cr_expect(!p.late && !p.soon);
    f.c.now += 86400;
    cr_assert_eq(privacy_prove(&f.c, secret_of(&f, p.id), &p), OK);
    cr_expect_str_eq(p.due_on, "2026-11-19", "opening it again moves nothing");
    cr_expect_str_eq(proved(&f, (struct privacy_in){ "RECLAMO", "Ana Ríos", "300 555 0001", NULL, "No me borraron", true }).due_on,
                     "2026-11-27", "fifteen for all but a query");
    fixture_close(&f);
}

Test(privacy, a_term_is_extended_once_and_before_it_is_over)
{
    struct fixture f;
    struct privacy_request p;
    struct privacy_counts n;

    begin(&f);
    p = proved(&f, usual);
    cr_expect_str_eq(p.due_on, "2026-11-18");
    f.c.now += 12 * 86400;       /* Sunday 15 */
    cr_assert_eq(privacy_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.soon && !p.late && p.left == 2);
    cr_expect_eq(privacy_extend(&f.c, &(struct privacy_extend_in){ p.id, "corto" }, &p), E_INVALID);
    cr_assert_eq(privacy_extend(&f.c, &(struct privacy_extend_in){ p.id, "Hay que pedir las fotos al archivo" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(p.due_on, "2026-11-25");
    cr_expect_eq(db_scalar(f.db, 0, &letters), 2, "they are told");
    cr_expect_eq(privacy_extend(&f.c, &(struct privacy_extend_in){ p.id, "Otra vez hace falta más tiempo" }, &p), E_CONFLICT);
    p = proved(&f, usual);
    f.c.now += 30 * 86400;
    cr_assert_eq(privacy_count(&f.c, &n), OK);
    cr_expect(n.open == 2 && n.late == 2 && n.soon == 0);
    cr_expect_eq(privacy_extend(&f.c, &(struct privacy_extend_in){ p.id, "Ya venció pero queremos más" }, &p), E_CONFLICT);
    fixture_close(&f);
}

Test(privacy, the_first_due_stands_first)
{
    struct fixture f;
    struct privacy_filter first = { .limit = 1 };
    struct privacy_requests all;
    int64_t query, claim;

    begin(&f);
    claim = proved(&f, (struct privacy_in){ "RECLAMO", "Ana Ríos", "300 555 0001", NULL, "No me borraron", true }).id;
    query = proved(&f, usual).id;
    cr_assert_eq(privacy_list(&f.c, &first, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_eq(all.v[0].id, query);
    first.after = all.next;
    cr_assert_eq(privacy_list(&f.c, &first, &all), OK);
    cr_expect(all.n == 1 && all.v[0].id == claim && all.next == 0);
    fixture_close(&f);
}

Test(privacy, who_has_proved_nothing_gets_no_letter_and_no_answer)
{
    struct fixture f;
    struct privacy_request p;

    begin(&f);
    p = asked(&f, usual);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 1, "the link alone");
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "respuesta"), E_CONFLICT);
    cr_expect_eq(closed(&f, p.id, "DESISTIDA", "respuesta"), OK);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 1);
    cr_expect_eq(privacy_prove(&f.c, secret_of(&f, p.id), &p), OK);
    cr_expect_eq(p.link_at, 0, "a link of a request that is closed proves nothing");
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), E_NOT_FOUND);
    fixture_close(&f);
}

Test(privacy, a_phone_of_several_gives_nobodys_data_until_a_document_is_seen)
{
    struct fixture f;
    struct privacy_request p;
    struct privacy_people all;
    struct package mine;

    begin(&f);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    p = proved(&f, usual);
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "datos"), E_CONFLICT, "nobody has said whose data");
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK, "%s", fixture_fault(&f));
    parcel_announced(&f, .guides = "GUIA-BETO", .name = "Beto Gil");
    cr_assert_eq(privacy_people_of(&f.c, &p, &all), OK);
    cr_assert_eq(all.n, 2);
    cr_expect(!all.v[0].enough && all.v[0].others == 1);
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "datos"), E_CONFLICT);
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), E_NOT_FOUND);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, "Cédula terminada en 5678"), OK);
    cr_assert_eq(closed(&f, p.id, "ATENDIDA", "datos"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), OK);
    f.c.now += PRIVACY_DATA_DAYS * 86400;
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), E_NOT_FOUND, "the data's time is over");
    cr_expect_eq(privacy_by_secret(&f.c, secret_of(&f, p.id), &p), OK, "the answer's is not");
    fixture_close(&f);
}

Test(privacy, a_document_that_was_seen_is_of_the_person_that_was_chosen_and_of_no_other)
{
    struct fixture f;
    struct privacy_request p;
    struct package mine, other;

    begin(&f);
    p = proved(&f, usual);
    cr_assert_eq(identified(&f, p.id, 0, "Cédula terminada en 5678"), OK);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    cr_expect_eq(identified(&f, p.id, mine.customer_id, NULL), OK, "the document came first, and then whose the data are");
    other = parcel_announced(&f, .guides = "GUIA-BETO", .name = "Beto Gil");
    p = proved(&f, usual);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_assert_eq(identified(&f, p.id, 0, "Cédula terminada en 5678"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(privacy_by_id(&f.c, p.id, &p), OK);
    cr_expect_eq(p.customer_id, mine.customer_id, "a document does not forget whose the data are");
    cr_expect_eq(identified(&f, p.id, other.customer_id, NULL), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "seen");
    cr_assert_eq(identified(&f, p.id, other.customer_id, "Cédula terminada en 1111"), OK);
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "datos"), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(privacy, a_phone_that_was_added_or_has_become_anothers_proves_nothing)
{
    static const struct stmt move = STMT("t_privacy_move", "i", "UPDATE customers SET phone = '+573005550009' WHERE id = $1");
    static const struct stmt added = STMT("t_privacy_added", "i",
        "INSERT INTO customer_phones (customer_id, phone, at) VALUES ($1, '+573005550001', 0)");
    struct privacy_in other = usual;
    struct privacy_request p;
    struct package mine;
    struct fixture f;

    begin(&f);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    other.name = "Beatriz Nueva";
    p = proved(&f, other);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "datos"), E_CONFLICT, "the number is somebody else's now");
    p = proved(&f, usual);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_assert_eq(closed(&f, p.id, "ATENDIDA", "datos"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), OK);
    cr_assert_eq(db_exec(f.db, NULL, &move, mine.customer_id), OK);
    cr_expect_eq(privacy_data_by_secret(&f.c, secret_of(&f, p.id), &p), E_NOT_FOUND, "it is theirs no longer");
    cr_assert_eq(db_exec(f.db, NULL, &added, mine.customer_id), OK);
    p = proved(&f, usual);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "datos"), E_CONFLICT, "a clerk may have added it");
    fixture_close(&f);
}

Test(privacy, a_request_that_nobody_proved_goes_with_its_letter)
{
    struct fixture f;
    int done;

    begin(&f);
    asked(&f, usual);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 1);
    f.c.now += (PRIVACY_PROVE_DAYS + 1) * 86400;
    cr_assert_eq(privacy_give_up(&f.c, 50, &done), OK);
    cr_expect_eq(done, 1);
    cr_expect_eq(db_scalar(f.db, 9, &letters), 0);
    fixture_close(&f);
}

Test(privacy, what_was_done_is_found_in_the_audit_log_or_the_request_stays_open)
{
    struct fixture f;
    struct privacy_request p;
    struct package mine;
    int64_t claim;

    begin(&f);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    p = proved(&f, (struct privacy_in){ "SUPRESION", "Ana Ríos", "300 555 0001", NULL, "Borren mis datos", true });
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_assert_eq(privacy_claim_of(&f.c, mine.customer_id, &claim), OK);
    cr_expect_eq(claim, p.id, "the data are marked");
    cr_expect_eq(closed(&f, p.id, "ATENDIDA", "supresion"), E_CONFLICT);
    cr_expect_eq(closed(&f, p.id, "NEGADA", "supresion"), E_INVALID);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = mine.id, .reason = "cliente_solicita" }, &mine), OK);
    cr_assert_eq(customer_erase(&f.c, mine.customer_id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(closed(&f, p.id, "ATENDIDA", "supresion"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(privacy_claim_of(&f.c, mine.customer_id, &claim), OK);
    cr_expect_eq(claim, 0);
    cr_assert_eq(privacy_by_id(&f.c, p.id, &p), OK);
    cr_expect_gt(p.done_audit, 0);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 1, "the answer still goes to who asked; the letter with the link is forgotten");
    fixture_close(&f);
}

Test(privacy, an_erased_persons_request_forgets_them_once_its_link_is_over_and_an_unproved_one_goes)
{
    struct fixture f;
    struct privacy_request p;
    struct package mine;
    int done;

    begin(&f);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = mine.id, .reason = "cliente_solicita" }, &mine), OK);
    p = proved(&f, (struct privacy_in){ "SUPRESION", "Ana Ríos", "300 555 0001", NULL, "Borren mis datos", true });
    asked(&f, usual);
    cr_assert_eq(identified(&f, p.id, mine.customer_id, NULL), OK);
    cr_assert_eq(customer_erase(&f.c, mine.customer_id), OK);
    cr_assert_eq(closed(&f, p.id, "ATENDIDA", "supresion"), OK);
    f.c.now += PRIVACY_LINK_DAYS * 86400;
    cr_assert_eq(privacy_forget(&f.c, 50, &done), OK);
    cr_expect_eq(done, 0);
    f.c.now += PRIVACY_LINK_DAYS * 86400 + 1;
    cr_assert_eq(privacy_forget(&f.c, 50, &done), OK);
    cr_expect_eq(done, 1);
    cr_assert_eq(privacy_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.name == NULL && p.phone == NULL && p.content == NULL && p.answer == NULL && p.done != NULL);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 0, "and so do its letters");
    cr_assert_eq(privacy_give_up(&f.c, 50, &done), OK);
    cr_expect_eq(done, 1);
    cr_expect_eq(db_scalar(f.db, 0, &requests), 1);
    fixture_close(&f);
}

/* ---- a copy for the person ---- */

static const char *copy_of(struct fixture *f, int64_t customer)
{
    struct personal_data d;
    struct buf b = { 0 };
    const char *text;

    cr_assert_eq(personal_data_read(&f->c, customer, &d), OK, "%s", fixture_fault(f));
    json_write_object(&b, personal_data_fields, &d);
    text = arena_strndup(f->a, b.data, b.len);
    buf_free(&b);
    return text;
}

static const struct stmt add_claim = STMT("t_privacy_claim", "iss",
    "INSERT INTO claims (package_id, name, phone, at) VALUES ($1, $2, $3, 5)");
static const struct stmt received_by = STMT("t_privacy_receiver", "is",
    "UPDATE packages SET receiver_name = $2, observations = 'Lo trajo ' || $2 WHERE id = $1");
static const struct stmt authorized = STMT("t_privacy_authorized", "iis",
    "INSERT INTO pickup_authorizations (package_id, customer_id, name, document_type, document_number, created_at, expires_at)"
    " VALUES ($1, $2, $3, 'CC', '1020304', 5, 6)");

struct seeding { struct db *db; struct package *mine; };
static enum err seed_tx(struct db *db, void *arg)
{
    const struct seeding *x = arg;
    enum err e = db_exec(db, NULL, &add_claim, x->mine->id, "Ciro Rival", "+573005550009");

    if (e == OK)
        e = db_exec(db, NULL, &received_by, x->mine->id, "Dora Vecina");
    return e != OK ? e : db_exec(db, NULL, &authorized, x->mine->id, x->mine->customer_id, "Elsa Tía");
}

Test(privacy, a_copy_for_the_person_has_what_is_theirs_and_names_nobody_else)
{
    static const char *const others[] = { "Beto", "Gil", "Ciro", "Rival", "Dora", "Vecina", "Elsa", "Tía", "1020304", "GUIA-BETO",
                                          "5550009", "Oscar", "oper" };
    static const char *const own[] = { "Ana Ríos", "+573005550001", "GUIA-ANA", "CONSULTA", "2026-11" };
    struct fixture f;
    struct package mine, beto;
    const char *copy;

    begin(&f);
    mine = parcel_shelved(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    beto = parcel_shelved(&f, .guides = "GUIA-BETO", .name = "Beto Gil");
    cr_assert_neq(mine.customer_id, beto.customer_id);
    cr_assert_eq(db_write(f.db, seed_tx, &(struct seeding){ f.db, &mine }), OK);
    cr_assert_eq(identified(&f, proved(&f, usual).id, mine.customer_id, NULL), OK);
    copy = copy_of(&f, mine.customer_id);
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect(strstr(copy, others[i]) == NULL, "%s: %s", others[i], copy);
    for (size_t i = 0; i < COUNT(own); i++)
        cr_expect(strstr(copy, own[i]) != NULL, "%s: %s", own[i], copy);
    fixture_close(&f);
}

Test(privacy, somebody_is_found_by_number_phone_or_document_and_a_shared_phone_is_nobodys)
{
    struct fixture f;
    struct package mine;
    int64_t id = 0;

    begin(&f);
    mine = parcel_announced(&f, .guides = "GUIA-ANA", .name = "Ana Ríos");
    cr_expect_eq(personal_data_whose(&f.c, "300 555 0001", &id), OK);
    cr_expect_eq(id, mine.customer_id);
    cr_expect_eq(personal_data_whose(&f.c, "300 555 0002", &id), E_NOT_FOUND);
    cr_expect_eq(personal_data_whose(&f.c, arena_printf(f.a, "%lld", (long long)mine.customer_id), &id), OK);
    cr_assert_eq(db_exec(f.db, NULL, &document_is, arena_printf(f.a, "%lld", (long long)mine.customer_id + 1), mine.customer_id), OK);
    cr_expect_eq(personal_data_whose(&f.c, arena_printf(f.a, "%lld", (long long)mine.customer_id + 1), &id), OK);
    cr_expect_eq(id, mine.customer_id, "a document of few digits is no number of a customer");
    parcel_announced(&f, .guides = "GUIA-BETO", .name = "Beto Gil");
    cr_expect_eq(personal_data_whose(&f.c, "300 555 0001", &id), E_CONFLICT);
    fixture_close(&f);
}
