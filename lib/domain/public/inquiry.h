/* Inquiry: a question that a resident asks the point by the link of a package, and what both sides add to it.  There is
 * one open at a time for each person and package: what they write meanwhile joins it.  Of another kind, NO_LLEGO
 * (missing.h), are those about a box that a carrier says it left at the point.  inquiry_answer.h has what staff do. */
#ifndef DOMAIN_INQUIRY_H
#define DOMAIN_INQUIRY_H

#include "base/buf.h"
#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"

#define INQUIRY_LEAST 10         /* characters that are seen */
#define INQUIRY_MOST 2000
#define INQUIRIES_A_DAY 5        /* texts about one package */
#define INQUIRY_COUNTED 1000     /* a count says at most that many: there are so many or more */

extern const struct word inquiry_states[], inquiry_kinds[], inquiry_outcomes[], inquiry_priorities[], inquiry_categories[];

/* A text that was added after the question itself. */
struct inquiry_text {
    int64_t id, inquiry_id, at;
    int64_t user_id;             /* the user who answered; 0: who asked wrote again */
    const char *by_name, *content;
    int64_t ours;                /* 1: an answer of the point */
    const char *sms, *email;     /* the state of its message by that channel (notification_states); NULL: none was written */
};
FIELD_TABLE(struct inquiry_text, inquiry_text_fields)
FIELD_TABLE(struct inquiry_text, inquiry_text_public_fields)
struct inquiry_texts { struct inquiry_text *v; size_t n; };

struct inquiry {
    int64_t id;
    const char *kind, *state;
    int64_t package_id;          /* 0: about no package of ours, or nobody has found it yet */
    int64_t at, since;           /* since: who asked waits since then; 0: they do not wait */
    const char *content;
    int64_t assigned_to;         /* 0: nobody's */
    const char *assigned_name;
    int64_t closed_at;           /* 0: open */
    const char *closed_by_name, *outcome;
    const char *guide_number, *carrier, *said_on;    /* said_on: "2026-11-25", of NO_LLEGO */
    const char *customer_name, *customer_phone, *customer_email;     /* the person who asked, whoever's the package is now */
    const char *guide_key;
    int64_t customer_id, package_customer;           /* the customer who asked; the one whose the package is now */
    const char *added;           /* the newest text of who asked; NULL: nothing followed the question */
    const char *priority, *category;     /* as a clerk says; category NULL: nobody did */
    /* not columns of the row: */
    int64_t waited;              /* seconds of open time (open_hours.h) since `since` */
    bool late;                   /* longer than the setting inquiries.target_hours */
    struct inquiry_texts texts;
};
FIELD_TABLE(struct inquiry, inquiry_fields)              /* without the texts */
FIELD_TABLE(struct inquiry, inquiry_public_fields)       /* for who asked: without what only staff may know */
/* next: `after` of the next page; 0 after the last */
struct inquiries { struct inquiry *v; size_t n; int64_t next; };

struct inquiry_in { const char *token, *content; };
/* Asks, or adds to the open question.  E_INVALID names "content"; E_CONFLICT after INQUIRIES_A_DAY; E_THROTTLED for a
 * network that asks too much, and when all ask too much; E_NOT_FOUND for an unknown token. */
enum err inquiry_ask(struct ctx *c, const struct inquiry_in *in, struct inquiry *out) MUST_CHECK;
/* E_THROTTLED for a network that asks too much. */
enum err inquiry_network_check(struct ctx *c) MUST_CHECK;
/* Inside a db_write: E_THROTTLED when all networks together ask too much. */
enum err inquiry_all_check_tx(struct ctx *c) MUST_CHECK;
/* Inside a db_write: who asked wrote again, so that an answered question waits once more. */
enum err inquiry_add_tx(struct ctx *c, int64_t id, const char *content) MUST_CHECK;
/* Inside a db_write: an answer of the point. */
enum err inquiry_text_add_tx(struct ctx *c, int64_t id, const char *content, int64_t *text) MUST_CHECK;

/* Reads a question with its texts; E_NOT_FOUND has a sentence. */
enum err inquiry_by_id(struct ctx *c, int64_t id, struct inquiry *out) MUST_CHECK;
/* Lists what the package's person asked about it, the newest first, with the texts: another person's questions
 * about it are left out. */
enum err inquiries_of(struct ctx *c, const struct package *p, struct inquiries *out) MUST_CHECK;
/* inquiries_of for that person: only what inquiry_public_fields shows is read, and since when it waits. */
enum err inquiries_public_of(struct ctx *c, const struct package *p, struct inquiries *out) MUST_CHECK;

/* The inbox: those that wait, the oldest first, without their texts.  state: only those in it (RESPONDIDO and CERRADO the
 * newest first); mine: only those of who asks; assigned_to: only those of that clerk, 0: of all; after: the last one
 * seen, 0 at first; limit: 1 to 200, else 50. */
struct inquiry_filter { const char *state, *category, *priority; bool mine; int64_t assigned_to, after, limit; };
#define INQUIRY_SHEET_MAX 10000
/* Appends all questions of the filter as a spreadsheet (csv.h), INQUIRY_SHEET_MAX at most; when there are more, its last
 * line says so. */
enum err inquiry_sheet(struct ctx *c, const struct inquiry_filter *f, struct buf *out) MUST_CHECK;
enum err inquiry_list(struct ctx *c, const struct inquiry_filter *f, struct inquiries *out) MUST_CHECK;

/* Counts, each at most INQUIRY_COUNTED.  late: wait longer than the target; urgent: wait and are URGENTE; mine: wait and are of
 * who asks. */
struct inquiry_stats { int64_t unread, reading, waiting, answered, mine, late, urgent, target_hours, oldest_at; };
FIELD_TABLE(struct inquiry_stats, inquiry_stats_fields)
enum err inquiry_stats(struct ctx *c, struct inquiry_stats *out) MUST_CHECK;
/* How many wait, for the menu of every page; at most INQUIRY_COUNTED, 0 when it cannot be read. */
int64_t inquiry_waiting(struct ctx *c);

#endif
