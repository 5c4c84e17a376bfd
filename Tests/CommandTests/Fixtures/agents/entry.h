/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* What every agent of these tests has in common. The file that includes it defines begin() and act(), and may
 * define CREATE, which is run first in create(). */
#include <lyceum/lyceum.h>

#include <stdlib.h>
#include <string.h>

#ifndef ABI
#define ABI LYC_ABI_VERSION
#endif

static lyc_status begin(lyc_agent *self, const lyc_task_view *task);
static lyc_status act(lyc_agent *self, const lyc_observation *seen, lyc_decision *decision);
static int created(const lyc_host *host); /* 0: create() returns NULL */

static char mode[64];

__attribute__((unused)) static int is(const char *word) { return strcmp(mode, word) == 0; }

__attribute__((unused)) static lyc_status bash(lyc_decision *decision, const char *script) {
  decision->action = LYC_STR("bash");
  decision->input = (lyc_bytes){(const uint8_t *)script, strlen(script)};
  return LYC_OK;
}

__attribute__((unused)) static lyc_status other(lyc_decision *decision, const char *name) {
  decision->action = (lyc_str){name, strlen(name)};
  return LYC_OK;
}

static void destroy(lyc_agent *self) { free(self); }

static const lyc_descriptor descriptor = {
    .struct_size = sizeof descriptor, .id = {"test", 4}, .name = {"Test", 4}, .version = {"1", 1}};

static uint32_t count(void) { return 1; }
static const lyc_descriptor *describe(uint32_t index) { return index ? NULL : &descriptor; }

static lyc_agent *create(const lyc_host *host, lyc_str id, lyc_str config) {
  lyc_agent *self;
  if (id.size != 4 || memcmp(id.data, "test", 4) != 0 || config.size >= sizeof mode) return NULL;
  if (config.size) memcpy(mode, config.data, config.size);
  if (!created(host)) return NULL;
  self = calloc(1, sizeof *self);
  if (self) *self = (lyc_agent){.struct_size = sizeof *self, .begin = begin, .act = act, .destroy = destroy};
  return self;
}

static const lyc_agent_factory factory = {
    .list = {.struct_size = sizeof factory, .count = count, .descriptor = describe}, .create = create};

static lyc_status init(lyc_str path) { return (void)path, LYC_OK; }
static void deinit(void) {}
static const void *get_factory(const char *id) { return strcmp(id, LYC_AGENT_FACTORY) ? NULL : &factory; }

static const lyc_entry entry = {
    .magic = LYC_ENTRY_MAGIC, .struct_size = sizeof entry, .abi_version = ABI, .name = {"test", 4},
    .version = {"1", 1}, .toolchain = {"cc", 2}, .init = init, .deinit = deinit, .get_factory = get_factory};

const lyc_entry *lyceum_plugin_entry_v1(uint32_t host_abi) { return (void)host_abi, &entry; }
