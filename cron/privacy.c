/* privacy: tells the administrators which requests about somebody's data, and which incidents of security, are due soon. */
#include "cron/program.h"
#include "domain/law/privacy_request.h"
#include "domain/law/security_incident.h"

static enum err how_many(struct ctx *c, int64_t *out)
{
    struct privacy_counts requests;
    struct security_counts incidents;
    enum err e = privacy_count(c, &requests);

    *out = 0;
    if (e == OK)
        e = security_count(c, &incidents);
    if (e == OK)
        *out = requests.late + requests.soon + incidents.late + incidents.soon;
    return e;
}

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "privacy", .would = "Escribiría a los administradores si algo de la ley de datos vence pronto.",
        .how_many = how_many, .kind = "privacy.tell",
    };

    return cron_main(argc, argv, &program);
}
