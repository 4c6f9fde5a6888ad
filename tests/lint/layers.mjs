    'cron/tick.c': 'base store',
        sample('cron/tick.c', '#include "domain/fee.h"\n', /may not include domain/),
