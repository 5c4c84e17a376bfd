// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import PackageDescription

let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

/// Rooms that touch C show every unsafe spot.
let strict: [SwiftSetting] = swift + [.strictMemorySafety()]

let c: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])]

/// Unloading Swift code crashes the process that did it, so plugins stay mapped; they export their entry alone.
let plugin: [LinkerSetting] = [
  .unsafeFlags([
    "-Xlinker", "-z", "-Xlinker", "nodelete",
    "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map",
  ])
]

let package = Package(
  name: "lyceum",
  products: [
    .executable(name: "lyceum", targets: ["lyceum"]),
    .executable(name: "lyceum-runner", targets: ["lyceum-runner"]),
    .executable(name: "lyceum-box", targets: ["lyceum-box"]),
    .library(name: "CLyceum", targets: ["CLyceum"]),
    .library(name: "LyceumKit", targets: ["LyceumKit"]),
    .library(
      name: "LyceumHost",
      targets: [
        "LyceumCore", "PluginHost", "Processes", "Reporting", "Sandbox", "TaskFolders", "TrajectoryStore",
        "Trials",
        "Workspace",
      ]),
    .library(name: "agent-scripted", type: .dynamic, targets: ["agent-scripted"]),
    .library(name: "agent-baseline", type: .dynamic, targets: ["AgentBaseline"]),
    .library(name: "agent-oracle", type: .dynamic, targets: ["AgentOracle"]),
    .library(name: "agent-tuner", type: .dynamic, targets: ["AgentTuner"]),
    .library(name: "task-folder", type: .dynamic, targets: ["TaskFolderPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: - C
    .target(name: "CLyceum"),
    .target(name: "CSupport", cSettings: c),
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .executableTarget(
      name: "lyceum-box", cSettings: c,
      linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),

    // MARK: - For plugin authors
    .target(name: "LyceumKit", dependencies: ["CLyceum"], swiftSettings: strict),

    // MARK: - Plugins on the other side of the socket
    .target(name: "Frames", swiftSettings: swift),
    .executableTarget(
      name: "lyceum-runner", dependencies: ["CLyceum", "Frames"], swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-static-stdlib"])]),

    // MARK: - Rooms
    .target(name: "LyceumCore", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "Processes", dependencies: ["CSupport"], swiftSettings: strict),
    .target(
      name: "PluginHost", dependencies: ["CLyceum", "Frames", "LyceumCore", "Processes"],
      swiftSettings: strict),
    .target(
      name: "Sandbox", dependencies: ["CSupport", "LyceumCore", "Processes", "Yams"], swiftSettings: strict),
    .target(
      name: "Workspace", dependencies: ["CGit2", "CSupport", "LyceumCore", "Processes"], swiftSettings: strict
    ),
    .target(
      name: "TrajectoryStore",
      dependencies: ["LyceumCore", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: swift),
    .target(name: "TaskFolders", dependencies: ["LyceumCore", "Yams"], swiftSettings: swift),
    .target(
      name: "Trials",
      dependencies: [
        "LyceumCore", "PluginHost", "Processes", "Sandbox", "TaskFolders", "TrajectoryStore", "Workspace",
        "Yams",
      ], swiftSettings: swift),
    .target(name: "Reporting", dependencies: ["LyceumCore", "TrajectoryStore"], swiftSettings: swift),
    .executableTarget(
      name: "lyceum",
      dependencies: [
        "CSupport", "LyceumCore", "PluginHost", "Processes", "Reporting", "Sandbox", "TaskFolders",
        "TrajectoryStore",
        "Trials", "Workspace",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .target(
      name: "LyceumTesting",
      dependencies: ["LyceumCore", "Processes", "TrajectoryStore"],
      swiftSettings: swift),

    // MARK: - Shipped plugins
    .target(
      name: "agent-scripted", dependencies: ["CLyceum"], path: "Plugins/Agents/scripted",
      publicHeadersPath: ".",
      cSettings: c),
    .target(
      name: "AgentBaseline", dependencies: ["LyceumKit"], path: "Plugins/Agents/baseline",
      swiftSettings: swift,
      linkerSettings: plugin),
    .target(
      name: "AgentOracle", dependencies: ["LyceumKit"], path: "Plugins/Agents/oracle", swiftSettings: swift,
      linkerSettings: plugin),
    .target(
      name: "AgentTuner", dependencies: ["LyceumKit"], path: "Plugins/Agents/tuner", swiftSettings: swift,
      linkerSettings: plugin),
    .target(
      name: "TaskFolderPlugin", dependencies: ["LyceumCore", "LyceumKit", "TaskFolders"],
      path: "Plugins/Tasks/folder", swiftSettings: swift, linkerSettings: plugin),

    // MARK: - Tests
    .testTarget(name: "LyceumKitTests", dependencies: ["CLyceum", "LyceumKit"], swiftSettings: swift),
    .testTarget(
      name: "PluginHostTests",
      dependencies: ["Frames", "LyceumCore", "PluginHost", "Processes"],
      exclude: ["Fixtures", "Golden"], swiftSettings: swift),
    .testTarget(
      name: "SandboxTests", dependencies: ["CSupport", "LyceumCore", "Processes", "Sandbox"],
      swiftSettings: swift),
    .testTarget(name: "TaskFoldersTests", dependencies: ["LyceumCore", "TaskFolders"], swiftSettings: swift),
    .testTarget(
      name: "TrajectoryStoreTests",
      dependencies: ["LyceumCore", "TrajectoryStore", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swift),
    .testTarget(
      name: "CommandTests",
      dependencies: ["LyceumCore", "LyceumTesting", "Processes", "Reporting", "TrajectoryStore"],
      exclude: ["Fixtures", "Golden"], swiftSettings: swift),
    .testTarget(name: "LyceumCoreTests", dependencies: ["LyceumCore"], swiftSettings: swift),
    .testTarget(
      name: "TrialsTests",
      dependencies: ["LyceumCore", "LyceumTesting", "Reporting", "TrajectoryStore", "Trials"],
      swiftSettings: swift),
    .testTarget(
      name: "WorkspaceTests", dependencies: ["CSupport", "LyceumCore", "Processes", "Workspace"],
      swiftSettings: swift),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
