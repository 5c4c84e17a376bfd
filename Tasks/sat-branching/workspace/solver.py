# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""The solver of the task: DPLL with unit propagation. A clause is a list of literals: 3 means x3, -3 means not x3.

Run it to score heuristic.py on the public instances.
"""
import json
import runpy
import sys

BUDGET = 1000


def assign(clauses, true):
    """What is left of the clauses when the literals of the set `true` hold; None if a clause is violated."""
    left = []
    for clause in clauses:
        if true.isdisjoint(clause):
            clause = [literal for literal in clause if -literal not in true]
            if not clause:
                return None
            left.append(clause)
    return left


def propagate(clauses):
    """The clauses without units; None if they contradict each other."""
    while clauses:
        units = {clause[0] for clause in clauses if len(clause) == 1}
        if not units:
            return clauses
        if any(-literal in units for literal in units):
            return None
        clauses = assign(clauses, units)
    return clauses


def solve(clauses, choose):
    """Whether the clauses can be satisfied (None beyond the budget), and the number of decisions made."""
    decisions = 0
    pending = [clauses]
    while pending:
        clauses = propagate(pending.pop())
        if clauses is None:
            continue
        if not clauses:
            return True, decisions
        if decisions == BUDGET:
            return None, decisions
        decisions += 1
        literal = choose(clauses)
        pending += [assign(clauses, {-literal}), assign(clauses, {literal})]
    return False, decisions


def load(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def main():
    choose = runpy.run_path("heuristic.py")["choose"]
    instances = load(sys.argv[1] if len(sys.argv) > 1 else "/data/train.jsonl")
    total = 0
    for number, instance in enumerate(instances):
        satisfiable, decisions = solve(instance["clauses"], choose)
        total += decisions
        print(f"instance {number}: {decisions} decisions, satisfiable: {satisfiable}")
    print(f"mean decisions: {total / len(instances):.2f}")


if __name__ == "__main__":
    main()
