#include "domain/handover/override.h"

#include "base/util.h"

const char *const override_reasons[] = { "sin_telefono", "mensaje_no_llego", "codigo_olvidado",
                                         "tercero_con_documento", "otro", NULL };

const char *override_reason_words(const char *reason)
{
    static const struct { const char *reason, *words; } list[] = {
        { "sin_telefono", "No tiene el celular a mano" },
        { "mensaje_no_llego", "El mensaje no le llegó" },
        { "codigo_olvidado", "Olvidó o borró el código" },
        { "tercero_con_documento", "Viene otra persona con su documento" },
        { "otro", "Otro motivo" },
    };

    for (size_t i = 0; reason != NULL && i < COUNT(list); i++)
        if (streq(list[i].reason, reason))
            return list[i].words;
    return NULL;
}
