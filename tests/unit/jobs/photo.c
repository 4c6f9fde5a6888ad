/* Photos: a failure for another reason than the photo itself loses no photo, and no file is left that no
 * row knows. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/clock.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/photo.h"
#include "tests/unit/fixture.h"
#include "jobs/jobs.h"
#include "jobs/picture.h"

#define TABLE_AT 83              /* offset at which jpeg() names the table of its only component */

static const struct stmt add_file = STMT("t_photo_add", "is",
    "INSERT INTO package_files (package_id, key, kind, spool_path, created_at, state)"
    " VALUES ($1, 'k', 'RECEPCION', $2, 0, 'pending') RETURNING id");
static const struct stmt is_state = STMT("t_photo_state", "s", "SELECT count(*) FROM package_files WHERE state = $1");
static const struct stmt damaged = STMT("t_photo_damaged", "",
    "SELECT count(*) FROM package_files WHERE state = 'failed' AND error LIKE '%dañada%'");
static const struct stmt job_state = STMT("t_photo_job", "s",
    "SELECT count(*) FROM jobs WHERE kind = 'photo.process' AND state = $1");
static const struct stmt keys = STMT("t_photo_keys", "", "SELECT storage_key, thumbnail_key FROM package_files");
static const struct stmt make_due = STMT("t_photo_due", "", "UPDATE jobs SET run_at = CASE queue WHEN 'files' THEN 0 ELSE 1000000000000 END");
static const struct stmt take_back = STMT("t_photo_back", "",
    "UPDATE jobs SET state = 'ready', worker = NULL, run_at = 0 WHERE state = 'running'");

static struct fixture f;
static struct worker w;
static char spool[128];
static int64_t file, job;

/* ---- pictures ---- */

static void word(struct buf *b, unsigned v)
{
    buf_char(b, (char)(v >> 8));
    buf_char(b, (char)v);
}

/* A grey baseline JPEG.  Its two Huffman codes mean "no difference" and "end of block", so that each block
 * of 8 × 8 is two zero bits. */
static struct buf jpeg(unsigned width, unsigned height)
{
    static const char code[] = "\0\x14\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    size_t bits = (size_t)((width + 7) / 8) * ((height + 7) / 8) * 2;
    struct buf b = { 0 };

    buf_add(&b, "\xff\xd8\xff\xdb\0\x43\0", 7);
    for (int i = 0; i < 64; i++)
        buf_char(&b, 1);
    buf_add(&b, "\xff\xc0\0\x0b\x08", 5);
    word(&b, height);
    word(&b, width);
    buf_add(&b, "\1\1\x11\0", 4);
    for (int table = 0; table < 2; table++) {
        buf_add(&b, "\xff\xc4", 2);
        buf_add(&b, code, 2);
        buf_char(&b, table ? 0x10 : 0);
        buf_add(&b, code + 3, 17);
    }
    buf_add(&b, "\xff\xda\0\x08\1\1\0\0\x3f\0", 10);
    for (; bits >= 8; bits -= 8)
        buf_char(&b, 0);
    buf_char(&b, (char)(0xff >> bits));
    buf_add(&b, "\xff\xd9", 2);
    return b;
}

static void upload(struct buf picture)
{
    FILE *out = fopen(spool, "w");

    cr_assert(out != NULL && fwrite(picture.data, 1, picture.len, out) == picture.len && fclose(out) == 0);
    buf_free(&picture);
}

/* ---- photos whose jobs were discarded, many at once ---- */

static const struct stmt many_files = STMT("t_many_files", "ii",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)"
    " INSERT INTO package_files (package_id, key, kind, spool_path, created_at, state)"
    " SELECT $1, 'many' || i, 'RECEPCION', '/nowhere', 0, 'pending' FROM n");
static const struct stmt many_jobs = STMT("t_many_jobs", "i",
    "INSERT INTO jobs (queue, kind, args, state, run_at, max_attempts, created_at)"
    " SELECT 'files', 'photo.process', '{\"file_id\":' || id || '}', 'ready', $1, 1, $1 FROM package_files"
    " WHERE key LIKE 'many%'");

static const struct stmt many_ids = STMT("t_many_ids", "",
    "SELECT j.id FROM jobs j JOIN package_files f ON f.id = json_extract(j.args, '$.file_id')"
    " WHERE f.key LIKE 'many%'");

enum { MANY_DEAD = 1100 };

static enum err discard_many(struct db *db, void *arg)
{
    const struct package *p = arg;
    int64_t *ids;
    size_t n = 0;
    struct rows q;
    enum err e = db_exec(db, NULL, &many_files, p->id, (int64_t)MANY_DEAD);

