/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* A task describes a research problem, prepares its workspace and grades what was submitted. */
#ifndef LYCEUM_TASK_H
#define LYCEUM_TASK_H

#include "host.h"
#include "plugin.h"

#define LYC_TASK_FACTORY "lyceum.task-factory/1"

#define LYC_SPLIT_VALIDATION 1u
#define LYC_SPLIT_TEST 2u

#define LYC_GRADE_SCORED 1u  /* `metrics` holds every declared metric, finite and in range */
#define LYC_GRADE_REFUSED 2u /* not a submission; `reason` is for the agent */

typedef struct lyc_metric_value {
  lyc_str name;
  double value;
} lyc_metric_value;

typedef struct lyc_grade {
  uint32_t struct_size;
  uint32_t outcome; /* LYC_GRADE_… */
  const lyc_metric_value *metrics;
  size_t metric_count; /* at most 64 */
  lyc_str reason;
  lyc_str details; /* JSON object, at most 64 KiB; may be empty; the agent sees it after validate */
} lyc_grade;

typedef struct lyc_task lyc_task;
struct lyc_task {
  uint32_t struct_size;
  uint32_t reserved;
  void *plugin_data;

  /* The task as JSON (docs/tasks.md); the same at every call. [run-thread] */
  lyc_status (*describe)(lyc_task *task, lyc_str *json);
  /* Makes data and workspace files through host services. Called before the first grade(). May be NULL.
   * `seed` derives from the trial's. [run-thread] */
  lyc_status (*prepare)(lyc_task *task, uint64_t seed);
  /* Measures the submission on `split` (LYC_SPLIT_…). A status other than LYC_OK is a grader failure: the trial
   * is unscored, never zero. The host sets grade->struct_size; all else is zero on entry. [run-thread] */
  lyc_status (*grade)(lyc_task *task, uint32_t split, uint64_t seed, lyc_grade *grade);
  /* Last call. [run-thread] */
  void (*destroy)(lyc_task *task);
  /* As lyc_agent.get_extension, ids `lyceum.task.NAME/REVISION`. May be NULL. [run-thread] */
  const void *(*get_extension)(lyc_task *task, const char *id);
};

typedef struct lyc_task_factory {
  lyc_factory list;
  /* As lyc_agent_factory.create. [run-thread] */
  lyc_task *(*create)(const lyc_host *host, lyc_str id, lyc_str config);
} lyc_task_factory;

#endif
