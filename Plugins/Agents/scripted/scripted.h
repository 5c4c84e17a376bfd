/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* The one function that this plugin exports is declared in the plugin ABI. */
#include <lyceum/lyceum.h>
