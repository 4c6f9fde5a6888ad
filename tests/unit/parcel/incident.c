/* Incidents: why a package was not handed over; reported once, and resolved by what happens next. */
#include <criterion/criterion.h>

#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_change.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt how_it_ended = STMT("t_resolution", "is",
    "SELECT count(*) FROM incidents WHERE package_id = $1 AND resolution = $2");
static const struct stmt notes = STMT("t_notes_kept", "", "SELECT count(*) FROM event_values WHERE name = 'note'");
static const struct stmt in_details = STMT("t_in_details", "s",
    "SELECT count(*) FROM package_events WHERE instr(details, $1) > 0");

static enum err say(struct fixture *f, int64_t id, const char *outcome, const char *note)
{
    struct package p;

    return incident_report(&f->c, &(struct incident_in){ id, outcome, note }, &p);
}

static enum err hand_over(struct fixture *f, int64_t id, const int64_t *known, size_t n)
{
    struct deliver_in in = parcel_by_document(&id, 1);
    struct delivery d;

    in.incidents = known;
    in.incidents_count = n;
    return deliver_packages(&f->c, &in, &d);
}

static struct incident open_one(struct fixture *f, int64_t id)
{
    struct incident i;

    cr_assert_eq(incident_of(&f->c, id, &i), OK);
    return i;
}

Test(incident, is_said_once_and_is_an_event_whose_note_can_be_erased)
{
    struct fixture f;
    struct package_events events;
    struct incidents all;
    struct package p;
    int64_t broken;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "PERDIDA01");
    cr_assert_eq(say(&f, p.id, "no_encontrado", "busqué en toda la zona"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(say(&f, p.id, "no_encontrado", NULL), E_CONFLICT, "the same is open");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.state, "RECIBIDO", "it stays on the shelf");
    cr_expect_eq(db_scalar(f.db, 0, &notes), 1);
    cr_expect_eq(db_scalar(f.db, 1, &in_details, "busqué"), 0, "the row has its salted hash only");
    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_str_eq(events.v[events.n - 1].text, "No encontrado al entregar · posición 00 · busqué en toda la zona");
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), OK);
    cr_assert_eq(incident_list(&f.c, &(struct incident_filter){ 0 }, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_str_eq(all.v[0].note, "busqué en toda la zona");
    cr_expect_eq(all.next, 0);
    fixture_close(&f);
}

Test(incident, of_several_within_a_second_undoing_the_last_brings_back_the_one_before)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "DEPRISA01");
    cr_assert_eq(say(&f, p.id, "no_encontrado", NULL), OK);
    cr_assert_eq(say(&f, p.id, "rechazado", NULL), OK);
    cr_assert_eq(say(&f, p.id, "equivocado", "dice Marta"), OK);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(open_one(&f, p.id).outcome, "rechazado");
    fixture_close(&f);
}

Test(incident, refuses_what_it_is_not)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "MALDICHA1");
    cr_expect_eq(say(&f, p.id, "robado", NULL), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "outcome");
    cr_expect_eq(say(&f, p.id, NULL, NULL), E_INVALID);
    cr_expect_eq(say(&f, p.id, "equivocado", ""), E_INVALID, "of whom it is, or what its label says");
    cr_expect_str_eq(f.c.fault.field, "note");
    cr_expect_eq(say(&f, 999, "rechazado", NULL), E_NOT_FOUND);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "paquete_danado", NULL, NULL }, &p), OK);
    cr_expect_eq(say(&f, p.id, "rechazado", NULL), E_CONFLICT, "it is not on the shelf");
    fixture_close(&f);
}

