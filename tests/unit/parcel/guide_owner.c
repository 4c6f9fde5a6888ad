/* Guide owner: where overrides need an approval, no sequence of acts that one OPERADOR may do alone gives a parcel
 * that was thought to be one person's to another.  Not among the rows, since nothing tells it from a new box: one
 * that is taken from the shelf and received as a box without a guide. */
#include <criterion/criterion.h>

#include "domain/custody/undo.h"
#include "domain/ground/setting.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/package_change.h"
#include "domain/people/customer_edit.h"
#include "tests/unit/claims.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define GUIDE "GUIA0001"
#define OWN "300 555 0199"       /* the clerk's own phone, or a friend's */
#define COUNTER "192.0.2.7"      /* the shop's address */

static const struct stmt set_phone = STMT("t_user_phone", "s", "UPDATE users SET phone = $1 WHERE id = 1");

static struct package now_of(struct fixture *f)
{
    struct package p;

    cr_assert_eq(package_by_guide(&f->c, GUIDE, &p), OK, "%s", fixture_fault(f));
    return p;
}

static void undo_last(struct fixture *f)
{
    struct package p = now_of(f);

    cr_assert_eq(package_undo_event(&f->c, p.id, 0, &p), OK, "%s", fixture_fault(f));
}

static void cancel(struct fixture *f, const char *reason)
{
    struct package p = now_of(f);

    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ .id = p.id, .reason = reason }, &p), OK, "%s", fixture_fault(f));
}

/* The parcel that Ana announced was received, the reception is undone, and the announcement cancelled. */
static void begun_again(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    (void)parcel_received(f, .guide = GUIDE);
    undo_last(f);
    cancel(f, "error_operador");
}

static enum err receive_as(struct fixture *f, const char *name, const char *phone)
{
    struct package p;

    return package_receive(&f->c, &(struct receive_in){ .guide = GUIDE, .name = name, .phone = phone }, &p);
}

static enum err identify_as(struct fixture *f, const char *name, const char *phone)
{
    struct package p = now_of(f);

    return package_identify(&f->c, &(struct identify_in){ .id = p.id, .name = name, .phone = phone }, &p);
}

static enum err settle_for(struct fixture *f, int64_t claim)
{
    struct package p = now_of(f);

    return claim_settle(&f->c, &(struct claim_settle_in){ p.id, claim, "documento", NULL }, &p);
}

static enum err undone_and_received(struct fixture *f)
{
    begun_again(f);
    return receive_as(f, "Omar Oper", OWN);
}

static enum err undone_and_identified(struct fixture *f)
{
    begun_again(f);
    (void)parcel_received(f, .guide = GUIDE);
    return identify_as(f, "Omar Oper", OWN);
}

static enum err undone_and_announced_at_the_counter(struct fixture *f)
{
    begun_again(f);
    (void)parcel_announced(f, .guides = GUIDE, .name = "Omar Oper", .phone = OWN);
    return receive_as(f, NULL, NULL);
}

static enum err undone_and_announced_by_the_public_form(struct fixture *f)
{
    begun_again(f);
    announce(f, "Omar Oper", OWN, GUIDE);
    return receive_as(f, NULL, NULL);
}

static enum err never_received_and_cancelled(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    cancel(f, "paquete_perdido");
    return receive_as(f, "Omar Oper", OWN);
}

static enum err read_by_another_number_of_its_bar_code(struct fixture *f)
{
    struct package p;

    announce(f, "Ana Ríos", ANA, "776632517510");
    cr_assert_eq(package_by_guide(&f->c, "776632517510", &p), OK);
    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ .id = p.id, .reason = "error_operador" }, &p), OK);
    return package_receive(&f->c, &(struct receive_in){ .guide = "9622001900000000000000776632517510", .name = "Omar Oper",
                                                        .phone = OWN }, &p);
}

static enum err received_for_her_and_undone(struct fixture *f)
{
    cr_assert_eq(receive_as(f, "Ana Ríos", ANA), OK, "%s", fixture_fault(f));
    undo_last(f);
    return receive_as(f, "Omar Oper", OWN);
}

static enum err identified_as_hers_and_undone(struct fixture *f)
{
    (void)parcel_received(f, .guide = GUIDE);
    cr_assert_eq(identify_as(f, "Ana Ríos", ANA), OK, "%s", fixture_fault(f));
    undo_last(f);
    return identify_as(f, "Omar Oper", OWN);
}

static enum err announced_first_at_the_counter(struct fixture *f)
{
    (void)parcel_announced(f, .guides = GUIDE, .name = "Omar Oper", .phone = OWN);
    announce(f, "Ana Ríos", ANA, GUIDE);
    return settle_for(f, 0);
}

