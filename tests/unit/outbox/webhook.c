/* Webhook: what happens is written for programs in the transaction in which it happens, and not at all while none
 * listens; a program that fails for long is paused, and what was told is forgotten in time. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "domain/ground/news.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/undo.h"
#include "domain/money/cash.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/webhook.h"
#include "domain/outbox/webhook_delivery.h"
#include "domain/parcel/event.h"
#include "json/json.h"
#include "queue/job.h"
#include "queue/settle.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt count_all = STMT("t_deliveries", "", "SELECT count(*) FROM webhook_deliveries");
static const struct stmt count_jobs = STMT("t_webhook_jobs", "", "SELECT count(*) FROM jobs WHERE kind = 'webhook.deliver'");
static const struct stmt count_kind = STMT("t_deliveries_of", "s", "SELECT count(*) FROM webhook_deliveries WHERE kind = $1");
static const struct stmt newest = STMT("t_delivery_body", "s",
    "SELECT body FROM webhook_deliveries WHERE kind = $1 ORDER BY id DESC LIMIT 1");
static const struct stmt failing = STMT("t_failing", "i", "UPDATE webhook_endpoints SET failing_since = $1");
static const struct stmt age = STMT("t_age", "i", "UPDATE webhook_deliveries SET created_at = $1");
static const struct stmt over = STMT("t_over", "", "UPDATE webhook_deliveries SET state = 'delivered' WHERE id % 2 = 0");
static const struct stmt says_lost = STMT("t_webhook_says_lost", "",
    "SELECT count(*) FROM notifications WHERE variables LIKE '%no se guarda%'");
static const struct stmt secret_of = STMT("t_secret", "", "SELECT secret FROM webhook_endpoints");

static struct webhook listening(struct fixture *f, const char *kinds)
{
    const struct webhook_in in = { .url = "https://example.com/avisos", .kinds = kinds };
    struct webhook w;

    cr_assert_eq(webhook_add(&f->c, &in, &w), OK, "%s", fixture_fault(f));
    return w;
}

static int64_t told(struct fixture *f, const char *kind)
{
    return db_scalar(f->db, -1, &count_kind, kind);
}

static enum err write_and_fail(struct db *db UNUSED, void *arg)
{
    struct fixture *f = arg;
    struct package p;
    enum err e = package_by_guide(&f->c, "GUIA0001", &p);

    cr_assert_eq(e, OK);
    e = event_add_tx(&f->c, &p, (struct event_new){ .kind = "ANULACION", .before = p.state, .after = p.state });
    cr_assert_eq(e, OK);
    cr_expect_eq(told(f, "package.undone"), 1, "it is there while the transaction lasts");
    return E_CONFLICT;
}

Test(webhook, of_nothing_is_told_while_nobody_listens_and_one_statement_asks)
{
    struct fixture f;
    struct package p;
    uint64_t before;

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "GUIA0001");
    before = db_statements(f.db);
    cr_expect_not(news_is_heard(&f.c, "package.announced"));
    cr_expect_eq(db_statements(f.db), before + 1);
    cr_expect_eq(db_scalar(f.db, -1, &count_all), 0);
    cr_expect_eq(db_scalar(f.db, -1, &count_jobs), 0);
    cr_expect_gt(p.id, 0);
    fixture_close(&f);
}

Test(webhook, what_happens_is_written_with_it_and_what_is_rolled_back_is_not)
{
    struct fixture f;

    fixture_open(&f);
    listening(&f, WEBHOOK_ALL);
    parcel_shelved(&f, .guides = "GUIA0001");
    cr_expect_eq(told(&f, "package.announced"), 1);
    cr_expect_eq(told(&f, "package.received"), 1);
    cr_expect_eq(db_scalar(f.db, -1, &count_jobs), db_scalar(f.db, -2, &count_all), "a job each");
    cr_expect_eq(db_write(f.db, write_and_fail, &f), E_CONFLICT);
    cr_expect_eq(told(&f, "package.undone"), 0);
    fixture_close(&f);
}

Test(webhook, a_body_is_what_the_api_gives_of_the_event_and_of_the_package_after_it)
{
    struct fixture f;
    struct json_object *o, *data, *package, *event;
    const char *body, *text;
    const struct text *why;
    struct rows q;

    fixture_open(&f);
    listening(&f, "package.received");
    parcel_shelved(&f, .guides = "GUIA0001", .name = "Ana \"Comillas\" Ríos");
    cr_expect_eq(told(&f, "package.announced"), 0, "it was not chosen");
    cr_assert_eq(db_one(f.db, &q, &newest, "package.received"), OK);
    body = db_dup(&q, 0, f.a);
    cr_assert_eq(db_end(&q), OK);
    o = json_parse(body, strlen(body), &why);
    cr_assert_not_null(o, "%s", body);
    cr_assert(json_get_text(o, "type", &text));
    cr_expect_str_eq(text, "package.received");
    cr_assert(json_object_object_get_ex(o, "data", &data));
    cr_assert(json_object_object_get_ex(data, "package", &package));
    cr_assert(json_object_object_get_ex(data, "event", &event));
    cr_assert(json_get_text(package, "state", &text));
    cr_expect_str_eq(text, "RECIBIDO");
    cr_assert(json_get_text(event, "state_before", &text));
    cr_expect_str_eq(text, "ANUNCIADO");
    cr_expect_not(json_object_object_get_ex(package, "public_token", NULL));
    cr_expect_not(json_object_object_get_ex(event, "note", NULL), "a free text can be erased only where it is");
    json_object_put(o);
    fixture_close(&f);
}

Test(webhook, before_a_drawer_is_counted_nobody_is_told_what_it_should_hold)
{
    struct fixture f;
    struct cash_session s;
    struct rows q;

    fixture_open(&f);
    listening(&f, "drawer.opened drawer.moved drawer.counted");
    cr_assert_eq(cash_open(&f.c, &(struct cash_open_in){ 10000 }, &s), OK);
    cr_assert_eq(cash_move(&f.c, &(struct cash_movement_in){ s.id, "entrada", 2000, "Sencillo", NULL }, &s), OK);
    cr_assert_eq(db_one(f.db, &q, &newest, "drawer.moved"), OK);
    cr_expect(strstr(db_text(&q, 0), "\"amount\":2000") != NULL);
    cr_expect(strstr(db_text(&q, 0), "expected") == NULL, "%s", db_text(&q, 0));
    cr_assert_eq(db_end(&q), OK);
    cr_assert_eq(cash_count(&f.c, &(struct cash_count_in){ .id = s.id, .empty = true }, &s), OK);
    cr_assert_eq(db_one(f.db, &q, &newest, "drawer.counted"), OK);
    cr_expect(strstr(db_text(&q, 0), "\"expected\":12000") != NULL, "%s", db_text(&q, 0));
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

Test(webhook, an_address_that_a_webhook_cannot_have_is_refused_by_name)
{
    static const char *const bad[] = { "", "example.com", "http://example.com", "https://", "https://a b.com", "https://u:p@example.com/",
        "https://example.com:0/", "https://example.com:99999/", "https://example.com:x/", "https://example.com/#a", "https://ejemplo.com/ñ",
        "https://127.0.0.1/", "https://localhost/", "https://localhost:8080/x", "https://10.0.0.1", "https://[::1]/", "https://[::ffff:10.0.0.1]:443/x",
        "https://169.254.169.254/latest/meta-data", "https://2130706433/", "https://0x7f.1/", "https://caja.local/", "https://[::1", "https:///x",
        "javascript:alert(1)", "file:///etc/passwd", "https://example.com\\@127.0.0.1/" };
    static const char *const good[] = { "https://example.com", "https://example.com:8443/a?b=c&d=%20", "https://8.8.8.8/x",
        "https://[2606:4700::1111]/x", "https://xn--pap-bma.com/" };
    struct fixture f;
    struct webhook w;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(bad); i++) {
        cr_expect_eq(webhook_add(&f.c, &(struct webhook_in){ .url = bad[i], .kinds = "*" }, &w), E_INVALID, "%s", bad[i]);
        cr_expect_str_eq(f.c.fault.field, "url", "%s", bad[i]);
    }
    for (size_t i = 0; i < COUNT(good); i++)
        cr_expect_eq(webhook_add(&f.c, &(struct webhook_in){ .url = good[i], .kinds = "*" }, &w), OK, "%s", good[i]);
    cr_expect_eq(webhook_add(&f.c, &(struct webhook_in){ .url = good[0], .kinds = "package.nothing" }, &w), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "kinds");
    cr_expect_eq(webhook_add(&f.c, &(struct webhook_in){ .url = good[0], .kinds = " \n" }, &w), E_INVALID);
    fixture_close(&f);
}

Test(webhook, a_secret_is_sealed_and_the_former_signs_only_for_a_day)
{
    struct fixture f;
    struct webhook w, turned;
    struct webhook_going going;
    int64_t delivery;
    struct rows q;

    fixture_open(&f);
    f.c.now = clock_now();
    w = listening(&f, WEBHOOK_ALL);
    cr_assert_eq(db_one(f.db, &q, &secret_of), OK);
    cr_expect(strstr(db_text(&q, 0), w.secret + strlen("whsec_")) == NULL);
    cr_assert_eq(db_end(&q), OK);
    cr_assert_eq(webhook_rotate(&f.c, w.id, &turned), OK);
    cr_expect_str_neq(turned.secret, w.secret);
    cr_assert_eq(webhook_trial(&f.c, w.id, &delivery), OK);
    cr_assert_eq(webhook_going(&f.c, delivery, &going), OK);
    cr_expect(going.trial);
    cr_expect_str_eq(going.secrets[0], turned.secret);
    cr_expect_str_eq(going.secrets[1], w.secret);
    f.c.now -= WEBHOOK_FORMER_S + 1;         /* as if it had been changed a day ago */
    cr_assert_eq(webhook_rotate(&f.c, w.id, &turned), OK);
    cr_assert_eq(webhook_going(&f.c, delivery, &going), OK);
    cr_expect_null(going.secrets[1]);
    fixture_close(&f);
}

