/* expire-announcements: cancels announcements whose parcel never came. */
#include "cron/program.h"

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "expire-announcements", .would = "Cancelaría los anuncios de más de 30 días sin paquete.",
        .kind = "package.expire",
    };

    return cron_main(argc, argv, &program);
}
