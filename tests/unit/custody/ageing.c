/* Ageing: bands at their edges, the policy of 30 and 45 days as a table, whom to call, and contacts: they
 * are in the chain of events, and their notes can be erased. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/ageing.h"
#include "domain/custody/history.h"
#include "domain/custody/attempt.h"
#include "domain/custody/texts.h"
#include "domain/custody/undo.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/texts.h"
#include "queue/doubt.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt backdate = STMT("t_ageing_backdate", "ii",
    "UPDATE packages SET received_at = $2 WHERE id = $1");
static const struct stmt events = STMT("t_ageing_events", "is",
    "SELECT count(*) FROM package_events WHERE package_id = $1 AND kind = $2");
static const struct stmt erase = STMT("t_ageing_erase", "", "DELETE FROM event_values WHERE name = 'note'");
static const struct stmt in_details = STMT("t_ageing_in_details", "is",
    "SELECT count(*) FROM package_events WHERE package_id = $1 AND instr(details, $2) > 0");

/* Receives a package of that phone's owner (NULL: of nobody known) and has it wait so many seconds. */
static struct package shelved(struct fixture *f, const char *guide, const char *phone, int64_t waited)
{
    struct package p = parcel_received(f, .guide = guide, .name = phone ? "Ana Ríos" : NULL, .phone = phone);

    cr_assert_eq(db_exec(f->db, NULL, &backdate, p.id, f->c.now - waited), OK);
    cr_assert_eq(package_by_id(&f->c, p.id, &p), OK);
    return p;
}

static enum err contact(struct fixture *f, int64_t id, const char *outcome, const char *note, bool all)
{
    struct package p;

    return package_contact(&f->c, &(struct contact_in){ id, outcome, "llamada", note, 0, all }, &p);
}

static struct ageing_policy policy(struct fixture *f, int64_t id)
{
    struct contacts all;
    struct package p;

    cr_assert_eq(package_by_id(&f->c, id, &p), OK);
    cr_assert_eq(contacts_of_package(&f->c, id, &all), OK);
    return ageing_policy(&p, &all, f->c.now);
}

/* ---- bands ---- */

Test(bands, count_a_parcel_by_whole_days_what_it_owes_and_what_it_is_worth)
{
    static const struct { int64_t waited; size_t band; } rows[] = {
        { 0, 0 }, { 2 * DAY_SECONDS - 1, 0 }, { 2 * DAY_SECONDS, 1 }, { 4 * DAY_SECONDS - 1, 1 },
        { 4 * DAY_SECONDS, 2 }, { 8 * DAY_SECONDS - 1, 2 }, { 8 * DAY_SECONDS, 3 }, { 16 * DAY_SECONDS - 1, 3 },
        { 16 * DAY_SECONDS, 4 }, { 31 * DAY_SECONDS - 1, 4 }, { 31 * DAY_SECONDS, 5 }, { 400 * DAY_SECONDS, 5 },
    };
    struct ageing_band expected[6] = { 0 };
    struct fixture f;
    struct ageing all;
    struct fee fee;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct package p = shelved(&f, arena_printf(f.a, "BANDA%02zu", i), NULL, rows[i].waited);

        cr_assert_eq(fee_of(&f.c, &p, &fee), OK);
        expected[rows[i].band].packages++;
        expected[rows[i].band].due += fee.total;
    }
    cr_assert_eq(ageing_read(&f.c, &all), OK, "%s", fixture_fault(&f));
    cr_assert_eq(all.bands.n, 6);
    for (size_t i = 0; i < all.bands.n; i++) {
        cr_expect_eq(all.bands.v[i].packages, expected[i].packages, "%s", all.bands.v[i].band);
        cr_expect_eq(all.bands.v[i].due, expected[i].due, "%s", all.bands.v[i].band);
    }
    cr_expect_eq(all.total.packages, COUNT(rows));
    cr_expect_eq(all.unidentified, COUNT(rows));
    cr_expect_eq(all.without_value, COUNT(rows));
    fixture_close(&f);
}

Test(bands, of_more_than_is_read_at_once_add_up)
{
    struct fixture f;
    struct ageing all;

    fixture_open(&f);
    for (int i = 0; i < 501; i++)
        shelved(&f, arena_printf(f.a, "MUCHOS%04d", i), NULL, DAY_SECONDS);
    cr_assert_eq(ageing_read(&f.c, &all), OK);
    cr_expect_eq(all.total.packages, 501);
    cr_expect_eq(all.bands.v[0].packages, 501);
    cr_expect_eq(all.total.due, 501 * 1500);
    fixture_close(&f);
}