static enum err gone_tx(struct db *db UNUSED, void *arg)
{
    struct { struct ctx *c; struct webhook_gone *g; } *x = arg;

    return webhook_gone_tx(x->c, x->g);
}

static void gone(struct fixture *f, struct webhook_gone g)
{
    struct { struct ctx *c; struct webhook_gone *g; } x = { &f->c, &g };

    cr_assert_eq(db_write(f->db, gone_tx, &x), OK);
}

Test(webhook, that_is_added_twice_by_one_request_is_one_even_when_its_answer_cannot_be_read)
{
    static const struct stmt spoil = STMT("t_webhook_spoil", "", "UPDATE idempotency_keys SET answer = ''");
    const struct webhook_in in = { .url = "https://example.com/avisos", .kinds = WEBHOOK_ALL };
    struct fixture f;
    struct webhooks all;
    struct webhook w;

    fixture_open(&f);
    f.c.operation_key = f.c.operation_print = "un-mismo-aviso";
    (void)listening(&f, WEBHOOK_ALL);
    cr_assert_eq(db_exec(f.db, NULL, &spoil), OK);
    cr_expect_eq(webhook_add(&f.c, &in, &w), E_INTERNAL);
    cr_assert_eq(webhook_list(&f.c, &all), OK);
    cr_expect_eq(all.n, 1);
    fixture_close(&f);
}

