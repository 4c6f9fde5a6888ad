/* Customer: who is found by a phone and a name, and what the public may change of them. */
#include <criterion/criterion.h>

#include "domain/ground/tx.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/pickup.h"
#include "domain/people/channel.h"
#include "domain/people/customer.h"
#include "domain/people/opt_out.h"
#include "local/name.h"
#include "local/normal.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt count = STMT("t_customers_count", "", "SELECT count(*) FROM customers");

struct ensuring { struct ctx *c; struct customer_in in; int64_t id; };

static enum err ensure_tx(struct db *db UNUSED, void *arg)
{
    struct ensuring *x = arg;

    return customer_ensure_tx(x->c, &x->in, &x->id);
}

static int64_t person(struct fixture *f, const char *name, const char *phone, const char *email)
{
    struct ensuring x = { &f->c, { .name = name, .phone = phone, .email = email, .no_phone = phone == NULL }, 0 };

    cr_assert_eq(customer_check(&f->c, &x.in), OK, "%s", fixture_fault(f));
    cr_assert_eq(db_write(f->db, ensure_tx, &x), OK);
    return x.id;
}

static struct customer read_person(struct fixture *f, int64_t id)
{
    struct customer who;

    cr_assert_eq(customer_by_id(&f->c, id, &who), OK);
    return who;
}

Test(name, is_known_by_who_types_it_and_not_by_who_types_many)
{
    struct arena *a = arena_new();

    cr_expect(name_is_whole(a, "Rosa Prueba", "Rosa"));
    cr_expect(name_is_whole(a, "María Gómez Ruiz", "María Gómez"));
    cr_expect_not(name_is_whole(a, "María", "María Gómez"));
    cr_expect_not(name_is_whole(a, "Juan Rosa Ana Luis Pedro", "Rosa"));
    cr_expect_not(name_is_whole(a, "Luis María Juan Ana Gómez Ruiz", "María Gómez"));
    cr_expect_not(names_same_typed(a, "Luis María Juan Ana Gómez Ruiz", "María Gómez"));
    cr_expect(names_same_typed(a, "María José Gómez Ruiz", "María Gómez"));
    cr_expect(names_same_typed(a, "María Gómez", "María Inés José Gómez Ruiz"));
    arena_free(a);
}

