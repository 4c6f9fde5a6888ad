#include "domain/custody/kinds.h"

#include "json/json.h"
#include "domain/custody/attempt.h"
#include "domain/custody/claim_settle.h"
#include "domain/custody/correction_part.h"
#include "domain/custody/undo_step.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/event_words.h"

/* The first row that fits an event counts, so rows with a key stand before the row of the same kind without one. */
static const struct event_kind kinds[] = {
    { "ANUNCIO", NULL, "Anunciado", NULL, NULL, false },
    { "RECEPCION", NULL, "Recibido en el punto", event_reception_words, undo_reception, false },
    { "REUBICACION", NULL, "Cambió de posición", event_place_words, undo_move, false },
    { "ENTREGA", NULL, "Entregado", deliver_event_words, undo_handover, false },
    { "CANCELACION", NULL, "Cancelado", event_cancel_words, undo_cancellation, false },
    { "MODIFICACION", "corrected", NULL, correction_details_words, NULL, false },
    { "MODIFICACION", "customer", "Se supo de quién es", NULL, undo_identification, false },
    { "MODIFICACION", "claim", "Otra persona anunció la misma guía", claim_words, NULL, true },
    { "MODIFICACION", "claim_noted", "También la anunció otra persona, sin abrir una disputa", claim_words, NULL, true },
    { "MODIFICACION", "claim_inherited", "La anunció antes otra persona, y ese anuncio se canceló", NULL, NULL, true },
    { "MODIFICACION", "claim_settled", "Se aclaró de quién es", claim_settled_words, NULL, false },
    { "MODIFICACION", "phone_changed", "Cambió el celular de su dueño: el código y el enlace de antes ya no sirven", NULL, NULL, false },
    { "MODIFICACION", "email_later", "Se anunció otra vez, con otro correo", NULL, NULL, true },
    { "MODIFICACION", "file_removed", "Foto retirada", NULL, NULL, true },
    { "MODIFICACION", "payment_recorded", NULL, payment_recorded_words, NULL, false },
    { "MODIFICACION", "payment_reversed", NULL, payment_reversed_words, NULL, false },
    { "MODIFICACION", NULL, "Datos corregidos", NULL, NULL, false },
    { "ANULACION", NULL, "Se deshizo la acción anterior", NULL, NULL, false },
    { "IMAGEN_AGREGADA", "photos", NULL, event_photos_words, NULL, true },
    { "IMAGEN_AGREGADA", NULL, "Foto agregada", NULL, NULL, false },
    { "NOTA_AGREGADA", "incident", NULL, event_incident_words, undo_incident, false },
    { "NOTA_AGREGADA", "incident_resolved", "Novedad resuelta", NULL, NULL, false },
    { "NOTA_AGREGADA", "inquiry", "Lo buscaba alguien: la transportadora decía que lo había dejado", NULL, NULL, true },
    { "NOTA_AGREGADA", "text", "Nota", event_note_words, NULL, true },      /* notes written before migration 0023 */
    { "NOTA_AGREGADA", "note", "Nota", NULL, NULL, true },
    { "NOTA_AGREGADA", NULL, "Nota", NULL, NULL, false },
    { "AUTORIZACION", NULL, "Persona autorizada", NULL, NULL, false },
    { "CONTACTO", "outcome", "Contacto con el cliente", contact_details_words, NULL, false },
    { "CONTACTO", "inquiry", "Respuesta a su pregunta", NULL, NULL, true },
    { "CONTACTO", NULL, "Mensaje al cliente", NULL, NULL, false },
    { "INVENTARIO", "missing", "No estaba en su posición en el inventario", event_place_words, NULL, false },
    { "INVENTARIO", NULL, "Visto en inventario", event_place_words, NULL, false },
};

const struct event_kind *event_kind_of(const char *kind, struct json_object *details)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (streq(kinds[i].kind, kind)
            && (kinds[i].key == NULL || json_object_object_get_ex(details, kinds[i].key, NULL)))
            return &kinds[i];
    return NULL;
}