/* ---- the policy ---- */

#define NONE -1
Test(policy, of_30_and_45_days_asks_for_a_call_and_for_two_attempts_on_different_dates)
{
    static const struct { int days, contacts[3]; int64_t must_call, may_abandon; } rows[] = {
        { 29, { NONE, NONE, NONE }, 0, 0 }, { 30, { NONE, NONE, NONE }, 1, 0 }, { 31, { NONE, NONE, NONE }, 1, 0 },
        { 30, { 29, NONE, NONE }, 1, 0 }, { 31, { 30, NONE, NONE }, 0, 0 }, { 31, { 29, 31, NONE }, 0, 0 },
        { 44, { 31, 40, NONE }, 0, 0 }, { 44, { NONE, NONE, NONE }, 1, 0 }, { 45, { NONE, NONE, NONE }, 1, 0 },
        { 45, { 31, NONE, NONE }, 0, 0 }, { 45, { 31, 31, NONE }, 0, 0 }, { 45, { 31, 31, 32 }, 0, 1 },
        { 45, { 31, 40, NONE }, 0, 1 }, { 45, { 10, 20, NONE }, 1, 1 }, { 90, { 31, 32, NONE }, 0, 1 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const int64_t now = FIXTURE_NOW, received = now - rows[i].days * DAY_SECONDS;
        const struct package p = { .id = 7, .state = "RECIBIDO", .received_at = received };
        /* The first contact is about another package. */
        struct contact v[4] = { { .package_id = 8, .at = received + 31 * DAY_SECONDS } };
        struct contacts all = { .v = v, .n = 1 };
        struct ageing_policy o;

        for (size_t k = 0; k < 3 && rows[i].contacts[k] != NONE; k++)
            v[all.n++] = (struct contact){ .package_id = 7, .at = received + rows[i].contacts[k] * DAY_SECONDS };
        o = ageing_policy(&p, &all, now);
        cr_expect_eq(o.days, rows[i].days, "row %zu", i);
        cr_expect_eq(o.must_call, rows[i].must_call, "row %zu: must_call", i);
        cr_expect_eq(o.may_abandon, rows[i].may_abandon, "row %zu: may_abandon", i);
        cr_expect_eq(o.attempts, (int64_t)all.n - 1, "row %zu", i);
    }
}

/* Five packages of five people: not due, to be called about, called about, to be abandoned, and called
 * about too seldom. */
Test(policy, is_counted_for_the_first_page_and_lists_whom_it_is_about)
{
    static const struct { int64_t days; int contacts; } rows[] = { { 29, 0 }, { 30, 0 }, { 44, 2 }, { 45, 2 }, { 45, 1 } };
    struct fixture f;
    struct package p[COUNT(rows)];
    struct ageing_due due = { 0 };
    struct callees callees;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        p[i] = shelved(&f, arena_printf(f.a, "PASO%04zu", i), arena_printf(f.a, "30055500%02zu", i), rows[i].days * DAY_SECONDS);
        for (int k = 0; k < rows[i].contacts; k++) {
            f.c.now -= k * DAY_SECONDS;
            cr_assert_eq(contact(&f, p[i].id, "no_contesto", NULL, false), OK, "%s", fixture_fault(&f));
            f.c.now += k * DAY_SECONDS;
        }
    }
    shelved(&f, "NADIE001", NULL, 50 * DAY_SECONDS);
    cr_assert_eq(ageing_due(&f.c, &due), OK);
    cr_expect_eq(due.to_call, 1);
    cr_expect_eq(due.to_abandon, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ageing_policy o = policy(&f, p[i].id);

        cr_expect_eq(o.must_call, i == 1, "row %zu", i);
        cr_expect_eq(o.may_abandon, i == 3, "row %zu", i);
    }
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .step = "avisar" }, &callees), OK);
    cr_assert_eq(callees.n, 1);
    cr_expect_eq(callees.v[0].package_id, p[1].id);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .step = "abandonar" }, &callees), OK);
    cr_assert_eq(callees.n, 1);
    cr_expect_eq(callees.v[0].package_id, p[3].id);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ 0 }, &callees), OK);
    cr_expect_eq(callees.n, 5);
    fixture_close(&f);
}