Test(name, of_another_letter_or_in_another_order_looks_like_one_that_is_known)
{
    struct arena *a = arena_new();
    static const struct { const char *a, *b; bool alike; } cases[] = {
        { "Rosa Prueba", "Rosaprueba", true }, { "Rosa Prueba", "Roza Prueva", true }, { "Rosa Prueba", "R0sa Pru3ba", true },
        { "Rosa Prueba", "Rosa\u200bPrueba", true }, { "Rosa Prueba", "\u0420\u043e\u0441\u0430 \u041f\u0440", true },
        { "Li Wu", "Wu Li", true }, { "R. P.", "Rosa Prueba", true }, { "Rosa Elena Prueba", "RP", true }, { "Prueba R", "Rosa Prueba", true }, { "P. R.", "Rosa Prueba", true }, { "Ro. Pru.", "Rosa Prueba", true },
        { "R. G.", "Rosa Prueba", false }, { "R. P. S.", "Rosa Prueba", false }, { "Jo Ng", "Jo N g", true }, { "Rosita Pruebas", "Rosa Prueba", true },
        { "Rosa Prueba", "Pedro Rival", false }, { "Ana Ríos", "Luz Gil", false }, { "Li Wu", "Jo Ng", false },
        { "Beto Cruz", "Norberto Gil", false }, { "María Gómez", "Carlos Pérez", false },
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(names_look_alike(a, cases[i].a, cases[i].b), cases[i].alike, "%s, %s", cases[i].a, cases[i].b);
    arena_free(a);
}

Test(customer, names_are_alike_when_they_share_a_word_of_three_letters)
{
    static const struct { const char *a, *b; bool alike; } cases[] = {
        { "Ana Ríos", "ana rios", true }, { "Ana María Ríos", "Ríos", true }, { "ANA", "Ana Pérez", true },
        { "Ana Ríos", "Luz Gil", false }, { "José del Valle", "Inés del Mar", false },
        { "Ñoño Peña", "Nono Pena", true }, { "Li Bo", "Li Wu", false }, { "Li Bo", "LI BO", true },
        { "García-Márquez", "Marquez", true }, { "O'Neil", "Neil", true }, { "Anabel", "Ana", false },
        { "Las Flores", "Las Palmas", false }, { "Sra Luz Rojas", "Sra Ana Peña", false },
        { "Ing. Carlos Mora", "Ing. Laura Díaz", false }, { "Inversiones Rosa SAS", "Muebles Luna SAS", false },
        { "Ana Apto 301", "Pedro Apto 302", false }, { "Ana Ríos apto 301", "Pedro Gil apto 301", false },
        { "María de los Ríos", "Juan de los Pinos", false }, { "Juan San Miguel", "Luz San Pedro", false },
        { "Señora Clara", "Señora Inés", false }, { "Doña Rosa", "Doña Ruth", false }, { "Dra. Mía Paz", "Dra. Sol Gil", false },
        { "Karl von Hof", "Max von Berg", false }, { "Apartamento 301 Luis", "Apartamento 502 Eva", false },
        { "Torre 3 Luis", "Torre 4 Eva", false }, { "Don Luis", "Don Eva", false }, { "Ana y 300", "Eva y 300", false },
        { "Familia Rojas", "Familia Paz", false }, { "Ana (casa)", "Eva (casa)", false }, { "Ana 301b", "Eva 301b", false },
        { "María Ruiz", "Maria Gómez", true }, { "Familia Rojas", "Sra. Rojas", true }, { "Torre 3", "TORRE 3", true },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(names_alike(a, cases[i].a, cases[i].b), cases[i].alike, "%s, %s", cases[i].a, cases[i].b);
    cr_expect_eq(names_shared(a, "Ana Ana Ríos", "Ana Ríos Gil"), 2);
    arena_free(a);
}

Test(customer, names_are_the_same_when_all_words_of_the_shorter_one_and_at_least_two_are_shared)
{
    static const struct { const char *a, *b; bool same, whole; } cases[] = {
        { "Ana Ríos", "RIOS ANA", true, true }, { "Ana Ríos", "Ana María Ríos Gil", true, false },
        { "Ana María Ríos Gil", "Ana Ríos", true, true }, { "María Ruiz", "Maria Gómez", false, false },
        { "Ana María Ríos", "Ana María Gil", false, false }, { "Rebeca", "Rebeca Sol Duarte", false, false },
        { "xx Rebeca", "Rebeca Sol Duarte", false, false }, { "Rebeca Sol", "Rebeca", false, true },
        { "Rebeca", "REBECA", true, true }, { "Li Bo", "LI BO", true, false }, { "Sra. Ana 301", "Don Ana 301", false, true },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(names_same(a, cases[i].a, cases[i].b), cases[i].same, "%s, %s", cases[i].a, cases[i].b);
        cr_expect_eq(name_is_whole(a, cases[i].a, cases[i].b), cases[i].whole, "%s, %s", cases[i].a, cases[i].b);
    }
    arena_free(a);
}

/* Two given names are two people's: a phone that changed hands told its new owner's code to the old one's mailbox. */
Test(customer, names_are_beyond_doubt_with_the_same_two_words_or_with_three_that_they_share)
{
    static const struct { const char *a, *b; bool sure; } cases[] = {
        { "José Luis", "José Luis Gómez", false }, { "Ana Ríos", "RIOS, Ana", true }, { "Ana Ríos", "Sra. Ana Ríos", true },
        { "Dr. José Luis", "Ing. José Luis Rey", false }, { "Ana María Ríos", "Ana María Ríos Gil", true },
        { "Ana María Ríos", "Ana María Gil Ríos Paz", true }, { "Ana María Ríos Gil", "Ana María Ríos Paz", false },
        { "Rebeca", "REBECA", true }, { "Familia Rojas", "Sra. Rojas", false }, { "Rosa 301", "Rosa 302", false },
        { "Inversiones Salud Norte SAS", "Comercial Salud Norte Ltda", true }, { "Tienda Rosa SAS", "Almacén Rosa SAS", false },
        { "Comercial Salud Norte SAS", "Comercial Salud Norte Sur SAS", false },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(names_beyond_doubt(a, cases[i].a, cases[i].b), cases[i].sure, "%s, %s", cases[i].a, cases[i].b);
        cr_expect_eq(names_beyond_doubt(a, cases[i].b, cases[i].a), cases[i].sure, "%s, %s", cases[i].b, cases[i].a);
    }
    arena_free(a);
}

Test(customer, whose_two_given_names_somebody_else_has_gets_nothing_of_theirs_at_their_email)
{
    static const struct { const char *name; bool told; } rows[] = {
        { "José Luis Gómez", false }, { "JOSE LUIS", true }, { "Luis, José", true },
    };
    static const struct stmt confirmed = STMT("t_confirmed", "i", "UPDATE customers SET email_confirmed_at = 1 WHERE id = $1");
    struct fixture f;
    int64_t id;

    fixture_open(&f);
    id = person(&f, "José Luis", "300 555 0101", "viejo@example.com");
    cr_assert_eq(db_exec(f.db, NULL, &confirmed, id), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct package p = parcel_announced(&f, .name = rows[i].name, .phone = "300 555 0101",
                                                  .guides = arena_printf(f.a, "GUIA000%zu", i));

        cr_assert_eq(p.customer_id, id, "%s", rows[i].name);
        cr_expect(rows[i].told ? text_is(package_email(&f.c, &p), "viejo@example.com") : package_email(&f.c, &p) == NULL,
                  "%s", rows[i].name);
        cr_expect_eq(package_email_may_know(&f.c, &p, "viejo@example.com"), rows[i].told, "%s", rows[i].name);
    }
    id = person(&f, "Luz Marina", "300 555 0102", NULL);
    cr_assert_eq(person(&f, "Luz Marina Paz", "300 555 0102", "nueva@example.com"), id);
    cr_expect_null(read_person(&f, id).email, "what a clerk writes for one is not the other's");
    fixture_close(&f);
}

Test(customer, flatmates_with_one_phone_are_two_people_and_each_is_found_again)
{
    struct fixture f;
    int64_t ana, luz;

    fixture_open(&f);
    ana = person(&f, "Ana Ríos", "300 555 0101", NULL);
    luz = person(&f, "Luz Gil", "300 555 0101", NULL);
    cr_expect_neq(ana, luz);
    cr_expect_eq(person(&f, "Gil, Luz Marina", "3005550101", NULL), luz);
    cr_expect_eq(person(&f, "ANA RIOS", "+57 300 555 0101", NULL), ana);
    cr_expect_neq(person(&f, "Ana Ríos", "300 555 0102", NULL), ana, "another phone");
    fixture_close(&f);
}

Test(customer, of_two_that_share_a_word_the_one_that_shares_more_is_found)
{
    struct fixture f;
    int64_t ana, luz;

    fixture_open(&f);
    ana = person(&f, "Ana Torres", "300 555 0101", NULL);
    luz = person(&f, "Luz Díaz", "300 555 0101", NULL);
    cr_expect_eq(person(&f, "Luz Díaz Torres", "300 555 0101", NULL), luz);
    cr_expect_eq(person(&f, "Ana Díaz Torres", "300 555 0101", NULL), ana);
    fixture_close(&f);
}

Test(customer, without_a_phone_a_person_is_found_by_the_name_alone)
{
    struct fixture f;
    struct customer_in both = { .name = "Rosa Lara", .phone = "300 555 0103", .no_phone = true };
    struct customer_in public = { .name = "Rosa Lara", .no_phone = true };
    int64_t rosa;

    fixture_open(&f);
    rosa = person(&f, "Rosa Lara", NULL, NULL);
    cr_expect_eq(person(&f, "ROSA LARA", NULL, NULL), rosa);
    cr_expect_neq(person(&f, "Rosa Díaz", NULL, NULL), rosa);
    cr_expect_neq(person(&f, "Rosa Lara", "300 555 0103", NULL), rosa);
    cr_expect_null(read_person(&f, rosa).phone);
    cr_expect_eq(customer_check(&f.c, &both), E_INVALID, "a phone and none");
    f.c.actor = ACTOR_CUSTOMER;
    f.c.fault = (struct fault){ 0 };
    cr_expect_eq(customer_check(&f.c, &public), E_INVALID, "only staff may say that there is none");
    fixture_close(&f);
}

Test(customer, the_public_changes_nobody_and_staff_only_fill_in_what_is_empty)
{
    struct fixture f;
    struct customer who;
    int64_t id;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    id = person(&f, "Ana Ríos", "300 555 0104", "ladron@example.com");
    who = read_person(&f, id);
    cr_expect_null(who.email);
    cr_expect_eq(person(&f, "Ana Otra", "300 555 0104", "otro@example.com"), id);
    who = read_person(&f, id);
    cr_expect_str_eq(who.full_name, "Ana Ríos");
    cr_expect_null(who.email);
    f.c.actor = ACTOR_USER;
    cr_expect_eq(person(&f, "Ana Ríos", "300 555 0104", "ana@example.com"), id);
    cr_expect_eq(person(&f, "Ana Ríos", "300 555 0104", "nueva@example.com"), id);
    who = read_person(&f, id);
    cr_expect_str_eq(who.email, "ana@example.com");
    cr_expect_eq(who.email_confirmed_at, 0, "a clerk may mistype it");
    cr_expect_eq(db_scalar(f.db, 0, &count), 1);
    fixture_close(&f);
}

struct standing { struct ctx *c; int64_t id; const char *name; };

static enum err stand_here(struct db *db, void *arg)
{
    struct standing *x = arg;

    (void)db;
    return customer_met_tx(x->c, x->id, x->name);
}

/* A thief may have announced something under the phone of somebody whose given name he knows. */
Test(customer, is_called_as_whoever_meets_them_first_says_and_not_as_a_stranger_announced)
{
    struct fixture f;
    int64_t intake, counter;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    intake = person(&f, "Juan Ladrón Mora", "300 555 0106", NULL);
    counter = person(&f, "Rosa Ladrona", "300 555 0107", NULL);
    f.c.actor = ACTOR_USER;
    cr_expect_eq(person(&f, "Juan Pérez Soto", "300 555 0106", NULL), intake);
    cr_expect_str_eq(read_person(&f, intake).full_name, "Juan Pérez Soto", "a clerk wrote it down");
    cr_assert_eq(db_write(f.db, stand_here, &(struct standing){ &f.c, counter, "Rosa Prueba" }), OK);
    cr_expect_str_eq(read_person(&f, counter).full_name, "Rosa Prueba", "a document was shown with that parcel's code");
    cr_assert_eq(db_write(f.db, stand_here, &(struct standing){ &f.c, counter, "Rosa Otra" }), OK);
    cr_expect_eq(person(&f, "Juan Ladrón Mora", "300 555 0106", NULL), intake);
    cr_expect_str_eq(read_person(&f, counter).full_name, "Rosa Prueba", "who is known keeps the name");
    cr_expect_str_eq(read_person(&f, intake).full_name, "Juan Pérez Soto");
    fixture_close(&f);
}

static const struct stmt known_at = STMT("t_known_at", "i", "SELECT coalesce(known_at, 0) FROM customers WHERE id = $1");

/* A parcel that somebody announces under a name, and that is collected with the code that came to the phone; *p is as
 * it was before.  receiver: written by the clerk, with a document when document is true; NULL: nobody wrote a name. */
static int64_t collected(struct fixture *f, const char *guide, const char *name, const char *receiver, bool document)
{
    struct delivery out;
    struct package p;

    f->c.actor = ACTOR_CUSTOMER;
    p = parcel_announced(f, .guides = guide, .name = name, .phone = "300 555 0108");
    f->c.actor = ACTOR_USER;
    p = parcel_received(f, .guide = guide);
    cr_assert_eq(deliver_packages(&f->c, &(struct deliver_in){ .ids = &p.id, .count = 1, .code = package_pickup_code(&f->c, &p),
                 .receiver_name = receiver, .receiver_document_type = document ? "CC" : NULL,
                 .receiver_document_last4 = document ? "1234" : NULL, .method = "nequi", .reference = guide,
                 .amount = 1500 }, &out), OK, "%s: %s", guide, fixture_fault(f));
    return p.customer_id;
}

/* A stranger may send a victim a real parcel that he announced under a name of his choice: its code proves the phone. */
Test(customer, is_not_known_by_an_announced_name_for_having_collected_with_the_code)
{
    static const struct { const char *guide, *name, *receiver; bool document; const char *known; } rows[] = {
        { "GUIA0001", "Lucas Ladrón", NULL, false, NULL },
        { "GUIA0002", "Lucas Ladrón", "Lucas Ladrón", false, NULL },
        { "GUIA0003", "Lucas Ladrón", "Rosa Prueba", true, NULL },
        { "GUIA0004", "rosa prueba", "Rosa Prueba Gil", true, "Rosa Prueba Gil" },
        { "GUIA0005", "Lucas Ladrón", NULL, false, NULL },
    };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t id = collected(&f, rows[i].guide, rows[i].name, rows[i].receiver, rows[i].document);

        cr_expect_eq(db_scalar(f.db, 0, &known_at, id) != 0, rows[i].known != NULL, "%s", rows[i].guide);
        cr_expect_str_eq(read_person(&f, id).full_name, rows[i].known != NULL ? rows[i].known : rows[i].name, "%s",
                         rows[i].guide);
    }
    cr_assert_eq(package_by_guide(&f.c, "GUIA0004", &p), OK);
    cr_expect_null(package_phone_name(&f.c, &p), "the phone is not the stranger's, who came first");
    cr_assert_eq(package_by_guide(&f.c, "GUIA0005", &p), OK);
    cr_expect_str_eq(package_phone_name(&f.c, &p), "Rosa Prueba Gil");
    fixture_close(&f);
}

Test(customer, a_parcel_says_whose_phone_it_is_when_that_is_another_person_whom_a_clerk_has_met)
{
    struct fixture f;
    struct packages out;
    struct package p, other;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    for (int i = 0; i < 2; i++) {
        struct announce_in in = { .name = i ? "Luz Gil" : "Ana Ríos", .phone = "300 555 0105", .consent = true,
                                  .guides = i ? "GUIA0002" : "GUIA0001" };

        cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    }
    f.c.actor = ACTOR_USER;
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "GUIA0002" }, &p), OK);
    cr_expect_str_eq(p.customer_name, "Luz Gil");
    cr_expect_null(package_phone_name(&f.c, &p), "the first who announced may have invented the name");
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &other), OK);
    cr_assert_eq(db_write(f.db, stand_here, &(struct standing){ &f.c, other.customer_id, NULL }), OK);
    cr_assert_eq(package_by_guide(&f.c, "GUIA0002", &p), OK);
    cr_expect_str_eq(package_phone_name(&f.c, &p), "Ana Ríos");
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    cr_expect_str_eq(p.customer_name, "Ana Ríos");
    cr_expect_null(package_phone_name(&f.c, &p));
    f.c.now++;
    cr_assert_eq(package_by_guide(&f.c, "GUIA0002", &p), OK);
    cr_assert_eq(db_write(f.db, stand_here, &(struct standing){ &f.c, p.customer_id, NULL }), OK);
    cr_assert_eq(package_by_guide(&f.c, "GUIA0002", &p), OK);
    cr_expect_str_eq(package_phone_name(&f.c, &p), "Ana Ríos", "who was met later changes nothing");
    fixture_close(&f);
}

