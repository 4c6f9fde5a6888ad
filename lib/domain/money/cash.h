/* Cash: the drawer of a person at the counter, from its base to its approved closing (domain.md §1).
 * Since the first drawer was ever opened, cash is only taken into the open drawer of the person who
 * takes it.  Nobody may see how much a drawer should hold before it is counted: `counted`, `expected`
 * and `difference` are for drawers that have counted_at. */
#ifndef DOMAIN_CASH_H
#define DOMAIN_CASH_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "domain/people/approval.h"
#include "store/db.h"

#define CASH_ROWS_MAX 5000       /* payments that a report lists; its sums are of all */
#define CASH_AMOUNT_MAX 100000000

/* Notes and coins, the largest note first. */
enum denomination {
#define DENOMINATION(name, kind, value, words) D_##name,
#include "domain/money/denomination.def"
#undef DENOMINATION
    DENOMINATIONS
};
extern const struct denomination_row {
    const char *name, *kind;     /* kind: billete or moneda */
    int64_t value;
    const char *words;
} denominations[DENOMINATIONS];
#define PIECES_MAX 9999          /* pieces of one denomination; more is a slip of the hand */

struct cash_session {
    int64_t id;
    const char *state;           /* ABIERTA, CONTADA, CERRADA, APROBADA */
    int64_t opened_by;
    const char *opened_by_name;
    int64_t opened_at, base;
    int64_t counted_at;
    const char *counted_by_name;
    int64_t counted, expected, difference;
    int64_t closed_at;
    const char *closed_by_name, *explanation;
    int64_t approved_at;
    const char *approved_by_name, *approval_note;
    int64_t counted_by, closed_by;
};
/* cash_session_fields: what may be seen at any time; cash_count_fields: what only a count tells. */
FIELD_TABLE(struct cash_session, cash_session_fields)
FIELD_TABLE(struct cash_session, cash_count_fields)
struct cash_sessions { struct cash_session *v; size_t n; };

/* The caller's own drawer that is not closed; E_NOT_FOUND when there is none. */
enum err cash_own(struct ctx *c, struct cash_session *out) MUST_CHECK;
/* A drawer of one's own, or for an ADMIN anybody's: E_NOT_FOUND, E_FORBIDDEN. */
enum err cash_session_by_id(struct ctx *c, int64_t id, struct cash_session *out) MUST_CHECK;
/* Drawers, the newest first: one's own, or for an ADMIN everybody's.  *next: `before` of the following page, or 0. */
struct cash_filter { int64_t before, limit; };
enum err cash_list(struct ctx *c, const struct cash_filter *f, struct cash_sessions *out,
                   int64_t *next) MUST_CHECK;
/* The last count of the drawer that was closed last left this in it: whoever opens the next one finds it there.
 * counted_at 0: no drawer was ever closed. */
struct cash_left { int64_t id, counted, counted_at; const char *counted_by_name; };
FIELD_TABLE(struct cash_left, cash_left_fields)
enum err cash_left(struct ctx *c, struct cash_left *out) MUST_CHECK;
/* True while the caller has a drawer that was not counted: a sum of what was paid would tell what it should hold. */
bool cash_is_uncounted(struct ctx *c);
/* How many closed drawers that were short or over wait for an ADMIN's approval. */
int64_t cash_waiting(struct ctx *c);
/* True when the caller can take cash now, as far as drawers go. */
bool cash_can_take(struct ctx *c);

/* ---- every peso of a drawer ---- */

/* A row of a drawer: what was taken at once by one method and reference, for one package or all of a hand-over, or given
 * back at once. */
struct cash_payment {
    int64_t id, taken_at, amount;    /* id: of the first of its payments */
    const char *method, *reference;
    int64_t packages, package_id;    /* how many packages, and the first of them */
    const char *guide_number;
    const char *taken_by_name;
    int64_t reverses;
    const char *reason;
};
FIELD_TABLE(struct cash_payment, cash_payment_fields)

struct cash_movement {
    int64_t id, made_at;
    const char *kind;            /* from cash_kinds */
    int64_t amount;              /* negative: it went out */
    const char *reason, *reference, *made_by_name;
};
FIELD_TABLE(struct cash_movement, cash_movement_fields)

struct cash_method { const char *method; int64_t payments, amount; };
FIELD_TABLE(struct cash_method, cash_method_fields)

