// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* lyceum-box box PROCESSES: PID 1 of a box. Runs one step at a time for the host, see lyc_box.h.
 * lyceum-box exec PROCESSES PROGRAM ARGUMENTS…: lowers the limit of processes, then becomes PROGRAM.
 *
 * The limit is set in here because only inside the user namespace does it count this box alone. */
#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int become(char **argv) {
  struct rlimit limit = {strtoul(argv[2], NULL, 10), strtoul(argv[2], NULL, 10)};
  if (setrlimit(RLIMIT_NPROC, &limit)) return 125;
  syscall(SYS_close_range, LYC_EXEC_FIRST_CLOSED_FD, ~0U, CLOSE_RANGE_CLOEXEC);
  execv(argv[3], argv + 3);
  static const char what[] = "lyceum-box: cannot execute the program: ";
  const char *why = strerrordesc_np(errno);
  if (write(2, what, sizeof what - 1) < 0 || write(2, why, strlen(why)) < 0) return 125;
  return 125;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "box")) return serve(strtoul(argv[2], NULL, 10));
  if (argc >= 4 && !strcmp(argv[1], "exec")) return become(argv);
  static const char usage[] = "lyceum-box is started by lyceum; it is not meant to be run by hand.\n";
  return write(2, usage, sizeof usage - 1) < 0 ? 2 : 2;
}