Test(policy, counts_what_came_to_its_day_between_nine_and_nine)
{
    struct fixture f;
    struct ageing_due due = { 0 };
    int64_t nine;

    fixture_open(&f);
    nine = clock_day_start(clock_day(f.c.now)) + AGEING_HOUR * 3600;
    f.c.now = nine + 5;
    shelved(&f, "NUEVE001", "3005550001", 30 * DAY_SECONDS + 5);
    shelved(&f, "NUEVE002", "3005550002", 31 * DAY_SECONDS + 4);
    shelved(&f, "NUEVE003", "3005550003", 31 * DAY_SECONDS + 5);
    shelved(&f, "NUEVE004", "3005550004", 30 * DAY_SECONDS + 4);
    shelved(&f, "NUEVE005", "3005550005", 45 * DAY_SECONDS + 5);
    cr_assert_eq(ageing_due(&f.c, &due), OK);
    cr_expect_eq(due.days_30, 2, "yesterday's nine is yesterday's");
    cr_expect_eq(due.days_45, 1);
    f.c.now += DAY_SECONDS;
    cr_assert_eq(ageing_due(&f.c, &due), OK);
    cr_expect_eq(due.days_30, 1, "each once, on one of the days");
    fixture_close(&f);
}

Test(policy, does_not_count_what_was_before_the_parcel_came_nor_ask_for_what_is_gone)
{
    const int64_t now = FIXTURE_NOW, received = now - 50 * DAY_SECONDS;
    struct contact v[] = { { .package_id = 7, .at = received - 1 }, { .package_id = 7, .at = received + 1 } };
    const struct contacts all = { .v = v, .n = COUNT(v) };
    struct package p = { .id = 7, .state = "RECIBIDO", .received_at = received };

    cr_expect_eq(ageing_policy(&p, &all, now).attempts, 1);
    cr_expect_eq(ageing_policy(&p, &all, now).must_call, 1);
    p.state = "ENTREGADO";
    cr_expect_eq(ageing_policy(&p, &all, now).must_call, 0);
}

Test(policy, lets_a_parcel_be_abandoned_only_then_and_says_what_is_missing)
{
    struct fixture f;
    struct package p;
    int64_t now;

    fixture_open(&f);
    p = shelved(&f, "ABANDONO1", "3005550001", 44 * DAY_SECONDS);
    now = f.c.now;
    cr_assert_eq(contact(&f, p.id, "no_contesto", NULL, false), OK, "%s", fixture_fault(&f));
    f.c.now = now + 3600;
    cr_assert_eq(contact(&f, p.id, "buzon", NULL, false), OK);
    f.c.role = ROLE_ADMIN;       /* an OPERADOR needs the approval of one */
    cr_expect_eq(ageing_abandon(&f.c, &(struct abandon_in){ p.id, NULL }, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_ABANDON_EARLY);
    f.c.now = now + DAY_SECONDS;
    cr_expect_eq(ageing_abandon(&f.c, &(struct abandon_in){ p.id, NULL }, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_ABANDON_ATTEMPTS);
    cr_assert_eq(contact(&f, p.id, "no_contesto", NULL, false), OK);
    cr_assert_eq(ageing_abandon(&f.c, &(struct abandon_in){ p.id, NULL }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "CANCELADO");
    cr_expect_str_eq(p.cancel_reason, "cliente_no_reclama");
    cr_expect(has_prefix(p.cancel_text, "Abandonado: 45 días en el punto"), "%s", p.cancel_text);
    cr_expect_not_null(strstr(p.cancel_text, "3 intentos de contacto en 2 días"), "%s", p.cancel_text);
    cr_expect_not_null(strstr(p.cancel_text, "debía $45.500"), "%s", p.cancel_text);
    cr_expect_null(p.position_code);
    cr_expect_eq(ageing_abandon(&f.c, &(struct abandon_in){ p.id, NULL }, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_NOT_ON_SHELF);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "RECIBIDO");
    fixture_close(&f);
}

/* ---- contacts ---- */

Test(contacts, are_told_in_the_history_and_their_note_can_be_erased_without_breaking_the_chain)
{
    struct fixture f;
    struct package p;
    struct package_events all;
    int64_t broken;

    fixture_open(&f);
    p = shelved(&f, "NOTA0001", "3005550001", 31 * DAY_SECONDS);
    cr_assert_eq(package_contact(&f.c, &(struct contact_in){ p.id, "vendra", "whatsapp", "Llega su hermana Luz",
                 clock_day(f.c.now) + 1, false }, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_events(&f.c, p.id, &all), OK);
    cr_expect_str_eq(all.v[all.n - 1].text, "Contacto con el cliente · WhatsApp: dijo que viene, para el 04/11/2026"
                     " · Llega su hermana Luz");
    cr_expect_eq(db_scalar(f.db, -1, &in_details, p.id, "hermana"), 0, "a personal value is in the row");
    cr_expect_eq(policy(&f, p.id).must_call, 0);
    cr_assert_eq(db_exec(f.db, NULL, &erase), OK);
    cr_assert_eq(package_events(&f.c, p.id, &all), OK);
    cr_expect_str_eq(all.v[all.n - 1].text, "Contacto con el cliente · WhatsApp: dijo que viene, para el 04/11/2026 · texto borrado");
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), OK);
    fixture_close(&f);
}

Test(contacts, about_everything_that_waits_for_a_person_are_written_together)
{
    struct fixture f;
    struct package one, two, gone, other, out;

    fixture_open(&f);
    one = shelved(&f, "TODAS001", "3005550001", 10 * DAY_SECONDS);
    two = shelved(&f, "TODAS002", "3005550001", 5 * DAY_SECONDS);
    gone = shelved(&f, "TODAS003", "3005550001", 5 * DAY_SECONDS);
    other = shelved(&f, "TODAS004", "3005550002", 5 * DAY_SECONDS);
    f.c.role = ROLE_ADMIN;       /* an operator does not cancel what owes storage */
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ gone.id, "cliente_solicita", NULL, NULL }, &out), OK);
    f.c.role = ROLE_OPERADOR;
    cr_assert_eq(contact(&f, two.id, "contesto", NULL, true), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &events, one.id, "CONTACTO"), 1);
    cr_expect_eq(db_scalar(f.db, -1, &events, two.id, "CONTACTO"), 1);
    cr_expect_eq(db_scalar(f.db, -1, &events, gone.id, "CONTACTO"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &events, other.id, "CONTACTO"), 0);
    fixture_close(&f);
}

