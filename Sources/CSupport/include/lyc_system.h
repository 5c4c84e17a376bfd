// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* System calls that Swift's Glibc module does not show. Each returns as the call does: -1 with errno, or its value. */
#ifndef LYC_SYSTEM_H
#define LYC_SYSTEM_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, plus RESOLVE_NO_SYMLINKS when `no_symlinks`:
 * a path of an agent's making cannot leave the directory `dirfd`. O_CLOEXEC, O_NOCTTY and O_NONBLOCK are added. */
int lyc_open_beneath(int dirfd, const char *path, int flags, unsigned mode, int no_symlinks);

/* Copies all of the file `from` to `to` at its offset, inside the kernel; across file systems too. 0, or -1 with errno. */
int lyc_copy_content(int from, int to);

/* chmod(2) of `name` in `dirfd`, which may be unreadable; never through a symbolic link. Needs /proc. */
int lyc_chmod_nofollow(int dirfd, const char *name, unsigned mode);

/* A sealed, close-on-exec memory file holding `size` bytes of `data`, positioned at 0. */
int lyc_memfd(const char *name, const void *data, size_t size);

/* An empty, writable, close-on-exec memory file. */
int lyc_scratch(const char *name);

/* A pidfd of an existing process. */
int lyc_pidfd_open(pid_t pid);
int lyc_pidfd_kill(int pidfd, int signal);

/* pipe2(O_CLOEXEC), and socketpair(AF_UNIX, type | SOCK_CLOEXEC). */
int lyc_pipe(int ends[2]);
int lyc_socketpair(int type, int ends[2]);

/* Version of the Landlock interface; 0 when the kernel has none. */
int lyc_landlock_abi(void);

/* Hands what was printed to the system: 0, or -1 with errno when not all of it could be written. */
int lyc_flush_output(void);

/* sendmsg(2) of one datagram with `fd_count` (at most 8) descriptors beside it; MSG_NOSIGNAL. */
ssize_t lyc_send_fds(int socket, const void *data, size_t size, const int *fds, size_t fd_count);

#endif
