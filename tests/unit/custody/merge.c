/* Merge: two people who are one.  Whatever table has a column that names a customer, asked from the schema, loses
 * no row. */
#include <criterion/criterion.h>

#include "domain/custody/customer_change.h"
#include "domain/custody/erase.h"
#include "domain/custody/merge.h"
#include "domain/handover/authorization.h"
#include "domain/parcel/link.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

/* Columns that name a customer, and whether a merge moves what they say.  A later table's is in the schema and not here:
 * whoever adds it decides. */
static const struct { const char *table, *column; bool moves; } known[] = {
    { "packages", "customer_id", true }, { "consents", "customer_id", true }, { "notifications", "customer_id", true },
    { "pickup_authorizations", "customer_id", true }, { "kept_quotes", "customer_id", true }, { "inquiries", "customer_id", true },
    { "customer_phones", "customer_id", false },         /* by their value: the same phone may stand with both */
    { "customers", "phone_of", false },                  /* triggers keep it */
    { "customers", "merged_into", false }, { "customer_merges", "kept_id", false }, { "customer_merges", "gone_id", false },
    { "privacy_requests", "customer_id", true },
    { "customers_apart", "first", false }, { "customers_apart", "second", false },      /* said of these two cards alone */
    { "customer_import_rows", "customer_id", false },    /* what a file said; it goes after two days */
    { "erasures", "customer_id", false },                /* an erased person cannot be merged */
};
static const struct stmt columns = STMT("t_customer_columns", "",
    "SELECT t.name, k.\"from\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k"
    " WHERE t.type = 'table' AND k.\"table\" = 'customers' ORDER BY 1, 2");
static const struct stmt rows_of = STMT("t_merge_rows", "i",
    "SELECT (SELECT count(*) FROM packages WHERE customer_id = $1) || ' ' || (SELECT count(*) FROM consents WHERE customer_id = $1)"
    " || ' ' || (SELECT count(*) FROM notifications WHERE customer_id = $1) || ' ' || (SELECT count(*) FROM pickup_authorizations"
    " WHERE customer_id = $1) || ' ' || (SELECT count(*) FROM kept_quotes WHERE customer_id = $1) || ' '"
    " || (SELECT count(*) FROM inquiries WHERE customer_id = $1)");
static const struct stmt all_rows = STMT("t_merge_all", "",
    "SELECT (SELECT count(*) FROM packages) || ' ' || (SELECT count(*) FROM consents) || ' ' || (SELECT count(*) FROM notifications)"
    " || ' ' || (SELECT count(*) FROM pickup_authorizations) || ' ' || (SELECT count(*) FROM kept_quotes) || ' '"
    " || (SELECT count(*) FROM inquiries) || ' ' || (SELECT count(*) FROM customers) || ' ' || (SELECT count(*) FROM payments)"
    " || ' ' || (SELECT count(*) FROM claims)");
static const struct stmt whole_row = STMT("t_merge_person", "i",
    "SELECT json_array(full_name, search_key, phone, email, email_confirmed_at, document_type, document_number, building, tower,"
    " apartment, notes, is_vip, is_active, sms_opt_out, known_at, merged_into, phone_of, (SELECT json_group_array(phone) FROM"
    " customer_phones k WHERE k.customer_id = customers.id)) FROM customers WHERE id = $1");
static const struct stmt add_quote = STMT("t_merge_quote", "i",
    "INSERT INTO kept_quotes (id, user_id, at, customer_id, operation_key) VALUES ('quote-of-' || $1, 1, 1, $1, 'k')");
static const struct stmt add_question = STMT("t_merge_question", "iii",
    "INSERT INTO inquiries (package_id, customer_id, content, at) VALUES ($1, $2, 'Una pregunta', $3)");
static const struct stmt audited = STMT("t_merge_audited", "s",
    "SELECT v.value FROM audit_values v JOIN audit_log l ON l.id = v.audit_id WHERE l.action = $1");

static const struct stmt give_away = STMT("t_merge_give", "ii", "UPDATE packages SET customer_id = $2 WHERE id = $1");

static const bool yes = true;

static const char *text_of(struct fixture *f, const struct stmt *s, int64_t id)
{
    struct rows q;
    const char *text;

    cr_assert_eq(strlen(s->args) == 0 ? db_one(f->db, &q, s) : db_one(f->db, &q, s, id), OK);
    text = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return text;
}

static struct customer written(struct fixture *f, struct customer_edit in)
{
    struct customer out = { 0 };

