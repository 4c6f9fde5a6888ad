/* Printer: bytes to a printer that listens on the network (port 9100 as a rule), which
 * answers nothing.  Connects within 3 s. */
#ifndef SEND_PRINTER_H
#define SEND_PRINTER_H

#include "send/send.h"

/* "host:port", "[::1]:9100"; YES means that its side took all bytes.  patience: for how many
 * seconds it may take none of them, as when it has run out of paper. */
struct send_result printer_send(const char *address, const void *data, size_t n, int patience);

#endif
