# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Looks one step ahead: the heaviest variables are tried, and the one is taken whose two branches create most pairs."""
from collections import defaultdict

LENGTH_WEIGHT, BALANCE = 5, 1
CANDIDATES = 20
FAILED = 1000


def weigh(clauses):
    weights = defaultdict(float)
    for clause in clauses:
        weight = LENGTH_WEIGHT ** (3 - len(clause))
        for literal in clause:
            weights[literal] += weight
    return weights


def after(clauses, literal):
    """The clauses left once the literal holds and units are propagated; None if that fails."""
    true = {literal}
    while true:
        left = []
        for clause in clauses:
            if true.isdisjoint(clause):
                clause = [other for other in clause if -other not in true]
                if not clause:
                    return None
                left.append(clause)
        clauses = left
        true = {clause[0] for clause in clauses if len(clause) == 1}
    return clauses


def choose(clauses):
    weights = weigh(clauses)
    pairs = {tuple(clause) for clause in clauses if len(clause) == 2}

    def score(variable):
        smaller, larger = sorted((weights[variable], weights[-variable]))
        return larger + BALANCE * smaller

    def created(literal):
        left = after(clauses, literal)
        if left is None:
            return FAILED
        return 0.01 + sum(len(clause) == 2 and tuple(clause) not in pairs for clause in left)

    def merit(branches):
        _, true, false = branches
        return 1000 * true * false + true + false

    variables = sorted({abs(literal) for clause in clauses for literal in clause}, key=score, reverse=True)
    best, true, false = max(((variable, created(variable), created(-variable))
                             for variable in variables[:CANDIDATES]), key=merit)
    return best if true < false else -best