Test(webhook, a_program_is_paused_after_three_days_but_not_by_a_clock_that_is_doubted_nor_by_trials)
{
    struct fixture f;
    struct webhook w;
    struct webhook_going going;
    int64_t delivery;

    fixture_open(&f);
    w = listening(&f, WEBHOOK_ALL);
    parcel_announced(&f, .guides = "GUIA0001");
    gone(&f, (struct webhook_gone){ .id = 1, .endpoint_id = w.id, .status = 500, .error = "respondió 500" });
    cr_assert_eq(webhook_by_id(&f.c, w.id, &w), OK);
    cr_expect_eq(w.failures, 1);
    cr_expect_neq(w.failing_since, 0);
    cr_assert_eq(db_exec(f.db, NULL, &failing, clock_now() - WEBHOOK_PAUSE_S), OK);
    gone(&f, (struct webhook_gone){ .id = 1, .endpoint_id = w.id, .error = "x", .clock_doubted = true });
    cr_assert_eq(webhook_by_id(&f.c, w.id, &w), OK);
    cr_expect_eq(w.paused_at, 0);
    cr_assert_eq(webhook_trial(&f.c, w.id, &delivery), OK);
    gone(&f, (struct webhook_gone){ .id = delivery, .endpoint_id = w.id, .error = "x", .trial = true });
    cr_assert_eq(webhook_by_id(&f.c, w.id, &w), OK);
    cr_expect_eq(w.paused_at, 0);
    cr_expect_eq(w.dead, 0, "a trial is no loss");
    gone(&f, (struct webhook_gone){ .id = 1, .endpoint_id = w.id, .error = "respondió 500" });
    cr_assert_eq(webhook_by_id(&f.c, w.id, &w), OK);
    cr_expect_neq(w.paused_at, 0);
    cr_expect_eq(db_scalar(f.db, 0, &says_lost), 1, "the administrators read what is lost");
    cr_assert_eq(webhook_going(&f.c, 1, &going), OK);
    cr_expect_str_eq(going.given_up, "la dirección está en pausa");
    cr_expect_not(news_is_heard(&f.c, "package.announced"));
    cr_assert_eq(webhook_change(&f.c, &(struct webhook_in){ .id = w.id, .is_active = &(bool){ true } }, &w), OK);
    cr_expect_eq(w.paused_at, 0);
    cr_expect_eq(w.failing_since, 0, "it has three days again");
    cr_expect(news_is_heard(&f.c, "package.announced"));
    fixture_close(&f);
}

