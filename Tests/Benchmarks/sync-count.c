/* Counts how often a process asks the disk to keep what it wrote, and how long that takes. Loaded into the service by
 * LD_PRELOAD for benchmark B1; the counts are in a file that the benchmark reads while the service runs.
 *
 * SYNC_COUNT_FILE: two numbers of 8 bytes, calls and nanoseconds.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct {
    uint64_t calls;
    uint64_t nanoseconds;
} nowhere, *counts = &nowhere;

__attribute__((constructor)) static void open_counts(void)
{
    const char *path = getenv("SYNC_COUNT_FILE");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof *counts) != 0)
        return;
    void *shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        counts = shared;
    close(file);
}

static int counted(const char *name, int file)
{
    int (*next)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int result = next(file);
    clock_gettime(CLOCK_MONOTONIC, &end);
    uint64_t nanoseconds = (end.tv_sec - start.tv_sec) * 1000000000ull + end.tv_nsec - start.tv_nsec;
    __atomic_fetch_add(&counts->calls, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->nanoseconds, nanoseconds, __ATOMIC_RELAXED);
    return result;
}

int fsync(int file)
{
    return counted("fsync", file);
}

int fdatasync(int file)
{
    return counted("fdatasync", file);
}
