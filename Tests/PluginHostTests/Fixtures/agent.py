#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""The agent of docs/frames.md: a program without a C toolchain."""

import struct
import sys

REPLY = 0x80000000


def read(count):
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        sys.exit(0)  # the host has gone
    return data


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def blob(data):
    return struct.pack("<Q", len(data)) + data


def send(kind, call, payload):
    sys.stdout.buffer.write(struct.pack("<IIQ", len(payload), kind, call) + payload)
    sys.stdout.buffer.flush()


def done(result=b""):
    return struct.pack("<i", 0) + text("") + result


def failed(status, words):
    return struct.pack("<i", status) + text(words)


def hello():
    manifest = struct.pack("<II", 1, 1 << 16) + text("py") + text("0.1") + text("python")
    agent = [text(field) for field in ("py.agent", "Python", "0.1", "Runs ls, then submits", "Apache-2.0", "")]
    return done(manifest + struct.pack("<I", 1) + b"".join(agent) + struct.pack("<I", 0))


def act(payload):
    flags, step, steps_left, milliseconds_left, size = struct.unpack_from("<IIIQQ", payload)
    output = payload[28 : 28 + size]
    thought = b"%d bytes came back" % len(output)
    name = "bash" if step == 0 else "submit"
    return done(blob(thought) + text(name) + blob(b"") + blob(b"ls" if step == 0 else b"") + text(""))


while True:
    length, kind, call = struct.unpack("<IIQ", read(16))
    payload = read(length)
    if kind == 1:
        reply = hello()
    elif kind == 4:
        send(64, 0, struct.pack("<i", 1) + blob(b"about to decide"))
        reply = act(payload)
    elif kind == 2 and not payload.startswith(text("py.agent")):
        reply = failed(5, "this plugin has one agent: py.agent")
    elif kind in (2, 3, 9, 10):
        reply = done()
    else:
        reply = failed(3, "this agent does not do that")
    send(kind | REPLY, call, reply)
    if kind == 10:
        sys.exit(0)
