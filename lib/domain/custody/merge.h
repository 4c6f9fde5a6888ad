/* Merge: two people who turn out to be one.  All that was the one's is the other's from then on, nothing is
 * deleted, and for a day exactly that can be taken back. */
#ifndef DOMAIN_MERGE_H
#define DOMAIN_MERGE_H

#include "domain/people/customer.h"

#define MERGE_UNDO_S 86400

/* Counts of what would move: how many rows of each kind. */
struct merge_count { const char *moved, *words; int64_t n; };
FIELD_TABLE(struct merge_count, merge_count_fields)
struct merge_counts { struct merge_count *v; size_t n; };
struct merge_preview {
    struct customer kept, gone;
    struct merge_counts counts;
};
/* E_NOT_FOUND when one of them is not there; E_INVALID at "with" when they are one already. */
enum err merge_preview(struct ctx *c, int64_t kept, int64_t gone, struct merge_preview *out) MUST_CHECK;

struct merge_in { int64_t kept, gone; const char *reason; };
struct merge { int64_t id, kept_id, gone_id, at, undone_at, until; };    /* until: it can be undone before then */
FIELD_TABLE(struct merge, merge_fields)
/* Merges two people, for an ADMIN: parcels, messages and whatever else the tables of merge.c name become the kept
 * one's, whose empty fields are filled; the other's row stays without a name, and leads to the kept one.  The name
 * is that of whom a clerk knows.  Link and code of a parcel go where they went: to the phone that announced it. */
enum err customer_merge(struct ctx *c, const struct merge_in *in, struct merge *out) MUST_CHECK;
/* Moves exactly what was moved back, if it is still the kept one's, and what was announced meanwhile by a phone of
 * the gone one alone.  Parcels to come or to collect get another link and another code, which their phone is told.
 * E_CONFLICT after MERGE_UNDO_S, when it was undone, when the kept one was merged into somebody else since, or when
 * a third person has the other's document by now. */
enum err customer_merge_undo(struct ctx *c, int64_t id, struct merge *out) MUST_CHECK;
/* The latest merge into a person that can be undone; out->id is 0 when there is none. */
enum err merge_of(struct ctx *c, int64_t kept, struct merge *out) MUST_CHECK;
/* The person whom somebody was merged into, at last; 0: they were not. */
int64_t merged_into(struct ctx *c, int64_t id);
/* Forgets how people were before merges that cannot be undone any more, and which rows these moved, at most `limit`
 * merges; *done counts. */
enum err merge_forget(struct ctx *c, int limit, int *done) MUST_CHECK;

#endif
