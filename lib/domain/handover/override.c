#include "domain/handover/override.h"

const struct word override_reasons[] = {
    { "sin_telefono", "No tiene el celular a mano" },
    { "mensaje_no_llego", "El mensaje no le llegó" },
    { "codigo_olvidado", "Olvidó o borró el código" },
    { "tercero_con_documento", "Viene otra persona con su documento" },
    { "otro", "Otro motivo" },
    WORDS_END
};
