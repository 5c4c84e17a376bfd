# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""The exact expected payoff of a strategy against a population of opponents.

Run it to score strategy.py against the public opponents.
"""
import itertools
import json
import runpy

import numpy as np

ROUNDS = 200
NOISE = 0.02
MEMORY = 3
OUTCOMES = ("CC", "CD", "DC", "DD")
PAYOFF = {"CC": 3, "CD": 0, "DC": 5, "DD": 1}

# What a strategy may remember: (mine, theirs), oldest move first, for 0 to MEMORY rounds.
HISTORIES = [
    ("".join(mine), "".join(theirs))
    for length in range(MEMORY + 1)
    for mine in itertools.product("CD", repeat=length)
    for theirs in itertools.product("CD", repeat=length)
]
INDEX = {history: index for index, history in enumerate(HISTORIES)}
NEXT_HISTORY = np.array([
    [INDEX[(mine + outcome[0])[-MEMORY:], (theirs + outcome[1])[-MEMORY:]] for outcome in OUTCOMES]
    for mine, theirs in HISTORIES
])


def with_noise(probability):
    return NOISE + (1 - 2 * NOISE) * probability


class Population:
    """Opponents are finite state machines; their states are put side by side, so that all play at once."""

    def __init__(self, opponents):
        sizes = [len(opponent["cooperate"]) for opponent in opponents]
        self.names = [opponent["name"] for opponent in opponents]
        self.first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.states = sum(sizes)
        self.starts = self.first + [opponent["start"] for opponent in opponents]
        self.cooperate = with_noise(np.concatenate([opponent["cooperate"] for opponent in opponents]))
        moves = np.concatenate([np.array(opponent["next"]) + offset
                                for opponent, offset in zip(opponents, self.first)])
        # target[outcome, history, state]: the flat index of the history and state that follow
        self.target = NEXT_HISTORY.T[:, :, None] * self.states + moves.T[:, None, :]

    def outcomes(self, table):
        """The probability of each outcome in each history and state."""
        mine = with_noise(np.asarray(table, float))[:, None]
        theirs = self.cooperate[None, :]
        return np.stack([mine * theirs, mine * (1 - theirs), (1 - mine) * theirs, (1 - mine) * (1 - theirs)])

    def payoffs(self, table):
        """The expected payoff per round against each opponent."""
        outcomes = self.outcomes(table)
        gains = np.tensordot([PAYOFF[outcome] for outcome in OUTCOMES], outcomes, axes=1)
        where = np.zeros((len(HISTORIES), self.states))
        where[0, self.starts] = 1
        total = np.zeros(self.states)
        for _ in range(ROUNDS):
            total += (where * gains).sum(axis=0)
            following = np.bincount(self.target.ravel(), (outcomes * where).ravel(), where.size)
            where = following.reshape(where.shape)
        return np.add.reduceat(total, self.first) / ROUNDS


def load(path):
    with open(path) as file:
        return Population(json.load(file))


def main():
    strategy = runpy.run_path("strategy.py")["cooperate"]
    population = load("/data/opponents.json")
    payoffs = population.payoffs([strategy(*history) for history in HISTORIES])
    for name, payoff in zip(population.names, payoffs):
        print(f"{payoff:.4f}  {name}")
    print(f"{payoffs.mean():.4f}  mean")


if __name__ == "__main__":
    main()
