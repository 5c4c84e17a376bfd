# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Draws three suites of random 3-SAT near the threshold: train is public, validation and test are private."""
import json
import os
import random
import runpy
import sys

sys.path.insert(0, "workspace")
import solver

SEED = 4250
VARIABLES, CLAUSES = 70, 298
WANTED = {True: 8, False: 12}

choose = runpy.run_path("workspace/template.py", {"LENGTH_WEIGHT": 5, "BALANCE": 1, "SIGN": "heavier"})["choose"]


def formula(draw):
    return [[draw.choice((variable, -variable)) for variable in draw.sample(range(1, VARIABLES + 1), 3)]
            for _ in range(CLAUSES)]


def suite(draw):
    """As many satisfiable and unsatisfiable instances as wanted, in the order of drawing."""
    missing, instances = dict(WANTED), []
    while any(missing.values()):
        clauses = formula(draw)
        satisfiable, _ = solver.solve(clauses, choose)
        if missing.get(satisfiable):
            missing[satisfiable] -= 1
            instances.append({"satisfiable": satisfiable, "clauses": clauses})
    return instances


def main():
    for number, (folder, name) in enumerate([("LYCEUM_PUBLIC", "train"), ("LYCEUM_PRIVATE", "validation"),
                                             ("LYCEUM_PRIVATE", "test")]):
        with open(os.path.join(os.environ[folder], name + ".jsonl"), "w") as file:
            for instance in suite(random.Random(SEED + number)):
                file.write(json.dumps(instance) + "\n")


if __name__ == "__main__":
    main()