    in.another = true;
    cr_assert_eq(customer_add(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    return out;
}

struct two { struct customer kept, gone; struct package parcel, delivered; };

/* Rosa, who has a parcel, and Rosa Peña, who has everything that a person can have. */
static struct two two_people(struct fixture *f)
{
    struct authorization z;
    struct delivery d;
    struct two t;

    fixture_open(f);
    f->c.role = ROLE_ADMIN;
    t.kept = written(f, (struct customer_edit){ .name = "Rosa Peña Ríos", .phone = "300 555 0001", .notes = "Tiene perro" });
    t.gone = written(f, (struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0002", .other_phones = "300 555 0001\n300 555 0003",
        .email = "rosa@example.com", .document_type = "CC", .document_number = "12345", .tower = "2", .apartment = "301",
        .notes = "Llama siempre", .is_vip = &yes });
    parcel_shelved(f, .name = "Rosa Peña Ríos", .phone = "300 555 0001", .guides = "GUIA-KEPT");
    t.parcel = parcel_shelved(f, .name = "Rosa Peña", .phone = "300 555 0002", .guides = "GUIA-GONE");
    t.delivered = parcel_shelved(f, .name = "Rosa Peña", .phone = "300 555 0002", .guides = "GUIA-DONE");
    cr_assert_eq(t.parcel.customer_id, t.gone.id);
    {
        const struct deliver_in in = parcel_by_document(&t.delivered.id, 1);

        cr_assert_eq(deliver_packages(&f->c, &in, &d), OK, "%s", fixture_fault(f));
    }
    cr_assert_eq(authorization_create(&f->c, &(struct authorize_in){ link_token(&f->c, &t.parcel), "Pedro Ruíz", "CC", "9876543", NULL }, &z),
                 OK, "%s", fixture_fault(f));
    cr_assert_eq(db_exec(f->db, NULL, &add_quote, t.gone.id), OK);
    cr_assert_eq(db_exec(f->db, NULL, &add_question, t.parcel.id, t.gone.id, f->c.now), OK);
    return t;
}

static struct merge merged(struct fixture *f, const struct two *t)
{
    const struct merge_in in = { t->kept.id, t->gone.id, "La misma cédula" };
    struct merge out = { 0 };

    cr_assert_eq(customer_merge(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    return out;
}

Test(merge, knows_every_column_of_the_schema_that_names_a_customer)
{
    struct fixture f;
    struct rows q;
    size_t n = 0;

    fixture_open(&f);
    cr_assert_eq(db_query(f.db, &q, &columns), OK);
    while (db_next(&q)) {
        bool found = false;

        for (size_t i = 0; i < COUNT(known); i++)
            found = found || (streq(known[i].table, db_text(&q, 0)) && streq(known[i].column, db_text(&q, 1)));
        cr_expect(found, "a merge does not know %s.%s: a row of merge.c, and of this test", db_text(&q, 0), db_text(&q, 1));
        n++;
    }
    cr_assert_eq(db_end(&q), OK);
    cr_expect_eq(n, COUNT(known));
    fixture_close(&f);
}

Test(merge, moves_all_that_is_the_ones_to_the_other_and_deletes_nothing)
{
    struct fixture f;
    struct two t = two_people(&f);
    const char *before = text_of(&f, &all_rows, 0);
    struct merge_preview seen;
    struct customer kept, gone;

    cr_assert_eq(merge_preview(&f.c, t.kept.id, t.gone.id, &seen), OK);
    cr_expect_eq(seen.counts.v[0].n, 2);
    merged(&f, &t);
    cr_expect_str_eq(text_of(&f, &all_rows, 0), before);
    cr_expect_str_eq(text_of(&f, &rows_of, t.gone.id), "0 0 0 0 0 0");
    cr_expect_eq(text_of(&f, &rows_of, t.kept.id)[0], '3');
    cr_assert(customer_by_id(&f.c, t.kept.id, &kept) == OK && customer_by_id(&f.c, t.gone.id, &gone) == OK);
    cr_expect_str_eq(kept.full_name, "Rosa Peña Ríos");
    cr_expect_str_eq(kept.phone, "+573005550001");
    cr_expect_str_eq(kept.other_phones, "+573005550003 +573005550002");
    cr_expect_str_eq(kept.email, "rosa@example.com");
    cr_expect_str_eq(kept.document_number, "12345");
    cr_expect_str_eq(kept.apartment, "301");
    cr_expect_str_eq(kept.notes, "Tiene perro\nLlama siempre");
    cr_expect(kept.is_vip && !gone.is_active && gone.phone == NULL);
    cr_expect_eq(merged_into(&f.c, t.gone.id), t.kept.id);
    cr_expect_eq(parcel_announced(&f, .name = "Rosa Peña Ríos", .phone = "300 555 0002", .guides = "GUIA-NEW").customer_id, t.kept.id);
    cr_expect_str_eq(parcel_last_words(&f, t.parcel.id), "La ficha de su dueño se unió con otra de la misma persona");
    fixture_close(&f);
}

Test(merge, is_in_the_audit_with_both_as_they_were)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct rows q;

    merged(&f, &t);
    cr_assert_eq(db_one(f.db, &q, &audited, "customer_merge"), OK);
    cr_expect(strstr(db_text(&q, 0), "Rosa Peña, +573005550002, rosa@example.com, 12345") != NULL, "%s", db_text(&q, 0));
    cr_expect(strstr(db_text(&q, 0), "motivo: La misma cédula") != NULL);
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

Test(merge, undone_is_in_the_audit_with_both_as_they_are_again_until_either_is_erased)
{
    static const struct stmt still_named = STMT("t_merge_named", "",
        "SELECT count(*) FROM audit_values v JOIN audit_log l ON l.id = v.audit_id WHERE v.value LIKE '%rosa@example.com%'");
    static const struct stmt nothing_here = STMT("t_merge_nothing_here", "i",
        "UPDATE packages SET state = 'CANCELADO', cancelled_at = 1, cancel_reason = 'cliente_solicita', position_id = NULL"
        " WHERE customer_id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO')");
    struct fixture f;
    struct two t = two_people(&f);
    struct merge m = merged(&f, &t);
    struct rows q;

    cr_assert_eq(customer_merge_undo(&f.c, m.id, &m), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_one(f.db, &q, &audited, "customer_unmerge"), OK);
    cr_expect(strstr(db_text(&q, 0), "Antes, ficha") != NULL, "%s", db_text(&q, 0));
    cr_expect(strstr(db_text(&q, 0), "Rosa Peña, +573005550002, rosa@example.com, 12345") != NULL, "%s", db_text(&q, 0));
    cr_assert_eq(db_end(&q), OK);
    cr_assert_eq(db_exec(f.db, NULL, &nothing_here, t.gone.id), OK);
    cr_assert_eq(customer_erase(&f.c, t.gone.id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &still_named), 0, "what is said of both at the other one is gone too");
    fixture_close(&f);
}

Test(merge, is_undone_for_a_day_exactly_and_what_came_since_stays)
{
    struct fixture f;
    struct two t = two_people(&f);
    const char *kept = text_of(&f, &whole_row, t.kept.id), *gone = text_of(&f, &whole_row, t.gone.id);
    const char *kept_rows = text_of(&f, &rows_of, t.kept.id);
    struct merge m, again;

    cr_assert_str_eq(text_of(&f, &rows_of, t.gone.id), "2 2 6 1 1 1");
    m = merged(&f, &t);
    cr_expect_str_neq(text_of(&f, &whole_row, t.kept.id), kept);
    f.c.now += MERGE_UNDO_S - 1;
    cr_assert_eq(customer_merge_undo(&f.c, m.id, &again), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(text_of(&f, &whole_row, t.kept.id), kept);
    cr_expect_str_eq(text_of(&f, &whole_row, t.gone.id), gone);
    cr_expect_str_eq(text_of(&f, &rows_of, t.kept.id), kept_rows);
    cr_expect_str_eq(text_of(&f, &rows_of, t.gone.id), "2 2 8 1 1 1", "her phone has new codes, and her e-mail is asked again");
    cr_expect_eq(customer_merge_undo(&f.c, m.id, &again), E_CONFLICT);
    fixture_close(&f);
}

Test(merge, undone_leaves_what_was_written_and_what_came_after_it_with_who_was_kept)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct customer kept;
    struct package p;
    struct merge m = merged(&f, &t);

    p = parcel_announced(&f, .name = "Rosa Peña", .phone = "300 555 0001", .guides = "GUIA-NEW");
    cr_assert_eq(customer_change(&f.c, &(struct customer_edit){ .id = t.kept.id, .notes = "Otra nota" }, &kept), OK);
    cr_assert_eq(customer_merge_undo(&f.c, m.id, &m), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_by_id(&f.c, t.kept.id, &kept), OK);
    cr_expect_str_eq(kept.notes, "Otra nota");
    cr_expect(kept.document_number == NULL);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_eq(p.customer_id, t.kept.id);
    fixture_close(&f);
}

static const struct stmt texted = STMT("t_merge_texted", "si",
    "SELECT count(*) FROM notifications n JOIN notification_packages p ON p.notification_id = n.id"
    " WHERE n.recipient = $1 AND p.package_id = $2 AND n.state = 'queued'");

Test(merge, changes_no_phone_to_which_codes_go_and_undone_gives_each_phone_new_ones)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct merge m = merged(&f, &t);
    struct package late = parcel_shelved(&f, .name = "Rosa Peña Ríos", .phone = "300 555 0002", .guides = "GUIA-LATE"), now;
    const char *token = link_token(&f.c, &t.parcel), *code;
    int64_t version;

    cr_assert_eq(late.customer_id, t.kept.id);
    cr_expect_eq(db_scalar(f.db, -1, &texted, "+573005550001", late.id), 0);
    cr_expect_eq(db_scalar(f.db, -1, &texted, "+573005550002", late.id), 1);
    cr_assert_eq(package_by_id(&f.c, t.parcel.id, &now), OK);
    cr_expect_str_eq(now.customer_phone, "+573005550002");
    version = now.pickup_version;
    code = package_pickup_code(&f.c, &now);
    cr_assert_eq(customer_merge_undo(&f.c, m.id, &m), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_by_token(&f.c, token, &now), E_NOT_FOUND, "the former link opens nothing");
    cr_assert_eq(package_by_id(&f.c, t.parcel.id, &now), OK);
    cr_expect(now.pickup_version > version && package_code_was(&f.c, &now, code));
    cr_expect_eq(db_scalar(f.db, -1, &texted, "+573005550001", now.id), 0);
    cr_expect_eq(db_scalar(f.db, -1, &texted, "+573005550002", now.id), 1);
    cr_assert_eq(package_by_id(&f.c, late.id, &late), OK);
    cr_expect_eq(late.customer_id, t.gone.id, "what her phone announced meanwhile is hers");
    fixture_close(&f);
}

Test(merge, has_the_name_of_whom_a_clerk_knows)
{
    struct fixture f;
    struct customer vera, both;
    struct package p;
    struct merge m;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    f.c.actor = ACTOR_CUSTOMER;
    p = parcel_announced(&f, .name = "Lucas Ladrón", .phone = "300 555 0001", .guides = "GUIA-BAIT");
    f.c.actor = ACTOR_USER;
    vera = written(&f, (struct customer_edit){ .name = "Vera Dueña", .phone = "300 555 0001" });
    cr_assert_neq(p.customer_id, vera.id);
    cr_assert_eq(customer_merge(&f.c, &(struct merge_in){ p.customer_id, vera.id, "El mismo celular" }, &m), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_by_id(&f.c, p.customer_id, &both), OK);
    cr_expect_str_eq(both.full_name, "Vera Dueña");
    cr_expect_eq(parcel_announced(&f, .name = "Vera Dueña", .phone = "300 555 0001", .guides = "GUIA-VERA").customer_id, both.id);
    cr_assert_eq(customer_merge_undo(&f.c, m.id, &m), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_by_id(&f.c, p.customer_id, &both), OK);
    cr_expect_str_eq(both.full_name, "Lucas Ladrón");
    cr_expect_eq(both.known_at, 0);
    fixture_close(&f);
}

Test(merge, is_refused_with_oneself_with_nobody_and_undoing_after_a_day)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct merge m;
    int done;

    cr_expect_eq(customer_merge(&f.c, &(struct merge_in){ t.kept.id, t.kept.id, "x" }, &m), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "with");
    cr_expect_eq(customer_merge(&f.c, &(struct merge_in){ t.kept.id, 999, "x" }, &m), E_NOT_FOUND);
    m = merged(&f, &t);
    cr_expect_eq(customer_merge(&f.c, &(struct merge_in){ t.kept.id, t.gone.id, "x" }, &m), E_NOT_FOUND);
    f.c.now += MERGE_UNDO_S + 1;
    cr_expect_eq(customer_merge_undo(&f.c, m.id, &m), E_CONFLICT);
    cr_assert_eq(merge_forget(&f.c, 10, &done), OK);
    cr_expect_eq(done, 1);
    cr_assert_eq(merge_of(&f.c, t.kept.id, &m), OK);
    cr_expect_eq(m.id, 0);
    fixture_close(&f);
}

Test(merge, of_merges_in_a_row_is_undone_from_the_last_one)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct customer third = written(&f, (struct customer_edit){ .name = "Rosa P. Ríos", .phone = "300 555 0009" });
    struct merge first = merged(&f, &t), second;

    cr_assert_eq(customer_merge(&f.c, &(struct merge_in){ third.id, t.kept.id, "También ella" }, &second), OK, "%s", fixture_fault(&f));
    cr_expect_eq(merged_into(&f.c, t.gone.id), third.id);
    cr_expect_eq(customer_merge_undo(&f.c, first.id, &first), E_CONFLICT);
    cr_assert_eq(customer_merge_undo(&f.c, second.id, &second), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_merge_undo(&f.c, first.id, &first), OK, "%s", fixture_fault(&f));
    cr_expect_eq(text_of(&f, &rows_of, t.gone.id)[0], '2');
    fixture_close(&f);
}

static const struct stmt rows_noted = STMT("t_merge_rows_noted", "", "SELECT count(*) FROM customer_merge_rows");
static const struct stmt unmerge_told = STMT("t_merge_unmerged", "i",
    "SELECT count(*) FROM package_events WHERE package_id = $1 AND details ->> '$.unmerged' IS NOT NULL");

Test(merge, that_cannot_be_undone_any_more_keeps_no_list_of_what_it_moved)
{
    struct fixture f;
    struct two t = two_people(&f);
    int done;

    merged(&f, &t);
    cr_expect_gt(db_scalar(f.db, -1, &rows_noted), 0);
    cr_assert_eq(merge_forget(&f.c, 10, &done), OK);
    cr_expect_gt(db_scalar(f.db, -1, &rows_noted), 0, "it can still be undone");
    f.c.now += MERGE_UNDO_S + 1;
    cr_assert_eq(merge_forget(&f.c, 10, &done), OK);
    cr_expect_eq(db_scalar(f.db, -1, &rows_noted), 0);
    fixture_close(&f);
}

Test(merge, undone_is_in_the_history_of_those_parcels_alone_that_went_back)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct merge m = merged(&f, &t);
    struct customer third = written(&f, (struct customer_edit){ .name = "Olga Mora", .phone = "300 555 0009" });

