#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/retention.h"
#include "domain/ground/audit.h"
#include "domain/parcel/event.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/people/opt_out.h"
#include "domain/public/inquiry.h"
#include "domain/public/missing.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt photo = STMT("t_photo", "is",
    "INSERT INTO package_files (package_id, key, kind, state, storage_key, created_at)"
    " VALUES ($1, $2, 'RECEPCION', 'ready', $2, 0)");
static const struct stmt deletions = STMT("t_deletions", "", "SELECT count(*) FROM jobs WHERE kind = 'file.delete'");

struct photo { int64_t package; const char *key; };

static enum err add_photo(struct db *db, void *arg)
{
    struct photo *x = arg;

    return db_exec(db, NULL, &photo, x->package, x->key);
}

static int64_t with_photo(struct fixture *f, const char *guide)
{
    struct photo x = { .package = parcel_received(f, .guide = guide).id, .key = guide };

    cr_assert_eq(db_write(f->db, add_photo, &x), OK);
    return x.package;
}

/* How many photos and signatures retention would remove now. */
static int64_t due_now(struct fixture *f)
{
    int64_t n = -1;

    cr_assert_eq(retention_due(&f->c, &n), OK);
    return n;
}

Test(retention, photos_go_thirty_days_after_the_parcel_left_and_only_then)
{
    struct fixture f;
    struct package p;
    struct cancel_in in = { .reason = "paquete_danado" };
    int expired;

    fixture_open(&f);
    with_photo(&f, "SEQUEDA01");
    in.id = with_photo(&f, "SEVA00001");
    f.c.role = ROLE_ADMIN;       /* an operator does not cancel what owes storage */
    f.c.now += 5 * 86400;        /* the days count from when it left, not from when it came */
    cr_assert_eq(package_cancel(&f.c, &in, &p), OK, "%s", fixture_fault(&f));
    f.c.now += 30 * 86400;
    cr_expect_eq(due_now(&f), 0);
    f.c.now++;
    cr_expect_eq(due_now(&f), 1, "the one that waits on the shelf stays");
    cr_assert_eq(retention_photos(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 1);
    cr_expect_eq(db_scalar(f.db, 0, &deletions), 1);
    cr_assert_eq(retention_photos(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 0, "once");
    fixture_close(&f);
}

/* ---- five years ---- */

Test(retention, an_address_that_wanted_no_messages_is_forgotten_after_five_years)
{
    struct fixture f;
    bool is_out;
    int done;

    fixture_open(&f);
    cr_assert_eq(opt_out_set(&f.c, opt_out_token(&f.c, 0, "email", "extrana@example.com"), true), OK, "%s", fixture_fault(&f));
    f.c.now += 5 * 366 * 86400LL - 10 * 86400;
    cr_assert_eq(anonymise_opt_outs(&f.c, 50, &done), OK);
    cr_expect_eq(done, 0);
    f.c.now += 20 * 86400;
    cr_assert_eq(anonymise_opt_outs(&f.c, 50, &done), OK);
    cr_expect_eq(done, 1);
    cr_assert_eq(opt_out_of_address(&f.c, "email", "extrana@example.com", &is_out), OK);
    cr_expect_not(is_out);
    fixture_close(&f);
}

static const struct stmt traces = STMT("t_traces", "s",
    "SELECT (SELECT count(*) FROM packages WHERE instr(coalesce(announced_name, '') || coalesce(announced_phone, '')"
    " || coalesce(announced_email, '') || coalesce(cancel_text, '') || coalesce(observations, ''), $1))"
    " + (SELECT count(*) FROM customers WHERE instr(full_name || coalesce(phone, '') || coalesce(email, '') || search_key, $1))"
    " + (SELECT count(*) FROM notifications WHERE instr(recipient || variables || dedupe_key"
    " || coalesce(said, '') || coalesce(error, ''), $1))"
    " + (SELECT count(*) FROM inquiries WHERE instr(content || coalesce(name, '') || coalesce(phone, ''), $1))"
    " + (SELECT count(*) FROM inquiry_texts WHERE instr(content, $1))"
    " + (SELECT count(*) FROM event_values WHERE instr(value, $1)) + (SELECT count(*) FROM audit_values WHERE instr(value, $1))"
    " + (SELECT count(*) FROM package_names WHERE package_names MATCH 'zoraida')");
/* Gives messages the text that they have once they left; and makes one that is linked to no package, as a letter to
 * a customer. */
static const struct stmt said = STMT("t_said", "", "UPDATE notifications SET said = 'Hola Zoraida', error = '3005550177'");
static const struct stmt unlinked = STMT("t_unlinked", "",
    "DELETE FROM notification_packages WHERE notification_id = (SELECT max(id) FROM notifications)");
static const struct stmt audited = STMT("t_audited", "", "SELECT count(*) FROM audit_log");

struct noting { struct ctx *c; };

static enum err note_tx(struct db *db UNUSED, void *arg)
{
    struct noting *x = arg;

    return audit_note_tx(x->c, "payment_record", "package", 1, NULL, "lo dijo Zoraida");
}

static struct package announced(struct fixture *f, const char *guide)
{
    return parcel_announced(f, .name = "Zoraida Quiñones", .phone = "3005550177", .email = "zoraida@example.com",
                            .guides = guide);
}

static int anonymised(struct fixture *f)
{
    int packages, customers, letters, questions, texts;

    cr_assert_eq(anonymise_packages(&f->c, 50, &packages), OK);
    cr_assert_eq(anonymise_customers(&f->c, 50, &customers), OK);
    cr_assert_eq(anonymise_letters(&f->c, 50, &letters), OK);
    cr_assert_eq(anonymise_missing(&f->c, 50, &questions), OK);
    cr_assert_eq(anonymise_audit(&f->c, 50, &texts), OK);
    return packages * 100 + customers * 10 + texts;
}

Test(retention, nobody_is_known_five_years_after_their_last_parcel_left_and_the_chain_still_fits)
{
    struct fixture f;
    struct package p, newer;
    struct inquiry asked;
    struct noting x = { &f.c };
    int64_t broken;

    fixture_open(&f);
    p = announced(&f, "CINCO0001");
    cr_assert_eq(db_write(f.db, note_tx, &x), OK);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .id = p.id, .observations = "la de Zoraida" }, &p), OK);
    cr_assert_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), "Soy Zoraida, 3005550177" }, &asked), OK);
    cr_assert_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), "Zoraida otra vez, y la caja" }, &asked), OK);
    cr_assert_eq(missing_ask(&f.c, &(struct missing_in){ "SEISS0001", "Envía", clock_day(f.c.now), "Zoraida Q", "3005550177",
                                                         NULL, "Es la de Zoraida", true }, &asked), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "otro", "Zoraida no quiso", NULL }, &p), OK);
    cr_assert_eq(db_exec(f.db, NULL, &said), OK);
    cr_assert_eq(db_exec(f.db, NULL, &unlinked), OK);
    cr_assert_gt(db_scalar(f.db, 0, &traces, "3005550177"), 0);
    f.c.now = clock_from_date(2031, 11, 3) + 86400 - 1;      /* it left on 3 November 2026 */
    cr_expect_eq(anonymised(&f), 0, "%d: not five whole years", anonymised(&f));
    newer = announced(&f, "CINCO0002");
    f.c.now++;
    cr_expect_eq(anonymised(&f), 101, "a package and the audit's text, while the person has another parcel");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.announced_name == NULL && p.customer_id == 0 && streq(p.state, "CANCELADO") && p.received_at != 0);
    cr_assert_eq(package_by_id(&f.c, newer.id, &newer), OK);
    cr_expect_str_eq(newer.announced_name, "Zoraida Quiñones");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ newer.id, "cliente_solicita", NULL, NULL }, &newer), OK);
    f.c.now = clock_from_date(2036, 11, 6);
    cr_expect_eq(anonymised(&f), 110, "and then the person");
    cr_expect_eq(db_scalar(f.db, -1, &traces, "3005550177"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &traces, "oraida"), 0, "%lld", (long long)db_scalar(f.db, -1, &traces, "oraida"));
    cr_expect_eq(anonymised(&f), 0, "once");
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), OK);
    cr_expect_eq(package_chain_check(&f.c, newer.id, &broken), OK);
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    cr_expect_gt(db_scalar(f.db, 0, &audited), 0);
    fixture_close(&f);
}

