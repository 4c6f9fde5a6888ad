/* Privacy request: somebody asks about their own data (Ley 1581/2012): to know them, to have them corrected or erased, to
 * take back their consent, or complains.  They need no account: a link that goes to the phone or the e-mail that they
 * wrote proves that they read it, or a clerk sees their document.  From then on the request has a term in business
 * days.  Whoever has proved nothing is told nothing.  privacy_desk.h has what an ADMIN does with it. */
#ifndef DOMAIN_PRIVACY_REQUEST_H
#define DOMAIN_PRIVACY_REQUEST_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

#define PRIVACY_LEAST 10         /* characters that are seen */
#define PRIVACY_MOST 2000
#define PRIVACY_QUERY_DAYS 10    /* business days for a CONSULTA; it may be extended by PRIVACY_QUERY_MORE */
#define PRIVACY_QUERY_MORE 5
#define PRIVACY_CLAIM_DAYS 15    /* for all other kinds */
#define PRIVACY_CLAIM_MORE 8
#define PRIVACY_SOON 3           /* a request is due soon with so many business days left */
#define PRIVACY_PROVE_DAYS 60    /* whoever proves nothing for so long has given it up */
#define PRIVACY_DATA_DAYS 7      /* the link gives the data for so long */
#define PRIVACY_LINK_DAYS 30     /* the link shows the answer for so long */

extern const struct word privacy_kinds[], privacy_states[], privacy_outcomes[], privacy_deeds[];

struct privacy_request {
    int64_t id;
    const char *kind;
    int64_t at;
    const char *name, *phone, *email, *content;      /* NULL: none, or forgotten since */
    const char *letter;          /* "sms" or "email": how the link went to them; NULL: it did not */
    int64_t link_until, link_at, seen_at;            /* 0: none; they opened the link; a clerk saw their document */
    const char *seen_by;
    int64_t customer_id;         /* the person whose data it is about; 0: nobody has said yet */
    const char *customer_name;
    int64_t due_day;             /* day number; 0: nobody has proved who they are */
    int64_t extended_at;
    const char *extended_why;
    int64_t closed_at;
    const char *closed_by, *outcome, *answer, *done;
    int64_t done_audit, data_until;
    /* not columns of the row: */
    const char *state;           /* a value of privacy_states */
    const char *due_on;          /* due_day as "2026-12-16"; NULL: none */
    int64_t left;                /* business days until it is due, today not counted; negative: late by so many */
    bool late, soon;             /* it is open, and is late, or due within PRIVACY_SOON */
};
FIELD_TABLE(struct privacy_request, privacy_request_fields)
FIELD_TABLE(struct privacy_request, privacy_received_fields)
struct privacy_requests { struct privacy_request *v; size_t n; int64_t next; };

/* The question of somebody; phone and email as typed, of which one must be good for a letter. */
struct privacy_in { const char *kind, *name, *phone, *email, *content; bool consent; };
/* Takes the request down and sends its link.  E_INVALID names the wrong fields; E_THROTTLED for a network that asks too
 * much, and when all ask too much.  The answer is the same whether the point knows that person or not. */
enum err privacy_ask(struct ctx *c, const struct privacy_in *in, struct privacy_request *out) MUST_CHECK;
enum err privacy_by_id(struct ctx *c, int64_t id, struct privacy_request *out) MUST_CHECK;
/* The oldest claim (anything but a CONSULTA) about a customer's data that waits for its answer: it marks the data as
 * disputed.  *id is 0 when there is none. */
enum err privacy_claim_of(struct ctx *c, int64_t customer_id, int64_t *id) MUST_CHECK;
/* The request whose link has that secret; E_NOT_FOUND for any other, or one that is over. */
enum err privacy_by_secret(struct ctx *c, const char *secret, struct privacy_request *out) MUST_CHECK;
/* Whoever reads the link says that the request is theirs: its term begins, unless it has. */
enum err privacy_prove(struct ctx *c, const char *secret, struct privacy_request *out) MUST_CHECK;

/* state: NULL: ABIERTA.  Those that are open by their term, the first due first; the others the newest first.
 * after: the id of the last one seen, 0 at first. */
struct privacy_filter { const char *state; int64_t after, limit; };
enum err privacy_list(struct ctx *c, const struct privacy_filter *f, struct privacy_requests *out) MUST_CHECK;
struct privacy_counts { int64_t open, unproved, late, soon; };
enum err privacy_count(struct ctx *c, struct privacy_counts *out) MUST_CHECK;
/* The last day of a request's term that begins on that day; extended: with what an extension adds. */
int64_t privacy_due(const char *kind, int64_t day, bool extended);

/* Inside a db_write: a letter that an open request's link has news, by the way that proved itself; nothing when the link
 * was never opened.  `what` names the news among those of this request. */
enum err privacy_letter_tx(struct ctx *c, const struct privacy_request *p, const char *text, const char *what) MUST_CHECK;

/* Deletes requests of whom nobody ever proved to be, PRIVACY_PROVE_DAYS old; at most `limit`, *done counts. */
enum err privacy_give_up(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Forgets name, phone, e-mail and texts of requests that are closed: of who was erased once their link is over, of the
 * others after the years of the setting retention.years; at most `limit`, *done counts. */
enum err privacy_forget(struct ctx *c, int limit, int *done) MUST_CHECK;

#endif
