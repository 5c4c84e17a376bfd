# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Splits Debian's dataset-fashion-mnist into public images and private labels."""
import gzip
import os

import numpy as np

SOURCE = "/usr/share/datasets/fashion-mnist"
PUBLIC = os.environ["LYCEUM_PUBLIC"]
PRIVATE = os.environ["LYCEUM_PRIVATE"]
TRAIN_IMAGES = 50_000
SEED = 20_250_117


def read_idx(name):
    with gzip.open(os.path.join(SOURCE, name)) as file:
        data = file.read()
    dimensions = data[3]
    shape = np.frombuffer(data, ">i4", dimensions, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def save(folder, name, array):
    np.save(os.path.join(folder, name + ".npy"), np.ascontiguousarray(array))


images, labels = read_idx("train-images-idx3-ubyte.gz"), read_idx("train-labels-idx1-ubyte.gz")
test_images, test_labels = read_idx("t10k-images-idx3-ubyte.gz"), read_idx("t10k-labels-idx1-ubyte.gz")

# The order is shuffled, so that a position says nothing to someone who knows the published data set.
generator = np.random.Generator(np.random.PCG64(SEED))
order = generator.permutation(len(images))
train, validation = order[:TRAIN_IMAGES], order[TRAIN_IMAGES:]
test = generator.permutation(len(test_images))

save(PUBLIC, "train_images", images[train])
save(PUBLIC, "train_labels", labels[train])
save(PUBLIC, "validation_images", images[validation])
save(PUBLIC, "test_images", test_images[test])
save(PRIVATE, "validation_labels", labels[validation])
save(PRIVATE, "test_labels", test_labels[test])
