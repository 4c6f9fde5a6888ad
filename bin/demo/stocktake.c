/* Stocktakes of the demo: scans as a clerk makes them, position after position of a zone. */
#include "bin/demo/shop.h"

#include "domain/shelf/position.h"
#include "domain/stocktake/stocktake.h"

#define CODES_MAX 100

/* Differences that a stocktake finds.  missing, misplaced: the number of such a box in the order of counting,
 * from 1; 0: none.  extra: a box that the books do not know is scanned. */
struct findings { size_t missing, misplaced; bool extra; };
struct count { struct stocktake counted; struct findings amiss; size_t boxes; const char *carried; };

static enum err label_scan(struct shop *s, const struct count *k, const char *label, struct stocktake_reading *out)
{
    shop_wait(s, 6);
    return stocktake_scan(s->c, &(struct stocktake_scan_in){ k->counted.id, label, NULL }, out);
}

/* Scans the misplaced box on this position.  If the position has no other box, the clerk corrects the books:
 * the box belongs here now. */
static enum err carried_found(struct shop *s, struct count *k, bool empty)
{
    struct stocktake_reading reading;
    struct stocktake_box box;
    enum err e = label_scan(s, k, k->carried, &reading);

    k->carried = NULL;
    return e != OK || !empty ? e : stocktake_place(s->c, &(struct stocktake_fix_in){ k->counted.id, reading.box.id }, &box);
}

static enum err position_count(struct shop *s, struct count *k, const char *code)
{
    struct shelved_list boxes;
    struct stocktake_reading reading;
    struct position position;
    enum err e = position_by_code(s->c, code, &position);

    if (e == OK)
        e = position_packages(s->c, position.id, 0, &boxes);
    if (e == OK)
        e = label_scan(s, k, code, &reading);
    if (e == OK && k->carried != NULL)
        e = carried_found(s, k, boxes.n == 0);
    for (size_t i = 0; e == OK && i < boxes.n; i++) {
        k->boxes++;
        if (k->boxes == k->amiss.misplaced)
            k->carried = boxes.v[i].tracking_code;
        else if (k->boxes != k->amiss.missing)
            e = label_scan(s, k, boxes.v[i].tracking_code, &reading);
    }
    if (e != OK || !k->amiss.extra || k->boxes == 0)
        return e;
    k->amiss.extra = false;
    return label_scan(s, k, carrier_guide(s, "Deprisa"), &reading);
}

/* most: how many positions are counted; if that is all of the zone, the stocktake is finished, else left
 * open. */
static enum err zone_count(struct shop *s, const char *zone, struct findings amiss, size_t most)
{
    struct count k = { .amiss = amiss };
    struct stocktake_codes left;
    enum err e;

    shop_staff(s, STAFF_STORES);
    e = stocktake_start(s->c, &(struct stocktake_in){ .zone = zone }, &k.counted);
    if (e == OK)
        e = stocktake_left(s->c, k.counted.id, CODES_MAX, &left);
    for (size_t i = 0; e == OK && i < left.n && i < most; i++)
        e = position_count(s, &k, left.v[i]);
    if (e != OK || left.n > most)
        return e;
    shop_wait(s, 60);
    return stocktake_finish(s->c, &(struct stocktake_finish_in){ k.counted.id, false }, &k.counted);
}

enum err stocktake_first(struct shop *s)
{
    return zone_count(s, "Estante 1", (struct findings){ .missing = 3, .misplaced = 5, .extra = true }, CODES_MAX);
}

enum err stocktake_second(struct shop *s)
{
    return zone_count(s, "Estante 2", (struct findings){ .misplaced = 2 }, CODES_MAX);
}

enum err stocktake_begun(struct shop *s)
{
    return zone_count(s, "Estante 1", (struct findings){ .missing = 4 }, 8);
}
