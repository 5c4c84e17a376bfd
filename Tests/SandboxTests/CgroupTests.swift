// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Testing

@testable import Sandbox

@Suite struct CgroupTests {
  @Test func versionTwo() {
    let places = CgroupPlaces(
      membership: "0::/user.slice/user-1000.slice/run-1.scope\n",
      mounts: "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n")
    #expect(places.unified == "/sys/fs/cgroup/user.slice/user-1000.slice/run-1.scope")
    #expect(places.old.isEmpty)
  }

  @Test func versionOneAndHybrid() {
    let places = CgroupPlaces(
      membership: "4:memory:/a/b\n3:cpu,cpuacct:/\n0::/x\n",
      mounts: """
        1 2 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        1 2 0:2 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        1 2 0:3 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        1 2 0:4 / /proc rw - proc proc rw
        """)
    #expect(places.old == [.memory: "/sys/fs/cgroup/memory/a/b", .cpu: "/sys/fs/cgroup/cpu,cpuacct"])
    #expect(places.unified == "/sys/fs/cgroup/unified/x")
  }

  @Test func insideAContainer() {
    let places = CgroupPlaces(
      membership: "4:memory:/docker/c1/sub\n",
      mounts: "1 2 0:1 /docker/c1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
    #expect(places.old == [.memory: "/sys/fs/cgroup/memory/sub"])
  }

  /// A plain folder stands for a delegated group.
  @Test func versionTwoTellsWhatItCannotLimit() throws {
    let parent = Scratch()
    parent.write("cgroup.controllers", "cpu memory pids\n")
    parent.write("cgroup.subtree_control", "cpu memory pids\n")
    let places = CgroupPlaces(
      membership: "0::/\n", mounts: "1 2 0:3 / \(parent.path) rw - cgroup2 cgroup2 rw")
    let cgroup = Cgroup(Limits(memoryMB: 100, processes: 10, cpus: 1.5), name: "h", places: places)
    // Without the kernel there are no knobs: every controller is refused by name, none is silently taken as set.
    #expect(cgroup.limited.isEmpty)
    #expect(Set(cgroup.refusals.keys) == [.memory, .pids, .cpu])
    #expect(cgroup.refusals[.memory]?.call.contains("memory.max") == true)
    cgroup.remove()
  }

  @Test func leftGroupsAreSwept() {
    let parent = Scratch()
    for name in ["lyceum-box-999999999-1", "lyceum-box-\(getpid())-1", "other"] {
      mkdir("\(parent.path)/\(name)", 0o755)
    }
    Cgroup.sweep(
      CgroupPlaces(membership: "0::/\n", mounts: "1 2 0:3 / \(parent.path) rw - cgroup2 cgroup2 rw"))
    #expect(access("\(parent.path)/lyceum-box-999999999-1", F_OK) != 0)
    #expect(access("\(parent.path)/lyceum-box-\(getpid())-1", F_OK) == 0)
    #expect(access("\(parent.path)/other", F_OK) == 0)
  }

  @Test func aClosedBoxLeavesNoGroup() throws {
    let places = CgroupPlaces.current()
    let box = try TestBox()
    let own = Set(places.old.values).union(places.unified.map { [$0] } ?? [])
    let name = try #require(box.box.cgroupName)
    let there = own.filter { access("\($0)/\(name)", F_OK) == 0 }
    #expect(there.isEmpty == box.box.limitedByCgroup.isEmpty)
    try box.box.close()
    #expect(own.allSatisfy { access("\($0)/\(name)", F_OK) != 0 })
  }
}
