/* Corrections: what each state lets one correct, what follows from it, and what the chain of events keeps
 * of it. */
#include <criterion/criterion.h>

#include "domain/custody/correction.h"
#include "domain/custody/history.h"
#include "domain/custody/texts.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt dearer = STMT("t_correct_dearer", "i",
    "INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_at)"
    " VALUES ('EXTRA_DIMENSIONADO', 9000, 5000, 1, $1, 0)");
static const struct stmt details_of = STMT("t_correct_details", "i",
    "SELECT details FROM package_events WHERE package_id = $1 ORDER BY id DESC LIMIT 1");
static const struct stmt forget = STMT("t_correct_forget", "", "DELETE FROM event_values");
static const struct stmt queued_to = STMT("t_correct_queued", "s",
    "SELECT count(*) FROM notifications WHERE state = 'queued' AND recipient = $1");
static const struct stmt message_to = STMT("t_correct_message", "s",
    "SELECT max(id) FROM notifications WHERE recipient = $1");
static const struct stmt good = STMT("t_correct_good", "",
    "SELECT count(*) FROM pickup_authorizations WHERE revoked_at IS NULL");

static struct package delivered(struct fixture *f, const char *guide)
{
    struct package p = parcel_shelved(f, .guides = guide);
    struct delivery out;
    struct deliver_in in = { .ids = &p.id, .count = 1, .code = package_pickup_code(&f->c, &p),
                             .method = "nequi", .reference = "N1", .amount = 1500 };

    cr_assert_eq(deliver_packages(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    cr_assert_eq(package_by_id(&f->c, p.id, &p), OK);
    return p;
}

static const char *last_details(struct fixture *f, int64_t id)
{
    struct rows q;
    const char *text;

    cr_assert_eq(db_one(f->db, &q, &details_of, id), OK);
    text = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return text;
}

static void expect_sound(struct fixture *f, int64_t id)
{
    int64_t broken = 0;

    cr_expect_eq(package_chain_check(&f->c, id, &broken), OK, "event %lld", (long long)broken);
}

Test(correction, of_the_type_takes_the_rate_that_was_in_force_at_the_announcement)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "TIPO0001");
    cr_assert_eq(db_exec(f.db, NULL, &dearer, (int64_t)FIXTURE_NOW + 100), OK);
    f.c.now += 1000;
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "TIPO0001" }, &p), OK);
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .type = "EXTRA_DIMENSIONADO",
                 .reason = "se midió otra vez" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.type, "EXTRA_DIMENSIONADO");
    cr_expect_eq(p.base_fee, 2000);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Corregido: tipo NORMAL → EXTRA_DIMENSIONADO · se midió otra vez");
    expect_sound(&f, p.id);
    fixture_close(&f);
}

Test(correction, writes_only_what_differs_and_keeps_personal_values_out_of_the_chain)
{
    struct fixture f;
    struct package p;
    const struct correct_in in = { .reason = "lo dijo por teléfono", .carrier = "Envía", .type = "NORMAL",
                                   .announced_name = "Ana Lucía Ríos", .declared_value = 50000 };
    struct correct_in one = in;
    const char *details;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "SOLO0001");
    one.id = p.id;
    cr_assert_eq(package_correct(&f.c, &one, &p), OK, "%s", fixture_fault(&f));
    details = last_details(&f, p.id);
    cr_expect(strstr(details, "Lucía") == NULL && strstr(details, "teléfono") == NULL, "%s", details);
    cr_expect(strstr(details, "\"carrier\":[null,\"Envía\"]") != NULL && strstr(details, "\"type\"") == NULL, "%s", details);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Corregido: transportadora nada → Envía; nombre anunciado Ana Ríos → Ana Lucía"
                     " Ríos; valor declarado nada → $50.000 · lo dijo por teléfono");
    cr_assert_eq(db_exec(f.db, NULL, &forget), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Corregido: transportadora nada → Envía; nombre anunciado (borrado) →"
                     " (borrado); valor declarado nada → $50.000");
    expect_sound(&f, p.id);
    fixture_close(&f);
}

