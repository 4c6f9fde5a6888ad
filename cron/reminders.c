/* reminders: writes to customers whose parcels wait, on days 1, 3, 7 and 25. */
#include "cron/program.h"
#include "domain/outbox/notification_reminders.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "reminders", .would = "Escribiría a quienes tienen paquetes hace 1, 3, 7 o 25 días.",
        .how_many = notify_reminders_due, .kind = "reminders.plan",
    };

    return cron_main(argc, argv, &program);
}
