/* Lobby: nginx's connections to this process, and the requests on them that have been read and wait for their
 * answer.  All of them stand in one order, whether their connection is fresh or was kept: those of the shop's
 * own address first, those that let others go first last, among equals who has waited longest.
 *
 * Who is answered next is known only of those in the lobby, and who is in the lobby of one process is not
 * answered by another that is idle; so fresh connections are let in one by one until there is too much to do. */
#ifndef APP_LOBBY_H
#define APP_LOBBY_H

#include <poll.h>
#include <signal.h>

#include <fcgiapp.h>

#include "app/app.h"
#include "app/shed.h"

/* Connections: those that nginx keeps though nothing is asked on them (keepalive × its processes), and beside them all
 * requests that come while one waits as long as it may; else a fresh connection would wait for a place for ever. */
#define CONNECTIONS 512
#define LISTEN_FD 0
#define PATIENT_MOST 8           /* requests that let others go first; any more are refused */

enum rank { RANK_OWN, RANK_USUAL, RANK_PATIENT };

/* A connection of nginx, and the request that was read from it. */
struct guest {
    FCGX_Request fcgi;           /* fcgi.ipcFd < 0: no connection */
    bool waits;                  /* its request waits for the answer */
    bool read_up, rest;          /* guest_read_up was called; it found that a part of the body is unread */
    enum rank rank;
    int64_t since_ms;            /* since when it waits: as nginx says; of the own address, since it was read */
};

/* A parameter of the request of a guest (self), or NULL; it lives as long as the request. */
const char *guest_param(void *self, const char *name);
/* Looks whether all of a request has been read.  What nobody read of a body is not skipped by libfcgi: it would be
 * taken for the next request's records, which whoever sent the body has written.  To be called before anything is
 * answered: nginx sends no more of a body once it has passed on the beginning of the answer, and who reads then
 * waits for ever. */
void guest_read_up(struct guest *g);
/* Ends the answer to a guest's request; the connection is kept if all of the request was read. */
void guest_finish(struct guest *g);

struct lobby {
    struct app *app;
    const volatile sig_atomic_t *closed; /* set once no fresh connection is to be let in */
    struct guest guests[CONNECTIONS];
    size_t places;               /* so many of them are looked at: nobody is connected beyond */
    struct pollfd fds[CONNECTIONS + 1];  /* the sockets that poll waits for: those connected, then the listening one */
    struct guest *of[CONNECTIONS];       /* the guest of the descriptor at the same place in fds */
    nfds_t connected;
    size_t waiting;
    struct shed shed;
};

/* False when FastCGI cannot be set up. */
bool lobby_open(struct lobby *l, struct app *app, const volatile sig_atomic_t *closed);
void lobby_close(struct lobby *l);

/* Waits, up to limit_ms, for requests to come, lets them in, and refuses those that have waited too long.  Signals
 * are as in `mask` only while it waits. */
void lobby_wait(struct lobby *l, int limit_ms, const sigset_t *mask);

/* The guest to be answered next, who waits no longer; NULL: nobody waits. */
struct guest *lobby_next(struct lobby *l);

#endif