Test(correction, that_changes_nothing_or_gives_no_reason_is_refused)
{
    struct fixture f;
    struct package p, out;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "NADA0001");
    cr_expect_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .type = "NORMAL", .guide = "NADA0001",
                 .name = "Ríos, Ana", .phone = "3005550001", .reason = "porque sí" }, &out), E_INVALID);
    cr_expect_eq(f.c.fault.text, T_CORRECT_SAME, "the same person");
    cr_expect_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .carrier = "TCC" }, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "reason");
    cr_assert_eq(package_by_id(&f.c, p.id, &out), OK);
    cr_expect_eq(out.last_event_id, p.last_event_id);
    fixture_close(&f);
}

Test(correction, of_what_somebody_else_changed_meanwhile_is_refused)
{
    struct fixture f;
    struct package p, out;
    struct correct_in in = { .carrier = "TCC", .reason = "así dice la caja" };

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "LUEGO001");
    in.id = p.id;
    in.version = p.last_event_id;
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "40" }, &out), OK);
    cr_expect_eq(package_correct(&f.c, &in, &out), E_PRECONDITION);
    in.version = 0;
    cr_expect_eq(package_correct(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(correction, of_a_guide_keeps_it_unique_among_active_ones)
{
    struct fixture f;
    struct package p, other;

    fixture_open(&f);
    other = parcel_shelved(&f, .guides = "GUIA-A1");
    p = parcel_shelved(&f, .guides = "GUIA-B1");
    cr_expect_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .guide = "guia a1", .reason = "x y z" }, &other), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "guide");
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .guide = "guia b2", .reason = "mal leída" }, &p), OK);
    cr_assert_eq(package_by_guide(&f.c, "GUIAB2", &other), OK);
    cr_expect_eq(other.id, p.id);
    fixture_close(&f);
}

Test(correction, of_the_customer_ends_the_code_the_link_and_the_messages_of_the_former)
{
    struct fixture f;
    struct package p, out;
    struct authorization z;
    struct message m;
    const char *code, *token;
    int64_t old_message;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "AJENO001");
    code = package_pickup_code(&f.c, &p);
    token = link_token(&f.c, &p);
    cr_assert_eq(authorization_create(&f.c, &(struct authorize_in){ token, "Luis Peña", "CC", "12345678", NULL }, &z), OK,
                 "%s", fixture_fault(&f));
    old_message = db_scalar(f.db, 0, &message_to, "+573005550001");
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Luz Dary Mora", .phone = "300 555 0002",
                 .reason = "se anotó otro celular" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.customer_name, "Luz Dary Mora");
    cr_expect_str_eq(p.announced_name, "Luz Dary Mora", "who greets the new one by her name");
    cr_expect_str_eq(p.announced_phone, "+573005550002");
    cr_expect(!streq(package_pickup_code(&f.c, &p), code));
    cr_expect_eq(package_by_token(&f.c, token, &out), E_NOT_FOUND);
    cr_expect_eq(db_scalar(f.db, -1, &good), 0);
    cr_expect_eq(db_scalar(f.db, -1, &queued_to, "+573005550001"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &queued_to, "+573005550002"), 1);
    cr_assert_eq(notification_render(&f.c, old_message, &m), OK);
    cr_expect_null(m.text, "one that is sent again: %s", m.text);
    cr_expect_str_eq(m.untrue, "ya no es cierto: la autorización ya no sirve");
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Corregido: nombre anunciado Ana Ríos → Luz Dary Mora; cliente Ana Ríos,"
                     " 300 555 0001 → Luz Dary Mora, 300 555 0002 · se anotó otro celular");
    fixture_close(&f);
}

Test(correction, of_the_customer_makes_another_person_of_another_name_with_the_same_phone)
{
    struct fixture f;
    struct package p, other;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "AJENO002");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "DEBETO01", .name = "Beto Cruz", .phone = "300 555 0003" },
                 &other), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Norberto Gil", .phone = "300 555 0003",
                 .reason = "así dice la caja" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_neq(p.customer_id, other.customer_id);
    cr_expect_str_eq(p.customer_name, "Norberto Gil");
    cr_expect_str_eq(package_phone_name(&f.c, &p), "Beto Cruz");
    cr_expect(strstr(parcel_last_words(&f, p.id), "→ Norberto Gil, 300 555 0003") != NULL, "%s", parcel_last_words(&f, p.id));
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Cruz, Beto", .phone = "300 555 0003",
                 .reason = "así dice la caja" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(p.customer_id, other.customer_id);
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Inés Paz", .no_phone = true,
                 .reason = "no tiene" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_null(p.customer_phone);
    cr_expect_null(p.announced_phone);
    fixture_close(&f);
}

