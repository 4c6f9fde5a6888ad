/* Inquiry: what a resident asks, what staff answer, whom the answer reaches; and boxes that a carrier says it left
 * here. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/handover/deliver.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/link.h"
#include "domain/people/opt_out.h"
#include "domain/people/user.h"
#include "domain/price/open_hours.h"
#include "domain/public/canned_answer.h"
#include "domain/public/inquiry_answer.h"
#include "domain/public/inquiry_tell.h"
#include "domain/public/missing.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt messages = STMT("t_answers", "s",
    "SELECT count(*) FROM notifications WHERE event = 'inquiry_answered' AND state = $1");
static const struct stmt message_of = STMT("t_answer", "s",
    "SELECT max(id) FROM notifications WHERE event = 'inquiry_answered' AND channel = $1");
static const struct stmt move_owner = STMT("t_owner", "i",
    "UPDATE packages SET customer_id = (SELECT id FROM customers WHERE id <> packages.customer_id LIMIT 1) WHERE id = $1");
static const struct stmt confirm = STMT("t_confirm", "is",
    "UPDATE customers SET email = $2, email_confirmed_at = 1 WHERE id = $1");
static const struct stmt consents = STMT("t_consents", "", "SELECT count(*) FROM consents");
static const struct stmt consent_at = STMT("t_consent_at", "i",
    "SELECT count(*) FROM consents WHERE inquiry_id = $1 AND package_id IS NULL AND length(text_sha256) = 64 AND channel <> ''");
static const struct stmt consent_of = STMT("t_consent_of", "i",
    "SELECT count(*) FROM audit_log WHERE action = 'consent' AND object_id = $1 AND details LIKE '%sha256%'");
static const struct stmt said_of = STMT("t_inquiry_said", "ss",
    "SELECT count(*) FROM audit_log WHERE action = $1 AND details LIKE '%' || $2 || '%'");
static const struct stmt noted = STMT("t_inquiry_noted", "s", "SELECT count(*) FROM audit_values WHERE value LIKE '%' || $1 || '%'");
static const struct stmt close_day = STMT("t_close_day", "i", "INSERT INTO closures (day, reason) VALUES ($1, 'x')");
static const struct stmt texts_left = STMT("t_texts_left", "", "SELECT count(*) FROM inquiry_texts");

/* A point that sends SMS. */
static void open_sending(struct fixture *f)
{
    fixture_open(f);
    f->conf->sms_driver = "file";
}

static struct inquiry asked(struct fixture *f, const struct package *p, const char *content)
{
    struct inquiry i;

    cr_assert_eq(inquiry_ask(&f->c, &(struct inquiry_in){ link_token(&f->c, p), content }, &i), OK, "%s", fixture_fault(f));
    return i;
}

static struct inquiry answered(struct fixture *f, int64_t id, const char *answer, bool close)
{
    struct inquiry i;

    cr_assert_eq(inquiry_answer(&f->c, &(struct inquiry_answer_in){ .id = id, .answer = answer, .close = close }, &i), OK,
                 "%s", fixture_fault(f));
    return i;
}

static struct message rendered(struct fixture *f, const char *channel)
{
    struct message m;

    cr_assert_eq(notification_render(&f->c, db_scalar(f->db, 0, &message_of, channel), &m), OK);
    return m;
}

