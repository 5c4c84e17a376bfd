/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* An agent that plays a script: a complete plugin in plain C99, without any library.
 *
 *   # a comment
 *   thought: I list the files          thought of the next action; without one, the script's line is named
 *   bash: ls -la                       one line, or many up to a line that holds the mark alone:
 *   bash <<END
 *   …
 *   END
 *   write_file notes.txt <<END
 *   …
 *   END
 *   read_file notes.txt
 *   validate
 *   submit
 *   stop
 *
 * After the last action it sends `stop`. create() refuses a script with an error and names the line. */
#include "scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A string literal as the initial value of a static lyc_str. */
#define TEXT(literal) {literal, sizeof(literal) - 1}

typedef struct action {
  lyc_str name, thought, path, input; /* views of scripted.text or of string literals */
  unsigned line;
} action;

typedef struct scripted {
  lyc_agent table; /* the host's view of this agent */
  char *text;      /* own copy of the script */
  action *actions;
  size_t count, next;
  lyc_str last_thought;
  char words[64]; /* a thought that was made for the current decision */
} scripted;

typedef struct parser {
  const lyc_host *host;
  const char *at, *end;
  unsigned line; /* of the line that was read last */
} parser;

/* ---- The script ---- */

#define ACTIONS "the actions are bash, write_file, read_file, validate, submit, stop"

static int fail(const parser *p, unsigned line, const char *what) {
  char message[160];
  int size = snprintf(message, sizeof message, "script line %u: %s", line, what);
  p->host->set_error(p->host, (lyc_str){message, size < 0 ? 0 : (size_t)size});
  return 0;
}

static int next_line(parser *p, lyc_str *line) {
  const char *stop;
  if (p->at >= p->end) return 0;
  stop = memchr(p->at, '\n', (size_t)(p->end - p->at));
  *line = (lyc_str){p->at, (size_t)((stop ? stop : p->end) - p->at)};
  p->at = stop ? stop + 1 : p->end;
  p->line++;
  return 1;
}

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static lyc_str trimmed(lyc_str s) {
  while (s.size && is_space(s.data[0])) s.data++, s.size--;
  while (s.size && is_space(s.data[s.size - 1])) s.size--;
  return s;
}