static enum err announced_first_from_the_counters_address(struct fixture *f)
{
    f->conf->exempt_address = COUNTER;
    f->c.address = COUNTER;
    announce(f, "Omar Oper", OWN, GUIDE);
    f->c.address = NULL;
    announce(f, "Ana Ríos", ANA, GUIDE);
    return settle_for(f, 0);
}

static enum err announced_first_with_the_phone_of_the_clerks_account(struct fixture *f)
{
    cr_assert_eq(db_exec(f->db, NULL, &set_phone, "+573005550199"), OK);
    announce(f, "Otro Nombre", OWN, GUIDE);
    announce(f, "Ana Ríos", ANA, GUIDE);
    return settle_for(f, 0);
}

static enum err received_first_without_announcement(struct fixture *f)
{
    cr_assert_eq(receive_as(f, "Omar Oper", OWN), OK, "%s", fixture_fault(f));
    announce(f, "Ana Ríos", ANA, GUIDE);
    return settle_for(f, 0);
}

static enum err inherited_by_cancelling_hers(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    announce(f, "Omar Oper", OWN, GUIDE);
    cancel(f, "error_operador");
    return settle_for(f, 0);
}

static enum err claimed_what_nobody_announced(struct fixture *f)
{
    struct package p = parcel_received(f, .guide = GUIDE);

    announce(f, "Omar Oper", OWN, GUIDE);
    announce(f, "Ana Ríos", ANA, GUIDE);
    return settle_for(f, first_claim(f, p.id));
}

static enum err identified_what_she_claims(struct fixture *f)
{
    (void)parcel_received(f, .guide = GUIDE);
    announce(f, "Ana Ríos", ANA, GUIDE);
    return identify_as(f, "Omar Oper", OWN);
}

static enum err cancelled_with_her_claim(struct fixture *f)
{
    announce(f, "Omar Oper", OWN, GUIDE);
    announce(f, "Ana Ríos", ANA, GUIDE);
    cancel(f, "paquete_perdido");
    return receive_as(f, "Omar Oper", OWN);
}

struct editing { struct ctx *c; struct customer_edit in; };

static enum err edit_tx(struct db *db UNUSED, void *arg)
{
    struct editing *x = arg;
    struct customer before, after;

    return customer_edit_tx(x->c, &x->in, &before, &after);
}

static enum err her_phone_changed(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    (void)parcel_received(f, .guide = GUIDE);
    return db_write(f->db, edit_tx, &(struct editing){ &f->c, { .id = now_of(f).customer_id, .phone = OWN } });
}

static enum err her_email_written(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    return db_write(f->db, edit_tx, &(struct editing){ &f->c, { .id = now_of(f).customer_id, .email = "omar@example.com" } });
}

static enum err her_other_phone_written(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    return db_write(f->db, edit_tx, &(struct editing){ &f->c, { .id = now_of(f).customer_id, .other_phones = OWN } });
}

/* Whoever is called otherwise has none of the parcels that she announces from then on. */
static enum err her_name_changed(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    return db_write(f->db, edit_tx, &(struct editing){ &f->c, { .id = now_of(f).customer_id, .name = "Ana" } });
}

static enum err her_name_spelled(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    return db_write(f->db, edit_tx, &(struct editing){ &f->c, { .id = now_of(f).customer_id, .name = "ANA RIOS", .notes = "Timbre" } });
}

static enum err add_tx(struct db *db UNUSED, void *arg)
{
    struct editing *x = arg;
    struct customer after;

    return customer_add_tx(x->c, &x->in, &after);
}

static enum err she_written_with_an_own_phone(struct fixture *f)
{
    return db_write(f->db, add_tx, &(struct editing){ &f->c, { .name = "Ana Ríos", .phone = OWN, .other_phones = ANA } });
}

static enum err she_written_with_an_own_email(struct fixture *f)
{
    return db_write(f->db, add_tx, &(struct editing){ &f->c, { .name = "Ana Ríos", .phone = ANA, .email = "omar@example.com" } });
}

static enum err somebody_new_written(struct fixture *f)
{
    return db_write(f->db, add_tx, &(struct editing){ &f->c, { .name = "Omar Oper", .phone = OWN, .notes = "Timbre" } });
}

static enum err hers_again(struct fixture *f)
{
    begun_again(f);
    return receive_as(f, "Ana Ríos", ANA);
}

static enum err hers_late(struct fixture *f)
{
    struct package p;
    int n;

