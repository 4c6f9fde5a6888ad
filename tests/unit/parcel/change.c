/* Small changes at the counter: done once however often they are sent, told in words; and photos removed
 * again. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/setting.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/custody/attempt.h"
#include "domain/ground/audit.h"
#include "domain/money/payment.h"
#include "domain/parcel/event.h"
#include "json/json.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/photo.h"
#include "domain/parcel/texts.h"
#include "domain/shelf/position.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"
#include "jobs/jobs.h"

static const struct stmt events = STMT("t_change_events", "is",
    "SELECT count(*) FROM package_events WHERE package_id = $1 AND kind = $2");
static const struct stmt jobs = STMT("t_change_jobs", "s",
    "SELECT count(*) FROM jobs WHERE kind = $1");
static const struct stmt file_state = STMT("t_change_state", "is",
    "SELECT count(*) FROM package_files WHERE id = $1 AND state = $2");
static const struct stmt make_ready = STMT("t_change_ready", "i",
    "UPDATE package_files SET state = 'ready', storage_key = 'a/b.webp', thumbnail_key = 'a/c.webp',"
    " content_type = 'image/webp' WHERE id = $1");

/* ---- once ---- */

static enum err do_move(struct ctx *c, int64_t id)
{
    struct package p;

    return package_move(c, &(struct move_in){ id, NULL }, &p);
}

static enum err do_note(struct ctx *c, int64_t id)
{
    return package_note(c, &(struct note_in){ id, "Lo pidió por teléfono." });
}

static enum err do_identify(struct ctx *c, int64_t id)
{
    struct package p;

    return package_identify(c, &(struct identify_in){ .id = id, .name = "Ana Ríos", .phone = "3005550001" }, &p);
}

static enum err do_photos(struct ctx *c, int64_t id)
{
    const struct photo_in photo = { .path = "/nowhere/x", .name = "x.jpg", .kind = "RECEPCION", .size = 10 };

    return package_add_photos(c, id, &photo, 1);
}

static enum err do_cancel(struct ctx *c, int64_t id)
{
    struct package p;

    return package_cancel(c, &(struct cancel_in){ id, "cliente_solicita", NULL, NULL }, &p);
}

static enum err do_undo(struct ctx *c, int64_t id)
{
    struct package p;

    return package_undo(c, id, &p);
}

Test(change, acts_once_under_one_key)
{
    static const struct { enum err (*act)(struct ctx *c, int64_t id); const char *kind; } rows[] = {
        { do_move, "REUBICACION" }, { do_note, "NOTA_AGREGADA" }, { do_identify, "MODIFICACION" },
        { do_photos, "IMAGEN_AGREGADA" }, { do_cancel, "CANCELACION" }, { do_undo, "ANULACION" },
    };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "ONCE0001");
    for (size_t i = 0; i < COUNT(rows); i++) {
        f.c.operation_key = arena_printf(f.a, "u1:key-of-row-number-%zu", i);
        f.c.operation_print = rows[i].kind;
        for (int twice = 0; twice < 2; twice++) {
            f.c.replayed = false;
            cr_expect_eq(rows[i].act(&f.c, p.id), OK, "%s: %s", rows[i].kind, fixture_fault(&f));
            cr_expect_eq(f.c.replayed, twice == 1, "%s", rows[i].kind);
        }
        cr_expect_eq(db_scalar(f.db, -1, &events, p.id, rows[i].kind), 1, "%s", rows[i].kind);
    }
    fixture_close(&f);
}

/* ---- by itself ---- */