Test(inquiry, of_one_person_about_one_package_is_one_at_a_time_and_what_follows_joins_it)
{
    struct fixture f;
    struct inquiry first, second, third;
    struct inquiries all;
    struct package p;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "UNASOLA01");
    first = asked(&f, &p, "¿Abren el festivo?");
    second = asked(&f, &p, "¿Y el domingo?  ¿Hasta qué hora?");
    cr_expect_eq(second.id, first.id);
    cr_assert_eq(second.texts.n, 1);
    cr_expect_str_eq(second.texts.v[0].content, "¿Y el domingo?  ¿Hasta qué hora?");
    cr_expect_eq(second.texts.v[0].ours, 0);
    cr_expect_str_eq(second.added, second.texts.v[0].content, "the list shows what is new");
    cr_expect_eq(second.since, f.c.now);

    second = answered(&f, first.id, "Sí, de 9 a 12.", false);
    cr_expect_str_eq(second.state, "RESPONDIDO");
    cr_expect_eq(second.since, 0, "nobody waits");
    f.c.now += 3600;
    second = asked(&f, &p, "¿Seguro que sí?");
    cr_expect_eq(second.id, first.id);
    cr_expect_str_eq(second.state, "ABIERTO");
    cr_expect_eq(second.since, f.c.now, "it waits since it was asked again");

    cr_assert_eq(inquiry_close(&f.c, first.id, &second), OK);
    third = asked(&f, &p, "Otra cosa: ¿cuánto es?");
    cr_expect_neq(third.id, first.id);
    cr_assert_eq(inquiries_of(&f.c, &p, &all), OK);
    cr_assert_eq(all.n, 2);
    cr_expect_eq(all.v[0].texts.n, 0);
    cr_expect_eq(all.v[1].texts.n, 3, "each has its own texts");
    fixture_close(&f);
}

Test(inquiry, that_is_answered_goes_by_sms_and_email_and_into_the_history)
{
    struct fixture f;
    struct inquiry i;
    struct message m;
    struct package p;

    open_sending(&f);
    f.conf->mail_url = "smtp://127.0.0.1:1";
    p = parcel_shelved(&f, .guides = "MEDIOS001", .name = "Ana Ríos");
    cr_assert_eq(db_exec(f.db, NULL, &confirm, p.customer_id, "ana@example.com"), OK);
    i = answered(&f, asked(&f, &p, "¿Puede ir mi hermano?").id, "Sí, autorícelo\nen su página.", false);
    cr_expect_eq(i.texts.n, 1);
    cr_expect_str_eq(i.texts.v[0].sms, "queued");
    cr_expect_eq(i.assigned_to, f.c.user_id, "who answers is in charge");
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Respuesta a su pregunta");
    m = rendered(&f, "sms");
    cr_expect_not_null(strstr(m.text, "le responde: Sí, autorícelo en su página. http"), "%s", m.text);
    cr_expect_not_null(strstr(m.text, link_token(&f.c, &p)), "the link goes to the phone");
    fixture_close(&f);
}

Test(inquiry, whose_answer_is_long_has_its_beginning_in_the_sms_and_all_of_it_on_the_page)
{
    struct fixture f;
    struct inquiry i;
    struct message m;
    struct package p;
    char text[2001] = "";

    open_sending(&f);
    p = parcel_shelved(&f, .guides = "LARGA0001");
    for (int k = 0; k < 150; k++)
        strcat(text, "palabra ");
    i = answered(&f, asked(&f, &p, "¿Qué reglas tienen?").id, text, true);
    cr_expect_str_eq(i.state, "CERRADO");
    cr_expect_eq(strlen(i.texts.v[0].content), strlen(text), "whole");
    m = rendered(&f, "sms");
    cr_expect_lt(strlen(m.text), 460, "%zu", strlen(m.text));
    cr_expect_not_null(strstr(m.text, "palabra... Siga leyendo en http"), "%s", m.text);
    fixture_close(&f);
}

Test(inquiry, is_answered_to_who_asked_and_never_to_whose_the_package_turns_out_to_be)
{
    struct fixture f;
    struct inquiry_reach to;
    struct inquiry i;
    struct package p;

    open_sending(&f);
    parcel_announced(&f, .guides = "DEOTRO001", .name = "Berta Dueña", .phone = "300 555 0099");
    p = parcel_shelved(&f, .guides = "DEOTRO002");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    cr_assert_eq(inquiry_reach(&f.c, &i, &to), OK);
    cr_expect_str_eq(to.sms, "+573005550001");
    cr_expect(to.page);
    cr_assert_eq(db_exec(f.db, NULL, &move_owner, p.id), OK);
    cr_assert_eq(inquiry_reach(&f.c, &i, &to), OK);
    cr_expect_null(to.sms);
    cr_expect_not(to.page);
    cr_expect_not_null(strstr(to.why, "de otra persona"));
    i = answered(&f, i.id, "Sí, ya está aquí.", false);
    cr_expect_null(i.texts.v[0].sms);
    cr_expect_eq(db_scalar(f.db, -1, &messages, "queued"), 0);
    fixture_close(&f);
}

