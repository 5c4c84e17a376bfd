// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import PackageDescription

let package = Package(
  name: "lyceum-benchmarks",
  dependencies: [.package(name: "lyceum", path: "..")],
  targets: [
    .target(name: "CallCost", dependencies: [.product(name: "CLyceum", package: "lyceum")]),
    .executableTarget(
      name: "bench",
      dependencies: ["CallCost", .product(name: "LyceumHost", package: "lyceum")]),
  ],
  swiftLanguageModes: [.v6]
)