Test(incident, is_resolved_by_what_is_done_with_the_package)
{
    struct fixture f;
    struct package moved, refused, taken;
    int64_t known;

    fixture_open(&f);
    moved = parcel_received(&f, .guide = "APARECE01");
    refused = parcel_received(&f, .guide = "RECHAZA01");
    taken = parcel_received(&f, .guide = "ALFIN0001");
    cr_assert_eq(say(&f, moved.id, "no_encontrado", NULL), OK);
    cr_assert_eq(say(&f, refused.id, "rechazado", NULL), OK);
    cr_assert_eq(say(&f, taken.id, "equivocado", "dice Marta"), OK);
    known = open_one(&f, taken.id).id;

    cr_assert_eq(package_move(&f.c, &(struct move_in){ refused.id, "70" }, &refused), OK);
    cr_expect_neq(open_one(&f, refused.id).id, 0, "to move what nobody wants settles nothing");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ moved.id, "71" }, &moved), OK);
    cr_expect_eq(db_scalar(f.db, 0, &how_it_ended, moved.id, "encontrado"), 1);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ refused.id, "cliente_solicita", NULL, NULL }, &refused), OK);
    cr_expect_eq(db_scalar(f.db, 0, &how_it_ended, refused.id, "cancelado"), 1);
    cr_assert_eq(hand_over(&f, taken.id, &known, 1), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &how_it_ended, taken.id, "entregado"), 1);

    cr_assert_eq(package_undo(&f.c, refused.id, &refused), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(open_one(&f, refused.id).outcome, "rechazado", "as it was before");
    cr_assert_eq(package_undo(&f.c, taken.id, &taken), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(open_one(&f, taken.id).outcome, "equivocado");
    fixture_close(&f);
}

Test(incident, that_somebody_has_just_said_stops_a_hand_over_that_does_not_know_it)
{
    struct fixture f;
    struct package p;
    int64_t known;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "ALAVEZ001");
    cr_assert_eq(say(&f, p.id, "no_encontrado", NULL), OK);
    known = open_one(&f, p.id).id + 1;
    cr_expect_eq(hand_over(&f, p.id, NULL, 0), E_CONFLICT);
    cr_expect_eq(hand_over(&f, p.id, &known, 1), E_CONFLICT, "another one's");
    known--;
    cr_expect_eq(hand_over(&f, p.id, &known, 1), OK, "%s", fixture_fault(&f));
    cr_expect_eq(say(&f, p.id, "no_encontrado", NULL), E_CONFLICT, "and the other way round");
    fixture_close(&f);
}

Test(incident, said_last_holds_and_undone_the_one_before_is_open_again)
{
    struct fixture f;
    struct package_events events;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "CAMBIA001");
    cr_assert_eq(say(&f, p.id, "no_encontrado", NULL), OK);
    cr_assert_eq(say(&f, p.id, "rechazado", NULL), OK);
    cr_expect_str_eq(open_one(&f, p.id).outcome, "rechazado");
    cr_expect_eq(db_scalar(f.db, 0, &how_it_ended, p.id, "otra_novedad"), 1);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(open_one(&f, p.id).outcome, "no_encontrado");
    cr_expect_eq(db_scalar(f.db, 0, &how_it_ended, p.id, "deshecho"), 1);
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_CONFLICT, "once");
    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_str_eq(events.v[events.n - 1].text, "Se deshizo: Rechazado al entregar · posición 00");
    fixture_close(&f);
}

Test(incident, is_undone_by_who_said_it_in_time_and_a_note_is_none)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "DESHACE01");
    f.c.now += f.conf->undo_s + 1;
    cr_assert_eq(package_note(&f.c, &(struct note_in){ p.id, "una nota" }), OK);
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_CONFLICT, "a note stays");
    cr_assert_eq(say(&f, p.id, "no_encontrado", NULL), OK);
    f.c.now += f.conf->undo_s + 1;
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_CONFLICT, "too late");
    cr_expect_neq(open_one(&f, p.id).id, 0);
    fixture_close(&f);
}

Test(incident, ends_by_hand_with_a_word_of_how)
{
    struct fixture f;
    struct package_events events;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "AMANO0001");
    cr_expect_eq(incident_resolve(&f.c, &(struct incident_resolve_in){ p.id, "nada" }, &p), E_CONFLICT, "none is open");
    cr_assert_eq(say(&f, p.id, "equivocado", "dice Marta"), OK);
    cr_expect_eq(incident_resolve(&f.c, &(struct incident_resolve_in){ p.id, "" }, &p), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "how");
    cr_assert_eq(incident_resolve(&f.c, &(struct incident_resolve_in){ p.id, "la etiqueta se cambió" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_eq(open_one(&f, p.id).id, 0);
    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_str_eq(events.v[events.n - 1].text, "Novedad resuelta · la etiqueta se cambió");
    cr_expect_eq(incident_resolve(&f.c, &(struct incident_resolve_in){ p.id, "otra vez" }, &p), E_CONFLICT);
    fixture_close(&f);
}