/* ---- what the policy promises ---- */

/* Promises of "Por cuánto tiempo" are each kept: by the job that the tests above are about, or by logrotate
 * (tests/lint/logrotate.sh).  A new row needs its job, and a line here. */
Test(retention, is_what_the_policy_promises_and_the_policy_promises_no_more)
{
    static const char *const kept[] = {
        "<dt>Fotos del paquete y firmas</dt><dd><?cs if:kept.photos ?><?cs var:kept.photos ?> días después de la entrega",
        "<dt>Registros técnicos de visitas</dt><dd>6 meses</dd>",
        "<dt>Contacto, paquetes y pagos</dt><dd><?cs if:kept.years ?><?cs var:kept.years ?> años; luego quedan sin nombre",
    };
    struct arena *a = arena_new();
    const char *src = getenv("TEST_SRCDIR");
    FILE *in = fopen(arena_printf(a, "%s/templates/site/privacy.cst", src ? src : "."), "r");
    char *text = arena_alloc(a, 65536), *from, *end;
    size_t rows = 0;

    cr_assert_not_null(in);
    text[fread(text, 1, 65535, in)] = '\0';
    fclose(in);
    from = strstr(text, "Por cuánto tiempo</h2>");
    cr_assert_not_null(from);
    end = strstr(from, "</dl>");
    cr_assert_not_null(end);
    *end = '\0';
    for (const char *s = from; (s = strstr(s, "<dt>")) != NULL; s++)
        rows++;
    cr_expect_eq(rows, COUNT(kept));
    for (size_t i = 0; i < COUNT(kept); i++)
        cr_expect_not_null(strstr(from, kept[i]), "%s", kept[i]);
    arena_free(a);
}
