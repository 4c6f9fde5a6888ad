/* Photos: a failure for another reason than the photo itself loses no photo, and no file is left that no
 * row knows. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/clock.h"
#include "domain/parcel/photo.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"
#include "jobs/jobs.h"
#include "jobs/picture.h"
#include "jobs/sandbox.h"

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
    f.conf->programs_dir = arena_printf(f.a, "%s/bin", getenv("TEST_BUILDDIR") ? getenv("TEST_BUILDDIR") : "build");
    f.c.now = clock_now();
    snprintf(spool, sizeof spool, "%s/spool/subida", f.dir);
    p = parcel_received(&f, .guide = "FOTO0001");
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

/* ---- the process that opens them ---- */

/* Tries acts that a process may do before it has shut itself in, and not afterwards: a bit for each that
 * succeeded. */
static int sandbox_tries(void)
{
    const char *secret_path = arena_printf(f.a, "%s/secrets/pepper", f.dir), *new_path = arena_printf(f.a, "%s/new", f.dir);
    int done = 0;

    done |= open(secret_path, O_RDONLY) >= 0 ? 1 : 0;
    done |= open(f.conf->database, O_RDWR) >= 0 ? 2 : 0;
    done |= open(new_path, O_WRONLY | O_CREAT, 0600) >= 0 ? 4 : 0;
    done |= socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 8 : 0;
    done |= kill(getppid(), 0) == 0 ? 16 : 0;
    done |= unlink(new_path) == 0 ? 32 : 0;
    return done;
}

/* The exit status of a child that tries all that, having shut itself in or not. */
static int tried(bool shut_in)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (shut_in && !sandbox_enter())
            _exit(99);
        _exit(sandbox_tries());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Tries to start a process and a program, in a child that has shut itself in or not: its status. */
static int started(bool shut_in)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        pid_t child;

        if (shut_in && !sandbox_enter())
            _exit(99);
        child = fork();
        if (child == 0)
            _exit(0);
        execl("/bin/true", "true", (char *)NULL);
        _exit(child > 0 ? 2 : 1);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(sandbox, keeps_files_network_and_other_processes_out_of_reach, .init = setup, .fini = teardown)
{
    cr_expect_eq(tried(false), 63, "else this test would show nothing: %d", tried(false));
    cr_expect_eq(tried(true), 0, "%d", tried(true));
    cr_expect_eq(started(false), 0);
    cr_expect_eq(started(true), 1, "%d", started(true));
}

/* A stand-in for paqueteria-picture that writes down what it has instead of a picture. */
static void stand_in(const char *script)
{
    char *path;
    FILE *out;

    f.conf->programs_dir = arena_printf(f.a, "%s/run", f.dir);
    path = arena_printf(f.a, "%s/paqueteria-picture", f.conf->programs_dir);
    out = fopen(path, "w");
    cr_assert(out != NULL && fputs(script, out) > 0 && fclose(out) == 0 && chmod(path, 0700) == 0);
}

static const char *text_of(const char *path)
{
    char *text = arena_alloc(f.a, 8192);
    FILE *in = fopen(path, "r");

    cr_assert_not_null(in);
    text[fread(text, 1, 8191, in)] = '\0';
    fclose(in);
    return text;
}

Test(photos, are_opened_by_a_process_that_has_the_photo_and_the_pictures_and_nothing_else)
{
    struct picture list[] = { { .format = "webp", .px = 9, .quality = 80, .to = arena_printf(f.a, "%s/spool/a", f.dir) },
                              { .format = "jpeg", .px = 9, .quality = 70, .to = arena_printf(f.a, "%s/spool/b", f.dir) } };
    const char *fault, *has;

    setenv("PAQUETERIA_SECRET", "x", 1);
    upload(jpeg(64, 64));
    stand_in("#!/bin/sh\nls -l /proc/self/fd >&3\nenv >&3\nls -A . >&3\necho \"$@\" >&4\necho made 1 2\necho made 3 4\n");
    cr_expect_eq(picture_ask(&f.c, spool, list, 2, &fault), PICTURE_MADE);
    has = text_of(list[0].to);
    cr_expect(strstr(has, spool) != NULL && strstr(has, list[0].to) != NULL && strstr(has, list[1].to) != NULL, "%s", has);
    cr_expect(strstr(has, "p.db") == NULL && strstr(has, "secrets") == NULL && strstr(has, "PAQUETERIA") == NULL, "%s", has);
    cr_expect(strstr(has, "PWD=") != NULL && strstr(has, "/spool/picture-") != NULL, "a folder of its own: %s", has);
    cr_expect_str_eq(text_of(list[1].to), arena_printf(f.a, "%d webp 9 80 jpeg 9 70\n", (int)getpid()));
    cr_expect_eq(list[0].width * 1000 + list[0].height * 100 + list[1].width * 10 + list[1].height, 1234);
}