static void whatsapp_chosen(struct fixture *f, int64_t id)
{
    const struct channel_choosing in = { .customer_id = id, .phone = "+573005550001", .choice = "whatsapp", .proof = "documento" };

    cr_assert_eq(channel_choose(&f->c, &in), OK, "%s", fixture_fault(f));
}

static const char *order_of(struct fixture *f, int64_t id)
{
    const char *order;

    cr_assert_eq(channel_order(&f->c, id, "+573005550001", &order), OK);
    return order;
}

Test(customer, who_stops_whatsapp_by_a_link_stays_out_of_it_when_a_flatmate_with_that_phone_agrees)
{
    struct fixture f;
    const char *link;
    int64_t ana, beto;

    fixture_open(&f);
    ana = person(&f, "Ana Ríos", "3005550001", NULL);
    beto = person(&f, "Beto Gil", "3005550001", NULL);
    cr_assert_neq(ana, beto);
    whatsapp_chosen(&f, ana);
    link = opt_out_token(&f.c, ana, "whatsapp", "+573005550001");
    cr_assert_eq(opt_out_set(&f.c, link, true), OK, "%s", fixture_fault(&f));
    cr_expect(order_of(&f, ana) == NULL);
    whatsapp_chosen(&f, beto);
    cr_expect(order_of(&f, ana) == NULL, "a flatmate's word is not hers");
    cr_expect_str_eq(order_of(&f, beto), "whatsapp sms email");
    cr_assert_eq(opt_out_set(&f.c, link, true), OK);
    cr_assert_eq(opt_out_set(&f.c, link, false), OK);
    cr_expect_str_eq(order_of(&f, ana), "whatsapp sms email", "she took it back by the same link");
    fixture_close(&f);
}

