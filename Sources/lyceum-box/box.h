// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#ifndef BOX_H
#define BOX_H
#include "../CSupport/include/lyc_box.h"

#include <sys/resource.h>

enum {
  LYC_EXEC_FIRST_CLOSED_FD = 50, /* bwrap's own descriptors begin here */
  STATE_IN_FD = 60,              /* in a step: what the last step left */
  SCRIPT_FD = 61,
  STATE_OUT_FD = 62,
};

/* Serves steps until the host goes away; the exit status of the box. */
int serve(rlim_t processes);

/* The two programs that bash is given: one that carries state, one that does not. */
extern const char stateful_program[], stateless_program[];

/* Whether a state file that a step has written is whole and of bearable size; seals it. */
int state_is_whole(int fd);

#endif
