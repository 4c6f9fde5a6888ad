/* clean-temp: removes uploads that nobody owns, and rows that are over. */
#include "cron/program.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "clean-temp", .would = "Borraría las subidas sin dueño de más de un día y los registros vencidos.",
        .kind = "temp.clean",
    };

    return cron_main(argc, argv, &program);
}