    announce(f, "Ana Ríos", ANA, GUIDE);
    f->c.now += 40 * 86400;
    cr_assert_eq(package_expire(&f->c, 10, &n), OK);
    return package_receive(&f->c, &(struct receive_in){ .guide = GUIDE, .late_reason = "Llegó tarde" }, &p);
}

static enum err hers_as_she_announced_first(struct fixture *f)
{
    announce(f, "Ana Ríos", ANA, GUIDE);
    announce(f, "Omar Oper", OWN, GUIDE);
    return settle_for(f, 0);
}

static enum err nobodys_before(struct fixture *f)
{
    return receive_as(f, "Ana Ríos", ANA);
}

/* The box has a guide that somebody announced: who takes it off sees to it that nothing tells whose it was. */
static enum err received_without_its_guide(struct fixture *f)
{
    struct package p;

    announce(f, "Ana Ríos", ANA, GUIDE);
    return package_receive(&f->c, &(struct receive_in){ .no_guide = true, .name = "Omar Oper", .phone = OWN }, &p);
}

static enum err identified_without_its_guide(struct fixture *f)
{
    struct package p = parcel_received(f, .no_guide = true);

    return package_identify(&f->c, &(struct identify_in){ .id = p.id, .name = "Omar Oper", .phone = OWN }, &p);
}

static enum err left_without_guide_for_a_second_look(struct fixture *f)
{
    struct package p;

    return package_receive(&f->c, &(struct receive_in){ .no_guide = true }, &p);
}

#define SEQUENCE(name, alone) { #name, name, alone }
static const struct { const char *name; enum err (*act)(struct fixture *f); bool alone; } sequences[] = {
    SEQUENCE(undone_and_received, false),
    SEQUENCE(undone_and_identified, false),
    SEQUENCE(undone_and_announced_at_the_counter, false),
    SEQUENCE(undone_and_announced_by_the_public_form, false),
    SEQUENCE(never_received_and_cancelled, false),
    SEQUENCE(read_by_another_number_of_its_bar_code, false),
    SEQUENCE(received_for_her_and_undone, false),
    SEQUENCE(identified_as_hers_and_undone, false),
    SEQUENCE(announced_first_at_the_counter, false),
    SEQUENCE(announced_first_from_the_counters_address, false),
    SEQUENCE(announced_first_with_the_phone_of_the_clerks_account, false),
    SEQUENCE(received_first_without_announcement, false),
    SEQUENCE(inherited_by_cancelling_hers, false),
    SEQUENCE(claimed_what_nobody_announced, false),
    SEQUENCE(identified_what_she_claims, false),
    SEQUENCE(cancelled_with_her_claim, false),
    SEQUENCE(her_phone_changed, false),
    SEQUENCE(her_email_written, false),
    SEQUENCE(her_other_phone_written, false),
    SEQUENCE(her_name_changed, false),
    SEQUENCE(she_written_with_an_own_phone, false),
    SEQUENCE(she_written_with_an_own_email, false),
    SEQUENCE(received_without_its_guide, false),
    SEQUENCE(identified_without_its_guide, false),
    SEQUENCE(left_without_guide_for_a_second_look, true),
    SEQUENCE(her_name_spelled, true),
    SEQUENCE(somebody_new_written, true),
    SEQUENCE(hers_again, true),
    SEQUENCE(hers_late, true),
    SEQUENCE(hers_as_she_announced_first, true),
    SEQUENCE(nobodys_before, true),
};

/* approves: whether the point asks for an approval. */
static void open_point(struct fixture *f, bool approves)
{
    const struct setting_change set[] = { { "handover.override_approval", "1" } };

    fixture_open(f);
    f->c.role = ROLE_ADMIN;
    if (approves)
        cr_assert_eq(setting_change(&f->c, NULL, 0, set, COUNT(set)), OK, "%s", fixture_fault(f));
    f->c.role = ROLE_OPERADOR;
}

Test(guide_owner, no_sequence_of_acts_of_one_operator_gives_a_parcel_to_another_where_overrides_need_an_approval)
{
    for (size_t i = 0; i < COUNT(sequences); i++)
        for (int point = 0; point < 3; point++) {       /* asks, does not ask, asks and an ADMIN does it */
            struct fixture f;
            enum err e;

            open_point(&f, point != 1);
            if (point == 2)
                f.c.role = ROLE_ADMIN;
            e = sequences[i].act(&f);
            cr_expect_eq(e, point != 0 || sequences[i].alone ? OK : E_FORBIDDEN, "%s, point %d: %s", sequences[i].name, point,
                         e == OK ? "done" : fixture_fault(&f));
            fixture_close(&f);
        }
}