    cr_assert_eq(db_exec(f.db, NULL, &give_away, t.parcel.id, third.id), OK);
    cr_assert_eq(customer_merge_undo(&f.c, m.id, &m), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &unmerge_told, t.delivered.id), 1);
    cr_expect_eq(db_scalar(f.db, -1, &unmerge_told, t.parcel.id), 0, "it is a third person's, who was never merged");
    fixture_close(&f);
}

Test(merge, is_not_undone_while_a_third_has_the_document_and_says_who)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct merge m = merged(&f, &t);
    struct customer kept;

    cr_assert_eq(customer_change(&f.c, &(struct customer_edit){ .id = t.kept.id, .document_type = "", .document_number = "" }, &kept), OK,
                 "%s", fixture_fault(&f));
    written(&f, (struct customer_edit){ .name = "Olga Mora", .phone = "300 555 0009", .document_type = "CC", .document_number = "12345" });
    cr_expect_eq(customer_merge_undo(&f.c, m.id, &m), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "Desde la unión, el documento de la ficha que vuelve es de Olga Mora. Corríjalo en esa ficha, y después deshaga la unión.");
    fixture_close(&f);
}

Test(erase, is_replayed_in_a_restored_copy_for_that_person_alone_and_not_while_a_parcel_waits)
{
    struct fixture f;
    struct two t = two_people(&f);
    struct customer lone = written(&f, (struct customer_edit){ .name = "Elsa Sola", .phone = "300 555 0077" }), after;
    struct erasures all;
    bool done;

    cr_expect_eq(erasure_replay(&f.c, &(struct erasure){ lone.id, lone.created_at + 1, 0 }, &done), OK);
    cr_expect_not(done);
    cr_expect_eq(erasure_replay(&f.c, &(struct erasure){ 999, 1, 0 }, &done), OK);
    cr_expect_not(done);
    cr_expect_eq(erasure_replay(&f.c, &(struct erasure){ t.gone.id, t.gone.created_at, 0 }, &done), E_CONFLICT);
    cr_expect_not(done);
    cr_assert_eq(erasure_replay(&f.c, &(struct erasure){ lone.id, lone.created_at, 0 }, &done), OK, "%s", fixture_fault(&f));
    cr_expect(done);
    cr_assert_eq(customer_by_id(&f.c, lone.id, &after), OK);
    cr_expect(after.phone == NULL && !after.is_active && streq(after.full_name, "Sin nombre"));
    cr_assert_eq(erasure_list(&f.c, &all), OK);
    cr_expect(all.n == 1 && all.v[0].customer_id == lone.id && all.v[0].customer_since == lone.created_at);
    fixture_close(&f);
}
