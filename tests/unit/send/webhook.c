/* Webhook: a request goes to an address of the internet or nowhere, whatever its name stands for the next moment;
 * and how it is signed.  The resolver is imitated, and so is the network beyond loopback: no packet leaves this
 * machine. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/address.h"
#include "base/util.h"
#include "send/webhook.h"

/* The addresses that the name stands for at the first look, at the second and at all further ones, with commas
 * between. */
static const char *looks[3];
static int looked, connected_outside, connected_inside;

/* The functions below stand before libc's in the search for a name (tests/local.mk exports them), so libcurl calls
 * them. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out);
int net_connect(int fd, const struct sockaddr *to, socklen_t n) __asm__("connect");
void freeaddrinfo(struct addrinfo *list);

/* Makes one address as getaddrinfo gives it. */
static struct addrinfo *answer_of(const char *text, const char *service, struct addrinfo *next)
{
    struct addrinfo *a = calloc(1, sizeof *a);
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)(service != NULL ? atoi(service) : 0)) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = v4.sin_port };
    const bool is4 = inet_pton(AF_INET, text, &v4.sin_addr) == 1;

    cr_assert(is4 || inet_pton(AF_INET6, text, &v6.sin6_addr) == 1, "%s", text);
    a->ai_family = is4 ? AF_INET : AF_INET6;
    a->ai_socktype = SOCK_STREAM;
    a->ai_addrlen = is4 ? sizeof v4 : sizeof v6;
    a->ai_addr = calloc(1, a->ai_addrlen);
    memcpy(a->ai_addr, is4 ? (const void *)&v4 : (const void *)&v6, a->ai_addrlen);
    a->ai_next = next;
    return a;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints UNUSED, struct addrinfo **out)
{
    char text[200], *save = NULL;

    *out = NULL;
    if (!streq(node, "avisos.example.com")) {    /* an address that is written in the URL */
        *out = answer_of(node, service, NULL);
        return 0;
    }
    snprintf(text, sizeof text, "%s", looks[looked < 2 ? looked : 2]);
    looked++;
    for (char *one = strtok_r(text, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save))
        *out = answer_of(one, service, *out);    /* the last is tried first */
    return *out != NULL ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list)
{
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;

        free(list->ai_addr);
        free(list);
        list = next;
    }
}

/* An address that is not of this machine would take the connection: it is refused here, and counted. */
int net_connect(int fd, const struct sockaddr *to, socklen_t n)
{
    if (to->sa_family == AF_UNIX)
        return (int)syscall(SYS_connect, fd, to, n);
    if (address_is_public(to))
        connected_outside++;
    else
        connected_inside++;
    errno = ECONNREFUSED;
    return -1;
}

static struct webhook_call send_to(struct arena *a, const char *url, bool loopback)
{
    struct conf *c = arena_alloc(a, sizeof *c);
    struct webhook_call call = { .url = url, .id = "msg_1", .body = "{}", .at = 1793707200, .secrets = { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } };

    c->webhook_loopback = loopback;
    c->ca_file = "";
    looked = connected_outside = connected_inside = 0;
    webhook_send(a, c, &call);
    return call;
}

Test(webhook, nothing_goes_to_an_inner_address_however_it_is_named)
{
    static const char *const inner[] = { "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fd00::1", "fe80::1", "64:ff9b::7f00:1" };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(inner); i++) {
        struct webhook_call call;

        looks[0] = looks[1] = looks[2] = inner[i];
        call = send_to(a, "https://avisos.example.com/x", false);
        cr_expect_eq(connected_inside + connected_outside, 0, "%s", inner[i]);
        cr_expect_not(call.delivered);
        cr_expect(strstr(call.error, "red interna") != NULL, "%s: %s", inner[i], call.error);
    }
    arena_free(a);
}

Test(webhook, a_name_that_stands_for_another_address_a_moment_later_leads_nowhere_else)
{
    struct arena *a = arena_new();
    struct webhook_call call;

    looks[0] = "8.8.8.8";        /* as when it was judged … */
    looks[1] = looks[2] = "127.0.0.1";       /* … and any time later */
    call = send_to(a, "https://avisos.example.com/x", false);
    cr_expect_eq(looked, 1, "the name is looked up once, and what came of it is connected to");
    cr_expect_eq(connected_outside, 1);
    cr_expect_eq(connected_inside, 0);
    cr_expect(strstr(call.error, "conexión") != NULL, "%s", call.error);
    looks[0] = "127.0.0.1";
    call = send_to(a, "https://avisos.example.com/x", false);
    cr_expect_eq(connected_inside + connected_outside, 0, "the next try finds the other address, and goes nowhere");
    cr_expect(strstr(call.error, "red interna") != NULL, "%s", call.error);
    arena_free(a);
}

Test(webhook, of_several_addresses_an_inner_one_ends_the_try)
{
    struct arena *a = arena_new();
    struct webhook_call call;

    looks[0] = looks[1] = looks[2] = "10.0.0.1,8.8.8.8";     /* the public one is tried first, in vain */
    call = send_to(a, "https://avisos.example.com/x", false);
    cr_expect_eq(connected_inside, 0);
    cr_expect_not(call.delivered);
    looks[0] = looks[1] = looks[2] = "8.8.8.8,10.0.0.1";
    call = send_to(a, "https://avisos.example.com/x", false);
    cr_expect_eq(connected_inside, 0);
    cr_expect_eq(connected_outside, 0, "what has one inner address is not trusted with the others");
    arena_free(a);
}

Test(webhook, plain_http_is_for_this_machine_in_development_only)
{
    struct arena *a = arena_new();

    looks[0] = looks[1] = looks[2] = "8.8.8.8";
    cr_expect(send_to(a, "http://avisos.example.com/x", false).error != NULL);
    cr_expect_eq(looked + connected_outside, 0);
    cr_expect(send_to(a, "http://avisos.example.com/x", true).error != NULL);
    cr_expect_eq(connected_outside, 0, "not even in development does it go out in the clear");
    looks[0] = looks[1] = looks[2] = "127.0.0.1";
    send_to(a, "http://avisos.example.com/x", true);
    cr_expect_eq(connected_inside, 1);
    looks[0] = looks[1] = looks[2] = "192.168.0.1";
    send_to(a, "https://avisos.example.com/x", true);
    cr_expect_eq(connected_inside, 0, "a neighbour is none of this machine");
    arena_free(a);
}

Test(webhook, is_signed_by_each_secret_as_the_standard_has_it)
{
    /* The example of the Standard Webhooks specification. */
    struct webhook_call call = { .id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .at = 1614265330, .body = "{\"test\": 2432232314}",
                                 .secrets = { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } };
    struct arena *a = arena_new();
    const char *both;

    cr_expect_str_eq(webhook_signature(a, &call), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    call.secrets[1] = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    both = webhook_signature(a, &call);
    cr_expect(has_prefix(both, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,"), "%s", both);
    call.secrets[0] = "whsec_esto no es base64";
    call.secrets[1] = NULL;
    cr_expect_str_eq(webhook_signature(a, &call), "");
    arena_free(a);
}
