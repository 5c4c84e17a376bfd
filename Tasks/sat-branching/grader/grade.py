# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Runs the solver over the hidden suite and asks the submission for every decision."""
import builtins
import json
import os
import sys

from peer import Peer, Refused, check_file

sys.path.insert(1, "workspace")
import solver

NAME = "heuristic.py"
SECONDS, FIRST_ANSWER, ANSWER = 60, 20, 5
MAX_LINE = 1000


def error_name(reply):
    """The kind of error only: its text could carry hidden clauses to the agent."""
    name = reply["error"]
    known = isinstance(name, str) and isinstance(getattr(builtins, name, None), type)
    return name if known and issubclass(getattr(builtins, name), Exception) else "an exception"


def checked(reply, clauses):
    """The literal of the reply, if the solver may branch on it."""
    if not isinstance(reply, dict):
        raise Refused(f"{NAME} disturbed the protocol: its answer is not an object")
    if "error" in reply:
        raise Refused(f"{NAME} failed with {error_name(reply)}; solver.py shows errors on the public instances")
    literal = reply.get("literal")
    if type(literal) is not int or not any(literal in clause or -literal in clause for clause in clauses):
        raise Refused("choose(clauses) must return an integer: a literal of a variable that occurs in the clauses")
    return literal


def grade(split):
    check_file(NAME)
    peer = Peer(NAME, SECONDS, MAX_LINE)
    limits = iter([FIRST_ANSWER])

    def choose(clauses):
        return checked(peer.ask(clauses, next(limits, ANSWER)), clauses)

    decisions, solved = [], 0
    for instance in solver.load(f"/private/{split}.jsonl"):
        satisfiable, count = solver.solve(instance["clauses"], choose)
        assert satisfiable in (None, instance["satisfiable"]), "the solver is wrong"
        decisions.append(count)
        solved += satisfiable is not None
    return {"decisions": sum(decisions) / len(decisions), "solved": solved / len(decisions)}


def main():
    try:
        result = {"status": "scored", "metrics": grade(os.environ["LYCEUM_SPLIT"])}
    except Refused as refusal:
        result = {"status": "refused", "reason": str(refusal)}
    with open(3, "w") as channel:
        json.dump(result, channel)


if __name__ == "__main__":
    main()
