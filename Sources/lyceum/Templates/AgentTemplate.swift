// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What `agent init` writes.
enum AgentTemplate {
  static func c(name: String, lyceum: String) -> [String: String] {
    [
      "agent.c": """
      /* An agent that runs the task's starter and submits what it made. */
      #include <lyceum/lyceum.h>
      #include <stdlib.h>
      #include <string.h>

      typedef struct agent {
        lyc_agent base;
        char *starter;
        int step;
      } agent;

      static lyc_status begin(lyc_agent *self, const lyc_task_view *task) {
        agent *a = self->plugin_data;
        a->starter = calloc(1, task->starter.size + 1);
        if (!a->starter) return LYC_FAILED;
        if (task->starter.size) memcpy(a->starter, task->starter.data, task->starter.size);
        return LYC_OK;
      }

      static lyc_status act(lyc_agent *self, const lyc_observation *seen, lyc_decision *decision) {
        agent *a = self->plugin_data;
        (void)seen;
        if (a->step++ == 0 && a->starter[0]) {
          const char *thought = "The starter makes a submission, so it runs first.";
          decision->thought = (lyc_bytes){(const uint8_t *)thought, strlen(thought)};
          decision->action = LYC_STR("bash");
          decision->input = (lyc_bytes){(const uint8_t *)a->starter, strlen(a->starter)};
        } else {
          decision->action = LYC_STR("submit");
        }
        return LYC_OK;
      }

      static void destroy(lyc_agent *self) {
        agent *a = self->plugin_data;
        free(a->starter);
        free(a);
      }

      static const lyc_descriptor descriptor = {
          .struct_size = sizeof descriptor,
          .id = {"\(name)", sizeof "\(name)" - 1},
          .name = {"\(name)", sizeof "\(name)" - 1},
          .version = {"0.1.0", 5},
      };

      static uint32_t count(void) { return 1; }
      static const lyc_descriptor *describe(uint32_t index) { return index ? NULL : &descriptor; }

      static lyc_agent *create(const lyc_host *host, lyc_str id, lyc_str config) {
        (void)config;
        if (id.size != descriptor.id.size || memcmp(id.data, descriptor.id.data, id.size)) {
          host->set_error(host, LYC_STR("this plugin has no such agent"));
          return NULL;
        }
        agent *a = calloc(1, sizeof *a);
        if (!a) return NULL;
        a->base = (lyc_agent){
            .struct_size = sizeof a->base, .plugin_data = a, .begin = begin, .act = act, .destroy = destroy};
        return &a->base;
      }

      static const lyc_agent_factory factory = {
          .list = {.struct_size = sizeof factory, .count = count, .descriptor = describe}, .create = create};

      static lyc_status init(lyc_str path) {
        (void)path;
        return LYC_OK;
      }
      static void deinit(void) {}
      static const void *get_factory(const char *id) { return strcmp(id, LYC_AGENT_FACTORY) ? NULL : &factory; }

      static const lyc_entry entry = {
          .magic = LYC_ENTRY_MAGIC,
          .struct_size = sizeof entry,
          .abi_version = LYC_ABI_VERSION,
          .name = {"\(name)", sizeof "\(name)" - 1},
          .version = {"0.1.0", 5},
          .toolchain = {"cc", 2},
          .init = init,
          .deinit = deinit,
          .get_factory = get_factory,
      };

      LYC_EXPORT const lyc_entry *lyceum_plugin_entry_v1(uint32_t host_abi_version) {
        return host_abi_version >> 16 == LYC_ABI_MAJOR ? &entry : NULL;
      }

      """,
      "Makefile": """
      HEADERS := $(shell pkg-config --cflags lyceum-plugin 2>/dev/null || echo -I\(lyceum)/Sources/CLyceum/include)

      \(name).so: agent.c
      \tcc -std=c99 -O2 -Wall -Wextra -shared -fPIC -fvisibility=hidden $(HEADERS) -o $@ $<

      """,
    ]
  }

  static func swift(name: String, lyceum: String) -> [String: String] {
    [
      "Package.swift": """
      // swift-tools-version: 6.2
      import PackageDescription

      let package = Package(
        name: "\(name)",
        products: [.library(name: "\(name)", type: .dynamic, targets: ["Agent"])],
        dependencies: [.package(name: "lyceum", path: "\(lyceum)")],
        targets: [.target(name: "Agent", dependencies: [.product(name: "LyceumKit", package: "lyceum")])]
      )

      """,
      "Sources/Agent/Agent.swift": """
      import LyceumKit

      /// Runs the task's starter and submits what it made.
      struct StarterAgent: Agent {
        static let descriptor = AgentDescriptor(
          id: "\(name)", name: "\(name)", version: "0.1.0", description: "Runs the starter and submits.")
        private var starter = ""

        init(config: String, host: HostServices) throws {}

        mutating func begin(_ task: TaskView) { starter = task.starter }

        mutating func act(_ seen: Observation) -> Decision {
          seen.step == 0 && !starter.isEmpty
            ? Decision("The starter makes a submission, so it runs first.", .bash(starter))
            : Decision("This is what the starter made.", .submit)
        }
      }

      @c @implementation
      public func lyceum_plugin_entry_v1(_ host: UInt32) -> UnsafePointer<lyc_entry>? {
        Plugin.export(host, name: "\(name)", version: "0.1.0", agents: [StarterAgent.self])
      }

      """,
      "Makefile": """
      \(name).so: Package.swift $(wildcard Sources/Agent/*.swift)
      \tswift build -c release --product \(name)
      \tcp .build/release/lib\(name).so $@

      """,
    ]
  }
}