Test(inquiry, is_answered_to_the_phone_of_its_parcel_and_not_to_another_of_its_person)
{
    static const struct stmt first_phone = STMT("t_first_phone", "i", "UPDATE customers SET phone = '+573005550077' WHERE id = $1");
    struct fixture f;
    struct inquiry_reach to;
    struct inquiry i;
    struct package p;

    open_sending(&f);
    p = parcel_shelved(&f, .guides = "DEOTRO003");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    cr_assert_eq(db_exec(f.db, NULL, &first_phone, p.customer_id), OK);
    cr_assert_eq(inquiry_reach(&f.c, &i, &to), OK);
    cr_expect_str_eq(to.sms, "+573005550001");
    cr_assert_eq(inquiry_by_id(&f.c, i.id, &i), OK);
    cr_expect_str_eq(i.customer_phone, "+573005550001");
    fixture_close(&f);
}

Test(inquiry, tells_the_clerk_when_no_message_reaches_who_asked)
{
    struct fixture f;
    struct inquiry_reach to;
    struct inquiry i;
    struct package p;

    open_sending(&f);
    p = parcel_shelved(&f, .guides = "SINAVISO1");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    cr_assert_eq(opt_out_by_staff(&f.c, p.customer_id, "sms", true), OK);
    cr_assert_eq(inquiry_reach(&f.c, &i, &to), OK);
    cr_expect_str_eq(to.why, "Pidió no recibir mensajes.");
    cr_expect(to.page, "its page has the answer all the same");
    cr_expect_null(answered(&f, i.id, "Sí, ya está.", false).texts.v[0].sms);
    fixture_close(&f);
}

Test(inquiry, is_not_answered_over_what_who_asked_wrote_meanwhile)
{
    struct fixture f;
    const int64_t nothing = 0;
    struct inquiry i, out;
    struct package p;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "MIENTRAS1");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    asked(&f, &p, "Olvídelo: ya voy.");
    cr_expect_eq(inquiry_answer(&f.c, &(struct inquiry_answer_in){ i.id, "Sí, ya llegó.", &nothing, false }, &out), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "answer");
    cr_assert_eq(inquiry_by_id(&f.c, i.id, &i), OK);
    cr_expect_eq(i.texts.n, 1);
    cr_expect_eq(inquiry_answer(&f.c, &(struct inquiry_answer_in){ i.id, "Sí, ya llegó.", &i.texts.v[0].id, false }, &out), OK);
    cr_expect_eq(inquiry_answer(&f.c, &(struct inquiry_answer_in){ i.id, "no", NULL, false }, &out), E_INVALID);
    cr_expect_eq(inquiry_answer(&f.c, &(struct inquiry_answer_in){ 999, "Sí, ya llegó.", NULL, false }, &out), E_NOT_FOUND);
    fixture_close(&f);
}

