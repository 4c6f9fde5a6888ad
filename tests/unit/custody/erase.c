/* Erase: of somebody who asked for it nothing is left that says who it was, whatever column of whatever table it
 * stands in. */
#include <ctype.h>
#include <stdio.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/anonymise.h"
#include "domain/custody/correction.h"
#include "domain/custody/customer_change.h"
#include "domain/custody/erase.h"
#include "domain/custody/merge.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/outbox/webhook.h"
#include "domain/parcel/event.h"
#include "domain/parcel/link.h"
#include "domain/public/inquiry.h"
#include "domain/public/missing.h"
#include "jobs/jobs.h"
#include "jobs/message.h"
#include "tests/unit/claims.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define WIFE "300 555 0201"
#define HER_SECOND "300 555 0202"
#define HER_WORK "300 555 0203"
#define HER_OLD "300 555 0204"

static const struct stmt columns = STMT("t_text_columns", "",
    "SELECT t.name, k.name FROM sqlite_schema t JOIN pragma_table_info(t.name) k WHERE t.type = 'table'"
    " AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, 2");
static const struct stmt everything_left = STMT("t_erase_sent", "",
    "UPDATE notifications SET said = 'Hola, Zulema', error = 'a ' || recipient WHERE recipient NOT IN ('+573005550101', '+573005550299') AND id % 2 = 0");
static const struct stmt waiting = STMT("t_erase_waiting", "",
    "SELECT count(*) FROM notifications WHERE recipient = '' AND state IN ('queued', 'failed')");
static const struct stmt cancelled = STMT("t_erase_cancelled", "",
    "SELECT count(*) FROM notifications WHERE recipient = '' AND state = 'cancelled'");
static const struct stmt claims_named = STMT("t_erase_claims", "s", "SELECT count(*) FROM claims WHERE name = $1");
static const struct stmt proved = STMT("t_erase_proved", "",
    "UPDATE claims SET proved_email = 'zulema@example.com'");

/* Columns in which something may be left, and why.  Her address that wanted no messages stays as well (erase.h),
 * but as a hash. */
static const struct { const char *table, *column, *why; } stays[] = {
    { "package_names_data", "block", "the search finds her no more; a job drops words of deleted rows (below)" },
    { "person_words_data", "block", "the same" },
};
static const char *const traces[] = {
    "zulema", "z.prado@", "3005550201", "3005550202", "3005550203", "3005550204", "52999001", "300 555 0201", "300 555 0203",
};

static bool may_stay(const char *table, const char *column)
{
    for (size_t i = 0; i < COUNT(stays); i++)
        if (streq(stays[i].table, table) && streq(stays[i].column, column))
            return true;
    return false;
}

/* How many rows of a column hold one of the traces.  The statement is of this test's own making, as the schema names what
 * it reads. */
static int64_t column_traces(struct fixture *f, const char *table, const char *column)
{
    int64_t n = 0;

    for (size_t i = 0; i < COUNT(traces); i++) {
        struct stmt *s = arena_alloc(f->a, sizeof *s);
        const struct stmt made = STMT("t_traces_in", "s", arena_printf(f->a,
            "SELECT count(*) FROM \"%s\" WHERE instr(lower(CAST(\"%s\" AS TEXT)), $1) > 0", table, column));

        memcpy(s, &made, sizeof made);
        n += db_scalar(f->db, -1, s, traces[i]);
    }
    return n;
}

/* The columns in which she can be found, "table.column" each; *found: how many. */
static const char *columns_with_traces(struct fixture *f, size_t *found)
{
    const char *names[900][2], *out = "";
    size_t n = 0;
    struct rows q;

    *found = 0;
    cr_assert_eq(db_query(f->db, &q, &columns), OK);
    while (db_next(&q) && n < COUNT(names)) {
        names[n][0] = db_dup(&q, 0, f->a);
        names[n++][1] = db_dup(&q, 1, f->a);
    }
    cr_assert_eq(db_end(&q), OK);
    cr_assert(n > 100 && n < COUNT(names));
    for (size_t i = 0; i < n; i++)
        if (!may_stay(names[i][0], names[i][1]) && column_traces(f, names[i][0], names[i][1]) != 0) {
            out = arena_printf(f->a, "%s %s.%s", out, names[i][0], names[i][1]);
            ++*found;
        }
    return out;
}

static struct customer written(struct fixture *f, struct customer_edit in)
{
    struct customer out = { 0 };

