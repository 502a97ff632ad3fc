/* What a program does to the files of one folder: written down, and ended at one of them.
 *
 * Preloaded. DISK_FOLDER: only files whose path begins with it. DISK_LOG: gets a record for each
 * operation before it is done (see disk.py for its form). DISK_KILL_AT: the number, from 0, of the
 * operation before which the process is killed; DISK_HALF=1: half of its bytes are written first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { FDS = 256, PATH_BYTES = 256 };

static char names[FDS][PATH_BYTES];
static off_t places[FDS]; /* of plain write() */
static long count = -1, kill_at = -1;
static int log_fd = -1, half;
static const char *folder;

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static ssize_t real_write(int fd, const void *data, size_t size) {
    REAL(write, ssize_t, int, const void *, size_t);
    return real(fd, data, size);
}

static ssize_t real_pwrite(int fd, const void *data, size_t size, off_t place) {
    REAL(pwrite64, ssize_t, int, const void *, size_t, off_t);
    return real(fd, data, size, place);
}

static int real_open(const char *path, int flags, mode_t mode) {
    REAL(open64, int, const char *, int, ...);
    return real(path, flags, mode);
}

static void start(void) {
    if (count >= 0) return;
    count = 0;
    folder = getenv("DISK_FOLDER");
    if (getenv("DISK_KILL_AT")) kill_at = atol(getenv("DISK_KILL_AT"));
    half = getenv("DISK_HALF") != NULL;
    if (getenv("DISK_LOG"))
        log_fd = real_open(getenv("DISK_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int watched(const char *path) {
    start();
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static const char *name_of(int fd) {
    return fd >= 0 && fd < FDS && names[fd][0] ? names[fd] : NULL;
}

/* One record: kind, path, second path or "-", offset, size, newline; then size bytes. */
static void record(const char *kind, const char *path, const char *other, off_t place,
                   const void *data, size_t size, int fd) {
    if (count == kill_at) {
        if (half && data) real_pwrite(fd, data, size / 2, place);
        kill(getpid(), SIGKILL);
    }
    count++;
    if (log_fd < 0) return;
    char head[3 * PATH_BYTES];
    int length = snprintf(head, sizeof head, "%s %s %s %lld %zu\n", kind, path, other,
                          (long long)place, data ? size : 0);
    real_write(log_fd, head, length);
    if (data) real_write(log_fd, data, size);
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    int known = watched(path);
    if (known && flags & O_CREAT && access(path, F_OK)) record("create", path, "-", 0, 0, 0, -1);
    int fd = real_open(path, flags, mode);
    if (fd >= 0 && fd < FDS) {
        names[fd][0] = 0;
        places[fd] = 0;
        if (known) snprintf(names[fd], PATH_BYTES, "%s", path);
    }
    return fd;
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open64(path, flags, mode);
}

int close(int fd) {
    REAL(close, int, int);
    if (fd >= 0 && fd < FDS) names[fd][0] = 0;
    return real(fd);
}

ssize_t write(int fd, const void *data, size_t size) {
    const char *name = name_of(fd);
    if (!name) return real_write(fd, data, size);
    record("write", name, "-", places[fd], data, size, fd);
    ssize_t done = real_write(fd, data, size);
    if (done > 0) places[fd] += done;
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t place) {
    const char *name = name_of(fd);
    if (name) record("write", name, "-", place, data, size, fd);
    return real_pwrite(fd, data, size, place);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    return pwrite64(fd, data, size, place);
}

int ftruncate64(int fd, off_t size) {
    REAL(ftruncate64, int, int, off_t);
    if (name_of(fd)) record("truncate", name_of(fd), "-", size, 0, 0, fd);
    return real(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
    REAL(fsync, int, int);
    if (name_of(fd)) record("sync", name_of(fd), "-", 0, 0, 0, fd);
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync, int, int);
    if (name_of(fd)) record("sync", name_of(fd), "-", 0, 0, 0, fd);
    return real(fd);
}

int unlink(const char *path) {
    REAL(unlink, int, const char *);
    if (watched(path)) record("unlink", path, "-", 0, 0, 0, -1);
    return real(path);
}

int rename(const char *path, const char *other) {
    REAL(rename, int, const char *, const char *);
    if (watched(path)) record("rename", path, other, 0, 0, 0, -1);
    return real(path, other);
}