Test(change, an_announcement_expires_after_thirty_days_and_nothing_that_has_come_does)
{
    struct announce_in in = { .name = "Ana Ríos", .phone = "3005550001", .guides = "VENCE001", .consent = true };
    struct fixture f;
    struct packages announced;
    struct package p, kept;
    int expired = -1;

    fixture_open(&f);
    kept = parcel_received(&f, .guide = "QUEDA001");
    cr_assert_eq(package_announce(&f.c, &in, &announced), OK, "%s", fixture_fault(&f));
    f.c.now += 30 * 86400;
    cr_assert_eq(package_expire(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 0, "thirty days to the second");
    f.c.now++;
    cr_assert_eq(package_expire(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 1);
    cr_assert_eq(package_by_id(&f.c, announced.v[0].id, &p), OK);
    cr_expect_str_eq(p.state, "CANCELADO");
    cr_assert_eq(package_by_id(&f.c, kept.id, &p), OK);
    cr_expect_str_eq(p.state, "RECIBIDO");
    fixture_close(&f);
}

/* Cancelled, announced and received again, a parcel owes the base fee alone. */
Test(change, a_parcel_that_owes_more_storage_than_may_be_discounted_alone_is_cancelled_with_an_approval)
{
    const struct setting_change set[] = { { "handover.discount_alone", "1000000" } };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "BODEGA0001");
    f.c.now += 20 * 86400;
    cr_expect_eq(do_cancel(&f.c, p.id), E_FORBIDDEN);
    cr_expect_str_eq(f.c.fault.field, "reason");
    cr_assert_eq(setting_change(&f.c, NULL, 0, set, COUNT(set)), OK);
    cr_expect_eq(do_cancel(&f.c, p.id), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(change, a_parcel_is_not_cancelled_to_receive_it_for_another_where_giving_it_needs_an_approval)
{
    const struct setting_change set[] = { { "handover.override_approval", "1" } };
    struct fixture f;
    struct package shelved, awaited;

    fixture_open(&f);
    shelved = parcel_received(&f, .guide = "AJENO0001");
    awaited = parcel_announced(&f, .guides = "AJENO0002");
    f.c.role = ROLE_ADMIN;
    cr_assert_eq(setting_change(&f.c, NULL, 0, set, COUNT(set)), OK);
    f.c.role = ROLE_OPERADOR;
    cr_expect_eq(do_cancel(&f.c, shelved.id), E_FORBIDDEN);
    f.c.fault = (struct fault){ 0 };
    cr_expect_eq(do_cancel(&f.c, awaited.id), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(change, a_cancelled_or_delivered_parcel_is_not_cancelled_again_nor_moved)
{
    static const struct stmt deliver = STMT("t_deliver", "i", "UPDATE packages SET state = 'ENTREGADO', delivered_at = 1, total_fee = 0, position_id = NULL"
        " WHERE id = $1");
    static const struct stmt held = STMT("t_held", "i", "SELECT count(*) FROM packages WHERE id = $1 AND position_id IS NOT NULL");
    struct fixture f;
    struct package p;
    int64_t room;

    fixture_open(&f);
    room = position_free(&f.c);
    p = parcel_received(&f, .guide = "DOSVECES1");
    cr_expect_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "otro", "", NULL }, &p), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "text", "another reason is said in words");
    f.c.fault = (struct fault){ 0 };
    cr_expect_eq(position_free(&f.c), room - 1);
    cr_assert_eq(do_cancel(&f.c, p.id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(position_free(&f.c), room, "its place is free again");
    cr_expect_eq(db_scalar(f.db, -1, &held, p.id), 0);
    cr_expect_eq(do_cancel(&f.c, p.id), E_CONFLICT);
    cr_expect_eq(do_move(&f.c, p.id), E_CONFLICT);
    p = parcel_received(&f, .guide = "DOSVECES2");
    cr_assert_eq(db_exec(f.db, NULL, &deliver, p.id), OK);
    cr_expect_eq(do_cancel(&f.c, p.id), E_CONFLICT);
    cr_expect_eq(do_move(&f.c, p.id), E_CONFLICT);
    fixture_close(&f);
}

/* ---- words ---- */

Test(change, tells_each_event_in_words_and_never_in_codes)
{
    struct fixture f;
    struct package p;
    struct package_files files;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "WORD0001");
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Recibido en el punto · posición 00");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "07" }, &p), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Cambió de posición · de 00 a 07");
    cr_assert_eq(do_note(&f.c, p.id), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Nota · Lo pidió por teléfono.");
    cr_assert_eq(do_identify(&f.c, p.id), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Se supo de quién es");
    cr_assert_eq(do_photos(&f.c, p.id), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Foto agregada");
    cr_assert_eq(package_files(&f.c, p.id, &files), OK);
    cr_assert_eq(package_file_remove(&f.c, files.v[0].id, NULL), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Foto retirada");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "otro", "Se mojó todo.", NULL }, &p), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Cancelado · otro motivo · Se mojó todo.");
    cr_assert_eq(do_undo(&f.c, p.id), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Se deshizo: Cancelado");
    cr_assert_eq(do_cancel(&f.c, p.id), OK);
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Cancelado · el cliente lo pidió");
    fixture_close(&f);
}

/* ---- what can be erased ---- */

static const struct stmt said = STMT("t_said", "s",
    "SELECT (SELECT count(*) FROM package_events WHERE instr(details, $1)) + (SELECT count(*) FROM audit_log WHERE instr(details, $1))");
static const struct stmt kept_beside = STMT("t_beside", "s",
    "SELECT (SELECT count(*) FROM event_values WHERE instr(value, $1)) + (SELECT count(*) FROM audit_values WHERE instr(value, $1))");
static const struct stmt erase_events = STMT("t_erase_events", "", "DELETE FROM event_values");
static const struct stmt erase_audit = STMT("t_erase_audit", "", "DELETE FROM audit_values");

/* Writes every free text of the counter, each with the word that must not be sealed. */
static void texts_write(struct fixture *f, const struct package *p)
{
    struct announce_in in = { .name = "Ana Ríos", .phone = "3005550001", .guides = "TARDE0001", .consent = true };
    struct packages late;
    struct package out;
    struct payment paid;
    int expired;

    cr_assert_eq(package_note(&f->c, &(struct note_in){ p->id, "SECRETO de la nota" }), OK);
    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ p->id, "otro", "SECRETO de cancelar", NULL }, &out), OK);
    f->c.role = ROLE_ADMIN;
    cr_assert_eq(payment_record(&f->c, &(struct payment_record_in){ .id = p->id, .method = "nequi", .reference = "N-1",
                                .amount = 500, .reason = "SECRETO de cobrar" }, &paid), OK, "%s", fixture_fault(f));
    cr_assert_eq(payment_reverse(&f->c, &(struct payment_reverse_in){ .id = paid.id, .reason = "SECRETO de devolver" }, &paid),
                 OK, "%s", fixture_fault(f));
    cr_assert_eq(package_announce(&f->c, &in, &late), OK, "%s", fixture_fault(f));
    f->c.now += 30 * 86400 + 1;
    cr_assert_eq(package_expire(&f->c, 50, &expired), OK);
    cr_assert_eq(package_receive(&f->c, &(struct receive_in){ .id = late.v[0].id, .late_reason = "SECRETO de llegar tarde" }, &out),
                 OK, "%s", fixture_fault(f));
}

Test(change, what_people_write_stands_beside_the_seal_and_can_be_erased)
{
    struct fixture f;
    struct package p;
    int64_t broken;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "BORRAR001");
    texts_write(&f, &p);
    cr_expect_eq(db_scalar(f.db, -1, &said, "SECRETO"), 0, "no text is sealed");
    cr_expect_eq(db_scalar(f.db, -1, &kept_beside, "SECRETO"), 7, "five of events, two of the audit log: %lld",
                 (long long)db_scalar(f.db, -1, &kept_beside, "SECRETO"));
    cr_expect(strstr(parcel_last_words(&f, p.id), "SECRETO de devolver") != NULL, "%s", parcel_last_words(&f, p.id));
    cr_assert_eq(db_exec(f.db, NULL, &erase_events), OK);
    cr_assert_eq(db_exec(f.db, NULL, &erase_audit), OK);
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), OK);
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    cr_expect(strstr(parcel_last_words(&f, p.id), "texto borrado") != NULL, "%s", parcel_last_words(&f, p.id));
    fixture_close(&f);
}

