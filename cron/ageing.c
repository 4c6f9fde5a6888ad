/* ageing: tells the administrators which packages came to their 30th or 45th day on the shelf. */
#include "cron/program.h"
#include "domain/custody/ageing.h"

static enum err how_many(struct ctx *c, int64_t *out)
{
    struct ageing_due due = { 0 };
    enum err e = ageing_due(c, &due);

    *out = due.days_30 + due.days_45;
    return e;
}

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "ageing", .would = "Escribiría a los administradores si algo cumple 30 o 45 días en el punto.",
        .how_many = how_many, .kind = "ageing.tell",
    };

    return cron_main(argc, argv, &program);
}
