/* Tick watch: a process that watches over paqueteria-tick --loop, and starts it again when it dies or hangs. */
#ifndef CRON_TICK_WATCH_H
#define CRON_TICK_WATCH_H

struct tick_watched {
    void (*run)(struct tick_watched *w);     /* the loop; SIGTERM and SIGINT, which are blocked, end it */
    void *arg;
    int beat;                    /* the loop's own: descriptor by which it says that it lives */
};

/* Runs w->run in a child until SIGTERM or SIGINT, which it hands on, and returns once the child has ended.  Nothing
 * may be open that a child must not inherit.  silent_s: a child that says nothing for so many seconds is killed. */
void tick_watch(struct tick_watched *w, double silent_s);
/* The loop lives; to be called at least each second, and between things that may take long. */
void tick_beat(const struct tick_watched *w);

#endif
