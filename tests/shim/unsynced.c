/* A disk that forgets: preloaded into a test's child, it notes before every write what was there, and forgets the
 * notes of a file when the file is synced. After the child was killed the test puts the noted bytes back, which is
 * what a power cut may do to writes that were never synced. It can also run out of space.
 *
 * UNSYNCED_FOLDER  files below it are watched; files ending in -shm are not (they are memory, not disk)
 * UNSYNCED_NOTES   folder for the notes, one file per inode
 * UNSYNCED_BYTES   after so many written bytes every write fails with ENOSPC
 *
 * A note: offset, written length, old file size, old length, path length (64-bit, host order), path, old bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t written;

static int watched(int fd, char *path, size_t room) {
    char link[64];
    const char *folder = getenv("UNSYNCED_FOLDER");
    if (!folder)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, room - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0)
        return 0;
    return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static void notes_of(const struct stat *file, char *path, size_t room) {
    snprintf(path, room, "%s/%llu", getenv("UNSYNCED_NOTES"), (unsigned long long)file->st_ino);
}

static int full(size_t length) {
    const char *limit = getenv("UNSYNCED_BYTES");
    if (!limit)
        return 0;
    written += (int64_t)length;
    return written > atoll(limit);
}

static void note(int fd, const char *path, int64_t offset, int64_t length) {
    struct stat file;
    char notes[4096];
    if (!getenv("UNSYNCED_NOTES") || fstat(fd, &file) != 0)
        return;
    int64_t size = file.st_size;
    int64_t old = offset >= size ? 0 : (offset + length > size ? size - offset : length);
    int64_t head[5] = {offset, length, size, old, (int64_t)strlen(path)};
    size_t total = sizeof head + strlen(path) + (size_t)old;
    char *record = malloc(total);
    if (!record)
        abort();
    memcpy(record, head, sizeof head);
    memcpy(record + sizeof head, path, strlen(path));
    if (old > 0) {
        /* The descriptor may be write-only, so the old bytes are read through another one. */
        int reader = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
        if (reader < 0 || syscall(SYS_pread64, reader, record + sizeof head + strlen(path), old, offset) != old)
            abort();
        syscall(SYS_close, reader);
    }
    notes_of(&file, notes, sizeof notes);
    int out = (int)syscall(SYS_openat, AT_FDCWD, notes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0 || syscall(SYS_write, out, record, total) != (long)total)
        abort();
    syscall(SYS_close, out);
    free(record);
}

static ssize_t put(int fd, const void *bytes, size_t length, int64_t at, int placed) {
    char path[4096];
    pthread_mutex_lock(&lock);
    if (watched(fd, path, sizeof path)) {
        if (full(length)) {
            pthread_mutex_unlock(&lock);
            errno = ENOSPC;
            return -1;
        }
        int64_t offset = at;
        if (!placed) {
            int appends = (int)syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
            offset = syscall(SYS_lseek, fd, 0, appends ? SEEK_END : SEEK_CUR);
        }
        note(fd, path, offset, (int64_t)length);
    }
    long done = placed ? syscall(SYS_pwrite64, fd, bytes, length, at) : syscall(SYS_write, fd, bytes, length);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return put(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return put(fd, bytes, length, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return put(fd, bytes, length, at, 1); }

static int cut(int fd, int64_t size) {
    char path[4096];
    struct stat file;
    pthread_mutex_lock(&lock);
    if (watched(fd, path, sizeof path) && fstat(fd, &file) == 0 && file.st_size > size)
        note(fd, path, size, file.st_size - size);
    else if (watched(fd, path, sizeof path))
        note(fd, path, size, 0);
    long done = syscall(SYS_ftruncate, fd, size);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return (int)done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int settle(int fd) {
    char path[4096], notes[4096];
    struct stat file;
    pthread_mutex_lock(&lock);
    if (watched(fd, path, sizeof path) && getenv("UNSYNCED_NOTES") && fstat(fd, &file) == 0) {
        notes_of(&file, notes, sizeof notes);
        syscall(SYS_unlinkat, AT_FDCWD, notes, 0);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { return settle(fd); }
int fdatasync(int fd) { return settle(fd); }
