"""The peer of the queue's benchmark: Celery on the same Redis.

BROKER is its address; SAFE=1 acknowledges after the work, not before.  Run as a
program it puts COUNT no-ops into the queue, waits until none is left there or taken
and unacknowledged, and prints how many seconds that took.
"""
import os
import sys
import time

from celery import Celery

app = Celery("noop", broker=os.environ["BROKER"])
app.conf.task_ignore_result = True
app.conf.task_acks_late = os.environ.get("SAFE") == "1"


@app.task(name="noop")
def noop():
    pass


def drain(count):
    start = time.monotonic()
    for _ in range(count):
        noop.delay()
    with app.connection_for_read() as connection:
        redis = connection.default_channel.client
        while redis.llen("celery") + redis.hlen("unacked") > 0:
            time.sleep(0.005)
    return time.monotonic() - start


if __name__ == "__main__":
    print(drain(int(sys.argv[1])))
