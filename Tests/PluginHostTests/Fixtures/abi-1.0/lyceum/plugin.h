/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* How a plugin is found and what it says about itself. */
#ifndef LYCEUM_PLUGIN_H
#define LYCEUM_PLUGIN_H

#include "abi.h"

#define LYC_ENTRY_MAGIC 0x3143594Cu /* "LYC1", little-endian */
#define LYC_ENTRY_SYMBOL "lyceum_plugin_entry_v1"

/* What one agent or task is. */
typedef struct lyc_descriptor {
  uint32_t struct_size;
  uint32_t reserved;
  lyc_str id; /* unique; letters, digits, '.', '-', '_'; 1 to 128 bytes; a name of your own or a reverse URI */
  lyc_str name, version, description, license; /* for people; license is an SPDX expression; may be empty */
  lyc_str config_help; /* what the `config` of create() may hold; empty when it takes none */
} lyc_descriptor;

/* A list of agents (LYC_AGENT_FACTORY) or of tasks (LYC_TASK_FACTORY). It heads a factory and never grows;
 * struct_size is that of the whole factory. */
typedef struct lyc_factory {
  uint32_t struct_size;
  uint32_t reserved;
  uint32_t (*count)(void); /* [scan] */
  /* NULL when index >= count(). [scan] */
  const lyc_descriptor *(*descriptor)(uint32_t index);
} lyc_factory;

typedef struct lyc_entry {
  uint32_t magic; /* LYC_ENTRY_MAGIC */
  uint32_t struct_size;
  uint32_t abi_version; /* LYC_ABI_VERSION that the plugin was compiled with */
  uint32_t reserved;
  lyc_str name, version;
  lyc_str toolchain; /* "swift 6.3", "gcc 12": shown when something goes wrong */
  /* Once before all else; may be called again and must then do nothing. Anything but LYC_OK refuses to load.
   * `plugin_path` is where the library was loaded from. Not NULL. [scan] */
  lyc_status (*init)(lyc_str plugin_path);
  /* The process is about to end; not called when it ends otherwise. Not NULL. [scan] */
  void (*deinit)(void);
  /* A factory by id, or NULL when the plugin has none. Not NULL itself. [any-thread] */
  const void *(*get_factory)(const char *id);
} lyc_entry;

typedef const lyc_entry *(*lyc_entry_fn)(uint32_t host_abi_version);

/* The one exported symbol. A function, not data: some languages cannot export data, and POSIX promises dlsym for
 * functions. Returns NULL when the plugin cannot live with this host. [scan] */
#ifdef __cplusplus
extern "C"
#endif
LYC_EXPORT const lyc_entry *lyceum_plugin_entry_v1(uint32_t host_abi_version);

#endif
