/* Store: every statement prepares, a write stands or falls whole, a race is a conflict, an edited
 * migration is refused. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "domain/money/payment.h"
#include "domain/message/template.h"
#include "domain/parcel/package_find.h"
#include "tests/unit/fixture.h"

static const struct stmt count_closures = STMT("t_count", "", "SELECT count(*) FROM closures");
static const struct stmt add_closure = STMT("t_add", "i", "INSERT INTO closures (day, reason) VALUES ($1, 'x')");
static const struct stmt no_room = STMT("t_no_room", "", "PRAGMA max_page_count = 1");
static const struct stmt room = STMT("t_room", "", "PRAGMA max_page_count = 1000000");
static const struct stmt too_big = STMT("t_too_big", "",
    "INSERT INTO closures (day, reason) VALUES (10, hex(randomblob(1000000)))");
static const struct stmt bump = STMT("t_bump", "",
    "INSERT INTO closures (day, reason) SELECT coalesce(max(day), 0) + 1, 'x' FROM closures");

static void prepare(const struct stmt *s, const char *file, void *arg)
{
    struct rows q;
    struct fixture *f = arg;
    struct stmt plain = { s->name, "", s->sql };       /* nothing is bound: it is only prepared */

    cr_expect(strlen(s->name) > 2, "%s: a statement without a name", file);
    if (has_prefix(s->sql, "BEGIN") || streq(s->sql, "COMMIT") || streq(s->sql, "ROLLBACK"))
        return;
    cr_expect_eq(db_query(f->db, &q, arena_memdup(f->a, &plain, sizeof plain)), OK, "%s: %s", file, s->name);
    cr_expect_eq(db_end(&q), OK);
}

Test(db, prepares_every_statement_of_the_product)
{
    struct fixture f;

    /* A reference, so that the linker keeps the whole domain. */
    cr_assert(payment_fields.count > 0);
    fixture_open(&f);
    db_each_stmt(prepare, &f);
    fixture_close(&f);
}

Test(db, keeps_more_statements_than_its_cache_began_with)
{
    enum { MANY = 3000 };
    struct fixture f;
    struct stmt *all;

    fixture_open(&f);
    all = arena_alloc(f.a, MANY * sizeof *all);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            all[i] = (struct stmt)STMT("t_many", "", arena_printf(f.a, "SELECT %d", i));
            cr_assert_eq(db_scalar(f.db, -1, &all[i]), i, "round %d", round);
        }
    fixture_close(&f);
}

static const struct stmt *const one_stmt[] = { &count_closures };

static void count_stmt(const struct stmt *s UNUSED, const char *file, void *arg)
{
    *(int *)arg += streq(file, "t_more");
}

Test(db, registers_statements_of_any_number_of_files)
{
    enum { MANY = 500 };
    int n = 0;

    for (int i = 0; i < MANY; i++)
        db_register("t_more", one_stmt, COUNT(one_stmt));
    db_each_stmt(count_stmt, &n);
    cr_expect_eq(n, MANY);
}

static enum err half_then_fail(struct db *db, void *arg UNUSED)
{
    enum err e = db_exec(db, NULL, &add_closure, (int64_t)1);

    return e != OK ? e : E_FORBIDDEN;
}

static enum err twice(struct db *db, void *arg UNUSED)
{
    enum err e = db_exec(db, NULL, &add_closure, (int64_t)7);

    return e != OK ? e : db_exec(db, NULL, &add_closure, (int64_t)7);
}

static void hook(void *arg)
{
    ++*(int *)arg;
}

static enum err with_hook(struct db *db, void *arg)
{
    db_after_commit(db, hook, arg);
    return db_exec(db, NULL, &add_closure, (int64_t)9);
}

static enum err with_hook_then_fail(struct db *db, void *arg)
{
    db_after_commit(db, hook, arg);
    return E_INVALID;
}

/* A write whose first statement fails as the disk is full, and which goes on without looking. */
static enum err full_then_more(struct db *db, void *arg)
{
    enum err *first = arg;

    *first = db_exec(db, NULL, &too_big);
    return db_exec(db, NULL, &add_closure, (int64_t)11);
}

