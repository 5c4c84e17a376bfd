# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Writes strategy.py as params.json says."""
import json

TEMPLATE = '''\
FIRST = {first}
AFTER = {{"CC": {after_cc}, "CD": {after_cd}, "DC": {after_dc}, "DD": {after_dd}}}
GRUDGE = {grudge}


def cooperate(mine, theirs):
    """The probability of cooperating; the moves of the last three rounds at most, oldest first."""
    if not mine:
        return FIRST
    earlier_defections = theirs[:-1].count("D")
    return min(1, max(0, AFTER[mine[-1] + theirs[-1]] - GRUDGE * earlier_defections))
'''

with open("params.json") as file:
    params = {name: float(entry["value"]) for name, entry in json.load(file)["parameters"].items()}
with open("strategy.py", "w") as file:
    file.write(TEMPLATE.format(**params))
