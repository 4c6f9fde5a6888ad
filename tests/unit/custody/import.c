/* Imports: what a row says, whom it means, and that each is written once however often the job begins. */
#include <criterion/criterion.h>

#include "domain/custody/customer_change.h"
#include "domain/custody/erase.h"
#include "domain/custody/import_row.h"
#include "domain/parcel/customer_list.h"
#include "domain/people/customer_column.h"
#include "tests/unit/fixture.h"

static const struct stmt count_of = STMT("t_import_count", "s", "SELECT count(*) FROM customers WHERE full_name LIKE $1");
static const struct stmt known = STMT("t_import_known", "", "SELECT count(*) FROM customers WHERE known_at IS NOT NULL");
static const struct stmt rows_left = STMT("t_import_rows", "", "SELECT count(*) FROM customer_import_rows");
static const struct stmt set_writing = STMT("t_import_writing", "i", "UPDATE customer_imports SET state = 'writing' WHERE id = $1");
static const struct stmt grown = STMT("t_import_old", "i", "UPDATE customer_imports SET at = at - $1");

#define COLUMNS "npwa"

struct trial { struct fixture f; struct import im; struct import_line v[4]; size_t n; int limit, done; };

static void trial_open(struct trial *t)
{
    *t = (struct trial){ .limit = 100 };
    fixture_open(&t->f);
    t->f.c.role = ROLE_ADMIN;
    cr_assert_eq(import_begin(&t->f.c, "/nowhere", "lista.csv", 10, &t->im), OK, "%s", fixture_fault(&t->f));
    t->im.columns = COLUMNS;
}

static void line_add(struct trial *t, const char *cells)
{
    char *text = arena_strdup(t->f.a, cells);

    for (char *p = text; *p != '\0'; p++)
        *p = *p == ';' ? CELL_BREAK : *p;
    t->v[t->n] = (struct import_line){ .line = (int64_t)t->n + 2, .cells = text };
    t->n++;
}

static enum err look(struct db *db, void *arg)
{
    struct trial *t = arg;
    enum err e = import_look_tx(&t->f.c, &t->im, t->v, t->n);

    (void)db;
    return e != OK ? e : import_read_tx(&t->f.c, t->im.id, NULL);
}

static enum err write_some(struct db *db UNUSED, void *arg)
{
    struct trial *t = arg;

    return import_write_tx(&t->f.c, &t->im, t->limit, &t->done);
}

static enum err begin_writing(struct db *db, void *arg)
{
    return db_exec(db, NULL, &set_writing, ((struct trial *)arg)->im.id);
}

static struct import_rows looked(struct trial *t)
{
    struct import_rows all;
    int64_t next;

    cr_assert_eq(db_write(t->f.db, look, t), OK, "%s", fixture_fault(&t->f));
    cr_assert_eq(import_rows(&t->f.c, &(struct import_filter){ .id = t->im.id }, &all, &next), OK);
    return all;
}