    in.another = true;
    cr_assert_eq(customer_add(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    return out;
}

static void merged(struct fixture *f, int64_t kept, int64_t gone)
{
    struct merge m;

    cr_assert_eq(customer_merge(&f->c, &(struct merge_in){ kept, gone, "Zulema lo dijo" }, &m), OK, "%s", fixture_fault(f));
}

struct noting { struct ctx *c; int64_t package; };

/* An approval of an ADMIN at the counter is written down beside the parcel; her mailbox was written to by a public
 * form. */
static enum err note_tx(struct db *db UNUSED, void *arg)
{
    struct noting *x = arg;
    const enum err e = throttle_spend_tx(x->c, "asked:package_announced:zulema@example.com", 1, 10, 3600);

    return e != OK ? e : audit_note_tx(x->c, "approve", "package", x->package, NULL, "Zulema Prado, 300 555 0201, con documento");
}

static void noted(struct fixture *f, int64_t package)
{
    struct noting x = { &f->c, package };

    cr_assert_eq(db_write(f->db, note_tx, &x), OK);
}

/* Somebody announced a guide; she claims it and loses it. */
static int64_t claim_lost(struct fixture *f, const char *guide)
{
    struct package p = announce(f, "Ana Ríos", ANA, guide).packages.v[0];

    announce_mail(f, "Zulema Prado", WIFE, "zulema@example.com", guide);
    noted(f, p.id);
    cr_assert_eq(claim_settle(&f->c, &(struct claim_settle_in){ .id = p.id, .compared = "documento" }, &p), OK, "%s", fixture_fault(f));
    return p.id;
}

static struct package claim_won(struct fixture *f, const char *guide)
{
    struct package p = announce(f, "Ana Ríos", ANA, guide).packages.v[0];

    announce_mail(f, "Zulema Prado", WIFE, "zulema@example.com", guide);
    cr_assert_eq(claim_settle(&f->c, &(struct claim_settle_in){ .id = p.id, .claim = first_claim(f, p.id), .compared = "documento" }, &p),
                 OK, "%s", fixture_fault(f));
    noted(f, p.id);
    return p;
}

static void handed_over(struct fixture *f, int64_t id)
{
    const struct deliver_in in = parcel_by_document(&id, 1);
    struct delivery d;

    cr_assert_eq(deliver_packages(&f->c, &in, &d), OK, "%s", fixture_fault(f));
}

/* A parcel that was hers by its announcement, and turned out to be another's. */
static void given_away(struct fixture *f, const char *guide)
{
    struct package p = parcel_shelved(f, .name = "Zulema Prado", .phone = WIFE, .guides = guide);
    const struct correct_in in = { .id = p.id, .name = "Olga Mora", .phone = "300 555 0299", .reason = "Era de Olga" };

    cr_assert_eq(package_correct(&f->c, &in, &p), OK, "%s", fixture_fault(f));
}

struct zulema { int64_t first, second, last, lost, won; };

/* She claimed two guides, won one and lost one, was approved, asked, missed a box, was written down three times and
 * merged twice. */
static struct zulema zulema_known(struct fixture *f)
{
    static const struct webhook_in hook = { .url = "https://example.com/avisos", .kinds = WEBHOOK_ALL };
    struct zulema z;
    struct webhook w;
    struct inquiry asked;
    struct package p;

    fixture_open(f);
    f->c.role = ROLE_ADMIN;
    cr_assert_eq(webhook_add(&f->c, &hook, &w), OK, "%s", fixture_fault(f));
    z.lost = claim_lost(f, "AJENA0001");
    z.first = written(f, (struct customer_edit){ .name = "Zulema Prado", .phone = WIFE, .other_phones = HER_SECOND,
        .email = "zulema@example.com", .document_type = "CC", .document_number = "52999001", .notes = "Zulema llama" }).id;
    z.second = written(f, (struct customer_edit){ .name = "Zulema P. Prado", .phone = HER_WORK, .notes = "La de Zulema" }).id;
    z.last = written(f, (struct customer_edit){ .name = "Zulema Prado Ruiz", .phone = HER_OLD }).id;
    p = claim_won(f, "GANADA001");
    z.won = p.id;
    p = parcel_shelved(f, .name = "Zulema Prado", .phone = WIFE, .email = "z.prado@example.com", .guides = "SUYA00001");
    cr_assert_eq(inquiry_ask(&f->c, &(struct inquiry_in){ link_token(&f->c, &p), "Soy Zulema, 3005550201" }, &asked), OK);
    handed_over(f, p.id);
    cr_assert_eq(missing_ask(&f->c, &(struct missing_in){ "FALTA0001", "Envía", clock_day(f->c.now), "Zulema Prado", WIFE,
        "z.prado@example.com", "Es la de Zulema", true }, &asked), OK, "%s", fixture_fault(f));
    given_away(f, "DADA00001");
    merged(f, z.second, z.first);
    merged(f, z.last, z.second);
    return z;
}

Test(erase, leaves_no_name_phone_mailbox_or_document_in_any_column_of_any_table)
{
    struct fixture f;
    struct zulema z = zulema_known(&f);
    struct package p;
    size_t n;
    const char *left;

    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .id = z.won }, &p), OK, "%s", fixture_fault(&f));
    handed_over(&f, z.won);
    cr_assert_eq(db_exec(f.db, NULL, &everything_left), OK);
    columns_with_traces(&f, &n);
    cr_assert_gt(n, 20, "the test must know of her in many places: %zu", n);
    cr_assert_eq(customer_erase(&f.c, z.last), OK, "%s", fixture_fault(&f));
    left = columns_with_traces(&f, &n);
    cr_expect_eq(n, 0, "she is still in%s", left);
    cr_expect_eq(db_scalar(f.db, -1, &waiting), 0, "what has no recipient waits for nothing");
    cr_expect_gt(db_scalar(f.db, -1, &cancelled), 0);
    fixture_close(&f);
}

