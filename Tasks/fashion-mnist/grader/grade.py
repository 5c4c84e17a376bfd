# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Scores predictions.csv. Whatever is in the submission is hostile until it has been parsed."""
import json
import os
import re
import stat

import numpy as np

NAME = "predictions.csv"
HEADER = "split,index,label"
SPLITS = ("validation", "test")
CLASSES = 10
MAX_BYTES = 2_000_000
ROW = re.compile(r"(validation|test),(0|[1-9][0-9]{0,5}),([0-9])", re.ASCII)


class Refused(Exception):
    """The submission is not valid; the message says what is expected."""


def read_text(path):
    """The text of a small regular file: links, pipes, devices and folders are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused(f"{NAME} is missing") from None
    except OSError:
        raise Refused(f"{NAME} must be a regular file that can be read") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise Refused(f"{NAME} must be a regular file")
    with open(descriptor, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"{NAME} is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(f"{NAME} must be plain ASCII text") from None


def parse(text, counts):
    """Labels by split; every image must have exactly one row."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if lines[0] != HEADER:
        raise Refused(f"the first line of {NAME} must be {HEADER}")
    labels = {split: np.full(counts[split], -1, np.int64) for split in SPLITS}
    for number, line in enumerate(lines[1:], start=2):
        row = ROW.fullmatch(line)
        if row is None:
            raise Refused(f"line {number} of {NAME} must be like test,17,4: a split (validation or test), "
                          f"the index of an image and a label from 0 to {CLASSES - 1}")
        split, index, label = row[1], int(row[2]), int(row[3])
        if index >= counts[split]:
            raise Refused(f"line {number} of {NAME}: the indices of {split} end at {counts[split] - 1}")
        if labels[split][index] >= 0:
            raise Refused(f"line {number} of {NAME}: image {index} of {split} has a label already")
        labels[split][index] = label
    for split in SPLITS:
        missing = int((labels[split] < 0).sum())
        if missing:
            raise Refused(f"{NAME} has no label for {missing} of the {counts[split]} images of {split}")
    return labels


def grade(split):
    truth = {name: np.load(f"/private/{name}_labels.npy") for name in SPLITS}
    labels = parse(read_text("/submission/" + NAME), {name: len(truth[name]) for name in SPLITS})
    right = labels[split] == truth[split]
    per_class = [float(right[truth[split] == label].mean()) for label in range(CLASSES)]
    return {"accuracy": float(right.mean()), "worst_class": min(per_class)}


def main():
    try:
        result = {"status": "scored", "metrics": grade(os.environ["LYCEUM_SPLIT"])}
    except Refused as refusal:
        result = {"status": "refused", "reason": str(refusal)}
    with open(3, "w") as channel:
        json.dump(result, channel)


if __name__ == "__main__":
    main()
