/* Address: which addresses of the network are somebody else's, out on the internet.  What a program sends to an address
 * that people chose must not reach this machine, its neighbours, or what a provider of machines hides behind an address
 * of its own. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Whether it is an ordinary address of the internet: neither loopback, private, shared (CGNAT), link-local, metadata,
 * multicast, reserved or for documentation, nor an IPv6 address that stands for an IPv4 one. */
bool address_is_public(const struct sockaddr *sa);
bool address_is_loopback(const struct sockaddr *sa);     /* 127.0.0.0/8, ::1 */

/* Whether a host, as it stands in a URL, is a literal address that is not public ("10.0.0.1", "[::1]"), or a name that
 * only stands for this machine ("localhost").  Any other name is judged when it was resolved. */
bool address_host_is_inner(const char *host);

#endif
