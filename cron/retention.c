/* retention: what may be kept no longer goes. */
#include "cron/program.h"
#include "domain/retention.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "retention", .would = "Borraría las fotos de paquetes que salieron hace más de 30 días.",
        .how_many = retention_photos_due, .kind = "retention.run",
    };

    return cron_main(argc, argv, &program);
}