Test(correction, of_the_announced_name_changes_the_person_too)
{
    struct fixture f;
    struct package p, q, out;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "NOMBRE01");
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .announced_name = "Pedro Paz",
                 .reason = "así dice la caja" }, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.customer_id, p.customer_id, "the only parcel of a person who is called otherwise");
    cr_expect_null(package_phone_name(&f.c, &out));
    q = parcel_shelved(&f, .guides = "NOMBRE02");
    cr_expect_neq(q.customer_id, p.customer_id, "Ana Ríos is a new person of that phone");
    cr_expect_str_eq(package_phone_name(&f.c, &q), "Pedro Paz");
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = q.id, .announced_name = "Ana Ríos Gil",
                 .reason = "completo" }, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.customer_id, q.customer_id);
    parcel_shelved(&f, .guides = "NOMBRE03");
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = q.id, .announced_name = "Pedro Paz",
                 .reason = "era de él" }, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.customer_id, p.customer_id);
    cr_expect_neq(out.link_version, q.link_version, "the link of before is no longer good");
    fixture_close(&f);
}

Test(correction, to_a_damaged_parcel_needs_its_photo_and_its_note)
{
    const struct photo_in photo = { .path = "/nowhere/x", .name = "x.jpg", .kind = "DANO", .size = 10 };
    struct fixture f;
    struct package p, out;
    struct correct_in in = { .condition = "ABIERTO", .reason = "se vio después" };

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "ROTO0001");
    in.id = p.id;
    cr_expect_eq(package_correct(&f.c, &in, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "observations");
    in.observations = "Una esquina abierta.";
    cr_expect_eq(package_correct(&f.c, &in, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "condition");
    cr_assert_eq(package_add_photos(&f.c, p.id, &photo, 1), OK);
    cr_expect_eq(package_correct(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(out.condition, "ABIERTO");
    fixture_close(&f);
}

/* A correction of each part, with the states that take it (ARDC: announced, received, delivered,
 * cancelled).  A refusal names the part as its field. */
static const struct { const char *part, *states; struct correct_in in; } cases[] = {
    { "type", "R", { .type = "EXTRA_DIMENSIONADO" } },
    { "carrier", "ARDC", { .carrier = "Envía" } },
    { "guide", "AR", { .guide = "OTRAGUIA9" } },
    { "announced_name", "AR", { .announced_name = "Otra Persona" } },
    { "declared_value", "AR", { .declared_value = 70000 } },
    { "observations", "RDC", { .observations = "Mojada por un lado." } },
    { "receiver_name", "D", { .receiver_name = "Quien Vino" } },
    { "phone", "AR", { .name = "Otra Persona", .phone = "3005550009" } },
};

Test(correction, takes_of_each_state_what_it_lets)
{
    for (const char *state = "ARDC"; *state != '\0'; state++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct fixture f;
            struct package p;
            struct correct_in in = cases[i].in;
            enum err e;

            fixture_open(&f);
            p = *state == 'R' ? parcel_shelved(&f, .guides = "ESTADO01")
                : *state == 'D' ? delivered(&f, "ESTADO01") : parcel_announced(&f, .guides = "ESTADO01");
            if (*state == 'C')
                cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "cliente_solicita", NULL, NULL }, &p), OK);
            in.id = p.id;
            in.reason = "estaba mal";
            e = package_correct(&f.c, &in, &p);
            cr_expect_eq(e, strchr(cases[i].states, *state) ? OK : E_CONFLICT, "%s in %c: %s", cases[i].part, *state,
                         fixture_fault(&f));
            if (e != OK)
                cr_expect_str_eq(f.c.fault.field, cases[i].part);
            fixture_close(&f);
        }
}

Test(correction, empties_what_it_is_told_to_and_never_what_is_needed)
{
    struct fixture f;
    struct package p, out;
    struct correct_in in = { .carrier = "TCC", .declared_value = 9000, .reason = "de la caja" };

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "VACIO001");
    in.id = p.id;
    cr_assert_eq(package_correct(&f.c, &in, &p), OK);
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .clear = "carrier\ndeclared_value",
                 .reason = "no se sabe" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_null(p.carrier);
    cr_expect_eq(p.declared_value, 0);
    cr_expect_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .clear = "guide", .reason = "no se sabe" }, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "guide");
    cr_expect_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .clear = "state", .reason = "no se sabe" }, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "clear");
    fixture_close(&f);
}