Test(change, events_of_before_keep_their_texts_and_say_so)
{
    static const struct { const char *kind, *key, *text, *shown; bool sealed; } rows[] = {
        { "NOTA_AGREGADA", "text", "Una nota de antes", "Nota · Una nota de antes", true },
        { "CANCELACION", "text", "Se mojó", "Cancelado · Se mojó", true },
        { "RECEPCION", "reason", "Llegó tarde", "Recibido en el punto · Llegó tarde", true },
        { "ENTREGA", "reason", "sin_telefono", "Entregado · sin código: No tiene el celular a mano", false },
        { "REUBICACION", "position", "07", "Cambió de posición · posición 07", false },
    };
    struct fixture f;
    struct package p;
    struct package_events all;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "ANTES0001");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_object *details = json_object_new_object();

        json_add_text(details, rows[i].key, rows[i].text);
        cr_assert_eq(event_add_tx(&f.c, &p, (struct event_new){ .kind = rows[i].kind, .before = "RECIBIDO",
                                  .after = "RECIBIDO", .details = details }), OK);
        cr_assert_eq(package_events(&f.c, p.id, &all), OK);
        cr_expect_str_eq(all.v[all.n - 1].text, rows[i].shown);
        cr_expect_eq(event_seals_text(&all.v[all.n - 1]), rows[i].sealed, "%s", rows[i].kind);
    }
    cr_expect(!event_seals_text(&all.v[0]), "nor does what is written now");
    fixture_close(&f);
}

