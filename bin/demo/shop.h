/* Shop: what the files of the demo share. */
#ifndef BIN_DEMO_SHOP_H
#define BIN_DEMO_SHOP_H

#include "bin/demo/demo.h"
#include "bin/demo/picture.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/photo.h"

enum staff { STAFF_CHIEF, STAFF_COUNTER, STAFF_STORES, STAFF_READER };   /* rows of people.c */

struct shop {
    struct ctx *c;               /* its clock is the shop's: each step sets it or moves it on */
    int64_t now, today;          /* the instant of the call, and its day number */
    uint32_t chance;
    int64_t staff[DEMO_STAFF];   /* user ids */
    int packages;                /* announced so far */
    uint32_t drops, handovers, photos, calls;    /* so many so far: every so manieth is a special one */
    int64_t cash;                /* what lies in the drawer that is open */
};

/* 0 … n-1, the same in every demo. */
uint32_t shop_chance(struct shop *s, uint32_t n);
#define SHOP_PICK(s, list) ((list)[shop_chance(s, (uint32_t)COUNT(list))])

/* Time goes by, but never past the instant of the call. */
void shop_wait(struct shop *s, uint32_t seconds);

/* Who acts from now on. */
void shop_staff(struct shop *s, enum staff who);
void shop_customer(struct shop *s);
void shop_system(struct shop *s);

/* people.c */
enum err staff_make(struct shop *s) MUST_CHECK;
/* forgetful: of those few residents who come for nothing. */
struct announce_in person_announce(struct shop *s, bool forgetful);
char *carrier_guide(struct shop *s, const char *carrier);    /* of the form that this carrier prints */
char *person_signature(struct shop *s);                      /* strokes as signature.h takes them */
extern const char *const demo_carriers[];
#define DEMO_CARRIERS 7

/* intake.c: what the couriers bring.  percent: how many of the announced. */
enum err intake_announce(struct shop *s, uint32_t many, bool forgetful) MUST_CHECK;
enum err intake_arrivals(struct shop *s, uint32_t percent, bool photos) MUST_CHECK;
enum err intake_unannounced(struct shop *s, bool known) MUST_CHECK;
enum err intake_half_drop(struct shop *s) MUST_CHECK;        /* one that is still open */
/* A photo in spool_dir, checked as an upload is; spoilt: cut off, which only the worker finds out. */
enum err photo_take(struct shop *s, enum subject subject, bool spoilt, struct photo_in *out) MUST_CHECK;

/* handover.c: who comes for what lies on the shelf; percent of the customers. */
enum err handover_some(struct shop *s, uint32_t percent) MUST_CHECK;

/* drawer.c */
#define DRAWER_BASE 100000
enum err drawer_open(struct shop *s, int64_t *id) MUST_CHECK;
enum err drawer_move(struct shop *s, int64_t id, const char *kind, int64_t amount, const char *reason) MUST_CHECK;
enum err drawer_close(struct shop *s, int64_t id, bool is_short) MUST_CHECK;

/* care.c: what is done about parcels beside receiving and handing them over. */
enum err care_week(struct shop *s) MUST_CHECK;       /* calls, a note, a correction, what is cancelled */
enum err care_call_oldest(struct shop *s) MUST_CHECK;
enum err care_give_up(struct shop *s) MUST_CHECK;    /* the oldest is abandoned, what never came expires */
enum err care_today(struct shop *s) MUST_CHECK;      /* incidents that are open, an authorisation, a message */
/* The name of the point, a tariff and a closed day to come. */
enum err care_house(struct shop *s) MUST_CHECK;

/* stocktake.c: of a zone: counted and finished, with differences or without, or left half way. */
enum err stocktake_first(struct shop *s) MUST_CHECK;
enum err stocktake_second(struct shop *s) MUST_CHECK;
enum err stocktake_begun(struct shop *s) MUST_CHECK;

/* outbox.c: messages of the days gone by went out, but for some. */
enum err outbox_settle(struct shop *s) MUST_CHECK;

/* Packages by a statement with one instant as its argument. */
struct stmt;
#define IDS_MAX 256
struct ids { int64_t v[IDS_MAX]; size_t n; };
enum err shop_ids(struct shop *s, const struct stmt *statement, int64_t at, struct ids *out) MUST_CHECK;

#endif
