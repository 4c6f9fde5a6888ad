/* The main of every area's program; a test links the area without it. */
#include "app/route.h"

int main(int argc, char **argv)
{
    return app_main(argc, argv, &area);
}
