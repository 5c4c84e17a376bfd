// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#define _GNU_SOURCE
#include "lyc_system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int lyc_open_beneath(int dirfd, const char *path, int flags, unsigned mode, int no_symlinks) {
  struct open_how how = {
      .flags = (uint64_t)(flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
      .mode = (flags & O_CREAT) ? mode : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (no_symlinks ? RESOLVE_NO_SYMLINKS : 0),
  };
  return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
}

int lyc_copy_content(int from, int to) {
  off_t offset = 0;
  for (;;) {
    ssize_t n = copy_file_range(from, &offset, to, NULL, 1 << 30, 0);
    if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS))
      n = sendfile(to, from, &offset, 1 << 30);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return (int)n;
  }
}

int lyc_chmod_nofollow(int dirfd, const char *name, unsigned mode) {
  int fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat status;
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int done = fstat(fd, &status);
  if (done == 0 && S_ISLNK(status.st_mode)) {
    errno = ELOOP;
    done = -1;
  }
  if (done == 0) done = chmod(path, mode);
  int error = errno;
  close(fd);
  errno = error;
  return done;
}

int lyc_memfd(const char *name, const void *data, size_t size) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -1;
  const char *p = data;
  for (size_t done = 0; done < size;) {
    ssize_t n = write(fd, p + done, size - done);
    if (n < 0) {
      int error = errno;
      close(fd);
      errno = error;
      return -1;
    }
    done += (size_t)n;
  }
  lseek(fd, 0, SEEK_SET);
  fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return fd;
}

int lyc_scratch(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int lyc_flush_output(void) { return fflush(stdout) || ferror(stdout) ? -1 : 0; }

int lyc_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int lyc_pidfd_kill(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int lyc_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int lyc_socketpair(int type, int ends[2]) { return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends); }

int lyc_landlock_abi(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? (int)version : 0;
}

ssize_t lyc_send_fds(int socket, const void *data, size_t size, const int *fds, size_t fd_count) {
  if (fd_count > 8) {
    errno = EINVAL;
    return -1;
  }
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(8 * sizeof(int))];
  } control;
  struct iovec part = {(void *)data, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd_count) {
    message.msg_control = control.space;
    message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
    memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
  }
  ssize_t n;
  do n = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}
