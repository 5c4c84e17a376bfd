# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Lines to and from the submission's process, which may say anything, nothing, or too much."""
import json
import os
import select
import stat
import time

TO_SUBMISSION, FROM_SUBMISSION = 4, 5
MAX_FILE = 1_000_000


class Refused(Exception):
    """The submission is not valid; the message says what is expected."""


def check_file(name):
    """The submission's process reads the file; this only makes sure that there is one worth reading."""
    try:
        found = os.lstat("/submission/" + name)
    except OSError:
        raise Refused(f"{name} is missing") from None
    if not stat.S_ISREG(found.st_mode):
        raise Refused(f"{name} must be a regular file")
    if found.st_size > MAX_FILE:
        raise Refused(f"{name} is larger than {MAX_FILE} bytes")


class Peer:
    def __init__(self, name, seconds, max_line):
        """`seconds` bounds the time spent waiting for all answers together."""
        self.name, self.seconds, self.max_line = name, seconds, max_line
        self.received = b""
        os.set_blocking(TO_SUBMISSION, False)
        os.set_blocking(FROM_SUBMISSION, False)

    def ask(self, request, seconds):
        """The JSON value that the submission answers within `seconds`."""
        started = time.monotonic()
        deadline = started + min(seconds, self.seconds)
        try:
            self.send(json.dumps(request).encode() + b"\n", deadline)
            return self.parse(self.receive(deadline))
        except OSError:
            raise Refused(f"{self.name} ended its process before it had answered") from None
        finally:
            self.seconds -= time.monotonic() - started

    def send(self, data, deadline):
        while data:
            self.wait(TO_SUBMISSION, select.POLLOUT, deadline)
            data = data[os.write(TO_SUBMISSION, data):]

    def receive(self, deadline):
        while b"\n" not in self.received:
            if len(self.received) > self.max_line:
                raise Refused(f"{self.name} answered more than {self.max_line} bytes in one line")
            self.wait(FROM_SUBMISSION, select.POLLIN, deadline)
            data = os.read(FROM_SUBMISSION, 65536)
            if not data:
                raise Refused(f"{self.name} ended its process before it had answered")
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        if self.received:
            raise Refused(f"{self.name} wrote to the grader without being asked")
        return line

    def wait(self, descriptor, event, deadline):
        poll = select.poll()
        poll.register(descriptor, event)
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000):
            raise Refused(f"{self.name} took too long to answer")

    def parse(self, line):
        if len(line) > self.max_line:
            raise Refused(f"{self.name} answered more than {self.max_line} bytes in one line")
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise Refused(f"{self.name} disturbed the protocol: its answer is not JSON") from None
