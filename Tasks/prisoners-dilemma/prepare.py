# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Draws the three populations: opponents.json is public, validation.json and test.json are private.

An opponent is a finite state machine: the probability of cooperating in each state, and for each state the
next one after the outcomes CC, CD, DC and DD, where the first letter is the move of the submitted strategy.
"""
import json
import os
import random
import sys

sys.path.insert(0, "workspace")
import game

SEED = 71


def machine(name, cooperate, following, start=0):
    return {"name": name, "start": start, "cooperate": [round(p, 4) for p in cooperate], "next": following}


def memory_one(name, first, after):
    """`after` gives the probability of cooperating after CC, CD, DC and DD."""
    return machine(name, [first, *after], [[1, 2, 3, 4]] * 5)


def unconditional(draw):
    probability = draw.choice([0, 0, 1, draw.uniform(0.1, 0.9)])
    return machine(f"cooperates with probability {probability:.2f}", [probability], [[0] * 4])


def cycle(draw):
    length = draw.randint(2, 6)
    moves = [draw.randint(0, 1) for _ in range(length)]
    return machine("cycles " + "".join("DC"[move] for move in moves), moves,
                   [[(state + 1) % length] * 4 for state in range(length)])


def reciprocal(draw):
    kind, unkind = draw.uniform(0.8, 1), draw.uniform(0, 0.45)
    return memory_one("reciprocal", draw.choice([0, 1, 1]), [kind, kind, unkind, unkind])


def stay_or_shift(draw):
    """Repeats a move that earned 3 or 5 and changes it otherwise."""
    slip = draw.uniform(0, 0.2)
    return memory_one("win-stay lose-shift", 1, [1 - slip, slip, slip, 1 - slip])


def extortioner(draw):
    """Press and Dyson (2012): takes a fixed multiple of what it leaves to the other."""
    factor, scale = draw.uniform(1.5, 4), draw.uniform(0.4, 1) / 17
    after = [(outcome[1] == "C") + scale * (game.PAYOFF[outcome[::-1]] - 1 - factor * (game.PAYOFF[outcome] - 1))
             for outcome in game.OUTCOMES]
    return memory_one("extortioner", 0, after)


def patient(draw):
    """Defects once it has seen a number of defections in a row."""
    limit = draw.randint(2, 3)
    return machine(f"tit for {limit} tats", [1] * limit + [0], [
        [0, 0, min(state + 1, limit), min(state + 1, limit)] for state in range(limit + 1)])


def grudger(draw):
    """Punishes a defection for some rounds and then forgives it."""
    rounds = draw.choice([2, 3, 4, 6, 10])
    return machine(f"grudge of {rounds} rounds", [1] + [0] * rounds, [[0, 0, 1, 1]] + [
        [(state + 1) % (rounds + 1)] * 4 for state in range(1, rounds + 1)])


def unforgiving(draw):
    """Defects for ever once it has seen too many defections."""
    limit = draw.randint(1, 8)
    return machine(f"unforgiving after {limit}", [1] * limit + [0], [
        [state, state, state + 1, state + 1] for state in range(limit)] + [[limit] * 4])


def trusting(draw):
    """Trust rises by one with cooperation and falls by more with defection."""
    top, fall = draw.randint(3, 6), draw.randint(1, 3)
    need = draw.randint(1, top - 1)
    return machine(f"trust of {need} in {top}", [float(level >= need) for level in range(top + 1)], [
        [min(level + 1, top)] * 2 + [max(level - fall, 0)] * 2 for level in range(top + 1)], draw.randint(0, top))


def prober(draw):
    """Defects once; then reciprocates if that was answered, and exploits otherwise."""
    wait = draw.randint(1, 3)
    watching = [[state + 1, state + 1, wait + 1, wait + 1] for state in range(1, wait)]
    reciprocate, retaliate, exploit = wait + 1, wait + 2, wait + 3
    last = [exploit, exploit, reciprocate, reciprocate]
    answer = [reciprocate, reciprocate, retaliate, retaliate]
    return machine(f"prober of {wait} rounds", [0] + [1] * wait + [1, 0, 0], [
        [1] * 4, *watching, last, answer, answer, [exploit] * 4])


def memory_two(draw):
    """A random response to the last two rounds that leans to reciprocity."""
    histories = [history for history in game.HISTORIES if len(history[0]) <= 2]
    index = {history: number for number, history in enumerate(histories)}
    return machine(
        "memory of two rounds",
        [min(1, max(0, draw.gauss(0.85 - 0.4 * theirs.count("D"), 0.25))) for theirs, _ in histories],
        [[index[(theirs + outcome[0])[-2:], (mine + outcome[1])[-2:]] for outcome in game.OUTCOMES]
         for theirs, mine in histories])


FAMILIES = [(unconditional, 4), (cycle, 3), (reciprocal, 6), (stay_or_shift, 3), (extortioner, 3), (patient, 4),
            (grudger, 5), (unforgiving, 3), (trusting, 5), (prober, 2), (memory_two, 6)]


def population(draw):
    return [family(draw) for family, count in FAMILIES for _ in range(count)]


def main():
    for number, (folder, name) in enumerate([("LYCEUM_PUBLIC", "opponents"), ("LYCEUM_PRIVATE", "validation"),
                                             ("LYCEUM_PRIVATE", "test")]):
        with open(os.path.join(os.environ[folder], name + ".json"), "w") as file:
            json.dump(population(random.Random(SEED + number)), file, indent=1)


if __name__ == "__main__":
    main()
