# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Climbs the exact gradient of the mean payoff against the public opponents and writes the table found."""
import numpy as np

import game

STEPS, RATE = 30, 0.3
TEMPLATE = '''\
TABLE = {table}


def cooperate(mine, theirs):
    return TABLE[mine + theirs]
'''


def advantage(population, table):
    """How much more each history would pay if it cooperated surely than if it defected surely."""
    shape = (len(game.HISTORIES), population.states)
    outcomes = population.outcomes(table)
    where = np.zeros((game.ROUNDS, *shape))
    where[0, 0, population.starts] = 1
    for now in range(game.ROUNDS - 1):
        following = np.bincount(population.target.ravel(), (outcomes * where[now]).ravel(), where[now].size)
        where[now + 1] = following.reshape(shape)

    payoff = np.array([game.PAYOFF[outcome] for outcome in game.OUTCOMES], float)[:, None, None]
    theirs = population.cooperate
    value, gain = np.zeros(where[0].size), np.zeros(shape[0])
    for now in reversed(range(game.ROUNDS)):
        worth = payoff + value[population.target]
        cooperating = theirs * worth[0] + (1 - theirs) * worth[1]
        defecting = theirs * worth[2] + (1 - theirs) * worth[3]
        gain += (where[now] * (cooperating - defecting)).sum(axis=1)
        value = (outcomes * worth).sum(axis=0).ravel()
    visits = where.sum(axis=(0, 2))
    return gain / (visits + 1)


def main():
    population = game.load("/data/opponents.json")
    table = np.full(len(game.HISTORIES), 0.5)
    best = (population.payoffs(table).mean(), table)
    for step in range(STEPS):
        table = np.clip(table + RATE * advantage(population, table) / (1 + step / 10), 0, 1)
        best = max(best, (population.payoffs(table).mean(), table), key=lambda pair: pair[0])
    print(f"{best[0]:.4f} against the public opponents")
    entries = {mine + theirs: round(float(p), 4) for (mine, theirs), p in zip(game.HISTORIES, best[1])}
    with open("strategy.py", "w") as file:
        file.write(TEMPLATE.format(table=entries))


if __name__ == "__main__":
    main()