Test(webhook, what_was_told_is_forgotten_after_thirty_days_unless_it_still_waits)
{
    struct fixture f;
    int done;

    fixture_open(&f);
    listening(&f, "package.announced");
    for (int i = 0; i < 4; i++)
        parcel_announced(&f, .guides = arena_printf(f.a, "GUIA000%d", i));
    cr_assert_eq(db_exec(f.db, NULL, &over), OK);
    cr_assert_eq(webhook_deliveries_forget(&f.c, 10, &done), OK);
    cr_expect_eq(done, 0);
    cr_assert_eq(db_exec(f.db, NULL, &age, f.c.now - DELIVERY_DAYS * DAY_SECONDS - 1), OK);
    cr_assert_eq(webhook_deliveries_forget(&f.c, 1, &done), OK);
    cr_expect_eq(done, 1, "at most so many at once");
    cr_assert_eq(webhook_deliveries_forget(&f.c, 10, &done), OK);
    cr_expect_eq(done, 1);
    cr_expect_eq(db_scalar(f.db, -1, &count_all), 2);
    fixture_close(&f);
}

static enum err forget_tx(struct db *db UNUSED, void *arg)
{
    struct fixture *f = arg;

    return anonymise_package_tx(&f->c, 1);
}

Test(webhook, what_was_told_of_a_person_is_erased_with_them_and_neither_sent_nor_sent_again)
{
    struct fixture f;
    struct webhook w;
    struct webhook_delivery d;
    struct webhook_going going;
    struct webhook_replayed again;

    fixture_open(&f);
    w = listening(&f, "package.announced");
    parcel_announced(&f, .guides = "GUIA0001");
    cr_assert_eq(db_write(f.db, forget_tx, &f), OK);
    cr_assert_eq(webhook_delivery_by_id(&f.c, w.id, 1, &d), OK);
    cr_expect_str_eq(d.body, "{}");
    cr_expect_str_eq(d.state, "dead");
    cr_expect_eq(webhook_going(&f.c, 1, &going), E_NOT_FOUND, "its job finds nothing to send");
    cr_expect_eq(webhook_replay(&f.c, w.id, 1, &d), E_CONFLICT);
    cr_assert_eq(webhook_replay_dead(&f.c, w.id, &again), OK);
    cr_expect_eq(again.replayed, 0);
    fixture_close(&f);
}