Test(inquiry, is_taken_passed_on_closed_and_opened_again_each_from_the_state_that_allows_it)
{
    struct fixture f;
    struct inquiry i;
    struct inquiry_filter mine = { .mine = true };
    struct inquiries all;
    struct package p;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "TURNOS001");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    cr_assert_eq(inquiry_list(&f.c, &mine, &all), OK);
    cr_expect_eq(all.n, 0);
    cr_expect_eq(inquiry_assign(&f.c, &(struct inquiry_assign_in){ i.id, 999 }, &i), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "user_id");
    cr_assert_eq(inquiry_assign(&f.c, &(struct inquiry_assign_in){ i.id, f.c.user_id }, &i), OK);
    cr_expect_str_eq(i.state, "LEIDO", "who takes it has read it");
    cr_expect_eq(db_scalar(f.db, 0, &said_of, "inquiry_assign", arena_printf(f.a, "\"after\":\"%s\"", i.assigned_name)), 1,
                 "the log says whose it is");
    cr_assert_eq(inquiry_list(&f.c, &mine, &all), OK);
    cr_expect_eq(all.n, 1);
    cr_assert_eq(inquiry_reopen(&f.c, i.id, &i), E_CONFLICT, "it waits already");
    cr_assert_eq(inquiry_close(&f.c, i.id, &i), OK);
    cr_expect_eq(inquiry_close(&f.c, i.id, &i), E_CONFLICT);
    cr_expect_eq(inquiry_assign(&f.c, &(struct inquiry_assign_in){ i.id, 0 }, &i), E_CONFLICT);
    cr_expect_eq(inquiry_answer(&f.c, &(struct inquiry_answer_in){ i.id, "Sí, ya llegó.", NULL, false }, &i), E_CONFLICT);
    f.c.now += 60;
    cr_assert_eq(inquiry_reopen(&f.c, i.id, &i), OK);
    cr_expect_eq(i.since, f.c.now);
    cr_expect_eq(i.closed_at, 0);
    fixture_close(&f);
}

Test(inquiry, is_sorted_by_what_it_is_about_and_how_soon_and_found_by_both_in_a_list_and_in_its_sheet)
{
    static const struct { struct inquiry_filter f; size_t n; } cases[] = {
        { { .category = "COBRO" }, 1 }, { { .category = "RETIRO" }, 0 }, { { .priority = "URGENTE" }, 1 },
        { { .priority = "MEDIA" }, 1 }, { { .priority = "BAJA" }, 0 }, { { .category = "COBRO", .priority = "URGENTE" }, 1 },
        { { .state = "LEIDO" }, 0 }, { { .state = "ABIERTO", .category = "COBRO" }, 1 }, { { .state = "CERRADO", .priority = "URGENTE" }, 0 },
        { { .assigned_to = 1 }, 0 }, { { .mine = true, .category = "COBRO" }, 0 }, { { .state = NULL }, 2 },
    };
    struct buf sheet = { 0 };
    struct inquiry_stats stats;
    struct inquiries all;
    struct fixture f;
    struct inquiry i;
    struct package p;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "SORTED001");
    asked(&f, &p, "¿Ya llegó mi caja?");
    p = parcel_shelved(&f, .guides = "SORTED002", .phone = "3005550002", .name = "Luis Otro");
    i = asked(&f, &p, "¿Por qué me cobran tanto?");
    cr_assert_eq(inquiry_sort(&f.c, &(struct inquiry_sort_in){ .id = i.id, .category = "COBRO" }, &i), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(i.priority, "MEDIA", "what is not said stays");
    cr_assert_eq(inquiry_sort(&f.c, &(struct inquiry_sort_in){ .id = i.id, .priority = "URGENTE" }, &i), OK);
    cr_expect_str_eq(i.category, "COBRO");
    cr_expect_eq(db_scalar(f.db, 0, &said_of, "inquiry_sort", "\"before\":\"Media, Lo que cuesta\",\"after\":\"Urgente, Lo que cuesta\""), 1);
    cr_expect_eq(inquiry_sort(&f.c, &(struct inquiry_sort_in){ .id = 999 }, &i), E_NOT_FOUND);
    for (size_t k = 0; k < COUNT(cases); k++) {
        cr_assert_eq(inquiry_list(&f.c, &cases[k].f, &all), OK);
        cr_expect_eq(all.n, cases[k].n, "case %zu: %zu", k, all.n);
    }
    cr_assert_eq(inquiry_stats(&f.c, &stats), OK);
    cr_expect_eq(stats.urgent, 1);
    cr_assert_eq(inquiry_sheet(&f.c, &cases[0].f, &sheet), OK);
    buf_char(&sheet, '\0');
    cr_expect_neq(strstr(sheet.data, "cobran tanto"), NULL);
    cr_expect_eq(strstr(sheet.data, "Ya llegó"), NULL);
    buf_free(&sheet);
    fixture_close(&f);
}

