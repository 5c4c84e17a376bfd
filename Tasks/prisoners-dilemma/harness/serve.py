# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Runs strategy.py in the submission box: one request line on stdin, one reply line on stdout.

-> [["", ""], ["C", "C"], ...]      the histories to answer, as (mine, theirs)
<- {"table": [0.5, 1.0, ...]}       the probability of cooperating after each, or {"error": "what went wrong"}
"""
import json
import os
import runpy

PATH = "/submission/strategy.py"


def private_channels():
    """Moves the protocol off 0 and 1, so that print() and input() in the strategy do not disturb it."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return open(requests, encoding="ascii"), open(replies, "w", encoding="ascii")


def answer(histories):
    try:
        cooperate = runpy.run_path(PATH)["cooperate"]
        return {"table": [float(cooperate(mine, theirs)) for mine, theirs in histories]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def main():
    requests, replies = private_channels()
    for line in requests:
        replies.write(json.dumps(answer(json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
