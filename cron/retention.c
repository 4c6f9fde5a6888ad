/* retention: removes what may be kept no longer. */
#include "cron/program.h"
#include "domain/custody/retention.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "retention", .would = "Borraría las fotos y las firmas de entregas de hace más de 30 días.",
        .how_many = retention_due, .kind = "retention.run",
    };

    return cron_main(argc, argv, &program);
}
