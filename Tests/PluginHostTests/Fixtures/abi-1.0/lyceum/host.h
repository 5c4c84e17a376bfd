/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* What the host offers to every instance. */
#ifndef LYCEUM_HOST_H
#define LYCEUM_HOST_H

#include "abi.h"

typedef struct lyc_host lyc_host;
struct lyc_host {
  uint32_t struct_size;
  uint32_t abi_version; /* of the host */
  void *host_data;      /* the host's own; hand `host` back unchanged */
  lyc_str name, version;

  /* The table of the service `id`, or NULL when the host or this trial does not offer it. Ids are
   * `lyceum.host.NAME/REVISION`; a released revision is never edited. The table lives as long as the process.
   * [any-thread] but not from create(). */
  const void *(*get_extension)(const lyc_host *host, const char *id);

  /* One line for the trial's log. Long lines are cut at 4 KiB; 10,000 lines of a process and 4 MiB of a trial are
   * kept.
   * `level` is LYC_LOG_…. [any-thread] */
  void (*log)(const lyc_host *host, int32_t level, lyc_str message);

  /* Words for the next status other than LYC_OK that this instance returns; the last call wins; cut at 4 KiB.
   * [run-thread] */
  void (*set_error)(const lyc_host *host, lyc_str message);

  /* 1 once the trial is cancelled or out of time, else 0. Cheap enough for every loop. [any-thread] */
  int32_t (*is_cancelled)(const lyc_host *host);
};

#endif