Test(photos, wait_for_another_try_when_the_process_dies_or_talks_nonsense)
{
    static const char *const scripts[] = { "#!/bin/sh\nkill -9 $$\n", "#!/bin/sh\nexit 3\n", "#!/bin/sh\ntrue\n",
        "#!/bin/sh\necho made 1\n", "#!/bin/sh\necho made 999999 2\n", "#!/bin/sh\necho 'made -1 2'\n",
        "#!/bin/sh\nyes made | head -c 5000\n", "#!/nowhere\n" };
    struct picture p = { .format = "webp", .px = 100, .quality = 80, .to = arena_printf(f.a, "%s/spool/a", f.dir) };
    const char *fault;

    upload(jpeg(64, 64));
    for (size_t i = 0; i < COUNT(scripts); i++) {
        stand_in(scripts[i]);
        cr_expect_eq(picture_ask(&f.c, spool, &p, 1, &fault), PICTURE_UNDONE, "%s", scripts[i]);
        cr_expect_null(fault);
        cr_expect_neq(access(p.to, F_OK), 0, "nothing half made is left: %s", scripts[i]);
    }
}

/* A mutation of the picture by the n-th number of a row that is always the same. */
static struct buf mutated(const struct buf *whole, unsigned n)
{
    struct buf b = { 0 };
    unsigned x = n * 2654435761u + 1;

    buf_add(&b, whole->data, whole->len - (n % 5 == 0 ? x % whole->len / 2 : 0));
    for (unsigned i = 0; i < 1 + n % 7; i++) {
        x = x * 1664525u + 1013904223u;
        b.data[x >> 8 & 1 ? (x >> 9) % b.len : (x >> 9) % (b.len < 200 ? b.len : 200)] = (char)(x >> 3);
    }
    return b;
}

/* FAULT_PICTURES: how many (./dev fault); each is a process of its own. */
Test(photos, of_any_bytes_end_in_a_picture_or_a_fault_and_leave_nothing_behind, .timeout = 7200)
{
    const char *many = getenv("FAULT_PICTURES");
    const unsigned all = many == NULL ? 40 : (unsigned)strtoul(many, NULL, 10);
    struct picture p = { .format = "webp", .px = 64, .quality = 80, .to = arena_printf(f.a, "%s/spool/a", f.dir) };
    struct buf whole = jpeg(160, 120);
    unsigned made = 0, died = 0;
    const char *fault;

    for (unsigned n = 0; n < all; n++) {
        enum picture_end end;

        upload(mutated(&whole, n));
        end = picture_ask(&f.c, spool, &p, 1, &fault);
        made += end == PICTURE_MADE;
        died += end == PICTURE_UNDONE;
        cr_expect_eq(access(p.to, F_OK) == 0, end == PICTURE_MADE, "%u", n);
        unlink(p.to);
    }
    cr_expect(made > 0 && made < all, "%u of %u", made, all);
    cr_expect_eq(died, 0, "%u", died);
    cr_expect_eq(rmdir(arena_printf(f.a, "%s/spool", f.dir)) != 0 && unlink(spool) == 0
                 && rmdir(arena_printf(f.a, "%s/spool", f.dir)) == 0, true, "no folder of a process is left");
    mkdir(arena_printf(f.a, "%s/spool", f.dir), 0750);
    buf_free(&whole);
}

#if !defined(__SANITIZE_ADDRESS__)       /* AddressSanitizer reserves terabytes: no limit then */
/* Makes the picture in a process of its own, as the product does.  Returns its error, or -1 when it died. */
static int made_within(const struct buf *picture, int px, rlim_t mb)
{
    struct picture p = { .format = "webp", .px = px, .quality = 80 };
    pid_t pid = fork();
    int status, fd;

    if (pid == 0) {
        const struct rlimit limit = { mb << 20, mb << 20 }, none = { 0, 0 };

        fd = open(spool, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (setrlimit(RLIMIT_AS, &limit) != 0 || setrlimit(RLIMIT_CORE, &none) != 0
            || freopen("/dev/null", "w", stderr) == NULL)        /* libraries are loud about it */
            _exit(99);
        _exit((int)picture_write(picture, fd, &p));
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
