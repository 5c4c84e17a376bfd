// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* Start a process with exactly the descriptors, identity and limits that were asked for. */
#ifndef LYC_SPAWN_H
#define LYC_SPAWN_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct lyc_fd_map {
  int parent; /* open descriptor of the caller */
  int child;  /* its number in the child, below 64 */
} lyc_fd_map;

typedef struct lyc_rlimit {
  int resource; /* RLIMIT_… */
  uint64_t value; /* soft and hard */
} lyc_rlimit;

typedef struct lyc_spawn_options {
  const char *path;          /* absolute; not searched */
  char *const *argv;         /* NULL-terminated */
  char *const *envp;         /* NULL-terminated; the whole environment */
  const char *cwd;           /* NULL: the caller's */
  const lyc_fd_map *fds;     /* every other descriptor is closed in the child */
  size_t fd_count;           /* at most 32 */
  const lyc_rlimit *limits;
  size_t limit_count;
  const int *cgroups;        /* writable descriptors of cgroup.procs files; the child joins each */
  size_t cgroup_count;
  int64_t uid, gid;          /* -1: keep; otherwise set both, and drop all supplementary groups */
  int new_session;           /* setsid() */
  int die_with_parent;       /* SIGKILL to the child when the caller's process ends */
} lyc_spawn_options;

/* Starts a process from one permanent thread, so that the child's parent-death signal and bwrap's
 * --die-with-parent follow the process and not whichever pool thread asked.
 * Returns 0 and fills pid and pidfd (close-on-exec, the caller closes it), or the errno of the step that
 * failed, with its name in *what. Any thread; calls are served one at a time. */
int lyc_spawn(const lyc_spawn_options *options, pid_t *pid, int *pidfd, const char **what);

#endif
