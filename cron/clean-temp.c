/* clean-temp: removes uploads that no row owns, and rows whose time is over. */
#include "cron/program.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "clean-temp", .would = "Borraría las subidas sin dueño de más de un día y los registros vencidos.",
        .kind = "temp.clean",
    };

    return cron_main(argc, argv, &program);
}
