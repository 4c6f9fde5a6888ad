/* Labels of boxes and positions, 50 × 25 mm each, for the browser's print dialogue. */
#ifndef CGI_PACKAGES_LABELS_H
#define CGI_PACKAGES_LABELS_H

#include "app/route.h"

extern const struct params labels_params, labels_print_params, symbol_params;
handler labels, labels_print_all, symbol;

struct labels_answer { int64_t printed; bool more; };
FIELD_TABLE(struct labels_answer, labels_answer_fields)

#endif