    if (e == OK)
        e = db_exec(db, NULL, &many_jobs, clock_now());
    if (e == OK)
        e = db_query(db, &q, &many_ids);
    if (e == OK)
        e = db_ids_all(&q, f.a, &ids, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        e = job_discard_tx(&f.c, ids[i]);
    return e;
}

/* ---- a photo and its job ---- */

static enum err add_job(struct db *db, void *arg)
{
    struct package *p = arg;
    enum err e = db_insert(db, &file, &add_file, p->id, spool);

    return e != OK ? e : job_add_tx(&f.c, &(struct job_new){ .kind = "photo.process", .about = file,
                                                            .package_id = p->id }, &job);
}

static void setup(void)
{
    struct package p;

    fixture_open(&f);
    f.c.now = clock_now();
    snprintf(spool, sizeof spool, "%s/spool/subida", f.dir);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "FOTO0001" }, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_write(f.db, add_job, &p), OK);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
}

static void teardown(void)
{
    worker_close(&w, f.conf);
    fixture_close(&f);
}

TestSuite(photos, .init = setup, .fini = teardown);

static struct job claimed(void)
{
    struct job j;

    cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    return j;
}

static void ended(const struct job *j, struct job_outcome o)
{
    cr_assert_eq(job_finish(&f.c, &w, j, &o, NULL), OK);
}

/* Runs the handler with no room for a byte, as bin/job.c limits what a handler may write. */
static struct job_outcome run_on_full_disk(const struct job *j)
{
    struct rlimit was, none;
    struct job_outcome o;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    none = (struct rlimit){ 0, was.rlim_max };
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    o = photo_process_job(&f.c, j);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
    return o;
}

static int files_kept(void)
{
    char command[160];
    FILE *in;
    int n = -1;

    snprintf(command, sizeof command, "find '%s/files' -type f | wc -l", f.dir);
    in = popen(command, "r");
    cr_assert(in != NULL && fscanf(in, "%d", &n) == 1);
    pclose(in);
    return n;
}

static bool is_there(const char *key)
{
    return key != NULL && access(arena_printf(f.a, "%s/files/%s", f.dir, key), F_OK) == 0;
}

static void expect_ready(void)
{
    struct rows q;

    cr_expect_eq(db_scalar(f.db, 0, &is_state, "ready"), 1);
    cr_assert_eq(db_one(f.db, &q, &keys), OK);
    cr_expect(is_there(db_text(&q, 0)) && is_there(db_text(&q, 1)));
    cr_assert_eq(db_end(&q), OK);
    cr_expect_eq(files_kept(), 2, "%d", files_kept());
    cr_expect_neq(access(spool, F_OK), 0, "the original is not kept");
}

static enum err clean_tx(struct db *db UNUSED, void *arg)
{
    const struct job_outcome *o = arg;

    return o->effect(&f.c, o->arg);
}

static enum err retry_tx(struct db *db UNUSED, void *arg UNUSED)
{
    return job_retry_tx(&f.c, job);
}

/* Cleans the spool as if the upload were a week old. */
static void clean_spool(void)
{
    const struct timeval old[2] = { { clock_now() - 7 * DAY_SECONDS, 0 }, { clock_now() - 7 * DAY_SECONDS, 0 } };

    const struct job j = { .kind = "temp.clean", .args = "{}", .queue = "", .worker = "" };
    struct job_outcome o;

    cr_assert_eq(utimes(spool, old), 0);
    o = temp_clean_job(&f.c, &j);
    cr_assert_eq(db_write(f.db, clean_tx, &o), OK);
}

Test(photos, that_could_not_be_written_wait_whole_for_another_try_by_whomever)
{
    struct job j;

    upload(jpeg(640, 480));
    for (int n = 0; db_scalar(f.db, 0, &job_state, "dead") == 0; n++) {
        cr_assert_lt(n, 10);
        j = claimed();
        ended(&j, run_on_full_disk(&j));
        cr_assert_eq(access(spool, F_OK), 0, "after try %d", n);
    }
    cr_expect_eq(db_scalar(f.db, 0, &is_state, "failed"), 1);
    cr_expect_eq(db_scalar(f.db, 1, &damaged), 0, "it is not the photo's fault");
    clean_spool();
    cr_assert_eq(db_write(f.db, retry_tx, NULL), OK);
    j = claimed();
    ended(&j, photo_process_job(&f.c, &j));
    expect_ready();
}

Test(photos, whose_jobs_are_discarded_are_said_to_be_lost_at_once_however_many)
{
    struct package p;

    cr_assert_eq(package_by_guide(&f.c, "FOTO0001", &p), OK);
    cr_assert_eq(db_write(f.db, discard_many, &p), OK);
    cr_expect_eq(db_scalar(f.db, 0, &is_state, "failed"), MANY_DEAD);
}

