/* Photo headers: what is taken for a photo has a width and a height, and a file cut short never says another
 * size than the whole one. */
#include "storage/photo.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t width = 0, height = 0, w = 0, h = 0;
    int fd = memfd_create("photo", MFD_CLOEXEC);
    bool is;

    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    is = photo_size(fd, (int64_t)size, &width, &height);
    assert(!is || (width > 0 && height > 0));
    if (is && size > 30 && data[size - 1] % 2 == 0) {
        const size_t less = size - 1 - data[size - 2] % (size - 30);

        assert(ftruncate(fd, (off_t)less) == 0);
        /* The boxes of a HEIC that end with the file may hold one picture less then. */
        if (photo_size(fd, (int64_t)less, &w, &h))
            assert((uint64_t)w * h <= (uint64_t)width * height);
    }
    close(fd);
    return 0;
}