Test(change, every_reason_has_its_words)
{
    for (const struct word *reason = cancel_reasons; reason->value != NULL; reason++)
        cr_expect_not_null(reason->words, "%s", reason->value);
    cr_expect_null(words_of(cancel_reasons, "nada"));
}

Test(change, a_person_cannot_say_that_an_announcement_expired_nor_without_more_that_nobody_claims_a_parcel)
{
    static const struct { const char *reason; const struct text *text; } rows[] = {
        { "anuncio_expirado", T_CANCEL_NOT_YOURS }, { "cliente_no_reclama", T_CANCEL_NOT_YOURS },
        { "nada", T_REQUIRED }, { "", T_REQUIRED }, { NULL, T_REQUIRED },
    };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "EXPI0001");
    f.c.role = ROLE_ADMIN;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, rows[i].reason, NULL, NULL }, &p), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, "reason", "row %zu", i);
        cr_expect_eq(f.c.fault.text, rows[i].text, "row %zu", i);
    }
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.state, "RECIBIDO");
    fixture_close(&f);
}

/* ---- undone ---- */

static const struct stmt messages_in = STMT("t_change_messages", "s",
    "SELECT count(*) FROM notifications WHERE state = $1");
static const struct stmt used_of = STMT("t_change_used", "s", "SELECT used FROM positions WHERE code = $1");
static const struct stmt photos_left = STMT("t_change_photos", "i",
    "SELECT count(*) FROM package_files WHERE package_id = $1 AND purge_at IS NULL");

static enum err undo(struct fixture *f, struct package *p)
{
    return package_undo(&f->c, p->id, p);
}

Test(undo, of_a_move_puts_it_back_where_it_lay_and_nowhere_else)
{
    struct fixture f;
    struct package p, other;
    struct incident open;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "MOVE0001");
    cr_assert_eq(incident_report(&f.c, &(struct incident_in){ p.id, "no_encontrado", NULL }, &p), OK);
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "07" }, &p), OK);
    cr_assert_eq(undo(&f, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.position_code, "00");
    cr_expect_eq(db_scalar(f.db, -1, &used_of, "07"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &used_of, "00"), 1);
    cr_assert_eq(incident_of(&f.c, p.id, &open), OK);
    cr_expect_neq(open.id, 0, "it was found by moving it: it was not moved");
    cr_expect_str_eq(parcel_last_words(&f, p.id), "Se deshizo: Cambió de posición");
    cr_expect_eq(undo(&f, &p), E_CONFLICT, "once");

    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "08" }, &p), OK);
    other = parcel_received(&f, .guide = "MOVE0002");
    cr_assert_str_eq(other.position_code, "00");
    cr_expect_eq(undo(&f, &p), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "No se puede deshacer: la posición 00 ya está ocupada o no está en uso."
                     " Mueva el paquete a otra.");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.position_code, "08");
    fixture_close(&f);
}