static int equal(lyc_str a, lyc_str b) {
  return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

/* When `s` begins with the literal, cuts it off. */
static int take(lyc_str *s, lyc_str prefix) {
  if (s->size < prefix.size || memcmp(s->data, prefix.data, prefix.size) != 0) return 0;
  *s = (lyc_str){s->data + prefix.size, s->size - prefix.size};
  return 1;
}

/* Cuts " <<MARK" off the end of `head` and reads lines up to the mark. */
static int block(parser *p, lyc_str *head, lyc_str *body) {
  unsigned start = p->line;
  lyc_str mark = {NULL, 0}, line;
  size_t i = 0;
  while (i + 1 < head->size && memcmp(head->data + i, "<<", 2) != 0) i++;
  if (i + 1 < head->size) {
    mark = trimmed((lyc_str){head->data + i + 2, head->size - i - 2});
    *head = trimmed((lyc_str){head->data, i});
  }
  if (!mark.size) return fail(p, start, "<<MARK is missing after the action");
  body->data = p->at;
  while (next_line(p, &line))
    if (equal(trimmed(line), mark)) {
      body->size = (size_t)(line.data - body->data);
      return 1;
    }
  return fail(p, start, "the block's end mark is missing");
}

/* A new action at the end of the list, which doubles when its size reaches a power of two. */
static action *append(scripted *agent) {
  if ((agent->count & (agent->count - 1)) == 0) {
    action *grown = realloc(agent->actions, (agent->count ? agent->count * 2 : 1) * sizeof *grown);
    if (!grown) return NULL;
    agent->actions = grown;
  }
  return memset(&agent->actions[agent->count++], 0, sizeof(action));
}

/* The action whose first line is `line`. */
static int parse_action(parser *p, lyc_str line, action *a) {
  lyc_str rest = line;
  a->line = p->line;
  a->name = line;
  if (equal(line, LYC_STR("validate")) || equal(line, LYC_STR("submit")) || equal(line, LYC_STR("stop")))
    return 1;
  if (take(&rest, LYC_STR("bash:"))) {
    a->name = LYC_STR("bash");
    a->input = trimmed(rest);
    return a->input.size ? 1 : fail(p, a->line, "a command is missing after bash:");
  }
  if (take(&rest, LYC_STR("bash ")) || equal(line, LYC_STR("bash"))) {
    a->name = LYC_STR("bash");
    return block(p, &rest, &a->input);
  }
  if (take(&rest, LYC_STR("write_file "))) {
    a->name = LYC_STR("write_file");
    if (!block(p, &rest, &a->input)) return 0;
    a->path = rest;
    return a->path.size ? 1 : fail(p, a->line, "a path is missing after write_file");
  }
  if (take(&rest, LYC_STR("read_file "))) {
    a->name = LYC_STR("read_file");
    a->path = trimmed(rest);
    return 1;
  }
  return fail(p, a->line, "no action is called like this; " ACTIONS);
}

static int parse(scripted *agent, parser *p) {
  lyc_str line, thought = {NULL, 0};
  while (next_line(p, &line)) {
    action *a;
    line = trimmed(line);
    if (!line.size || line.data[0] == '#') continue;
    if (take(&line, LYC_STR("thought:"))) {
      if (thought.size) return fail(p, p->line, "the thought before has no action");
      thought = trimmed(line);
      if (!thought.size) return fail(p, p->line, "words are missing after thought:");
      continue;
    }
    a = append(agent);
    if (!a) return fail(p, p->line, "out of memory");
    if (!parse_action(p, line, a)) return 0;
    a->thought = thought;
    thought.size = 0;
  }
  agent->last_thought = thought; /* goes with the final stop */
  return 1;
}

/* ---- The agent ---- */

static lyc_bytes bytes(lyc_str s) { return (lyc_bytes){(const uint8_t *)s.data, s.size}; }

static lyc_status begin(lyc_agent *table, const lyc_task_view *task) {
  return (void)table, (void)task, LYC_OK;
}

static lyc_status act(lyc_agent *table, const lyc_observation *observation, lyc_decision *decision) {
  scripted *agent = table->plugin_data;
  action a = {LYC_STR("stop"), agent->last_thought, {NULL, 0}, {NULL, 0}, 0};
  (void)observation;
  if (agent->next < agent->count) a = agent->actions[agent->next++];
  else if (!a.thought.size) a.thought = LYC_STR("The script has ended.");
  if (!a.thought.size) {
    int size = snprintf(agent->words, sizeof agent->words, "Line %u of the script says so.", a.line);
    a.thought = (lyc_str){agent->words, size < 0 ? 0 : (size_t)size};
  }
  decision->thought = bytes(a.thought);
  decision->action = a.name;
  decision->path = bytes(a.path);
  decision->input = bytes(a.input);
  return LYC_OK;
}

static void destroy(lyc_agent *table) {
  scripted *agent = table->plugin_data;
  free(agent->actions);
  free(agent->text);
  free(agent);
}

static const lyc_descriptor descriptor = {
  .struct_size = sizeof(lyc_descriptor),
  .id = TEXT("scripted"),
  .name = TEXT("Scripted"),
  .version = TEXT("1.0.0"),
  .description = TEXT("Plays the actions of a script."),
  .license = TEXT("Apache-2.0"),
  .config_help = TEXT("the script: `bash: ls`, `read_file PATH`, `write_file PATH <<END`, `submit` …"),
};

static lyc_agent *create(const lyc_host *host, lyc_str id, lyc_str config) {
  parser p = {host, NULL, NULL, 0};
  scripted *agent;
  if (!equal(id, descriptor.id)) {
    host->set_error(host, LYC_STR("this plugin has the agent `scripted` alone"));
    return NULL;
  }
  agent = calloc(1, sizeof *agent);
  if (agent) agent->text = malloc(config.size + 1);
  if (!agent || !agent->text) return free(agent), NULL;
  agent->table = (lyc_agent){sizeof(lyc_agent), 0, agent, begin, act, destroy, NULL};
  if (config.size) memcpy(agent->text, config.data, config.size);
  p.at = agent->text;
  p.end = agent->text + config.size;
  if (parse(agent, &p)) return &agent->table;
  destroy(&agent->table);
  return NULL;
}

/* ---- The plugin ---- */

static uint32_t count(void) { return 1; }

static const lyc_descriptor *descriptor_at(uint32_t index) { return index == 0 ? &descriptor : NULL; }

static const lyc_agent_factory factory = {
  .list = {.struct_size = sizeof(lyc_agent_factory), .count = count, .descriptor = descriptor_at},
  .create = create,
};

static lyc_status init(lyc_str plugin_path) { return (void)plugin_path, LYC_OK; }

static void deinit(void) {}

static const void *get_factory(const char *id) {
  return strcmp(id, LYC_AGENT_FACTORY) == 0 ? &factory : NULL;
}

static const lyc_entry entry = {
  .magic = LYC_ENTRY_MAGIC,
  .struct_size = sizeof(lyc_entry),
  .abi_version = LYC_ABI_VERSION,
  .name = TEXT("scripted"),
  .version = TEXT("1.0.0"),
  .toolchain = TEXT("C99"),
  .init = init,
  .deinit = deinit,
  .get_factory = get_factory,
};

const lyc_entry *lyceum_plugin_entry_v1(uint32_t host_abi_version) {
  return host_abi_version >> 16 == LYC_ABI_MAJOR ? &entry : NULL;
}