Test(contacts, are_refused_about_what_is_gone_what_is_nobodys_and_with_a_day_that_cannot_be)
{
    struct fixture f;
    struct package p, nobodys, out;
    const struct { int64_t day; enum err err; } days[] = {
        { -1, E_INVALID }, { 0, OK }, { 90, OK }, { 91, E_INVALID },
    };

    fixture_open(&f);
    p = shelved(&f, "RECHAZO1", "3005550001", DAY_SECONDS);
    nobodys = shelved(&f, "RECHAZO2", NULL, DAY_SECONDS);
    cr_expect_eq(contact(&f, nobodys.id, "contesto", NULL, true), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_CONTACT_NOBODY);
    cr_expect_eq(contact(&f, p.id, "gritó", NULL, false), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "outcome");
    for (size_t i = 0; i < COUNT(days); i++)
        cr_expect_eq(package_contact(&f.c, &(struct contact_in){ p.id, "vendra", "llamada", NULL,
                     clock_day(f.c.now) + days[i].day, false }, &out), days[i].err, "row %zu", i);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "cliente_solicita", NULL, NULL }, &out), OK);
    cr_expect_eq(contact(&f, p.id, "contesto", NULL, false), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_NOT_ON_SHELF);
    cr_expect_eq(db_scalar(f.db, -1, &events, p.id, "CONTACTO"), 2);
    fixture_close(&f);
}

/* ---- whom to call ---- */

/* A message that staff write or send again leaves an event CONTACTO, which says its channel and has no
 * outcome. */
Test(contacts, do_not_count_messages_that_were_sent)
{
    struct fixture f;
    struct package p;
    struct contacts all;
    struct ageing_policy o;
    struct ageing_due due = { 0 };
    struct package_events history;
    int64_t id;

    fixture_open(&f);
    p = shelved(&f, "MENSAJE01", "300 555 0001", 46 * DAY_SECONDS);
    for (int day = 0; day < 2; day++, f.c.now += DAY_SECONDS) {
        struct custom_in in = { .package_id = p.id, .channel = "sms", .text = "Su paquete lo espera" };

        cr_assert_eq(notify_custom(&f.c, &in, &id), OK, "%s", fixture_fault(&f));
    }
    cr_assert_eq(contacts_of_package(&f.c, p.id, &all), OK);
    cr_expect_eq(all.n, 0, "no empty row in the dossier");
    cr_assert_eq(contact_list(&f.c, &(struct contact_filter){ .id = p.id }, &all), OK);
    cr_expect_eq(all.n, 0);
    cr_assert_eq(contacts_of_customers(&f.c, &p.customer_id, 1, &all), OK);
    cr_expect_eq(all.n, 0);
    o = policy(&f, p.id);
    cr_expect_eq(o.attempts, 0);
    cr_expect(o.must_call);
    cr_expect_not(o.may_abandon);
    cr_assert_eq(ageing_due(&f.c, &due), OK);
    cr_expect_eq(due.to_call, 1);
    cr_expect_eq(due.to_abandon, 0);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[history.n - 1].text, "Mensaje al cliente");
    fixture_close(&f);
}