Test(import, titles_are_known_as_people_write_them)
{
    static const struct { const char *titles[4]; const char *letters; } cases[] = {
        { { "Nombre completo", "Teléfono 1", "Teléfono 2", "N° Cédula" }, "npoc" },
        { { "NOMBRES", "Apellidos", "CELULAR", "Cel." }, "nspo" },
        { { "Residente", "Móvil:", "Bloque", "Apto / Casa" }, "npwa" },
        { { "Nombre", "Nombre", "E-mail", "Color" }, "n-e-" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *letters = customer_columns_find(a, cases[i].titles, 4);

        cr_expect_str_eq(letters, cases[i].letters, "%zu: %s", i, letters);
        cr_expect(customer_columns_are_titles(letters));
    }
    cr_expect_not(customer_columns_are_titles(customer_columns_find(a, (const char *[]){ "Ana", "3005550001" }, 2)));
    arena_free(a);
}

Test(import, every_title_of_the_sheet_that_goes_out_is_known_or_is_only_for_reading)
{
    static const char *const reading[] = { "Número", "No quiere SMS", "No quiere correos", "Desde cuándo",
                                           "Desde cuándo lo conoce el punto", "Por recoger" };
    struct arena *a = arena_new();

    for (size_t i = 0; i < customer_sheet_fields.count; i++) {
        const char *title = customer_sheet_fields.rows[i].doc;
        const bool known_title = *customer_columns_find(a, &title, 1) != COLUMN_UNUSED;

        cr_expect_neq(known_title, text_is_one_of(title, reading, COUNT(reading)), "%s", title);
    }
    arena_free(a);
}

Test(import, a_row_says_what_it_would_do_and_nothing_is_written)
{
    struct trial t;
    struct import_rows all;
    struct customer who;

    trial_open(&t);
    cr_assert_eq(customer_add(&t.f.c, &(struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001", .tower = "1" }, &who), OK);
    line_add(&t, "Rosa Peña;3005550001;2;");
    line_add(&t, "Rosa Peñas;3005550001;;");
    line_add(&t, "Luis Gil;3005550002;;");
    line_add(&t, "Luis Gil;300;;");
    all = looked(&t);
    cr_assert_eq(all.n, 4);
    cr_expect_str_eq(all.v[0].fate, "error");
    cr_expect_str_eq(all.v[0].field, "Celular");
    cr_expect_str_eq(all.v[1].fate, "posible");
    cr_expect_str_eq(all.v[2].fate, "cambia");
    cr_expect_str_eq(all.v[2].words, "Torre: 1 → 2. ");
    cr_expect_eq(all.v[2].customer_id, who.id);
    cr_expect_str_eq(all.v[3].fate, "nuevo");
    cr_expect_eq(db_scalar(t.f.db, 0, &count_of, "Luis%"), 0);
    fixture_close(&t.f);
}

Test(import, each_row_is_written_once_however_often_it_begins_and_who_is_new_is_known)
{
    struct trial t;

    trial_open(&t);
    for (int i = 0; i < 3; i++)
        line_add(&t, arena_printf(t.f.a, "Persona Nueva %c%c;300555001%d;;", 'A' + i, 'b' + i, i));
    (void)looked(&t);
    cr_assert_eq(db_write(t.f.db, begin_writing, &t), OK);
    t.limit = 2;
    cr_assert_eq(db_write(t.f.db, write_some, &t), OK, "%s", fixture_fault(&t.f));
    cr_expect_eq(t.done, 2);
    cr_expect_eq(db_scalar(t.f.db, 0, &count_of, "Persona%"), 2);
    t.limit = 100;               /* the job was killed here, and begins anew */
    for (int i = 0; i < 2; i++)
        cr_assert_eq(db_write(t.f.db, write_some, &t), OK);
    cr_expect_eq(t.done, 0);
    cr_expect_eq(db_scalar(t.f.db, 0, &count_of, "Persona%"), 3);
    cr_expect_eq(db_scalar(t.f.db, 0, &known), 3);
    fixture_close(&t.f);
}

Test(import, who_is_erased_is_in_no_row_of_a_file_and_rows_go_after_two_days)
{
    struct trial t;
    struct customer who;
    int done;

    trial_open(&t);
    cr_assert_eq(customer_add(&t.f.c, &(struct customer_edit){ .name = "Rosa Peña", .phone = "300 555 0001" }, &who), OK);
    line_add(&t, "Rosa Peña;3005550001;2;");
    line_add(&t, "Rosa Peña;123;2;");
    line_add(&t, "Luis Gil;3005550002;;");
    (void)looked(&t);
    cr_assert_eq(customer_erase(&t.f.c, who.id), OK, "%s", fixture_fault(&t.f));
    cr_expect_eq(db_scalar(t.f.db, 0, &rows_left), 1);
    cr_assert_eq(import_forget(&t.f.c, 100, &done), OK);
    cr_expect_eq(done, 0);
    cr_assert_eq(db_exec(t.f.db, NULL, &grown, (int64_t)3 * 86400), OK);
    cr_assert_eq(import_forget(&t.f.c, 100, &done), OK);
    cr_expect_eq(db_scalar(t.f.db, 0, &rows_left), 0);
    cr_assert_eq(import_by_id(&t.f.c, t.im.id, &t.im), OK);
    cr_expect_str_eq(t.im.state, "cancelled");
    fixture_close(&t.f);
}