Test(inquiry, that_waits_longer_than_the_target_of_open_hours_is_late)
{
    struct fixture f;
    struct inquiry_stats stats;
    struct inquiry i;
    struct package p;

    fixture_open(&f);            /* 7:00, and the point opens at 9:00 */
    p = parcel_shelved(&f, .guides = "TARDE0001");
    i = asked(&f, &p, "¿Ya llegó mi caja?");
    f.c.now += 6 * 3600;
    cr_assert_eq(inquiry_by_id(&f.c, i.id, &i), OK);
    cr_expect_eq(i.waited, 4 * 3600);
    cr_expect_not(i.late, "the target is four hours");
    f.c.now += 1;
    cr_assert_eq(inquiry_by_id(&f.c, i.id, &i), OK);
    cr_expect(i.late);
    cr_assert_eq(inquiry_stats(&f.c, &stats), OK);
    cr_expect_eq(stats.late, 1);
    cr_expect_eq(stats.waiting, 1);
    cr_expect_eq(stats.unread, 1);
    cr_expect_eq(stats.mine, 0);
    cr_expect_eq(stats.oldest_at, i.since);
    cr_expect_eq(inquiry_waiting(&f.c), 1);
    answered(&f, i.id, "Sí, ya llegó.", false);
    cr_assert_eq(inquiry_stats(&f.c, &stats), OK);
    cr_expect_eq(stats.late + stats.waiting, 0);
    cr_expect_eq(stats.answered, 1);
    fixture_close(&f);
}

Test(open_hours, are_those_of_working_days_without_holidays_and_closed_days)
{
    /* Seconds of open time: until then, since then, from a Tuesday at 7:00. */
    static const struct { int days, hour; int64_t open; const char *why; } cases[] = {
        { 0, 8, 0, "before it opens" }, { 0, 10, 1, "an hour" }, { 0, 22, 10, "until 19:00" }, { 1, 10, 10, "the next day is closed" },
        { 2, 9, 10, "and nothing of the night" }, { 4, 20, 10 + 20 + 6, "Saturday until 15:00" }, { 5, 20, 36, "no Sunday" },
    };
    struct fixture f;
    struct open_hours h;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &close_day, clock_day(FIXTURE_NOW) + 1), OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        f.c.now = clock_day_start(clock_day(FIXTURE_NOW) + cases[i].days) + cases[i].hour * 3600;
        cr_assert_eq(open_hours_read(&f.c, &h), OK);
        cr_expect_eq(open_since(&h, FIXTURE_NOW), cases[i].open * 3600, "%s: %lld", cases[i].why,
                     (long long)open_since(&h, FIXTURE_NOW));
        if (cases[i].open > 0)
            cr_expect_eq(open_since(&h, open_ago(&h, cases[i].open * 3600)), cases[i].open * 3600);
    }
    f.c.now = clock_from_date(2026, 12, 8) + 12 * 3600;          /* a holiday */
    cr_assert_eq(open_hours_read(&f.c, &h), OK);
    cr_expect_eq(open_since(&h, clock_from_date(2026, 12, 8)), 0);
    fixture_close(&f);
}

static bool lists_questions(const struct stmt *s, const char *file)
{
    static const char *const lists[] = { "inquiries_waiting", "inquiries_state", "inquiries_past", "inquiries_public_of" };
    bool is_one = false;

    for (size_t i = 0; i < COUNT(lists); i++)
        is_one = is_one || has_prefix(s->name, lists[i]);
    return is_one && !streq(s->name, "inquiries_waiting_count") && strstr(file, "public/inquiry.c") != NULL;
}

static bool sorts_nothing(const char *name UNUSED, const char *step)
{
    return strstr(step, "TEMP B-TREE") == NULL && strncmp(step, "SCAN i", 6) != 0;
}

Test(inquiry, list_comes_in_the_order_of_an_index_however_many_there_are)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_eq(fixture_plans(&f, lists_questions, sorts_nothing), 13);
    fixture_close(&f);
}

/* ---- answers that are written already ---- */

