/* Printer: bytes to a printer that listens on the network (port 9100 as a rule), which
 * answers nothing.  Connects within 3 s, takes 20 s at most. */
#ifndef SEND_PRINTER_H
#define SEND_PRINTER_H

#include "send/send.h"

/* "host:port", "[::1]:9100"; YES means that its side took all bytes. */
struct send_result printer_send(const char *address, const void *data, size_t n);

#endif
