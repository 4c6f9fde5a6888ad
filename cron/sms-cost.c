/* sms-cost: tells the administrators what last month's SMS cost. */
#include "cron/program.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "sms-cost", .would = "Escribiría a los administradores lo que costaron los SMS del mes pasado.",
        .kind = "sms.cost",
    };

    return cron_main(argc, argv, &program);
}
