#include "base/whatsapp_fault.h"

#include <stddef.h>

#include "base/util.h"

static const struct { int64_t from, to; struct whatsapp_fault fault; } faults[] = {
#define FAULT(from, to, means, to_mend, words) { from, to, { means, to_mend, words } },
#include "base/whatsapp_fault.def"
#undef FAULT
};

struct whatsapp_fault whatsapp_fault(int64_t code)
{
    for (size_t i = 0; i < COUNT(faults); i++)
        if (code >= faults[i].from && code <= faults[i].to)
            return faults[i].fault;
    return (struct whatsapp_fault){ WHATSAPP_FINAL, false, "WhatsApp rechazó el mensaje" };
}