Test(photos, that_are_damaged_are_so_at_once_and_kept_for_who_knows_better)
{
    struct buf picture = jpeg(640, 480);
    struct job j = claimed();

    picture.data[TABLE_AT] = 1;          /* a table that is not there */
    upload(picture);
    ended(&j, photo_process_job(&f.c, &j));
    cr_expect_eq(db_scalar(f.db, 0, &job_state, "dead"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &damaged), 1);
    clean_spool();
    cr_expect_eq(access(spool, F_OK), 0);
    cr_expect_eq(files_kept(), 0);
}

Test(photos, that_were_not_there_to_be_read_are_not_damaged)
{
    struct job j = claimed();
    struct job_outcome o = photo_process_job(&f.c, &j);

    cr_expect_eq(o.result, JOB_RETRY);
    cr_expect(strstr(o.error, "leer") != NULL, "%s", o.error);
}

Test(photos, whose_try_died_before_its_end_leave_no_file_that_no_row_knows)
{
    struct job j = claimed();

    upload(jpeg(640, 480));
    cr_expect_eq(photo_process_job(&f.c, &j).result, JOB_DONE);
    cr_assert_eq(db_exec(f.db, NULL, &take_back), OK);
    j = claimed();
    ended(&j, photo_process_job(&f.c, &j));
    expect_ready();
}

Test(photos, of_a_try_that_was_taken_away_are_not_kept)
{
    struct job late = claimed(), j;

    upload(jpeg(640, 480));
    cr_assert_eq(db_exec(f.db, NULL, &take_back), OK);
    j = claimed();
    cr_expect_eq(photo_process_job(&f.c, &late).result, JOB_RETRY);
    cr_expect_eq(files_kept(), 0);
    ended(&j, photo_process_job(&f.c, &j));
    expect_ready();
}

static enum err take_out_tx(struct db *db UNUSED, void *arg)
{
    return file_take_out_tx(&f.c, ((struct job *)arg)->package_id, file, "retirada");
}

Test(photos, that_are_taken_out_while_they_are_made_go_once_they_are)
{
    const struct job deletion = { .kind = "file.delete", .args = arena_printf(f.a, "{\"file_id\":%lld}", (long long)file) };
    struct job j = claimed();
    struct job_outcome made, o;

    upload(jpeg(640, 480));
    made = photo_process_job(&f.c, &j);
    cr_assert_eq(db_write(f.db, take_out_tx, &j), OK);
    o = file_delete_job(&f.c, &deletion);
    cr_expect_eq(o.result, JOB_SNOOZE, "what is still being made would come after");
    ended(&j, made);
    o = file_delete_job(&f.c, &deletion);
    cr_expect_eq(o.result, JOB_DONE);
    cr_expect_eq(files_kept(), 0);
    cr_expect_neq(access(spool, F_OK), 0);
}

#if !defined(__SANITIZE_ADDRESS__)       /* AddressSanitizer reserves terabytes: no limit then */
/* Makes the picture in a process of its own, as the product does.  Returns its error, or -1 when it died. */
static int made_within(const struct buf *picture, int px, rlim_t mb)
{
    pid_t pid = fork();
    int64_t width, height;
    int status;

    if (pid == 0) {
        const struct rlimit limit = { mb << 20, mb << 20 }, none = { 0, 0 };

        if (setrlimit(RLIMIT_AS, &limit) != 0 || setrlimit(RLIMIT_CORE, &none) != 0
            || freopen("/dev/null", "w", stderr) == NULL)        /* libraries are loud about it */
            _exit(99);
        _exit((int)picture_webp(picture, spool, px, 80, &width, &height));
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct buf as_webp(const struct buf *picture)
{
    struct buf b = { 0 };
    char piece[65536];
    size_t n;
    FILE *in;

    cr_assert_eq(made_within(picture, 2400, 4096), PICTURE_MADE);
    in = fopen(spool, "r");
    while ((n = fread(piece, 1, sizeof piece, in)) > 0)
        buf_add(&b, piece, n);
    fclose(in);
    return b;
}

Test(photos, that_memory_did_not_suffice_for_are_not_damaged)
{
    struct buf photos[2] = { jpeg(2400, 1800) };

    photos[1] = as_webp(&photos[0]);
    for (size_t i = 0; i < COUNT(photos); i++) {
        int last = PICTURE_UNDONE, undone = 0;

        for (rlim_t mb = 200; mb < 1200 && last != PICTURE_MADE; mb += 15) {
            last = made_within(&photos[i], 1600, mb);
            cr_expect_neq(last, PICTURE_DAMAGED, "%zu of %d MB", i, (int)mb);
            undone += last == PICTURE_UNDONE;
        }
        cr_expect_eq(last, PICTURE_MADE);
        cr_expect_gt(undone, 0, "there was want of it");
        buf_free(&photos[i]);
    }
}
#endif