/* Notes or coins of one denomination at the last count. */
struct cash_piece { const char *kind; int64_t value, pieces, amount; };
FIELD_TABLE(struct cash_piece, cash_piece_fields)

struct cash_tally { int64_t counted, counted_at; const char *counted_by_name; };
FIELD_TABLE(struct cash_tally, cash_tally_fields)

struct cash_report {
    struct cash_session session;
    struct cash_payments { struct cash_payment *v; size_t n; } payments;     /* in their order */
    struct { struct cash_movement *v; size_t n; } movements;
    struct cash_methods { struct cash_method *v; size_t n; } methods;    /* sums, cash first */
    struct { struct cash_piece *v; size_t n; } pieces;
    struct { struct cash_tally *v; size_t n; } tallies;          /* the counts, in their order */
    int64_t cash, other;
    int64_t movements_in, movements_out, transfers;  /* the last two: negative */
    bool more;                   /* more payments than are listed */
};
/* The whole report is read from one state of the database.  Before the count nobody is told payments or their sums: who
 * adds them up knows what the drawer should hold. */
enum err cash_report(struct ctx *c, int64_t id, struct cash_report *out) MUST_CHECK;

/* ---- money in no drawer: taken by people who had none open, since the first drawer of all ---- */

struct cash_outside_day {
    const char *date;            /* 2026-11-25 */
    int64_t day;                 /* its number */
    int64_t payments, amount;    /* less reversals */
};
FIELD_TABLE(struct cash_outside_day, cash_outside_day_fields)
struct cash_outside {
    struct { struct cash_outside_day *v; size_t n; } days;   /* days with such payments, the latest first */
    struct cash_payments payments;                           /* the chosen day's, in their order */
    struct cash_outside_day chosen;                          /* day 0: there are no such payments */
    bool more;                   /* more payments than are listed */
};
/* An ADMIN reads them.  day: the day to choose, 0: the latest.  before: only days earlier than that
 * one, 0: all; at most CASH_OUTSIDE_DAYS. */
#define CASH_OUTSIDE_DAYS 31
struct cash_outside_in { int64_t day, before; };
enum err cash_outside(struct ctx *c, const struct cash_outside_in *in, struct cash_outside *out) MUST_CHECK;

/* ---- changes; each is audited ---- */

struct cash_open_in { int64_t base; };
/* E_CONFLICT while the caller has a drawer that is not closed. */
enum err cash_open(struct ctx *c, const struct cash_open_in *in, struct cash_session *out) MUST_CHECK;

extern const struct word cash_kinds[];       /* entrada, salida, traslado: to the bank, with its reference */
struct cash_movement_in { int64_t id; const char *kind; int64_t amount; const char *reason, *reference; };
/* E_INVALID for more than the drawer holds, E_CONFLICT once it is counted. */
enum err cash_move(struct ctx *c, const struct cash_movement_in *in, struct cash_session *out) MUST_CHECK;

struct cash_count_in { int64_t id; int64_t pieces[DENOMINATIONS]; bool empty; };
/* A count stops the drawer: later payments are refused.  It may be counted again until it is closed;
 * all counts are kept, the last one holds.  A count without any piece needs `empty`. */
enum err cash_count(struct ctx *c, const struct cash_count_in *in, struct cash_session *out) MUST_CHECK;

struct cash_close_in { int64_t id; const char *explanation; };
/* Close a drawer after the count; a difference needs its explanation. */
enum err cash_close(struct ctx *c, const struct cash_close_in *in, struct cash_session *out) MUST_CHECK;

struct cash_approve_in { int64_t id; const char *note; struct approval *approval; };
/* Approved by an ADMIN who has neither opened, counted nor closed the drawer: the caller, or at an OPERADOR's counter the
 * one who types a PIN (NULL: nobody can). */
enum err cash_approve(struct ctx *c, const struct cash_approve_in *in, struct cash_session *out) MUST_CHECK;

/* ---- inside the transactions of others ---- */

/* The open drawer of the user who acts; *id is 0 without one.  E_CONFLICT (field "method") when cash
 * needs one. */
enum err cash_drawer_tx(struct ctx *c, bool cash, int64_t *id) MUST_CHECK;
/* The pesos that a drawer should hold now: its base, cash taken and given back, and movements. */
int64_t cash_expected(struct ctx *c, int64_t id);

#endif