Test(db, runs_nothing_in_a_write_after_an_error)
{
    struct fixture f;
    enum err first = OK;
    int64_t before;

    fixture_open(&f);
    before = db_scalar(f.db, -1, &count_closures);
    cr_assert_eq(db_exec(f.db, NULL, &no_room), OK);
    cr_expect_neq(db_write(f.db, full_then_more, &first), OK);
    cr_expect_eq(first, E_FULL);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), before);
    cr_expect_eq(db_exec(f.db, NULL, &room), OK);
    cr_expect_eq(db_write(f.db, full_then_more, &first), OK, "the next one starts anew");
    fixture_close(&f);
}

static enum err add_one(struct db *db, void *arg UNUSED)
{
    return db_exec(db, NULL, &bump);
}

Test(db, a_full_disk_is_told_from_a_busy_database_and_does_no_harm)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_eq(db_write(f.db, add_one, NULL), OK);
    fixture_disk_full(true);
    cr_expect_eq(db_write(f.db, add_one, NULL), E_FULL);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1);
    fixture_disk_full(false);
    cr_expect_eq(db_write(f.db, add_one, NULL), OK);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 2);
    fixture_close(&f);
}

Test(db, keeps_all_of_a_write_or_nothing_of_it)
{
    struct fixture f;
    int hooks = 0;

    fixture_open(&f);
    cr_expect_eq(db_write(f.db, half_then_fail, NULL), E_FORBIDDEN);
    cr_expect_eq(db_write(f.db, twice, NULL), E_CONFLICT);
    cr_expect_eq(db_write(f.db, with_hook_then_fail, &hooks), E_INVALID);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 0);
    cr_expect_eq(hooks, 0, "nothing runs after a rollback");
    cr_expect_eq(db_write(f.db, with_hook, &hooks), OK);
    cr_expect_eq(hooks, 1);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1);
    fixture_close(&f);
}

static const struct stmt insert_closure = STMT("t_insert", "i",
    "INSERT INTO closures (day, reason) VALUES ($1, 'x') RETURNING day");
static const struct stmt insert_none = STMT("t_insert_none", "i",
    "INSERT INTO closures (day, reason) SELECT $1, 'x' WHERE 0 RETURNING day");

Test(db, gives_the_id_of_a_new_row_and_none_with_an_error)
{
    struct fixture f;
    int64_t id = -1;

    fixture_open(&f);
    cr_expect_eq(db_insert(f.db, &id, &insert_closure, (int64_t)41), OK);
    cr_expect_eq(id, 41);
    cr_expect_eq(db_insert(f.db, &id, &insert_closure, (int64_t)41), E_CONFLICT);
    cr_expect_eq(id, 0);
    cr_expect_eq(db_insert(f.db, &id, &insert_none, (int64_t)42), E_NOT_FOUND);
    cr_expect_eq(id, 0);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1);
    fixture_close(&f);
}

/* A write that the store cannot order among others until its run number `good`, so that it asks for
 * another run. */
struct unlucky { int runs, good, hooks; };

static enum err unlucky_tx(struct db *db, void *arg)
{
    struct unlucky *x = arg;
    enum err e;

    db_after_commit(db, hook, &x->hooks);
    e = db_exec(db, NULL, &add_closure, (int64_t)++x->runs);
    if (x->runs < x->good) {
        db_write_again(db);
        cr_expect_eq(db_exec(db, NULL, &add_closure, (int64_t)100), E_BUSY, "the rest of the run does nothing");
    }
    return e;
}

Test(db, runs_a_write_again_when_the_store_asks_for_it_but_not_for_ever)
{
    struct fixture f;
    struct unlucky third = { .good = 3 }, never = { .good = 1000 };

    unsetenv("PAQUETERIA_WRITE_TWICE");
    fixture_open(&f);
    cr_expect_eq(db_write(f.db, unlucky_tx, &third), OK);
    cr_expect_eq(third.runs, 3);
    cr_expect_eq(third.hooks, 1, "what was registered by the runs before is dropped");
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1);
    cr_expect_eq(db_write(f.db, unlucky_tx, &never), E_BUSY);
    cr_expect_eq(never.runs, WRITE_TRIES);
    cr_expect_eq(never.hooks, 0);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1);
    fixture_close(&f);
}

Test(db, runs_every_write_twice_when_the_tests_ask_for_it)
{
    struct fixture f;
    struct unlucky x = { 0 };

    setenv("PAQUETERIA_WRITE_TWICE", "1", 1);
    fixture_open(&f);
    cr_expect_eq(db_write(f.db, unlucky_tx, &x), OK);
    cr_expect_eq(x.runs, 2);
    cr_expect_eq(x.hooks, 1);
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 1, "the first run was rolled back");
    fixture_close(&f);
}

