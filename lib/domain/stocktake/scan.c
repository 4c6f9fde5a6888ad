#include "domain/parcel/package_change.h"
#include "domain/parcel/texts.h"
#include "domain/stocktake/scan.h"
#include "domain/stocktake/texts.h"
#include "local/normal.h"

enum err scan_box(struct ctx *c, const char *box, struct package *out)
{
    enum err e;

    *out = (struct package){ 0 };
    if (box == NULL || box[strspn(box, " ")] == '\0')
        return ctx_fail(c, E_INVALID, "box", T_SCAN_EMPTY, NULL);
    e = package_by_scan(c, box, out);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, "box", T_BOX_NONE, box, NULL);
    if (e == OK && !streq(out->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, "box", T_NOT_ON_SHELF, out->guide_number, out->state, NULL);
    return e;
}

enum err scan_move(struct ctx *c, const struct scan_move_in *in, struct package *out)
{
    const char *position = is_blank(in->position) ? NULL : normal_scan(c->a, in->position);
    enum err e = scan_box(c, in->box, out);

    /* An empty position would mean the first free one, which a scanner's second Enter must not choose. */
    if (e == OK && position == NULL)
        e = ctx_fail(c, E_INVALID, "position", T_SCAN_EMPTY, NULL);
    return e != OK ? e : package_move(c, &(struct move_in){ out->id, position }, out);
}