Test(canned_answer, is_offered_only_where_all_its_variables_are_known_and_never_names_one_that_is_unknown)
{
    struct fixture f;
    struct canned_answers all;
    struct inquiry i;
    struct package p;
    int64_t id;

    fixture_open(&f);
    cr_expect_eq(canned_answer_save(&f.c, &(struct canned_answer_in){ 0, "Llave", "Diga {entrega} al llegar" }, &id), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "body", "no code goes into an answer");
    cr_expect_eq(canned_answer_save(&f.c, &(struct canned_answer_in){ 0, "", "" }, &id), E_INVALID);
    cr_assert_eq(canned_answer_save(&f.c, &(struct canned_answer_in){ 0, "Cuánto es", "Hola, {nombre}: por {guia} paga {costo}." }, &id),
                 OK, "%s", fixture_fault(&f));
    cr_expect_eq(canned_answer_save(&f.c, &(struct canned_answer_in){ 0, "Cuánto es", "Otra cosa." }, &id), E_INVALID);
    p = parcel_announced(&f, .guides = "ESCRITA01");
    i = asked(&f, &p, "¿Cuánto cuesta?");
    cr_assert_eq(canned_answers_for(&f.c, &i, &all), OK);
    for (size_t k = 0; k < all.n; k++) {
        cr_expect_str_neq(all.v[k].title, "Cuánto es", "nothing is owed before it is here");
        cr_expect_null(strchr(all.v[k].body, '{'), "%s", all.v[k].body);
    }
    p = parcel_received(&f, .guide = "ESCRITA01");
    cr_assert_eq(canned_answers_for(&f.c, &i, &all), OK);
    cr_assert_gt(all.n, 0);
    cr_expect_str_eq(all.v[0].title, "Cuánto es");
    cr_expect_str_eq(all.v[0].body, "Hola, Ana Ríos: por ESCRITA01 paga $1.500.");
    cr_assert_eq(canned_answer_remove(&f.c, all.v[0].id), OK);
    cr_expect_eq(db_scalar(f.db, 0, &noted, "nada → Cuánto es: "), 1, "the log says what was written");
    cr_expect_eq(db_scalar(f.db, 0, &noted, " → nada"), 1, "and what was taken away");
    cr_expect_eq(canned_answer_remove(&f.c, all.v[0].id), E_NOT_FOUND);
    fixture_close(&f);
}

/* ---- a box that a carrier says it left here ---- */

static const struct missing_in lost = { .guide = "PERDIDA 0001", .carrier = "Envía", .name = "Zoraida Ruiz",
                                        .phone = "300 555 0044", .consent = true };

static struct inquiry missed(struct fixture *f)
{
    struct missing_in in = lost;
    struct inquiry i;

    in.day = clock_day(f->c.now) - 1;
    cr_assert_eq(missing_ask(&f->c, &in, &i), OK, "%s", fixture_fault(f));
    return i;
}

Test(missing, names_every_field_that_is_wrong_and_keeps_nothing)
{
    struct fixture f;
    struct missing_in in = { .day = clock_day(FIXTURE_NOW) + 1, .phone = "6015550100" };
    struct inquiry i;
    size_t faults = 0;

    fixture_open(&f);
    cr_assert_eq(missing_ask(&f.c, &in, &i), E_INVALID);
    for (const struct fault *w = &f.c.fault; w != NULL; w = w->next)
        faults++;
    cr_expect_eq(faults, 6, "guide, carrier, day, name, phone, consent: %zu", faults);
    in = lost;
    in.day = clock_day(FIXTURE_NOW) - MISSING_DAYS - 1;
    cr_expect_eq(missing_ask(&f.c, &in, &i), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "day");
    cr_expect_eq(inquiry_waiting(&f.c), 0);
    fixture_close(&f);
}

