/* Parcels: packages announced and received on the way to what a test is about.  A refusal fails the test and is
 * said with its guide.  The arguments after the fixture are members of the struct that the call takes:
 * `parcel_received(&f, .guide = "GUIA0001", .in_batch = true)`. */
#ifndef UNIT_PARCELS_H
#define UNIT_PARCELS_H

#include "domain/handover/deliver.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_receive.h"
#include "fixture.h"

/* The first package of an announcement.  Whoever is not named is Ana Ríos with the phone 300 555 0001, unless
 * the person has none (.no_phone); consent is given. */
#define parcel_announced(f, ...) parcel_announce((f), (struct announce_in){ __VA_ARGS__ })
/* A package received; its owner is not known unless it was announced, or is named here. */
#define parcel_received(f, ...) parcel_receive((f), (struct receive_in){ __VA_ARGS__ })
/* A package announced and then received; the arguments are those of parcel_announced. */
#define parcel_shelved(f, ...) parcel_shelve((f), (struct announce_in){ __VA_ARGS__ })

/* The hand-over of n packages without their code: whoever receives them shows a document, and pays 1500 pesos for
 * each by Nequi. */
struct deliver_in parcel_by_document(const int64_t *ids, size_t n);

/* The words of the newest event in a package's history, as its page shows them. */
const char *parcel_last_words(struct fixture *f, int64_t id);

/* The e-mail of the package's announcement is confirmed by its letter's link, as parcel_announced does where a clerk
 * writes one. */
void parcel_email_confirmed(struct fixture *f, const struct package *p);
struct package parcel_announce(struct fixture *f, struct announce_in in);
struct package parcel_receive(struct fixture *f, struct receive_in in);
struct package parcel_shelve(struct fixture *f, struct announce_in in);

#endif