/* ---- and the files ---- */

static const struct stmt clean_waits = STMT("t_clean_waits", "", "SELECT count(*) FROM jobs WHERE kind = 'search.clean' AND state = 'ready'");
static const struct stmt many_names = STMT("t_many_names", "",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
    " INSERT INTO package_names (rowid, name) SELECT 1000000 + i, 'maria ' || hex(i * 2654435761 % 4294967296) FROM n");
static const struct stmt pages = STMT("t_index_pages", "", "SELECT count(*) FROM package_names_data");
static const struct stmt found_still = STMT("t_found_still", "", "SELECT count(*) FROM package_names WHERE package_names MATCH 'maria'");
static const struct stmt merging = STMT("t_merging", "",
    "SELECT (SELECT v FROM package_names_config WHERE k = 'automerge') * 100 + (SELECT v FROM person_words_config WHERE k = 'automerge')");
static const struct job cleaning = { .kind = "search.clean", .args = "{}", .queue = "", .worker = "" };

/* How many of the traces stand in a file, byte by byte. */
static size_t file_traces(struct fixture *f, const char *suffix)
{
    FILE *in = fopen(arena_printf(f->a, "%s%s", f->conf->database, suffix), "r");
    size_t n = 0, found = 0;
    char *bytes;

    cr_assert_not_null(in);
    fseek(in, 0, SEEK_END);
    n = (size_t)ftell(in);
    rewind(in);
    bytes = arena_alloc(f->a, n + 1);
    cr_assert_eq(fread(bytes, 1, n, in), n);
    fclose(in);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)tolower((unsigned char)bytes[i]);
    for (size_t i = 0; i < COUNT(traces); i++)
        found += memmem(bytes, n, traces[i], strlen(traces[i])) != NULL;
    return found;
}

static enum err many_names_tx(struct db *db, void *arg UNUSED)
{
    return db_exec(db, NULL, &many_names);
}

/* Zulema, erased, among so many others; the first job that cleans is still to come. */
static void zulema_erased(struct fixture *f)
{
    const struct zulema z = zulema_known(f);
    struct package p;

    cr_assert_eq(package_receive(&f->c, &(struct receive_in){ .id = z.won }, &p), OK, "%s", fixture_fault(f));
    handed_over(f, z.won);
    cr_assert_eq(db_write(f->db, many_names_tx, NULL), OK);
    cr_assert_eq(customer_erase(&f->c, z.last), OK, "%s", fixture_fault(f));
}

