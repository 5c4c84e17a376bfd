# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Branches on the variable whose literals weigh most. LENGTH_WEIGHT, BALANCE and SIGN are written above by build.py."""
from collections import defaultdict


def weigh(clauses):
    """A literal's weight: one for each clause of three, LENGTH_WEIGHT for each clause of two."""
    weights = defaultdict(float)
    for clause in clauses:
        weight = LENGTH_WEIGHT ** (3 - len(clause))
        for literal in clause:
            weights[literal] += weight
    return weights


def choose(clauses):
    """The literal to try first. The clauses are the ones left, without the literals that are false."""
    weights = weigh(clauses)

    def score(variable):
        smaller, larger = sorted((weights[variable], weights[-variable]))
        return larger + BALANCE * smaller

    best = max(sorted({abs(literal) for clause in clauses for literal in clause}), key=score)
    heavier = best if weights[best] >= weights[-best] else -best
    return {"heavier": heavier, "lighter": -heavier, "true": best, "false": -best}[SIGN]