/* ---- what else is told ---- */

static const struct stmt message_set = STMT("t_message_set", "s",
    "UPDATE notifications SET state = $1, provider_id = 'P1' WHERE id = (SELECT min(id) FROM notifications)");
static const struct stmt message_id = STMT("t_message_id", "", "SELECT min(id) FROM notifications");

static enum err message_job_dies(struct db *db UNUSED, void *arg)
{
    struct fixture *f = arg;
    const char *args = arena_printf(f->a, "{\"notification_id\":%lld}", (long long)db_scalar(f->db, 0, &message_id));

    return job_settle_tx(&f->c, "sms.send", args, JOB_DIED, "no se pudo");
}

Test(webhook, what_becomes_of_a_message_is_told_whoever_finds_it_out)
{
    struct fixture f;

    fixture_open(&f);
    listening(&f, "message.delivered message.failed message.sent");
    parcel_announced(&f, .guides = "GUIA0001");
    cr_assert_eq(db_exec(f.db, NULL, &message_set, "sent"), OK);
    cr_assert_eq(notification_receipt(&f.c, "P1", true), OK);
    cr_expect_eq(told(&f, "message.delivered"), 1, "the provider says so");
    cr_assert_eq(db_exec(f.db, NULL, &message_set, "unknown"), OK);
    cr_assert_eq(notification_settle(&f.c, db_scalar(f.db, 0, &message_id), true), OK);
    cr_expect_eq(told(&f, "message.sent"), 1, "a person has asked");
    cr_assert_eq(db_exec(f.db, NULL, &message_set, "queued"), OK);
    cr_assert_eq(db_write(f.db, message_job_dies, &f), OK);
    cr_expect_eq(told(&f, "message.failed"), 1, "its job was tried in vain");
    cr_assert_eq(notification_receipt(&f.c, "P1", true), OK);
    cr_expect_eq(told(&f, "message.delivered"), 1, "what changes nothing is no news");
    fixture_close(&f);
}

Test(webhook, a_payment_is_told_and_each_one_that_an_undone_hand_over_takes_back)
{
    struct fixture f;
    struct delivery done = { 0 };
    struct deliver_in in;
    struct package p;
    int64_t id;

    fixture_open(&f);
    listening(&f, WEBHOOK_ALL);
    p = parcel_shelved(&f, .guides = "GUIA0001");
    id = p.id;
    in = parcel_by_document(&id, 1);
    cr_assert_eq(deliver_packages(&f.c, &in, &done), OK, "%s", fixture_fault(&f));
    cr_expect_eq(told(&f, "package.delivered"), 1);
    cr_expect_eq(told(&f, "payment.taken"), 1);
    cr_assert_eq(package_undo(&f.c, id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(told(&f, "payment.reversed"), 1);
    cr_expect_eq(told(&f, "package.undone"), 1);
    fixture_close(&f);
}

/* The kinds that event_kind.def names must be in news.def, else the assert of news_tx would end the program. */
Test(webhook, each_kind_of_event_names_a_kind_of_news_or_none)
{
    static const char *const named[] = {
#define EVENT_KIND(kind, key, name, words, undo, trifle, news) news,
#include "domain/parcel/event_kind.def"
#undef EVENT_KIND
    };
    size_t some = 0;

    for (size_t i = 0; i < COUNT(named); i++) {
        cr_expect(named[i] == NULL || words_of(news_kinds, named[i]) != NULL, "%s", named[i]);
        some += named[i] != NULL;
    }
    cr_expect_gt(some, 10);
    for (size_t i = 0; i < NEWS_COUNT; i++)
        cr_expect(strlen(news_kinds[i].words) > 5);
}