Test(customer, who_never_agreed_to_whatsapp_stops_it_for_nobody_with_that_phone)
{
    const struct channel_choosing none = { .phone = "+573005550001", .choice = "ninguno" };
    struct channel_choosing in = none;
    struct fixture f;
    bool is_out = true;
    int64_t ana;

    fixture_open(&f);
    ana = person(&f, "Ana Ríos", "3005550001", NULL);
    in.customer_id = person(&f, "Beto Gil", "3005550001", NULL);
    whatsapp_chosen(&f, ana);
    cr_assert_eq(channel_choose(&f.c, &in), OK);
    cr_assert_eq(opt_out_of_address(&f.c, "whatsapp", "+573005550001", &is_out), OK);
    cr_expect_not(is_out);
    fixture_close(&f);
}

Test(customer, the_desk_brings_whatsapp_back_with_a_proof_alone)
{
    struct fixture f;
    int64_t ana;

    fixture_open(&f);
    ana = person(&f, "Ana Ríos", "3005550001", NULL);
    whatsapp_chosen(&f, ana);
    cr_assert_eq(opt_out_by_staff(&f.c, ana, "whatsapp", true), OK, "%s", fixture_fault(&f));
    cr_expect(order_of(&f, ana) == NULL);
    cr_expect_eq(opt_out_by_staff(&f.c, ana, "whatsapp", false), E_INVALID);
    cr_expect(order_of(&f, ana) == NULL, "nobody agrees in her name");
    whatsapp_chosen(&f, ana);
    cr_expect_str_eq(order_of(&f, ana), "whatsapp sms email");
    fixture_close(&f);
}

static enum err stop_answered_tx(struct db *db UNUSED, void *arg)
{
    return channel_stop_tx(arg, "+573005550001");
}

Test(customer, an_answer_that_stops_whatsapp_is_of_each_person_though_a_flatmate_stopped_first)
{
    struct fixture f;
    int64_t ana, beto;

    fixture_open(&f);
    ana = person(&f, "Ana Ríos", "3005550001", NULL);
    beto = person(&f, "Beto Gil", "3005550001", NULL);
    whatsapp_chosen(&f, ana);
    whatsapp_chosen(&f, beto);
    cr_assert_eq(opt_out_by_staff(&f.c, ana, "whatsapp", true), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(order_of(&f, beto), "whatsapp sms email");
    cr_assert_eq(domain_write(&f.c, stop_answered_tx, &f.c), OK);
    cr_expect(order_of(&f, beto) == NULL);
    whatsapp_chosen(&f, ana);
    cr_expect(order_of(&f, beto) == NULL, "her word is not his");
    fixture_close(&f);
}
