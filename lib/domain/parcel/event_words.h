/* Event words: what the details of an event of a parcel say to people, after the event's name:
 * "posición A1", "de A1 a B2", "el cliente lo pidió".  Each function returns NULL when there is
 * nothing to say.  `details` are borrowed; `values`, the event's personal values as JSON, are not used
 * here. */
#ifndef DOMAIN_EVENT_WORDS_H
#define DOMAIN_EVENT_WORDS_H

#include "base/ctx.h"

struct json_object;

/* The personal value of an event by its name, for the words of its kind; NULL when it has none or it was erased. */
const char *event_value(struct ctx *c, const char *values, const char *name);

const char *event_place_words(struct ctx *c, struct json_object *details, const char *values);
const char *event_reception_words(struct ctx *c, struct json_object *details, const char *values);
const char *event_cancel_words(struct ctx *c, struct json_object *details, const char *values);
const char *event_note_words(struct ctx *c, struct json_object *details, const char *values);
/* Whole sentences are the words of photos and incidents: "3 fotos agregadas"; "Rechazado al entregar ·
 * posición A1". */
const char *event_photos_words(struct ctx *c, struct json_object *details, const char *values);
const char *event_incident_words(struct ctx *c, struct json_object *details, const char *values);

#endif