Test(db, a_lazy_handle_keeps_all_or_nothing_as_well_and_runs_its_hooks)
{
    struct fixture f;
    struct db *other;
    const char *why = "";
    int hooks = 0;

    fixture_open(&f);
    other = db_open(f.conf, true, &why);
    cr_assert_not_null(other, "%s", why);
    db_lazy(f.db, true);
    cr_expect_eq(db_write(f.db, with_hook_then_fail, &hooks), E_INVALID);
    cr_expect_eq(db_write(f.db, with_hook, &hooks), OK);
    db_lazy(f.db, false);
    cr_expect_eq(hooks, 1);
    cr_expect_eq(db_scalar(other, -1, &count_closures), 1, "another handle sees it at once");
    db_close(other);
    fixture_close(&f);
}

static enum err bump_one(struct db *db, void *arg UNUSED)
{
    return db_exec(db, NULL, &bump);
}

static enum err count_read(struct db *db, void *arg)
{
    int64_t *n = arg;

    *n = db_scalar(db, -1, &count_closures);
    return *n < 0 ? E_INTERNAL : OK;
}

Test(db, reads_of_a_snapshot_see_one_state_until_its_own_write)
{
    struct fixture f;
    struct db *mine;
    const char *why = "";
    int64_t n = -1;

    fixture_open(&f);
    mine = db_open(f.conf, true, &why);
    cr_assert_not_null(mine, "%s", why);
    db_read_end(mine);           /* no snapshot is open: does nothing */
    cr_assert_eq(db_read_begin(mine), OK);
    cr_expect_eq(db_scalar(mine, -1, &count_closures), 0);
    cr_assert_eq(db_write(f.db, bump_one, NULL), OK);
    cr_expect_eq(db_read(mine, count_read, &n), OK);
    cr_expect_eq(n, 0, "a read inside joins it");
    cr_assert_eq(db_write(mine, bump_one, NULL), OK, "a write is not refused for its age");
    cr_expect_eq(db_read(mine, count_read, &n), OK);
    cr_expect_eq(n, 2);
    cr_assert_eq(db_write(f.db, bump_one, NULL), OK);
    cr_expect_eq(db_scalar(mine, -1, &count_closures), 2, "and stands again after the write");
    db_read_end(mine);
    cr_expect_eq(db_scalar(mine, -1, &count_closures), 3);
    db_close(mine);
    fixture_close(&f);
}

Test(db, lets_four_processes_write_without_losing_one)
{
    struct fixture f;
    const char *why;
    int status;

    fixture_open(&f);
    for (int p = 0; p < 4; p++)
        if (fork() == 0) {
            struct db *own = db_open(f.conf, true, &why);
            int failed = own == NULL;

            for (int i = 0; i < 50 && !failed; i++)
                failed = db_write(own, bump_one, NULL) != OK;
            _exit(failed);
        }
    for (int p = 0; p < 4; p++) {
        wait(&status);
        cr_expect_eq(status, 0);
    }
    cr_expect_eq(db_scalar(f.db, -1, &count_closures), 200);
    fixture_close(&f);
}

struct watching { const char *lock; bool held; };

static enum err watch_lock(struct db *db, void *arg)
{
    struct watching *w = arg;
    int other = open(w->lock, O_RDWR);

    w->held = other >= 0 && flock(other, LOCK_EX | LOCK_NB) != 0;
    if (other >= 0)
        close(other);
    return db_exec(db, NULL, &bump);
}

Test(db, makes_the_writers_lock_anew_when_somebody_removed_its_file)
{
    struct fixture f;
    struct watching w;

    fixture_open(&f);
    w = (struct watching){ .lock = arena_printf(f.a, "%s.lock", f.conf->database) };
    cr_assert_eq(db_write(f.db, watch_lock, &w), OK);
    cr_expect(w.held);
    cr_assert_eq(unlink(w.lock), 0);
    cr_assert_eq(db_write(f.db, watch_lock, &w), OK);
    cr_expect(w.held, "others wait for the new file");
    fixture_close(&f);
}

