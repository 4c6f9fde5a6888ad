/* The sentences of cgi-bin (base/err.h). */
#ifndef CGI_BIN_TEXTS_H
#define CGI_BIN_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "cgi-bin/texts.def"
#undef TEXT

#endif
