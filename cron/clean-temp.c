/* clean-temp: removes uploads that nobody owns, and rows that are over. */
#include "cron/program.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        "clean-temp", "Borraría las subidas sin dueño de más de un día y los registros vencidos.",
        "temp.clean", NULL,
    };

    return cron_main(argc, argv, &program);
}
