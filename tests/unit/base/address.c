/* Address: which addresses a webhook may reach. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "base/util.h"

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&v4);
    cr_assert_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1, "%s", text);
    return address_is_public((const struct sockaddr *)&v6);
}

Test(address, the_first_and_the_last_of_each_inner_block_are_refused_and_their_neighbours_are_public)
{
    static const struct { const char *first, *last, *before, *after; } rows[] = {
        { "0.0.0.0", "0.255.255.255", NULL, "1.0.0.0" },
        { "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0" },
        { "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0" },
        { "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0" },
        { "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17" },
        { "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0" },
        { "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0" },
        { "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0" },
        { "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0" },
        { "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0" },
        { "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0" },
        { "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0" },
        { "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0" },
        { "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0" },
        { "224.0.0.0", "255.255.255.255", "223.255.255.255", NULL },
        { "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "2000::" },     /* ::1, ::ffff:8.8.8.8, 64:ff9b::808:808 */
        { "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff::", "2001:200::" },
        { "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::" },
        { "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff::", "2003::" },
        { "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff::", "3fff:1000::" },
        { "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff::", NULL },    /* fc00::/7, fe80::/10, ff00::/8 */
    };
    static const char *const more[] = { "::1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "169.254.169.254", "100.100.100.200", "192.0.0.192" };

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_not(is_public(rows[i].first), "%s", rows[i].first);
        cr_expect_not(is_public(rows[i].last), "%s", rows[i].last);
        cr_expect(rows[i].before == NULL || is_public(rows[i].before), "%s", rows[i].before);
        cr_expect(rows[i].after == NULL || is_public(rows[i].after), "%s", rows[i].after);
    }
    for (size_t i = 0; i < COUNT(more); i++)
        cr_expect_not(is_public(more[i]), "%s", more[i]);
    cr_expect(is_public("8.8.8.8"));
    cr_expect(is_public("2606:4700::1111"));
}

Test(address, a_host_that_is_an_inner_address_is_known_in_every_way_of_writing_it)
{
    static const char *const inner[] = { "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.1", "[::1]",
        "[::ffff:10.0.0.1]", "[fe80::1%25eth0]", "[zz]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "caja.local",
        "metadata.google.internal", "0" };
    static const char *const outer[] = { "example.com", "8.8.8.8", "[2606:4700::1111]", "localhost.example.com",
        "mylocalhost", "local", "10.0.0.1.nip.io", "" };

    for (size_t i = 0; i < COUNT(inner); i++)
        cr_expect(address_host_is_inner(inner[i]), "%s", inner[i]);
    for (size_t i = 0; i < COUNT(outer); i++)
        cr_expect_not(address_host_is_inner(outer[i]), "%s", outer[i]);
}
