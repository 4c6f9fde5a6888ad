/* Shop: what the files of the demo share. */
#ifndef BIN_DEMO_SHOP_H
#define BIN_DEMO_SHOP_H

#include "bin/demo/demo.h"
#include "bin/demo/picture.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/photo.h"

#define COMING_DAYS 5            /* an announced parcel that is older will not come */

enum staff { STAFF_CHIEF, STAFF_COUNTER, STAFF_STORES, STAFF_READER };   /* rows of people.c */

struct shop {
    struct ctx *c;               /* its clock is the shop's: each step sets it or moves it on */
    int64_t now, today;          /* the instant of the call, and its day number */
    uint32_t chance;             /* state of the random numbers */
    int64_t staff[DEMO_STAFF];   /* user ids */
    int packages;                /* announced so far */
    uint32_t drops, handovers, photos, calls;    /* counts so far: they decide which one is a special case */
    int64_t cash;                /* pesos in the open drawer */
};

/* Draws a number 0 … n-1; the sequence is the same in every demo. */
uint32_t shop_chance(struct shop *s, uint32_t n);
#define SHOP_PICK(s, list) ((list)[shop_chance(s, (uint32_t)COUNT(list))])

/* Moves the shop's clock on, but never past s->now. */
void shop_wait(struct shop *s, uint32_t seconds);

/* Set who acts in the calls of the domain that follow. */
void shop_staff(struct shop *s, enum staff who);
void shop_customer(struct shop *s);
void shop_system(struct shop *s);

/* people.c */
enum err staff_make(struct shop *s) MUST_CHECK;
/* Makes up an announcement by a random resident; forgetful: by one of the few who never collect a parcel. */
struct announce_in person_announce(struct shop *s, bool forgetful);
char *carrier_guide(struct shop *s, const char *carrier);    /* a guide number in this carrier's format */
char *person_signature(struct shop *s);                      /* strokes in the format of signature.h */
extern const char *const demo_carriers[];
#define DEMO_CARRIERS 7

/* intake.c: what the couriers bring.  percent: how many of the announced parcels arrive. */
enum err intake_announce(struct shop *s, uint32_t many, bool forgetful) MUST_CHECK;
enum err intake_arrivals(struct shop *s, uint32_t percent, bool photos) MUST_CHECK;
enum err intake_unannounced(struct shop *s, bool known) MUST_CHECK;
enum err intake_half_drop(struct shop *s) MUST_CHECK;        /* begins a courier's drop and leaves it open */
/* Puts a photo into spool_dir, checked as an upload is.  spoilt: the file is cut off, which only the worker
 * notices. */
enum err photo_take(struct shop *s, enum subject subject, bool spoilt, struct photo_in *out) MUST_CHECK;

/* handover.c: percent: how many of the customers with parcels on the shelf come for them. */
enum err handover_some(struct shop *s, uint32_t percent) MUST_CHECK;

/* drawer.c */
#define DRAWER_BASE 100000
enum err drawer_open(struct shop *s, int64_t *id) MUST_CHECK;
enum err drawer_move(struct shop *s, int64_t id, const char *kind, int64_t amount, const char *reason) MUST_CHECK;
enum err drawer_close(struct shop *s, int64_t id, bool is_short) MUST_CHECK;

/* care.c: what is done about parcels beside receiving and handing them over. */
/* Calls customers, notes, corrects, cancels, and reports and resolves an incident. */
enum err care_week(struct shop *s) MUST_CHECK;
enum err care_call_oldest(struct shop *s) MUST_CHECK;
/* Abandons the oldest parcel and expires announcements whose parcels never came. */
enum err care_give_up(struct shop *s) MUST_CHECK;
enum err care_today(struct shop *s) MUST_CHECK;      /* open incidents, a message, an authorisation */
/* Sets the name and address of the shop, a future tariff and a future closed day. */
enum err care_house(struct shop *s) MUST_CHECK;

/* stocktake.c: stocktakes of a zone.  The first finds a missing, a misplaced and a foreign box, the second a
 * misplaced one; the one begun is left half way. */
enum err stocktake_first(struct shop *s) MUST_CHECK;
enum err stocktake_second(struct shop *s) MUST_CHECK;
enum err stocktake_begun(struct shop *s) MUST_CHECK;

/* outbox.c: marks messages of past days as sent, but for a few. */
enum err outbox_settle(struct shop *s) MUST_CHECK;

/* Gives the ids, at most IDS_MAX, that a statement selects; its one argument is the instant `at`. */
struct stmt;
#define IDS_MAX 256
struct ids { int64_t v[IDS_MAX]; size_t n; };
enum err shop_ids(struct shop *s, const struct stmt *statement, int64_t at, struct ids *out) MUST_CHECK;

#endif
