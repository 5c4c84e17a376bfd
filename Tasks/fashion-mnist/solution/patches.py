# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Learns small image patches by k-means (Coates, Lee and Ng, 2011) and trains the network of train.py on them."""
import numpy as np

import train

PATCH, STRIDE, CENTROIDS, POOLS, CHUNK = 6, 2, 128, 4, 250
THRESHOLD = 0.5


def load(split):
    return np.load(f"/data/{split}_images.npy")


def patches_of(images):
    """All patches of all images, one row each, without their mean and contrast."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (PATCH, PATCH), axis=(1, 2))
    rows = windows[:, ::STRIDE, ::STRIDE].reshape(-1, PATCH * PATCH).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.sqrt(rows.var(axis=1, keepdims=True) + 10)


def whitening(rows):
    mean = rows.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(rows - mean, rowvar=False))
    return mean, (vectors / np.sqrt(values + 0.1) @ vectors.T).astype(np.float32)


def unit_length(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)


def k_means(rows, random, rounds=8):
    """Spherical k-means: the centroids have length one."""
    centroids = unit_length(random.normal(size=(CENTROIDS, rows.shape[1])).astype(np.float32))
    for _ in range(rounds):
        sums = np.zeros_like(centroids)
        nearest = (rows @ centroids.T).argmax(axis=1)
        np.add.at(sums, nearest, rows)
        used = np.bincount(nearest, minlength=CENTROIDS) > 0
        centroids[used] = unit_length(sums[used])
    return centroids


def encode(images, weights, offset):
    """How strongly each cell of a POOLS by POOLS grid responds to each centroid."""
    places = len(range(0, images.shape[1] - PATCH + 1, STRIDE))
    edges = np.linspace(0, places, POOLS + 1).astype(int)[:-1]
    features = np.empty((len(images), POOLS * POOLS * CENTROIDS), np.float32)
    for start in range(0, len(images), CHUNK):
        chunk = images[start:start + CHUNK]
        response = np.maximum(patches_of(chunk) @ weights - offset, 0)
        response = response.reshape(len(chunk), places, places, CENTROIDS)
        cells = np.add.reduceat(np.add.reduceat(response, edges, axis=1), edges, axis=2)
        features[start:start + CHUNK] = cells.reshape(len(chunk), -1)
    return np.sqrt(features, out=features)


def main():
    random = np.random.default_rng(0)
    images = load("train")
    rows = patches_of(images[random.choice(len(images), 3000, replace=False)])
    rows = rows[random.choice(len(rows), 100_000, replace=False)]
    mean, matrix = whitening(rows)
    weights = matrix @ k_means((rows - mean) @ matrix, random).T
    offset = mean @ weights + THRESHOLD

    features = encode(images, weights, offset)
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    features -= centre
    features /= spread
    model = train.train(features, np.load("/data/train_labels.npy"), hidden=192, epochs=7, learning_rate=0.005,
                        momentum=0.9, batch_size=100, weight_decay=0.001)
    train.write_predictions(model, lambda split: (encode(load(split), weights, offset) - centre) / spread)


if __name__ == "__main__":
    main()
