// What a power cut leaves. Loaded by LD_PRELOAD, it keeps beside the file system a record of what was
// made durable: at each fsync of a file its bytes, at each fsync of a folder its names. Nothing else
// survives: no write and no name that was not synchronised.
//
// EVERPART_DISK names the folder of the records. A file `ignore` in it turns calls into lies: each of
// its lines is "f" (file) or "d" (folder) and a part of a path whose synchronisation is forgotten; with "$"
// behind it, the path's end.
//
// Built with -DRESTORE it is the program that cuts the power:
//   power_cut RECORDS FOLDER             makes the folder what the records say
//   power_cut RECORDS FOLDER ENDING…     only what ends so, in a folder where others write too: what they
//                                        removed stays removed
//
// An inode's number is used again; with its birth time it is not.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int identify(int at, const char *name, char id[64], mode_t *mode) {
  struct statx status;
  int flags = AT_SYMLINK_NOFOLLOW | (*name == 0 ? AT_EMPTY_PATH : 0);
  if (statx(at, name, flags, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) return -1;
  snprintf(id, 64, "%llu-%lld.%u", (unsigned long long)status.stx_ino,
           (long long)status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
  *mode = status.stx_mode;
  return 0;
}

static void fail(const char *what) {
  fprintf(stderr, "power_cut: %s: %s\n", what, strerror(errno));
  abort();
}

static void copy(int from, int to) {
  char buffer[64 << 10];
  off_t offset = 0;
  ssize_t count;
  while ((count = pread(from, buffer, sizeof buffer, offset)) > 0) {
    if (pwrite(to, buffer, count, offset) != count) fail("write");
    offset += count;
  }
  if (count < 0 || ftruncate(to, offset) != 0) fail("copy");
}

static void copy_file(const char *from, const char *to) {
  int source = open(from, O_RDONLY | O_CLOEXEC);
  int target = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (source < 0 || target < 0) fail(to);
  copy(source, target);
  close(source);
  close(target);
}

// The process may be killed at any time, so a record is exchanged whole; not by `rename`, which another
// shim may count.
static void put(const char *from, const char *to) {
  if (syscall(SYS_rename, from, to) != 0) fail(to);
}

static void record_names(const char *records, const char *id, DIR *folder) {
  char path[4096], whole[4096];
  snprintf(path, sizeof path, "%s/new", records);
  snprintf(whole, sizeof whole, "%s/%s", records, id);
  FILE *file = fopen(path, "we");
  if (file == NULL) fail(path);
  rewinddir(folder);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char name_id[64];
    mode_t mode;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (identify(dirfd(folder), entry->d_name, name_id, &mode) != 0) continue;
    fprintf(file, "%c %s %o %s\n", S_ISDIR(mode) ? 'd' : 'f', name_id, mode & 07777, entry->d_name);
  }
  if (fclose(file) != 0) fail(path);
  put(path, whole);
}

#ifndef RESTORE

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int is_meant(const char *path, char *part) {
  size_t length = strlen(path), tail = strlen(part);
  if (tail == 0 || part[tail - 1] != '$') return strstr(path, part) != NULL;
  part[--tail] = 0;
  return length >= tail && strcmp(path + length - tail, part) == 0;
}

static int is_ignored(const char *records, char kind, const char *path) {
  char name[4096], line[4096], end = 0;
  snprintf(name, sizeof name, "%s/ignore", records);
  FILE *file = fopen(name, "re");
  if (file == NULL) return 0;
  while (!end && fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    end = line[0] == kind && is_meant(path, line + 2);
  }
  fclose(file);
  return end;
}

static void record(int descriptor) {
  const char *records = getenv("EVERPART_DISK");
  char id[64], link[64], path[4096], whole[4096];
  mode_t mode;
  if (records == NULL || identify(descriptor, "", id, &mode) != 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  pthread_mutex_lock(&lock);
  if (is_ignored(records, S_ISDIR(mode) ? 'd' : 'f', path)) {
    // Forgotten.
  } else if (S_ISDIR(mode)) {
    DIR *folder = opendir(path);
    if (folder != NULL) {
      record_names(records, id, folder);
      closedir(folder);
    }
  } else if (S_ISREG(mode)) {
    snprintf(path, sizeof path, "%s/new", records);
    snprintf(whole, sizeof whole, "%s/%s", records, id);
    copy_file(link, path);
    put(path, whole);
  }
  pthread_mutex_unlock(&lock);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int descriptor) {
  int result = NEXT(fsync)(descriptor);
  if (result == 0) record(descriptor);
  return result;
}

int fdatasync(int descriptor) {
  int result = NEXT(fdatasync)(descriptor);
  if (result == 0) record(descriptor);
  return result;
}

#else

struct entry {
  char kind, id[64], name[256];
  unsigned mode;
};

static void remove_all(int at, const char *name) {
  if (unlinkat(at, name, 0) == 0) return;
  int descriptor = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
  if (folder == NULL) fail(name);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      remove_all(descriptor, entry->d_name);
    }
  }
  closedir(folder);
  if (unlinkat(at, name, AT_REMOVEDIR) != 0) fail(name);
}

