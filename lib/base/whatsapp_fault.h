/* WhatsApp fault: what an error code of Meta's Cloud API means, whether it stands in an answer or in a status that is told
 * later.  whatsapp_fault.def has a row a code. */
#ifndef BASE_WHATSAPP_FAULT_H
#define BASE_WHATSAPP_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum whatsapp_means {
    WHATSAPP_FINAL,              /* this message will not arrive */
    WHATSAPP_LATER,              /* it was not taken, and may be later */
    WHATSAPP_ACCOUNT,            /* the same, but none is taken until something is mended */
    WHATSAPP_DOUBT,              /* it may have been taken */
};

/* words: Spanish, for people.  to_mend: only an administrator can mend it. */
struct whatsapp_fault { enum whatsapp_means means; bool to_mend; const char *words; };
/* An unknown code is WHATSAPP_FINAL. */
struct whatsapp_fault whatsapp_fault(int64_t code);

#endif