Test(missing, is_not_asked_for_what_has_come_and_asking_twice_is_one_question)
{
    struct fixture f;
    struct missing_in in = lost;
    struct inquiry first, again;
    struct package p;

    fixture_open(&f);
    in.day = clock_day(f.c.now);
    p = parcel_shelved(&f, .guides = "AQUI00001");
    in.guide = "aqui00001";
    cr_expect_eq(missing_ask(&f.c, &in, &again), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "guide");
    first = missed(&f);
    cr_expect_str_eq(first.kind, "NO_LLEGO");
    cr_expect_str_eq(first.guide_number, "PERDIDA 0001");
    cr_expect_str_eq(first.said_on, "2026-11-02");
    cr_expect_str_eq(first.carrier, "Envía");
    cr_expect_eq(first.package_id, 0);
    cr_expect_eq(db_scalar(f.db, 0, &consents), 2, "that of the announcement, and theirs");
    cr_expect_eq(db_scalar(f.db, 0, &consent_at, first.id), 1, "theirs is at the question, as any other");
    cr_expect_eq(db_scalar(f.db, 0, &consent_of, first.id), 1);
    in = lost;
    in.day = clock_day(f.c.now);
    in.content = "Es una caja azul";
    cr_assert_eq(missing_ask(&f.c, &in, &again), OK);
    cr_expect_eq(again.id, first.id);
    cr_assert_eq(again.texts.n, 1);
    in.phone = "300 555 0045";
    cr_assert_eq(missing_ask(&f.c, &in, &again), OK);
    cr_expect_neq(again.id, first.id, "another person's");
    in.phone = lost.phone;
    in.email = "quien@example.com";
    cr_assert_eq(missing_ask(&f.c, &in, &again), OK);
    cr_expect_eq(again.id, first.id, "the same phone, and now an e-mail");
    cr_expect_null(again.customer_email, "no answer goes there: whose it is, is not known");
    cr_expect_not_null(strstr(again.texts.v[1].content, "quien@example.com"), "the clerk reads it");
    cr_expect_neq(p.id, 0);
    fixture_close(&f);
}

