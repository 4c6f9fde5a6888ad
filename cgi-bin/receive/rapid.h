/* Rapid intake: the parcels of one courier's drop, scan after scan, and the drop itself. */
#ifndef CGI_RECEIVE_RAPID_H
#define CGI_RECEIVE_RAPID_H

#include "app/route.h"
#include "domain/parcel/batch.h"

#define CARRIER_SEVERAL "varias" /* the carrier that the form of a series sends for a drop of several */

extern const struct params rapid_params, whose_params, refuse_params, refusal_params, batch_params, batch_list_params, batch_close_params;
handler rapid_page, rapid_scan, rapid_whose, rapid_refuse, rapid_refuse_undo, batch_page, batch_finish;
handler batches, batch_json, batch_refuse_json, batch_refusal_undo_json;
FIELD_TABLE(struct batch_answer, batch_answer_fields)

#endif