Test(db, refuses_a_migration_that_was_edited_after_it_ran)
{
    struct fixture f;
    int applied;
    const char *why = "";
    static const struct stmt forge = STMT("t_forge", "",
        "UPDATE schema_migrations SET sha256 = 'other' WHERE number = 1");

    fixture_open(&f);
    cr_expect_eq(db_migrate(f.conf, &applied, &why), OK);
    cr_expect_eq(applied, 0, "a second run does nothing");
    cr_expect_eq(db_exec(f.db, NULL, &forge), OK);
    cr_expect_neq(db_migrate(f.conf, &applied, &why), OK);
    fixture_close(&f);
}

/* Makes a database as it was before that migration, in a folder of its own. */
static void migrate_before(struct fixture *f, const char *name)
{
    const char *all = f->conf->migrations_dir, *why = "";
    const char *command = arena_printf(f->a, "rm '%s'/p.db* && mkdir '%s/old' && cp '%s'/*.sql '%s/old' && cd '%s/old'"
        " && for m in *; do [ \"$m\" \\< %s ] || rm \"$m\"; done", f->dir, f->dir, all, f->dir, f->dir, name);
    struct conf *old = arena_memdup(f->a, f->conf, sizeof *old);
    int applied;

    db_close(f->db);
    cr_assert_eq(system(command), 0, "%s", command);
    old->migrations_dir = arena_printf(f->a, "%s/old", f->dir);
    cr_assert_eq(db_migrate(old, &applied, &why), OK, "%s", why);
    f->c.db = f->db = db_open(f->conf, false, &why);
    cr_assert_not_null(f->db, "%s", why);
}

Test(db, a_migration_gives_a_message_new_words_but_never_instead_of_those_of_the_shop)
{
    static const struct stmt own = STMT("t_own_words", "",
        "INSERT INTO notification_templates (event, channel, version, body, class, created_at)"
        " VALUES ('package_received', 'sms', 2, 'Lo nuestro: {entrega}', 'informativa', 1)");
    struct fixture f;
    struct message_template t;
    const char *why = "";
    int applied;

    for (int changed = 0; changed <= 1; changed++) {
        fixture_open(&f);
        migrate_before(&f, "0014");
        cr_assert(!changed || db_exec(f.db, NULL, &own) == OK);
        cr_assert_eq(db_migrate(f.conf, &applied, &why), OK, "%s", why);
        cr_assert_gt(applied, 0);
        cr_assert_eq(message_template_get(&f.c, "package_received", "sms", &t), OK);
        cr_expect_eq(t.version, changed ? 2 : 3);
        cr_expect_eq(streq(t.body, "Lo nuestro: {entrega}"), changed, "%s", t.body);
        fixture_close(&f);
    }
}

/* Before hand-overs had an identity, packages that one person paid, signed or gave away together to one
 * customer in one second are one hand-over. */
