# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Runs heuristic.py in the submission box: one request line on stdin, one reply line on stdout, until stdin ends.

-> [[1, -5], [2, 3, -7], ...]       the clauses that are left
<- {"literal": -5}                  the literal to try first, or {"error": "KeyError"}
"""
import json
import operator
import os
import random
import runpy

PATH = "/submission/heuristic.py"


def private_channels():
    """Moves the protocol off 0 and 1, so that print() and input() in the heuristic do not disturb it."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return open(requests, encoding="ascii"), open(replies, "w", encoding="ascii")


def main():
    requests, replies = private_channels()
    random.seed(0)
    choose = None
    for line in requests:
        try:
            choose = choose or runpy.run_path(PATH)["choose"]
            reply = {"literal": operator.index(choose(json.loads(line)))}
        except Exception as error:
            reply = {"error": type(error).__name__}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
