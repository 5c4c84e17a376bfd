// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* What the host and a box's PID 1 (lyceum-box) say to each other over one SOCK_SEQPACKET socket.
 * Every message is one of these structs, whole; any other size or magic ends the box. */
#ifndef LYC_BOX_H
#define LYC_BOX_H
#include <stdint.h>

enum {
  LYC_BOX_MAGIC = 0x4c594331, /* "LYC1" */
  LYC_BOX_CONTROL_FD = 3,
  LYC_BOX_EXTRA_FDS = 6,  /* most descriptors beside script and output */
  LYC_BOX_FIRST_OWN_FD = 60, /* a step's own descriptors are below this */
};

enum { LYC_BOX_RUN = 1, LYC_BOX_KILL = 2 };
enum { LYC_BOX_KEEP_STATE = 1, LYC_BOX_KEEP_LEFTOVERS = 2 };

/* Host to box. RUN carries the script, the output and then the extra descriptors, in this order. */
typedef struct lyc_box_request {
  uint32_t magic, kind;
  uint32_t id;    /* of the step; KILL for a step that has ended is ignored */
  uint32_t flags; /* LYC_BOX_KEEP_… */
  uint32_t extra_count;
  int32_t targets[LYC_BOX_EXTRA_FDS]; /* the numbers of the extra descriptors in the step */
} lyc_box_request;

enum { LYC_BOX_HELLO = 1, LYC_BOX_DONE = 2, LYC_BOX_FAILED = 3 };

/* Box to host: HELLO once, then DONE or FAILED for each RUN. */
typedef struct lyc_box_reply {
  uint32_t magic, kind;
  uint32_t id;
  int32_t status;     /* DONE: as wait(2) gives it; FAILED: errno */
  uint64_t cpu_us;    /* user and system time of the step and of everything that was reaped during it */
  uint64_t peak_kb;   /* largest resident set of one process */
  uint32_t leftovers; /* processes that were alive after the step and were killed */
  uint32_t killed;    /* 1: ended by KILL */
} lyc_box_reply;

#endif