Test(db, a_migration_gives_every_old_hand_over_its_identity)
{
    static const struct stmt fill[] = {
        STMT("t_old_clerk", "", "INSERT INTO users (id, username, email, full_name, role, password_hash, created_at)"
            " VALUES (1, 'oper', 'oper@example.com', 'Oper', 'OPERADOR', 'x', 0)"),
        STMT("t_old_people", "", "INSERT INTO customers (id, full_name, phone, search_key, created_at) VALUES"
            " (71, 'Ana', '+573005550171', 'ana', 1), (72, 'Luz', '+573005550172', 'luz', 1)"),
        STMT("t_old_packages", "", "INSERT INTO packages (id, tracking_code, public_token, guide_number, guide_key, state,"
            " type, customer_id, announced_at, received_at, delivered_at, delivered_by, total_fee)"
            " SELECT value, 'C' || value, 'T' || value, 'G' || value, 'G' || value, 'ENTREGADO', 'NORMAL',"
            " iif(value = 77, 72, iif(value = 78, NULL, 71)), 1, 2, 3, 1, 1500"
            " FROM json_each('[70, 71, 72, 73, 74, 75, 76, 77, 78]')"),
        STMT("t_old_shelf", "", "UPDATE packages SET state = 'RECIBIDO', rate_id = 1, delivered_at = NULL,"
            " delivered_by = NULL WHERE id = 70"),
        STMT("t_old_later", "", "UPDATE packages SET delivered_at = 9 WHERE id IN (75, 76)"),
        STMT("t_old_payments", "", "INSERT INTO payments (package_id, operation_id, amount, method, taken_by, taken_at)"
            " VALUES (71, 'b-uno', 1500, 'efectivo', 1, 3), (72, 'b-uno', 1500, 'efectivo', 1, 3),"
            " (73, 'c-dos', 1500, 'efectivo', 1, 3)"),
    };
    static const struct stmt ids = STMT("t_old_ids", "",
        "SELECT group_concat(id || '=' || coalesce(operation_id, '-'), ' ') FROM (SELECT id, operation_id FROM packages"
        " ORDER BY id)");
    struct fixture f;
    struct rows q;
    const char *why = "";
    int applied;

    fixture_open(&f);
    migrate_before(&f, "0016");
    for (size_t i = 0; i < COUNT(fill); i++)
        cr_assert_eq(db_exec(f.db, NULL, &fill[i]), OK, "%zu", i);
    cr_assert_eq(db_migrate(f.conf, &applied, &why), OK, "%s", why);
    cr_assert_eq(db_one(f.db, &q, &ids), OK);
    cr_expect_str_eq(db_text(&q, 0), "70=- 71=b-uno 72=b-uno 73=c-dos 74=b-uno 75=entrega-9-1-71 76=entrega-9-1-71"
                     " 77=entrega-3-1-72 78=entrega-3-1-p78");
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

/* Messages to who claims a package were linked to none. */
Test(db, a_migration_puts_what_a_claimant_was_told_beside_what_the_customer_was)
{
    static const struct stmt fill[] = {
        STMT("t_told_person", "", "INSERT INTO customers (id, full_name, phone, search_key, created_at)"
            " VALUES (71, 'Ana Ríos', '+573005550171', 'ana rios', 1)"),
        STMT("t_told_package", "", "INSERT INTO packages (id, tracking_code, public_token, guide_number, guide_key, state,"
            " customer_id, announced_at) VALUES (1, 'C1', 'T1', 'G1', 'G1', 'ANUNCIADO', 71, 1)"),
        STMT("t_told_claim", "", "INSERT INTO claims (id, package_id, name, phone, at) VALUES (5, 1, 'Pedro Gil',"
            " '+573005550172', 1)"),
        STMT("t_told_messages", "", "INSERT INTO notifications (id, customer_id, event, channel, recipient, template_id,"
            " variables, class, state, created_at, not_before, dedupe_key) SELECT value, iif(value = 3, NULL, 71),"
            " 'package_disputed', 'sms', '+57300555017' || value, 1, iif(value = 3, '{\"claim_id\":5}', '{}'),"
            " 'informativa', 'sent', 1, 1, 'k' || value FROM json_each('[2, 3]')"),
        STMT("t_told_link", "", "INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence)"
            " VALUES (2, 1, 'package_disputed', 'sms', 9)"),
    };
    static const struct stmt links = STMT("t_told_links", "", "SELECT group_concat(notification_id || '>' || package_id || ' '"
        " || occurrence || ' ' || reader_id, ', ') FROM (SELECT * FROM notification_packages ORDER BY notification_id)");
    struct fixture f;
    struct rows q;
    const char *why = "";
    int applied;

    fixture_open(&f);
    migrate_before(&f, "0029");
    for (size_t i = 0; i < COUNT(fill); i++)
        cr_assert_eq(db_exec(f.db, NULL, &fill[i]), OK, "%zu", i);
    cr_assert_eq(db_migrate(f.conf, &applied, &why), OK, "%s", why);
    cr_assert_eq(db_one(f.db, &q, &links), OK);
    cr_expect_str_eq(db_text(&q, 0), "2>1 9 0, 3>1 -3 5");
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

/* Before a customer was a person, whoever announced first under a phone gave their name, and an e-mail that an
 * earlier owner of the number had confirmed, to all that came after. */
Test(db, a_migration_makes_a_person_of_each_name_that_was_announced_under_one_phone)
{
    static const struct stmt fill[] = {
        STMT("t_flat_people", "", "INSERT INTO customers (id, full_name, phone, search_key, email, email_confirmed_at,"
            " created_at) VALUES (71, 'Ana María Ríos', '+573005550171', 'ana maria rios', 'ana@example.com', 5, 1),"
            " (72, 'Luz Gil', '+573005550172', 'luz gil', 'nadie@example.com', NULL, 1)"),
        STMT("t_flat_packages", "", "INSERT INTO packages (id, tracking_code, public_token, guide_number, guide_key, state,"
            " customer_id, announced_name, announced_phone, announced_at) VALUES"
            " (1, 'C1', 'T1', 'G1', 'G1', 'ANUNCIADO', 71, 'Ríos Ana', '+573005550171', 1),"
            " (2, 'C2', 'T2', 'G2', 'G2', 'ANUNCIADO', 71, 'Pedro Núñez', '+573005550171', 1),"
            " (3, 'C3', 'T3', 'G3', 'G3', 'ANUNCIADO', 71, 'PEDRO NUÑEZ', '+573005550171', 1),"
            " (4, 'C4', 'T4', 'G4', 'G4', 'ANUNCIADO', 71, 'José del Río', '+573005550171', 1),"
            " (5, 'C5', 'T5', 'G5', 'G5', 'ANUNCIADO', 72, 'Luz Gil', '+573005550172', 1),"
            " (6, 'C6', 'T6', 'G6', 'G6', 'ANUNCIADO', 71, NULL, NULL, 1)"),
        STMT("t_flat_consents", "", "INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id,"
            " customer_id) VALUES ('1', 'x', 'web', 1, '', 2, 71), ('1', 'x', 'web', 1, '', 1, 71)"),
        STMT("t_flat_letters", "", "INSERT INTO notifications (id, customer_id, event, channel, recipient, template_id,"
            " variables, class, state, created_at, not_before, dedupe_key) SELECT value, 71, 'package_announced',"
            " iif(value = 2, 'email', 'sms'), iif(value = 2, 'ana@example.com', '+573005550171'), 1, '{}', 'informativa',"
            " 'queued', 1, 1, 'k' || value FROM json_each('[1, 2, 3]')"),
        STMT("t_flat_told", "", "INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence)"
            " VALUES (1, 2, 'package_announced', 'sms', 1), (2, 2, 'package_announced', 'email', 1),"
            " (3, 1, 'package_announced', 'sms', 1)"),
    };
    static const struct { const char *what; struct stmt s; const char *is; } want[] = {
        { "people", STMT("t_flat_who", "", "SELECT group_concat(p.id || '=' || c.full_name, ' ') FROM (SELECT * FROM packages"
            " ORDER BY id) p JOIN customers c ON c.id = p.customer_id"),
          "1=Ana María Ríos 2=Pedro Núñez 3=Pedro Núñez 4=José del Río 5=Luz Gil 6=Ana María Ríos" },
        { "e-mails", STMT("t_flat_emails", "", "SELECT group_concat(full_name || '=' || coalesce(email, '-'), ' ') FROM"
            " (SELECT * FROM customers ORDER BY id)"),
          "Ana María Ríos=- Luz Gil=- José del Río=- Pedro Núñez=-" },
        { "announced e-mails", STMT("t_flat_told_to", "", "SELECT group_concat(id || '=' || announced_email) FROM packages"
            " WHERE announced_email IS NOT NULL"), "1=ana@example.com,5=nadie@example.com,6=ana@example.com" },
        { "consents", STMT("t_flat_agreed", "", "SELECT group_concat(package_id || '=' || c.full_name, ' ')"
            " FROM (SELECT * FROM consents ORDER BY package_id) n JOIN customers c ON c.id = n.customer_id"),
          "1=Ana María Ríos 2=Pedro Núñez" },
        { "letters", STMT("t_flat_waits", "", "SELECT group_concat(n.id || '=' || c.full_name || ' ' || n.state, ', ') FROM"
            " (SELECT * FROM notifications ORDER BY id) n JOIN customers c ON c.id = n.customer_id"),
          "1=Pedro Núñez queued, 2=Ana María Ríos cancelled, 3=Ana María Ríos queued" },
    };
    struct fixture f;
    struct packages found;
    struct rows q;
    const char *why = "";
    int applied;

    fixture_open(&f);
    migrate_before(&f, "0018");
    for (size_t i = 0; i < COUNT(fill); i++)
        cr_assert_eq(db_exec(f.db, NULL, &fill[i]), OK, "%zu", i);
    cr_assert_eq(db_migrate(f.conf, &applied, &why), OK, "%s", why);
    for (size_t i = 0; i < COUNT(want); i++) {
        cr_assert_eq(db_one(f.db, &q, &want[i].s), OK, "%s", want[i].what);
        cr_expect_str_eq(db_text(&q, 0), want[i].is, "%s: %s", want[i].what, db_text(&q, 0));
        cr_assert_eq(db_end(&q), OK);
    }
    cr_assert_eq(package_find(&f.c, "nunez", 9, &found), OK);
    cr_expect_eq(found.n, 2, "names are found under their new people");
    fixture_close(&f);
}

/* Until 0021 a customer's e-mail was theirs by a mask on the phone's page, and before 0013 without a question. */
Test(db, a_migration_asks_again_for_emails_that_nobody_proved_and_keeps_those_of_clerks_and_of_links)
{
    static const struct stmt fill[] = {
        STMT("t_mask_history", "", "UPDATE schema_migrations SET applied_at = CASE WHEN name LIKE '%proven_email.sql'"
            " THEN 100 WHEN name LIKE '%people.sql' THEN 200 ELSE applied_at END"),
        STMT("t_mask_clerk", "", "INSERT INTO users (id, username, email, full_name, role, password_hash, created_at)"
            " VALUES (1, 'oper', 'oper@example.com', 'Oper', 'OPERADOR', 'x', 0)"),
        STMT("t_mask_people", "", "INSERT INTO customers (id, full_name, search_key, email, email_confirmed_at, created_at)"
            " VALUES (1, 'Sin Pregunta', 'a', 'a@example.com', 50, 50), (2, 'Con Mascara', 'b', 'b@example.com', 150, 50),"
            " (3, 'De Empleado', 'c', 'c@example.com', 160, 160), (4, 'Con Enlace', 'd', 'd@example.com', 150, 50),"
            " (5, 'Con Celular', 'e', 'e@example.com', 250, 50), (6, 'Sin Correo', 'f', NULL, NULL, 50)"),
        STMT("t_mask_packages", "", "INSERT INTO packages (id, tracking_code, public_token, guide_number, guide_key, state,"
            " customer_id, announced_name, announced_at, announced_email, email_proof, cancelled_at, cancel_reason)"
            " VALUES"
            " (1, 'C1', 'T1', 'G1', 'G1', 'ANUNCIADO', 1, 'A', 1, NULL, NULL, NULL, NULL),"
            " (2, 'C2', 'T2', 'G2', 'G2', 'CANCELADO', 1, 'A', 1, NULL, NULL, 2, 'otro'),"
            " (3, 'C3', 'T3', 'G3', 'G3', 'ANUNCIADO', 2, 'B', 1, 'otro@example.com', NULL, NULL, NULL),"
            " (4, 'C4', 'T4', 'G4', 'G4', 'ANUNCIADO', 3, 'C', 160, NULL, NULL, NULL, NULL),"
            " (5, 'C5', 'T5', 'G5', 'G5', 'ANUNCIADO', 4, 'D', 210, 'd@example.com', 'enlace', NULL, NULL)"),
        STMT("t_mask_events", "", "INSERT INTO package_events (package_id, kind, at, actor, user_id, state_after, details, hash)"
            " VALUES (4, 'ANUNCIO', 160, 'user', 1, 'ANUNCIADO', '{}', x'00'),"
            " (3, 'ANUNCIO', 150, 'customer', NULL, 'ANUNCIADO', '{}', x'00'),"
            " (1, 'ANUNCIO', 50, 'user', 1, 'ANUNCIADO', '{}', x'00')"),
    };
    static const struct stmt people = STMT("t_mask_kept", "",
        "SELECT group_concat(id || '=' || coalesce(email, '-') || coalesce(email_confirmed_at, ''), ' ') FROM"
        " (SELECT * FROM customers ORDER BY id)");
    static const struct stmt announced = STMT("t_mask_announced", "",
        "SELECT group_concat(id || '=' || coalesce(announced_email, '-') || coalesce(email_proof, ''), ' ') FROM"
        " (SELECT * FROM packages ORDER BY id)");
    struct fixture f;
    struct rows q;
    const char *why = "";
    int applied;

    fixture_open(&f);
    migrate_before(&f, "0028");
    for (size_t i = 0; i < COUNT(fill); i++)
        cr_assert_eq(db_exec(f.db, NULL, &fill[i]), OK, "%zu", i);
    cr_assert_eq(db_migrate(f.conf, &applied, &why), OK, "%s", why);
    cr_assert_eq(db_one(f.db, &q, &people), OK);
    cr_expect_str_eq(db_text(&q, 0), "1=- 2=- 3=c@example.com160 4=d@example.com150 5=e@example.com250 6=-");
    cr_assert_eq(db_end(&q), OK);
    cr_assert_eq(db_one(f.db, &q, &announced), OK);
    cr_expect_str_eq(db_text(&q, 0), "1=a@example.com 2=- 3=otro@example.com 4=- 5=d@example.comenlace");
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}