static int has_ending(const char *name, char **endings) {
  if (*endings == NULL) return 1;
  for (; *endings != NULL; endings++) {
    size_t length = strlen(name), tail = strlen(*endings);
    if (length >= tail && strcmp(name + length - tail, *endings) == 0) return 1;
  }
  return 0;
}

static size_t names(const char *records, const char *id, struct entry **entries) {
  char path[4096];
  size_t count = 0;
  *entries = NULL;
  snprintf(path, sizeof path, "%s/%s", records, id);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  struct entry next;
  while (fscanf(file, "%c %63s %o %255[^\n]\n", &next.kind, next.id, &next.mode, next.name) == 4) {
    *entries = realloc(*entries, (count + 1) * sizeof next);
    if (*entries == NULL) fail("memory");
    (*entries)[count++] = next;
  }
  fclose(file);
  return count;
}

static void undo_rename(int at, const char *now, const char *before) {
  // Both names are there when the new one was linked.
  if (faccessat(at, before, F_OK, AT_SYMLINK_NOFOLLOW) == 0) remove_all(at, now);
  else if (renameat(at, now, at, before) != 0) fail(now);
}

// The bytes as they were last synchronised; none if they never were.
static void restore_file(const char *records, const char *id, const char *path) {
  char record[4096];
  snprintf(record, sizeof record, "%s/%s", records, id);
  if (access(record, F_OK) == 0) copy_file(record, path);
  else if (truncate(path, 0) != 0) fail(path);
}

// What is there again under another identity takes its record along.
static void make_again(const char *records, const struct entry *old, int at, const char *path) {
  char from[4096], to[4096], id[64];
  mode_t mode;
  int made = old->kind == 'd' ? mkdirat(at, old->name, old->mode)
                              : openat(at, old->name, O_WRONLY | O_CREAT | O_CLOEXEC, old->mode);
  if (made < 0 || identify(at, old->name, id, &mode) != 0) fail(path);
  if (old->kind != 'd') close(made);
  snprintf(from, sizeof from, "%s/%s", records, old->id);
  snprintf(to, sizeof to, "%s/%s", records, id);
  if (access(from, F_OK) == 0) copy_file(from, to);
}

static void restore(const char *records, const char *path, char **endings) {
  char id[64], child[4096], now[64];
  mode_t mode;
  struct entry *entries;
  DIR *folder = opendir(path);
  if (folder == NULL || identify(dirfd(folder), "", id, &mode) != 0) fail(path);
  size_t count = names(records, id, &entries);
  for (struct dirent *found; (found = readdir(folder)) != NULL;) {
    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) continue;
    if (!has_ending(found->d_name, endings)) continue;
    if (identify(dirfd(folder), found->d_name, now, &mode) != 0) continue;
    const char *durable = NULL;
    for (size_t i = 0; i < count; i++) {
      if (strcmp(entries[i].id, now) != 0) continue;
      // A file may have two names for a moment.
      if (durable == NULL || strcmp(entries[i].name, found->d_name) == 0) durable = entries[i].name;
    }
    if (durable == NULL) remove_all(dirfd(folder), found->d_name);
    else if (strcmp(durable, found->d_name) != 0) undo_rename(dirfd(folder), found->d_name, durable);
  }
  for (size_t i = 0; i < count; i++) {
    struct entry *entry = &entries[i];
    if (!has_ending(entry->name, endings)) continue;
    snprintf(child, sizeof child, "%s/%s", path, entry->name);
    if (identify(dirfd(folder), entry->name, now, &mode) != 0) {
      if (*endings != NULL) continue;
      make_again(records, entry, dirfd(folder), child);
      if (identify(dirfd(folder), entry->name, now, &mode) != 0) fail(child);
    }
    if (entry->kind == 'd') restore(records, child, endings);
    else restore_file(records, now, child);
  }
  record_names(records, id, folder);
  closedir(folder);
  free(entries);
}

int main(int count, char **words) {
  if (count < 3) return 2;
  restore(words[1], words[2], words + 3);
  return 0;
}

#endif
