/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* An agent reads observations and decides actions. It touches the workspace through actions alone. */
#ifndef LYCEUM_AGENT_H
#define LYCEUM_AGENT_H

#include "host.h"
#include "plugin.h"

#define LYC_AGENT_FACTORY "lyceum.agent-factory/1"

/* The task as the agent may know it. */
typedef struct lyc_task_view {
  uint32_t struct_size;
  uint32_t max_steps; /* actions that may be taken, submit included */
  uint64_t max_milliseconds; /* wall clock of the whole trial */
  uint64_t step_milliseconds; /* wall clock of one action */
  lyc_str task_id, title;
  lyc_str definition; /* the problem, what to avoid, what to submit */
  lyc_str workspace;  /* absolute path inside the box; where commands start */
  lyc_str starter;    /* command that makes the baseline submission; empty when there is none */
  lyc_str params;     /* workspace file that declares tunable parameters; empty when there is none */
  lyc_str metric;     /* name of the primary metric */
  int32_t higher_is_better; /* 1 or 0 */
  uint32_t reserved;
} lyc_task_view;

#define LYC_OBSERVED_TIMED_OUT 1u /* the action was ended by its time limit */
#define LYC_OBSERVED_REFUSED 2u   /* the action could not be carried out; `output` says why */
#define LYC_OBSERVED_EXITED 4u    /* exit_code is set */
#define LYC_OBSERVED_SIGNALED 8u  /* term_signal is set */
#define LYC_OBSERVED_GRADED 16u   /* `grade` is set */
#define LYC_OBSERVED_SCORED 32u   /* the grade has a value for the primary metric: `score` */

/* What the last action led to. Before the first action all is empty. */
typedef struct lyc_observation {
  uint32_t struct_size;
  uint32_t flags; /* LYC_OBSERVED_… */
  uint32_t step;  /* index of the action that this observes, from 1; 0 before the first */
  uint32_t steps_left;
  uint64_t milliseconds_left; /* of the trial */
  lyc_bytes output;           /* output of the command or content of the file; head and tail when it was long */
  uint64_t output_elided;     /* bytes missing between head and tail */
  int32_t exit_code;
  int32_t term_signal;
  lyc_str grade; /* JSON object: {"split":…,"outcome":"scored|refused|unscored","metrics":{…},"reason":…,"cause":…} */
  double score;  /* primary metric on the validation split; meaningful with LYC_OBSERVED_SCORED */
} lyc_observation;

/* Actions that every host carries out. Any other name is answered by an observation that says so.
 *   bash        `input` is a script for bash; directory, exported variables and functions carry over
 *   write_file  `input` becomes the content of `path`, which is relative to the workspace
 *   read_file   the content of `path` is observed
 *   validate    the submission is graded on the validation split; the trial goes on
 *   submit      the submission is graded on the test split and the trial ends
 *   stop        the trial ends; the last valid submission is graded */
typedef struct lyc_decision {
  uint32_t struct_size;
  uint32_t reserved;
  lyc_bytes thought;   /* at most 1 MiB */
  lyc_str action;      /* name, 1 to 64 lower-case letters, digits, '_', '-' */
  lyc_bytes path;      /* at most 4096 bytes */
  lyc_bytes input;     /* at most 16 MiB */
  lyc_str arguments;   /* JSON object for actions that have no field above, at most 1 MiB; empty otherwise */
} lyc_decision;

typedef struct lyc_agent lyc_agent;
struct lyc_agent {
  uint32_t struct_size;
  uint32_t reserved;
  void *plugin_data; /* the plugin's own */

  /* Once, before the first act(). [run-thread] */
  lyc_status (*begin)(lyc_agent *agent, const lyc_task_view *task);
  /* The next decision. The host sets decision->struct_size; all else is zero on entry. [run-thread] */
  lyc_status (*act)(lyc_agent *agent, const lyc_observation *observation, lyc_decision *decision);
  /* Last call. [run-thread] */
  void (*destroy)(lyc_agent *agent);
  /* A table of the agent's own, by id `lyceum.agent.NAME/REVISION`, or NULL. May be NULL itself. [run-thread] */
  const void *(*get_extension)(lyc_agent *agent, const char *id);
};

typedef struct lyc_agent_factory {
  lyc_factory list;
  /* A new agent, or NULL with set_error. `config` is what the run gives to this agent: text in a form that the
   * plugin documents, possibly empty. `host` lives as long as the process. [run-thread] */
  lyc_agent *(*create)(const lyc_host *host, lyc_str id, lyc_str config);
} lyc_agent_factory;

#endif
