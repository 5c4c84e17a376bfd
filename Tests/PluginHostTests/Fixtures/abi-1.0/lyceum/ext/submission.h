/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* Files of the workspace, for a task that is code alone: what the agent starts with, and what it submitted. */
#ifndef LYCEUM_EXT_SUBMISSION_H
#define LYCEUM_EXT_SUBMISSION_H

#include "../host.h"

#define LYC_HOST_SUBMISSION "lyceum.host.submission/1"

typedef struct lyc_host_submission {
  uint32_t struct_size;
  uint32_t reserved;
  /* Adds a file to the workspace that the agent will find; during prepare() only (else LYC_DENIED).
   * `path` is relative, without "." or "..". LYC_LIMIT beyond 64 MiB a file. [run-thread] */
  lyc_status (*put_file)(const lyc_host *host, lyc_bytes path, lyc_bytes content, int32_t executable);
  /* Content of a declared submission file; during grade() only (else LYC_DENIED). LYC_NOT_FOUND when it was not
   * submitted or is not a regular file; LYC_LIMIT when it is larger than `limit` bytes. [run-thread] */
  lyc_status (*read_file)(const lyc_host *host, lyc_bytes path, uint64_t limit, lyc_bytes *content);
} lyc_host_submission;

#endif