Test(erase, leaves_nothing_in_the_files_of_the_database_once_its_job_has_cleaned_the_search)
{
    struct fixture f;
    struct job_outcome o;
    const char *left;
    size_t n;

    zulema_erased(&f);
    cr_assert_eq(db_scalar(f.db, -1, &clean_waits), 1);
    db_checkpoint(f.db);
    cr_assert_gt(column_traces(&f, "package_names_data", "block"), 0, "the search must know of her");
    cr_assert_gt(file_traces(&f, ""), 0);
    cr_assert_gt(file_traces(&f, "-wal"), 0);
    o = search_clean_job(&f.c, &cleaning);
    cr_assert_eq(o.result, JOB_DONE, "%s", o.error);
    left = columns_with_traces(&f, &n);
    cr_expect_eq(n, 0, "she is still in%s", left);
    cr_expect_eq(column_traces(&f, "package_names_data", "block"), 0);
    cr_expect_eq(column_traces(&f, "package_names_idx", "term"), 0);
    cr_expect_eq(column_traces(&f, "person_words_data", "block"), 0);
    cr_expect_eq(file_traces(&f, ""), 0);
    cr_expect_eq(file_traces(&f, "-wal"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &found_still), 4000, "nobody else is lost");
    fixture_close(&f);
}

Test(erase, cleans_the_search_in_steps_of_few_pages_and_leaves_it_merging_as_before)
{
    struct fixture f;
    uint64_t before;
    int64_t n;

    zulema_erased(&f);
    n = db_scalar(f.db, 0, &pages);
    before = db_statements(f.db);
    cr_assert_gt(n, 60, "%lld", (long long)n);
    cr_assert_eq(search_clean_job(&f.c, &cleaning).result, JOB_DONE);
    cr_expect_gt(db_statements(f.db) - before, (uint64_t)(5 * n / 32), "a step has five statements and writes some 16 pages");
    cr_expect_eq(db_scalar(f.db, -1, &merging), 808);
    n = db_scalar(f.db, 0, &pages);
    cr_assert_eq(search_clean_job(&f.c, &cleaning).result, JOB_DONE);
    cr_expect_eq(db_scalar(f.db, 0, &pages), n, "what is clean stays as it is");
    fixture_close(&f);
}

Test(erase, of_two_people_asks_for_one_cleaning_which_waits_for_who_reads_the_log)
{
    struct fixture f;
    struct package p;
    struct db *reader;
    const char *why;
    struct rows q;

    zulema_erased(&f);
    p = parcel_shelved(&f, .name = "Rita Sanz", .phone = "300 555 0288", .guides = "SUYA00009");
    handed_over(&f, p.id);
    cr_assert_eq(customer_erase(&f.c, p.customer_id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &clean_waits), 1);
    reader = db_open(f.conf, true, &why);
    cr_assert_not_null(reader, "%s", why);
    cr_assert_eq(db_read_begin(reader), OK);
    cr_assert_eq(db_query(reader, &q, &clean_waits), OK);
    cr_assert(db_next(&q));
    cr_expect_eq(search_clean_job(&f.c, &cleaning).result, JOB_SNOOZE);
    cr_assert_eq(db_end(&q), OK);
    db_read_end(reader);
    cr_expect_eq(search_clean_job(&f.c, &cleaning).result, JOB_DONE);
    cr_expect_eq(file_traces(&f, "-wal"), 0);
    db_close(reader);
    fixture_close(&f);
}

Test(erase, of_a_phone_that_two_people_share_leaves_what_the_other_wrote)
{
    struct fixture f;
    struct customer hers, his;
    struct package p;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    hers = written(&f, (struct customer_edit){ .name = "Zulema Prado", .phone = WIFE });
    his = written(&f, (struct customer_edit){ .name = "Omar Gil", .phone = WIFE });
    p = announce(&f, "Ana Ríos", ANA, "AJENA0001").packages.v[0];
    announce(&f, "Omar Gil", WIFE, "AJENA0001");
    cr_assert_eq(customer_erase(&f.c, hers.id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &claims_named, "Omar Gil"), 1);
    cr_expect_gt(db_scalar(f.db, -1, &claim_told, "+573005550201", "package_disputed"), 0, "his message still waits");
    cr_expect_eq(customer_erase(&f.c, his.id), E_CONFLICT, "his claim is open");
    cr_expect_str_eq(fixture_fault(&f),
                     "Anunció la guía AJENA0001, que también es de otra persona. Aclare de quién es, y después borre sus datos.");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "documento" }, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(customer_erase(&f.c, his.id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &claims_named, "Omar Gil"), 0);
    fixture_close(&f);
}

