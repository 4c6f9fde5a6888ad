/* Override: why a hand-over may go without a code. */
#ifndef DOMAIN_OVERRIDE_H
#define DOMAIN_OVERRIDE_H

extern const char *const override_reasons[];         /* ends with NULL */
const char *override_reason_words(const char *reason);   /* "No tiene el celular a mano"; NULL for none of them */

#endif