Test(missing, is_said_to_be_gone_only_after_every_place_and_the_letter_tells_them)
{
    struct fixture f;
    struct missing_look look;
    struct inquiry i;
    struct message m;

    open_sending(&f);
    i = missed(&f);
    for (size_t k = 0; missing_steps[k].value != NULL; k++) {
        cr_expect_eq(missing_gone(&f.c, &(struct missing_gone_in){ i.id, NULL }, &i), E_CONFLICT);
        cr_assert_eq(missing_tick(&f.c, &(struct missing_step_in){ i.id, missing_steps[k].value }, &i), OK);
        f.c.now += 60;
        cr_assert_eq(missing_tick(&f.c, &(struct missing_step_in){ i.id, missing_steps[k].value }, &i), OK, "twice");
    }
    cr_assert_eq(missing_looked(&f.c, i.id, &look), OK);
    cr_expect_eq(look.v[0].at, FIXTURE_NOW, "the first who looked stays");
    cr_expect_not_null(look.v[3].by_name);
    cr_assert_eq(missing_gone(&f.c, &(struct missing_gone_in){ i.id, "Lo sentimos." }, &i), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(i.state, "CERRADO");
    cr_expect_str_eq(i.outcome, "NO_ENCONTRADO");
    cr_expect_str_eq(i.texts.v[0].sms, "queued");
    cr_expect_not_null(strstr(i.texts.v[0].content, "por la guía, por el nombre, entre los paquetes por identificar"));
    m = rendered(&f, "sms");
    cr_expect_str_eq(m.recipient, "+573005550044");
    cr_expect_null(m.missing);
    cr_expect_not_null(strstr(m.text, "Buscamos la guía"), "%s", m.text);
    cr_expect_null(strstr(m.text, "/t/"), "no secret link for a number that a stranger wrote");
    cr_expect_eq(missing_tick(&f.c, &(struct missing_step_in){ i.id, "guia" }, &i), E_CONFLICT);
    fixture_close(&f);
}

Test(missing, is_closed_by_no_other_way_than_its_end_or_an_answer)
{
    struct fixture f;
    struct inquiry i, other;
    struct package p;
    int64_t closed;

    open_sending(&f);
    i = missed(&f);
    cr_expect_eq(inquiry_close(&f.c, i.id, &i), E_CONFLICT);
    cr_expect_not_null(strstr(fixture_fault(&f), "termine la búsqueda"), "%s", fixture_fault(&f));
    p = parcel_announced(&f, .guides = "PREGUNTA1");
    other = asked(&f, &p, "¿Ya llegó mi caja?");
    cr_assert_eq(inquiries_close(&f.c, (const int64_t[]){ i.id, other.id }, 2, &closed), OK);
    cr_expect_eq(closed, 1, "it is left out");
    cr_expect_eq(inquiries_close(&f.c, &i.id, 1, &closed), E_CONFLICT, "nothing is left that could be closed");
    cr_assert_eq(inquiry_by_id(&f.c, i.id, &i), OK);
    cr_expect_str_eq(i.state, "ABIERTO");
    i = answered(&f, i.id, "Ese paquete es de otro punto.", false);
    cr_assert_eq(inquiry_close(&f.c, i.id, &i), OK, "who asked was told");
    fixture_close(&f);
}

/* The answer that the first request stored cannot be read any more. */
static void answers_spoil(struct fixture *f)
{
    static const struct stmt spoil = STMT("t_answers_spoil", "", "UPDATE idempotency_keys SET answer = ''");

    cr_assert_eq(db_exec(f->db, NULL, &spoil), OK);
}

Test(inquiry, that_is_repeated_is_not_asked_again_when_its_answer_cannot_be_read)
{
    struct fixture f;
    struct missing_in in = lost;
    struct inquiry i;
    struct package p;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "REPETIDA1");
    f.c.operation_key = f.c.operation_print = "pregunta-repetida";
    (void)asked(&f, &p, "¿Abren el festivo?");
    answers_spoil(&f);
    cr_expect_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), "¿Abren el festivo?" }, &i), E_INTERNAL);
    cr_expect_eq(db_scalar(f.db, 0, &texts_left), 0);
    f.c.operation_key = f.c.operation_print = "perdida-repetida";
    in.day = clock_day(f.c.now);
    in.content = "Es una caja azul";
    cr_assert_eq(missing_ask(&f.c, &in, &i), OK);
    answers_spoil(&f);
    cr_expect_eq(missing_ask(&f.c, &in, &i), E_INTERNAL);
    cr_expect_eq(db_scalar(f.db, 0, &texts_left), 0);
    fixture_close(&f);
}

Test(missing, that_is_found_is_linked_to_its_package_whose_history_says_so)
{
    struct fixture f;
    struct inquiry i, other;
    struct package p, waits;

    open_sending(&f);
    i = missed(&f);
    waits = parcel_announced(&f, .guides = "ANUNCIO01");
    cr_expect_eq(missing_found(&f.c, &(struct missing_found_in){ i.id, "NADIE0001" }, &i), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "found");
    cr_expect_eq(missing_found(&f.c, &(struct missing_found_in){ i.id, waits.tracking_code }, &i), E_INVALID, "it has not come");
    p = parcel_received(&f, .guide = "OTRAGUIA1");
    cr_assert_eq(missing_found(&f.c, &(struct missing_found_in){ i.id, "otraguia1" }, &i), OK, "%s", fixture_fault(&f));
    cr_expect_eq(i.package_id, p.id);
    cr_expect_str_eq(i.outcome, "ENCONTRADO");
    cr_expect_not_null(strstr(i.texts.v[0].content, "está en el punto"));
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Lo buscaba alguien: la transportadora decía que lo había dejado");
    other = asked(&f, &waits, "¿Ya llegó mi caja?");
    cr_expect_eq(missing_tick(&f.c, &(struct missing_step_in){ other.id, "guia" }, &other), E_CONFLICT, "of another kind");
    cr_assert_eq(inquiry_reopen(&f.c, i.id, &i), OK);
    cr_expect_null(i.outcome);
    cr_expect_neq(db_scalar(f.db, 0, &texts_left), 0);
    fixture_close(&f);
}
