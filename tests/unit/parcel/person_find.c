/* People: found by words of the name, by home and by the end of a phone; a stranger's words are nobody; the index follows
 * each change of a person and of a parcel. */
#include <criterion/criterion.h>

#include "domain/custody/undo.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/person_find.h"
#include "domain/people/customer.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt forget = STMT("t_forget_person", "i",
    "UPDATE customers SET full_name = 'Sin nombre', search_key = '', phone = NULL, building = NULL, tower = NULL,"
    " apartment = NULL, is_active = 0 WHERE id = $1");
static const struct stmt home_of = STMT("t_home_of", "isss",
    "UPDATE customers SET building = $2, tower = $3, apartment = $4 WHERE id = $1");
static const struct stmt person_of = STMT("t_person_of", "s", "SELECT id FROM customers WHERE full_name = $1");
static const struct stmt sound = STMT("t_person_sound", "",
    "INSERT INTO person_words (person_words) VALUES ('integrity-check')");

static int64_t id_of(struct fixture *f, const char *name)
{
    return db_scalar(f->db, 0, &person_of, name);
}

/* A person whom a clerk writes down: the owner of a parcel that nobody announced, which the parcel's number names. */
static void met(struct fixture *f, const char *name, const char *phone, const char *guide)
{
    parcel_received(f, .guide = guide, .name = name, .phone = phone);
}

static void lives(struct fixture *f, const char *name, const char *building, const char *tower, const char *apartment)
{
    cr_assert_eq(db_exec(f->db, NULL, &home_of, id_of(f, name), building, tower, apartment), OK);
}

/* The names found, in order, with the parcels that wait: "Ana Ríos 1, Beto Paz 0". */
static const char *found(struct fixture *f, const char *q, enum person_scope scope)
{
    struct people out;
    const char *list = "";

    cr_assert_eq(person_find(&f->c, q, scope, 8, &out), OK, "«%s»: %s", q, fixture_fault(f));
    for (size_t i = 0; i < out.n; i++)
        list = arena_printf(f->a, "%s%s%s %lld", list, i ? ", " : "", out.v[i].full_name, (long long)out.v[i].waiting);
    return list;
}

static void take_back(struct fixture *f, const char *guide)
{
    struct package p;

    cr_assert_eq(package_by_guide(&f->c, guide, &p), OK);
    cr_assert_eq(package_undo_event(&f->c, p.id, 0, &p), OK, "%s", fixture_fault(f));
}

Test(person_find, by_name_without_marks_by_home_and_by_the_last_four_of_the_phone)
{
    static const struct { const char *q, *names; } rows[] = {
        { "nuñ", "María Núñez Peña 1" }, { "NUNEZ mar", "María Núñez Peña 1" }, { "0011", "María Núñez Peña 1" },
        { "300 555 0011", "María Núñez Peña 1" }, { "+573005550011", "María Núñez Peña 1" }, { "301", "María Núñez Peña 1" },
        { "torre 2 apto 301", "María Núñez Peña 1" }, { "t2 301", "María Núñez Peña 1" }, { "2-301", "María Núñez Peña 1" },
        { "Torre 2", "Óscar Güiza 1, María Núñez Peña 1" }, { "robles 2", "Óscar Güiza 1, María Núñez Peña 1" },
        { "apto302", "Óscar Güiza 1" }, { "ap. 302", "Óscar Güiza 1" }, { "oscar 302", "Óscar Güiza 1" },
        { "30", "" }, { "011", "" }, { "oscar 301", "" }, { "m", "" }, { "", "" }, { " - ", "" }, { "\xff", "" },
        { "\"maria", "María Núñez Peña 1" }, { "maria OR oscar", "" }, { "NEAR(", "" },
    };
    struct fixture f;

    fixture_open(&f);
    met(&f, "María Núñez Peña", "3005550011", "GUIA-1");
    met(&f, "Óscar Güiza", "3005550012", "GUIA-2");
    lives(&f, "María Núñez Peña", "Los Robles", "2", "301");
    lives(&f, "Óscar Güiza", "Los Robles", "Torre 2", "Apto 302");
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_str_eq(found(&f, rows[i].q, PERSON_KNOWN), rows[i].names, "«%s» finds «%s»", rows[i].q,
                         found(&f, rows[i].q, PERSON_KNOWN));
    fixture_close(&f);
}

Test(person_find, what_a_stranger_wrote_is_nobody_until_a_clerk_knows_the_person)
{
    struct fixture f;
    struct person p;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    parcel_announced(&f, .name = "Ana Ríos", .phone = "3005550021", .guides = "GUIA-1");
    f.c.actor = ACTOR_USER;
    cr_expect_str_eq(found(&f, "ana", PERSON_ANY), "", "only announced");
    cr_expect_eq(person_known(&f.c, id_of(&f, "Ana Ríos"), &p), E_NOT_FOUND);
    parcel_received(&f, .guide = "GUIA-1");
    cr_expect_str_eq(found(&f, "ana", PERSON_KNOWN), "", "its parcel came, and nobody has met her");
    cr_expect_str_eq(found(&f, "0021", PERSON_COLLECTS), "Ana Ríos 1");
    cr_expect_str_eq(found(&f, "ana", PERSON_ANY), "Ana Ríos 1");
    cr_assert_eq(customer_met_tx(&f.c, id_of(&f, "Ana Ríos"), NULL), OK);
    cr_expect_str_eq(found(&f, "ana", PERSON_KNOWN), "Ana Ríos 1");
    cr_assert_eq(person_known(&f.c, id_of(&f, "Ana Ríos"), &p), OK);
    cr_expect_eq(p.waiting, 1);
    fixture_close(&f);
}

Test(person_find, who_has_a_parcel_here_comes_first_and_the_index_follows)
{
    struct fixture f;

    fixture_open(&f);
    met(&f, "Ana Ríos", "3005550031", "GUIA-1");
    met(&f, "Ana Paz", "3005550032", "GUIA-2");
    cr_expect_str_eq(found(&f, "ana", PERSON_KNOWN), "Ana Paz 1, Ana Ríos 1");
    take_back(&f, "GUIA-2");
    cr_expect_str_eq(found(&f, "ana", PERSON_KNOWN), "Ana Ríos 1, Ana Paz 0");
    cr_expect_str_eq(found(&f, "ana", PERSON_COLLECTS), "Ana Ríos 1");
    met(&f, "Ana Paz", "3005550032", "GUIA-3");
    cr_expect_str_eq(found(&f, "0032", PERSON_COLLECTS), "Ana Paz 1");
    cr_assert_eq(customer_rename_tx(&f.c, id_of(&f, "Ana Paz"), "Eva Paz"), OK);
    cr_expect_str_eq(found(&f, "ana", PERSON_KNOWN), "Ana Ríos 1");
    cr_expect_str_eq(found(&f, "eva", PERSON_ANY), "Eva Paz 1");
    cr_assert_eq(db_exec(f.db, NULL, &forget, id_of(&f, "Eva Paz")), OK);
    cr_expect_str_eq(found(&f, "eva", PERSON_ANY), "");
    cr_expect_str_eq(found(&f, "0032", PERSON_ANY), "");
    cr_assert_eq(db_exec(f.db, NULL, &sound), OK);
    fixture_close(&f);
}