Test(erase, is_listed_for_each_card_that_was_merged_into_the_person_so_that_a_copy_of_before_erases_it)
{
    struct fixture f;
    struct zulema z = zulema_known(&f);
    struct erasures all;
    struct package p;
    struct customer who;
    bool first = false, second = false;

    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .id = z.won }, &p), OK, "%s", fixture_fault(&f));
    handed_over(&f, z.won);
    cr_assert_eq(customer_erase(&f.c, z.last), OK, "%s", fixture_fault(&f));
    cr_assert_eq(erasure_list(&f.c, &all), OK);
    cr_expect_eq(all.n, 3);
    for (size_t i = 0; i < all.n; i++) {
        cr_assert_eq(customer_by_id(&f.c, all.v[i].customer_id, &who), OK);
        cr_expect_eq(all.v[i].customer_since, who.created_at);
        first = first || all.v[i].customer_id == z.first;
        second = second || all.v[i].customer_id == z.second;
    }
    cr_expect(first && second);
    fixture_close(&f);
}

static const struct stmt add_paper = STMT("t_erase_paper", "i",
    "INSERT INTO documents (key, kind, subject_id, asked_at, state) SELECT 'papel' || id, 'recibo', id, $1, 'ready' FROM packages");
static const struct stmt papers_due = STMT("t_erase_papers_due", "i",
    "SELECT group_concat(p.guide_number) FROM documents d JOIN packages p ON p.id = d.subject_id WHERE d.asked_at < $1");

Test(erase, has_the_papers_of_their_parcels_removed_at_the_next_run_and_nobody_elses)
{
    struct fixture f;
    struct package p;
    struct rows q;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    parcel_shelved(&f, .name = "Ana Ríos", .phone = ANA, .guides = "AJENA0001");
    p = parcel_shelved(&f, .name = "Zulema Prado", .phone = WIFE, .guides = "SUYA00001");
    handed_over(&f, p.id);
    cr_assert_eq(db_exec(f.db, NULL, &add_paper, f.c.now), OK);
    cr_assert_eq(customer_erase(&f.c, p.customer_id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_one(f.db, &q, &papers_due, f.c.now), OK);
    cr_expect_str_eq(db_text(&q, 0), "SUYA00001");
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

static const struct stmt one_job = STMT("t_erase_one_job", "",
    "DELETE FROM jobs WHERE id <> (SELECT max(job_id) FROM notifications WHERE event = 'package_delivered' AND channel = 'sms')");
static const struct stmt all_due = STMT("t_erase_all_due", "", "UPDATE notifications SET not_before = 1");
static const struct stmt jobs_due = STMT("t_erase_jobs_due", "", "UPDATE jobs SET run_at = 1, expires_at = NULL");
static const struct stmt no_cleaning = STMT("t_erase_no_cleaning", "", "DELETE FROM jobs WHERE kind = 'search.clean'");
static const struct stmt receipt_ends = STMT("t_erase_receipt", "",
    "SELECT count(*) FROM notifications WHERE event = 'package_delivered' AND channel = 'sms' AND state = 'cancelled'");

Test(erase, ends_a_message_that_waits_and_its_job_says_nothing_of_a_failure)
{
    struct fixture f;
    struct package p;
    struct worker w;
    struct job j;
    struct message m = { 0 };
    struct job_outcome o;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    f.c.now = clock_now();
    p = parcel_shelved(&f, .name = "Zulema Prado", .phone = WIFE, .guides = "SUYA00001");
    handed_over(&f, p.id);
    cr_assert_eq(db_exec(f.db, NULL, &one_job), OK);
    cr_assert_eq(customer_erase(&f.c, p.customer_id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_exec(f.db, NULL, &no_cleaning), OK);
    cr_assert_eq(db_exec(f.db, NULL, &all_due), OK);
    cr_assert_eq(db_exec(f.db, NULL, &jobs_due), OK);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_expect_eq(message_depart(&f.c, &j, false, &m, &o), DEPART_OVER);
    cr_expect_eq(o.result, JOB_DONE, "%s", o.error);
    cr_expect_eq(db_scalar(f.db, -1, &receipt_ends), 1);
    worker_close(&w, f.conf);
    fixture_close(&f);
}

static enum err anonymise_one_tx(struct db *db UNUSED, void *arg)
{
    struct noting *x = arg;

    return anonymise_package_tx(x->c, x->package);
}

Test(anonymise, forgets_an_e_mail_that_was_proved_to_be_who_claimed_the_parcel_and_ends_what_waits_for_them)
{
    struct fixture f;
    struct noting x = { &f.c, 0 };

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    x.package = claim_lost(&f, "AJENA0001");
    cr_assert_eq(db_exec(f.db, NULL, &proved), OK);
    cr_assert_eq(db_write(f.db, anonymise_one_tx, &x), OK);
    cr_expect_eq(column_traces(&f, "claims", "proved_email"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &waiting), 0);
    fixture_close(&f);
}
