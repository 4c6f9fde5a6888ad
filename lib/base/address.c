#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/util.h"

/* Blocks of addresses that are not public, from IANA's registries of special-purpose addresses. */
static const struct { uint32_t net; int bits; } inner4[] = {
    { 0x00000000, 8 },           /* 0.0.0.0/8: this network */
    { 0x0a000000, 8 },           /* 10.0.0.0/8: private */
    { 0x64400000, 10 },          /* 100.64.0.0/10: shared by a carrier's customers (CGNAT) */
    { 0x7f000000, 8 },           /* 127.0.0.0/8: loopback */
    { 0xa83f8110, 32 },          /* 168.63.129.16: metadata of Azure */
    { 0xa9fe0000, 16 },          /* 169.254.0.0/16: link-local, metadata of most providers of machines */
    { 0xac100000, 12 },          /* 172.16.0.0/12: private */
    { 0xc0000000, 24 },          /* 192.0.0.0/24: protocols, metadata of Oracle */
    { 0xc0000200, 24 },          /* 192.0.2.0/24: documentation */
    { 0xc0586300, 24 },          /* 192.88.99.0/24: relays to IPv6 */
    { 0xc0a80000, 16 },          /* 192.168.0.0/16: private */
    { 0xc6120000, 15 },          /* 198.18.0.0/15: measuring */
    { 0xc6336400, 24 },          /* 198.51.100.0/24: documentation */
    { 0xcb007100, 24 },          /* 203.0.113.0/24: documentation */
    { 0xe0000000, 4 },           /* 224.0.0.0/4: multicast */
    { 0xf0000000, 4 },           /* 240.0.0.0/4: reserved, and broadcast */
};

/* Blocks of 2000::/3, which alone is given out of IPv6, that are not somebody's.  Outside of it lie ::1,
 * ::ffff:0:0/96 (IPv4 in IPv6), 64:ff9b::/96 (NAT64), fc00::/7 (private), fe80::/10 (link-local) and ff00::/8. */
static const struct { unsigned char net[4]; int bits; } inner6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 },      /* 2001::/23: protocols, Teredo, which holds an IPv4 address */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },      /* 2001:db8::/32: documentation */
    { { 0x20, 0x02, 0x00, 0x00 }, 16 },      /* 2002::/16: 6to4, which holds an IPv4 address */
    { { 0x3f, 0xff, 0x00, 0x00 }, 20 },      /* 3fff::/20: documentation */
};

static bool bits_same(uint32_t a, uint32_t b, int bits)
{
    return ((a ^ b) >> (32 - bits)) == 0;
}

static bool public4(uint32_t address)
{
    for (size_t i = 0; i < COUNT(inner4); i++)
        if (bits_same(address, inner4[i].net, inner4[i].bits))
            return false;
    return true;
}

static uint32_t first_bits(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool public6(const struct in6_addr *address)
{
    const uint32_t first = first_bits(address->s6_addr);

    for (size_t i = 0; i < COUNT(inner6); i++)
        if (bits_same(first, first_bits(inner6[i].net), inner6[i].bits))
            return false;
    return bits_same(first, 0x20000000, 3);
}

bool address_is_public(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET)
        return public4(ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr));
    return sa->sa_family == AF_INET6 && public6(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
}

bool address_is_loopback(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
    return sa->sa_family == AF_INET6
        && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
}

static bool name_is_of_this_machine(const char *host)
{
    static const char *const names[] = { "localhost", ".localhost", ".local", ".internal", ".localdomain" };
    const size_t n = strlen(host) - (*host != '\0' && host[strlen(host) - 1] == '.');

    for (size_t i = 0; i < COUNT(names); i++) {
        const size_t m = strlen(names[i]);

        if (n >= m && strncasecmp(host + n - m, names[i], m) == 0 && (names[i][0] == '.' || n == m))
            return true;
    }
    return false;
}

bool address_host_is_inner(const char *host)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    char bare[64];
    size_t n = strlen(host);

    if (name_is_of_this_machine(host))
        return true;
    if (inet_aton(host, &v4.sin_addr) != 0)      /* also 127.1, 0x7f000001 and 2130706433, as resolvers read them */
        return !address_is_public((const struct sockaddr *)&v4);
    if (n < 3 || host[0] != '[' || host[n - 1] != ']' || n - 2 >= sizeof bare)
        return false;
    memcpy(bare, host + 1, n - 2);
    bare[n - 2] = '\0';
    return inet_pton(AF_INET6, bare, &v6.sin6_addr) != 1 || !address_is_public((const struct sockaddr *)&v6);
}
