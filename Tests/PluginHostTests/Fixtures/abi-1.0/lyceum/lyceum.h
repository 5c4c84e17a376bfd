/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* Everything that a plugin can include. See abi.h for the rules. */
#ifndef LYCEUM_H
#define LYCEUM_H

#ifdef __cplusplus
extern "C" {
#endif

#include "abi.h"
#include "host.h"
#include "plugin.h"

#include "agent.h"
#include "task.h"

#include "ext/random.h"
#include "ext/submission.h"
#include "ext/task_box.h"

#ifdef __cplusplus
}
#endif

#endif
