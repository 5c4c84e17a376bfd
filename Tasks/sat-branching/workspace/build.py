# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Writes heuristic.py: the values of params.json, then template.py."""
import json

with open("params.json") as file:
    parameters = json.load(file)["parameters"]
with open("template.py") as file:
    template = file.read()
with open("heuristic.py", "w") as file:
    for name, entry in parameters.items():
        file.write(f"{name.upper()} = {entry['value']!r}\n")
    file.write(template)
