/* Printer: sends bytes to a printer that listens on the network (usually port 9100) and answers nothing.
 * Connects within 3 s. */
#ifndef SEND_PRINTER_H
#define SEND_PRINTER_H

#include "send/send.h"

/* address: "host:port", "[::1]:9100".  SENT_YES means that the printer's side took all bytes.  patience:
 * seconds for which it may take none, as when it has run out of paper. */
struct send_result printer_send(const char *address, const void *data, size_t n, int patience);

#endif