Test(undo, of_an_identification_makes_it_nobodys_again_and_tells_nobody)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "IDEN0001");
    cr_assert_eq(do_identify(&f.c, p.id), OK);
    cr_expect_eq(db_scalar(f.db, -1, &messages_in, "queued"), 1);
    cr_assert_eq(undo(&f, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(p.customer_id, 0);
    cr_expect_null(p.announced_name);
    cr_expect_null(p.announced_phone);
    cr_expect_eq(db_scalar(f.db, -1, &messages_in, "queued"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &messages_in, "cancelled"), 1);
    cr_expect_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .name = "Luz Mora", .phone = "300 555 0002" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(p.customer_name, "Luz Mora");
    cr_expect_str_eq(p.announced_name, "Luz Mora");
    fixture_close(&f);
}

Test(undo, is_for_thirty_seconds_and_for_who_did_it)
{
    struct fixture f;
    struct package p, out;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "TREINTA01");
    f.c.user_id = 2;
    cr_expect_eq(package_undo(&f.c, p.id, &out), E_FORBIDDEN, "somebody else");
    f.c.user_id = 1;
    f.c.now += 31;
    cr_expect_eq(package_undo(&f.c, p.id, &out), E_CONFLICT, "a second too late");
    f.c.now--;
    cr_expect_eq(package_undo(&f.c, p.id, &out), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(undo, goes_back_over_what_was_undone_already)
{
    struct fixture f;
    struct package p;
    int64_t received;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "ATRAS0001");
    received = p.last_event_id;
    cr_assert_eq(do_move(&f.c, p.id), OK);
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "33" }, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_undo_event(&f.c, p.id, p.last_event_id, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_undo_event(&f.c, p.id, received + 1, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_undo_event(&f.c, p.id, received, &p), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(undo, is_not_stopped_by_a_note_or_a_photo_but_says_what_else_came_after)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "NOTA0001");
    cr_assert_eq(do_move(&f.c, p.id), OK);
    cr_assert_eq(do_note(&f.c, p.id), OK);
    cr_assert_eq(do_photos(&f.c, p.id), OK);
    cr_assert_eq(undo(&f, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.position_code, "00");

    cr_assert_eq(do_identify(&f.c, p.id), OK);
    cr_assert_eq(package_contact(&f.c, &(struct contact_in){ .id = p.id, .channel = contact_channels[0].value,
                                                           .outcome = contact_outcomes[0].value }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_eq(undo(&f, &p), E_CONFLICT);
    cr_expect(strncmp(fixture_fault(&f), "No se puede deshacer: después se registró «", 44) == 0, "%s", fixture_fault(&f));
    cr_expect_not_null(strstr(fixture_fault(&f), words_of(contact_outcomes, contact_outcomes[0].value)), "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(undo, of_one_event_never_undoes_another)
{
    struct fixture f;
    struct package p;
    int64_t reception;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "CUAL0001");
    reception = p.last_event_id;
    cr_assert_eq(do_move(&f.c, p.id), OK);
    cr_expect_eq(package_undo_event(&f.c, p.id, reception, &p), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "No se puede deshacer: después se registró «Cambió de posición · de 00 a 01».");
    cr_assert_eq(undo(&f, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_undo_event(&f.c, p.id, reception, &p), OK, "the move is as if it had not been: %s",
                 fixture_fault(&f));
    cr_expect_str_eq(p.state, "CANCELADO");
    cr_expect_eq(package_undo_event(&f.c, p.id, reception, &p), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "No hay una acción reciente para deshacer en este paquete.");
    fixture_close(&f);
}

Test(undo, of_a_reception_takes_its_photos_with_it)
{
    struct fixture f;
    struct photo_in photos[] = { { .path = "/nowhere/a", .name = "a.jpg", .kind = "RECEPCION", .size = 10 },
                                 { .path = "/nowhere/b", .name = "b.jpg", .kind = "DANO", .size = 10 } };
    struct receive_in in = { .guide = "ROTA0001", .condition = "ABIERTO", .observations = "Abierta por un lado",
                             .photos = photos, .photo_count = 2 };
    struct package p;

    fixture_open(&f);
    cr_assert_eq(package_receive(&f.c, &in, &p), OK, "%s", fixture_fault(&f));
    f.c.now += 5;
    cr_assert_eq(do_photos(&f.c, p.id), OK);
    cr_expect_eq(db_scalar(f.db, -1, &photos_left, p.id), 3);
    cr_assert_eq(undo(&f, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &photos_left, p.id), 0);
    cr_expect_eq(db_scalar(f.db, -1, &jobs, "file.delete"), 3);
    fixture_close(&f);
}

/* ---- photos taken out ---- */

static int64_t add_photo(struct fixture *f, int64_t package_id)
{
    struct package_files files;

    cr_assert_eq(do_photos(&f->c, package_id), OK, "%s", fixture_fault(f));
    cr_assert_eq(package_files(&f->c, package_id, &files), OK);
    return files.v[files.n - 1].id;
}

Test(photo, taken_out_is_gone_for_all_and_its_objects_are_deleted_by_a_job)
{
    struct fixture f;
    struct package p;
    struct package_files files;
    struct package_file file;
    int64_t id;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "FOTO0001");
    id = add_photo(&f, p.id);
    cr_assert_eq(db_exec(f.db, NULL, &make_ready, id), OK);
    cr_assert_eq(package_file_by_id(&f.c, id, &file), OK);
    cr_assert_eq(package_file_remove(&f.c, id, NULL), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &jobs, "file.delete"), 1);
    cr_assert_eq(package_files(&f.c, p.id, &files), OK);
    cr_expect_eq(files.n, 0);
    cr_expect_eq(package_file_by_id(&f.c, id, &file), E_NOT_FOUND);
    cr_expect_eq(package_file_by_key(&f.c, file.key, &file), E_NOT_FOUND);
    cr_expect_eq(package_file_remove(&f.c, id, NULL), E_NOT_FOUND, "once");
    cr_expect_eq(db_scalar(f.db, -1, &jobs, "file.delete"), 1);
    fixture_close(&f);
}

Test(photo, is_final_for_an_operator_after_the_time_of_undo)
{
    struct fixture f;
    struct package p;
    int64_t id;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "FOTO0002");
    id = add_photo(&f, p.id);
    f.c.now += f.conf->undo_s + 1;
    cr_expect_eq(package_file_remove(&f.c, id, NULL), E_FORBIDDEN);
    cr_expect_eq(db_scalar(f.db, -1, &file_state, id, "pending"), 1);
    f.c.role = ROLE_ADMIN;
    cr_expect_eq(package_file_remove(&f.c, id, NULL), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(photo, taken_out_before_it_was_processed_does_not_come_back)
{
    struct fixture f;
    struct package p;
    struct job_outcome done;
    int64_t id;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "FOTO0003");
    id = add_photo(&f, p.id);
    cr_assert_eq(package_file_remove(&f.c, id, NULL), OK, "%s", fixture_fault(&f));
    done = photo_process_job(&f.c, &(struct job){ .args = arena_printf(f.a, "{\"file_id\":%lld}",
                                                                       (long long)id) });
    cr_expect_eq(done.result, JOB_DONE);
    cr_expect_null(done.effect);
    cr_expect_eq(db_scalar(f.db, -1, &file_state, id, "failed"), 1);
    fixture_close(&f);
}
