// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* How directory, exported environment and functions pass from one step to the next.
 *
 * When a step's bash ends, by itself or by `exit`, it writes them as bash source into a memory file; the next
 * step's bash reads that file first. Builtins alone, no process is started. A step that is killed, or that
 * replaces its bash by `exec`, writes nothing, and the state before it stays.
 * The file is the agent's to spoil: bash reads it inside the box, the host never does. */
#define _GNU_SOURCE
#include "box.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END "#lyceum\n"

/* A function called `eval` or `unset` would otherwise take the place of the builtin here and in every later
 * step. An assignment to POSIXLY_CORRECT cannot be redefined, and in POSIX mode the special builtins `set` and
 * `unset` win over functions: so these names are forgotten first. */
#define SAVE                                                                                                       \
  "[[ -v __lyceum_saved ]] || { __lyceum_saved=1; POSIXLY_CORRECT=1; set +eufnvx; unset -f . builtin cd declare "   \
  "eval exec exit export printf read set source trap unset; unset -v POSIXLY_CORRECT; declare -f; export -p; "       \
  "printf \"cd -- %q && OLDPWD=%q || cd -P .\\n" "#lyceum\\n\" \"$PWD\" \"$OLDPWD\"; } 2>/dev/null >/proc/self/fd/62"

#define SCRIPT "IFS= read -rd \"\" __lyceum <&61; "
#define FORGET "exec 60<&- 61<&-; unset -v __lyceum; "

const char stateful_program[] =
    "{ . /proc/self/fd/60; } 2>/dev/null; " SCRIPT "trap '" SAVE "' EXIT; eval '" FORGET "'\"$__lyceum\"; "
    "__lyceum_status=$?; " SAVE "; exit $__lyceum_status";

const char stateless_program[] = SCRIPT "eval '" FORGET "'\"$__lyceum\"";

int state_is_whole(int fd) {
  struct stat st;
  char end[sizeof END - 1];
  if (fstat(fd, &st) || st.st_size < (off_t)sizeof end || st.st_size > 4 << 20) return 0;
  if (pread(fd, end, sizeof end, st.st_size - (off_t)sizeof end) != (ssize_t)sizeof end) return 0;
  if (memcmp(end, END, sizeof end)) return 0;
  fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  return 1;
}