Test(calls, are_one_a_person_by_what_has_waited_longest_and_pages_follow_each_other)
{
    struct fixture f;
    struct callees first, rest;

    fixture_open(&f);
    shelved(&f, "LISTA001", "3005550001", 2 * DAY_SECONDS);
    shelved(&f, "LISTA002", "3005550002", 20 * DAY_SECONDS);
    shelved(&f, "LISTA003", "3005550001", 40 * DAY_SECONDS);
    shelved(&f, "LISTA004", "3005550003", 20 * DAY_SECONDS);
    shelved(&f, "LISTA005", NULL, 60 * DAY_SECONDS);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .limit = 2 }, &first), OK, "%s", fixture_fault(&f));
    cr_assert_eq(first.n, 2);
    cr_expect_str_eq(first.v[0].phone, "+573005550001");
    cr_expect_eq(first.v[0].parcels, 2);
    cr_expect_eq(first.v[0].days, 40);
    cr_expect_eq(first.v[0].must_call, 1);
    cr_expect_eq(first.v[0].due, 1500 + 39000 + 1500 + 1000);
    cr_expect_str_eq(first.v[1].phone, "+573005550002");
    cr_assert_neq(first.next, 0);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .limit = 2, .after = first.next }, &rest), OK);
    cr_assert_eq(rest.n, 1);
    cr_expect_str_eq(rest.v[0].phone, "+573005550003");
    cr_expect_eq(rest.next, 0);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .band = "16-30" }, &rest), OK);
    cr_expect_eq(rest.n, 2);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ .band = "2-3" }, &rest), OK);
    cr_expect_eq(rest.n, 0, "she is where her oldest parcel is");
    fixture_close(&f);
}

Test(calls, show_the_last_contact)
{
    struct fixture f;
    struct package p;
    struct callees all;

    fixture_open(&f);
    p = shelved(&f, "ULTIMO01", "3005550001", 31 * DAY_SECONDS);
    cr_assert_eq(contact(&f, p.id, "no_contesto", NULL, false), OK);
    f.c.now += 60;
    cr_assert_eq(contact(&f, p.id, "contesto", NULL, false), OK);
    cr_assert_eq(callee_list(&f.c, &(struct callee_filter){ 0 }, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_str_eq(all.v[0].outcome, "contesto");
    cr_expect_eq(all.v[0].contacted_at, f.c.now);
    cr_expect_eq(all.v[0].must_call, 0);
    fixture_close(&f);
}

static uint64_t statements_of_calls(struct fixture *f, size_t people)
{
    const uint64_t before = db_statements(f->db);
    struct callees callees;

    cr_assert_eq(callee_list(&f->c, &(struct callee_filter){ .step = "avisar" }, &callees), OK);
    cr_expect_eq(callees.n, people);
    return db_statements(f->db) - before;
}

Test(calls, are_read_in_as_many_statements_for_ten_people_as_for_two)
{
    struct fixture f;
    uint64_t few = 0;

    fixture_open(&f);
    (void)doubt_fair_now(&f.c);  /* asked once a request */
    for (int i = 0; i < 10; i++) {
        shelved(&f, arena_printf(f.a, "LLAMAR%02d", i), arena_printf(f.a, "300 555 %04d", i), 31 * DAY_SECONDS);
        if (i == 1)
            few = statements_of_calls(&f, 2);
    }
    cr_expect_eq(statements_of_calls(&f, 10), few);
    fixture_close(&f);
}

/* ---- plans ---- */

static bool plan_is_ours(const struct stmt *s, const char *file UNUSED)
{
    return strncmp(s->name, "ageing_", 7) == 0 || strncmp(s->name, "contact", 7) == 0;
}

/* A plan may scan the list of ids that was bound, but no table, and sort what is of some people alone. */
static bool plan_is_fine(const char *name, const char *step)
{
    const bool sorts = streq(name, "contacts_of_customers") || streq(name, "contacts_of_customer")
        || streq(name, "ageing_people");

    if (strncmp(step, "SCAN json_each ", 15) == 0)
        return true;
    return strncmp(step, "SCAN ", 5) != 0 && (sorts || strstr(step, "TEMP B-TREE") == NULL);
}

Test(plans, cost_what_waits_and_not_the_whole_history)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_geq(fixture_plans(&f, plan_is_ours, plan_is_fine), 7);
    fixture_close(&f);
}
