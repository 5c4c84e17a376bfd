/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* Commands in boxes of the task's own, away from the agent. For tasks that come as folders. */
#ifndef LYCEUM_EXT_TASK_BOX_H
#define LYCEUM_EXT_TASK_BOX_H

#include "../host.h"

#define LYC_HOST_TASK_BOX "lyceum.host.task-box/1"

/* Boxes that a command may run in. In both the task's folder is /task, read-only, and the first directory.
 *   PREPARE  /data and /private are empty and writable; the task's sources are visible. During prepare() only.
 *   GRADE    /data, /private and /submission are read-only. During grade() only. */
#define LYC_BOX_PREPARE 1u
#define LYC_BOX_GRADE 2u

typedef struct lyc_box_command {
  uint32_t struct_size;
  uint32_t box; /* LYC_BOX_… */
  lyc_str script; /* for bash */
  /* GRADE only, may be empty: a script for a second box that holds /submission, /harness and /data and nothing
   * else. Its standard input reads what the command writes to descriptor 4; its standard output is the
   * command's descriptor 5. */
  lyc_str submission_script;
  lyc_str environment; /* lines NAME=VALUE, added to the box's own */
  uint64_t milliseconds; /* wall clock; 0: the host's own limit */
} lyc_box_command;

#define LYC_BOX_TIMED_OUT 1u
#define LYC_BOX_EXITED 2u          /* exit_code is set; otherwise term_signal */
#define LYC_BOX_RESULT_TOO_LONG 4u /* more than 1 MiB came through descriptor 3; `result` is empty */

typedef struct lyc_box_result {
  uint32_t struct_size;
  uint32_t flags; /* LYC_BOX_… */
  int32_t exit_code;
  int32_t term_signal;
  lyc_bytes output; /* standard output and error, head and tail of at most 64 KiB */
  lyc_bytes result; /* what the command wrote to descriptor 3 */
} lyc_box_result;

typedef struct lyc_host_task_box {
  uint32_t struct_size;
  uint32_t reserved;
  /* Runs a command in a fresh box and kills what is left of it. LYC_FAILED when the box could not be had: the
   * trial then counts as broken by the sandbox. result->struct_size is set by the caller. [run-thread] */
  lyc_status (*run)(const lyc_host *host, const lyc_box_command *command, lyc_box_result *result);
} lyc_host_task_box;

#endif
